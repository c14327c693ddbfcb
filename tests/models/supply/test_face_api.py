from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.models.quiet import onnxruntime
from foveate.models.supply.face_api import age_gender, expression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import onnx
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Layers = dict[str, tuple[int, ...]]

RNG = np.random.default_rng(11)
FACES = RNG.normal(0, 0.3, (2, 3, 112, 112)).astype(np.float32)
SCALE, LOWEST = 0.004, -0.5
"""Of weights that lie in a byte each."""


def separable(name: str, into: int, out: int) -> Layers:
    return {
        f"{name}/depthwise_filter": (3, 3, into, 1),
        f"{name}/pointwise_filter": (1, 1, into, out),
        f"{name}/bias": (out,),
    }


def convolution(name: str, into: int, out: int, side: int = 3) -> Layers:
    return {f"{name}/filters": (side, side, into, out), f"{name}/bias": (out,)}


def product(name: str, into: int, out: int) -> Layers:
    return {f"{name}/weights": (into, out), f"{name}/bias": (out,)}


def reduction(name: str, into: int, out: int) -> Layers:
    return {
        **separable(f"{name}/separable_conv0", into, out),
        **separable(f"{name}/separable_conv1", out, out),
        **convolution(f"{name}/expansion_conv", into, out, 1),
    }


def middle(number: int) -> Layers:
    names = [f"middle_flow/main_block_{number}/separable_conv{each}" for each in range(3)]
    return {key: shape for name in names for key, shape in separable(name, 5, 5).items()}


AGE_GENDER: Layers = {
    **convolution("entry_flow/conv_in", 3, 3),
    **reduction("entry_flow/reduction_block_0", 3, 4),
    **reduction("entry_flow/reduction_block_1", 4, 5),
    **middle(0),
    **middle(1),
    **reduction("exit_flow/reduction_block", 5, 6),
    **separable("exit_flow/separable_conv", 6, 7),
    **product("fc/age", 7, 1),
    **product("fc/gender", 7, 2),
}
EXPRESSION: Layers = {
    **convolution("dense0/conv0", 3, 4),
    **{key: each for n in (1, 2, 3) for key, each in separable(f"dense0/conv{n}", 4, 4).items()},
    **{
        key: each
        for block in (1, 2, 3)
        for n in range(4)
        for key, each in separable(f"dense{block}/conv{n}", 3 + block + (n > 0), 4 + block).items()
    },
    **product("fc", 7, 7),
}


def files(layers: Layers) -> tuple[bytes, bytes, Mapping[str, Floats]]:
    """A manifest and its weights as face-api keeps them, and what these weights are."""
    entries, data, values = [], b"", {}
    for name, shape in layers.items():
        entry: dict[str, Any] = {"name": name, "shape": shape, "dtype": "float32"}
        if name.endswith("bias"):
            stored = RNG.normal(0, 0.1, shape).astype(np.float32)
            values[name] = stored
        else:
            coding = {"dtype": "uint8", "scale": SCALE, "min": LOWEST}
            entry["quantization"] = coding
            stored = RNG.integers(0, 256, shape, np.uint8)
            values[name] = (stored * SCALE + LOWEST).astype(np.float32)
        entries.append(entry)
        data += stored.tobytes()
    return json.dumps([{"weights": entries, "paths": ["it.bin"]}]).encode(), data, values


# The same layers once more, in plain loops over the window and (height, width, channels).


class Plain:
    """What the layers of those weights do with one face."""

    def __init__(self, values: Mapping[str, Floats]) -> None:
        self.values = values

    def window(self, x: Floats, kernel: int, stride: int, fill: float) -> Floats:
        """What each place sees, (height, width, kernel^2, channels), padded as in TensorFlow."""
        side = -(-x.shape[0] // stride)
        pad = max(0, (side - 1) * stride + kernel - x.shape[0])
        edges = ((pad // 2, pad - pad // 2),) * 2
        padded = np.pad(x, (*edges, (0, 0)), constant_values=fill)
        span = slice(None, (side - 1) * stride + 1, stride)
        starts = itertools.product(range(kernel), repeat=2)
        seen = [padded[down:, across:][span, span][:side, :side] for down, across in starts]
        return np.stack(seen, axis=2)

    def conv(self, x: Floats, name: str, stride: int) -> Floats:
        filters = self.values[f"{name}/filters"]
        kernel = len(filters)
        seen = self.window(x, kernel, stride, 0)
        flat = filters.reshape(kernel**2, *filters.shape[2:])
        return np.einsum("yxkc,kco->yxo", seen, flat) + self.values[f"{name}/bias"]

    def separable(self, x: Floats, name: str, stride: int = 1) -> Floats:
        deep = self.values[f"{name}/depthwise_filter"].reshape(9, -1)
        inside = np.einsum("yxkc,kc->yxc", self.window(x, 3, stride, 0), deep)
        wide = self.values[f"{name}/pointwise_filter"][0, 0]
        return inside @ wide + self.values[f"{name}/bias"]

    def product(self, x: Floats, name: str) -> Floats:
        return x @ self.values[f"{name}/weights"] + self.values[f"{name}/bias"]


def relu(x: Floats) -> Floats:
    return np.maximum(x, 0)


def softmax(x: Floats) -> Floats:
    return np.exp(x) / np.exp(x).sum()


def plain_age_gender(face: Floats, plain: Plain) -> list[Floats]:
    def reduction(x: Floats, y: Floats, name: str) -> Floats:
        y = plain.separable(y, f"{name}/separable_conv0")
        y = plain.separable(relu(y), f"{name}/separable_conv1")
        y = plain.window(y, 3, 2, -np.inf).max(2)
        return y + plain.conv(x, f"{name}/expansion_conv", 2)

    x = relu(plain.conv(face, "entry_flow/conv_in", 2))
    x = reduction(x, x, "entry_flow/reduction_block_0")
    x = reduction(x, relu(x), "entry_flow/reduction_block_1")
    for block in range(2):
        y = x
        for number in range(3):
            y = plain.separable(relu(y), f"middle_flow/main_block_{block}/separable_conv{number}")
        x = x + y
    x = reduction(x, relu(x), "exit_flow/reduction_block")
    mean = relu(plain.separable(x, "exit_flow/separable_conv")).mean((0, 1))
    return [plain.product(mean, "fc/age"), softmax(plain.product(mean, "fc/gender"))]


def plain_expression(face: Floats, plain: Plain) -> list[Floats]:
    def dense(first: Floats, name: str) -> Floats:
        one = relu(first)
        two = plain.separable(one, f"{name}/conv1")
        three = plain.separable(relu(one + two), f"{name}/conv2")
        four = plain.separable(relu(one + two + three), f"{name}/conv3")
        return relu(one + two + three + four)

    x = dense(plain.conv(face, "dense0/conv0", 2), "dense0")
    for block in (1, 2, 3):
        x = dense(plain.separable(x, f"dense{block}/conv0", 2), f"dense{block}")
    return [softmax(plain.product(x.mean((0, 1)), "fc"))]


@pytest.mark.parametrize(
    ("make", "layers", "plainly", "names"),
    [
        (age_gender, AGE_GENDER, plain_age_gender, ["age", "gender"]),
        (expression, EXPRESSION, plain_expression, ["expression"]),
    ],
)
def test_the_network_is_what_its_layers_written_out_are(
    make: Callable[[bytes, bytes], onnx.ModelProto],
    layers: Layers,
    plainly: Callable[[Floats, Plain], list[Floats]],
    names: list[str],
) -> None:
    manifest, data, values = files(layers)
    session = onnxruntime().InferenceSession(make(manifest, data).SerializeToString())
    assert [each.name for each in session.get_outputs()] == names
    told = session.run(None, {"input": FACES})
    for number, face in enumerate(FACES.transpose(0, 2, 3, 1)):
        expected = plainly(face, Plain(values))
        for got, wanted in zip(told, expected, strict=True):
            assert got[number] == pytest.approx(wanted, rel=1e-3, abs=1e-4)


def test_weights_of_another_network_are_refused() -> None:
    manifest, data, _ = files(EXPRESSION)
    with pytest.raises(ValueError, match="entry_flow/conv_in/filters"):
        age_gender(manifest, data)
    with pytest.raises(ValueError, match="bytes of weights"):
        expression(manifest, data + b"\0")
