"""Whatever Pillow reads and libvips does not."""

from __future__ import annotations

import struct
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import IcnsImagePlugin, Image, ImageCms, ImageSequence

from foveate.sandboxed.answer import check, say, say_pixels
from foveate.sandboxed.levels import sixteen_bit

if TYPE_CHECKING:
    from collections.abc import Iterator

PLUGINS: Final = {
    "avif": ("AVIF", "Avif"),
    "blp": ("BLP", "Blp"),
    "cur": ("ICO", "Ico"),
    "dcx": ("DCX", "Dcx"),
    "dds": ("DDS", "Dds"),
    "fits": ("FITS", "Fits"),
    "fli": ("FLI", "Fli"),
    "ftex": ("FTEX", "Ftex"),
    "gbr": ("GBR", "Gbr"),
    "gif": ("GIF", "Gif"),
    "icns": ("ICNS", "Icns"),
    "ico": ("ICO", "Ico"),
    "im": ("IM", "Im"),
    "imt": ("IMT", "Imt"),
    "iptc": ("IPTC", "Iptc"),
    "jp2": ("JPEG2000", "Jpeg2K"),
    "mcidas": ("MCIDAS", "McIdas"),
    "msp": ("MSP", "Msp"),
    "pcd": ("PCD", "Pcd"),
    "pcx": ("PCX", "Pcx"),
    "pixar": ("PIXAR", "Pixar"),
    "pnm": ("PPM", "Ppm"),
    "psd": ("PSD", "Psd"),
    "qoi": ("QOI", "Qoi"),
    "sgi": ("SGI", "Sgi"),
    "spider": ("SPIDER", "Spider"),
    "sun": ("SUN", "Sun"),
    "tga": ("TGA", "Tga"),
    "tiff": ("TIFF", "Tiff"),
    "webp": ("WEBP", "WebP"),
    "xbm": ("XBM", "Xbm"),
    "xpm": ("XPM", "Xpm"),
    "xv-thumbnail": ("XVTHUMB", "XVThumb"),
}
"""What Pillow calls a format, and the file that reads it."""
MOVING: Final = {"avif", "gif", "webp", "fli"}
"""Of other formats with several pictures, layers, sizes and pages, the first or best is meant."""

_AS_IS: Final = {"L", "LA", "RGB", "RGBA", "CMYK", "I;16"}
_OTHERWISE: Final = {
    "1": "L",
    "YCbCr": "RGB",
    "La": "LA",
    "RGBa": "RGBA",
    "PA": "RGBA",
    "I;16L": "I;16",
}
_NUMBERS: Final = {"I", "F", "I;16B", "I;16N"}
_ORIENTATION: Final = 0x0112
_BLOBS: Final = {"icc_profile": "icc-profile-data", "exif": "exif-data", "xmp": "xmp-data"}


def prepare(kind: str, *_: str) -> None:
    """Import what reads that format; the limits are those of whoever asks."""
    Image.preinit()
    for plugin in (PLUGINS[kind][1], "Tiff"):  # which also reads EXIF
        import_module(f"PIL.{plugin}ImagePlugin")
    Image.MAX_IMAGE_PIXELS = None


def probe(data: bytes, kind: str) -> None:
    """Answer with what the header says."""
    image = _open(data, kind)
    say(
        {
            "width": image.width,
            "height": image.height,
            "frames": getattr(image, "n_frames", 1) if kind in MOVING else 1,
            "alpha": image.has_transparency_data,
            "orientation": image.getexif().get(_ORIENTATION, 1),
            "loop": image.info.get("loop", 0),
        }
    )


def decode(data: bytes, kind: str, width: str, height: str, frames: str) -> None:
    """Answer with so many frames of that size, one under the other."""
    image, size = _open(data, kind), (int(width), int(height))
    check(image.size, size)
    delays: list[int] = []
    parts: list[bytes] = []
    modes: set[str] = set()
    for frame in _frames(image, int(frames)):
        plain = settled(frame)
        check(plain.size, size)
        parts.append(plain.tobytes())
        modes.add(plain.mode)
        delays.append(round(image.info.get("duration", 0)))
    if len(modes) > 1:
        raise ValueError(f"Expected frames of one mode, got {sorted(modes)}.")
    blobs = {name: _bytes(image.info.get(key)) for key, name in _BLOBS.items()}
    if kind == "jp2":
        blobs["icc-profile-data"] = jp2_profile(data)
    tall = (size[0], size[1] * len(parts))
    say_pixels(tall, modes.pop(), parts, blobs, page_height=size[1], delays_ms=delays)


def settled(image: Image.Image) -> Image.Image:
    """Return the picture in one of the modes that libvips has words for."""
    if image.mode in _NUMBERS:
        return Image.fromarray(sixteen_bit(np.asarray(image)))
    if image.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        changed = ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB")
        assert changed is not None  # noqa: S101 - for the type checker: it is not in place
        return changed
    if image.mode in _OTHERWISE:
        image = image.convert(_OTHERWISE[image.mode])
    if image.mode in _AS_IS and ("A" in image.mode or not image.has_transparency_data):
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _open(data: bytes, kind: str) -> Image.Image:
    data = as_icon(data) if kind == "cur" else data
    image: Image.Image = Image.open(BytesIO(data), formats=[PLUGINS[kind][0]])
    if isinstance(image, IcnsImagePlugin.IcnsImageFile):
        return image.icns.getimage()  # what it says of itself is RGBA, whatever is inside
    return image


def _frames(image: Image.Image, count: int) -> Iterator[Image.Image]:
    if count == 1:
        yield image
        return
    for number, frame in enumerate(ImageSequence.Iterator(image)):
        if number == count:
            return
        yield frame


def as_icon(cursor: bytes) -> bytes:
    """Return a cursor as an icon: where it points stands in place of how deep it is."""
    icon = bytearray(cursor)
    icon[2] = 1
    (count,) = struct.unpack_from("<H", icon, 4)
    for entry in range(6, 6 + 16 * count, 16):
        (start,) = struct.unpack_from("<I", icon, entry + 12)
        depth = 32 if icon[start : start + 4] == b"\x89PNG" else icon[start + 14]
        struct.pack_into("<HH", icon, entry + 4, 1, depth)
    return bytes(icon)


def jp2_profile(data: bytes) -> bytes:
    """Return the profile in a colour specification box (ISO/IEC 15444-1 I.5.3.3), or nothing."""
    at = data.find(b"colr", 0, _JP2_HEADER)
    if at < 0 or data[at + 4] != _RESTRICTED_PROFILE:
        return b""
    (size,) = struct.unpack_from(">I", data, at - 4)
    return data[at + 7 : at - 4 + size]


_JP2_HEADER: Final = 4096
_RESTRICTED_PROFILE: Final = 2


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""
