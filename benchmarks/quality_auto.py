"""What quality=auto finds: how often it encodes, how near it comes, and what that saves.

    python benchmarks/quality_auto.py [--quick] [--json FILE]

Photos that are no JPEG at the size that is asked for, because a JPEG encoded anew at its own size
meets its own quantisation: Kodak's, photos of OSIE shrunk to 500 pixels and people in the street
to 400. Cold, nothing is known of a photo; warm, another format was found before. What is found is
scored once more as a client decodes it, by the definition in double precision that the tests have.
"""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "vision"))

import numpy as np
from PIL import Image
from results import DATA, Check, Outcome, Table, alone, without_data
from score_oracle import oracle

from foveate.app import create
from foveate.deadline import NEVER
from foveate.options.grammar import parse_options
from foveate.settings import Caching, Settings
from foveate.vision.score import Score

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from foveate.app import App
    from foveate.rendition import Rendition
    from foveate.storage.source import Source

NAME: Final = "quality-auto"
TITLE: Final = "quality=auto: encodes, and distance from the score"
FOLDERS: Final = (
    ("kodak/*.png", 2000),
    ("osie/images/*.jpg", 500),
    ("ccp_people/images/*.jpg", 400),
)
FORMATS: Final = ("jpeg", "webp", "avif")
SCORES: Final = (60, 75, 80)
PHOTOS, FEW = 16, 4
"""Of each folder, at most."""
NEAR: Final = {"jpeg": 0.98, "webp": 0.95, "avif": 0.90}
"""Share of photos that has to come within a point."""
MOST_BELOW: Final = 1.2
MEAN_ENCODES, MOST_ENCODES = 2.2, 3
PEARSON, P95, MOST_OFF = 0.999, 0.5, 1.5
_TOLD: Final = re.compile(r"(\d+);score=(-?[\d.]+);encodes=(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one search came to."""

    format: str
    wanted: int
    warm: bool
    told: float
    """The score that the search went by: the lower one of all the photo and of its faces."""
    plain: float
    """That of all the photo."""
    score: float
    """The same by the definition."""
    encodes: int

    @property
    def off(self) -> float:
        """Return the points that the metric saw beyond what was asked for."""
        return self.told - self.wanted


def measure(*, quick: bool = False) -> Outcome:
    """Search on all photos, and hold what was found against the targets."""
    files = list(photos(FEW if quick else PHOTOS))
    if not files:
        return without_data(NAME, TITLE)
    with tempfile.TemporaryDirectory() as folder:
        app = create(Settings(caching=Caching(folder=folder)))
        searches = [each for file in files for each in searched(app, *file)]
    outcome = Outcome(NAME, TITLE)
    outcome.tables.append(Table(f"{len(files)} photos", HEADER, list(rows(searches))))
    outcome.checks += checks(searches)
    return outcome


def photos(most: int) -> Iterator[tuple[Path, int]]:
    """Yield files, and the width to bring them to."""
    for pattern, width in FOLDERS:
        found = sorted(DATA.glob(pattern))
        for path in found[:: max(1, len(found) // most)][:most]:
            yield path, width


def searched(app: App, path: Path, width: int) -> Iterator[Found]:
    """Yield what is found in one photo, cold and then warm, for each format and score."""
    photo = Photo(app, app.source_of(path.read_bytes()), width)
    plain = pixels(photo.made("format=png"))
    for score in SCORES:
        yield from cold(photo, plain, score)
        yield from warm(photo, plain, score)


def cold(photo: Photo, plain: NDArray[np.uint8], score: int) -> Iterator[Found]:
    """Yield what is found while nothing is known of the photo, for each format."""
    for format_ in FORMATS:
        photo.forget()
        yield found(photo, plain, format_, score, warm=False)


def warm(photo: Photo, plain: NDArray[np.uint8], score: int) -> Iterator[Found]:
    """Yield what is found once the first format was, for each of the others."""
    first, *others = FORMATS
    photo.forget()
    photo.made(f"format={first},quality=auto:{score}")
    for format_ in others:
        yield found(photo, plain, format_, score, warm=True)


@dataclass(frozen=True, slots=True)
class Photo:
    """One that is asked for at one width."""

    app: App
    source: Source
    width: int

    def made(self, text: str) -> Rendition:
        """Return what is made of it by these options."""
        options = parse_options(f"width={self.width},{text}").options
        return self.app.renderer(self.source, options, deadline=NEVER)

    def forget(self) -> None:
        """Let nothing be known of it."""
        self.app.analyses.forget({self.source.digest})


def found(photo: Photo, plain: NDArray[np.uint8], format_: str, score: int, *, warm: bool) -> Found:
    """Return what a search comes to."""
    answer = photo.made(f"format={format_},quality=auto:{score}")
    told = _TOLD.fullmatch(answer.headers["Foveate-Quality"])
    assert told is not None
    return Found(
        format=format_,
        wanted=score,
        warm=warm,
        told=float(told[2]),
        plain=Score(plain)(pixels(answer)),
        score=oracle(plain, pixels(answer)),
        encodes=int(told[3]),
    )


def pixels(rendition: Rendition) -> NDArray[np.uint8]:
    """Return what another decoder makes of it."""
    return np.asarray(Image.open(BytesIO(rendition.data)).convert("RGB"))


HEADER: Final = (
    *("format", "score", "before", "encodes, mean and most", "within a point", "after two"),
    *("worst below, above", "worst below by the definition"),
)


def rows(found: Sequence[Found]) -> Iterator[tuple[str, ...]]:
    """Yield what each format came to at each score."""
    for key in sorted({(each.format, each.wanted, each.warm) for each in found}):
        of = [each for each in found if (each.format, each.wanted, each.warm) == key]
        tries, off = [each.encodes for each in of], [each.off for each in of]
        soon = [each for each in of if abs(each.off) <= 1 and each.encodes <= 2]
        yield (
            key[0],
            str(key[1]),
            "warm" if key[2] else "cold",
            f"{np.mean(tries):.2f}, {max(tries)}",
            f"{near(of):.0%}",
            f"{len(soon) / len(of):.0%}",
            f"{min(off):+.2f}, {max(off):+.2f}",
            f"{min(each.score - each.wanted for each in of):+.2f}",
        )


def near(found: Sequence[Found]) -> float:
    """Return the share that came within a point."""
    return float(np.mean([abs(each.off) <= 1 for each in found]))


def checks(found: Sequence[Found]) -> Iterator[Check]:
    """Yield what has to hold."""
    tries = [each.encodes for each in found]
    yield _most("encodes, mean", float(np.mean(tries)), MEAN_ENCODES)
    yield _most("encodes, most", max(tries), MOST_ENCODES)
    yield _least("within a point, all", near(found), 0.95)
    for format_, share in NEAR.items():
        of = [each for each in found if each.format == format_]
        yield _least(f"within a point, {format_}", near(of), share)
    yield _most("points below, worst", max(-each.off for each in found), MOST_BELOW)
    told, defined = (
        np.array(each) for each in zip(*((f.plain, f.score) for f in found), strict=True)
    )
    off = np.abs(told - defined)
    yield _least("metric, Pearson", float(np.corrcoef(told, defined)[0, 1]), PEARSON)
    yield _most("metric, 95th percentile off", float(np.percentile(off, 95)), P95)
    yield _most("metric, most off", float(off.max()), MOST_OFF)


def _most(what: str, got: float, target: float) -> Check:
    return Check(what, f"<= {target:g}", f"{got:.3f}", got <= target)


def _least(what: str, got: float, target: float) -> Check:
    return Check(what, f">= {target:g}", f"{got:.4f}", got >= target)


if __name__ == "__main__":
    alone(measure, __doc__)
