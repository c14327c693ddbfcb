from __future__ import annotations

import base64
import json
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.models.quiet import onnxruntime
from foveate.models.supply.tfjs import convert
from foveate.models.supply.tfjs_graph import read_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RNG = np.random.default_rng(5)
PICTURES = RNG.normal(size=(2, 5, 6, 3)).astype(np.float32)


def numbers(*values: int) -> dict[str, Any]:
    return {"list": {"i": [str(value) for value in values]}}


def coded(word: str) -> str:
    return base64.b64encode(word.encode()).decode()


def window(stride: int, padding: str, **more: Any) -> dict[str, Any]:
    return {
        "strides": numbers(1, stride, stride, 1),
        "dilations": numbers(1, 1, 1, 1),
        "padding": {"s": coded(padding)},
        **more,
    }


def fused(*words: str) -> dict[str, Any]:
    return {"list": {"s": [coded(word) for word in words]}}


class Drawn:
    """A graph model being drawn: its input is `x`, its output is the node added last."""

    def __init__(self, *shape: int) -> None:
        dims = {"dim": [{"size": str(side)} for side in (-1, *shape)]}
        attr = {"shape": {"shape": dims}}
        self.nodes: list[dict[str, Any]] = [{"name": "x", "op": "Placeholder", "attr": attr}]
        self.entries: list[dict[str, Any]] = []
        self.data = b""

    def const(self, name: str, values: NDArray[Any], coding: dict[str, Any] | None = None) -> str:
        self.nodes.append({"name": name, "op": "Const"})
        kind = "int32" if values.dtype == np.int32 else "float32"
        entry = {"name": name, "shape": list(values.shape), "dtype": kind}
        self.entries.append(entry | ({"quantization": coding} if coding else {}))
        self.data += values.tobytes()
        return name

    def add(self, op: str, *inputs: str, **attr: Any) -> str:
        name = f"{op}/{len(self.nodes)}"
        self.nodes.append({"name": name, "op": op, "input": list(inputs), "attr": attr})
        return name

    def files(self, *sides: int, nested: bool = False) -> tuple[bytes, bytes]:
        shape = {"dim": [{"size": str(side)} for side in (-1, *sides)]}
        facts = {"name": f"{self.nodes[-1]['name']}:0", "tensorShape": shape}
        signature = {"outputs": {"answer:0": facts}}
        # Nodes come in any order in these files.
        model: dict[str, Any] = {"modelTopology": {"node": self.nodes[::-1]}}
        model |= {"weightsManifest": [{"paths": ["a.bin"], "weights": self.entries}]}
        place: dict[str, Any] = {"userDefinedMetadata": {"signature": signature}} if nested else {}
        return json.dumps(model | (place or {"signature": signature})).encode(), self.data

    def must_say(self, expected: Floats, x: Floats = PICTURES, *, nested: bool = False) -> None:
        model = convert(*self.files(*expected.shape[1:], nested=nested))
        session = onnxruntime().InferenceSession(model.SerializeToString())
        (answer,) = session.run(["answer"], {"x": x})
        np.testing.assert_allclose(answer, expected, atol=1e-5)


def padded(x: Floats, kernel: Sequence[int], stride: int, padding: str, fill: float) -> Floats:
    """Pad as TensorFlow does for SAME: what is odd goes to the bottom and the right."""
    if padding == "VALID":
        return x
    needs = [
        max((-(-side // stride) - 1) * stride + kernel[axis] - side, 0)
        for axis, side in enumerate(x.shape[1:3])
    ]
    pads = [(0, 0), *((need // 2, need - need // 2) for need in needs), (0, 0)]
    return np.pad(x, pads, constant_values=fill)


def doubled(x: Floats) -> Floats:
    """Return twice as many rows: each a quarter of the way towards its neighbours."""
    above, below = np.roll(x, 1, axis=1), np.roll(x, -1, axis=1)
    above[:, 0], below[:, -1] = x[:, 0], x[:, -1]
    rows = np.stack([0.75 * x + 0.25 * above, 0.75 * x + 0.25 * below], axis=2)
    return rows.reshape(x.shape[0], 2 * x.shape[1], *x.shape[2:])


def windows(x: Floats, kernel: Sequence[int], stride: int) -> NDArray[np.float32]:
    """Return (batch, rows, columns, height, width, channels)."""
    view = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(1, 2))
    return view[:, ::stride, ::stride].transpose(0, 1, 2, 4, 5, 3)


@pytest.mark.parametrize(("stride", "padding"), list(product((1, 2), ("SAME", "VALID"))))
def test_a_convolution_with_its_bias_and_activation(stride: int, padding: str) -> None:
    filters, bias = RNG.normal(size=(3, 2, 3, 4)), RNG.normal(size=4)
    drawn = Drawn(5, 6, 3)
    names = (drawn.const("w", filters.astype(np.float32)), drawn.const("b", bias.astype("f4")))
    attr = window(stride, padding, fused_ops=fused("BiasAdd", "Relu"))
    drawn.add("_FusedConv2D", "x:0", *names, **attr)
    seen = windows(padded(PICTURES, (3, 2), stride, padding, 0), (3, 2), stride)
    expected = np.maximum(np.einsum("brchwi,hwio->brco", seen, filters) + bias, 0)
    drawn.must_say(expected)


@pytest.mark.parametrize("stride", [1, 2])
def test_a_depthwise_convolution_with_two_filters_a_channel(stride: int) -> None:
    filters = RNG.normal(size=(3, 3, 3, 2)).astype(np.float32)
    drawn = Drawn(5, 6, 3)
    drawn.add("DepthwiseConv2dNative", "x", drawn.const("w", filters), **window(stride, "SAME"))
    seen = windows(padded(PICTURES, (3, 3), stride, "SAME", 0), (3, 3), stride)
    expected = np.einsum("brchwi,hwim->brcim", seen, filters).reshape(*seen.shape[:3], 6)
    drawn.must_say(expected)


def test_a_transposed_convolution_doubles_a_picture() -> None:
    filters = RNG.normal(size=(2, 2, 4, 3)).astype(np.float32)
    drawn = Drawn(5, 6, 3)
    size = drawn.const("size", np.array([1, 10, 12, 4], np.int32))
    drawn.add("Conv2DBackpropInput", size, drawn.const("w", filters), "x", **window(2, "SAME"))
    expected = np.einsum("brci,hwoi->brhcwo", PICTURES, filters).reshape(2, 10, 12, 4)
    drawn.must_say(expected)


@pytest.mark.parametrize(
    ("op", "fill", "middle"), [("MaxPool", -np.inf, np.max), ("AvgPool", np.nan, np.nanmean)]
)
def test_pools_leave_the_border_out_of_account(op: str, fill: float, middle: Any) -> None:
    drawn = Drawn(5, 6, 3)
    drawn.add(op, "x", **window(2, "SAME", ksize=numbers(1, 3, 3, 1)))
    seen = windows(padded(PICTURES, (3, 3), 2, "SAME", fill), (3, 3), 2)
    drawn.must_say(middle(seen, axis=(3, 4)))


@pytest.mark.parametrize(("op", "reduce"), [("Max", np.max), ("Mean", np.mean)])
@pytest.mark.parametrize("keep", [True, False])
def test_reductions(op: str, reduce: Any, keep: bool) -> None:
    drawn = Drawn(5, 6, 3)
    drawn.add(op, "x", drawn.const("axes", np.array([1, 2], np.int32)), keep_dims={"b": keep})
    expected = reduce(PICTURES, axis=(1, 2), keepdims=keep)
    drawn.must_say(expected)


def test_a_dense_layer_and_its_softmax_whose_signature_is_nested() -> None:
    rows = RNG.normal(size=(4, 3)).astype(np.float32)
    weights, bias = RNG.normal(size=(3, 5)), RNG.normal(size=5)
    drawn = Drawn(3)
    names = (drawn.const("w", weights.astype("f4")), drawn.const("b", bias.astype("f4")))
    drawn.add("Softmax", drawn.add("_FusedMatMul", "x", *names, fused_ops=fused("BiasAdd")))
    powers = np.exp(rows @ weights + bias)
    expected = powers / powers.sum(axis=1, keepdims=True)
    drawn.must_say(expected, rows, nested=True)


def test_arithmetic_and_inputs_that_only_order_work() -> None:
    drawn = Drawn(5, 6, 3)
    half = drawn.const("half", np.array([0.5], np.float32))
    low = drawn.add("Minimum", drawn.add("Mul", "x", half), half)
    total = drawn.add("AddN", drawn.add("AddV2", low, half, "^x"), drawn.add("Relu6", "x"))
    drawn.add("Identity", drawn.add("Maximum", drawn.add("Sigmoid", total), half))
    total_of = np.minimum(PICTURES / 2, 0.5) + 0.5 + np.clip(PICTURES, 0, 6)
    expected = np.maximum(1 / (1 + np.exp(-total_of)), 0.5)
    drawn.must_say(expected)


def test_a_resize_interpolates_between_centres_of_pixels() -> None:
    drawn = Drawn(5, 6, 3)
    size = drawn.const("size", np.array([10, 12], np.int32))
    drawn.add("ResizeBilinear", "x", size, half_pixel_centers={"b": True})
    wide = doubled(doubled(PICTURES).transpose(0, 2, 1, 3)).transpose(0, 2, 1, 3)
    drawn.must_say(wide)


def test_an_older_resize_counts_from_the_corners_of_pixels() -> None:
    drawn = Drawn(5, 6, 3)
    drawn.add("ResizeBilinear", "x", drawn.const("size", np.array([10, 6], np.int32)))
    below = np.roll(PICTURES, -1, axis=1)
    below[:, -1] = PICTURES[:, -1]
    rows = np.stack([PICTURES, (PICTURES + below) / 2], axis=2)
    drawn.must_say(rows.reshape(2, 10, 6, 3))


def test_a_fused_depthwise_convolution_that_saturates() -> None:
    filters, bias = RNG.normal(size=(3, 3, 3, 1)) * 9, RNG.normal(size=3)
    drawn = Drawn(5, 6, 3)
    names = (drawn.const("w", filters.astype("f4")), drawn.const("b", bias.astype("f4")))
    attr = window(1, "SAME", fused_ops=fused("BiasAdd", "Relu6"))
    drawn.add("FusedDepthwiseConv2dNative", "x", *names, **attr)
    seen = windows(padded(PICTURES, (3, 3), 1, "SAME", 0), (3, 3), 1)
    expected = np.clip(np.einsum("brchwi,hwim->brci", seen, filters) + bias, 0, 6)
    assert (expected == 6).any()
    drawn.must_say(expected.astype(np.float32))


def test_what_is_split_joined_and_turned_is_where_it_belongs() -> None:
    drawn = Drawn(5, 6, 3)
    sizes, last = drawn.const("n", np.array([1, 2], "i4")), drawn.const("a", np.array(3, "i4"))
    parts = drawn.add("SplitV", "x", sizes, last)
    swapped = drawn.add("ConcatV2", f"{parts}:1", parts, last)
    order = drawn.const("order", np.array([0, 3, 1, 2], "i4"))
    drawn.add("Transpose", swapped, order)
    drawn.must_say(PICTURES[..., [1, 2, 0]].transpose(0, 3, 1, 2))


@pytest.mark.parametrize("fill", [None, 4.0])
def test_room_around_a_picture_and_what_leaks(fill: float | None) -> None:
    drawn = Drawn(5, 6, 3)
    sides = drawn.const("sides", np.array([[0, 0], [1, 2], [0, 3], [0, 0]], "i4"))
    leaked = drawn.add("LeakyRelu", "x", alpha={"f": 0.25})
    more = [drawn.const("fill", np.array(fill, "f4"))] if fill else []
    drawn.add("PadV2" if fill else "Pad", leaked, sides, *more)
    pads = [(0, 0), (1, 2), (0, 3), (0, 0)]
    leaky = np.where(PICTURES > 0, PICTURES, PICTURES / 4)
    drawn.must_say(np.pad(leaky, pads, constant_values=fill or 0))


@pytest.mark.parametrize(("sides", "shape"), [((1, 30, 3), (30, 3)), ((1, -1, 9), (10, 9))])
def test_a_shape_that_is_worked_out_holds_for_any_batch(
    sides: tuple[int, ...], shape: tuple[int, ...]
) -> None:
    drawn = Drawn(5, 6, 3)
    nowhere = drawn.const("places", np.zeros((0, 1), "i4"))
    count, nothing = drawn.const("count", np.array([3], "i4")), drawn.const("no", np.zeros(0, "i4"))
    zeros = drawn.add(
        "SparseToDense", nowhere, count, nothing, drawn.const("zero", np.array(0, "i4"))
    )
    target = drawn.add("AddV2", drawn.const("sides", np.array(sides, "i4")), zeros)
    drawn.add("Reshape", "x", drawn.add("Cast", target))
    drawn.must_say(PICTURES.reshape(2, *shape))


def test_only_what_an_output_needs_is_converted() -> None:
    drawn = Drawn(2)
    half = drawn.const("half", np.array([0.5], np.float32))
    drawn.add("Where", "x")
    drawn.add("Mul", "x", half)
    rows = np.array([[1.0, -4.0]], np.float32)
    drawn.must_say(rows / 2, rows)
    convert(*drawn.files(2), "answer")
    with pytest.raises(ValueError, match="outputs of answer; got question"):
        convert(*drawn.files(2), "question")


def test_weights_of_16_and_of_8_bits() -> None:
    values = np.array([[0.5, -2.0]])
    coding = {"dtype": "uint8", "scale": 0.25, "min": -3.0}
    drawn = Drawn(1)
    drawn.const("half", values.astype(np.float16), {"dtype": "float16"})
    drawn.const("coarse", np.array([14, 4], np.uint8), coding)
    drawn.const("shape", np.array([7], np.int32))
    read = read_weights(drawn.entries, drawn.data)
    np.testing.assert_array_equal(read["half"], values)
    np.testing.assert_array_equal(read["coarse"], values[0])
    assert [read[name].dtype for name in ("half", "coarse", "shape")] == ["f4", "f4", "i8"]


@pytest.mark.parametrize("change", [b"", b"abcd"])
def test_weights_are_used_to_the_last_byte(change: bytes) -> None:
    drawn = Drawn(2)
    drawn.const("w", np.ones((2, 2), np.float32))
    data = drawn.data + change if change else drawn.data[:-4]
    with pytest.raises(ValueError, match=r"expected 16 bytes|buffer is smaller"):
        read_weights(drawn.entries, data)


def test_an_operator_that_no_network_of_ours_has_is_named() -> None:
    drawn = Drawn(2)
    drawn.add("Where", "x")
    with pytest.raises(ValueError, match=r"expected operators of Placeholder, .*; got Where$"):
        convert(*drawn.files())


@pytest.mark.parametrize(
    ("op", "attr", "complaint"),
    [
        (
            "_FusedMatMul",
            {"fused_ops": fused("BiasAdd", "Elu")},
            "BiasAdd, Relu and Relu6, got Elu",
        ),
        ("_FusedMatMul", {"transpose_b": {"b": True}}, "multiply matrices as they are"),
        ("ResizeBilinear", {"align_corners": {"b": True}}, "not between corners"),
        ("SparseToDense", {}, "inputs of SparseToDense/.* to be constants"),
    ],
)
def test_what_a_node_asks_for_beyond_our_networks_is_refused(
    op: str, attr: dict[str, Any], complaint: str
) -> None:
    drawn = Drawn(2)
    square = drawn.const("w", np.eye(2, dtype=np.float32))
    drawn.add(op, "x", square, drawn.const("b", np.zeros(2, np.float32)), **attr)
    with pytest.raises(ValueError, match=complaint):
        convert(*drawn.files())


def test_an_output_of_another_shape_than_the_signature_says_is_refused() -> None:
    drawn = Drawn(2)
    drawn.add("Relu", "x")
    convert(*drawn.files(2))
    with pytest.raises(ValueError, match="not a sound network"):
        convert(*drawn.files(3))


def test_filters_that_are_computed_are_refused() -> None:
    drawn = Drawn(5, 6, 3)
    drawn.add("Conv2D", "x", drawn.add("Relu", "x"), **window(1, "SAME"))
    with pytest.raises(ValueError, match="to be a constant"):
        convert(*drawn.files())
