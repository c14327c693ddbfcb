"""What a program may hand over as a picture: names, addresses, bytes, files, PIL, numpy."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from foveate.errors import NotAnImage
from foveate.imaging.maps import map_image
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


def name_or_bytes(given: Given) -> str | bytes:
    """Return a name or an address as text, and pixels and files as bytes. Raises NotAnImage."""
    if isinstance(given, str | os.PathLike):
        return os.fspath(given)
    if isinstance(given, bytes | bytearray | memoryview):
        return bytes(given)
    if isinstance(given, np.ndarray):
        return png_of(given)
    if callable(read := getattr(given, "read", None)):
        return _read(read)
    if callable(save := getattr(given, "save", None)) and hasattr(given, "getbands"):
        return _saved(given, save)
    raise _refused(f"Expected {WANTED}, got {type(given).__name__}.")


def _refused(sentence: str) -> NotAnImage:
    return NotAnImage(sentence, public=sentence)


def _read(read: Callable[[], object]) -> bytes:
    """Return what is left of an open file, which is then at its end."""
    try:
        data = read()
    except UnicodeDecodeError as why:
        raise _refused("Expected a file opened for bytes, got one opened for text.") from why
    if not isinstance(data, bytes):
        raise _refused(f"Expected a file opened for bytes, got {type(data).__name__} from it.")
    return data


def _saved(image: Any, save: Any) -> bytes:  # noqa: ANN401 - PIL need not be installed
    """Return a PIL image as PNG, with its profile and orientation."""
    if image.mode not in IN_PNG:
        see_through = {"A", "a"} & set(image.getbands())
        grey = len(image.getbands()) == 1
        image = image.convert("RGBA" if see_through else "L" if grey else "RGB")
        save = image.save
    buffer = io.BytesIO()
    extra = {name: image.info[name] for name in ("exif", "icc_profile") if image.info.get(name)}
    if not image.width or not image.height:
        raise _refused(f"Expected a PIL image with pixels, got {image.width}x{image.height}.")
    save(buffer, "PNG", compress_level=QUICK, **extra)
    return buffer.getvalue()


def png_of(array: NDArray[Any]) -> bytes:
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
    if shares and not (array.min() >= -SLACK and array.max() <= 1 + SLACK):
        raise _refused(
            f"Expected floats in 0..1, got {array.min():g} to {array.max():g}. Divide by 255, or "
            "hand over uint8."
        )
    if array.dtype != np.uint8:
        array = (array.clip(0, 1) * 255).round().astype(np.uint8)
    image = map_image(array / 255) if array.ndim == 2 else from_array(array)  # noqa: PLR2004
    data: bytes = image.pngsave_buffer(compression=QUICK)
    return data
