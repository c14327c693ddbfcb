"""The library of an application: the folder that its settings name, seen by what sees for it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from foveate.configuration.folder import named_folder
from foveate.designs.library.index import Index
from foveate.designs.library.library import Library
from foveate.designs.library.looked import PARTS
from foveate.errors import BadOption, SourceTooLarge
from foveate.storage.given import designs_folder
from foveate.storage.keys import is_remote

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.designs.easel import Easel
    from foveate.designs.library.looked import Seen
    from foveate.settings import Settings

OFF = "off"


@dataclass(frozen=True, slots=True)
class Eyes:
    """Looks at files within the bounds of an easel's delivery, for threads that wait for it."""

    easel: Easel
    loop: asyncio.AbstractEventLoop

    def __call__(self, picture: Path) -> Seen:
        """Return what is seen. Raises FoveateError, OSError."""
        most = self.easel.core.settings.limits.max_bytes
        with picture.open("rb") as opened:
            data = opened.read(most + 1)
        if len(data) > most:
            raise SourceTooLarge(f"Expected a picture of at most {most} bytes, got more.")
        work = self.easel.seen(data, PARTS)
        seen: Seen = asyncio.run_coroutine_threadsafe(work, self.loop).result()
        return seen


def pictures_folder(settings: Settings, folder: str = "") -> Path | None:
    """Return the folder of pictures that may be put in; None where there is none here.

    Raises BadOption for one that was named and is none.
    """
    if folder == OFF:
        return None
    if folder:
        found = Path(folder).expanduser()
        if not found.is_dir():
            raise BadOption(f"Expected a folder of pictures, got {folder!r}, which is none.")
        return found
    named = settings.designs.pictures or settings.origins.folder
    if not named or named == OFF or is_remote(named) or "://" in named:
        return None
    found = named_folder("designs.pictures", named)
    return found if found.is_dir() else None


def library_of(
    easel: Easel, loop: asyncio.AbstractEventLoop, *, folder: str = "", beside: Path | None = None
) -> Library | None:
    """Return the library of an easel, for threads; None where it has none.

    Pictures are named as designs in the folder `beside` name them; None names them as the origin
    does. Raises BadOption.
    """
    settings = easel.core.settings
    found = pictures_folder(settings, folder)
    if found is None:
        return None
    src_of = partial(_beside, found, beside) if beside else _in_origin(found, settings)
    if src_of is None:
        return None
    index = Index(designs_folder(settings.designs))
    return Library(folder=found, index=index, look=Eyes(easel, loop), src_of=src_of)


def _beside(folder: Path, beside: Path, name: str) -> str:
    file = (folder / name).resolve()
    try:
        return Path(os.path.relpath(file, beside.resolve())).as_posix()
    except ValueError:  # on another drive
        return str(file)


def _in_origin(folder: Path, settings: Settings) -> Callable[[str], str] | None:
    """Return what names a picture as URLs do; None where the folder is outside of the origin."""
    origin = settings.origins.folder
    if not origin or "://" in origin:
        return None
    root = named_folder("origins.folder", origin)
    way = os.path.relpath(folder.resolve(), root.resolve())
    if way.startswith(os.pardir):
        return None
    return lambda name: name if way == os.curdir else f"{Path(way).as_posix()}/{name}"
