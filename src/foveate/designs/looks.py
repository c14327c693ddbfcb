"""What checks of designs ask of an easel: pictures, the faces in them, letters and fonts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from foveate.deadline import current
from foveate.design.checks.drawn import Drawn
from foveate.design.checks.model import Looks
from foveate.design.drawing.asked import Asked
from foveate.design.drawing.text import measure
from foveate.design.importing.imported import Eyes
from foveate.errors import FoveateError, TimedOut, Unavailable

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from numpy.typing import NDArray

    from foveate.design.drawing.text import Measured
    from foveate.design.drawing.typefaces import Typefaces
    from foveate.design.scene.model import Text
    from foveate.designs.easel import Easel
    from foveate.geometry.box import Box
    from foveate.service.draw import Pixels

    T = TypeVar("T")

MOST_MEASURED: Final = 4096
"""Texts of which it is kept how large they become: checks ask again and again."""
LEAST: Final = 16
"""Pixels of a side of a picture that is only asked for to see whether it can be."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """The pictures of an easel, for threads that wait for them: each is asked for once."""

    easel: Easel
    loop: asyncio.AbstractEventLoop
    _pictures: dict[Asked, Pixels] = field(default_factory=dict)
    _faces: dict[Asked, Sequence[Box]] = field(default_factory=dict)

    def __call__(self, src: str, options: str, width: int, height: int) -> NDArray[np.uint8]:
        """Return a picture as (height, width, 4), RGBA premultiplied. Raises Unavailable.

        One that cannot be used is transparent: `sources` tells of it, and the rest can be looked at
        all the same.
        """
        try:
            return self._picture(Asked(src, options, width, height))()
        except Unavailable:  # another time it can
            raise
        except FoveateError:
            return np.zeros((height, width, 4), np.uint8)

    def source(self, src: str) -> str:
        """Return why a picture cannot be used; nothing where it can."""
        try:
            self._picture(Asked(src, "", LEAST, LEAST))
        except FoveateError as why:
            return why.public
        return ""

    def faces(self, src: str, options: str, width: int, height: int) -> Sequence[Box]:
        """Return where faces are in a picture as it is shown. Raises Unavailable.

        There are none where nobody can look: in one that cannot be used, or without networks.
        """
        asked = Asked(src, options, width, height)
        if asked not in self._faces:
            try:
                self._faces[asked] = self._seen(asked)
            except Unavailable:  # who is short of time or memory has not seen that there are none
                raise
            except FoveateError:
                self._faces[asked] = []
        return self._faces[asked]

    def _seen(self, asked: Asked) -> list[Box]:
        seen = self._awaited(self.easel.seen(self._picture(asked).file(), ["faces"]))
        return [face.box for face in seen["faces"]]

    def _picture(self, asked: Asked) -> Pixels:
        if asked not in self._pictures:
            self._pictures[asked] = self._awaited(self.easel.picture(asked))
        return self._pictures[asked]

    def _awaited(self, work: Coroutine[Any, Any, T]) -> T:
        return held(work, self.loop, self.easel.core.settings.limits.timeout_s)


def held(work: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop, seconds: float) -> T:
    """Return what comes of work on a loop for which a thread waits so long. Raises TimedOut."""
    future = asyncio.run_coroutine_threadsafe(work, loop)
    try:
        return future.result(seconds)
    except TimeoutError as why:
        raise TimedOut("Stopped: a picture of a design took too long.") from why
    finally:
        future.cancel()


def looks_of(easel: Easel, loop: asyncio.AbstractEventLoop) -> Looks:
    """Return what checks ask, for threads; what they ask for comes of an easel on that loop."""
    typefaces, pictured = easel.core.draughtsman.fonts.typefaces, Pictured(easel, loop)
    drawn = Drawn(typefaces, pictured)
    return Looks(
        measures=_Measures(typefaces),
        fonts=typefaces.shelf,
        sources=pictured.source,
        faces=pictured.faces,
        below=drawn,
        near=drawn.near,
    )


class _Measures:
    """Says how large texts become, each reckoned once."""

    def __init__(self, typefaces: Typefaces) -> None:
        """Take the fonts."""
        self._measured = lru_cache(MOST_MEASURED)(partial(measured, typefaces))

    def __call__(self, text: Text, language: str) -> Measured:
        """Return how large a text becomes. Raises as `measured`, and as the deadline does."""
        current().check()
        return self._measured(text, language)


def measured(typefaces: Typefaces, text: Text, language: str) -> Measured:
    """Return how large a text becomes. Raises UnknownFont, FontsMissing."""
    return measure(text, typefaces, language)


def eyes_of(typefaces: Typefaces) -> Eyes:
    """Return what an import asks: how large letters become, and which fonts there are."""
    return Eyes(measures=partial(measured, typefaces), fonts=typefaces.shelf)
