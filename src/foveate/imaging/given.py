"""What a program may hand over as a picture: names, addresses, bytes, files, PIL, numpy."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from foveate.errors import NotAnImage
from foveate.imaging.maps import levels
from foveate.imaging.pixels import from_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Given: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | NDArray[Any] | Any"
"""A file name or an address (http, https, s3, file); bytes; a file opened for reading bytes; a
PIL image; an array of (height, width), (height, width, 3) or (height, width, 4): gray, RGB, RGBA,
uint8 or floats in 0..1."""
WANTED: Final = "a file name, an address, bytes, an open file, a PIL image or a numpy array"
CHANNELS: Final = (3, 4)
IN_PNG: Final = frozenset({"1", "L", "LA", "I;16", "P", "RGB", "RGBA"})
"""Modes of PIL that PNG knows."""
SLACK: Final = 1e-3
"""How far beyond 0..1 rounding may have brought a float."""
QUICK: Final = 1
"""Of 0..9: what deflate may spend on pixels that are decoded again at once."""


def name_or_bytes(given: Given, most_pixels: int) -> str | bytes:
    """Return a name or an address as text, and pixels and files as bytes. Raises NotAnImage.

    What a file of the caller raises while it is read passes through.
    """
    if isinstance(given, str | os.PathLike):
        return os.fspath(given)
    if isinstance(given, bytes | bytearray | memoryview):
        return bytes(given)
    if isinstance(given, np.ndarray):
        return png_of(given, most_pixels)
    if callable(read := getattr(given, "read", None)):
        return _read(read)
    if callable(getattr(given, "save", None)) and hasattr(given, "getbands"):
        return _saved(given, most_pixels)
    raise _refused(f"Expected {WANTED}, got {type(given).__name__}.")


def _refused(sentence: str) -> NotAnImage:
    return NotAnImage(sentence, public=sentence)


def _read(read: Callable[[], object]) -> bytes:
    """Return what is left of an open file, which is then at its end."""
    try:
        data = read()
    except UnicodeDecodeError as why:
        raise _refused("Expected a file opened for bytes, got one opened for text.") from why
    if not isinstance(data, bytes | bytearray | memoryview):
        raise _refused(f"Expected a file opened for bytes, got {type(data).__name__} from it.")
    return bytes(data)


def _check_size(width: int, height: int, most_pixels: int) -> None:
    """Refuse what the limits would refuse anyway, before anything is made of it."""
    if not 0 < width * height <= most_pixels:
        raise _refused(f"Expected 1 to {most_pixels} pixels, got {width}x{height}.")


def _saved(image: Any, most_pixels: int) -> bytes:  # noqa: ANN401 - PIL need not be installed
    """Return a PIL image as PNG, with its profile and orientation."""
    _check_size(image.width, image.height, most_pixels)
    extra = {name: image.info[name] for name in ("exif", "icc_profile") if image.info.get(name)}
    buffer = io.BytesIO()
    try:
        _in_png(image).save(buffer, "PNG", compress_level=QUICK, **extra)
    except (OSError, ValueError, TypeError, SyntaxError) as why:
        # Files are opened lazily, so a broken one shows only here.
        raise _refused(f"Expected a PIL image that can be read, got one that says: {why}") from why
    return buffer.getvalue()


def _in_png(image: Any) -> Any:  # noqa: ANN401
    """Return the PIL image in a mode that PNG knows."""
    if image.mode in IN_PNG:
        return image
    see_through = {"A", "a"} & set(image.getbands())
    grey = len(image.getbands()) == 1
    return image.convert("RGBA" if see_through else "L" if grey else "RGB")


def png_of(array: NDArray[Any], most_pixels: int) -> bytes:
    """Return pixels as PNG: (height, width[, 3 or 4]) uint8, or floats in 0..1.

    Raises NotAnImage for any other shape or type.
    """
    fits = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in CHANNELS)  # noqa: PLR2004
    shares = np.issubdtype(array.dtype, np.floating)
    if not fits or not array.size or not (shares or array.dtype == np.uint8):
        raise _refused(
            "Expected (height, width), (height, width, 3) or (height, width, 4) of uint8 or of "
            f"floats in 0..1, none of them 0 pixels long, got {array.shape} of {array.dtype}."
        )
    _check_size(array.shape[1], array.shape[0], most_pixels)
    if shares and not (array.min() >= -SLACK and array.max() <= 1 + SLACK):
        raise _refused(
            f"Expected floats in 0..1, got {array.min():g} to {array.max():g}. Divide by 255, or "
            "hand over uint8."
        )
    if array.dtype != np.uint8:
        array = levels(array)
    data: bytes = from_array(array).pngsave_buffer(compression=QUICK)
    return data
