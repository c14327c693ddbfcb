"""The picture as fine as faces are read from it; parts that read faces share it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.settings import MIB

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.service.analysis import Analysis
    from foveate.values import Face

PEOPLE_SIDE: Final = 2048
"""Long side at which faces are read; a face that the detector just finds has 80 pixels there."""

READING_BYTES: Final = 24 * MIB
"""What a part takes to read the faces of a picture, up to a hundred of them: the picture at that
size, its halves and a batch of crops. 22 MiB were measured, and 43 of two parts at once."""


def people_size(size: Size) -> Size:
    """Return the size at which faces are read.

    >>> from foveate.geometry.box import Size
    >>> people_size(Size(4000, 3000)), people_size(Size(640, 480))
    (Size(width=2048, height=1536), Size(width=640, height=480))
    """
    return size.within(PEOPLE_SIDE)


def people(analysis: Analysis, faces: Sequence[Face]) -> tuple[NDArray[np.uint8], tuple[Face, ...]]:
    """Return the picture fine enough to read its faces, and where they are in it."""
    whole, size = analysis.size, people_size(analysis.size)
    across, down = size.width / whole.width, size.height / whole.height
    return picture_of_people(analysis), tuple(face.scaled(across, down) for face in faces)


def picture_of_people(analysis: Analysis) -> NDArray[np.uint8]:
    """Return the picture as faces are read from it, made once in a request."""
    look = partial(analysis.thumbnail, people_size(analysis.size))
    return analysis.once(("people",), look)
