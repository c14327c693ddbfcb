"""JPEG XL files, which the libvips of its wheels does not write: by libjxl, out of imagecodecs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.errors import EncodeFailed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAVER: Final = "jxlsave"
"""What libvips would call it."""
CODESTREAM: Final = b"\xff\x0a"
"""What our files begin with: there are no boxes around."""
_BOXES: Final = b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl "


def jxl(pixels: NDArray[np.uint8], *, quality: int, lossless: bool, effort: int) -> bytes:
    """Return (height, width, 3 or 4) sRGB as a file. Raises EncodeFailed. It cannot be stopped.

    libjxl makes a distance of a quality below 100, so that it looks about as a JPEG of that.
    """
    import imagecodecs  # noqa: PLC0415 - for what few ask for

    how: dict[str, Any] = {"lossless": True} if lossless else {"level": quality}
    try:
        return bytes(imagecodecs.jpegxl_encode(pixels, effort=effort, numthreads=1, **how))
    except (RuntimeError, ValueError) as why:
        raise EncodeFailed(f"Expected JPEG XL to be written: {why}") from why


def written(data: bytes) -> NDArray[np.uint8]:
    """Return the pixels of a file that `jxl` made just now: strangers' are for the sandbox."""
    import imagecodecs  # noqa: PLC0415 - as above

    pixels: NDArray[np.uint8] = imagecodecs.jpegxl_decode(data, numthreads=1)
    return pixels


def boxed(data: bytes) -> bytes:
    """Return a file of ours in boxes (ISO/IEC 18181-2), beside which others can lie."""
    return b"".join((_BOXES, (8 + len(data)).to_bytes(4, "big"), b"jxlc", data))
