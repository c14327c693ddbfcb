"""What a picture is about, cut out by our own head without a click: for anybody's pictures.

MediaPipe's selfie network has its say of people, whom it knows best at a tenth of the price.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box, Size
from foveate.imaging.pixels import part_at
from foveate.vision.masks import agreed, at
from foveate.vision.matting import SELFIE_SIDE, settled, sure
from foveate.vision.selector import LONG_SIDE, sharp
from foveate.vision.windows import look_size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.vision.matting import Selfie
    from foveate.vision.selector import Selector

    Matte = NDArray[np.float32]

SQUARE: Final = Size(SELFIE_SIDE, SELFIE_SIDE)


class FastSubject:
    """A MapNetwork: mattes of people where there surely are some, else of what stands out."""

    def __init__(self, people: Selfie, selector: Selector) -> None:
        self._people = people
        self._selector = selector

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that the answer depends on."""
        return f"fast-{self._people.name}-{self._selector.name}"

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking; sides are stretched."""
        return look_size(size)

    def __call__(self, rgb: NDArray[np.uint8]) -> Matte:
        """Return the matte of a (height, width, 3) RGB picture: alpha in 0..1."""
        people = self._people.people(brought(rgb, SQUARE))
        if sure(people):
            return settled(people)
        return settled(sharp(self._selector.subject(rgb)))


class OwnSubject:
    """A MapNetwork: the same with a second look close by, edges of the picture, and both agreed."""

    def __init__(self, people: Selfie, selector: Selector) -> None:
        self._people = people
        self._selector = selector

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that the answer depends on."""
        return f"own-{self._people.name}-{self._selector.name}"

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking."""
        return size.within(LONG_SIDE)

    def __call__(self, rgb: NDArray[np.uint8]) -> Matte:
        """Return the matte of a (height, width, 3) RGB picture: alpha in 0..1, as large."""
        matte = self._selector.mask(self._selector.look(rgb), []).matte
        people = self._people.people(brought(rgb, SQUARE))
        if not sure(people):
            return matte
        return agreed(at(settled(people), Size(matte.shape[1], matte.shape[0])), matte)


def brought(rgb: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Return the whole of a (height, width, 3) RGB picture at exactly `size`."""
    return part_at(rgb, Box(0, 0, rgb.shape[1], rgb.shape[0]), size)
