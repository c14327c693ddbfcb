"""What a lens that is focused somewhere makes of a picture: numpy, with edges by libvips.

The picture is parted by how far each place is out of focus, and put together again from the back.
Each layer is blurred by itself, goes on behind whatever is nearer, and ends softly over what is
farther; so nothing sharp bleeds into what is blurred, and no rim of the one stays around the other.
Discs are as large as the aperture, in linear light, in which what is bright blooms. Layers are
blurred at the size at which their disc has a few pixels, and each is laid over the coarser ones.

Sources: Potmesil and Chakravarty, "A lens and aperture camera model" (1981); Kraus and Strengert,
"Depth-of-field rendering by pyramidal image processing" (2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.deadline import current
from foveate.geometry.box import Size
from foveate.imaging.along_edges import drawn
from foveate.imaging.edges import CLEAR, SOLID, fine, understood
from foveate.imaging.engine import Image
from foveate.imaging.guard import guard
from foveate.imaging.guided import mean
from foveate.imaging.light_planes import (
    FINEST,
    at_halves,
    halved,
    light_of,
    numbers_of,
    to_shape,
    under_disc,
)
from foveate.imaging.linear import enlarged
from foveate.imaging.matte import ALPHA, layered
from foveate.imaging.pixels import is_opaque, values_of
from foveate.imaging.rounding import rounded
from foveate.imaging.stop import watched
from foveate.imaging.transparent import small_colours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Map = NDArray[np.float32]
    Planes = NDArray[np.float32]
    """(4, height, width): linear light times its weight, and that weight."""

SHARP: Final = 0.75
"""Radius in pixels up to which a place is in focus."""
FIRST: Final = 2.0
"""Radius of the first layer; each next one has twice of it."""
LAYERS: Final = 7
DISC: Final = 2.0
"""Radius of the discs of all layers but the first, at the size at which they are applied."""
AROUND: Final = 4
"""Pixels of the coarsest layer, a power of two, that count as far around."""
LOST: Final = np.float32(1e-3)
"""Weight of what is far around, which shows where nothing else is."""
BESIDE: Final = np.float32(0.03)
"""And of a place's own light beside what is around it, for where nothing of that is behind it."""
PIXEL_BYTES: Final = 48
"""What it takes at most for each pixel of the answer: 41 were measured at 16 megapixels."""
_OPAQUE: Final = 255
_LEAST: Final = np.float32(1e-24)


@dataclass(frozen=True, slots=True)
class Away:
    """How far out of focus each place is, on a small grid over a picture."""

    radius: Map
    """(rows, columns): of the disc that a point becomes, in pixels of the picture; below 0 behind
    the focal plane, above 0 before it."""
    subject: Map | None = None
    """Alpha of what lies in the focal plane, whatever `radius` says of what is behind it."""


@guard()
def refocused(image: Image, away: Away) -> Image:
    """Return an RGB or RGBA picture as a lens sees it, of the same size and alpha.

    Raises TimedOut and ClientDisconnected.
    """
    pixels = image.numpy()
    colours, size = np.ascontiguousarray(pixels[..., :3]), Size(image.width, image.height)
    own = image.extract_band(ALPHA) if image.hasalpha() else None
    spread = _Spread.of(colours, None if own is None or is_opaque(image) else values_of(own), away)
    layers, seen = [_through(image, _in_focus(away.radius))], np.ones_like(away.radius)
    if away.subject is not None:
        grid = Size(*away.radius.shape[::-1])
        cut = understood(small_colours(image, grid), away.subject)
        # Below what is in focus by depth: before what is sharp, its edges are as they were.
        layers, seen = [_picture(fine(colours, cut)), *layers], (1 - 2 * cut.alpha).clip(0, 1)
    made = layered(_large(spread.behind(seen), size), *layers)
    if spread.has_before:
        made = layered(made, _large(spread.before(), size))
    return made if own is None else made.bandjoin(own).copy(interpretation="srgb")


def _in_focus(radius: Map) -> Map:
    """Return alpha of what is in focus.

    It is left at 1 a while before the focal plane: there the first layer lies over it.
    """
    far = np.where(radius < 0, -radius, radius - FIRST)
    share: Map = ((FIRST - far) / (FIRST - SHARP)).clip(0, 1).astype(np.float32)
    return share


def _through(image: Image, alpha: Map) -> Image:
    """Return the colours of a picture as they are, RGBA, as far as alpha on a grid lets them."""
    band = drawn(image, alpha).linear([1 / (SOLID - CLEAR)], [-CLEAR * _OPAQUE / (SOLID - CLEAR)])
    colours = image.extract_band(0, n=3)
    return colours.bandjoin(rounded(band)).copy(interpretation="srgb")


@dataclass(frozen=True, slots=True)
class _Spread:
    """A picture at half of its sides, and how far each place of it is out of focus."""

    light: Planes
    radius: Map
    size: tuple[int, ...]
    """Height and width of the picture: of its halves there may be more, so that they divide."""

    @classmethod
    def of(cls, colours: NDArray[np.uint8], own: NDArray[np.uint8] | None, away: Away) -> _Spread:
        divisor = FINEST << _halvings(max(0, _count(away.radius) - 1))
        light = light_of(colours, own, divisor)
        radius = at_halves(away.radius, light.shape[1:], colours.shape[:2])
        return cls(light, radius, colours.shape)

    @property
    def has_before(self) -> bool:
        return bool((self.radius > SHARP).any())

    def behind(self, seen: Map) -> Planes:
        """Return light behind the focal plane, the nearer over the farther; nowhere is a hole.

        `seen` says on the grid how much of each place is not the subject. What is nearly in focus
        is seen: where it is half sharp, the other half is its own blur, not light from elsewhere.
        """
        far, whole = -self.radius, self.light.shape
        seen = at_halves(seen, whole[1:], self.size) * (far / SHARP).clip(0, 1)
        shown = self.light * seen
        made = self._hidden(shown)
        for planes in _layers(shown, far):
            made = to_shape(made, planes.shape) * (1 - planes[3]) + planes
        made = to_shape(made, whole)
        light: Planes = made[:3] / np.maximum(made[3], _LEAST)
        return light

    def _hidden(self, shown: Planes) -> Planes:
        """Return faintly what is behind each place where nothing of what is `shown` is near.

        It is a place's own light, no darker and no lighter than it was. What lies before the focal
        plane is the last to be seen behind itself.
        """
        halvings = _halvings(_count(self.radius) - 1)
        own, radius = _coarse(self.light, halvings), _coarse(self.radius, halvings)
        own = own * np.where(radius < FIRST, BESIDE, BESIDE * LOST**3)
        return _lost(_coarse(shown, halvings) + own * LOST) + own * LOST

    def before(self) -> Planes:
        """Return light before the focal plane, and how much of each place it covers."""
        shown = self.light * ((self.radius - SHARP) / (FIRST - SHARP)).clip(0, 1)
        # What is far around covers nothing, and has a colour: no soft edge ends in black.
        made = _lost(_coarse(shown, _halvings(_count(self.radius.clip(0)) - 1)))
        for planes in _layers(shown, self.radius):
            made = to_shape(made, planes.shape) + planes
        made = to_shape(made, self.light.shape)
        light = made[:3] / np.maximum(made[3], _LEAST)
        return np.concatenate([light, made[3:].clip(0, 1)])


def _layers(shown: Planes, far: Map) -> Iterator[Planes]:
    """Yield the layers under their discs, each at its own size, the farthest from focus first.

    Raises TimedOut and ClientDisconnected.
    """
    numbers = range(_count(far.clip(0)))
    coarse = (halved(shown), halved(far)) if len(numbers) > 1 else (shown, far)
    for layer in reversed(numbers):
        current().check()
        planes, apart = coarse if layer else (shown, far)
        planes = planes * _hat(apart, layer)
        for _ in range(_halvings(layer) - 1):
            planes = halved(planes)
        yield under_disc(planes, DISC if layer > 1 else DISC / 2)


def _halvings(layer: int) -> int:
    """Return how often a layer is halved: so far that its disc is DISC pixels, or half of that.

    >>> [_halvings(layer) for layer in range(5)]
    [0, 1, 1, 2, 3]
    """
    return max(min(layer, 1), layer - 1)


def _count(radius: Map) -> int:
    """Return how many layers there are up to the largest radius."""
    largest = float(np.abs(radius).max(initial=0))
    return 0 if largest <= SHARP else min(LAYERS, 2 + int(np.log2(max(largest / FIRST, 1))))


def _hat(far: Map, layer: int) -> Map:
    """Return how much of each place is in a layer: those of a place add up to 1."""
    level = np.log2(np.maximum(far, FIRST) / FIRST)
    top = LAYERS - 1
    share: Map = (1 - np.abs(np.minimum(level, top) - layer)).clip(0, 1).astype(np.float32)
    return share


def _coarse(planes: Planes, halvings: int) -> Planes:
    for _ in range(halvings):
        planes = halved(planes)
    return planes


def _lost(shown: Planes) -> Planes:
    """Return faintly what is around each place, for where no layer has anything to show."""
    overall = shown.mean(axis=(1, 2), keepdims=True)
    made: Planes = (mean(shown, AROUND) + overall * LOST) * LOST
    return made


def _large(planes: Planes, size: Size) -> Image:
    """Return half of the sides of a picture at all of them: RGB, or RGBA."""
    numbers = numbers_of(planes[:3])
    if len(planes) > len(numbers):
        alpha = (planes[3:] * _OPAQUE + np.float32(0.5)).astype(np.uint8)
        numbers = np.concatenate([numbers, alpha])
    small = _picture(numbers.transpose(1, 2, 0))
    whole = enlarged(small, Size(small.width * FINEST, small.height * FINEST))
    return whole.extract_area(0, 0, size.width, size.height)


def _picture(array: NDArray[np.uint8]) -> Image:
    """Return (height, width, bands) as a picture that shares the array's memory."""
    height, width, bands = array.shape
    data = np.ascontiguousarray(array).data
    image = Image.new_from_memory(data, width, height, bands, "uchar")
    return watched(image.copy(interpretation="srgb"))
