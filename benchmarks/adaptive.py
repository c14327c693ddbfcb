"""What adaptive=light and strong save at equal settings of the encoder, and what that costs where.

    python benchmarks/adaptive.py [--quick] [--json FILE]

Photos of OSIE shrunk to 500 pixels, in the qualities that answers have as installed. Looked at is
where the fifteen viewers of each photo really looked, not where the network expects it: a pixel
counts by the density of their looks. Faces are those that are found; the background is the three
quarters of a photo that were looked at least. Scores are against the same pixels before encoding
and before smoothing, each place by itself; what counts is how far adaptive lowers them.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import numpy as np
import osie
from PIL import Image
from results import Check, Outcome, Table, alone, without_data

from foveate.app import create
from foveate.deadline import NEVER
from foveate.gravity.importance import covered
from foveate.imaging.pixel_source import PixelSource
from foveate.options.grammar import parse_options
from foveate.service.parts.faces import found_faces
from foveate.settings import Caching, Settings
from foveate.trace import Trace
from foveate.vision.score import Score

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from osie import Photo

    from foveate.app import App
    from foveate.rendition import Rendition
    from foveate.storage.source import Source

    Places = NDArray[np.float32]

NAME: Final = "adaptive"
TITLE: Final = "adaptive: bytes saved, and the score where people look"
WIDTH: Final = 500
PHOTOS, FEW = 50, 8
FORMATS: Final = ("jpeg", "webp", "avif")
STRENGTHS: Final = ("light", "strong")
SPREAD: Final = 0.03
"""How far a look reaches, relative to the width: about a degree, as the viewers sat."""
SEEN_SHARE: Final = 0.25
"""Of a photo, what is no background."""
SAVED: Final = {"jpeg": 0.05, "webp": 0.08, "avif": 0.05}
"""Of the bytes, what light has to save."""
MOST_SEEN, MOST_BACKGROUND = 0.5, 5.0
"""Points that light may take, on average."""
PLACES: Final = ("looked at", "faces", "background")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its bytes, and its score in each of `PLACES`; nan where there is none."""

    bytes: int
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer that was smoothed, beside the one that was not."""

    format: str
    strength: str
    plain: Answer
    smoothed: Answer

    @property
    def saved(self) -> float:
        """Return the logarithm of what is left of the bytes."""
        return float(np.log(self.smoothed.bytes / self.plain.bytes))

    @property
    def moved(self) -> NDArray[np.float64]:
        """Return by how much the score of each place rose."""
        return np.subtract(self.smoothed.scores, self.plain.scores)


def measure(*, quick: bool = False) -> Outcome:
    """Render all photos with and without, and hold what light saves and costs to the targets."""
    if not osie.FOLDER.exists():
        return without_data(NAME, TITLE)
    photos, most = osie.photos(), FEW if quick else PHOTOS
    with tempfile.TemporaryDirectory() as folder:
        app = create(Settings(caching=Caching(folder=folder)))
        chosen = photos[:: max(1, len(photos) // most)][:most]
        pairs = [pair for photo in chosen for pair in compared(app, photo)]
    outcome = Outcome(NAME, TITLE)
    outcome.tables.append(Table(f"{len(chosen)} photos", HEADER, list(rows(pairs))))
    outcome.checks += checks(pairs)
    return outcome


def compared(app: App, photo: Photo) -> Iterator[Pair]:
    """Yield each strength beside the plain answer, in each format."""
    source = app.source_of(photo.path.read_bytes())
    before = pixels(rendered(app, source, "format=png"))
    scores = [_scored_in(before, each) for each in places(app, source, photo, before.shape[:2])]

    def answer(text: str) -> Answer:
        made = rendered(app, source, text)
        shown = pixels(made)
        told = (np.nan if score is None else score.each(shown)[-1] for score in scores)
        return Answer(len(made.data), tuple(told))

    for format_ in FORMATS:
        plain = answer(f"format={format_}")
        for strength in STRENGTHS:
            yield Pair(format_, strength, plain, answer(f"format={format_},adaptive={strength}"))


def rendered(app: App, source: Source, text: str) -> Rendition:
    """Return what the server would answer."""
    options = parse_options(f"width={WIDTH},{text}").options
    return app.renderer(source, options, deadline=NEVER)


def pixels(rendition: Rendition) -> NDArray[np.uint8]:
    """Return what another decoder makes of it."""
    return np.asarray(Image.open(BytesIO(rendition.data)).convert("RGB"))


def _scored_in(before: NDArray[np.uint8], place: Places) -> Score | None:
    return Score(before, most_looked_at=place) if place.any() else None


def places(
    app: App, source: Source, photo: Photo, shape: tuple[int, ...]
) -> tuple[Places, Places, Places]:
    """Return how much each pixel counts in each of `PLACES`."""
    seen, faces = looks(photo, shape), np.zeros(shape, np.float32)
    for face in found_faces(app.analyses.open(PixelSource(source, NEVER, Trace()))):
        faces = np.maximum(faces, covered(face.box, shape, photo.size)).astype(np.float32)
    background = (seen < np.quantile(seen, 1 - SEEN_SHARE)) & (faces == 0)
    return seen, faces, background.astype(np.float32)


def looks(photo: Photo, shape: tuple[int, ...]) -> Places:
    """Return the density of looks, all viewers' together, 1 at its peak."""
    height, width = shape
    points = np.zeros(shape, np.float32)
    for x, y, *_ in (look for viewer in photo.viewers for look in viewer):
        column, row = int(x * width / photo.size.width), int(y * height / photo.size.height)
        if 0 <= column < width and 0 <= row < height:
            points[row, column] += 1
    soft = _spread(points)
    return soft / soft.max()


def _spread(points: Places) -> Places:
    """Return points under a gaussian."""
    far = SPREAD * points.shape[1]
    for axis in (0, 1):
        at = np.arange(points.shape[axis], dtype=np.float32)
        kernel = np.exp(-((at[:, None] - at) ** 2) / (2 * far**2))
        points = kernel @ points if axis == 0 else points @ kernel
    return points


HEADER: Final = (
    *("format", "adaptive", "bytes", "looked at, mean and worst", "faces, mean and worst"),
    "background, mean and worst",
)


def rows(pairs: Sequence[Pair]) -> Iterator[tuple[str, ...]]:
    """Yield what each strength saved and cost in each format."""
    for format_ in FORMATS:
        for strength in STRENGTHS:
            of = [pair for pair in pairs if (pair.format, pair.strength) == (format_, strength)]
            moved = np.array([pair.moved for pair in of])
            means, worst = np.nanmean(moved, 0), np.nanmin(moved, 0)
            points = (f"{mean:+.2f}, {most:+.1f}" for mean, most in zip(means, worst, strict=True))
            yield (format_, strength, f"{_bytes(of):+.1%}", *points)


def _bytes(pairs: Sequence[Pair]) -> float:
    """Return by how much bytes grow, the geometric mean."""
    return float(np.expm1(np.mean([pair.saved for pair in pairs])))


def checks(pairs: Sequence[Pair]) -> Iterator[Check]:
    """Yield what has to hold of light."""
    for format_ in FORMATS:
        of = [pair for pair in pairs if (pair.format, pair.strength) == (format_, "light")]
        saved = _bytes(of)
        means = np.nanmean([pair.moved for pair in of], 0).tolist()
        yield Check(
            f"bytes, {format_}",
            f"<= {-SAVED[format_]:.0%}",
            f"{saved:+.1%}",
            saved <= -SAVED[format_],
        )
        for place, mean in zip(PLACES, means, strict=True):
            most = MOST_BACKGROUND if place == PLACES[-1] else MOST_SEEN
            target = f">= {-most:g}"
            yield Check(f"score, {place}, {format_}", target, f"{mean:+.2f}", mean >= -most)


if __name__ == "__main__":
    alone(measure, __doc__)
