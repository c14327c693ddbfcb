"""Before and behind: in what order blocks are painted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.design.scene.model import Block, Page, Role
from foveate.design.tree import replaced, spots, with_page
from foveate.design.words.answer import CannotBe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.scene.model import Scene
    from foveate.design.tree import Spot
    from foveate.design.words.work import Done, Work


def front(work: Work) -> Done:
    """Paint blocks after all that lie beside them."""
    scene = work.each(lambda spot: replace(spot.block, z=_highest(spot)))
    return scene, f"Brought {work.names()} to the front."


def _highest(spot: Spot) -> int:
    others = [each.z for each in spot.parent.blocks if each.id != spot.block.id]
    last = spot.parent.blocks[-1].id == spot.block.id
    top = max(others, default=spot.block.z)
    return max(spot.block.z, top if last else top + 1)


def back(work: Work) -> Done:
    """Paint blocks before all that lie beside them, but not before what is a background."""
    scene = work.scene
    for name in work.ids:
        scene = _behind(spots(scene)[name], scene)
    return scene, f"Sent {work.names()} to the back."


def _behind(spot: Spot, scene: Scene) -> Scene:
    """Return the scene with a block right after its parent's backgrounds, in all orders."""
    others = [each for each in spot.parent.blocks if each.id != spot.block.id]
    grounds = [each for each in others if each.role is Role.BACKGROUND]
    rest = [each for each in others if each not in grounds]
    if not any(_painted_before(spot.parent.blocks, each, spot.block) for each in rest):
        return scene
    z = max([min(each.z for each in rest), *(each.z for each in grounds)])
    at = max((others.index(each) + 1 for each in grounds), default=0)
    return _filled(scene, spot, (*others[:at], replace(spot.block, z=z), *others[at:]))


def _painted_before(siblings: Sequence[Block], one: Block, other: Block) -> bool:
    order = {each.id: at for at, each in enumerate(siblings)}
    return (one.z, order[one.id]) < (other.z, order[other.id])


def layer(work: Work) -> Done:
    """Paint blocks right after another one, or right before it."""
    *names, model = work.ids
    before = work.said.has("rel.behind")
    scene = work.scene
    for name in names:
        scene = _layered(scene, name, model, before=before)
    job = replace(work, ids=tuple(names))
    goal = spots(work.scene)[model].block
    where = "behind" if before else "in front of"
    return scene, f"Put {job.names()} {where} \u201c{goal.name or model}\u201d."


def _layered(scene: Scene, name: str, model: str, *, before: bool) -> Scene:
    spot, goal = spots(scene)[name], spots(scene)[model]
    if spot.parent is not goal.parent:
        raise CannotBe("They are not in one group: one cannot be put behind the other.")
    others = [each for each in spot.parent.blocks if each.id != name]
    at = others.index(goal.block) + (not before)
    blocks = (*others[:at], replace(spot.block, z=goal.block.z), *others[at:])
    return _filled(scene, spot, blocks)


def _filled(scene: Scene, spot: Spot, blocks: tuple[Block, ...]) -> Scene:
    """Return the scene in which the parent of a block has those inside."""
    if isinstance(spot.parent, Page):
        return with_page(scene, replace(spot.parent, blocks=blocks))
    return replaced(scene, {spot.parent.id: replace(spot.parent, blocks=blocks)})
