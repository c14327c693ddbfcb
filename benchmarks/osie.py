"""OSIE: photos, and where fifteen people looked in each (Xu et al., 2014).

A crop is as good as the share of looks that it keeps. Its gain is how far that share goes from
what a crop at the centre keeps towards what the best crop keeps, both on average over photos:
1 is as good as knowing the looks, 0 is the centre, and less is worse than the centre.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from results import DATA, score

from foveate.geometry.box import Box, Size
from foveate.geometry.crop import largest
from foveate.geometry.fit import Window, nearest
from foveate.imaging.probe import probe
from foveate.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

FOLDER: Final = DATA / "osie"
"""To score on."""
TO_FIT: Final = DATA / "osie_fit"
"""Other photos of the same kind, to fit on."""
ASPECTS: Final = {"9:16": 9 / 16, "3:4": 3 / 4}
FIXED: Final = {"400x300": Size(400, 300)}
WINDOWS: Final = (*ASPECTS, *FIXED)


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo and the looks of each viewer, as x, y, milliseconds."""

    path: Path
    size: Size
    viewers: Sequence[Sequence[Sequence[float]]]


@dataclass(frozen=True, slots=True)
class Gain:
    """The gain of one way to crop, and its standard error over photos."""

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ± {self.error:.3f}"


def photos(folder: Path = FOLDER) -> list[Photo]:
    """Return all photos of a folder, in the order of their names."""
    looks = json.loads((folder / "fixations.json").read_text())
    paths = [folder / "images" / name for name in sorted(looks)]
    return [
        Photo(path, probe(path.read_bytes(), Limits()).size, looks[path.name]) for path in paths
    ]


def window_of(name: str, size: Size) -> Size:
    """Return the window of that name: the largest of an aspect ratio, or one of fixed size."""
    if name in FIXED:
        return FIXED[name]
    window = largest(Box.of(size), ASPECTS[name])
    return Size(nearest(window.width), nearest(window.height))


def judged(photo: Photo, corner: tuple[int, int], window: Size) -> tuple[float, float, float]:
    """Return the shares of looks that this crop, one at the centre and the best one keep."""
    x, y = corner
    crop = (x, y, x + window.width, y + window.height)
    found = score().crop_gain(photo.viewers, crop, (photo.size.width, photo.size.height))
    return found["kept"], found["centre"], found["best"]


def gain(shares: Sequence[tuple[float, float, float]]) -> Gain:
    """Return the gain over photos, given kept, centre and best of each."""
    kept, centre, best = np.array(shares).T
    value = (kept - centre).sum() / (best - centre).sum()
    off = kept - centre - value * (best - centre)
    return Gain(float(value), float(np.sqrt((off**2).sum()) / (best - centre).sum()))


def gains(
    crop: Callable[[int, Window], Box], seen: Sequence[Photo], which: Sequence[int] | None = None
) -> Mapping[str, list[tuple[float, float, float]]]:
    """Return kept, centre and best of each photo by window, given who crops a photo by number."""
    numbers = range(len(seen)) if which is None else which
    shares: dict[str, list[tuple[float, float, float]]] = {}
    for name in WINDOWS:
        shares[name] = []
        for number in numbers:
            size = window_of(name, seen[number].size)
            box = crop(number, Window(size.width, size.height))
            corner = (round(box.left), round(box.top))
            shares[name].append(judged(seen[number], corner, size))
    return shares
