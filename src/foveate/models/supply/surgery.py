"""Changes to ONNX graphs that leave what a network says as it was, or nearly.

Each function changes the model that it is given and returns it.
"""

from __future__ import annotations

import tempfile
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from foveate.models import quiet

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableSequence

    from numpy.typing import NDArray

TINY: Final = 1e-12
_DOUBLED: Final = np.array([1, 1, 2, 2], np.float32)


def read(data: bytes) -> onnx.ModelProto:
    """Return the model in the bytes of an ONNX file. Raises ValueError."""
    try:
        return onnx.load_model_from_string(data)
    except Exception as why:
        # protobuf's own error has no public home that is the same in all its versions.
        raise ValueError(f"expected an ONNX file: {why}") from why


def _refill(sequence: MutableSequence[Any], items: Iterable[Any]) -> None:
    kept = list(items)
    del sequence[:]
    sequence.extend(kept)


def _constants(graph: onnx.GraphProto) -> dict[str, NDArray[Any]]:
    """Return the values of every tensor that is known beforehand."""
    known = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and attribute.name == "value":
                known[node.output[0]] = numpy_helper.to_array(attribute.t)
    return known


def _any(value: onnx.ValueInfoProto, sides: dict[int, str]) -> None:
    for axis, name in sides.items():
        value.type.tensor_type.shape.dim[axis].dim_param = name


def _own_inputs(graph: onnx.GraphProto) -> list[onnx.ValueInfoProto]:
    """Return the inputs without the weights, which old exporters list among them."""
    weights = {tensor.name for tensor in graph.initializer}
    return [value for value in graph.input if value.name not in weights]


def any_batch(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model for any number of pictures at once, where it was for one."""
    graph = model.graph
    _refill(graph.input, _own_inputs(graph))
    known = _constants(graph)
    for node in graph.node:
        if node.op_type == "Reshape" and node.input[1] in known:
            shape = known[node.input[1]]
            if shape[0] == 1:
                # One side may follow from the others; the first is copied where another does.
                first = 0 if -1 in shape[1:] else -1
                name = f"{node.output[0]}_for_any_batch"
                fresh = np.array([first, *shape[1:]], np.int64)
                graph.initializer.append(numpy_helper.from_array(fresh, name))
                node.input[1] = name
    for value in (*graph.input, *graph.output):
        _any(value, {0: "batch"})
    _refill(graph.value_info, ())
    return model


def flush_tiny(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model with weights below 1e-12 as zero.

    They change no output, and numbers near the smallest cost processors ten times the time.
    """
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            values = numpy_helper.to_array(tensor)
            flushed = np.where(np.abs(values) < TINY, np.float32(0), values)
            tensor.CopyFrom(numpy_helper.from_array(flushed, tensor.name))
    return model


def _needed(graph: onnx.GraphProto, outputs: Iterable[str]) -> list[int]:
    """Return the nodes that make those outputs, each behind what it needs."""
    makers = {name: index for index, node in enumerate(graph.node) for name in node.output}
    order: TopologicalSorter[int] = TopologicalSorter()
    waiting, seen = [makers[name] for name in outputs], set[int]()
    while waiting:
        index = waiting.pop()
        if index not in seen:
            seen.add(index)
            before = [makers[name] for name in graph.node[index].input if name in makers]
            order.add(index, *before)
            waiting += before
    return list(order.static_order())


def prune(model: onnx.ModelProto, *outputs: str) -> onnx.ModelProto:
    """Return the model with those outputs and only what they need. Raises ValueError."""
    graph = model.graph
    by_name = {value.name: value for value in graph.output}
    if missing := [name for name in outputs if name not in by_name]:
        raise ValueError(f"expected outputs of {', '.join(by_name)}; got {', '.join(missing)}")
    _refill(graph.output, [by_name[name] for name in outputs])
    _refill(graph.node, [graph.node[index] for index in _needed(graph, outputs)])
    used = {name for node in graph.node for name in node.input}
    _refill(graph.initializer, [one for one in graph.initializer if one.name in used])
    return model


def _sides(model: onnx.ModelProto) -> dict[str, list[int]]:
    """Return height and width of every tensor whose shape can be told."""
    graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    values = (*graph.value_info, *graph.input, *graph.output)
    shapes = {value.name: value.type.tensor_type.shape.dim for value in values}
    return {name: [side.dim_value for side in shape[2:]] for name, shape in shapes.items()}


def any_size(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model for pictures of any size, where sizes of one picture were written in.

    Only for networks that resize by 2 and nothing else. Raises ValueError for others.
    """
    graph = model.graph
    sides = _sides(model)
    graph.initializer.append(numpy_helper.from_array(_DOUBLED, "doubled"))
    for node in graph.node:
        if node.op_type == "Resize":
            before, after = sides[node.input[0]], sides[node.output[0]]
            if after != [2 * side for side in before] or not all(before):
                raise ValueError(f"expected {node.name} to double {before}, got {after}")
            _refill(node.input, [node.input[0], "", "doubled"])
    for value in (*_own_inputs(graph), *graph.output):
        _any(value, {2: "height", 3: "width"})
    _refill(graph.value_info, ())
    return prune(model, *(value.name for value in graph.output))


def any_sides(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model for pictures of any height and width, where it follows them already."""
    for value in _own_inputs(model.graph):
        _any(value, {2: "height", 3: "width"})
    _refill(model.graph.value_info, ())
    return model


def linear_resize(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model with cubic interpolation made linear, which takes a hundredth of the time.

    For what little is resized inside a network, such as places of patches that other sides than
    it was trained with ask for.
    """
    for node in model.graph.node:
        if node.op_type == "Resize":
            kept = [one for one in node.attribute if one.name not in {"mode", "cubic_coeff_a"}]
            _refill(node.attribute, [*kept, helper.make_attribute("mode", "linear")])
    return model


def expose(model: onnx.ModelProto, tensor: str, name: str) -> onnx.ModelProto:
    """Return the model with an inner float tensor as its last output. Raises ValueError."""
    graph = model.graph
    weights = {weight.name for weight in graph.initializer}
    if tensor not in weights and not any(tensor in node.output for node in graph.node):
        raise ValueError(f"expected a tensor of the network, got {tensor}")
    graph.node.append(helper.make_node("Identity", [tensor], [name]))
    graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    return model


def tell(model: onnx.ModelProto, key: str) -> onnx.ModelProto:
    """Return the model with the letters that stand in its metadata as its last output.

    They are code points, one of a letter on each line; engines do not show metadata, and a network
    that carries its own letters cannot be read with others. Raises ValueError.
    """
    known = {entry.key: entry.value for entry in model.metadata_props}
    letters = known.get(key, "").removesuffix("\n").split("\n")
    if not all(len(letter) == 1 for letter in letters):
        raise ValueError(f"expected a letter on each line of {key}, got {known.get(key)!r:.40}")
    codes = numpy_helper.from_array(np.array([*map(ord, letters)], np.float32), f"{key}_codes")
    model.graph.initializer.append(codes)
    return expose(model, codes.name, key)


def quantise(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model with weights of matrices in 8 bits, each column with a scale of its own.

    Activations get their scale as they come, so no pictures are needed.
    """
    quantization = quiet.quantization()
    with tempfile.TemporaryDirectory() as folder:
        plain, small = Path(folder, "plain.onnx"), Path(folder, "small.onnx")
        quantization.shape_inference.quant_pre_process(model, plain, skip_symbolic_shape=True)
        quantization.quantize_dynamic(
            plain,
            small,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=quantization.QuantType.QInt8,
            reduce_range=True,  # 7 bits: with 8, sums overflow on processors without VNNI
        )
        return onnx.load(small)
