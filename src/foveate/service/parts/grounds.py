"""What a picture shows to whoever sees it: on white, and on black where it is transparent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from foveate.imaging.pixels import BLACK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from foveate.geometry.box import Size

    OnAnyGround = Callable[..., NDArray[np.uint8]]
    """Takes the size, `ground`, and the part that is wanted, `within`."""


def on_each_ground(thumbnail: OnAnyGround, size: Size, *, alpha: bool) -> Iterator[OnAnyGround]:
    """Yield what makes (height, width, 3) RGB of a picture, on each ground.

    White letters on nothing are seen on black alone. One without `alpha`, and one that is the
    same on both at `size`, is looked at once.
    """
    yield thumbnail
    if not alpha:
        return
    on_black = partial(thumbnail, ground=BLACK)
    if not np.array_equal(thumbnail(size), on_black(size)):
        yield on_black
