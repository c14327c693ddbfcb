"""Pictures with a mask of each thing in them, as they are gathered beside the project."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyvips
from results import DATA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Pixels = NDArray[np.uint8]

FOLDERS: Final = (DATA / "click", DATA / "instances")
STATED: Final = frozenset({"coco", "coco_person", "animals", "food_id", "feralcat", "dogs"})
"""Sets whose masks are under a licence that their packages state."""
EVERY: Final = STATED | {"ecssd", "ccp", "human", "davis", "grabcut", "msrc_cow", "firetruck"}
"""All sets; of the others no terms are stated, or terms that leave the pictures' open."""
WHOLE: Final = "whole"
"""What the mask of all that a picture is about has for a class."""
LEAST: Final = 0.003
"""Share of a picture that a mask must have to teach anything."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture, and the class and mask of each thing in it that has one."""

    rgb: Pixels
    things: tuple[tuple[str, Mask], ...]


def rows_of(
    split: str, sets: frozenset[str] = STATED, folders: Sequence[Path] = FOLDERS
) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield the file of the picture of each mask of a split, and what is said of the mask."""
    for folder in folders:
        with (folder / "MANIFEST.tsv").open() as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["split"] == split and row["set"] in sets:
                    inside = folder if (folder / row["picture"]).exists() else folder / split
                    yield inside / row["picture"], {**row, "mask": str(inside / row["mask"])}


def photos(
    split: str, sets: frozenset[str] = STATED, folders: Sequence[Path] = FOLDERS
) -> Iterator[tuple[Path, Photo]]:
    """Yield the file of each picture of a split, and the picture."""
    found: dict[Path, list[tuple[str, Path]]] = defaultdict(list)
    for path, row in rows_of(split, sets, folders):
        if row["class"] != WHOLE:
            found[path].append((row["class"], Path(row["mask"])))
    for path, masks in sorted(found.items()):
        yield path, _photo(path, masks)


def photo_of(path: Path, split: str) -> tuple[Photo, Mask | None]:
    """Return a picture of any set, and the mask of all that it is about, where there is one."""
    rows = _by_picture(split).get(path, ())
    photo = _photo(path, [pair for pair in rows if pair[0] != WHOLE])
    whole = [file for name, file in rows if name == WHOLE]
    return photo, _mask(whole[0], photo.rgb.shape) if whole else None


@cache
def _by_picture(split: str) -> dict[Path, list[tuple[str, Path]]]:
    found: dict[Path, list[tuple[str, Path]]] = defaultdict(list)
    for path, row in rows_of(split, EVERY):
        found[path].append((row["class"], Path(row["mask"])))
    return found


def _photo(path: Path, masks: Sequence[tuple[str, Path]]) -> Photo:
    image = pyvips.Image.new_from_file(str(path)).colourspace("srgb")[:3]
    rgb = image.numpy()
    things = tuple((name, _mask(file, rgb.shape)) for name, file in masks)
    return Photo(rgb, tuple((n, m) for n, m in things if m.mean() >= LEAST))


def _mask(path: Path, shape: tuple[int, ...]) -> Mask:
    grey = pyvips.Image.new_from_file(str(path))[0]
    grey = grey.resize(shape[1] / grey.width, vscale=shape[0] / grey.height).numpy()
    return grey > grey.max() / 2
