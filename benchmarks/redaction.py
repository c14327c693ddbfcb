"""How many faces `redact=faces` misses, and whether a network still knows those it hides.

    python benchmarks/redaction.py

The ground truth is not part of the project; without it there is nothing to measure.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from results import DATA, Outcome, Table, without_data

from foveate.geometry.box import Size
from foveate.geometry.orientation import Orientation
from foveate.imaging import Image
from foveate.imaging.pixels import brought_to, from_array, to_array
from foveate.models.runtime.sessions import Registry
from foveate.options.model import Redact, RedactMethod, TransformOptions
from foveate.settings import Limits, load
from foveate.transform.layout import lay_out
from foveate.transform.patch import ellipse_of, patches_over
from foveate.transform.plan import make_plan
from foveate.transform.state import State
from foveate.transform.steps.redact import redact, reduced
from foveate.vision import RetinaFace
from foveate.vision.embedding import MobileFaceNet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from foveate.transform.cores import Ellipse
    from foveate.transform.patch import RedactionPatch
    from foveate.values import Face

NAME, TITLE = "redaction", "Faces hidden"
SCORES: Final = (0.5, 0.3, 0.2)
WHOLE, CLOSE = (640, 2.0, 1.0), (1280, 3.0, 0.15)
PASSES: Final = ((WHOLE,), (WHOLE, CLOSE))
"""Long side and most enlargement of each look, and the tallest face that it counts for: looked
at closely, large things are taken for faces that are none."""
HEIGHTS: Final = ((24, 10_000), (12, 24), (0, 12))
HIDDEN: Final = 0.8
"""A face counts as hidden when this share of the inner four fifths of its box is covered."""
WAYS: Final = [
    *((method, strength) for method in (RedactMethod.BLUR, RedactMethod.PIXELATE)
      for strength in (0.0, 0.25, 0.5, 0.75, 1.0)),
    (RedactMethod.SOLID, 0.5),
]  # fmt: skip
LFW_PICTURES: Final = 200
EDGE: Final = 28
"""Pixels of border for LFW's crops, which are cut so tightly that no detector looks at them."""
SAME: Final = 0.35
"""Cosine from which two faces count as the same person."""

settings = load()
registry = Registry(settings.models, settings.runtime)
embedder = MobileFaceNet(registry.session("mobilefacenet"))


def detector(long_side: int, enlarge: float) -> RetinaFace:
    return RetinaFace(
        registry.session("retinaface"), long_side=long_side, max_enlarge=enlarge, score=min(SCORES)
    )


def seen(image: Image, look: RetinaFace) -> tuple[NDArray[np.uint8], Sequence[Face]]:
    rgb = to_array(brought_to(image, look.input_size(Size(image.width, image.height))))
    return rgb, look(rgb)


def covered(box: Sequence[float], cores: Sequence[Ellipse]) -> float:
    """Return the share of the middle of a box that some core covers."""
    left, top, right, bottom = box
    steps = np.linspace(-HIDDEN, HIDDEN, 9)
    places = [(x, y) for x in steps for y in steps if x * x + y * y <= HIDDEN**2 + 1e-9]
    at = [((left + right + x * (right - left)) / 2, (top + bottom + y * (bottom - top)) / 2)
          for x, y in places]  # fmt: skip
    return float(np.mean([any(core.reach(*place) <= 1 for core in cores) for place in at]))


@dataclass(frozen=True)
class Missed:
    """What of one data set stays visible at each score, by height of face, and at what price."""

    rows: list[tuple[float, list[bool]]]
    milliseconds: float

    def share(self, low: float, high: float) -> list[str]:
        bare = [row for height, row in self.rows if low <= height < high]
        return [f"{share:.1%}" for share in np.mean(bare, 0)] if bare else []


def missed(name: str, folder: str, passes: Sequence[tuple[int, float, float]]) -> Missed:
    looks = [(detector(side, enlarge), tallest) for side, enlarge, tallest in passes]
    rows, spent = [], 0.0
    truth = json.loads((DATA / name / "gt.json").read_text())
    for file, faces in truth.items():
        image = Image.new_from_file(str(DATA / name / folder / file))
        found: list[tuple[float, Ellipse]] = []
        for look, tallest in looks:
            start = time.thread_time()
            rgb, boxes = seen(image, look)
            spent += time.thread_time() - start
            height, width, _ = rgb.shape
            times, size = image.width / width, Size(width, height)
            found += [
                (face.score, ellipse_of(face, size).scaled(times))
                for face in boxes
                if face.box.height <= tallest * size.long_side
            ]
        cores = [[core for score, core in found if score >= least] for least in SCORES]
        rows += [(box[3] - box[1], [covered(box, some) < HIDDEN for some in cores])
                 for box in (face["box"] for face in faces)]  # fmt: skip
    return Missed(rows, spent / len(truth) * 1000)


def recall() -> Table:
    rows = []
    for name, folder in (("face_boxes", "images"), ("face_boxes_dlib", ".")):
        for passes in PASSES:
            result = missed(name, folder, passes)
            looks = " and ".join(str(side) for side, *_ in passes)
            for low, high in HEIGHTS:
                if shares := result.share(low, high):
                    rows.append((name, looks, f"{low}..", *shares, f"{result.milliseconds:.0f}"))
    head = ("set", "long side", "face height, px", *(f"missed at {s}" for s in SCORES), "CPU ms")
    return Table("Faces that stay visible", head, rows)


def pictures() -> Iterator[tuple[str, Image]]:
    """Yield who is in a picture (nobody we know in groups), and the picture."""
    for file in sorted((DATA / "bbt_faces" / "images").glob("*/*")):
        yield file.parent.name, Image.new_from_file(str(file))
    for file in sorted((DATA / "bbt_faces" / "groups").iterdir()):
        yield "", Image.new_from_file(str(file))
    for file in sorted((DATA / "lfw_pairs" / "images").glob("*/*"))[:LFW_PICTURES]:
        image = Image.new_from_file(str(file))
        sides = image.width + 2 * EDGE, image.height + 2 * EDGE
        yield file.parent.name, image.embed(EDGE, EDGE, *sides, extend="copy")


def hidden(image: Image, patches: tuple[RedactionPatch, ...], asked: Redact) -> NDArray[np.uint8]:
    options, size = TransformOptions(redact=asked), Size(image.width, image.height)
    layout = lay_out(options, size, Limits())
    # Where there is nothing to cut, nobody asks the analysis anything.
    plan = make_plan(layout, None, Limits())  # type: ignore[arg-type]
    state = State(image=image, options=options, plan=plan, stored=Orientation(), patches=patches)
    return to_array(redact(state).image)


def matching() -> Table:
    """Compare each hidden face, aligned by the landmarks it had, with itself and with others."""
    look, who = detector(*WHOLE[:2]), []
    clear: list[NDArray[np.float32]] = []
    masked: dict[tuple[RedactMethod, float], list[NDArray[np.float32]]] = {way: [] for way in WAYS}
    for name, opened in pictures():
        image = from_array(to_array(opened))
        rgb, faces = seen(image, look)
        times, size = image.width / rgb.shape[1], Size(image.width, image.height)
        patches = patches_over(rgb, faces, size)
        sure = [face.scaled(times, times) for face in faces if face.score > 0.8]
        sure = sure[:1] if name else sure
        who += [name] * len(sure)
        clear += list(embedder(to_array(image), sure))
        for method, strength in WAYS:
            picture = hidden(image, patches, Redact(method=method, strength=strength))
            masked[method, strength] += list(embedder(picture, sure))
    other = np.array([[a != b for b in who] for a in who])
    rows = [
        row_of(str(method), str(strength), np.array(masked[method, strength]) @ np.array(clear).T,
               other)
        for method, strength in WAYS
    ]  # fmt: skip
    rows.insert(0, row_of("none", "", np.array(clear) @ np.array(clear).T, other))
    head = ("method", "strength", "to itself, mean", "largest", f">= {SAME}",
            "to others, mean", "largest", "found first")  # fmt: skip
    return Table(f"Cosine of {len(who)} hidden faces with the same faces before", head, rows)


def row_of(
    method: str, strength: str, alike: NDArray[np.float32], other: NDArray[np.bool_]
) -> tuple[str, ...]:
    own = np.diag(alike)
    first = np.mean(alike.argmax(1) == np.arange(len(own)))
    numbers = (own.mean(), own.max())
    return (method, strength, *(f"{n:.3f}" for n in numbers), f"{np.mean(own >= SAME):.1%}",
            f"{alike[other].mean():.3f}", f"{alike[other].max():.3f}", f"{first:.1%}")  # fmt: skip


def colours_alone() -> Table:
    """Tell whether two LFW pictures are one person from the colours that patches keep."""
    look = detector(*WHOLE[:2])

    def grid(file: Path) -> NDArray[np.uint8] | None:
        image = Image.new_from_file(str(file))
        sides = image.width + 2 * EDGE, image.height + 2 * EDGE
        rgb, faces = seen(image.embed(EDGE, EDGE, *sides, extend="copy"), look)
        return patches_over(rgb, faces[:1], Size(*sides))[0].grid if faces else None

    lines = (DATA / "lfw_pairs" / "pairs.csv").read_text().splitlines()[1:]
    pairs = [line.split(",") for line in lines]
    grids = {file: grid(DATA / "lfw_pairs" / "images" / file)
             for file in {name for pair in pairs for name in pair[1:3]}}  # fmt: skip
    rows = []
    for count in (8, 5, 3):
        known = [
            (_alike(first, second, count), same == "1")
            for _, a, b, same in pairs
            if (first := grids[a]) is not None and (second := grids[b]) is not None
        ]
        alike, same = np.array([k[0] for k in known]), np.array([k[1] for k in known])
        auc = (alike[same][:, None] > alike[~same]).mean()
        best = max(np.mean((alike >= at) == same) for at in alike)
        rows.append((str(count), f"{auc:.3f}", f"{best:.1%}"))
    return Table("Telling people apart by the colours alone", ("kept", "AUC", "accuracy"), rows)


def _alike(one: NDArray[np.uint8], other: NDArray[np.uint8], count: int) -> float:
    flat = (reduced(grid, count).reshape(-1, 3) for grid in (one, other))
    first, second = ((f - f.mean(0)) / (f.std(0) + 1) for f in flat)
    return float((first * second).sum() / np.linalg.norm(first) / np.linalg.norm(second))


def redaction(*, quick: bool) -> Outcome:  # noqa: ARG001 - all of it takes minutes
    """Return what stays visible, and whether it is recognised."""
    if not DATA.exists():
        return without_data(NAME, TITLE)
    outcome = Outcome(NAME, TITLE)
    outcome.tables = [recall(), matching(), colours_alone()]
    return outcome


if __name__ == "__main__":
    for table in redaction(quick=False).tables:
        print(table.title, *("  ".join(row) for row in (table.header, *table.rows)), "", sep="\n")
