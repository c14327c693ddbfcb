"""A picture of which nothing can be recognised, made of a few colours and of nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.imaging.encode import MAX_SIDE, EncodeOptions, encode
from foveate.imaging.guard import guard
from foveate.imaging.pixels import brought_to, from_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Size

COLOURS: Final = 6
"""Along the long side: no more of a picture is left, at whatever size it is asked for."""
QUALITY: Final = 90


def few_colours(size: Size) -> Size:
    """Return to how many colours a picture of that size is brought, before it is enlarged again."""
    return size.within(min(COLOURS, max(1, size.long_side // 2)))


@guard()
def unrecognisable(colours: NDArray[np.uint8], size: Size) -> bytes:
    """Return (height, width, 3) RGB colours as a JPEG of `size`, one flowing into the next.

    It holds neither metadata nor a preview: all that can be had of it is these colours.
    """
    enlarged = brought_to(from_array(colours), size.within(MAX_SIDE["jpeg"]))
    return encode(enlarged, EncodeOptions(format="jpeg", quality=QUALITY))
