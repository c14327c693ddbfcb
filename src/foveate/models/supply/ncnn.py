"""Networks of ncnn as ONNX: a text of layers, and a file of their weights one behind the other.

Only layers that our networks have are known; any other is refused, and so is a weight too many.
Source: Tencent/ncnn, `param-and-model-file-structure` and `operators` of its developer's guide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from onnx import TensorProto, helper

from foveate.models.supply.conversion import Conversion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import onnx
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Number = int | float | tuple[float, ...]

MAGIC: Final = "7767517"
HALF: Final = 0x01306B47
"""What stands before weights of 16 bits."""
SINGLE: Final = frozenset({0, 0x0002C056})
"""What stands before weights of 32 bits; anything else is weights by a table."""
WORD: Final = 4
"""Weights begin at multiples of so many bytes."""
ARRAY: Final = -23300
"""The number of a parameter that is an array is its own, less this, negated."""
_RELU, _LEAKY = 1, 2
"""Activations that are part of a layer."""
_PARAM: Final = re.compile(r"(-?\d{1,5})=(\S+)")


@dataclass(frozen=True, slots=True)
class Layer:
    """A line of the text."""

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    params: Mapping[int, Number]

    def whole(self, key: int, usual: int = 0) -> int:
        """Return a parameter that is a whole number. Raises ValueError."""
        value = self.params.get(key, usual)
        if not isinstance(value, int):
            said = f"expected {key} of {self.name} to be a whole number, got {value}"
            raise ValueError(said)  # noqa: TRY004 - of the file, not of who called
        return value

    def numbers(self, key: int) -> tuple[float, ...]:
        """Return a parameter that is an array. Raises ValueError."""
        value = self.params.get(key, ())
        if not isinstance(value, tuple):
            said = f"expected {key} of {self.name} to be an array, got {value}"
            raise ValueError(said)  # noqa: TRY004 - of the file, not of who called
        return value

    def only(self, **known: tuple[int, int]) -> None:
        """Raise ValueError where a parameter, by its number, is not what we can do alone."""
        for what, (key, value) in known.items():
            if self.params.get(key, value) != value:
                got = self.params[key]
                raise ValueError(f"expected {what} {value} of {self.name}, got {got}")


class Weights:
    """A file of weights that is read from its beginning to its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def plain(self, count: int) -> Floats:
        """Return the next numbers, of 32 bits each. Raises ValueError at the end."""
        return self._next(count, "<f4").astype(np.float32)

    def tagged(self, count: int) -> Floats:
        """Return the next numbers, of which a word before them says how they are written."""
        tag = int(self._next(1, "<u4")[0])
        if tag == HALF:
            return self._next(count, "<f2").astype(np.float32)
        if tag in SINGLE:
            return self.plain(count)
        raise ValueError(f"expected weights of 16 or 32 bits, got the tag {tag:#010x}")

    def done(self) -> None:
        """Raise ValueError where something is left."""
        if left := len(self._data) - self._at:
            raise ValueError(f"expected all weights to be of some layer, got {left} bytes more")

    def _next(self, count: int, kind: str) -> NDArray[np.generic]:
        size = count * np.dtype(kind).itemsize
        if count < 0 or self._at + size > len(self._data):
            raise ValueError(f"expected {count} more weights at {self._at}, got the end of them")
        values = np.frombuffer(self._data, kind, count, self._at)
        self._at += -(-size // WORD) * WORD
        return values


def layers_of(text: str) -> Iterator[Layer]:
    """Yield the layers of a text, in their order. Raises ValueError for any other text."""
    magic, counts, *lines = [line.split() for line in text.splitlines() if line.strip()] + [[], []]
    if magic != [MAGIC] or len(counts) != len(("layers", "blobs")):
        raise ValueError(f"expected the text of a network of ncnn, which begins with {MAGIC}")
    named = [words for words in lines if words]
    if len(named) != int(counts[0]):
        raise ValueError(f"expected {counts[0]} layers, got {len(named)}")
    yield from map(_layer, named)


def _layer(words: list[str]) -> Layer:
    kind, name, *rest = words
    ins, outs = int(rest[0]), int(rest[1])
    blobs, told = rest[2 : 2 + ins + outs], rest[2 + ins + outs :]
    if len(blobs) != ins + outs:
        raise ValueError(f"expected {ins + outs} blobs of {name}, got {len(blobs)}")
    params = dict(_param(word) for word in told)
    return Layer(kind, name, tuple(blobs[:ins]), tuple(blobs[ins:]), params)


def _param(word: str) -> tuple[int, Number]:
    found = _PARAM.fullmatch(word)
    if found is None:
        raise ValueError(f"expected NUMBER=VALUE, got {word}")
    key, value = int(found[1]), found[2]
    if key <= ARRAY:
        count, *values = value.split(",")
        if len(values) != int(count):
            raise ValueError(f"expected {count} values of {key}, got {len(values)}")
        return ARRAY - key, tuple(map(float, values))
    return key, float(value) if "." in value or "e" in value else int(value)


def convert(text: bytes, weights: bytes) -> onnx.ModelProto:
    """Return a network of the bytes of its text and of its weights.

    It takes pictures of any size, (batch, 3, height, width), and its output is the last blob.
    Raises ValueError for a layer that is not known here, and for weights that do not fit.
    """
    to, read = Conversion({}), Weights(weights)
    last = ""
    for layer in layers_of(text.decode("ascii")):
        if layer.kind not in LAYERS:
            known = ", ".join(LAYERS)
            raise ValueError(f"expected layers of {known}; got {layer.kind}")
        if len(layer.outputs) != 1:
            raise ValueError(f"expected one output of {layer.name}, got {len(layer.outputs)}")
        (last,) = layer.outputs
        LAYERS[layer.kind](to, layer, read)
    read.done()
    to.outputs.append(_planes(last, ("batch", 3, "height_out", "width_out")))
    return to.finished()


def _planes(name: str, shape: tuple[str | int, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _input(to: Conversion, layer: Layer, _: Weights) -> None:
    to.inputs.append(_planes(layer.outputs[0], ("batch", 3, "height", "width")))


def _filters(layer: Layer, read: Weights) -> Floats:
    """Return the filters of a layer: (first, second, height, width)."""
    out, wide = layer.whole(0), layer.whole(1)
    high = layer.whole(11, wide)
    count = layer.whole(6)
    if not (out > 0 and wide > 0 and high > 0) or count % (out * wide * high):
        raise ValueError(f"expected whole filters of {layer.name}, got {count} weights")
    return read.tagged(count).reshape(out, -1, high, wide)


def _bias(to: Conversion, layer: Layer, read: Weights) -> tuple[str, ...]:
    return (to.constant(read.plain(layer.whole(0))),) if layer.whole(5) else ()


def _convolution(to: Conversion, layer: Layer, read: Weights) -> None:
    filters = _filters(layer, read)
    args = (layer.inputs[0], to.constant(filters), *_bias(to, layer, read))
    made = _unactivated(layer)
    to.add(
        "Conv",
        *args,
        named=made,
        pads=_pads(layer),
        strides=[layer.whole(3, 1)] * 2,
        dilations=[layer.whole(2, 1)] * 2,
    )
    _activate(to, layer, made)


def _deconvolution(to: Conversion, layer: Layer, read: Weights) -> None:
    layer.only(dilation=(2, 1), output_padding=(18, 0), output_width=(20, 0))
    filters = _filters(layer, read).swapaxes(0, 1)
    args = (layer.inputs[0], to.constant(filters), *_bias(to, layer, read))
    made = _unactivated(layer)
    to.add("ConvTranspose", *args, named=made, pads=_pads(layer), strides=[layer.whole(3, 1)] * 2)
    _activate(to, layer, made)


def _pads(layer: Layer) -> list[int]:
    """Return what is added around, as ONNX wants it; negative words of ncnn are other rules."""
    pad = layer.whole(4)
    layer.only(height_dilation=(12, layer.whole(2, 1)), height_stride=(13, layer.whole(3, 1)))
    layer.only(top=(14, pad), right=(15, pad), bottom=(16, pad), value=(18, 0))
    if pad < 0:
        raise ValueError(f"expected pixels around {layer.name}, got the rule {pad}")
    return [pad] * 4


def _unactivated(layer: Layer) -> str:
    """Return the name of what a layer gives before its activation, where it has one."""
    return f"{layer.outputs[0]}_before" if layer.whole(9) else layer.outputs[0]


def _activate(to: Conversion, layer: Layer, tensor: str) -> None:
    activation = layer.whole(9)
    if activation == _RELU:
        to.add("Relu", tensor, named=layer.outputs[0])
    elif activation == _LEAKY and len(layer.numbers(10)) == 1:
        to.add("LeakyRelu", tensor, named=layer.outputs[0], alpha=layer.numbers(10)[0])
    elif activation:
        raise ValueError(f"expected activation 0, 1 or 2 of {layer.name}, got {activation}")


LAYERS: Final[Mapping[str, Callable[[Conversion, Layer, Weights], None]]] = {
    "Input": _input,
    "Convolution": _convolution,
    "Deconvolution": _deconvolution,
}
