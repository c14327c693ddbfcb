"""What is done to tables beside what was asked for: finished, tidied, freed of the erased."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import Unavailable, UnknownCollection
from foveate.people import care
from foveate.people.leftovers import TABLE
from foveate.people.tables import SUFFIX
from foveate.people.upkeep import REST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from foveate.people.introduced import Introduced
    from foveate.people.leftovers import Leftovers
    from foveate.people.opened import Sealing
    from foveate.people.tables import Tables

log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tending:
    """Looks after tables. To be called by the one who writes."""

    folder: Path | None
    tables: Tables
    sealing: Sealing
    leftovers: Leftovers
    writing: Leftovers
    introduced: Introduced
    _rest_until: dict[str, float] = field(default_factory=dict)

    def unfinished(self) -> set[str]:
        """Return the collections of which there is something to finish."""
        return {*self.leftovers.all(), *self.writing.all()}

    def finish(self) -> None:
        """Finish what others began, as far as that is possible now."""
        for name, what in self.leftovers.all().items():
            self._try(name, partial(self._finish, name, what))
        for name in self.writing.all():
            self._try(name, partial(self._forget_unwritten, name))

    @contextmanager
    def written(self, name: str) -> Iterator[None]:
        """Leave nothing of what is written to a table inside, should that fail or be killed.

        It goes at once where that is possible, or else before anything else is written.
        """
        try:
            with self.writing.until_done(name):
                yield
        except Exception:
            self._try(name, partial(self._forget_unwritten, name))
            raise

    def tidy(self, name: str, idle: bool) -> bool:  # noqa: FBT001 - the writer's words
        """Do what is due, and return whether nothing is left for a later time of idleness."""
        try:
            table = self.tables.latest(name)
        except UnknownCollection:
            return True  # dropped just now
        rested = time.monotonic() >= self._rest_until.get(name, 0.0)
        spent = care.tidy(table, rested=rested, idle=idle)
        if spent:
            self._rest_until[name] = time.monotonic() + REST * spent
        return rested

    def scrub(self, name: str, table: Any) -> None:  # noqa: ANN401 - LanceDB
        """Remove what a table no longer needs from its files."""
        folder = self.folder
        care.scrub(table, folder / f"{name}{SUFFIX}.lance" / "_deletions" if folder else None)

    def check_whole(self, name: str) -> None:
        """Do nothing unless files of it are still to go: what came to them would go as well.

        Raises Unavailable.
        """
        if name in self.leftovers.half_dropped():
            half = f"The collection {name} is being erased, which failed so far. Try again."
            raise Unavailable(half, public=half)

    def _try(self, name: str, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception:
            log.exception("Old files of %s could not be removed; that is tried again.", name)

    def _forget_unwritten(self, name: str) -> None:
        with suppress(UnknownCollection):
            care.forget_versions(self.tables.latest(name))
        self.writing.done(name)

    def _finish(self, name: str, what: str) -> None:
        if what == TABLE:
            self.introduced.drop(name)
            self.tables.drop(name)
            self.sealing.forget(name)
        else:
            with suppress(UnknownCollection):
                self.scrub(name, self.tables.latest(name))
            self.introduced.scrub(name)
        self.leftovers.done(name)
