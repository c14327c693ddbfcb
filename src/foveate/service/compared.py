"""What was found by comparing all faces of a collection with each other.

That takes seconds among many, and pages of it are asked for one after the other.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
HELD: Final = 8
LONGEST: Final = 100_000
"""What is longer is found anew each time: it would take too much memory."""


class Compared:
    """Holds the last of what was found, each for as long as its collection stays as it was."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], tuple[str, Sequence[Any]]] = OrderedDict()
        self._lock = Lock()

    def known(self, word: str, collection: str, revision: str) -> Sequence[Any] | None:
        """Return what was found before; None where it is to be compared."""
        with self._lock:
            known = self._known.get((word, collection))
        return known[1] if known is not None and known[0] == revision else None

    def of(
        self, word: str, collection: str, revision: str, find: Callable[[], Sequence[T]]
    ) -> Sequence[T]:
        """Return what `find` gives for a collection of that revision, found now or before."""
        key, known = (word, collection), self.known(word, collection, revision)
        if known is not None:
            return known
        found = find()
        with self._lock:
            self._known.pop(key, None)
            if len(found) <= LONGEST:
                self._known[key] = (revision, found)
            while len(self._known) > HELD:
                self._known.popitem(last=False)
        return found
