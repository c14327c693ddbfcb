"""Fonts: families that there are, in weights that they have."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.design.checks.model import Found, Severity
from foveate.design.scene.model import FONT, Run, Text
from foveate.design.tree import replaced, spots
from foveate.errors import FontsMissing, UnknownFont

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.checks.model import Case, Fonts
    from foveate.design.scene.model import Scene

Asked = tuple[str, int, bool]
"""A family, a weight, and whether it leans."""


def check(case: Case) -> Iterator[Found]:
    """Return texts in fonts that are not here, and were not asked for before."""
    fonts = case.looks.fonts
    if fonts is None:
        return
    known = {asked for text in _texts(case.before) for asked in _asked(text)}
    for text in _texts(case.after):
        for asked in dict.fromkeys(_asked(text)):
            if asked not in known:
                yield from _of(text, asked, fonts)


def _of(text: Text, asked: Asked, fonts: Fonts) -> Iterator[Found]:
    family, weight, italic = asked
    try:
        match = fonts.match(family, weight, italic=italic)
    except (UnknownFont, FontsMissing) as why:
        yield Found(text.id, f"{text.id}: {why.public}", matter=family)
        return
    if getattr(match, "nearest", False):
        slant = " italic" * italic
        sentence = f"{family} has no {weight}{slant}: {text.id} is drawn with what is nearest."
        yield Found(text.id, sentence, Severity.WARNING, f"{family} {weight}{slant}")


def repair(case: Case, found: tuple[Found, ...]) -> Scene:
    """Return the design with the fonts that texts had, new ones with that of most others."""
    bad = {(each.block, each.matter) for each in found if each.severity is Severity.ERROR}
    old, new = spots(case.before), spots(case.after)
    usual = Counter(text.font for text in _texts(case.before)).most_common(1)
    made = {}
    for name in {name for name, _ in bad}:
        text, was = new[name].block, old[name].block if name in old else None
        if isinstance(text, Text) and not new[name].locked:
            family = was.font if isinstance(was, Text) else usual[0][0] if usual else FONT
            made[name] = _with_font(text, {font for of, font in bad if of == name}, family)
    return replaced(case.after, made)


def _with_font(text: Text, bad: set[str], family: str) -> Text:
    runs = tuple(replace(run, font=None) if run.font in bad else run for run in text.runs)
    return replace(text, font=family if text.font in bad else text.font, runs=runs)


def _texts(scene: Scene) -> list[Text]:
    return [spot.block for spot in spots(scene).values() if isinstance(spot.block, Text)]


def _asked(text: Text) -> list[Asked]:
    return [_of_run(text, run) for run in text.runs or (Run(text=""),)]


def _of_run(text: Text, run: Run) -> Asked:
    weight = text.weight if run.weight is None else run.weight
    italic = text.italic if run.italic is None else run.italic
    return run.font or text.font, weight, italic
