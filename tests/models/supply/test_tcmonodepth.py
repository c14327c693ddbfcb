"""TCMonoDepth written from named weights, small ones made by chance, and fetched from the web."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from models_stand import Quiet, at_work, card_for
from test_efficientnet import written

from foveate.models.quiet import onnxruntime
from foveate.models.supply.card import Reference
from foveate.models.supply.fetch import pull
from foveate.models.supply.tcmonodepth import EPSILON, STAGES, convert
from foveate.models.supply.weights import FileState, verify
from foveate.settings import Models

if TYPE_CHECKING:
    from pathlib import Path

WIDTHS = (4, 8, 12, 16)
"""Of the first layer and of each stage."""
Weights = dict[str, np.ndarray[Any, Any]]
Array = np.ndarray[Any, Any]


def weights(seed: int = 3) -> Weights:
    chance, made = np.random.default_rng(seed), {}

    def filters(name: str, norm: str, *shape: int) -> None:
        made[f"{name}.weight"] = chance.normal(0, 0.5, shape)
        if norm:
            for part in ("weight", "bias", "running_mean"):
                made[f"{norm}.{part}"] = chance.normal(0.5, 0.2, shape[0])
            made[f"{norm}.running_var"] = chance.uniform(0.5, 2, shape[0])

    filters("encoder.first_conv.0", "encoder.first_conv.1", WIDTHS[0], 3, 3, 3)
    number, before = 0, WIDTHS[0]
    for count, width in zip(STAGES, WIDTHS[1:], strict=True):
        for place in range(count):
            at, half = f"encoder.features.{number}.branch_", width // 2
            own = before if place == 0 else width // 2
            rest = width - before if place == 0 else half
            if place == 0:
                filters(f"{at}proj.0", f"{at}proj.1", before, 1, 3, 3)
                filters(f"{at}proj.2", f"{at}proj.3", before, before, 1, 1)
            filters(f"{at}main.0", f"{at}main.1", half, own, 1, 1)
            filters(f"{at}main.3", f"{at}main.4", half, 1, 3, 3)
            filters(f"{at}main.5", f"{at}main.6", rest, half, 1, 1)
            number += 1
        before = width
    for level in (3, 2, 1):
        at, low, high = f"decoder.decoder{level}.", WIDTHS[level - 1], WIDTHS[level]
        filters(f"{at}skip_conv.0", f"{at}skip_conv.1", high // 4, low, 1, 1)
        both = high + high // 4
        filters(f"{at}last_conv.0.conv.0", f"{at}last_conv.0.conv.1", both, 1, 3, 3)
        filters(f"{at}last_conv.0.conv.3", f"{at}last_conv.1", low, both, 1, 1)
    filters("decoder.final", "", 1, WIDTHS[0], 3, 3)
    made["decoder.final.bias"] = np.array([0.7])
    return {name: values.astype("<f4") for name, values in made.items()}


def filtered(x: Array, named: Weights, name: str, norm: str = "", *, stride: int = 1) -> Array:
    """A convolution in NumPy, with the normalisation where it was when it was trained."""
    kernel = named[f"{name}.weight"].astype(float)
    out, _, side, _ = kernel.shape
    x = np.pad(x, ((0, 0), (side // 2, side // 2), (side // 2, side // 2)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (side, side), (1, 2))
    windows = windows[:, ::stride, ::stride]
    alone = kernel.shape[1] == 1 and out == len(x)
    y = np.einsum(
        "cyxij,cij->cyx" if alone else "cyxij,ocij->oyx", windows, kernel[:, 0] if alone else kernel
    )
    if not norm:
        return y + named[f"{name}.bias"][:, None, None]
    mean, variance = named[f"{norm}.running_mean"], named[f"{norm}.running_var"]
    y = (y - mean[:, None, None]) / np.sqrt(variance + EPSILON)[:, None, None]
    return y * named[f"{norm}.weight"][:, None, None] + named[f"{norm}.bias"][:, None, None]


def doubled(x: Array) -> Array:
    for axis in (1, 2):
        count = x.shape[axis]
        at = ((np.arange(2 * count) + 0.5) / 2 - 0.5).clip(0, count - 1)
        low, share = at.astype(int), at - at.astype(int)
        share = share[:, None] if axis == 1 else share
        x = x.take(low, axis) * (1 - share) + x.take(np.minimum(low + 1, count - 1), axis) * share
    return x


def expected(named: Weights, rgb: Array) -> Array:
    def active(x: Array, *names: str, stride: int = 1) -> Array:
        return filtered(x, named, *names, stride=stride).clip(0)

    x = active(rgb / 255, "encoder.first_conv.0", "encoder.first_conv.1", stride=2)
    seen, number = [x], 0
    for count in STAGES:
        for place in range(count):
            at, stride = f"encoder.features.{number}.branch_", 2 if place == 0 else 1
            passed, own = (x, x) if place == 0 else (x[0::2], x[1::2])
            if place == 0:
                passed = filtered(passed, named, f"{at}proj.0", f"{at}proj.1", stride=2)
                passed = active(passed, f"{at}proj.2", f"{at}proj.3")
            own = active(own, f"{at}main.0", f"{at}main.1")
            own = filtered(own, named, f"{at}main.3", f"{at}main.4", stride=stride)
            x = np.concatenate([passed, active(own, f"{at}main.5", f"{at}main.6")])
            number += 1
        seen.append(x)
    for level in (3, 2, 1):
        at = f"decoder.decoder{level}."
        skipped = active(seen[level - 1], f"{at}skip_conv.0", f"{at}skip_conv.1")
        both = np.concatenate([doubled(x), skipped])
        both = active(both, f"{at}last_conv.0.conv.0", f"{at}last_conv.0.conv.1")
        x = active(both, f"{at}last_conv.0.conv.3", f"{at}last_conv.1")
    return doubled(filtered(x, named, "decoder.final").clip(0))


def test_the_network_says_what_its_layers_say_one_by_one() -> None:
    named = weights()
    session = onnxruntime().InferenceSession(convert(written(named)).SerializeToString())
    rgb = np.random.default_rng(0).integers(0, 256, (1, 3, 32, 48)).astype(np.float32)
    (near,) = session.run(None, {"input": rgb})
    wanted = expected(named, rgb[0].astype(float))
    assert near.shape == (1, 1, 32, 48)
    assert wanted.std() > 0.01
    np.testing.assert_allclose(near[0], wanted, rtol=1e-3, atol=1e-3 * wanted.max())


def test_weights_that_several_processors_trained_are_the_same() -> None:
    named = weights()
    apart = {f"module.{name}": values for name, values in named.items()}
    assert convert(written(apart)) == convert(written(named))


def test_weights_of_another_network_are_refused() -> None:
    named = {name: v for name, v in weights().items() if "decoder2.skip_conv" not in name}
    with pytest.raises(ValueError, match=r"expected decoder.decoder2.skip_conv.0.weight"):
        convert(written(named))


def test_a_checkpoint_is_fetched_from_its_address_built_and_checked(tmp_path: Path) -> None:
    data, asked = written(weights()), list[str]()

    class Handler(Quiet):
        def do_GET(self) -> None:  # noqa: N802 - so http.server calls it
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    x = (np.arange(3 * 16 * 16) % 251 / 250 * 255).reshape(3, 16, 16)
    near = expected(weights(), x)
    right = Reference(
        shape=(1, 3, 16, 16),
        mul=255,
        firsts=(tuple(near.ravel()[:4]),),
        tolerance=0.01 * near.max(),
    )
    settings = Models(folder=str(tmp_path))
    with at_work(Handler) as address:
        card = card_for(
            data,
            f"{address}/repo/0123abc/ckpt.pt.tar",
            file="ckpt.pt.tar",
            member="",
            weights=data,
            build=("tcmonodepth-small",),
            reference=right,
        )
        path = pull(card, settings)
    assert asked == ["/repo/0123abc/ckpt.pt.tar"]
    assert path.read_bytes().startswith(b"\x08")
    assert verify(card, settings) is FileState.OK
