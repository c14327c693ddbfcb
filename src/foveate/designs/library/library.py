"""The pictures of one folder, by what they show: looked at once, searched in any words."""

from __future__ import annotations

import hashlib
import heapq
import os
import threading
import time
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.design.scene.kinds import nameable
from foveate.design.sought import ALTERNATIVES, Candidate, Sought
from foveate.designs.library.looked import UNNAMED, looked_at, mark_of, unnamed
from foveate.designs.library.scores import sure
from foveate.designs.library.words import near_tags, wanted
from foveate.designs.library.written import sidecars, within
from foveate.models import sentences
from foveate.pictures import is_left_out, is_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from foveate.designs.library.index import Index, Known
    from foveate.designs.library.looked import Look

    Progress = Callable[[str, int, int], object]
    """Is told the name of a picture before it is looked at, how many were, and of how many."""

MOST: Final = 20_000
"""Pictures of a folder; what comes after them, in the order of names, is not looked at."""
PATIENCE_S: Final = 3.0
"""How long a search looks at pictures that nobody has seen before it answers."""
NOTHING: Final = 0.1
"""Pictures that are less sure are not told."""
_SEEING: Final = threading.Lock()
"""One at a time looks at pictures: who comes meanwhile would look at the same ones."""


@dataclass(slots=True, kw_only=True)
class Library:
    """A folder of pictures. It blocks; any number of threads and processes may use one."""

    folder: Path
    index: Index
    look: Look
    src_of: Callable[[str], str] = str
    """Returns how designs name the picture of a name."""
    patience_s: float = PATIENCE_S
    _key: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self._key = str(self.folder.resolve())

    def __call__(self, words: str) -> Sought:
        """Return what shows what these words say, the surest first.

        New pictures are looked at first, for a while; of the rest it says how many there are.
        """
        asked = wanted(words, self._vectors if sentences.installed() else None)
        if not asked:
            return Sought(words=words)
        unseen = self.refresh(until=time.monotonic() + self.patience_s)
        vector = sentences.vector_of(words) if sentences.installed() else None
        known = [each for each in self.index.known(self._key) if not each.failed]
        scored = ((sure(each, asked, vector), each) for each in known)
        best = heapq.nsmallest(ALTERNATIVES + 2, scored, key=lambda one: (-one[0], one[1].name))
        found = [self._candidate(each, score) for score, each in best if score >= NOTHING]
        return Sought(words=words, found=tuple(found), pictures=len(known), unseen=unseen)

    def refresh(
        self,
        *,
        until: float = float("inf"),
        progress: Progress = lambda _name, _done, _all: None,
    ) -> int:
        """Look at what is new or changed, forget what is gone; return what is left to look at.

        Each picture is kept when it was looked at, so that whatever ends this loses one at most.
        """
        marks, there = self.index.marks(self._key), dict(_below(self.folder))
        if gone := marks.keys() - there.keys():
            self.index.forget(self._key, sorted(gone))
        new = [(name, mark) for name, mark in there.items() if marks.get(name) != mark]
        if not new or not _SEEING.acquire(timeout=_wait_s(until)):
            return len(new)
        try:
            return self._see_all(new, until, progress)
        finally:
            _SEEING.release()

    def unread(self) -> list[Known]:
        """Return the pictures that could not be looked at, each with why."""
        return [each for each in self.index.known(self._key) if each.failed]

    def count(self) -> int:
        """Return how many pictures are known."""
        return len(self.index.marks(self._key))

    def _see_all(self, new: Sequence[tuple[str, str]], until: float, progress: Progress) -> int:
        for done, (name, mark) in enumerate(new):
            if time.monotonic() > until:
                return len(new) - done
            progress(name, done, len(new))
            self._see(name, mark)
        return 0

    def _see(self, name: str, mark: str) -> None:
        try:
            known = (
                unnamed(name) if mark == UNNAMED else looked_at(self.folder, name, mark, self.look)
            )
        except OSError:
            return  # it went meanwhile
        self.index.put(self._key, known)

    def _candidate(self, known: Known, score: float) -> Candidate:
        best = sorted(known.labels, key=lambda tag: -known.labels[tag])[:3]
        shows = known.texts[0] if known.texts else ", ".join(best)
        return Candidate(src=self.src_of(known.name), shows=shows, sure=min(1.0, score))

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Return vectors of tags, where `prepare` has made them."""
        kept = self.index.vectors(_vectors_name(texts))
        return None if kept is None else np.frombuffer(kept, np.float32).reshape(len(texts), -1)

    def prepare(self) -> None:
        """Make what words are compared with that no table has, once: it takes some seconds."""
        tags = near_tags()
        name = _vectors_name(tags)
        if sentences.installed() and self.index.vectors(name) is None:
            made = np.stack([sentences.vector_of(tag) for tag in tags])
            self.index.put_vectors(name, made.tobytes())


def _vectors_name(texts: Sequence[str]) -> str:
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    return f"{sentences.name()} {digest}"


def _wait_s(until: float) -> float:
    return min(threading.TIMEOUT_MAX, max(0.0, until - time.monotonic()))


def _below(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the mark of each picture, in order; none that leads out of the folder."""
    inside = folder.resolve()
    pictures = (each for each in _walked(folder) if within(each[0], inside))
    for file, beside in islice(pictures, MOST):
        name = file.relative_to(folder).as_posix()
        try:
            mark = mark_of(file, [each for each in beside if within(each, inside)])
        except OSError:
            continue
        if nameable(name):
            yield name, mark
        else:
            yield os.fsencode(name).decode(errors="backslashreplace"), UNNAMED


def _walked(folder: Path) -> Iterator[tuple[Path, list[Path]]]:
    """Yield each picture, and the files that may say something of it."""
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_left_out(name))
        here = set(names)
        for name in sorted(names):
            if is_picture(name) and not is_left_out(name):
                file = Path(above) / name
                yield file, [each for each in sidecars(file) if each.name in here]
