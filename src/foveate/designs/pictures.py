"""The pictures that designs may be given, as programs have them: `Pictures.open("photos")`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from foveate.background import default_app, waited
from foveate.designs.easel import OwnEasel
from foveate.designs.library.opened import library_of, pictures_folder
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from foveate.app import App
    from foveate.design.sought import Sought
    from foveate.designs.library.index import Known
    from foveate.designs.library.library import Library, Progress

T = TypeVar("T")
NONE: Final = (
    "Expected a folder of pictures, got none: name one, or set FOVEATE_DESIGNS__PICTURES to one of "
    "this machine."
)


class Built(NamedTuple):
    """What came of looking at all pictures."""

    pictures: int
    looked: int
    """How many were new, or changed."""
    unread: list[Known]
    """Those that could not be read."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """A folder of pictures, and what is known of each."""

    folder: Path
    app: App

    @classmethod
    def open(cls, folder: str | Path | None = None, *, app: App | None = None) -> Pictures:
        """Return the pictures of a folder, or of that of the settings. Raises BadOption."""
        app = app or default_app()
        found = pictures_folder(app.settings, str(folder or ""))
        if found is None:
            raise BadOption(NONE)
        return cls(found, app)

    def build(self, progress: Progress) -> Built:
        """Look at what is new or changed, and keep what is seen. Blocks."""
        return waited(self._awaited(partial(_built, progress=progress)))

    def search(self, words: str) -> Sought:
        """Return which pictures show what these words say, the surest first. Blocks."""
        return waited(self._awaited(lambda library: library(words)))

    async def _awaited(self, work: Callable[[Library], T]) -> T:
        easel, loop = OwnEasel.of(self.app, self.folder), asyncio.get_running_loop()
        library = await easel.threads.run(self._library, easel, loop)
        return await easel.threads.run(work, library)

    def _library(self, easel: OwnEasel, loop: asyncio.AbstractEventLoop) -> Library:
        found = library_of(easel, loop, folder=str(self.folder), beside=self.folder)
        if found is None:
            raise BadOption(NONE)
        return found


def _built(library: Library, progress: Progress) -> Built:
    looked = 0

    def told(name: str, done: int, of: int) -> None:
        nonlocal looked
        looked = done + 1
        progress(name, done, of)

    library.prepare()
    library.refresh(progress=told)
    return Built(library.count(), looked, library.unread())
