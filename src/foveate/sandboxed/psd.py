"""The flattened picture of Photoshop documents of 16 and 32 bits, which Pillow leaves out.

Source: Adobe's Photoshop File Formats Specification.
"""

from __future__ import annotations

import struct
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import imagecodecs
import numpy as np

from foveate.options.srgb import channels_of
from foveate.sandboxed.answer import say
from foveate.sandboxed.codec import say_array
from foveate.sandboxed.levels import MOST, by_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GREY, _RGB, _CMYK = 1, 3, 4
_SHOWN: Final = {_GREY: 1, _RGB: 3, _CMYK: 4}
"""Channels that are colours, by mode."""
_RAW, _PACKED, _ZIPPED = 0, 1, 2
_PROFILE: Final = 1039


class Document(NamedTuple):
    """What the header says, and where the sections behind it begin."""

    channels: int
    height: int
    width: int
    bits: int
    mode: int
    resources: int
    pixels: int

    @property
    def alpha(self) -> bool:
        """Return whether a channel behind the colours says how opaque it is."""
        return self.mode == _RGB and self.channels > _SHOWN[_RGB]


def prepare(*_: str) -> None:
    """Load the codec: it is loaded on first use."""
    imagecodecs.packbits_decode  # noqa: B018 - looking it up loads it


def probe(data: bytes, _: str) -> None:
    """Answer with what the header says."""
    head = read_header(data)
    say({"width": head.width, "height": head.height, "alpha": head.alpha})


def decode(data: bytes, _: str, width: str, height: str, __: str) -> None:
    """Answer with the flattened picture of that size."""
    head = read_header(data)
    count = head.channels * head.height * head.width
    number = ">u2" if head.bits == 16 else ">f4"  # noqa: PLR2004
    stored = np.frombuffer(_unpacked(head, data), number, count)
    planes = stored.reshape(head.channels, head.height, head.width)
    pixels = np.moveaxis(planes[: _SHOWN[head.mode] + head.alpha], 0, -1)
    blobs = {"icc-profile-data": _profile(data, head.resources)}
    mode = "CMYK" if head.mode == _CMYK else ""
    say_array(_levels(head, pixels), (int(width), int(height)), blobs, mode)


def read_header(data: bytes) -> Document:
    """Return what the header says. Raises ValueError and struct.error."""
    channels, height, width, bits, mode = struct.unpack_from(">HIIHH", data, 12)
    if mode not in _SHOWN or bits not in {16, 32} or channels < _SHOWN[mode]:
        raise ValueError(f"Expected grey, RGB or CMYK, got mode {mode} of {bits} bits.")
    resources = _behind(data, 26)
    pixels = _behind(data, _behind(data, resources))
    return Document(channels, height, width, bits, mode, resources, pixels)


def _behind(data: bytes, section: int) -> int:
    """Return what comes behind a section that begins with its length."""
    (length,) = struct.unpack_from(">I", data, section)
    return section + 4 + int(length)


def _unpacked(head: Document, data: bytes) -> bytes | memoryview:
    (kind,) = struct.unpack_from(">H", data, head.pixels)
    at = head.pixels + 2
    if kind == _RAW:
        return memoryview(data)[at:]
    if kind == _PACKED:  # behind the length of each row
        return bytes(imagecodecs.packbits_decode(data[at + 2 * head.channels * head.height :]))
    if kind == _ZIPPED:
        size = head.channels * head.height * head.width * head.bits // 8
        return zlib.decompressobj().decompress(memoryview(data)[at:], size)
    raise ValueError(f"Expected raw, packed or zipped pixels, got kind {kind}.")


def _levels(head: Document, pixels: NDArray[Any]) -> NDArray[Any]:
    if head.bits == 16:  # noqa: PLR2004
        return (65_535 - pixels if head.mode == _CMYK else pixels).astype(np.uint16)
    return by_rows(partial(_curved, alpha=head.alpha), pixels, np.uint16)


def _curved(light: NDArray[Any], *, alpha: bool) -> NDArray[Any]:
    """Return levels as sRGB has them, of shares of light in 0..1; alpha has no curve."""
    light = np.clip(np.nan_to_num(light.astype(np.float32)), 0, 1)
    curve = channels_of(light)
    if alpha:
        curve[..., -1] = light[..., -1]
    levels: NDArray[Any] = np.rint(curve * MOST)
    return levels


def _profile(data: bytes, resources: int) -> bytes:
    """Return the ICC profile among the resources, or nothing."""
    at, end = resources + 4, _behind(data, resources)
    while at + 12 <= end and data[at : at + 4] == b"8BIM":
        (kind,) = struct.unpack_from(">H", data, at + 4)
        name = (data[at + 6] + 2) // 2 * 2  # with its length, filled up to an even number
        (length,) = struct.unpack_from(">I", data, at + 6 + name)
        start = at + 10 + name
        if kind == _PROFILE:
            return data[start : start + length]
        at = start + (length + 1) // 2 * 2
    return b""
