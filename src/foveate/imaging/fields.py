"""The named values that travel with a picture: profiles, EXIF, page heights, delays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import pyvips

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.imaging.engine import Image


def blob(image: Image, name: str) -> bytes:
    """Return the bytes under that name, or nothing."""
    try:
        return cast("bytes", image.get(name)) if image.get_typeof(name) else b""
    except RuntimeError:  # what pyvips makes of a field without bytes
        return b""


def blobs_bytes(image: Image) -> int:
    """Return how many bytes profiles, EXIF and the like take that travel with a picture."""
    kind = pyvips.GValue.blob_type
    return sum(len(blob(image, n)) for n in image.get_fields() if image.get_typeof(n) == kind)


def number(image: Image, name: str, default: int) -> int:
    """Return the whole number under that name."""
    return cast("int", image.get(name)) if image.get_typeof(name) else default


def numbers(image: Image, name: str) -> list[int]:
    """Return the whole numbers under that name, or none."""
    return cast("list[int]", image.get(name)) if image.get_typeof(name) else []


OF_FILES: Final = frozenset(
    {"vips-loader", "jpeg-multiscan", "jpeg-chroma-subsample", "bits-per-sample", "interlaced"}
)
"""What loaders say of a file, and nobody asks of its pixels."""


def with_fields_of(image: Image, other: Image) -> Image:
    """Return the picture with all that travels with another one: resolution, profiles, EXIF."""
    image = image.copy(xres=other.xres, yres=other.yres, interpretation=other.interpretation)
    for name in other.get_fields():
        if name not in OF_FILES and not image.get_typeof(name):
            kind = other.get_typeof(name)
            value = blob(other, name) if kind == pyvips.GValue.blob_type else other.get(name)
            image.set_type(kind, name, value)  # type: ignore[arg-type]
    return image


def with_blobs(image: Image, blobs: dict[str, bytes]) -> Image:
    """Return the picture with these bytes under these names."""
    image = image.copy()
    for name, value in blobs.items():
        image.set_type(pyvips.GValue.blob_type, name, value)  # type: ignore[arg-type]
    return image


def with_numbers(image: Image, values: dict[str, int]) -> Image:
    """Return the picture with these whole numbers under these names."""
    image = image.copy()
    for name, value in values.items():
        image.set_type(pyvips.GValue.gint_type, name, value)
    return image


def with_delays(image: Image, delays_ms: list[int]) -> Image:
    """Return the picture with a delay for each of its frames."""
    image = image.copy()
    image.set_type(pyvips.GValue.array_int_type, "delay", delays_ms)
    return image


def without(image: Image, names: Iterable[str]) -> Image:
    """Return the picture with nothing under these names."""
    present = [name for name in names if image.get_typeof(name)]
    if not present:
        return image
    image = image.copy()
    for name in present:
        image.remove(name)
    return image
