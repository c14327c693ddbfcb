"""SSIMULACRA2 as ONNX: what each scale of it computes, written down at start, with no file to ship.

The metric is Jon Sneyers' for libjxl (BSD-3-Clause, version 2.1). A scale is seen in strips of
rows; maps of the reference come out of one graph, and go with a distorted picture into another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from foveate.models.supply.score_planes import (
    BLOCK,
    COLUMNS,
    LIGHT,
    MAPS,
    REACH,
    WEIGHTS,
    Planes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

OPSET: Final = 17
IR_VERSION: Final = 8
KERNEL: Final = np.array(
    [
        *(0.00941436781, 0.03601111466, 0.10933537278, 0.21292859201, 0.26462110549),
        *(0.21292859201, 0.10933537278, 0.03601111466, 0.00941436781),
    ],
    np.float32,
)
"""What libjxl's recursive Gaussian of sigma 1.5 amounts to."""
OPSIN: Final = (
    (0.3, 0.622, 0.078),
    (0.23, 0.692, 0.078),
    (0.24342268924547819, 0.20476744424496821, 0.5518098665095537),
)
"""From linear light to what the three kinds of cones take."""
BIAS: Final = 0.0037930732552754493
DARK: Final = BIAS ** (1 / 3)
_XYB: Final = ((7.0, -7.0, 0.0), (0.5, 0.5, 0.0), (-0.5, -0.5, 1.0))
_OFFSETS: Final = (0.42, 0.01 - DARK, 0.55)
"""All planes, brought to about 0..1."""
C2: Final = 0.0009


@dataclass(slots=True)
class _Graph:
    """An ONNX graph being written."""

    planes: Planes
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    inputs: list[onnx.ValueInfoProto] = field(default_factory=list)
    outputs: list[onnx.ValueInfoProto] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.planes.value)

    def add(self, op: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401 - onnx's own
        made = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [made], made, **attributes))
        return made

    def split(self, tensor: str, count: int) -> list[str]:
        if count == 1:
            return [tensor]
        made = [f"Split_{len(self.nodes)}_{number}" for number in range(count)]
        self.nodes.append(helper.make_node("Split", [tensor], made, made[0], axis=0))
        return made

    def constant(self, values: object, dtype: Any = np.float32) -> str:  # noqa: ANN401
        made = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, dtype), made))
        return made

    def given(self, name: str, *shape: str | int) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def gives(self, tensor: str, name: str, rank: int) -> None:
        self.nodes.append(helper.make_node("Identity", [tensor], [name], name))
        shape = [None] * rank
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def finished(self) -> bytes:
        graph = helper.make_graph(self.nodes, "score", self.inputs, self.outputs, self.constants)
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())


def reference_graph(planes: Planes) -> bytes:
    """Return the graph that gives the MAPS of a strip of the reference, in linear light."""
    graph = _Graph(planes)
    plane = _planes(graph)
    (mean,) = _blurred(graph, [plane])
    high = graph.add("Sub", _laid_out(graph, plane), mean)
    one = graph.constant(1.0)
    inverse = graph.add("Reciprocal", graph.add("Add", graph.add("Abs", high), one))
    for name, tensor in zip(MAPS, (plane, mean, high, inverse), strict=True):
        graph.gives(tensor, name, 4)
    return graph.finished()


def score_graph(planes: Planes) -> bytes:
    """Return the graph that sums, over a strip, how far a picture is from those MAPS.

    `weights` is what each pixel counts, in a column for each way of counting. There is a row for
    each plane; its columns are the sums of SSIM, ringing and blur, each as it is and to the fourth,
    and each in all these ways. Of lightness alone it has two of these six: SSIM and blur to the
    fourth.
    """
    graph = _Graph(planes)
    plane, mean, high, inverse = (graph.given(name, *_shape(planes, name)) for name in MAPS)
    weights = graph.given(WEIGHTS, "pixels", "ways")
    away = graph.add("Sub", plane, seen := _planes(graph))
    squared, product = graph.add("Mul", away, away), graph.add("Mul", plane, seen)
    shift, power, both = _blurred(graph, [away, squared, product])
    structure = _structure(graph, mean, shift, power, both)
    its_high = graph.add("Add", graph.add("Sub", high, _laid_out(graph, away)), shift)
    one = graph.constant(1.0)
    edges = graph.add("Mul", graph.add("Add", graph.add("Abs", its_high), one), inverse)
    more = graph.add("Sub", edges, one)
    ringing, blur = graph.add("Relu", more), graph.add("Relu", graph.add("Neg", more))
    graph.gives(_sums(graph, structure, ringing, blur, weights), "sums", 2)
    return graph.finished()


def _shape(planes: Planes, name: str) -> tuple[str | int, ...]:
    count = len(planes.value)
    # Planes lie as a picture does, and what is blurred in blocks.
    return (count, 1, "height", "width") if name == MAPS[0] else (count, BLOCK, "height", "blocks")


def _planes(graph: _Graph) -> str:
    """Return the planes of linear light, an input; 0 beyond a picture's own columns."""
    light = graph.given(LIGHT, 3, "height", "width")
    rows = graph.planes.rows
    size = graph.add("Shape", light, start=1)
    cones = _mixed(graph, graph.add("Reshape", light, graph.constant([3, -1], np.int64)), rows)
    across = [[_XYB[row][cone] for cone in _cones(rows)] for row in rows]
    offsets = graph.constant([[_OFFSETS[row]] for row in rows])
    plane = graph.add("Add", graph.add("MatMul", graph.constant(across), cones), offsets)
    shape = graph.add("Concat", graph.constant([len(rows), 1], np.int64), size, axis=0)
    shaped = graph.add("Reshape", plane, shape)
    return graph.add("Mul", shaped, graph.given(COLUMNS, 1, 1, 1, "width"))


def _cones(rows: Sequence[int]) -> Sequence[int]:
    """Return which of the three are needed: two, unless blue is."""
    return range(3 if 2 in rows else 2)  # noqa: PLR2004 - the number of B


def _mixed(graph: _Graph, light: str, rows: Sequence[int]) -> str:
    """Return the cube root of what the cones take."""
    opsin = graph.constant([OPSIN[cone] for cone in _cones(rows)])
    taken = graph.add("Add", graph.add("MatMul", opsin, light), graph.constant(BIAS))
    third = graph.constant(1 / 3)
    return graph.add("Exp", graph.add("Mul", graph.add("Log", taken), third))


def _blurred(graph: _Graph, maps: Sequence[str]) -> list[str]:
    """Return the maps after the Gaussian; it sees nothing beyond the border."""
    across = _in_blocks(graph, graph.add("Concat", *maps, axis=0), KERNEL)
    column = graph.constant(np.tile(KERNEL.reshape(1, 1, -1, 1), (BLOCK, 1, 1, 1)))
    down = graph.add("Conv", across, column, group=BLOCK, pads=[REACH, 0, REACH, 0])
    return graph.split(down, len(maps))


def _in_blocks(graph: _Graph, tensor: str, kernel: NDArray[np.float32]) -> str:
    """Return rows convolved with a kernel as long as the blur's, each block as channels."""
    moved = np.zeros((BLOCK, 1, 1, BLOCK + 2 * REACH), np.float32)
    for place in range(BLOCK):
        moved[place, 0, 0, place : place + len(kernel)] = kernel
    pads = [0, REACH, 0, REACH]
    return graph.add("Conv", tensor, graph.constant(moved), strides=[1, BLOCK], pads=pads)


def _laid_out(graph: _Graph, tensor: str) -> str:
    """Return a tensor as blurred ones lie."""
    same = np.zeros_like(KERNEL)
    same[REACH] = 1
    return _in_blocks(graph, tensor, same)


def _structure(graph: _Graph, mean: str, shift: str, power: str, both: str) -> str:
    """Return 1 - SSIM, from what the blur makes of the difference, its square and the product."""
    its_mean = graph.add("Sub", mean, shift)
    together = graph.add("Sub", both, graph.add("Mul", mean, its_mean))
    doubled = graph.add("Mul", together, graph.constant(2.0))
    alike = graph.add("Add", doubled, graph.constant(C2))
    moved = graph.add("Mul", shift, shift)
    apart = graph.add("Sub", power, moved)
    error = graph.add("Add", apart, graph.add("Mul", moved, alike))
    return graph.add("Relu", graph.add("Div", error, graph.add("Add", alike, apart)))


def _sums(graph: _Graph, structure: str, ringing: str, blur: str, weights: str) -> str:
    """Return the weighted sums: a row for each plane, a column for each map and power."""
    shape = graph.constant([graph.count, -1], np.int64)
    alone = graph.planes is Planes.Y
    powers = []
    for tensor in (structure, blur) if alone else (structure, ringing, blur):
        flat = graph.add("Reshape", tensor, shape)
        squared = graph.add("Mul", flat, flat)
        fourth = graph.add("Mul", squared, squared)
        powers += [fourth] if alone else [flat, fourth]
    if alone:  # a product of one row is much slower than one of two
        summed = graph.add("MatMul", graph.add("Concat", *powers, axis=0), weights)
        return graph.add("Reshape", summed, graph.constant([1, -1], np.int64))
    return graph.add("Concat", *(graph.add("MatMul", each, weights) for each in powers), axis=1)
