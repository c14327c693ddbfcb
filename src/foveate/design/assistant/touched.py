"""What a model would change, as its guard sees it: element by element, attribute by attribute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.design.scene.elements import tag_of
from foveate.design.scene.model import Group, Page, Picture, Scene, Text
from foveate.design.scene.paint import PictureFill
from foveate.design.scene.words import Matter, Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.design.scene.model import Block, Run

DESIGN: Final = ""
"""The id of the design itself, which has none of its own."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An element where it stands."""

    element: Scene | Page | Block
    above: tuple[str, ...] = ()
    """The ids of what it is in, the outermost first."""

    @property
    def locked(self) -> bool:
        """Return whether it says that it is not to be changed."""
        return bool(getattr(self.element, "locked", False))


class Touched(NamedTuple):
    """One thing that would change."""

    id: str
    what: str
    """Of it: the name of an attribute, `text`, or what becomes of all of it."""
    matter: Matter | None
    """None where it is added, removed, put elsewhere or made another element."""
    before: Any
    after: Any


def by_id(scene: Scene) -> dict[str, Seen]:
    """Return all elements of a scene but runs."""
    found = {DESIGN: Seen(scene)}
    for page in scene.pages:
        found[page.id] = Seen(page)
        found.update(_blocks(page.blocks, (page.id,)))
    return found


def _blocks(blocks: tuple[Block, ...], above: tuple[str, ...]) -> Iterator[tuple[str, Seen]]:
    for block in blocks:
        yield block.id, Seen(block, above)
        if isinstance(block, Group):
            yield from _blocks(block.blocks, (*above, block.id))


def touched(before: Mapping[str, Seen], after: Mapping[str, Seen]) -> Iterator[Touched]:
    """Yield all that is not the same in two scenes."""
    for each, seen in before.items():
        if each not in after:
            yield Touched(each, "removed", None, seen.element, None)
    for each, seen in after.items():
        was = before.get(each)
        if was is None:
            yield Touched(each, "added", None, None, seen.element)
        elif type(was.element) is not type(seen.element):
            yield Touched(each, "made another element", None, was.element, seen.element)
        else:
            yield from _of_one(each, was, seen)
    yield from _reordered(before, after)


def _of_one(each: str, was: Seen, now: Seen) -> Iterator[Touched]:
    if was.above != now.above:
        yield Touched(each, "put elsewhere", None, was.element, now.element)
    for word in tag_of(was.element).words:
        old, new = getattr(was.element, word.field, None), getattr(now.element, word.field, None)
        if old != new and word.field != "id":
            yield Touched(each, word.name, _matter(word, new), old, new)
    if isinstance(was.element, Text) and isinstance(now.element, Text):
        yield from _of_runs(each, was.element, now.element)


def _matter(word: Word, new: object) -> Matter:
    """Return what a change is about: of a fill by a picture, or another crop, about a source."""
    return Matter.SOURCE if isinstance(new, PictureFill) else word.matter


def picture_of(value: object) -> str:
    """Return the source that a fill is painted with; empty for others."""
    return value.src if isinstance(value, PictureFill) else ""


def _of_runs(each: str, old: Text, new: Text) -> Iterator[Touched]:
    if old.words != new.words:
        yield Touched(each, "text", Matter.TEXT, old.words, new.words)
    for matter, looks in RUN_LOOKS.items():
        was, now = ({look(run) for run in text.runs for look in looks} for text in (old, new))
        # A translation has its words in other places; what is new is a look that none had.
        changed = now - was if old.words != new.words else now ^ was
        if changed:
            yield Touched(each, f"runs' {matter.value}", matter, None, changed)


def _letters(run: Run) -> object:
    return run.font, run.size, run.weight, run.italic, run.letter_spacing, run.decoration


def _colour(run: Run) -> object:
    return run.colour


RUN_LOOKS: Final = {Matter.LETTERS: (_letters,), Matter.COLOUR: (_colour,)}


def _reordered(before: Mapping[str, Seen], after: Mapping[str, Seen]) -> Iterator[Touched]:
    """Yield parents whose elements stand in another order."""
    for each, seen in before.items():
        now = after.get(each)
        if now is None:
            continue
        old, new = _inside(seen.element), _inside(now.element)
        kept = [one for one in old if one in new]
        if kept != [one for one in new if one in old]:
            yield Touched(each, "order", Matter.PLACE, old, new)


def _inside(element: object) -> list[str]:
    if isinstance(element, Scene):
        return [page.id for page in element.pages]
    return [block.id for block in getattr(element, "blocks", ())]


def sources_of(element: object) -> set[str]:
    """Return the addresses of the pictures that an element shows by itself."""
    shown = {element.src} if isinstance(element, Picture) else set()
    fill = picture_of(getattr(element, "fill", None))
    return shown | ({fill} if fill else set())
