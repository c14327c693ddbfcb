"""Room and letters: what a text says fits into its box, and fonts have all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.checks.model import Found, Severity
from foveate.design.scene.model import Fit, Text
from foveate.design.scene.units import POINTS
from foveate.design.tree import replaced, spots
from foveate.errors import FontsMissing, UnknownFont

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.checks.model import Case
    from foveate.design.ports import Extent, Measures
    from foveate.design.scene.model import Block, Scene

SLACK: Final = 1.0
"""Pixels by which a text may be larger than its box, and nobody says so."""
LEAST_SHARE: Final = 0.55
"""Of their size, that letters have after they were shrunk to fit."""
LEAST_POINTS: Final = 5.0
POINTS_SLACK: Final = 0.01
SIZE: Final = "size"
"""What is wrong of a text that nobody can read for its size."""
TIGHT: Final = "tight"
"""What is wrong of a text whose letters lie over each other."""
LEAST_SPACING: Final = -0.2
"""Between letters, of their size."""
LEAST_LINE: Final = 0.6
"""From line to line, of the same."""
_LINES: Final = 1.5
PACKED: Final = (
    "The letters of {} lie over each other: expected them no nearer than {:g} of their size, and "
    "lines {:g} of it from each other at least."
)
TINY: Final = (
    "The letters of {} are too small to be read: expected {:g} points at least, by larger letters, "
    "fewer words or a larger box."
)


def check(case: Case) -> Iterator[Found]:
    """Return texts that are larger than their boxes, by more than they were."""
    measures = case.looks.measures
    if measures is None:
        return
    old = spots(case.before)
    for name, spot in spots(case.after).items():
        text, was = spot.block, old[name].block if name in old else None
        if not isinstance(text, Text) or not spot.seen or text == was:
            continue
        if _shrunk(case, name):
            yield Found(name, TINY.format(name, LEAST_POINTS), matter=SIZE)
        if _is_packed(text, was, measures, case.after.lang):
            yield Found(name, PACKED.format(name, LEAST_SPACING, LEAST_LINE), matter=TIGHT)
        over = _over(text, measures, case.after.lang)
        before = _over(was, measures, case.before.lang) if isinstance(was, Text) else (0.0, 0.0)
        if any(now > then + SLACK for now, then in zip(over, before, strict=True)):
            yield Found(name, _sentence(name, over))


def check_glyphs(case: Case) -> Iterator[Found]:
    """Return texts with letters that no font has, and that had them not before."""
    measures = case.looks.measures
    if measures is None:
        return
    old = spots(case.before)
    for name, spot in spots(case.after).items():
        text, was = spot.block, old[name].block if name in old else None
        if isinstance(text, Text) and spot.seen and text != was:
            got = _extent(text, measures, case.after.lang)
            if got is not None and got.lacking:
                yield Found(name, f"{name}: {got.lacking}", Severity.WARNING)


def repair(case: Case, found: tuple[Found, ...]) -> Scene:
    """Return the design with letters that shrink, where they stay large enough to be read."""
    measures, all_spots = case.looks.measures, spots(case.after)
    made = {}
    for each in found:
        spot = all_spots[each.block]
        if each.matter in {SIZE, TIGHT}:
            continue  # what is asked for instead, nobody knows here
        if isinstance(spot.block, Text) and measures is not None and not spot.locked:
            text = replace(spot.block, fit=Fit.SHRINK)
            got = _extent(text, measures, case.after.lang)
            if got is not None and not any(got.over) and got.size >= _least(text, case.after.dpi):
                made[text.id] = text
    return replaced(case.after, made)


def _shrunk(case: Case, name: str) -> bool:
    """Return whether letters are too small to be read, and were not on a page of that size."""
    old, new = spots(case.before).get(name), spots(case.after)[name]
    if old is None:
        return _points(new.block, case) < LEAST_POINTS - POINTS_SLACK
    if (old.page.width, old.page.height) != (new.page.width, new.page.height):
        return False
    then, now = (_points(spot.block, case) for spot in (old, new))
    return now < min(LEAST_POINTS, then) - POINTS_SLACK


def _is_packed(text: Text, was: Block | None, measures: Measures, language: str) -> bool:
    """Return whether letters lie over each other more than they did."""
    before = (LEAST_SPACING, LEAST_LINE)
    if isinstance(was, Text):
        old = _density(was, measures, language)
        before = min(before[0], old[0]), min(before[1], old[1])
    now = _density(text, measures, language)
    return any(less < then - POINTS_SLACK for less, then in zip(now, before, strict=True))


def _density(text: Text, measures: Measures, language: str) -> tuple[float, float]:
    """Return the least spacing of letters, and of lines where there are several, of their size."""
    got = _extent(text, measures, language)
    lines = got.height / max(got.size * text.line_height, 1e-9) if got is not None else 1.0
    spacings = [
        (text.letter_spacing if run.letter_spacing is None else run.letter_spacing)
        / (run.size or text.size)
        for run in text.runs
    ]
    return min(spacings, default=0.0), text.line_height if lines > _LINES else 1.0


def _points(block: Block, case: Case) -> float:
    """Return the size of the smallest letters of a text in points, after they were made to fit."""
    if not isinstance(block, Text) or case.looks.measures is None:
        return LEAST_POINTS
    got = _extent(block, case.looks.measures, case.after.lang)
    by = got.size / block.size if got is not None else 1.0
    sizes = [run.size or block.size for run in block.runs if run.text.strip()]
    return min(sizes, default=block.size) * by * POINTS / case.after.dpi


def _least(text: Text, dpi: float) -> float:
    return max(LEAST_SHARE * text.size, min(LEAST_POINTS * dpi / POINTS, text.size))


def _over(text: Text, measures: Measures, language: str) -> tuple[float, float]:
    got = _extent(text, measures, language)
    return (0.0, 0.0) if got is None else got.over


def _extent(text: Text, measures: Measures, language: str) -> Extent | None:
    """Return how large a text becomes; None in a font that is not here, which others say."""
    try:
        return measures(text, language)
    except (UnknownFont, FontsMissing):
        return None


def _sentence(name: str, over: tuple[float, float]) -> str:
    ways = [f"{by:.0f} px too {way}" for by, way in zip(over, ("wide", "high"), strict=True) if by]
    return (
        f"The text of {name} is {' and '.join(ways)} for its box: expected fewer words, smaller "
        "letters or a larger box."
    )
