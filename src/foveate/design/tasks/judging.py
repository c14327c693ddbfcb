"""Whether what came of a request is right: judged by the design, never by what was said of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Role, Text
from foveate.design.scene.units import POINTS
from foveate.design.tasks import contents, looks, places
from foveate.design.tasks.views import changed_fields, under, view

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from foveate.design.scene.model import Scene
    from foveate.design.tasks.places import Views
    from foveate.design.tasks.task import Clause, Task


class Came(StrEnum):
    """What an assistant did."""

    EDITED = "edited"
    ASKED = "asked"
    REFUSED = "refused"


class Verdict(StrEnum):
    """How a request went."""

    RIGHT = "right"
    WRONG = "wrong"
    """The design was changed, otherwise than was wanted."""
    ASKED = "asked"
    """It was asked back where all was said."""
    REFUSED = "refused"
    """It was refused, and could be done."""


_PLACE: Final = frozenset({"x", "y", "width", "height"})
_SIZE: Final = _PLACE | {"size", "letter_spacing", "radius", "stroke", "padding", "runs", "shadow"}
_INK: Final = frozenset({"colour", "runs", "fill", "stroke"})
_WORDS: Final = frozenset({"runs", "height", "width", "size"})


@dataclass(frozen=True, slots=True)
class Judge:
    """One row: what must hold, and which fields of the blocks that are named may change."""

    holds: Callable[..., bool]
    fields: Collection[str]
    all_within: bool = False
    """Those of blocks in a group that is named may change too."""
    first: int = 0
    """How many words stand before the ids."""
    ids: int | None = 1
    """How many ids; None for all that follow."""


JUDGES: Final[Mapping[str, Judge]] = {
    "bigger": Judge(places.bigger, _SIZE, all_within=True),
    "smaller": Judge(places.smaller, _SIZE, all_within=True),
    "scale": Judge(places.scale, _SIZE, all_within=True),
    "at": Judge(places.at, {"x", "y"}),
    "toward": Judge(places.toward, {"x", "y"}),
    "shift": Judge(places.shift, {"x", "y"}),
    "shiftmm": Judge(places.shift, {"x", "y"}),
    "center": Judge(places.center, {"x", "y"}),
    "swap": Judge(places.swap, {"x", "y"}, ids=2),
    "front": Judge(places.front, {"z"}),
    "back": Judge(places.back, {"z"}),
    "wider": Judge(places.wider, _PLACE),
    "width": Judge(places.width, _PLACE),
    "text": Judge(contents.text, _WORDS),
    "contains": Judge(contents.contains, _WORDS),
    "upper": Judge(contents.upper, _WORDS),
    "alt": Judge(contents.alt, {"alt"}),
    "delete": Judge(contents.delete, (), ids=None),
    "hide": Judge(contents.hide, {"hidden"}),
    "copy": Judge(contents.copy, ()),
    "pagefill": Judge(contents.pagefill, (), ids=0),
    "color": Judge(looks.color, _INK),
    "fill": Judge(looks.fill, {"fill"}),
    "darker": Judge(looks.darker, _INK),
    "lighter": Judge(looks.lighter, _INK),
    "contrast": Judge(looks.more_contrast, _INK | {"shadow", "weight"}),
    "round": Judge(looks.rounder, {"radius"}),
    "radius": Judge(looks.radius, {"radius"}),
    "fade": Judge(looks.fade, {"opacity"}),
    "opacity": Judge(looks.opacity, {"opacity"}),
    "bold": Judge(looks.bold, {"weight", "runs"}),
    "italic": Judge(looks.italic, {"italic", "runs"}),
    "underline": Judge(looks.underline, {"decoration", "runs"}),
    "size": Judge(looks.size, {"size", "runs", *_PLACE}),
    "sizept": Judge(looks.size, {"size", "runs", *_PLACE}),
    "font": Judge(looks.font, {"font", "runs"}),
    "textalign": Judge(looks.textalign, {"align"}, first=1, ids=None),
    "align": Judge(looks.align, {"x", "align"}, first=1, ids=None),
    "spacing": Judge(looks.spacing, {"letter_spacing", "runs"}),
    "lineheight": Judge(looks.lineheight, {"line_height", "height"}),
    "rotate": Judge(looks.rotate, {"rotation"}),
    "shadow": Judge(looks.shadow, {"shadow"}),
    "stroke": Judge(looks.stroke, {"stroke"}),
    "thicker": Judge(looks.thicker, {"stroke"}),
    "option": Judge(looks.option, {"options"}),
}
_TALK: Final = {"ask": Came.ASKED, "refuse": Came.REFUSED}
_UNITS: Final = {"shiftmm": places.MM, "sizept": POINTS}


def verdict(
    task: Task, before: Scene, after: Scene, came: Came, choices: Collection[str] = ()
) -> Verdict:
    """Return how a request went; `choices` are the ids of which one was asked."""
    if any(_right(row, before, after, came, choices) for row in task.wanted):
        return Verdict.RIGHT
    if before != after:
        return Verdict.WRONG
    return Verdict.ASKED if came is Came.ASKED else Verdict.REFUSED


def _right(
    row: tuple[Clause, ...], before: Scene, after: Scene, came: Came, choices: Collection[str]
) -> bool:
    if row[0].verb in _TALK:
        named = not choices or set(row[0].words) <= set(choices)
        return came is _TALK[row[0].verb] and before == after and named
    if came is Came.ASKED:
        return False
    one, other = view(before), view(after)
    return all(_holds(clause, one, other, before) for clause in row) and _alone(
        row, (one, other), before, after
    )


def _holds(clause: Clause, before: Views, after: Views, scene: Scene) -> bool:
    judge, words = JUDGES[clause.verb], list(clause.words)
    if clause.verb in _UNITS:
        words[1:] = [str(float(each) * scene.dpi / _UNITS[clause.verb]) for each in words[1:]]
    ids = [] if clause.verb == "delete" else _ids(clause)
    return all(name in after for name in ids) and judge.holds(before, after, *words)


def _ids(clause: Clause) -> tuple[str, ...]:
    judge = JUDGES[clause.verb]
    return clause.words[judge.first :][: judge.ids]


def _alone(
    row: tuple[Clause, ...], views: tuple[Views, Views], before: Scene, after: Scene
) -> bool:
    """Return whether nothing but what is wanted has changed."""
    one, other = views
    may = _allowed(row, one)
    verbs = {clause.verb for clause in row}
    gone = {name for c in row if c.verb == "delete" for top in _ids(c) for name in under(one, top)}
    if one.keys() - other.keys() != gone or (other.keys() - one.keys() and "copy" not in verbs):
        return False
    same = all(
        changed_fields(one[name].block, other[name].block) <= may.get(name, set())
        and one[name].parent == other[name].parent
        for name in other.keys() & one.keys()
    )
    ordered = bool(verbs & {"front", "back"}) or _order(one, other)
    return same and ordered and _sheets(before, after, verbs)


def _allowed(row: tuple[Clause, ...], views: Views) -> dict[str, set[str]]:
    may: dict[str, set[str]] = {}
    for clause in row:
        judge = JUDGES[clause.verb]
        names = set(_ids(clause))
        if clause.verb == "align":
            names |= {key for key, each in views.items() if isinstance(each.block, Text)}
            names -= {key for key, each in views.items() if each.block.locked}
        if clause.verb == "pagefill":
            grounds = {key for key, e in views.items() if e.block.role is Role.BACKGROUND}
            may |= {name: {"fill"} for name in grounds}
        if judge.all_within:
            names = set().union(*(under(views, name) for name in names))
        for name in names:
            may[name] = may.get(name, set()) | set(judge.fields)
    return may


def _sheets(before: Scene, after: Scene, verbs: Collection[str]) -> bool:
    facts = [
        [(each.id, each.name, each.width, each.height) for each in scene.pages]
        for scene in (before, after)
    ]
    fills = [[each.fill for each in scene.pages] for scene in (before, after)]
    return facts[0] == facts[1] and (fills[0] == fills[1] or "pagefill" in verbs)


def _order(before: Views, after: Views) -> bool:
    both = before.keys() & after.keys()
    return [key for key in before if key in both] == [key for key in after if key in both]


def wrong(task: Task, before: Scene, after: Scene) -> str:
    """Return what is wrong with a design that came of a request; empty where it is right."""
    if verdict(task, before, after, Came.EDITED) is Verdict.RIGHT:
        return ""
    rows = (" and ".join(" ".join((c.verb, *c.words)) for c in row) for row in task.wanted)
    return f"Expected {' or '.join(rows)}, and nothing else, got another design."
