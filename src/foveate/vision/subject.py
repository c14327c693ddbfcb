"""What a picture is about, cut out by our own head without a click: for anybody's pictures.

MediaPipe's selfie network has its say of people, whom it knows best at a tenth of the price.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box, Size
from foveate.imaging.pixels import part_at
from foveate.vision.look import LONG_SIDE, on_grid, refined
from foveate.vision.matting import SELFIE_SIDE, decided, sure
from foveate.vision.windows import WHOLE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.vision.look import Look
    from foveate.vision.matting import Selfie
    from foveate.vision.selector import Selector

    Matte = NDArray[np.float32]

SQUARE: Final = Size(SELFIE_SIDE, SELFIE_SIDE)


class OwnSubject:
    """A MapNetwork: mattes of people where there surely are some, else of what stands out.

    What stands out is looked at twice where it is small, and has the edges of the picture.
    """

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
        """Return the matte of a (height, width, 3) RGB picture: alpha in 0..1."""
        people = surely_people(rgb, self._people)
        if people is not None:
            return people
        return self._selector.mask(self._selector.look(rgb), []).matte


def subject_of(look: Look, people: Selfie, selector: Selector) -> Matte:
    """Return what a picture is about that `selector` has looked at: the matte, of that size.

    It is the same that `OwnSubject` finds, with the edges of the picture in any case.
    """
    seen = surely_people(look.rgb, people)
    if seen is None:
        return selector.mask(look, []).matte
    return refined(look, on_grid(look, WHOLE, seen))


def surely_people(rgb: NDArray[np.uint8], network: Selfie) -> Matte | None:
    """Return the matte of people in a (height, width, 3) picture, where there surely are some."""
    people = network.people(brought(rgb, SQUARE))
    return decided(people) if sure(people) else None


def brought(rgb: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Return the whole of a (height, width, 3) RGB picture at exactly `size`."""
    return part_at(rgb, Box(0, 0, rgb.shape[1], rgb.shape[0]), size)
