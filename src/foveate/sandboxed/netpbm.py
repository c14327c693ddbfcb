"""PAM, and PFM in colour: the two of the Netpbm family that Pillow leaves out.

Sources: pam(5), and Paul Debevec's description of PFM.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from foveate.sandboxed.answer import say
from foveate.sandboxed.codec import say_array
from foveate.sandboxed.levels import of_most, sixteen_bit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PAM: Final = re.compile(rb"P7\n(?:(?:[A-Z]+ [^\n]*|#[^\n]*|)\n)*?ENDHDR\n")
_LINE: Final = re.compile(rb"^([A-Z]+) +([^\n]*)$", re.MULTILINE)
_PFM: Final = re.compile(rb"P([Ff])\s+(\d{1,9})\s+(\d{1,9})\s+(-?[\d.]{1,20})\s")


class Raster(NamedTuple):
    """What the header says."""

    width: int
    height: int
    bands: int
    number: str
    """numpy's name of a stored number."""
    most: int
    """The number of full brightness; 0 for floats."""
    start: int

    @property
    def alpha(self) -> bool:
        """Return whether the last band says how opaque a pixel is."""
        return self.bands in {2, 4}


def probe(data: bytes, _: str) -> None:
    """Answer with what the header says."""
    head = read_header(data)
    say({"width": head.width, "height": head.height, "alpha": head.alpha})


def decode(data: bytes, _: str, width: str, height: str, __: str) -> None:
    """Answer with the picture of that size."""
    head = read_header(data)
    count = head.width * head.height * head.bands
    stored = np.frombuffer(data, head.number, count, head.start)
    pixels = stored.reshape(head.height, head.width, head.bands)
    say_array(_levels(head, pixels), (int(width), int(height)))


def read_header(data: bytes) -> Raster:
    """Return what the header says. Raises ValueError and KeyError."""
    if float_map := _PFM.match(data):
        kind, width, height, scale = float_map.groups()
        number = "<f4" if scale.startswith(b"-") else ">f4"
        bands = 3 if kind == b"F" else 1
        return Raster(int(width), int(height), bands, number, 0, float_map.end())
    header = _PAM.match(data)
    if header is None:
        raise ValueError("Expected the header of a PAM or PFM, got none.")
    said = dict(_LINE.findall(header[0]))
    width, height, depth, most = (
        int(said[name]) for name in (b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL")
    )
    if not 1 <= depth <= 4 or not 1 <= most <= 65_535:  # noqa: PLR2004 - RGBA, two bytes
        raise ValueError(f"Expected 1 to 4 bands up to 65535, got {depth} up to {most}.")
    number = "u1" if most < 256 else ">u2"  # noqa: PLR2004 - a byte
    return Raster(width, height, depth, number, most, header.end())


def _levels(head: Raster, pixels: NDArray[Any]) -> NDArray[Any]:
    if not head.most:  # from the bottom up
        return sixteen_bit(pixels[::-1])
    return of_most(pixels, head.most)
