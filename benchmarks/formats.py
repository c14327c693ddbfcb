"""What formats weigh where they look alike, by the effort of their encoder, and what that costs.

    python benchmarks/formats.py [--quick] [--json FILE]

The photos of quality_auto.py, at seven to ten qualities each. Between these, the logarithm of bytes
and the quality are a straight line of the score. Processor time is one thread's, here or in a
process of its own. The last table is what QUALITIES in imaging/small_jpeg.py are taken from, and
what comes of them.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import numpy as np
from PIL import Image
from quality_auto import FEW, PHOTOS, photos
from results import Outcome, Table, alone, without_data

from foveate.imaging import jxl
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.pixels import from_array
from foveate.imaging.small_jpeg import by_jpegli
from foveate.ledger.ledger import process_cpu_s
from foveate.vision.score import Score

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

NAME: Final = "formats"
TITLE: Final = "formats: bytes and processor time at equal scores"
SCORES: Final = (60, 70, 75, 80, 85, 90)
MIDDLE: Final = 75
MORE_SCORES: Final = (20, 30, 40, 50, 60, 65, 70, 75, 80, 85, 90, 95)
"""Those of the table in imaging/quality_search.py."""
WAYS: Final = (
    EncodeOptions(format="avif", avif_effort=1, half_chroma=True),
    EncodeOptions(format="avif", avif_effort=3, half_chroma=True),
    *(EncodeOptions(format="jxl", jxl_effort=effort) for effort in (3, 4, 5, 6, 7)),
    EncodeOptions(format="webp", webp_effort=2),
    EncodeOptions(format="webp", webp_effort=4),
    EncodeOptions(format="jpeg", half_chroma=True),
    EncodeOptions(format="jpeg", half_chroma=True, small=True),
)
"""All are compared with the first."""
QUALITIES: Final[Mapping[str, Sequence[int]]] = {
    "avif": (20, 36, 48, 58, 68, 80, 92),
    "jxl": (3, 12, 30, 50, 64, 74, 82, 89, 94, 98),
    "webp": (15, 35, 55, 70, 80, 88, 94, 98),
    "jpeg": (20, 36, 50, 64, 76, 85, 92),
}
PLAIN: Final = EncodeOptions(format="jpeg", half_chroma=True)
PLAIN_QUALITIES: Final = (10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 89, 93, 97)
JPEGLI_QUALITIES: Final = (1, 2, 5, *range(8, 92, 4), 93, 95, 97, 99)


class Point(NamedTuple):
    """One file of a photo."""

    score: float
    quality: int
    bytes: int
    cpu_ms: float
    """For a million pixels."""


class Small(NamedTuple):
    """What `compression=small` makes of a photo, against the plain JPEG of that quality."""

    quality: float
    """The one of jpegli that looks as the plain one does."""
    better: float
    """Points of the score."""
    more: float
    """A share of its bytes."""


Curves = dict[EncodeOptions, list[list[Point]]]
"""For each way of encoding, the files of each photo."""


def measure(*, quick: bool = False) -> Outcome:
    """Encode all photos in all ways, and compare these where the scores are equal."""
    files = list(photos(FEW if quick else PHOTOS))
    if not files:
        return without_data(NAME, TITLE)
    curves: Curves = defaultdict(list)
    for path, width in files:
        rgb = shrunk(path, width)
        score = Score(rgb)
        for way in WAYS:
            curves[way].append(list(points(rgb, score, way)))
    outcome = Outcome(NAME, TITLE)
    scored = (f"at {score}" for score in SCORES)
    head = ("format, effort", *scored, f"CPU ms a megapixel at {MIDDLE}")
    outcome.tables.append(Table(f"bytes, {len(files)} photos", head, list(weights(curves))))
    head = ("format, effort", *(f"for {score}" for score in MORE_SCORES))
    outcome.tables.append(Table("quality, median", head, list(qualities(curves))))
    head = ("quality of a plain JPEG", *map(str, PLAIN_QUALITIES))
    smalls = np.array([small(shrunk(*file)) for file in files])
    outcome.tables.append(Table("compression=small, medians", head, list(small_rows(smalls))))
    return outcome


def shrunk(path: Path, width: int) -> NDArray[np.uint8]:
    """Return a photo at that width at most."""
    image = Image.open(path).convert("RGB")
    if image.width > width:
        height = round(image.height * width / image.width)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(image)


def points(rgb: NDArray[np.uint8], score: Score, way: EncodeOptions) -> Iterator[Point]:
    """Yield one file for each quality."""
    image, area = from_array(rgb), rgb.shape[0] * rgb.shape[1]
    for quality in QUALITIES[way.format]:
        begun = process_cpu_s()
        data = encode(image, replace(way, quality=quality))
        cpu_ms = (process_cpu_s() - begun) * 1e9 / area
        yield Point(score(shown(data)), quality, len(data), cpu_ms)


def shown(data: bytes) -> NDArray[np.uint8]:
    """Return what a client sees of a file."""
    if data.startswith(jxl.CODESTREAM):
        return jxl.written(data)
    return np.asarray(Image.open(BytesIO(data)).convert("RGB"))


def at(score: float, files: Sequence[Point], what: Sequence[float]) -> float:
    """Return what a photo has at a score; nan where no file was as good, or as bad."""
    scores = np.maximum.accumulate([each.score for each in files])
    return float(np.interp(score, scores, what, left=np.nan, right=np.nan))


def weights(curves: Curves) -> Iterator[tuple[str, ...]]:
    """Yield for each way how much more or less its files weigh than those of the first."""

    def logs(way: EncodeOptions, score: float) -> NDArray[np.float64]:
        return np.array([at(score, f, [np.log(p.bytes) for p in f]) for f in curves[way]])

    for way in WAYS:
        more = (np.nanmean(logs(way, score) - logs(WAYS[0], score)) for score in SCORES)
        cpu_ms = np.nanmean([at(MIDDLE, f, [p.cpu_ms for p in f]) for f in curves[way]])
        yield (named(way), *(f"{np.expm1(each):+.1%}" for each in more), f"{cpu_ms:.0f}")


def qualities(curves: Curves) -> Iterator[tuple[str, ...]]:
    """Yield for each way the quality that half of all photos need for a score."""
    for way in WAYS:
        found = (
            [at(score, f, [p.quality for p in f]) for f in curves[way]] for score in MORE_SCORES
        )
        yield (named(way), *(f"{np.nanmedian(each):.0f}" for each in found))


def small(rgb: NDArray[np.uint8]) -> list[Small]:
    """Return what `compression=small` makes of a photo at each quality."""
    image, score = from_array(rgb), Score(rgb)
    scores = [score(shown(by_jpegli(image, quality))) for quality in JPEGLI_QUALITIES]
    rising, made = np.maximum.accumulate(scores), []
    for quality in PLAIN_QUALITIES:
        plain = encode(image, replace(PLAIN, quality=quality))
        less = encode(image, replace(PLAIN, quality=quality, small=True))
        looks = score(shown(plain))
        alike = float(np.interp(looks, rising, JPEGLI_QUALITIES))
        made.append(Small(alike, score(shown(less)) - looks, len(less) / len(plain) - 1))
    return made


def small_rows(smalls: NDArray[np.float64]) -> Iterator[tuple[str, ...]]:
    """Yield what came of it, by photo, quality and what is told, for each quality."""
    medians = np.median(smalls, axis=0).T
    yield ("jpegli's that looks as good", *(f"{each:.1f}" for each in medians[0]))
    yield ("score, small less plain", *(f"{each:+.2f}" for each in medians[1]))
    yield ("bytes, small to plain", *(f"{each:+.1%}" for each in medians[2]))
    for what, share in (
        ("photos with as many bytes", smalls[:, :, 2] == 0),
        ("with more", smalls[:, :, 2] > 0),
    ):
        yield (what, *map(str, share.sum(axis=0)))


def named(way: EncodeOptions) -> str:
    """Return what a way of encoding is called."""
    effort = getattr(way, f"{way.format}_effort", "small" if way.small else "")
    return f"{way.format} {effort}".strip()


if __name__ == "__main__":
    alone(measure, __doc__)
