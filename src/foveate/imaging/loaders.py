"""Which loader reads which format, and how strict it is about damage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.imaging.engine import Image
from foveate.imaging.formats import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable

_LOADERS: Final[dict[ImageFormat, Callable[..., Image]]] = {
    ImageFormat.JPEG: Image.jpegload_buffer,
    ImageFormat.PNG: Image.pngload_buffer,
    ImageFormat.WEBP: Image.webpload_buffer,
    ImageFormat.GIF: Image.gifload_buffer,
    ImageFormat.AVIF: Image.heifload_buffer,
    ImageFormat.TIFF: Image.tiffload_buffer,
}

_FAIL_ON: Final = {ImageFormat.PNG: "error"}
"""Truncated files are refused. Other damage passes while a picture comes out of it, except in
PNG, where a wrong checksum says that the pixels are not the ones that were saved."""


def load(data: bytes, kind: ImageFormat, *, sequential: bool = True, **options: float) -> Image:
    """Return the picture, not yet decoded. Raises pyvips.Error, now or when pixels are read."""
    return _LOADERS[kind](
        data,
        access="sequential" if sequential else "random",
        fail_on=_FAIL_ON.get(kind, "truncated"),
        memory=True,  # never spill large pictures to a temporary file
        **options,
    )
