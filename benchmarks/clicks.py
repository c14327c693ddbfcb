"""Selecting by clicks, and cutting out what a picture is about: how well, and how fast.

    python benchmarks/clicks.py [--quick] [--head all|clear|none] [--json FILE]

Pictures with masks that the head of `fit_clicks.py` has not seen. The first click is the most
interior place of a mask, each further one the most interior place of the larger error. NoC@85 is
the number of clicks until the IoU is .85, 20 where it never is. Milliseconds are of a processor
core.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import pyvips
from click_views import in_one_piece
from clicked import deepest, next_click
from masked import EVERY, FOLDERS, photo_of, rows_of
from results import Check, Outcome, Table, alone, score, without_data

from foveate.models import open_model
from foveate.settings import load
from foveate.vision.clicks import Click
from foveate.vision.look import LONG_SIDE, overlap
from foveate.vision.saliency import Gaze
from foveate.vision.select_head import Fitted, Unfitted
from foveate.vision.selector import Selector
from foveate.vision.windows import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from masked import Mask, Pixels

NAME, TITLE = "clicks", "Things selected by clicks"
MOST: Final = 20
ENOUGH: Final = 0.85
SIZES: Final = (0.01, 0.8)
"""Share of a picture that a thing fills."""
BARS: Final = {
    "salient things": (0.75, 0.89, 0.91),
    "things of COCO, and others": (0.62, 0.78, 0.82),
    "people": (0.86, 0.90, 0.93),
}
"""Mean IoU after 1, 3 and 5 clicks."""
GOOD, GOOD_SHARE = 0.8, 0.9
ONCE_MS, CLICK_MS, CLOSER_MS = 200.0, 40.0, 120.0
QUICK: Final = 8


class Answers(Protocol):
    """What selects by clicks, as `Selector` does."""

    def mask(self, look: Any, clicks: Sequence[Click]) -> Any:  # noqa: ANN401
        """Return what has a matte, and alternatives to it."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """A thing of a picture that is to be selected."""

    rgb: Pixels
    truth: Mask
    label: str


@dataclass(slots=True)
class Course:
    """How the selection of one thing went."""

    ious: list[float] = field(default_factory=list)
    best: float = 0.0
    """The best alternative of the first click."""
    edges: list[float] = field(default_factory=list)
    once_ms: float = 0.0
    click_ms: list[float] = field(default_factory=list)

    def iou(self, clicks: int) -> float:
        """Return the IoU after so many clicks."""
        return self.ious[min(clicks, len(self.ious)) - 1]

    @property
    def needed(self) -> int:
        """Return how many clicks it took to be right."""
        return next((n for n, iou in enumerate(self.ious, 1) if iou >= ENOUGH), MOST)


def within(rgb: Pixels, mask: Mask) -> tuple[Pixels, Mask]:
    """Return a picture and a mask of it, as large as a selection looks at it."""
    scale = LONG_SIDE / max(rgb.shape[:2])
    if scale >= 1:
        return rgb, mask
    small = pyvips.Image.new_from_array(rgb).resize(scale).numpy()
    grey = pyvips.Image.new_from_array(np.where(mask, 255, 0).astype(np.uint8)).resize(scale)
    return small, grey.numpy() > 127


def things(sets: frozenset[str], *, whole: bool, few: int | None) -> Iterator[Target]:
    """Yield the things of the pictures of some sets that are to be seen; `whole`, the subjects."""
    paths = sorted({path for path, _ in rows_of("visible", sets)})
    step = max(1, len(paths) // few) if few else 1
    for path in paths[::step]:
        photo, subject = photo_of(path, "visible")
        found = list(photo.things)
        if whole:
            one = subject is not None and in_one_piece(subject)
            found = [("subject", subject)] if one and subject is not None else []
        for label, mask in found:
            if SIZES[0] <= mask.mean() <= SIZES[1]:
                yield Target(*within(photo.rgb, mask), label)


def course(
    selector: Answers,
    look: Any,  # noqa: ANN401 - what it made of the picture
    target: Target,
    once_ms: float,
    *,
    most: int = MOST,
) -> Course:
    """Select one thing, click by click."""
    went = Course(once_ms=once_ms)
    middle = deepest(target.truth)
    assert middle is not None
    clicks = [Click(middle[0], middle[1])]
    for number in range(1, most + 1):
        start = time.thread_time()
        chosen = selector.mask(look, clicks)
        went.click_ms.append((time.thread_time() - start) * 1000)
        found = chosen.matte > 1 / 2
        went.ious.append(overlap(chosen.matte, target.truth.astype(np.float32)))
        if number == 1:
            others = chosen.alternatives.values()
            went.best = max(overlap(m, target.truth.astype(np.float32)) for m in others)
        if number in {1, 3}:
            went.edges.append(
                float(score().matte(found.astype(np.float32), target.truth)["boundaryF"])
            )
        if number >= 5 and went.needed < MOST:
            break
        click = next_click(found, target.truth)
        if click is None:
            break
        clicks.append(click)
    return went


def courses(selector: Selector, targets: Sequence[Target]) -> list[Course]:
    """Select all things; a picture is looked at once."""
    went, look, shown, once = [], None, None, 0.0
    for target in targets:
        if shown is None or target.rgb.shape != shown.shape or (target.rgb != shown).any():
            start = time.thread_time()
            look, shown = selector.look(target.rgb), target.rgb
            assert look.field(WHOLE).nbytes  # both are made when first asked for,
            assert look.guide.nbytes  # once for a picture
            once = (time.thread_time() - start) * 1000
        went.append(course(selector, look, target, once))
    return went


def row(name: str, went: Sequence[Course]) -> tuple[str, ...]:
    """Return a line of the table."""
    means = [np.mean([each.iou(n) for each in went]) for n in (1, 2, 3, 5)]
    figures = [*means, np.mean([each.best for each in went])]
    edges = [np.mean([each.edges[min(k, len(each.edges) - 1)] for each in went]) for k in (0, 1)]
    return (
        name,
        str(len(went)),
        *(f"{figure:.3f}" for figure in figures),
        f"{np.mean([each.needed for each in went]):.1f}",
        f"{np.mean([each.iou(3) >= GOOD for each in went]):.2f}",
        *(f"{edge:.2f}" for edge in edges),
    )


def speed(went: Sequence[Course]) -> tuple[float, float, float]:
    """Return the medians in ms of a look, of a click that looks closer, and of any other one."""
    once = float(np.median([each.once_ms for each in went]))
    first = [each.click_ms[0] for each in went]
    later = [ms for each in went for ms in each.click_ms[1:]]
    usual = float(np.median(later))
    closer = [ms - usual for ms in first if ms > 2 * usual]
    return once, float(np.median(closer)) if closer else 0.0, usual


def sets_of(few: int | None) -> dict[str, list[Target]]:
    """Return what is to be selected, by the bars that it is held against."""
    mixed = frozenset(EVERY - {"ecssd", "ccp", "human"})
    return {
        "salient things": list(things(frozenset({"ecssd"}), whole=True, few=few)),
        "things of COCO, and others": list(things(mixed, whole=False, few=few)),
        "people": list(things(frozenset({"ccp"}), whole=True, few=few)),
    }


def selector_of(head: str) -> Selector:
    """Return what selects, with a head of the package or none."""
    settings = load()
    gaze = Gaze(partial(open_model, "gaze", settings.models, settings.runtime))
    return Selector(gaze, Unfitted() if head == "none" else Fitted(head))


def clicks(*, quick: bool, head: str = "all") -> Outcome:
    """Return how well and how fast things are selected."""
    if not FOLDERS[0].exists():
        return without_data(NAME, TITLE)
    selector = selector_of(head)
    outcome = Outcome(NAME, TITLE)
    by_set = {
        name: courses(selector, some) for name, some in sets_of(QUICK if quick else None).items()
    }
    header = (
        "what", "things", "IoU, 1 click", "2", "3", "5", "best of the alternatives, 1 click",
        "NoC@85", f"IoU >= {GOOD} after 3", "boundary F, 1 click", "3",
    )  # fmt: skip
    rows = [row(name, went) for name, went in by_set.items()]
    outcome.tables.append(Table(f"Head: {selector.name}", header, rows))
    for name, bars in BARS.items():
        found = [float(np.mean([each.iou(n) for each in by_set[name]])) for n in (1, 3, 5)]
        met = all(got >= bar for got, bar in zip(found, bars, strict=True))
        told = [" / ".join(f"{value:.3f}" for value in values) for values in (bars, found)]
        outcome.checks.append(
            Check(f"{name}: IoU after 1, 3, 5 clicks", f">= {told[0]}", told[1], met)
        )
    share = float(np.mean([each.iou(3) >= GOOD for each in by_set["salient things"]]))
    outcome.checks.append(
        Check(
            f"salient things with IoU >= {GOOD} after 3",
            f">= {GOOD_SHARE}",
            f"{share:.2f}",
            share >= GOOD_SHARE,
        )
    )
    figures = speed([each for went in by_set.values() for each in went])
    for what, most, ms in zip(
        ("a look", "a closer look", "a click"), (ONCE_MS, CLOSER_MS, CLICK_MS), figures, strict=True
    ):
        outcome.checks.append(
            Check(f"CPU of {what}", f"<= {most:.0f} ms", f"{ms:.0f} ms", ms <= most)
        )
    return outcome


if __name__ == "__main__":
    alone(clicks, __doc__, ["all", "clear", "none"])
