"""Covered: what could be read or seen before is not hidden by what lies above it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.checks.contrast import (
    EXEMPT,
    HARDLY,
    LESS,
    MOST_SAID,
    expected,
    is_lettered,
    is_worse,
    lettered,
)
from foveate.design.checks.ink import letters
from foveate.design.checks.model import Found, Severity
from foveate.design.checks.seen import FEW, Changed, detail_of, under, visible
from foveate.design.scene.model import Picture, Role, Text
from foveate.design.tree import over, painted
from foveate.design.words.said import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.checks.contrast import Lettered
    from foveate.design.checks.model import Case
    from foveate.design.checks.seen import Visible
    from foveate.design.tree import Spot
    from foveate.geometry.box import Box

SHARES: Final = {Role.LOGO: 0.5, Role.PHOTO: 0.45, Role.NONE: 0.45}
"""Of blocks of a role, which has to be seen still: half of a picture is asked for by opacity."""
OF_LOCKED: Final = 0.5
AS_MUCH: Final = 0.97
"""Of what was seen, which counts as all of it."""
LARGE: Final = 0.5
"""Of its page, from which a picture without a role is a ground."""
SMALL: Final = 0.04
"""Of the area that was seen of such a block, below which it is as good as gone."""
FLAT: Final = 0.2
"""Of the detail that a picture had, below which it shows nothing of it."""
GROUNDS: Final = frozenset({Role.BACKGROUND, Role.DECORATION})
"""What others may lie on."""
ORDERS: Final = "front back fade seethrough opaque"
"""Signs of a request by which something may come to lie over something else."""
SIGN: Final = 0.01
"""Ink in squares of an em, as little as a comma or a line through a letter has."""
TWICE: Final = 2.0
"""Times the ink that was below others, which may be: they lie on it as they grow or move."""
MORE: Final = 0.1
"""Of its letters, that may be hidden besides, where some of a text were before."""
BLURS: Final = "blur dark light bright grey contrast zoom fade seethrough"
"""Signs of a request by which less may be seen of a picture."""
MOST_NAMED: Final = 3


def check(case: Case) -> Iterator[Found]:
    """Return texts, logos, photos and locked blocks that are hidden, and were not before."""
    if case.looks.near is None:
        return
    changed, said = Changed(case), read(case.request[:MOST_SAID])
    severity = Severity.WARNING if said.cue(ORDERS) else Severity.ERROR
    for page in case.after.pages:
        for spot in painted(page):
            if not _is_kept(spot) or not changed(spot):
                continue
            hides = _hides_letters if is_lettered(spot) else _hides
            box = letters(spot, case.looks.measures, case.after.lang)
            above = _above(spot, box, changed)
            if hides(case, changed.old.get(spot.block.id), spot) and not _are_twins(spot, above):
                yield Found(spot.block.id, _sentence(spot, above), severity)
            elif not said.cue(BLURS) and _is_flat(case, changed.old.get(spot.block.id), spot):
                name = spot.block.id
                yield Found(name, f"{name} shows hardly anything any more.", Severity.WARNING)


def _is_kept(spot: Spot) -> bool:
    """Return whether a block is one that is to be seen."""
    block = spot.block
    if isinstance(block, Text):
        return is_lettered(spot)
    if block.role is Role.NONE and not spot.locked:
        large = spot.box.width * spot.box.height > LARGE * spot.page.width * spot.page.height
        return isinstance(block, Picture) and not large
    return block.role in SHARES or (spot.locked and block.role not in GROUNDS)


def _hides_letters(case: Case, was: Spot | None, now: Spot) -> bool:
    """Return whether letters are told apart less than they were, by what is above them."""
    shown, had = lettered(now, now.page, case.after, case.looks), None
    if was is not None and is_lettered(was):
        had = lettered(was, was.page, case.before, case.looks)
    if _loses_signs(case, was, had, shown):
        return True
    least = expected(had, shown)
    if now.block.role in EXEMPT:
        least = min(least, HARDLY)
    by = MORE if had is not None and had.contrast < shown.needed else FEW
    if shown.parts is None or shown.contrast >= least or not is_worse(had, shown, by):
        return False
    alone = lettered(now, under(now.page, now), case.after, case.looks)
    return shown.contrast < alone.contrast * LESS and is_worse(alone, shown)


def _loses_signs(case: Case, was: Spot | None, had: Lettered | None, shown: Lettered) -> bool:
    """Return whether something lies over as much of letters as makes another sign of one."""
    now = shown.spot
    if now.block.role in EXEMPT:
        return False
    lost = _lost(shown, lettered(now, under(now.page, now), case.after, case.looks))
    if lost < SIGN or was is None or had is None:
        return lost >= SIGN
    whole = lettered(was, under(was.page, was), case.before, case.looks)
    return lost >= _lost(had, whole) * TWICE + SIGN


def _lost(shown: Lettered, whole: Lettered) -> float:
    if shown.parts is None or whole.parts is None:
        return 0.0
    return shown.parts.lost(whole.parts)


def _hides(case: Case, was: Spot | None, now: Spot) -> bool:
    """Return whether less of a block is seen than of it was."""
    if was is None:
        return False
    shown = visible(now.page, now, case.looks, case.after.lang)
    had = visible(was.page, was, case.looks, case.before.lang)
    least = OF_LOCKED if now.locked else SHARES[now.block.role]
    # By itself, so that many changes do not hide bit by bit what none of them may.
    hidden = shown.share < min(least, had.share * AS_MUCH)
    return (
        hidden or shown.area < had.area * SMALL or _of_box(shown, now) < _of_box(had, was) * least
    )


def _of_box(shown: Visible, spot: Spot) -> float:
    return shown.area / max(spot.box.width * spot.box.height, 1.0)


def _is_flat(case: Case, was: Spot | None, now: Spot) -> bool:
    """Return whether a picture is the same, and by its options nothing is seen of it."""
    if was is None or not isinstance(now.block, Picture) or not isinstance(was.block, Picture):
        return False
    if now.block.src != was.block.src or now.block.options == was.block.options:
        return False
    had = detail_of(was.page, was, case.looks, case.before.lang)
    return detail_of(now.page, now, case.looks, case.after.lang) < had * FLAT


def _above(spot: Spot, box: Box, changed: Changed) -> list[Spot]:
    """Return what lies over a block, and does not as it did, in the order of painting."""
    order = painted(spot.page)
    at = [each.block.id for each in order].index(spot.block.id)
    moved = changed.is_other(spot)
    above = [each for each in order[at + 1 :] if moved or changed.is_other(each)]
    # Strokes and shadows are seen beyond a box.
    return [each for each in above if over(each.box, box)] or ([] if moved else above)


def _are_twins(spot: Spot, above: list[Spot]) -> bool:
    """Return whether what lies over a block is it once more, somewhere else: a copy of it."""
    block = spot.block
    copies = (
        replace(each.block, id=block.id, name=block.name, x=block.x, y=block.y) == block
        for each in above
        if type(each.block) is type(block)
    )
    return bool(above) and sum(copies) == len(above)


def _sentence(spot: Spot, above: list[Spot]) -> str:
    name, names = spot.block.id, ", ".join(each.block.id for each in above[:MOST_NAMED])
    by = f" by {names}" if names else ""
    return f"{name} is hidden{by}: expected it seen as it was, with nothing over it."
