"""Bytes of quality=auto where nine of ten photos look as good as by the defaults of sharp.

    python benchmarks/defaults.py [--quick] [--json FILE]

The photos of quality_auto.py, as sharp encodes them when nothing is said: the same libvips, with
the words that sharp gives it. Their 10th percentile of the score is what ours aims at, whole
points, and two more; bytes are those in between at which ours has that same 10th percentile. Of
JPEG it is said, too, what each photo weighs at the very score that it has by sharp. They are
weighed photo by photo: the mean of their ratios' logarithms.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import numpy as np
from formats import shown, shrunk
from quality_auto import FEW, PHOTOS, photos
from results import Check, Outcome, Table, alone, without_data

from foveate.app import create
from foveate.deadline import NEVER
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.pixels import from_array
from foveate.options.grammar import parse_options
from foveate.settings import Caching, Settings
from foveate.vision.score import Score

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from foveate.app import App

NAME: Final = "defaults"
TITLE: Final = "quality=auto: bytes where nine of ten photos look as good as by sharp's defaults"
THEIRS: Final[dict[str, dict[str, object]]] = {
    "jpeg": {"suffix": ".jpg", "Q": 80, "optimize_coding": True, "subsample_mode": "on"},
    "webp": {"suffix": ".webp", "Q": 80, "effort": 4},
    "avif": {"suffix": ".avif", "Q": 50, "effort": 4, "compression": "av1"},
}
"""What sharp 0.34 and 0.35 tell libvips when they are told a format alone; 4:2:0 for AVIF too,
as ours has at these scores."""


@dataclass(frozen=True, slots=True)
class Way:
    """How ours encodes, and the most bytes that it may take for each of theirs."""

    name: str
    format: str
    words: str
    target: float | None


WAYS: Final = (
    Way("JPEG", "jpeg", "format=jpeg", 0.85),
    Way("JPEG, compression=small", "jpeg", "format=jpeg,compression=small", 0.78),
    Way("WebP", "webp", "format=webp", 0.91),
    Way("AVIF", "avif", "format=avif", None),
)
EQUAL: Final = (
    ("JPEG", EncodeOptions(format="jpeg", half_chroma=True), 0.93),
    ("JPEG, compression=small", EncodeOptions(format="jpeg", half_chroma=True, small=True), 0.85),
)
QUALITIES: Final = range(70, 91, 2)
ABOVE: Final = 2
PERCENTILE: Final = 10


class Weighed(NamedTuple):
    """One file."""

    score: float
    bytes: int


def measure(*, quick: bool = False) -> Outcome:
    """Encode all photos as sharp does and as ours, and compare these where the worst are alike."""
    files = list(photos(FEW if quick else PHOTOS))
    if not files:
        return without_data(NAME, TITLE)
    pictures = [shrunk(*file) for file in files]
    scores = [Score(rgb) for rgb in pictures]
    theirs = {name: list(_theirs(name, pictures, scores)) for name in THEIRS}
    outcome, rows = Outcome(NAME, TITLE), []
    for way in WAYS:
        aim = worst(theirs[way.format])
        ours = [list(_ours(way, int(aim) + more, pictures, scores)) for more in (0, ABOVE)]
        share = between(aim, ours, theirs[way.format])
        rows.append((way.name, f"{aim:.1f}", f"{share - 1:+.1%}"))
        if way.target is not None:
            got, target = f"{share - 1:+.1%}", f"<= {way.target - 1:+.0%}"
            outcome.checks.append(Check(f"bytes, {way.name}", target, got, share <= way.target))
    header = ("format", "sharp's 10th percentile", "bytes")
    outcome.tables.append(Table(f"{len(files)} photos", header, rows))
    for name, way, target in EQUAL:
        share = alike(way, pictures, scores, theirs["jpeg"])
        got, most = f"{share - 1:+.1%}", f"<= {target - 1:+.0%}"
        outcome.checks.append(Check(f"bytes at equal score, {name}", most, got, share <= target))
    return outcome


def alike(
    way: EncodeOptions,
    pictures: Sequence[NDArray[np.uint8]],
    scores: Sequence[Score],
    theirs: Sequence[Weighed],
) -> float:
    """Return the bytes of ours for each of theirs, each photo at the score that theirs has."""
    logs = []
    for rgb, score, other in zip(pictures, scores, theirs, strict=True):
        image = from_array(rgb)
        files = [encode(image, replace(way, quality=quality)) for quality in QUALITIES]
        reached = np.maximum.accumulate([score(shown(data)) for data in files])
        logs.append(np.interp(other.score, reached, [np.log(len(d) / other.bytes) for d in files]))
    return float(np.exp(np.mean(logs)))


def _theirs(
    name: str, pictures: Sequence[NDArray[np.uint8]], scores: Sequence[Score]
) -> Iterator[Weighed]:
    told = dict(THEIRS[name])
    suffix = str(told.pop("suffix"))
    for rgb, score in zip(pictures, scores, strict=True):
        data = from_array(rgb).write_to_buffer(suffix, **told)
        yield Weighed(score(shown(data)), len(data))


def _ours(
    way: Way, aim: int, pictures: Sequence[NDArray[np.uint8]], scores: Sequence[Score]
) -> Iterator[Weighed]:
    """Yield what a server answers that knows nothing of the photos."""
    with tempfile.TemporaryDirectory() as folder:
        app = create(Settings(caching=Caching(folder=folder)))
        for rgb, score in zip(pictures, scores, strict=True):
            data = _answer(app, rgb, f"{way.words},quality=auto:{aim}")
            yield Weighed(score(shown(data)), len(data))


def _answer(app: App, rgb: NDArray[np.uint8], words: str) -> bytes:
    source = app.source_of(from_array(rgb).pngsave_buffer(compression=1))
    return app.renderer(source, parse_options(words).options, deadline=NEVER).data


def worst(files: Sequence[Weighed]) -> float:
    """Return the score that nine of ten photos have at least."""
    return float(np.percentile([each.score for each in files], PERCENTILE))


def between(aim: float, ours: Sequence[Sequence[Weighed]], theirs: Sequence[Weighed]) -> float:
    """Return the bytes of ours for each of theirs where nine of ten of ours have that score."""
    points = sorted((worst(files), _logs(files, theirs)) for files in ours)
    (low, few), (high, many) = points
    return float(np.exp(few + (many - few) * (aim - low) / (high - low)))


def _logs(ours: Sequence[Weighed], theirs: Sequence[Weighed]) -> float:
    pairs = zip(ours, theirs, strict=True)
    return float(np.mean([np.log(a.bytes / b.bytes) for a, b in pairs]))


if __name__ == "__main__":
    alone(measure, __doc__)
