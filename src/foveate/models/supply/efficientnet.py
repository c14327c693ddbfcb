"""EfficientNet-Lite as ONNX, written from its published weights.

The network: Tan and Le, "EfficientNet" (2019), as the "lite" variants have it: no squeeze and
excitation, ReLU6 in place of swish, stem and head of fixed width. Normalisation is folded into
the convolutions, which changes no answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from onnx import TensorProto, helper

from foveate.models.supply import checkpoint
from foveate.models.supply.conversion import Conversion

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx
    from numpy.typing import NDArray

EPSILON: Final = 1e-3
"""What is added to variances, as TensorFlow has it."""
STRIDES: Final = (1, 2, 2, 2, 1, 2, 1)
"""Of the first block of each stage; the others keep the size."""
SIDE: Final = 224
"""Of the pictures that Lite0 was trained with."""
FEATURES: Final = "features"
LOGITS: Final = "logits"


def _filtered(
    to: Conversion, tensor: str, filters: str, norm: str, *, stride: int = 1, activated: bool = True
) -> str:
    """Return a tensor after a convolution, its normalisation, and ReLU6 unless not."""
    weights = to.weights
    kernel = weights[f"{filters}.weight"]
    scale = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"] + EPSILON)
    made = to.add(
        "Conv",
        tensor,
        to.constant(kernel * scale[:, None, None, None]),
        to.constant(weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale),
        group=len(kernel) if kernel.shape[1] == 1 else 1,
        strides=[stride] * 2,
        auto_pad="SAME_UPPER",
    )
    return to.limited(made, 0, 6) if activated else made


def _block(to: Conversion, tensor: str, number: int, stride: int) -> str:
    """Return a tensor after an inverted bottleneck, added to what went in where it can be."""
    at = f"_blocks.{number}."
    wide = f"{at}_expand_conv"
    expands = f"{wide}.weight" in to.weights
    made = _filtered(to, tensor, wide, f"{at}_bn0") if expands else tensor
    made = _filtered(to, made, f"{at}_depthwise_conv", f"{at}_bn1", stride=stride)
    made = _filtered(to, made, f"{at}_project_conv", f"{at}_bn2", activated=False)
    inner = to.weights[f"{wide}.weight"].shape[1] if expands else -1
    same = stride == 1 and inner == _width(to.weights, number)
    return to.add("Add", made, tensor) if same else made


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
    to = Conversion(dict(checkpoint.read(data)))
    tensor = _filtered(to, "input", "_conv_stem", "_bn0", stride=2)
    for number, stride in enumerate(_strides(to.weights)):
        tensor = _block(to, tensor, number, stride)
    pooled = to.add("GlobalAveragePool", _filtered(to, tensor, "_conv_head", "_bn1"))
    features = to.add("Flatten", pooled, named=FEATURES, axis=1)
    classes = to.weights["_fc.weight"]
    rest = (to.constant(classes), to.constant(to.weights["_fc.bias"]))
    to.add("Gemm", features, *rest, named=LOGITS, transB=1)
    to.inputs.append(_floats("input", ("batch", 3, SIDE, SIDE)))
    to.outputs += [
        _floats(FEATURES, ("batch", classes.shape[1])),
        _floats(LOGITS, ("batch", classes.shape[0])),
    ]
    return to.finished()


def _floats(name: str, shape: tuple[str | int, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
