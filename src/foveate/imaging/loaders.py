"""Opening what the sniffer recognised, and how strict to be about damage."""

from __future__ import annotations

from typing import Final

import pyvips

from foveate.imaging.engine import Image
from foveate.imaging.tiff_header import pages
from foveate.imaging.tiff_numbers import readable
from foveate.values import ImageFormat

_STRICT: Final = frozenset({ImageFormat.PNG, ImageFormat.TIFF})
"""Truncated files are refused. Other damage passes while a picture comes out of it, except in
PNG, where a wrong checksum says that the pixels are not the ones that were saved, and in TIFF,
where a strip that cannot be unpacked comes out black."""
_FORGIVEN: Final = frozenset({2, 3, 4, 32809})
"""Compressions of TIFF of which libtiff reports as errors what every fax has, and what ThunderScan
has not: a lost line, and a last strip that is as long as the others."""


def load(data: bytes, kind: ImageFormat, *, sequential: bool = True, **options: float) -> Image:
    """Return the picture, not yet decoded. Raises pyvips.Error, now or when pixels are read."""
    if kind is ImageFormat.TIFF:
        data = readable(data)
    # A source, because from a buffer pyvips copies the bytes: 1.2 ms for a photo, each time.
    return Image.new_from_source(
        pyvips.Source.new_from_memory(data),
        "",
        access="sequential" if sequential else "random",
        fail_on="error" if _is_strict(data, kind) else "truncated",
        # Not into a temporary file; and what is read once is never whole anywhere.
        memory=not sequential,
        **options,
    )


def _is_strict(data: bytes, kind: ImageFormat) -> bool:
    forgiven = kind is ImageFormat.TIFF and next(pages(data)).compression in _FORGIVEN
    return kind in _STRICT and not forgiven
