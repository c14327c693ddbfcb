"""TensorFlow.js graph models as ONNX: the operators of our networks, and a refusal of others.

Pictures keep their order (batch, height, width, channels) outside; each convolution is put
between two transposes, which engines cancel against each other when they load the file.
"""

from __future__ import annotations

import json
from functools import partial
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from onnx import TensorProto, helper

from foveate.models.supply import tfjs_pictures as pictures
from foveate.models.supply import tfjs_shapes as shapes
from foveate.models.supply.tfjs_conversion import Conversion
from foveate.models.supply.tfjs_graph import Node, nodes_for, outputs_of, read_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import onnx


def _same(op: str, to: Conversion, node: Node) -> str:
    return to.add(op, *map(to.tensor, node.inputs))


def _placeholder(to: Conversion, node: Node) -> str:
    sides = [int(dim["size"]) for dim in node.attributes["shape"]["shape"]["dim"]]
    shape: list[str | int | None] = ["batch", *sides[1:]]
    to.inputs.append(helper.make_tensor_value_info(node.name, TensorProto.FLOAT, shape))
    return node.name


def _relu6(to: Conversion, node: Node) -> str:
    return to.limited(to.tensor(node.inputs[0]), 0, 6)


def _reduced(op: str, to: Conversion, node: Node) -> str:
    values, axes = node.inputs
    over = [int(axis) for axis in np.atleast_1d(to.array(axes))]
    return to.add(op, to.tensor(values), axes=over, keepdims=int(node.flag("keep_dims")))


def _product(to: Conversion, node: Node) -> str:
    if node.flag("transpose_a") or node.flag("transpose_b"):
        raise ValueError(f"expected {node.name} to multiply matrices as they are")
    bias, activations = pictures.bias_of(node)
    made = to.add("MatMul", *map(to.tensor, node.inputs[:2]))
    for name in bias:
        made = to.add("Add", made, to.tensor(name))
    return to.activated(made, activations)


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
    "Conv2D": pictures.convolution,
    "_FusedConv2D": pictures.convolution,
    "DepthwiseConv2dNative": pictures.depthwise,
    "Conv2DBackpropInput": pictures.transposed_convolution,
    "_FusedMatMul": _product,
    "MaxPool": partial(pictures.pooled, "MaxPool"),
    "AvgPool": partial(pictures.pooled, "AveragePool"),
    "Max": partial(_reduced, "ReduceMax"),
    "Mean": partial(_reduced, "ReduceMean"),
    "ResizeBilinear": pictures.resized,
    "FusedDepthwiseConv2dNative": pictures.depthwise,
    "LeakyRelu": shapes.leaky,
    "Transpose": shapes.transposed,
    "ConcatV2": shapes.joined,
    "SplitV": shapes.split,
    "Pad": shapes.padded,
    "PadV2": shapes.padded,
    "Reshape": shapes.reshaped,
}


def _in_order(nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes, each behind what it needs. Raises ValueError for others than ours."""
    if unknown := sorted({node.op for node in nodes} - {"Const", *TRANSLATORS, *shapes.FOLDED}):
        known = ", ".join({**TRANSLATORS, **shapes.FOLDED})
        raise ValueError(f"expected operators of {known}; got {', '.join(unknown)}")
    by_name = {node.name: node for node in nodes}
    order = TopologicalSorter({node.name: node.needs for node in nodes})
    return [by_name[name] for name in order.static_order()]


def _translated(to: Conversion, node: Node) -> None:
    """Add what a node does, or work it out where that can be known beforehand."""
    folds = shapes.FOLDED.get(node.op)
    if folds and node.inputs and all(name in to.weights for name in node.inputs):
        to.weights[node.name] = folds(*(to.weights[name] for name in node.inputs))
    elif node.op in TRANSLATORS:
        to.names[node.name] = TRANSLATORS[node.op](to, node)
    elif node.op != "Const":
        raise ValueError(f"expected the inputs of {node.name} to be constants")


def _output(to: Conversion, name: str, fact: Mapping[str, Any]) -> onnx.ValueInfoProto:
    """Return the declaration of an output and give its tensor that name."""
    tensor = to.tensor(fact["name"].removesuffix(":0"))
    to.nodes.append(helper.make_node("Identity", [tensor], [name]))
    sides = [int(dim["size"]) for dim in fact["tensorShape"]["dim"]]
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *sides[1:]])


def convert(description: bytes, weights: bytes, *outputs: str) -> onnx.ModelProto:
    """Return a graph model, its model.json and its one .bin file, as ONNX for any batch.

    It answers with these outputs of the signature, or with all in its order. Raises ValueError for
    what is not supported.
    """
    model = json.loads(description)
    entries = [entry for group in model["weightsManifest"] for entry in group["weights"]]
    to = Conversion(read_weights(entries, weights))
    wanted = outputs_of(model, outputs)
    nodes = [Node.of(node) for node in model["modelTopology"]["node"]]
    for node in _in_order(nodes_for(nodes, [fact["name"] for fact in wanted.values()])):
        _translated(to, node)
    to.outputs = [_output(to, name, fact) for name, fact in wanted.items()]
    return to.finished()
