"""Opening what the sniffer recognised, and how strict to be about damage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyvips

from foveate.imaging.engine import Image
from foveate.imaging.tiff_numbers import readable
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

_FAIL_ON: Final[Mapping[ImageFormat, str]] = {ImageFormat.PNG: "error", ImageFormat.TIFF: "error"}
"""Truncated files are refused. Other damage passes while a picture comes out of it, except in
PNG, where a wrong checksum says that the pixels are not the ones that were saved, and in TIFF,
where a strip that cannot be unpacked comes out black."""


def load(data: bytes, kind: ImageFormat, *, sequential: bool = True, **options: float) -> Image:
    """Return the picture, not yet decoded. Raises pyvips.Error, now or when pixels are read."""
    if kind is ImageFormat.TIFF:
        data = readable(data)
    # A source, because from a buffer pyvips copies the bytes: 1.2 ms for a photo, each time.
    return Image.new_from_source(
        pyvips.Source.new_from_memory(data),
        "",
        access="sequential" if sequential else "random",
        fail_on=_FAIL_ON.get(kind, "truncated"),
        # Not into a temporary file; and what is read once is never whole anywhere.
        memory=not sequential,
        **options,
    )
