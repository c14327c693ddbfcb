"""The name that was meant by one that there is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIKE: Final = 0.7
"""Names less alike than this have nothing to do with each other."""
MAX_NAME: Final = 100
"""Nobody means so long a name, and comparing long ones takes long."""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that was meant: alike as a whole, or in its last part in another group."""
    # Loaded only for those who made a mistake.
    from difflib import SequenceMatcher  # noqa: PLC0415

    def alike(one: str, other: str) -> float:
        return SequenceMatcher(None, one, other).ratio()

    def likeness(known: str) -> tuple[float, float]:
        whole, own = alike(name, known), known.rpartition(".")[2]
        return max(whole, alike(last, own), alike(last, known)), whole

    name = name[:MAX_NAME]
    last = name.rpartition(".")[2]
    best = max(names, key=likeness)
    return best if likeness(best)[0] >= ALIKE else None
