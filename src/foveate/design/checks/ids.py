"""Ids: an element keeps the one that it has, and stays the kind of element that it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.design.checks.model import Found
from foveate.design.scene.elements import tag_of
from foveate.design.scene.model import Group, Role
from foveate.design.tree import mapped, spots, spots_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.checks.model import Case
    from foveate.design.scene.model import Block, Scene


def check(case: Case) -> Iterator[Found]:
    """Return ids that are there twice, of other elements than before, or exchanged for others."""
    counts = Counter(spot.block.id for page in case.after.pages for spot in spots_of(page))
    counts.update(page.id for page in case.after.pages)
    for name, count in counts.items():
        if count > 1:
            yield Found(name, f"Expected the id {name} once, got it {count} times.", matter="twice")
    old, new = _blocks(case.before), _blocks(case.after)
    for name, block in old.items():
        if name in new and type(new[name]) is not type(block):
            yield Found(
                name, f"{name} has to stay a {tag_of(block).name}, by its id.", matter="kind"
            )
    for name, other in _exchanged(case).items():
        yield Found(name, f"{other} has to keep its id {name}.", matter="exchanged")
    kept = {page.id for page in case.after.pages}
    for page in case.before.pages:
        if page.id not in kept:
            yield Found(page.id, f"The page {page.id} has to stay, by its id.", matter="page")


def repair(case: Case, found: tuple[Found, ...]) -> Scene:
    """Return the design with ids as they were before they were exchanged."""
    if any(each.matter == "twice" for each in found):
        return case.after
    given = _exchanged(case)
    names = {other: name for name, other in given.items()}
    return mapped(case.after, lambda block: replace(block, id=names.get(block.id, block.id)))


def _blocks(scene: Scene) -> dict[str, Block]:
    return {name: spot.block for name, spot in spots(scene).items()}


def _exchanged(case: Case) -> dict[str, str]:
    """Return the ids that are gone, each with that which the same block has now."""
    old, new = _blocks(case.before), _blocks(case.after)
    taken = {*new, *(page.id for page in case.after.pages)}
    gone = {name: block for name, block in old.items() if name not in taken}
    come = {name: block for name, block in new.items() if name not in old}
    found: dict[str, str] = {}
    for name, block in gone.items():
        twins = [
            other for other in come if other not in found.values() and _same(block, come[other])
        ]
        if len(twins) == 1:
            found[name] = twins[0]
    return found


def _same(one: Block, other: Block) -> bool:
    """Return whether two blocks are one by all but their ids, or by what they are for."""
    if type(one) is not type(other):
        return False
    if not isinstance(one, Group) and replace(other, id=one.id) == one:
        return True
    told = one.name or one.role is not Role.NONE
    return bool(told) and (one.name, one.role) == (other.name, other.role)
