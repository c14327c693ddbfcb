"""HEIC, by libheif."""

from __future__ import annotations

from typing import Final

import pi_heif  # type: ignore[import-untyped]

from foveate.sandboxed.answer import check, say, say_pixels

_BLOBS: Final = {"icc_profile": "icc-profile-data", "exif": "exif-data", "xmp": "xmp-data"}


def decode(data: bytes, width: str, height: str, bits: str = "8") -> None:
    """Answer with the picture of that size, which libheif has turned upright.

    Of deeper ones the `bits` that are asked for are kept, 8 or 16.
    """
    wanted, size = pi_heif.options, (int(width), int(height))
    wanted.THUMBNAILS = wanted.DEPTH_IMAGES = wanted.AUX_IMAGES = False
    heif = pi_heif.open_heif(data, convert_hdr_to_8bit=bits == "8")
    check(heif.size, size)  # before anything is decoded: the limits looked at this size
    pixels = heif.data
    check(heif.size, size)
    blobs = {name: heif.info.get(key) or b"" for key, name in _BLOBS.items()}
    say_pixels(size, heif.mode, [pixels], blobs, premultiplied=heif.mode.startswith("RGBa"))


def depth(data: bytes, most: str) -> None:
    """Answer with the map of depth beside the picture: 8 bits, not more pixels than `most`."""
    wanted = pi_heif.options
    wanted.THUMBNAILS = wanted.AUX_IMAGES = False
    wanted.DEPTH_IMAGES = True
    found = [each for each in pi_heif.open_heif(data).info["depth_images"] if each is not None]
    if not found:
        raise ValueError("Expected a map of depth, got none.")
    first = found[0]
    width, height = first.size
    if width * height > int(most) or first.mode != "L":
        raise ValueError(f"Expected a map of {most} pixels in 8 bits, got {first!r}.")
    pixels = bytes(first.data)
    rows = [pixels[row * first.stride : row * first.stride + width] for row in range(height)]
    kind = (first.info.get("metadata") or {}).get("representation_type")
    say({"width": width, "height": height, "represents": kind}, *rows)
