"""Black and white."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.imaging.linear import greys
from foveate.imaging.matte import grey

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.effects.scene import Scene


def grayscale(image: Image, _: bool, __: Scene) -> Image:  # noqa: FBT001 - what the option says
    """Return a picture in greys that are as bright as its colours were."""
    return grey(greys(image))
