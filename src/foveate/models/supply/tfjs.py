"""TensorFlow.js graph models as ONNX: the operators of our networks, and a refusal of others.

Pictures keep their order (batch, height, width, channels) outside; each convolution is put
between two transposes, which engines cancel against each other when they load the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from foveate.models.supply.tfjs_graph import Node, outputs_of, read_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

OPSET: Final = 13
IR_VERSION: Final = 8
_ACTIVATIONS: Final = {"Relu": "Relu"}


@dataclass(slots=True)
class Conversion:
    """An ONNX graph being written."""

    weights: Mapping[str, NDArray[Any]]
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    inputs: list[onnx.ValueInfoProto] = field(default_factory=list)
    outputs: list[onnx.ValueInfoProto] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """Our tensor for each of theirs."""

    def add(self, op: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401 - onnx's own
        """Return the tensor that a new operation makes."""
        made = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [made], made, **attributes))
        return made

    def constant(self, values: NDArray[Any]) -> str:
        """Return a tensor of those values."""
        made = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), made))
        return made

    def array(self, name: str) -> NDArray[Any]:
        """Return the values of an input that has to be known beforehand. Raises ValueError."""
        if name not in self.weights:
            raise ValueError(f"expected {name} to be a constant")
        return self.weights[name]

    def tensor(self, name: str) -> str:
        """Return our tensor for an input, known beforehand or not."""
        if name not in self.names:
            self.names[name] = self.constant(self.array(name))
        return self.names[name]

    def channels_first(self, name: str) -> str:
        """Return an input as ONNX wants its pictures: batch, channels, height, width."""
        return self.add("Transpose", self.tensor(name), perm=[0, 3, 1, 2])

    def channels_last(self, tensor: str) -> str:
        """Return a tensor as TensorFlow has its pictures: batch, height, width, channels."""
        return self.add("Transpose", tensor, perm=[0, 2, 3, 1])

    def activated(self, tensor: str, words: Iterable[str]) -> str:
        """Return a tensor after the activations fused into a node. Raises ValueError."""
        for word in words:
            if word not in _ACTIVATIONS:
                raise ValueError(f"expected fused operations of BiasAdd and Relu, got {word}")
            tensor = self.add(_ACTIVATIONS[word], tensor)
        return tensor

    def finished(self) -> onnx.ModelProto:
        """Return the network. Raises ValueError for one that is not sound."""
        parts = (self.nodes, "network", self.inputs, self.outputs, self.constants)
        opsets = [helper.make_opsetid("", OPSET)]
        made = helper.make_model(
            helper.make_graph(*parts), opset_imports=opsets, ir_version=IR_VERSION
        )
        try:
            onnx.checker.check_model(made, full_check=True)
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as why:
            raise ValueError(f"what came of it is not a sound network: {why}") from why
        return made


def _same(op: str, to: Conversion, node: Node) -> str:
    return to.add(op, *map(to.tensor, node.inputs))


def _placeholder(to: Conversion, node: Node) -> str:
    sides = [int(dim["size"]) for dim in node.attributes["shape"]["shape"]["dim"]]
    shape: list[str | int | None] = ["batch", *sides[1:]]
    to.inputs.append(helper.make_tensor_value_info(node.name, TensorProto.FLOAT, shape))
    return node.name


def _relu6(to: Conversion, node: Node) -> str:
    limits = (to.constant(np.array(limit, np.float32)) for limit in (0, 6))
    return to.add("Clip", to.tensor(node.inputs[0]), *limits)


def _bias(node: Node) -> tuple[list[str], list[str]]:
    """Return the input that is added after a product, if one is, and the activations after it."""
    words = node.words("fused_ops")
    if words[:1] != ["BiasAdd"]:
        return [], words
    return [node.inputs[2]], words[1:]


def _filtered(to: Conversion, node: Node, filters: NDArray[Any], groups: int) -> str:
    bias, activations = _bias(node)
    made = to.add(
        "Conv",
        to.channels_first(node.inputs[0]),
        to.constant(filters),
        *(to.constant(to.array(name)) for name in bias),
        group=groups,
        strides=node.side("strides"),
        dilations=node.side("dilations"),
        auto_pad=node.padding(),
    )
    return to.channels_last(to.activated(made, activations))


def _convolution(to: Conversion, node: Node) -> str:
    return _filtered(to, node, to.array(node.inputs[1]).transpose(3, 2, 0, 1), 1)


def _depthwise(to: Conversion, node: Node) -> str:
    filters = to.array(node.inputs[1])  # height, width, channels, filters of each channel
    height, width, channels, each = filters.shape
    flat = filters.transpose(2, 3, 0, 1).reshape(channels * each, 1, height, width)
    return _filtered(to, node, flat, channels)


def _transposed_convolution(to: Conversion, node: Node) -> str:
    _, filters, picture = node.inputs  # the first is the size, which follows from the strides
    made = to.add(
        "ConvTranspose",
        to.channels_first(picture),
        to.constant(to.array(filters).transpose(3, 2, 0, 1)),
        strides=node.side("strides"),
        auto_pad=node.padding(),
    )
    return to.channels_last(made)


def _pooled(op: str, to: Conversion, node: Node) -> str:
    made = to.add(
        op,
        to.channels_first(node.inputs[0]),
        kernel_shape=node.side("ksize"),
        strides=node.side("strides"),
        auto_pad=node.padding(),
    )
    return to.channels_last(made)


def _reduced(op: str, to: Conversion, node: Node) -> str:
    values, axes = node.inputs
    over = [int(axis) for axis in np.atleast_1d(to.array(axes))]
    return to.add(op, to.tensor(values), axes=over, keepdims=int(node.flag("keep_dims")))


def _product(to: Conversion, node: Node) -> str:
    if node.flag("transpose_a") or node.flag("transpose_b"):
        raise ValueError(f"expected {node.name} to multiply matrices as they are")
    bias, activations = _bias(node)
    made = to.add("MatMul", *map(to.tensor, node.inputs[:2]))
    for name in bias:
        made = to.add("Add", made, to.tensor(name))
    return to.activated(made, activations)


def _resized(to: Conversion, node: Node) -> str:
    if not node.flag("half_pixel_centers"):
        raise ValueError(f"expected {node.name} to resize between centres of pixels")
    picture = to.channels_first(node.inputs[0])
    ends = (to.constant(np.array([end])) for end in (0, 2))
    batch_and_channels = to.add("Slice", to.add("Shape", picture), *ends)
    sides = to.constant(to.array(node.inputs[1]))
    sizes = to.add("Concat", batch_and_channels, sides, axis=0)
    attributes = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
    return to.channels_last(to.add("Resize", picture, "", "", sizes, **attributes))


TRANSLATORS: Final[Mapping[str, Callable[[Conversion, Node], str]]] = {
    "Placeholder": _placeholder,
    "Identity": partial(_same, "Identity"),
    "Add": partial(_same, "Add"),
    "AddV2": partial(_same, "Add"),
    "AddN": partial(_same, "Sum"),
    "Mul": partial(_same, "Mul"),
    "Minimum": partial(_same, "Min"),
    "Maximum": partial(_same, "Max"),
    "Relu": partial(_same, "Relu"),
    "Relu6": _relu6,
    "Sigmoid": partial(_same, "Sigmoid"),
    "Softmax": partial(_same, "Softmax"),  # over the last axis, as ONNX does unless told
    "Conv2D": _convolution,
    "_FusedConv2D": _convolution,
    "DepthwiseConv2dNative": _depthwise,
    "Conv2DBackpropInput": _transposed_convolution,
    "_FusedMatMul": _product,
    "MaxPool": partial(_pooled, "MaxPool"),
    "AvgPool": partial(_pooled, "AveragePool"),
    "Max": partial(_reduced, "ReduceMax"),
    "Mean": partial(_reduced, "ReduceMean"),
    "ResizeBilinear": _resized,
}


def _in_order(nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes, each behind what it needs. Raises ValueError for others than ours."""
    if unknown := sorted({node.op for node in nodes} - {"Const", *TRANSLATORS}):
        known = ", ".join(TRANSLATORS)
        raise ValueError(f"expected operators of {known}; got {', '.join(unknown)}")
    by_name = {node.name: node for node in nodes}
    order = TopologicalSorter({node.name: node.inputs for node in nodes})
    return [by_name[name] for name in order.static_order()]


def _output(to: Conversion, name: str, fact: Mapping[str, Any]) -> onnx.ValueInfoProto:
    """Return the declaration of an output and give its tensor that name."""
    name = name.removesuffix(":0")
    tensor = to.tensor(fact["name"].removesuffix(":0"))
    to.nodes.append(helper.make_node("Identity", [tensor], [name]))
    sides = [int(dim["size"]) for dim in fact["tensorShape"]["dim"]]
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *sides[1:]])


def convert(description: bytes, weights: bytes) -> onnx.ModelProto:
    """Return a graph model, its model.json and its one .bin file, as ONNX for any batch.

    Outputs keep the order of the signature. Raises ValueError for what is not supported.
    """
    model = json.loads(description)
    entries = [entry for group in model["weightsManifest"] for entry in group["weights"]]
    to = Conversion(read_weights(entries, weights))
    for node in _in_order([Node.of(node) for node in model["modelTopology"]["node"]]):
        if node.op != "Const":
            to.names[node.name] = TRANSLATORS[node.op](to, node)
    to.outputs = [_output(to, name, fact) for name, fact in outputs_of(model).items()]
    return to.finished()
