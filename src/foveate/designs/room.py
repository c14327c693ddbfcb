"""All designs of one server: kept, read, drawn and changed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.configuration.folder import named_folder
from foveate.design.changes.applying import apply
from foveate.design.changes.difference import difference
from foveate.design.changes.merging import merge
from foveate.design.changes.model import ChangeSet, inverse
from foveate.designs.brands import Brands
from foveate.errors import DesignConflict
from foveate.jobs.callers import Callers
from foveate.jobs.threads import Threads
from foveate.people.keys import Keys
from foveate.service.access import RateLimit
from foveate.service.kept_designs import Store
from foveate.storage.given import Given, designs_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from foveate.design.changes.merging import Conflict
    from foveate.design.scene.model import Scene
    from foveate.service.kept_designs import Kept
    from foveate.settings import Settings

    _Made = tuple[Scene, tuple[Conflict, ...]]


TRIES: Final = 32
"""How often changes of what is newest are made anew where somebody else was faster."""


class Changes(NamedTuple):
    """A change set that somebody sends, and what is to be done with it."""

    changes: ChangeSet
    invert: bool = False
    """Take it back."""
    merge: bool = False
    """It may be of an earlier version: what does not contradict later ones is done."""


class Done(NamedTuple):
    """What came of changes."""

    kept: Kept
    changes: ChangeSet
    """From the version before."""
    conflicts: tuple[Conflict, ...] = ()


@dataclass(slots=True)
class Designs:
    """The designs of one server. Nothing is opened before it is needed."""

    store: Store
    callers: Callers
    brands: Brands
    given: Given
    """Pictures that designs were given."""
    works: Threads = field(default_factory=lambda: Threads("designs", 4))
    """Reading, comparing and keeping blocks, and is none of the pictures' work."""
    layouts: Threads = field(default_factory=lambda: Threads("layouts", 2))
    """Other sizes and brands are reckoned for a second and more: nobody who keeps one waits."""

    @classmethod
    def of(cls, settings: Settings) -> Designs:
        """Return the designs that these settings describe. Raises BadSettings."""
        folder, asked = designs_folder(settings.designs), settings.designs
        limit = RateLimit(settings.people.requests_per_minute)
        keys = Keys(folder, "designs")
        return cls(
            Store(folder, most=asked.most, versions=asked.versions),
            Callers(keys, settings.signing.keys, limit, "designs", "design"),
            Brands(_brands_folder(settings, folder)),
            Given(asked, settings.limits.max_bytes),
        )

    async def end(self) -> None:
        """Let go of all."""
        await asyncio.to_thread(self.store.close)
        self.works.close()
        self.layouts.close()

    async def change(self, id_: str, asked: Changes, by: str, version: int | None = None) -> Done:
        """Make changes to a design, and keep what comes of it.

        Where `version` is said, of that one alone. Raises UnknownDesign, DesignConflict, BadDesign,
        BadChange.
        """
        make = partial(self._changed, asked)
        return await self.works.run(self._made, id_, make, by, version)

    async def merge(self, id_: str, scene: Scene, by: str, version: int) -> Done:
        """Keep a design that was made of a version, with what others changed meanwhile.

        What contradicts them is left out. Raises UnknownDesign, also where that version is not kept
        any more, DesignConflict, BadDesign.
        """
        return await self.works.run(self._merge, id_, scene, by, version)

    def _merge(self, id_: str, scene: Scene, by: str, version: int) -> Done:
        _, base = self.store.scene(id_, version)
        ours = difference(base, scene)

        def merged(_: Kept, theirs: Scene) -> _Made:
            made = merge(base, difference(base, theirs), ours)
            return made.scene, made.conflicts

        return self._made(id_, merged, by, None)

    def _changed(self, asked: Changes, found: Kept, scene: Scene) -> _Made:
        changes = inverse(asked.changes) if asked.invert else asked.changes
        if asked.merge and changes.of and changes.of != found.digest:
            base = self.store.by_digest(found.id, changes.of)
            merged = merge(base, difference(base, scene), changes)
            return merged.scene, merged.conflicts
        return apply(scene, changes), ()

    def _made(
        self,
        id_: str,
        make: Callable[[Kept, Scene], _Made],
        by: str,
        version: int | None,
        tries: int = TRIES,
    ) -> Done:
        """Keep what is made of a design: anew where somebody is faster, if any version will do.

        Raises DesignConflict where that is so again and again.
        """
        found, scene = self.store.scene(id_)
        made, conflicts = make(found, scene)
        try:
            kept = self.store.put(id_, made, by, found.version if version is None else version)
        except DesignConflict:
            if version is not None or tries <= 1:
                raise
            return self._made(id_, make, by, version, tries - 1)
        return Done(kept, difference(scene, made), conflicts)

    async def between(self, id_: str, before: int, after: int | None) -> ChangeSet:
        """Return what makes one version of a design another. Raises UnknownDesign."""

        def compared() -> ChangeSet:
            scenes: list[Scene] = [self.store.scene(id_, each)[1] for each in (before, after)]
            return difference(*scenes)

        return await self.works.run(compared)


def _brands_folder(settings: Settings, designs: Path) -> Path:
    written = settings.designs.brands
    return named_folder("designs.brands", written) if written else designs / "brands"
