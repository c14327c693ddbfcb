"""EfficientNet-Lite as ONNX, written from its published weights.

The network: Tan and Le, "EfficientNet" (2019), as the "lite" variants have it: no squeeze and
excitation, ReLU6 in place of swish, stem and head of fixed width. Normalisation is folded into
the convolutions, which changes no answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from foveate.models.supply import checkpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

OPSET: Final = 13
IR_VERSION: Final = 8
EPSILON: Final = 1e-3
"""What is added to variances, as TensorFlow has it."""
STRIDES: Final = (1, 2, 2, 2, 1, 2, 1)
"""Of the first block of each stage; the others keep the size."""
SIDE: Final = 224
"""Of the pictures that Lite0 was trained with."""
FEATURES: Final = "features"
LOGITS: Final = "logits"


@dataclass(slots=True)
class _Writing:
    """An ONNX graph being written of named weights."""

    weights: Mapping[str, NDArray[Any]]
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, op: str, *inputs: str, to: str = "", **attributes: Any) -> str:  # noqa: ANN401 - onnx's own
        """Return the tensor that a new operation makes."""
        made = to or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [made], made, **attributes))
        return made

    def constant(self, values: NDArray[Any]) -> str:
        """Return a tensor of those values."""
        made = f"constant_{len(self.constants)}"
        floats = np.ascontiguousarray(values, np.float32)
        self.constants.append(numpy_helper.from_array(floats, made))
        return made

    def filtered(
        self, tensor: str, filters: str, norm: str, *, stride: int = 1, activated: bool = True
    ) -> str:
        """Return a tensor after a convolution, its normalisation, and ReLU6 unless not."""
        weights = self.weights
        kernel = weights[f"{filters}.weight"]
        scale = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"] + EPSILON)
        made = self.add(
            "Conv",
            tensor,
            self.constant(kernel * scale[:, None, None, None]),
            self.constant(weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale),
            group=len(kernel) if kernel.shape[1] == 1 else 1,
            strides=[stride] * 2,
            auto_pad="SAME_UPPER",
        )
        return self.add("Clip", made, "zero", "six") if activated else made

    def block(self, tensor: str, number: int, stride: int) -> str:
        """Return a tensor after an inverted bottleneck, added to what went in where it can be."""
        at = f"_blocks.{number}."
        wide = f"{at}_expand_conv"
        expands = f"{wide}.weight" in self.weights
        made = self.filtered(tensor, wide, f"{at}_bn0") if expands else tensor
        made = self.filtered(made, f"{at}_depthwise_conv", f"{at}_bn1", stride=stride)
        made = self.filtered(made, f"{at}_project_conv", f"{at}_bn2", activated=False)
        inner = self.weights[f"{wide}.weight"].shape[1] if expands else -1
        same = stride == 1 and inner == _width(self.weights, number)
        return self.add("Add", made, tensor) if same else made


def _width(weights: Mapping[str, NDArray[Any]], number: int) -> int:
    """Return how many channels come out of a block."""
    return int(weights[f"_blocks.{number}._project_conv.weight"].shape[0])


def _strides(weights: Mapping[str, NDArray[Any]]) -> list[int]:
    """Return the stride of each block: stages, of which each has a width of its own, begin some."""
    count = sum(name.endswith("_project_conv.weight") for name in weights)
    widths = [_width(weights, number) for number in range(count)]
    begins = [number == 0 or widths[number] != widths[number - 1] for number in range(count)]
    if sum(begins) != len(STRIDES):
        raise ValueError(f"expected {len(STRIDES)} stages of blocks, got {sum(begins)}")
    stages = iter(STRIDES)
    return [next(stages) if begin else 1 for begin in begins]


def convert(data: bytes) -> onnx.ModelProto:
    """Return an EfficientNet-Lite of the bytes of a .pth file, for a batch of 224 x 224 pictures.

    Its outputs are `features`, what the picture is like, and `logits` of its classes. Raises
    ValueError, KeyError where a weight is missing.
    """
    to = _Writing(checkpoint.read(data))
    to.constants += [
        numpy_helper.from_array(np.array(limit, np.float32), name)
        for name, limit in (("zero", 0), ("six", 6))
    ]
    tensor = to.filtered("input", "_conv_stem", "_bn0", stride=2)
    for number, stride in enumerate(_strides(to.weights)):
        tensor = to.block(tensor, number, stride)
    pooled = to.add("GlobalAveragePool", to.filtered(tensor, "_conv_head", "_bn1"))
    features = to.add("Flatten", pooled, to=FEATURES, axis=1)
    classes = to.weights["_fc.weight"]
    rest = (to.constant(classes), to.constant(to.weights["_fc.bias"]))
    to.add("Gemm", features, *rest, to=LOGITS, transB=1)
    return _model(to, {FEATURES: classes.shape[1], LOGITS: classes.shape[0]})


def _model(to: _Writing, outputs: Mapping[str, int]) -> onnx.ModelProto:
    sides: list[str | int | None] = ["batch", 3, SIDE, SIDE]
    picture = helper.make_tensor_value_info("input", TensorProto.FLOAT, sides)
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", count])
        for name, count in outputs.items()
    ]
    graph = helper.make_graph(to.nodes, "efficientnet-lite", [picture], ends, to.constants)
    opset = helper.make_opsetid("", OPSET)
    made = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
    onnx.checker.check_model(made)
    return made
