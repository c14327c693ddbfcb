"""What a picture is about, cut out by our own head without a click: for anybody's pictures.

MediaPipe's selfie network has its say of people, whom it knows best, and the head of their edges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box, Size
from foveate.imaging.pixels import part_at
from foveate.vision.look import LONG_SIDE
from foveate.vision.matting import DOUBT, SELFIE_SIDE, VAGUE, doubt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.vision.look import Look
    from foveate.vision.matting import Selfie
    from foveate.vision.selector import Selector

    Matte = NDArray[np.float32]

SQUARE: Final = Size(SELFIE_SIDE, SELFIE_SIDE)
SHARES: Final = ((DOUBT, 0.7), (VAGUE, 0.25))
"""What a network for people has to say of the subject, by how vague it is; beyond, nothing.

Of log odds; the head has the rest. Measured on salient things and on people in the street.
"""


class OwnSubject:
    """A MapNetwork: mattes of what stands out, people mostly where there are some.

    What stands out is looked at twice where it is small. All has the edges of the picture.
    """

    def __init__(self, people: Selfie, selector: Selector) -> None:
        self._people = people
        self._selector = selector

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that the answer depends on."""
        shares = "-".join(f"{most}-{share}" for most, share in SHARES)
        return f"own-{shares}-{self._people.name}-{self._selector.name}"

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking."""
        return size.within(LONG_SIDE)

    def __call__(self, rgb: NDArray[np.uint8]) -> Matte:
        """Return the matte of a (height, width, 3) RGB picture: alpha in 0..1."""
        return subject_of(self._selector.look(rgb), self._people, self._selector)


def subject_of(look: Look, network: Selfie, selector: Selector) -> Matte:
    """Return what a picture is about that `selector` has looked at: the matte, of that size."""
    people = network.people(part_at(look.rgb, Box.of(look.size), SQUARE))
    vague = doubt(people)
    share = next((share for most, share in SHARES if vague <= most), 0.0)
    return selector.subject(look, people, share)
