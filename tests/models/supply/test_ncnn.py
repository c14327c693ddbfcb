"""Networks of ncnn: small ones, written here line by line, against the same in NumPy."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.models.quiet import onnxruntime
from foveate.models.supply.ncnn import HALF, convert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.floating[Any]]

CHANCE = np.random.default_rng(3)
FILTERS = CHANCE.normal(0, 0.5, (5, 3, 3, 3)).astype(np.float16)
BIAS = CHANCE.normal(0, 0.5, 5).astype("<f4")
UP = CHANCE.normal(0, 0.5, (3, 5, 4, 4)).astype("<f4")
"""As ncnn has them: out, in, height, width."""
TEXT = """7767517
3 3
Input in 0 1 data
Convolution first 1 1 data a 0=5 1=3 5=1 6=135 9=2 -23310=1,1.000000e-01
Deconvolution up 1 1 a out 0=3 1=4 3=2 4=3 5=0 6=240
"""


def halves(values: Numbers) -> bytes:
    data = struct.pack("<I", HALF) + values.astype("<f2").tobytes()
    return data + bytes(-len(data) % 4)


def singles(values: Numbers, tag: int = 0) -> bytes:
    return struct.pack("<I", tag) + values.astype("<f4").tobytes()


WEIGHTS = halves(FILTERS) + BIAS.tobytes() + singles(UP, 0x0002C056)


def said(text: str, weights: bytes, x: Numbers) -> Numbers:
    session = onnxruntime().InferenceSession(convert(text.encode(), weights).SerializeToString())
    (answer,) = session.run(["out"], {"data": x.astype(np.float32)})
    found: Numbers = answer
    return found


def convolved(x: Numbers, filters: Numbers, bias: Numbers) -> Numbers:
    """(channels, height, width) through filters (out, in, 3, 3), nothing around it."""
    height, width = x.shape[1] - 2, x.shape[2] - 2
    made = np.zeros((len(filters), height, width))
    for row in range(3):
        for column in range(3):
            part = x[:, row : row + height, column : column + width]
            made += np.einsum("oc,chw->ohw", filters[:, :, row, column].astype(float), part)
    return made + bias[:, None, None]


def spread_out(x: Numbers, filters: Numbers) -> Numbers:
    """Each place puts its filter, 4 x 4, two further; 3 are cut off all around."""
    _, height, width = x.shape
    made = np.zeros((len(filters), 2 * height + 2, 2 * width + 2))
    for row in range(height):
        for column in range(width):
            put = np.einsum("ocij,c->oij", filters, x[:, row, column])
            made[:, 2 * row : 2 * row + 4, 2 * column : 2 * column + 4] += put
    return made[:, 3:-3, 3:-3]


def test_a_network_says_what_its_layers_say_one_by_one() -> None:
    x = CHANCE.normal(0, 1, (1, 3, 7, 9))
    inner = convolved(x[0], FILTERS, BIAS)
    expected = spread_out(np.where(inner > 0, inner, inner * 0.1), UP)
    np.testing.assert_allclose(said(TEXT, WEIGHTS, x)[0], expected, atol=1e-4)


def test_a_layer_may_cut_off_below_zero_or_nothing() -> None:
    x = CHANCE.normal(0, 1, (1, 3, 7, 9))
    inner = convolved(x[0], FILTERS, BIAS)
    for change, expected in (("9=1", np.maximum(inner, 0)), ("9=0", inner)):
        text = TEXT.replace("9=2 -23310=1,1.000000e-01", change)
        np.testing.assert_allclose(said(text, WEIGHTS, x)[0], spread_out(expected, UP), atol=1e-4)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("7767517", "7767518"), "begins with 7767517"),
        (("3 3", "9 9"), "expected 9 layers, got 3"),
        (("Convolution", "Softmax"), "got Softmax"),
        (("6=135", "6=134"), "whole filters of first, got 134"),
        (("0=5 1=3", "0=0 1=3"), "whole filters of first"),
        (("9=2", "9=5"), "activation 0, 1 or 2 of first, got 5"),
        (("-23310=1,1.000000e-01", ""), "activation 0, 1 or 2"),
        (("6=135", "6=135 4=-233"), "the rule -233"),
        (("6=135", "6=135 14=2"), "top 0 of first, got 2"),
        (("6=135", "6=135 13=2"), "height_stride 1 of first, got 2"),
        (("6=135", "x"), "NUMBER=VALUE, got x"),
        (("6=135", "6=1.5"), "6 of first to be a whole number, got 1.5"),
        (("4=3 5=0", "4=3 18=1 5=0"), "output_padding 0 of up, got 1"),
        (("4=3 5=0", "4=3 2=2 5=0"), "dilation 1 of up, got 2"),
        (("1 1 a out 0", "1 2 a out c 0"), "one output of up, got 2"),
        (("-23310=1,", "-23310=2,"), "2 values of -23310, got 1"),
    ],
)
def test_what_is_not_known_is_refused(change: tuple[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        convert(TEXT.replace(*change, 1).encode(), WEIGHTS)


@pytest.mark.parametrize(
    ("weights", "complaint"),
    [
        (WEIGHTS[:-4], "the end of them"),
        (WEIGHTS + bytes(4), "4 bytes more"),
        (struct.pack("<I", 0x000D4B38) + WEIGHTS[4:], "the tag 0x000d4b38"),
        (b"", "the end of them"),
    ],
)
def test_weights_of_another_network_are_refused(weights: bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        convert(TEXT.encode(), weights)
