"""Upright: no text stands on its head that did not, unless somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.checks.contrast import MOST_SAID, is_lettered
from foveate.design.checks.model import Found, Severity
from foveate.design.tree import spots
from foveate.design.words.said import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.checks.model import Case
    from foveate.design.tree import Spot

TURNED: Final = 100.0
"""Degrees to either side, from which a text is read with an effort."""
TURNS: Final = "rotate over straight mirror"
"""Signs of a request for something that is turned."""


def check(case: Case) -> Iterator[Found]:
    """Return texts that stand on their heads, and did not before."""
    old = spots(case.before)
    turned = [
        name
        for name, spot in spots(case.after).items()
        if is_lettered(spot) and spot.seen and _is_turned(spot)
        if name not in old or not _is_turned(old[name])
    ]
    if turned and not read(case.request[:MOST_SAID]).cue(TURNS):
        for name in turned:
            yield Found(name, f"{name} stands on its head.", Severity.WARNING)


def _is_turned(spot: Spot) -> bool:
    turn = sum(each.rotation for each in (spot.block, *spot.groups)) % 360
    return TURNED < turn < 360 - TURNED
