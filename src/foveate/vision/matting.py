"""Mattes: ISNet for anything, MediaPipe's selfie network for people at a hundredth of its price.

Both see a picture stretched to a square, which is how they were trained. Measured on photos of
people twice as tall as wide: shapes that keep the proportions are no better and find less.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from foveate.ports import MapNetwork, Session

    Matte = NDArray[np.float32]

ISNET_SIDES: Final[Mapping[str, int]] = {"balanced": 768, "accurate": 1024}
"""Side of its square in pixels at each level, multiples of 64: half the side, a quarter the time.

Below 768 it begins to lose what people carry, and now and then a person.
"""
SELFIE_SIDE: Final = 256
PEOPLE: Final = (0.02, 0.8)
"""Share of a picture that people fill; beyond it the selfie network takes all for a person."""
DOUBT, VAGUE = 0.4, 2.5
"""Pixels that it cannot decide about, relative to those of people: up to here they surely are, or
may be, people.
"""
UNSURE: Final = (0.1, 0.9)
DECIDED: Final = 0.15
"""Alpha of people this near to 0 or 1 is: without it the old background shines through clothes.

Measured on photos of people: a third less of their inside is translucent, at better edges.
"""
LEVELS: Final = (0.45, 0.65)
"""Between these lies the saliency that separates a subject; Otsu's method finds where."""
SOFT: Final = 0.1
"""Saliency this much above or below it is surely subject or background."""
_BINS: Final = 64


class IsNet:
    """A MapNetwork: mattes of any subject. Its session is loaded when the first picture comes."""

    def __init__(self, session: Callable[[], Session], *, level: str = "balanced") -> None:
        self._session = session
        self._level = level
        self._side = ISNET_SIDES[level]

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        return f"isnet-{self._level}-{self._side}"

    def input_size(self, size: Size) -> Size:  # noqa: ARG002
        """Return the size to bring a picture to before asking; sides may be stretched."""
        return Size(self._side, self._side)

    def __call__(self, rgb: NDArray[np.uint8]) -> Matte:
        """Return the matte of a (side, side, 3) RGB picture: alpha in 0..1, (side, side)."""
        tensor = np.empty((1, 3, *rgb.shape[:2]), np.float32)
        np.subtract(rgb.transpose(2, 0, 1), np.float32(128), out=tensor[0])
        tensor /= 256
        matte: Matte = self._session().run({"input": tensor})[0][0, 0].clip(0, 1)
        return matte


class Selfie:
    """A MapNetwork: mattes of people, and by saliency, where that is given, of the rest."""

    def __init__(self, session: Callable[[], Session], saliency: MapNetwork | None = None) -> None:
        self._session = session
        self._saliency = saliency

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that the answer depends on."""
        name = f"selfie-fast-{SELFIE_SIDE}-{DECIDED}"
        return f"{name}-{self._saliency.name}" if self._saliency else name

    def input_size(self, size: Size) -> Size:  # noqa: ARG002
        """Return the size to bring a picture to before asking; sides may be stretched."""
        return Size(SELFIE_SIDE, SELFIE_SIDE)

    def __call__(self, rgb: NDArray[np.uint8]) -> Matte:
        """Return the matte of a (256, 256, 3) RGB picture: alpha in 0..1, (height, width)."""
        people = self.people(rgb)
        if self._saliency is None or sure(people):
            return decided(people)
        height, width, _ = rgb.shape
        size = self._saliency.input_size(Size(width, height))
        return salient(self._saliency(stretched(rgb, size)))

    def people(self, rgb: NDArray[np.uint8]) -> Matte:
        """Return alpha of people alone: the mean of what it sees here and in a mirror.

        Fewer limbs are lost than by one look.
        """
        matte: Matte = ((self._alpha(rgb) + self._alpha(rgb[:, ::-1])[:, ::-1]) / 2).clip(0, 1)
        return matte

    def _alpha(self, rgb: NDArray[np.uint8]) -> Matte:
        tensor = rgb[None].astype(np.float32) / 255
        alpha: Matte = self._session().run({"input_1": tensor})[0][0, ..., 0]
        return alpha


def doubt(people: Matte) -> float:
    """Return how vague a matte of the selfie network is: up to DOUBT it is surely of people."""
    found = float((people > 1 / 2).mean())
    low, high = UNSURE
    vague = float(((people > low) & (people < high)).mean())
    return vague / found if PEOPLE[0] <= found <= PEOPLE[1] else math.inf


def sure(people: Matte) -> bool:
    """Return whether a matte of the selfie network looks like people: not all, and not vague."""
    return doubt(people) <= DOUBT


def of_people(matte: Matte) -> bool:
    """Return whether a fast matte is one of people, by its size: maps of saliency are smaller."""
    return matte.shape == (SELFIE_SIDE, SELFIE_SIDE)


def decided(people: Matte) -> Matte:
    """Return alpha without its last doubts: what is nearly there is there."""
    matte: Matte = ((people - DECIDED) / (1 - 2 * DECIDED)).clip(0, 1).astype(np.float32)
    return matte


def salient(saliency: NDArray[np.float32]) -> Matte:
    """Return the matte of what stands out of a map in 0..1."""
    level = min(max(parting(saliency), LEVELS[0]), LEVELS[1])
    matte: Matte = ((saliency - (level - SOFT)) / (2 * SOFT)).clip(0, 1).astype(np.float32)
    return matte


def parting(values: NDArray[np.float32]) -> float:
    """Return the value in 0..1 that parts them into two groups as unlike as can be.

    Otsu, "A threshold selection method from gray-level histograms" (1979).
    """
    counts, edges = np.histogram(values, _BINS, (0, 1))
    below = counts.cumsum()
    above = below[-1] - below
    sums = (counts * (edges[:-1] + edges[1:]) / 2).cumsum()
    apart = (sums[-1] * below - sums * below[-1]) ** 2 / np.maximum(below * above, 1)
    return float(edges[1 + int(apart.argmax())])


def stretched(rgb: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Return a (height, width, 3) picture at about its size, each pixel the nearest one."""
    rows, columns = (
        ((np.arange(wanted) + 0.5) * had / wanted).astype(np.intp)
        for wanted, had in zip((size.height, size.width), rgb.shape[:2], strict=True)
    )
    nearest: NDArray[np.uint8] = rgb[rows][:, columns]
    return nearest
