"""An ONNX graph that is being written from the weights and the layers of another kind of file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
from onnx import helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

OPSET: Final = 13
IR_VERSION: Final = 8


@dataclass(slots=True)
class Conversion:
    """An ONNX graph being written."""

    weights: dict[str, NDArray[Any]]
    """What is known beforehand, by their names."""
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

    def add_all(self, op: str, inputs: Sequence[str], outputs: Sequence[str], axis: int) -> None:
        """Add an operation that makes several tensors along an axis."""
        self.nodes.append(helper.make_node(op, inputs, outputs, outputs[0], axis=axis))

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

    def limited(self, tensor: str, low: float, high: float) -> str:
        """Return a tensor whose values are not below one limit, nor above the other."""
        limits = (self.constant(np.array(limit, np.float32)) for limit in (low, high))
        return self.add("Clip", tensor, *limits)

    def activated(self, tensor: str, words: Iterable[str]) -> str:
        """Return a tensor after the activations fused into a node. Raises ValueError."""
        for word in words:
            if word not in {"Relu", "Relu6"}:
                raise ValueError(
                    f"expected fused operations of BiasAdd, Relu and Relu6, got {word}"
                )
            tensor = self.limited(tensor, 0, 6) if word == "Relu6" else self.add("Relu", tensor)
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
