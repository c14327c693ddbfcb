"""The name that was meant by one that there is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIKE: Final = 0.7
"""Names less alike than this have nothing to do with each other."""
MAX_NAME: Final = 100
"""Nobody means so long a name, and comparing long ones takes long."""
_WORD: Final = re.compile(r"[^\W_]+")


def meant(name: str, names: Iterable[str]) -> str:
    """Return what to add to a name that there is not; empty where no other one is like it.

    >>> meant("widht", ["width", "height"]), meant("dgo", ["dog", "cat"])
    (' (did you mean width?)', ' (did you mean dog?)')
    """
    near = nearest(name, names)
    return hint(near) if near else ""


def hint(near: str) -> str:
    """Return how we ask whether that was meant, to stand behind what was said."""
    return f" (did you mean {near}?)"


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that was meant: alike as a whole, or in its last part in another group.

    Of those that are alike enough one that has every word of it goes first: who writes `s3_key`
    means `s3_access_key_id` rather than `s3_region`.
    """
    # Loaded only for those who made a mistake.
    from difflib import SequenceMatcher  # noqa: PLC0415

    def alike(matcher: SequenceMatcher[str], other: str) -> float:
        matcher.set_seq1(other)
        # The first two are bounds, and cheaper than what they bound.
        if matcher.real_quick_ratio() < ALIKE or (most := matcher.quick_ratio()) < ALIKE:
            return 0.0
        # The same letters in another order are a slip, in however short a name.
        return max(matcher.ratio(), ALIKE) if most == 1 else matcher.ratio()

    def likeness(known: str) -> tuple[float, float]:
        whole, own = alike(of_name, known), known.rpartition(".")[2]
        return max(whole, alike(of_last, own), alike(of_last, known)), whole

    name = name[:MAX_NAME]
    of_name, of_last = (SequenceMatcher(None, "", part) for part in (name, name.rpartition(".")[2]))
    words = set(_WORD.findall(name))

    def worth(known: str) -> tuple[bool, tuple[float, float]]:
        alike_as = likeness(known)
        return alike_as[0] >= ALIKE and words.issubset(_WORD.findall(known)), alike_as

    best = max(names, key=worth, default="")
    return best if likeness(best)[0] >= ALIKE else None
