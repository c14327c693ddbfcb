"""Whether faces of 100 to 400 pixels are found in photos of 8 to 24 megapixels, and at what cost.

    python benchmarks/small_faces.py [--quick]

Heads of street photos, cut out by their masks, are pasted into enlarged photos in which nobody is
to be seen, always the same. A face is found where a box with a score of at least 0.5 has an IoU
above 0.4 with the box that the detector gave the head at its own size.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips
from fit_saliency import analysis_of
from results import DATA, Check, Outcome, Table, tell, without_data
from rounds import in_places

from foveate.app import create
from foveate.geometry.box import Box, Size
from foveate.service.parts.faces import FACES, found_faces
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rounds import Places

    from foveate.app import App

    Scene = tuple[pyvips.Image, list[Box]]

NAME, TITLE = "small faces", "Small faces in large photos"
PEOPLE: Final = DATA / "ccp_people"
GROUNDS: Final = DATA / "kodak"
SIZES: Final = (Size(3464, 2309), Size(4000, 3000), Size(4896, 3264), Size(6000, 4000))
LOW, HIGH = 100, 400
"""Heights of faces in pixels."""
AROUND: Final = (0.6, 0.7, 0.6, 0.5)
"""Of a face on the left, above, on the right and below, in its widths and heights: its head."""
TARGET: Final = 0.97
SCORE, IOU = 0.5, 0.4
NOBODY: Final = 0.15
COUNT, QUICK = 60, 8


@dataclass(frozen=True, slots=True)
class Head:
    """A head with its alpha, and where the face lies in it."""

    picture: pyvips.Image
    alpha: pyvips.Image
    face: Box


def without_memory() -> App:
    """Return the service as it is set up, but that it forgets at once."""
    settings = load()
    caching = replace(settings.caching, analysis_memory_bytes=0, analysis_disk_bytes=0)
    return create(replace(settings, caching=caching))


def cut_out(path: Path, app: App) -> Head | None:
    """Return the head of a photo with one sure face."""
    (face, *others) = [*found_faces(analysis_of(path, app)), None]
    if face is None or others != [None]:
        return None
    picture = pyvips.Image.new_from_file(str(path)).colourspace("srgb")[:3]
    mask = next((PEOPLE / "masks").glob(f"{path.stem}*"))
    box, (left, above, right, below) = face.box, AROUND
    wide = Box(
        box.left - left * box.width,
        box.top - above * box.height,
        box.width * (1 + left + right),
        box.height * (1 + above + below),
    ).overlap(Box(0, 0, picture.width, picture.height))
    assert wide
    place = [int(side) for side in (wide.left, wide.top, wide.width, wide.height)]
    alpha = pyvips.Image.new_from_file(str(mask))[0]
    inside = Box(box.left - place[0], box.top - place[1], box.width, box.height)
    return Head(picture.crop(*place), alpha.crop(*place), inside)


def scenes(heads: Sequence[Head], grounds: Sequence[Path], count: int) -> Iterator[Scene]:
    """Yield pictures and the faces in them."""
    chance = np.random.default_rng(7)
    for number in range(count):
        size = SIZES[number % len(SIZES)]
        ground = pyvips.Image.new_from_file(str(grounds[number % len(grounds)])).colourspace("srgb")
        size = size if ground.width > ground.height else size.swapped()
        scale = max(size.width / ground.width, size.height / ground.height)
        large = ground[:3].resize(scale).crop(0, 0, size.width, size.height)
        yield _peopled((large + _grain(size)).cast("uchar"), heads, chance)


def _grain(size: Size) -> pyvips.Image:
    return pyvips.Image.gaussnoise(size.width, size.height, sigma=3, mean=0, seed=1)


def _peopled(picture: pyvips.Image, heads: Sequence[Head], chance: np.random.Generator) -> Scene:
    faces: list[Box] = []
    taken: list[Box] = []
    for _ in range(int(chance.integers(1, 4))):
        head = heads[int(chance.integers(len(heads)))]
        height = float(np.exp(chance.uniform(np.log(LOW), np.log(HIGH))))
        scale = height / head.face.height
        colours, alpha = head.picture.resize(scale), head.alpha.resize(scale) / 255
        x = int(chance.integers(0, picture.width - colours.width))
        y = int(chance.integers(0, picture.height - colours.height))
        place = Box(x, y, colours.width, colours.height)
        if any(place.overlap(other) for other in taken):
            continue
        behind = picture.crop(x, y, colours.width, colours.height)
        mixed = (colours * alpha + behind * (1 - alpha)).cast("uchar")
        picture = picture.insert(mixed, x, y)
        taken.append(place)
        face = head.face.scaled(scale)
        faces.append(Box(x + face.left, y + face.top, face.width, face.height))
    return picture, faces


def _iou(one: Box, other: Box) -> float:
    shared = one.overlap(other)
    return shared.area / (one.area + other.area - shared.area) if shared else 0.0


def recall(folder: Path, truth: Sequence[Sequence[Box]], app: App) -> tuple[float, float]:
    """Return the share of faces that are found, and ms of processor for each photo."""
    found, began = 0, time.process_time()
    for number, faces in enumerate(truth):
        boxes = [
            face.box
            for face in analysis_of(folder / f"{number:02}.jpg", app).get(FACES)
            if face.score >= SCORE
        ]
        found += sum(any(_iou(box, face) > IOU for box in boxes) for face in faces)
    spent = (time.process_time() - began) * 1000 / len(truth)
    return found / sum(map(len, truth)), spent


def small_faces(*, quick: bool) -> Outcome:
    """Return how many small faces are found with and without the second look, and its cost."""
    if not PEOPLE.exists():
        return without_data(NAME, TITLE)
    return in_places(lambda places: _measured(places, QUICK if quick else COUNT))


def _measured(places: Places, count: int) -> Outcome:
    app = without_memory()
    people = sorted((PEOPLE / "images").iterdir())
    heads = [head for path in people if (head := cut_out(path, app)) is not None]
    grounds = [
        path
        for path in sorted(GROUNDS.glob("*.png"))
        if all(face.score < NOBODY for face in analysis_of(path, app).get(FACES))
    ]
    truth = []
    for number, (picture, faces) in enumerate(scenes(heads, grounds, count)):
        picture.jpegsave(str(places.origin / f"{number:02}.jpg"), Q=88)
        truth.append(faces)
    faces_once = replace(app.settings.faces, second_look=0)
    once = create(replace(app.settings, faces=faces_once))
    for each in (once, app):
        recall(places.origin, truth[:1], each)  # networks are loaded before time is taken
    rows = {
        "one look": recall(places.origin, truth, once),
        "with the second look": recall(places.origin, truth, app),
    }
    best = rows["with the second look"][0]
    what = f"faces of {LOW} to {HIGH} pixels in photos of 8 to 24 MP: recall"
    return Outcome(
        NAME,
        TITLE,
        checks=[Check(what, f">= {TARGET}", f"{best:.3f}", best >= TARGET)],
        tables=[
            Table(
                f"{sum(map(len, truth))} faces pasted into {count} photos",
                ("how", "recall", "CPU ms for a photo, decoding included"),
                [(how, f"{share:.3f}", f"{ms:.0f}") for how, (share, ms) in rows.items()],
            )
        ],
    )


if __name__ == "__main__":
    tell(small_faces(quick="--quick" in sys.argv))
