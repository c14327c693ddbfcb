"""How many lines of text are found, read, kept by crops and hidden: lines of our own on photos.

    python benchmarks/text.py [--quick] [--json] [--worst FOLDER]

Onto each of 100 photos three lines are drawn: 2.5 to 9 % of the short side high, turned by up to 15
degrees, in one of six fonts, in Latin, Greek and Cyrillic and, where a font has them, Chinese
letters. A third stands on a plate, a third has an outline, and a third neither; its colour is told
from that of nine in ten pixels behind it. A line is found where lines that were found cover 60 % of
its letters, found whole where 90 %, and hidden where 99 % are covered. It is read where the letters
are the same but for spaces, which the network drops at times. A crop cuts a line avoidably where
its edge goes through one, and some crop of that size would hold what it holds of people, cut no
more of them, and hold nine tenths of what draws the eye in it (or, by `gravity=text`, the lines
that it holds), would cut none, real ones neither, and would come no nearer to any of ours than a
tenth of its height. Lines that were not found whole do not count there.

The same is done once more with lines that run up or down, and once with lines that lean, to see
whether they are hidden; and what is hidden for nothing on the photos without any of ours.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips
from results import DATA, Check, Outcome, Table, tell, without_data

from foveate.app import create
from foveate.deadline import Deadline
from foveate.geometry.box import Box
from foveate.geometry.crop import cuts, largest
from foveate.geometry.fit import Window
from foveate.geometry.orientation import Orientation
from foveate.geometry.windows import Kept, SummedMap, cut_counts
from foveate.gravity.choose import gravity_for
from foveate.gravity.importance import importance
from foveate.gravity.saliency import Crowd
from foveate.imaging.pixel_source import PixelSource
from foveate.options.model import Gravity, GravityKind, TransformOptions
from foveate.service.for_gravity import ForGravity
from foveate.service.parts.hidden_text import HIDDEN_TEXT
from foveate.service.parts.text import LINES, TEXT
from foveate.settings import Caching, load
from foveate.trace import Trace
from foveate.transform.cores import Block

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from foveate.app import App
    from foveate.geometry.box import Size
    from foveate.service.analysis import Analysis
    from foveate.settings import Settings
    from foveate.values import TextLine

NAME, TITLE = "text", "Lines of text: found, read, kept, hidden"
PHOTOS: Final = ("osie/images/*.jpg", "coco128_seg/images/*.jpg")
MOST, QUICK, LINES_EACH = 100, 12, 3
WORDS: Final = (
    "SALE 50% off", "Hello world", "www.example.com", "Open daily 9-17", "EXIT", "Platform 12",
    "Fresh coffee", "No parking", "Room 204", "Chapter One", "$19.99", "Thank you!",
    "KEEP CLEAR", "Departures", "B 1234 XY", "Saturday, 14 March", "Wi-Fi free", "STOP",
)  # fmt: skip
OTHERS: Final = ("Zürich Café", "Καλημέρα", "Привет мир", "Élysée naïve")
FONTS: Final = (
    "DejaVu Sans", "DejaVu Sans Bold", "DejaVu Serif", "DejaVu Serif Bold", "DejaVu Sans Mono",
    "DejaVu Sans Condensed",
)  # fmt: skip
HEIGHTS: Final = (0.025, 0.09)
BARE, OUTLINE, PLATE = range(3)
TRIES: Final = 60
LIGHTNESS: Final = np.array([0.299, 0.587, 0.114])
LEVEL, LEANING, UPRIGHT = "level", "leaning by 25 to 65 degrees", "running up or down"
TURNS: Final = {LEVEL: (0.0, 15.0), LEANING: (25.0, 65.0), UPRIGHT: (82.0, 98.0)}
"""Degrees by which lines are turned, either way."""
APART: Final = 80
"""Least distance of the letters' lightness from what is behind them, of 255."""
TOLD: Final = 0.9
"""Share of the pixels behind letters of which that is so."""
SAMPLES: Final = 400
FOUND, WHOLE, HIDDEN = 0.6, 0.9, 0.99
"""Shares of the letters."""
SHAPES: Final = {"9:16": 9 / 16, "3:4": 3 / 4, "1:1": 1, "16:9": 16 / 9, "3:1": 3}
KINDS: Final = (GravityKind.TEXT, GravityKind.AUTO, GravityKind.FACE)
WORTH: Final = 0.9
"""Share of the looks that a crop that cuts nothing must hold to be one that could have been."""
NEAR: Final = 0.1
STEP: Final = 48
"""Places that are tried along each side."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A line that was drawn onto a photo."""

    text: str
    box: Box
    height: float
    """Of its letters, as a share of the short side."""
    turn: float
    latin: bool
    ink: NDArray[np.float64]
    """(2, n) places of its letters, x and y."""


def photos(few: int | None = None) -> list[Path]:
    """Return the photos, half of them of each set."""
    paths = [sorted(DATA.glob(pattern)) for pattern in PHOTOS]
    chosen = [path for some in paths for path in some[: MOST // 2]]
    more = paths[0][MOST // 2 :]
    chosen = (chosen + more)[:MOST]
    return chosen[:: max(1, len(chosen) // few)][:few] if few else chosen


@cache
def chinese() -> tuple[str, ...]:
    """Return lines in Chinese, if a font has the letters."""
    drawn = [pyvips.Image.text(text, font="Sans 40", dpi=72) for text in ("出口", "\U0010fffe")]
    return ("出口", "欢迎光临") if abs(drawn[0].avg() - drawn[1].avg()) > 5 else ()


def planted(
    picture: pyvips.Image, rng: np.random.Generator, turned: str = LEVEL
) -> tuple[pyvips.Image, list[Planted]]:
    """Return the photo with lines on it that do not touch each other."""
    lines: list[Planted] = []
    for _ in range(20 * LINES_EACH):
        if len(lines) == LINES_EACH:
            break
        words = OTHERS + chinese() if rng.random() < 0.2 else WORDS
        text = words[rng.integers(len(words))]
        share, turn = rng.uniform(*HEIGHTS), _turn(rng, *TURNS[turned])
        mask = _mask(text, FONTS[rng.integers(len(FONTS))], share, picture, turn)
        pad = _pad(mask)
        room = picture.width - mask.width - 2 * pad, picture.height - mask.height - 2 * pad
        if min(room) <= 0:
            continue
        left, top = (int(rng.integers(pad, side + pad)) for side in room)
        box = Box(left, top, mask.width, mask.height)
        if any(_grown(box, 2 * pad).overlap(_grown(other.box, pad)) for other in lines):
            continue
        drawn = _laid(picture, mask, (left, top), rng)
        if drawn is None:
            continue
        picture = drawn
        lines.append(Planted(text, box, share, turn, text.isascii(), _ink(mask, left, top)))
    return picture.copy_memory(), lines


def _turn(rng: np.random.Generator, low: float, high: float) -> float:
    """Return a turn between two, clockwise or not."""
    both = rng.uniform(low - high, high - low)
    return float(both + np.copysign(low, both))


def _pad(mask: pyvips.Image) -> int:
    """Return how much room there is around letters."""
    return max(2, min(mask.width, mask.height) // 6)


def _mask(text: str, font: str, share: float, picture: pyvips.Image, turn: float) -> pyvips.Image:
    """Return the letters of a line, white on black, turned, and nothing around them."""
    high = share * min(picture.width, picture.height)
    size = 72 * high / 72 / 0.73
    drawn = pyvips.Image.text(_escaped(text), font=f"{font} {size:.1f}", dpi=72)
    turned = drawn.rotate(turn) if abs(turn) > 0.5 else drawn
    left, top, width, height = turned.find_trim(threshold=40, background=[0])
    return turned.crop(left, top, max(1, width), max(1, height))


def _ink(mask: pyvips.Image, left: int, top: int) -> NDArray[np.float64]:
    y, x = np.nonzero(mask.numpy().reshape(mask.height, mask.width) > 128)
    some = slice(None, None, max(1, len(x) // SAMPLES))
    return np.stack([x[some] + left + 0.5, y[some] + top + 0.5])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _laid(
    picture: pyvips.Image, mask: pyvips.Image, at: tuple[int, int], rng: np.random.Generator
) -> pyvips.Image | None:
    """Return the picture with the letters on it; None where no colour can be told there."""
    how, pad = rng.integers(3), _pad(mask)
    left, top = at[0] - pad, at[1] - pad
    wide = mask.embed(pad, pad, mask.width + 2 * pad, mask.height + 2 * pad)
    part = picture.crop(left, top, wide.width, wide.height)
    if how == PLATE:
        part = _even(part, rng.integers(0, 256, 3))
    lightness = part.colourspace("b-w").numpy().astype(float)
    for _ in range(TRIES):
        colour = rng.integers(0, 256, 3)
        apart = np.abs(lightness - float(colour @ LIGHTNESS)) >= APART
        if how == OUTLINE or apart.mean() >= TOLD:
            break
    else:
        return None
    if how == OUTLINE:
        around = wide.dilate(np.full((3, 3), 255).tolist())
        part = _inked(part, around, np.where(colour @ LIGHTNESS < 128, 255, 0) + colour * 0)
    return picture.insert(_inked(part, wide, colour), left, top)


def _even(part: pyvips.Image, colour: NDArray[np.integer]) -> pyvips.Image:
    return (part * 0 + colour.tolist()).cast("uchar").copy(interpretation="srgb")


def _inked(part: pyvips.Image, mask: pyvips.Image, colour: NDArray[np.integer]) -> pyvips.Image:
    share = mask.cast("float") / 255
    mixed = _even(part, colour) * share + part * (1 - share)
    return mixed.cast("uchar").copy(interpretation="srgb")


def analysis_of(data: bytes, app: App) -> Analysis:
    """Return an analysis of a picture that nobody has seen."""
    pixels = PixelSource(app.source_of(data), Deadline(time.monotonic() + 600), Trace())
    return app.analyses.open(pixels)


def covered(ink: NDArray[np.float64], cores: Sequence[Block]) -> float:
    """Return the share of some places that rectangles cover."""
    inside = np.zeros(ink.shape[1], bool)
    for core in cores:
        turned = (ink[0] + 1j * ink[1] - complex(core.x, core.y)) * np.exp(-1j * core.lean)
        inside |= (np.abs(turned.real) <= core.across) & (np.abs(turned.imag) <= core.along)
    return float(inside.mean())


def core_of(line: TextLine) -> Block:
    """Return a line that was found as a rectangle, without what hiding adds to it."""
    begin, end, _, below = (complex(*corner) for corner in line.quad)
    middle, along = (end + below) / 2, end - begin
    half = line.length / 2, line.height / 2
    return Block(middle.real, middle.imag, *half, float(np.angle(along)))


def letters(text: str) -> str:
    return "".join(text.split())


def was_read(line: Planted, read: Sequence[TextLine]) -> bool:
    """Return whether what was read on a line is what it says, but for spaces."""
    near = [one for one in read if (both := one.box.overlap(line.box)) is not None
            and both.area > 0.4 * one.box.area]  # fmt: skip
    said = "".join(one.text for one in sorted(near, key=lambda one: one.box.left))
    return letters(said) == letters(line.text)


@dataclass(slots=True)
class Seen:
    """What came of all photos."""

    lines: list[tuple[Planted, bool, bool, bool, bool]]
    """Each line, and whether it was found, found whole, read, hidden."""
    turned: dict[str, list[bool]]
    """Whether each line is hidden that is turned further."""
    bare: list[tuple[float, ...]]
    """Lines found, those for crops, those read, patches and the share of the photo that they
    cover, on each photo without any of ours."""
    crops: dict[str, list[bool | None]]
    """By gravity: whether each crop cuts one avoidably; None where it cuts none."""
    costs: dict[str, list[float]]
    """Milliseconds of each part."""


def looked(few: int | None, worst: Path | None = None) -> Seen:
    """Return what is seen on all photos, bare and with lines on them."""
    app = create(_unkept())
    seen = Seen([], defaultdict(list), [], defaultdict(list), defaultdict(list))
    rng, more = np.random.default_rng(12), np.random.default_rng(13)
    for path in photos(few):
        picture = pyvips.Image.new_from_file(str(path)).colourspace("srgb")
        bare = analysis_of(path.read_bytes(), app)
        read, hidden = bare.get(TEXT), [patch.core for patch in bare.get(HIDDEN_TEXT)]
        keeps = [one for one in bare.get(LINES) if one.score >= app.settings.text.gravity_score]
        counts = len(bare.get(LINES)), len(keeps), len(read), len(hidden)
        seen.bare.append((*counts, covered(_grid(bare.size), hidden)))
        for turned in (LEANING, UPRIGHT):
            seen.turned[turned] += _hidden(*planted(picture, more, turned), app)
        drawn, lines = planted(picture, rng)
        data = drawn.pngsave_buffer(compression=1)
        known = analysis_of(data, app)
        for part in (LINES, TEXT, HIDDEN_TEXT):
            start = time.process_time()
            known.get(part)
            seen.costs[part.name].append((time.process_time() - start) * 1000)
        _note_lines(seen, known, lines)
        found = [row[0].box for row in seen.lines[-len(lines) :] if row[2]]
        # The crops are to spare the text that was found, as they do where `text.crops` is set.
        _note_crops(seen, ForGravity(known), found)
        if worst is not None:
            _draw(path, drawn, lines, known.get(TEXT), worst)
    return seen


def _grid(size: Size) -> NDArray[np.float64]:
    """Return (2, n) places all over a picture."""
    x, y = np.meshgrid((np.arange(STEP) + 0.5) / STEP, (np.arange(STEP) + 0.5) / STEP)
    return np.stack([x.ravel() * size.width, y.ravel() * size.height])


def _hidden(drawn: pyvips.Image, lines: Sequence[Planted], app: App) -> list[bool]:
    """Return whether each line of a photo is hidden."""
    known = analysis_of(drawn.pngsave_buffer(compression=1), app)
    cores = [patch.core for patch in known.get(HIDDEN_TEXT)]
    return [covered(line.ink, cores) >= HIDDEN for line in lines]


def _unkept() -> Settings:
    """Return settings by which nothing of earlier runs is known."""
    caching = Caching(analysis_memory_bytes=0, analysis_disk_bytes=0)
    return replace(load(), caching=caching)


def _note_lines(seen: Seen, known: Analysis, lines: Sequence[Planted]) -> None:
    found, read = [core_of(line) for line in known.get(LINES)], known.get(TEXT)
    hidden = [patch.core for patch in known.get(HIDDEN_TEXT)]
    for line in lines:
        share, under = covered(line.ink, found), covered(line.ink, hidden)
        said = was_read(line, read)
        seen.lines.append((line, share >= FOUND, share >= WHOLE, said, under >= HIDDEN))


def _note_crops(seen: Seen, known: ForGravity, lines: Sequence[Box]) -> None:
    whole = Box.of(known.size)
    for kind in KINDS:
        options = TransformOptions(gravity=Gravity(kind), width=9, height=9)
        gravity = gravity_for(options, Orientation())
        for aspect in SHAPES.values():
            window = largest(whole, aspect)
            box = gravity.frame(whole, window, known).box
            seen.crops[str(kind)].append(_avoidable(known, kind, box, lines))


def _avoidable(known: ForGravity, kind: GravityKind, box: Box, lines: Sequence[Box]) -> bool | None:
    """Return whether a crop that cuts a line need not have; None where it cuts none."""
    window, whole = Window(box.width, box.height), Box.of(known.size)
    wide = {line: _grown(line, NEAR * line.height) for line in lines}
    fitting = [near for near in wide.values() if _fits(near, box)]
    if not any(cuts(box, _grown(line, -1)) for line in lines if _fits(wide[line], box)):
        return None
    lefts = np.linspace(0, whole.width - box.width, STEP)
    tops = np.linspace(0, whole.height - box.height, STEP)
    others = [line for line in known.text() if _fits(line, box)]
    every = [Kept.whole(line) for line in (*fitting, *others)]
    free = cut_counts(every, lefts, tops, window) == 0
    crowd = Crowd.of(known.faces(), known.people(), known.size, whole)
    at = np.array([box.left]), np.array([box.top])
    free &= cut_counts(crowd.kept, lefts, tops, window) <= cut_counts(crowd.kept, *at, window)
    parts = [part for head in crowd.heads for part in (head.face, head.hair, head.head, head.whole)]
    parts += [body.top for body in crowd.bodies]
    for part in (part for part in parts if box.contains(part)):
        free &= _holding(part, lefts, tops, window)
    if kind is GravityKind.TEXT:
        for line in (each for each in (*lines, *known.text()) if box.contains(each, 1)):
            free &= _holding(line, lefts, tops, window)
    else:
        share = importance(known.saliency(), known.faces(), None, known.size)
        looks = SummedMap.of(share, known.size)
        free &= looks.sums(lefts, tops, window) >= WORTH * looks.held(box)
    return bool(free.any())


def _grown(box: Box, by: float) -> Box:
    return Box(box.left - by, box.top - by, box.width + 2 * by, box.height + 2 * by)


def _fits(box: Box, window: Box) -> bool:
    return box.width <= window.width and box.height <= window.height


def _holding(
    box: Box, lefts: NDArray[np.float64], tops: NDArray[np.float64], window: Window
) -> NDArray[np.bool_]:
    across = (lefts <= box.left) & (lefts + window.width >= box.right)
    down = (tops <= box.top) & (tops + window.height >= box.bottom)
    held: NDArray[np.bool_] = down[:, None] & across
    return held


def _draw(
    path: Path, drawn: pyvips.Image, lines: Sequence[Planted], read: Sequence[TextLine], to: Path
) -> None:
    """Write a photo of which a line was not read, with what was."""
    if all(was_read(line, read) for line in lines):
        return
    to.mkdir(parents=True, exist_ok=True)
    drawn.write_to_file(str(to / f"{path.stem}.jpg"))
    said = [f"{one.text!r} {one.score:.2f}" for one in read]
    missed = [line.text for line in lines if not was_read(line, read)]
    (to / f"{path.stem}.txt").write_text("\n".join([f"missed {missed}", *said]))


def _share(rows: Sequence[bool]) -> str:
    return f"{np.mean(rows):.3f} of {len(rows)}" if rows else "none"


def _rows(seen: Seen) -> Iterator[tuple[str, ...]]:
    edges = np.linspace(*HEIGHTS, 4)
    groups = {
        "all": lambda line: True,  # noqa: ARG005
        **{f"letters {low:.1%} to {high:.1%} of the short side": partial(_between, low, high)
           for low, high in pairwise(edges)},
        "level, to 5 degrees": lambda line: abs(line.turn) <= 5,
        "turned by 10 degrees and more": lambda line: abs(line.turn) >= 10,
        "ASCII": lambda line: line.latin,
        "accents, Greek, Cyrillic": lambda line: not line.latin,
    }  # fmt: skip
    for name, belongs in groups.items():
        some = [row for row in seen.lines if belongs(row[0])]
        yield (name, *(_share([row[n] for row in some]) for n in (1, 2, 3, 4)))
    for name, hidden in seen.turned.items():
        yield (name, "", "", "", _share(hidden))


def _between(low: float, high: float, line: Planted) -> bool:
    return low <= line.height < high


def text(*, quick: bool, worst: Path | None = None) -> Outcome:
    """Return what is found, read and kept of lines of our own."""
    if not DATA.exists():
        return without_data(NAME, TITLE)
    seen = looked(QUICK if quick else None, worst)
    found = [row[1] for row in seen.lines]
    cut = [bool(one) for some in seen.crops.values() for one in some]
    checks = [
        Check("lines found", ">= .95", _share(found), float(np.mean(found)) >= 0.95),
        Check("crops that cut a line avoidably", "0", f"{sum(cut)} of {len(cut)}", not any(cut)),
    ]
    crops = [
        (f"gravity={kind}", str(len(some)), str(sum(one is not None for one in some)),
         str(sum(bool(one) for one in some)))
        for kind, some in seen.crops.items()
    ]  # fmt: skip
    bare = np.array(seen.bare)
    costs = [(name, f"{median(spent):.0f}") for name, spent in seen.costs.items()]
    return Outcome(
        NAME,
        TITLE,
        checks=checks,
        tables=[
            Table(
                "Lines", ("which", "found", "whole", "read exactly", "hidden"), list(_rows(seen))
            ),
            Table("Crops", ("by", "crops", "cut a line", "avoidably"), crops),
            Table(
                "Lines on a photo without any of ours; some have real text",
                ("found", "for crops", "read", "patches", "share that they cover"),
                [tuple(f"{share:.2f}" for share in bare.mean(0))],
            ),
            Table("Time, looks at pictures of 640 to 800 pixels", ("part", "median CPU ms"), costs),
        ],
    )


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} photos")
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("--worst", type=Path, help="write photos with unread lines there")
    asked = parser.parse_args()
    outcome = text(quick=asked.quick, worst=asked.worst)
    if asked.json:
        print(json.dumps(asdict(outcome)))
    else:
        tell(outcome)


if __name__ == "__main__":
    main()
