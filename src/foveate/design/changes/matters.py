"""What changes are about, for rules on who may change what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.design.changes.model import RUNS, Added, Changed, Moved, Removed
from foveate.design.nodes.node import Node
from foveate.design.scene.elements import BY_NAME
from foveate.design.scene.paint import PictureFill
from foveate.design.scene.units import PIXELS
from foveate.design.scene.words import FILL, Matter

if TYPE_CHECKING:
    from foveate.design.changes.model import Change
    from foveate.design.scene.words import Word

ALL: frozenset[Matter] = frozenset(Matter)


def matters(change: Change) -> frozenset[Matter]:
    """Return what a change is about; what comes or goes is about everything.

    >>> from foveate.design.changes.model import Changed
    >>> sorted(matters(Changed("rect", "a", "fill", None, "url('https://example.com/a.jpg')")))
    [<Matter.COLOUR: 'colour'>, <Matter.SOURCE: 'source'>]
    """
    if isinstance(change, Added | Removed):
        return ALL
    if isinstance(change, Moved):
        return frozenset({Matter.PLACE})
    if change.name == RUNS:
        return _of_runs(change)
    word = BY_NAME[change.tag].by_name.get(change.name)
    if word is None:
        return ALL
    sides = (side for side in (change.was, change.to) if isinstance(side, str))
    pictured = any(brings_picture(word, side) for side in sides)
    return frozenset({word.matter, *([Matter.SOURCE] if pictured else [])})


def brings_picture(word: Word, text: str) -> bool:
    """Return whether an attribute names a picture, in what is about colours otherwise."""
    if word is not FILL:
        return False
    try:
        return isinstance(word.kind.read(text, PIXELS), PictureFill)
    except ValueError:
        return False


def _of_runs(change: Changed) -> frozenset[Matter]:
    """Return whether letters change, their looks, or both."""
    was, to = change.was or (), change.to or ()
    found = {Matter.TEXT} if _letters(was) != _letters(to) else set[Matter]()
    if _looks(was) == _looks(to):
        return frozenset(found)
    words = BY_NAME["run"].by_name
    said = {
        name for side in (was, to) for run in side if isinstance(run, Node) for name in run.said
    }
    return frozenset(found | {words[name].matter for name in said if name in words})


def _letters(side: str | tuple[Node | str, ...]) -> str:
    return "".join(each if isinstance(each, str) else each.letters for each in side)


def _looks(side: str | tuple[Node | str, ...]) -> list[dict[str, str]]:
    return [dict(each.said) for each in side if isinstance(each, Node)]
