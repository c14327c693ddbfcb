"""EfficientNet-Lite written from named weights; small ones, made by chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_checkpoint import FLOATS, REBUILD, Called, Stored, pickled, zipped

from foveate.models.quiet import onnxruntime
from foveate.models.supply.efficientnet import EPSILON, convert

CHANCE = np.random.default_rng(7)
WIDTHS = (2, 3, 4, 5, 6, 7, 7, 8)
"""Out of each block: the sixth stage has two."""
FEATURES, CLASSES = 9, 10


def weights() -> dict[str, np.ndarray[Any, Any]]:
    made: dict[str, np.ndarray[Any, Any]] = {}

    def filters(name: str, norm: str, *shape: int) -> None:
        made[f"{name}.weight"] = CHANCE.normal(0, 0.5, shape)
        for part in ("weight", "bias", "running_mean"):
            made[f"{norm}.{part}"] = CHANCE.normal(0.5, 0.2, shape[0])
        made[f"{norm}.running_var"] = CHANCE.uniform(0.5, 2, shape[0])

    filters("_conv_stem", "_bn0", 3, 3, 3, 3)
    before = 3
    for number, width in enumerate(WIDTHS):
        at = f"_blocks.{number}."
        wide = before * 2 if number else before
        if number:
            filters(f"{at}_expand_conv", f"{at}_bn0", wide, before, 1, 1)
        filters(f"{at}_depthwise_conv", f"{at}_bn1", wide, 1, 3, 3)
        filters(f"{at}_project_conv", f"{at}_bn2", width, wide, 1, 1)
        before = width
    filters("_conv_head", "_bn1", FEATURES, before, 1, 1)
    made["_fc.weight"] = CHANCE.normal(0, 1, (CLASSES, FEATURES))
    made["_fc.bias"] = CHANCE.normal(0, 1, CLASSES)
    return {name: values.astype("<f4") for name, values in made.items()}


def written(named: dict[str, np.ndarray[Any, Any]]) -> bytes:
    """A checkpoint with a storage for each."""
    tensors = {}
    for name, values in named.items():
        steps = tuple(step // 4 for step in values.strides)
        stored = Stored("storage", FLOATS, name, "cpu", values.size)
        tensors[name] = Called(REBUILD, stored, 0, values.shape, steps, False, {})
    return zipped(pickled(tensors), {name: v.tobytes() for name, v in named.items()})


def filtered(
    x: np.ndarray[Any, Any], named: dict[str, Any], name: str, norm: str, stride: int, active: bool
) -> np.ndarray[Any, Any]:
    """The same in NumPy, slowly, with the normalisation where it was when it was trained."""
    kernel = named[f"{name}.weight"]
    out, _, side, _ = kernel.shape
    size = -(-x.shape[1] // stride)
    pad = max((size - 1) * stride + side - x.shape[1], 0)
    x = np.pad(x, ((0, 0), (pad // 2, pad - pad // 2), (pad // 2, pad - pad // 2)))
    y = np.zeros((out, size, size))
    for row in range(size):
        for column in range(size):
            part = x[
                :, row * stride : row * stride + side, column * stride : column * stride + side
            ]
            each = part[:, None] if kernel.shape[1] == 1 and out == len(x) else part[None]
            y[:, row, column] = (each * kernel).sum((1, 2, 3))
    mean, variance = named[f"{norm}.running_mean"], named[f"{norm}.running_var"]
    y = (y - mean[:, None, None]) / np.sqrt(variance + EPSILON)[:, None, None]
    y = y * named[f"{norm}.weight"][:, None, None] + named[f"{norm}.bias"][:, None, None]
    return y.clip(0, 6) if active else y


def expected(named: dict[str, Any], x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    strides = (1, 2, 2, 2, 1, 2, 1, 1)  # the second block of the sixth stage keeps the size
    x = filtered(x, named, "_conv_stem", "_bn0", 2, active=True)
    for number, stride in enumerate(strides):
        at, y = f"_blocks.{number}.", x
        if number:
            y = filtered(y, named, f"{at}_expand_conv", f"{at}_bn0", 1, active=True)
        y = filtered(y, named, f"{at}_depthwise_conv", f"{at}_bn1", stride, active=True)
        y = filtered(y, named, f"{at}_project_conv", f"{at}_bn2", 1, active=False)
        x = x + y if stride == 1 and x.shape == y.shape else y
    return filtered(x, named, "_conv_head", "_bn1", 1, active=True).mean((1, 2))


def test_the_network_says_what_its_layers_say_one_by_one() -> None:
    named = weights()
    network = convert(written(named)).SerializeToString()
    session = onnxruntime().InferenceSession(network)
    x = CHANCE.normal(0, 1, (1, 3, 224, 224)).astype(np.float32)
    features, logits = session.run(None, {"input": x})
    wanted = expected(named, x[0])
    np.testing.assert_allclose(features[0], wanted, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(
        logits[0], named["_fc.weight"] @ wanted + named["_fc.bias"], rtol=1e-3, atol=1e-3
    )


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(KeyError, match="_conv_stem"):
        convert(written({"layer.weight": np.zeros((2, 2), "<f4")}))
    named = {name: v for name, v in weights().items() if not name.startswith("_blocks.7")}
    with pytest.raises(ValueError, match="expected 7 stages of blocks, got 6"):
        convert(written(named))
