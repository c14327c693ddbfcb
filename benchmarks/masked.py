"""Pictures with a mask of each thing in them, as they are gathered beside the project."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyvips
from results import DATA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Pixels = NDArray[np.uint8]

FOLDERS: Final = (DATA / "click", DATA / "instances")
STATED: Final = frozenset({"coco", "coco_person", "animals", "food_id", "feralcat", "dogs"})
"""Sets whose masks are under a licence that their packages state."""
LEAST: Final = 0.003
"""Share of a picture that a mask must have to teach anything."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture, and the class and mask of each thing in it that has one."""

    rgb: Pixels
    things: tuple[tuple[str, Mask], ...]


def photos(
    split: str, sets: frozenset[str] = STATED, folders: Sequence[Path] = FOLDERS
) -> Iterator[tuple[Path, Photo]]:
    """Yield the file of each picture of a split, and the picture."""
    found: dict[Path, list[tuple[str, Path]]] = defaultdict(list)
    for folder in folders:
        with (folder / "MANIFEST.tsv").open() as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["split"] == split and row["set"] in sets and row["class"] != "whole":
                    inside = folder if (folder / row["picture"]).exists() else folder / split
                    found[inside / row["picture"]].append((row["class"], inside / row["mask"]))
    for path, masks in sorted(found.items()):
        image = pyvips.Image.new_from_file(str(path)).colourspace("srgb")[:3]
        rgb = image.numpy()
        things = tuple((name, _mask(file, rgb.shape)) for name, file in masks)
        yield path, Photo(rgb, tuple((n, m) for n, m in things if m.mean() >= LEAST))


def _mask(path: Path, shape: tuple[int, ...]) -> Mask:
    grey = pyvips.Image.new_from_file(str(path))[0]
    grey = grey.resize(shape[1] / grey.width, vscale=shape[0] / grey.height).numpy()
    return grey > grey.max() / 2
