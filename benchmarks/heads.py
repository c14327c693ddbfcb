"""Whether crops lose the person in the picture, or cut the top of somebody's head.

    python benchmarks/heads.py [--quick] [--worst FOLDER]

Crops of seven shapes, by `gravity=auto` and `gravity=face`, of the largest face with a score of
at least 0.9. It is lost where its box is not inside though it fits into the crop; its head is cut
where its box with 0.35 of its height above it is not inside though that fits. `--worst` draws
those crops into a folder.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyvips
from fit_saliency import analysis_of
from results import DATA, Check, Outcome, Table, tell, without_data

from foveate.app import create
from foveate.geometry.box import Box
from foveate.geometry.crop import largest
from foveate.geometry.orientation import Orientation
from foveate.gravity.choose import gravity_for
from foveate.options.model import Gravity, GravityKind, TransformOptions
from foveate.service.for_gravity import ForGravity
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.app import App

    Counts = Counter[tuple[GravityKind, str]]

NAME, TITLE = "heads", "Crops that keep the head of the person in them"
SHAPES: Final = {"9:16": 9 / 16, "3:4": 3 / 4, "1:1": 1, "16:9": 16 / 9, "2:1": 2}
SHAPES |= {"40:17": 40 / 17, "3:1": 3}
SETS: Final = {
    "osie": "osie/images/*",
    "coco128_seg": "coco128_seg/images/*",
    "face_boxes_dlib": "face_boxes_dlib/*.jpg",
    "bbt groups": "bbt_faces/groups/*",
}
MOST_CUT: Final = {GravityKind.AUTO: 0.01, GravityKind.FACE: 0.005}
"""Share of crops that may cut the top of a head."""
QUICK: Final = 10
SURE: Final = 0.9
HAIR: Final = 0.35
SLACK: Final = 1.0
"""Pixels: crops lie on whole ones."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One crop of a photo with a sure face."""

    path: Path
    shape: str
    kind: GravityKind
    box: Box
    face: Box
    verdict: str
    """lost, cut, or empty; `large` where not even the face fits."""


def judge(box: Box, face: Box, within: Box) -> str:
    """Return what a crop does to the head: lost, cut or large, or nothing."""
    if not _fits(face, box):
        return "large"
    if not box.contains(face, SLACK):
        return "lost"
    risen = Box(face.left, face.top - HAIR * face.height, face.width, (1 + HAIR) * face.height)
    head = within.overlap(risen) or face
    return "cut" if _fits(head, box) and not box.contains(head, SLACK) else ""


def _fits(box: Box, window: Box) -> bool:
    return box.width <= window.width and box.height <= window.height


def judged(path: Path, app: App) -> Iterator[Judged]:
    """Yield every crop of a photo, if a face in it is sure."""
    known = ForGravity(analysis_of(path, app))
    sure = [face.box for face in known.faces() if face.score >= SURE]
    if not sure:
        return
    face, whole = max(sure, key=lambda box: box.area), Box.of(known.size)
    for kind in MOST_CUT:
        gravity = gravity_for(TransformOptions(gravity=Gravity(kind)), Orientation())
        for shape, aspect in SHAPES.items():
            box = gravity.frame(whole, largest(whole, aspect), known).box
            yield Judged(path, shape, kind, box, face, judge(box, face, whole))


def draw(one: Judged, folder: Path) -> None:
    """Write the photo with the crop in yellow and the face in red."""
    picture = pyvips.Image.new_from_file(str(one.path)).colourspace("srgb")
    for box, colour in ((one.box, [255, 220, 0]), (one.face, [255, 0, 0])):
        sides = (round(box.left), round(box.top), round(box.width), round(box.height))
        for grow in range(3):
            left, top, width, height = sides
            picture = picture.draw_rect(
                colour, left + grow, top + grow, width - 2 * grow, height - 2 * grow
            )
    shape = one.shape.replace(":", "x")
    picture.write_to_file(str(folder / f"{one.path.stem}-{one.kind}-{shape}-{one.verdict}.jpg"))


def counted(app: App, *, few: int | None, worst: Path | None = None) -> dict[str, Counts]:
    """Return the verdicts over crops, set by set and for all sets."""
    found: dict[str, Counts] = {}
    for name, pattern in SETS.items():
        found[name] = Counter()
        for path in sorted(DATA.glob(pattern))[:few]:
            for one in judged(path, app):
                found[name].update([(one.kind, one.verdict), (one.kind, "crops")])
                if worst and one.verdict in {"lost", "cut"}:
                    worst.mkdir(parents=True, exist_ok=True)
                    draw(one, worst)
    return found | {"all": sum(found.values(), Counter())}


def _row(name: str, kind: GravityKind, counts: Counts) -> tuple[str, ...]:
    columns = ("crops", "lost", "cut", "large")
    return (name, f"gravity={kind}", *(str(counts[kind, column]) for column in columns))


def _checks(counts: Counts) -> Iterator[Check]:
    for kind, most in MOST_CUT.items():
        crops, lost, cut = (counts[kind, what] for what in ("crops", "lost", "cut"))
        yield Check(f"gravity={kind}: main face lost though it fits", "0", str(lost), lost == 0)
        share = cut / max(1, crops)
        what = f"gravity={kind}: top of its head cut though it fits"
        yield Check(what, f"<= {most:.1%}", f"{share:.1%}", share <= most)


def heads(*, quick: bool, worst: Path | None = None) -> Outcome:
    """Return what crops do to the head that matters most."""
    if not DATA.exists():
        return without_data(NAME, TITLE)
    found = counted(create(load()), few=QUICK if quick else None, worst=worst)
    head = ("photos", "crops by", "crops", "face lost", "head cut", "face larger than the crop")
    rows = [_row(name, kind, counts) for name, counts in found.items() for kind in MOST_CUT]
    return Outcome(
        NAME,
        TITLE,
        checks=list(_checks(found["all"])),
        tables=[Table(f"Crops of {', '.join(SHAPES)}", head, rows)],
        notes=[
            f"The head: the largest face with a score of at least {SURE}, as it was found.",
            f"Its top: {HAIR} of the height of the face above its box.",
        ],
    )


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} photos of each set")
    parser.add_argument("--worst", type=Path, help="draw what is lost or cut into this folder")
    asked = parser.parse_args()
    tell(heads(quick=asked.quick, worst=asked.worst))


if __name__ == "__main__":
    main()
