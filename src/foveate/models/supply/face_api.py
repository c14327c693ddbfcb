"""Networks of face-api as ONNX: its files hold weights alone, so their layers are written here.

The layers are those of Vincent Mühler's face-api.js (MIT): its `TinyXception`, after Chollet,
"Xception: Deep Learning with Depthwise Separable Convolutions" (2017), and its blocks of four
convolutions, after Huang et al., "Densely Connected Convolutional Networks" (2017). Both take
faces of 112 pixels and batches of any size.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from onnx import TensorProto, helper

from foveate.models.supply.tfjs_conversion import Conversion
from foveate.models.supply.tfjs_graph import read_weights

if TYPE_CHECKING:
    import onnx

SIDE: Final = 112
_SAME: Final = "SAME_UPPER"


def age_gender(manifest: bytes, weights: bytes) -> onnx.ModelProto:
    """Return the network that gives `age` (batch, 1) in years and `gender` (batch, 2).

    Its input is (batch, 3, 112, 112). Raises ValueError or KeyError for weights of another.
    """
    to = _opened(manifest, weights)
    x = _convolution(to, "input", "entry_flow/conv_in", 2)
    x = _reduction(to, to.add("Relu", x), "entry_flow/reduction_block_0", first=True)
    x = _reduction(to, x, "entry_flow/reduction_block_1")
    for number in range(2):
        x = _main(to, x, f"middle_flow/main_block_{number}")
    x = _reduction(to, x, "exit_flow/reduction_block")
    told = _mean(to, to.add("Relu", _separable(to, x, "exit_flow/separable_conv")))
    _give(to, "age", _product(to, told, "fc/age"), 1)
    _give(to, "gender", to.add("Softmax", _product(to, told, "fc/gender"), axis=-1), 2)
    return to.finished()


def expression(manifest: bytes, weights: bytes) -> onnx.ModelProto:
    """Return the network that gives `expression` (batch, 7), probabilities.

    Its input is (batch, 3, 112, 112). Raises ValueError or KeyError for weights of another.
    """
    to = _opened(manifest, weights)
    x = _dense(to, _convolution(to, "input", "dense0/conv0", 2), "dense0")
    for number in range(1, 4):
        x = _dense(to, _separable(to, x, f"dense{number}/conv0", 2), f"dense{number}")
    _give(to, "expression", to.add("Softmax", _product(to, _mean(to, x), "fc"), axis=-1), 7)
    return to.finished()


def _opened(manifest: bytes, weights: bytes) -> Conversion:
    """Return a graph that has those weights and takes faces."""
    entries = [entry for group in json.loads(manifest) for entry in group["weights"]]
    to = Conversion(read_weights(entries, weights))
    shape = ("batch", 3, SIDE, SIDE)
    to.inputs.append(helper.make_tensor_value_info("input", TensorProto.FLOAT, shape))
    return to


def _give(to: Conversion, name: str, tensor: str, width: int) -> None:
    """Make a tensor the next output of the network."""
    to.nodes.append(helper.make_node("Identity", [tensor], [name]))
    shape = ("batch", width)
    to.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))


def _convolution(to: Conversion, x: str, name: str, stride: int) -> str:
    filters = to.constant(to.array(f"{name}/filters").transpose(3, 2, 0, 1))
    bias = to.constant(to.array(f"{name}/bias"))
    return to.add("Conv", x, filters, bias, strides=[stride] * 2, auto_pad=_SAME)


def _separable(to: Conversion, x: str, name: str, stride: int = 1) -> str:
    """Return what a convolution within each channel gives, mixed by one across them."""
    deep = to.array(f"{name}/depthwise_filter").transpose(2, 3, 0, 1)
    wide = to.array(f"{name}/pointwise_filter").transpose(3, 2, 0, 1)
    inside = to.add(
        "Conv", x, to.constant(deep), group=len(deep), strides=[stride] * 2, auto_pad=_SAME
    )
    return to.add("Conv", inside, to.constant(wide), to.constant(to.array(f"{name}/bias")))


def _reduction(to: Conversion, x: str, name: str, *, first: bool = False) -> str:
    """Return pictures of half the side: what two convolutions give, beside what one does."""
    y = _separable(to, x if first else to.add("Relu", x), f"{name}/separable_conv0")
    y = _separable(to, to.add("Relu", y), f"{name}/separable_conv1")
    y = to.add("MaxPool", y, kernel_shape=[3, 3], strides=[2, 2], auto_pad=_SAME)
    return to.add("Add", y, _convolution(to, x, f"{name}/expansion_conv", 2))


def _main(to: Conversion, x: str, name: str) -> str:
    y = x
    for number in range(3):
        y = _separable(to, to.add("Relu", y), f"{name}/separable_conv{number}")
    return to.add("Add", y, x)


def _dense(to: Conversion, x: str, name: str) -> str:
    """Return what three more convolutions make of the first's answer, each given all before it."""
    made = total = to.add("Relu", x)
    for number in range(1, 4):
        total = to.add("Add", total, _separable(to, made, f"{name}/conv{number}"))
        made = to.add("Relu", total)
    return made


def _mean(to: Conversion, x: str) -> str:
    return to.add("Flatten", to.add("GlobalAveragePool", x), axis=1)


def _product(to: Conversion, x: str, name: str) -> str:
    factors = (to.constant(to.array(f"{name}/{kind}")) for kind in ("weights", "bias"))
    return to.add("Gemm", x, *factors)
