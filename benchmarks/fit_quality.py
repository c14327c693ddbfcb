"""Fit the tables of imaging/quality_search.py: which score half of all photos have with a quality.

    python benchmarks/fit_quality.py

Photos of the same folders as those of quality_auto.py, but others. Of each format every quality is
tried that makes another file, and of the medians those are printed from which the others follow
within a quarter of a point. Below what was tried a table goes on as before.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import numpy as np
from formats import shown, shrunk
from quality_auto import FOLDERS, PHOTOS, photos
from results import DATA

from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.pixels import from_array
from foveate.imaging.quality_search import as_set
from foveate.vision.score import Score

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WAYS: Final = {
    "jpeg": range(15, 97, 3),
    "webp": range(8, 98, 3),
    "avif": [quality for quality in range(10, 97) if as_set("avif", quality) == quality],
}
MOST: Final = 14
"""Photos of each folder."""
WITHIN: Final = 0.25
"""Points of a score."""


def others() -> Iterator[tuple[Path, int]]:
    """Yield files that quality_auto.py does not take, and the width to bring them to."""
    taken = {path for path, _ in photos(PHOTOS)}
    for pattern, width in FOLDERS:
        left = [path for path in sorted(DATA.glob(pattern)) if path not in taken]
        for path in left[:: max(1, len(left) // MOST)][:MOST]:
            yield path, width


def curve(rgb: np.ndarray, format_: str) -> list[float]:
    """Return the scores of a photo, one for each quality."""
    image, score = from_array(rgb), Score(rgb)
    way = {"format": format_, "half_chroma": True, "avif_effort": 1, "webp_effort": 2}
    return [
        score(shown(encode(image, EncodeOptions(**way, quality=quality))))  # type: ignore[arg-type]
        for quality in WAYS[format_]
    ]


def knots(qualities: Sequence[int], scores: Sequence[float]) -> list[int]:
    """Return the places of as few points as give all others within so much, by straight lines."""
    kept = [0]
    while kept[-1] < len(scores) - 1:
        first = kept[-1]
        kept.append(
            max(
                last
                for last in range(first + 1, len(scores))
                if _off(qualities, scores, first, last) <= WITHIN or last == first + 1
            )
        )
    return kept


def _off(qualities: Sequence[int], scores: Sequence[float], first: int, last: int) -> float:
    between = slice(first, last + 1)
    ends = [qualities[first], qualities[last]], [scores[first], scores[last]]
    return float(np.abs(np.interp(qualities[between], *ends) - scores[between]).max())


def main() -> None:
    """Print a table for each format."""
    pictures = [shrunk(*each) for each in others()]
    for format_, qualities in WAYS.items():
        medians = np.median([curve(rgb, format_) for rgb in pictures], axis=0)
        rising = np.maximum.accumulate(medians).tolist()
        row = [(qualities[at], round(rising[at], 1)) for at in knots(qualities, rising)]
        print(format_, f"{len(pictures)} photos:", *row)


if __name__ == "__main__":
    main()
