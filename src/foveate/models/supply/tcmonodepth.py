"""TCMonoDepth's small network as ONNX, written from its published weights.

The network: Li et al., "Enforcing Temporal Consistency in Video Depth Estimation" (2021), whose
small variant is a ShuffleNetV2 (Ma et al., 2018) of half its width with a decoder of separable
convolutions. Normalisation is folded into the convolutions, which changes no answer; what only
training looks at is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from onnx import TensorProto, helper

from foveate.models.supply import checkpoint
from foveate.models.supply.conversion import Conversion

if TYPE_CHECKING:
    import onnx
    from numpy.typing import NDArray

EPSILON: Final = 1e-5
"""What is added to variances, as PyTorch has it unless told otherwise."""
STAGES: Final = (4, 8, 4)
"""Blocks in each stage of the encoder. The first of each halves both sides."""
WHITE: Final = 255.0
INPUT, OUTPUT = "input", "nearness"
_TWICE: Final = np.array([1, 1, 2, 2], np.float32)
_WHOLE: Final = np.iinfo(np.int64).max


def _filtered(to: Conversion, tensor: str, filters: str, norm: str = "", *, stride: int = 1) -> str:
    """Return a tensor after a convolution that keeps the size at stride 1, and its normalisation.

    One without a normalisation may have numbers of its own to add. Raises ValueError.
    """
    kernel = to.array(f"{filters}.weight")
    added = to.array(f"{filters}.bias") if f"{filters}.bias" in to.weights else None
    if norm:
        scale = to.array(f"{norm}.weight") / np.sqrt(to.array(f"{norm}.running_var") + EPSILON)
        kernel = kernel * scale[:, None, None, None]
        added = to.array(f"{norm}.bias") - to.array(f"{norm}.running_mean") * scale
    return to.add(
        "Conv",
        tensor,
        *(
            to.constant(np.asarray(each, np.float32))
            for each in (kernel, added)
            if each is not None
        ),
        group=len(kernel) if kernel.shape[1] == 1 and len(kernel) > 1 else 1,
        strides=[stride] * 2,
        pads=[kernel.shape[2] // 2] * 4,
    )


def _active(to: Conversion, tensor: str, filters: str, norm: str, *, stride: int = 1) -> str:
    return to.add("Relu", _filtered(to, tensor, filters, norm, stride=stride))


def _every_other(to: Conversion, tensor: str, first: int) -> str:
    """Return every other channel, from the first or the second on: this mixes both halves."""
    numbers = ([first], [_WHOLE], [1], [2])
    return to.add("Slice", tensor, *(to.constant(np.array(n, np.int64)) for n in numbers))


def _block(to: Conversion, tensor: str, at: str) -> str:
    """Return a tensor after a block: one half passes, or is filtered apart, the other is worked on.

    A block that filters both is the first of its stage, and halves both sides.
    """
    main, beside = f"{at}.branch_main", f"{at}.branch_proj"
    first = f"{beside}.0.weight" in to.weights
    stride = 2 if first else 1
    passed = tensor if first else _every_other(to, tensor, 0)
    made = tensor if first else _every_other(to, tensor, 1)
    if first:
        passed = _filtered(to, passed, f"{beside}.0", f"{beside}.1", stride=stride)
        passed = _active(to, passed, f"{beside}.2", f"{beside}.3")
    made = _active(to, made, f"{main}.0", f"{main}.1")
    made = _filtered(to, made, f"{main}.3", f"{main}.4", stride=stride)
    made = _active(to, made, f"{main}.5", f"{main}.6")
    return to.add("Concat", passed, made, axis=1)


def _encoded(to: Conversion, tensor: str) -> list[str]:
    """Return what the encoder sees at a half, a quarter, an eighth and a sixteenth of each side."""
    tensor = _active(to, tensor, "encoder.first_conv.0", "encoder.first_conv.1", stride=2)
    seen, number = [tensor], 0
    for count in STAGES:
        for _ in range(count):
            tensor = _block(to, tensor, f"encoder.features.{number}")
            number += 1
        seen.append(tensor)
    return seen


def _enlarged(to: Conversion, tensor: str) -> str:
    """Return a tensor at twice its sides, linear between centres."""
    scales = to.constant(_TWICE)
    return to.add(
        "Resize", tensor, "", scales, mode="linear", coordinate_transformation_mode="half_pixel"
    )


def _decoded(to: Conversion, coarse: str, fine: str, at: str) -> str:
    """Return what a finer layer of the encoder adds to what was decoded before."""
    skipped = _active(to, fine, f"{at}.skip_conv.0", f"{at}.skip_conv.1")
    both = to.add("Concat", _enlarged(to, coarse), skipped, axis=1)
    made = _active(to, both, f"{at}.last_conv.0.conv.0", f"{at}.last_conv.0.conv.1")
    return _active(to, made, f"{at}.last_conv.0.conv.3", f"{at}.last_conv.1")


def convert(data: bytes) -> onnx.ModelProto:
    """Return the network of a checkpoint's bytes, for a batch of pictures with sides of 16 times n.

    It takes RGB in 0..255 and answers with relative nearness, the larger the nearer. Raises
    ValueError where a weight is missing.
    """
    to = Conversion(_named(checkpoint.read(data)))
    scaled = to.add("Div", INPUT, to.constant(np.array(WHITE, np.float32)))
    half, quarter, eighth, least = _encoded(to, scaled)
    made = _decoded(to, least, eighth, "decoder.decoder3")
    made = _decoded(to, made, quarter, "decoder.decoder2")
    made = _decoded(to, made, half, "decoder.decoder1")
    made = _enlarged(to, to.add("Relu", _filtered(to, made, "decoder.final")))
    to.add("Identity", made, named=OUTPUT)
    shape = ("height", "width")
    to.inputs.append(_floats(INPUT, ("batch", 3, *shape)))
    to.outputs.append(_floats(OUTPUT, ("batch", 1, *shape)))
    return to.finished()


def _named(weights: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return weights by their names in the network: several processors trained it together."""
    return {name.removeprefix("module."): values for name, values in weights.items()}


def _floats(name: str, shape: tuple[str | int, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
