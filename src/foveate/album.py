"""A folder of pictures as a Python library: `foveate.Album("photos").duplicates()`."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.background import default_app
from foveate.cores import cores
from foveate.errors import MET_AGAIN, BadOption, FoveateError
from foveate.library import analyse
from foveate.pictures import pictures_below
from foveate.service.wording import Wording, score, spoken
from foveate.vision.repeats import NEAR, STORED, cosines, groups
from foveate.vision.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from foveate.app import App
    from foveate.library import SourceLike
    from foveate.service.analyse import AnalysisResult

LEAST: Final = 0.05
"""Pictures that fit less are not found."""
PEOPLE: Final = (
    *("person", "people", "human", "somebody", "man", "men", "woman", "women", "child", "children"),
    *("kid", "kids", "baby", "boy", "boys", "girl", "girls", "face", "faces", "crowd", "family"),
)
"""Words for what tags do not know; a word of another language is one if it is nearest to these."""


@dataclass(frozen=True, slots=True)
class Like:
    """A picture of the folder, and how like what was asked for it is, 0..1."""

    picture: Path
    score: float


@dataclass(frozen=True, slots=True)
class Unread:
    """A picture of the folder that could not be looked at, and why."""

    picture: Path
    error: FoveateError


@dataclass(frozen=True, slots=True)
class _Seen:
    picture: Path
    pixels: int
    vector: np.ndarray[Any, np.dtype[np.float16]]


class Album:
    """The pictures of a folder, and of those in it: what repeats, what is like another, words.

    Every method blocks, and looks at each picture once: what was seen before comes from the cache
    of analyses, so that a call that was interrupted goes on where it was. `progress` is told the
    name of each picture; what cannot be read is left out, and kept in `unread`.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        progress: Callable[[Path], object] = lambda _: None,
        app: App | None = None,
    ) -> None:
        """Take a folder. Raises BadOption where there is none of that name."""
        self.folder = Path(folder).expanduser()
        if not self.folder.is_dir():
            raise BadOption(f"Expected a folder of pictures, got {str(folder)!r}, which is none.")
        self.progress = progress
        self.unread: list[Unread] = []
        self._app = app or default_app()

    def __repr__(self) -> str:
        return f"<Album {str(self.folder)!r}>"

    @property
    def pictures(self) -> list[Path]:
        """Return the files that are pictures by their names, in order."""
        return pictures_below(self.folder)

    def duplicates(self, threshold: float = NEAR) -> list[list[Like]]:
        """Return groups of pictures that are nearly the same.

        Each begins with the one of the most pixels, which is the one to keep; the others follow
        with their cosine to it, at least `threshold`.
        """
        _check(threshold)
        seen = self._seen()
        # Of several of one size, the larger file is less compressed.
        sizes = [(-one.pixels, -one.picture.stat().st_size, str(one.picture)) for one in seen]
        order = sorted(range(len(seen)), key=sizes.__getitem__)
        found = groups([one.vector for one in seen], order, threshold)
        return [[Like(seen[number].picture, score) for number, score in group] for group in found]

    def like(self, source: SourceLike, limit: int = 10, threshold: float = 0.0) -> list[Like]:
        """Return the pictures that are most like another one, which may be of the folder.

        Raises BadOption for a limit below 1, or a threshold beyond 0 to 1.
        """
        _check(threshold)
        _check_limit(limit)
        wanted = analyse(source, "features", app=self._app)["features"]
        seen = self._seen()
        if not seen:
            return []
        near = cosines(np.stack([one.vector for one in seen]), wanted)
        found = [Like(one.picture, min(1.0, float(x))) for one, x in zip(seen, near, strict=True)]
        return _best((like for like in found if like.score >= threshold), limit)

    def search(self, words: str, limit: int = 10) -> list[Like]:
        """Return the pictures whose tags say what these words do, best first.

        In English by the words of tags; with the extra `foveate[see]` in any words, in a hundred
        languages. Raises BadOption for words that are no tag's where the extra is not installed,
        for people, whom tags do not know, and for a limit below 1.
        """
        _check_limit(limit)
        weights = self._meant(words)
        found = []
        for picture, known in self._looked("tags"):
            labels = {tag.label: tag.score for tag in known["tags"].labels}
            if (fits := score(labels, weights)) >= LEAST:
                found.append(Like(picture, fits))
        return _best(found, limit)

    def _meant(self, words: str) -> list[dict[str, float]]:
        """Return how much each tag says each of these words. Raises BadOption."""
        try:
            wording = Wording(words, self._app.analyses.memo)
        except BadOption:
            # The extra that this names would not help.
            _refuse_people(word for word in spoken(words) if word in PEOPLE)
            raise
        _refuse_people(word for word in wording.others if word in PEOPLE)
        _refuse_people(wording.nearer_to(PEOPLE))
        return wording.weights((*vocabulary().words, *PEOPLE))

    def _seen(self) -> list[_Seen]:
        return [
            _Seen(picture, known.size.area, known["features"].astype(STORED))
            for picture, known in self._looked("features")
        ]

    def _looked(self, part: str) -> Iterator[tuple[Path, AnalysisResult]]:
        """Yield what is known of each picture, in order, a few of them at a time."""
        self.unread = []
        with ThreadPoolExecutor(cores(), thread_name_prefix="foveate-album") as pool:
            waiting: deque[tuple[Path, Future[AnalysisResult]]] = deque()
            try:
                for picture in self.pictures:
                    look = pool.submit(analyse, str(picture), part, app=self._app)
                    waiting.append((picture, look))
                    if len(waiting) > cores():
                        yield from self._done(*waiting.popleft())
                while waiting:
                    yield from self._done(*waiting.popleft())
            finally:
                for _, look in waiting:
                    look.cancel()

    def _done(
        self, picture: Path, look: Future[AnalysisResult]
    ) -> Iterator[tuple[Path, AnalysisResult]]:
        self.progress(picture)
        try:
            yield picture, look.result()
        except MET_AGAIN:
            raise
        except FoveateError as why:
            self.unread.append(Unread(picture, why))


def _best(found: Iterable[Like], limit: int) -> list[Like]:
    return sorted(found, key=lambda like: (-like.score, str(like.picture)))[:limit]


def _refuse_people(named: Iterable[str]) -> None:
    if people := ", ".join(named):
        raise BadOption(
            f"Expected words for what is on pictures beside people, got {people}: tags know "
            "nobody. `foveate analyse --parts objects` finds people, and `foveate people` those "
            "who are enrolled."
        )


def _check(threshold: float) -> None:
    if not 0 <= threshold <= 1:
        raise BadOption(f"Expected threshold from 0 to 1, got {threshold}.")


def _check_limit(limit: int) -> None:
    if limit < 1:
        raise BadOption(f"Expected limit from 1, got {limit}.")


def told(likes: Sequence[Like]) -> list[dict[str, object]]:
    """Return pictures and scores as they stand in JSON."""
    return [{"picture": str(like.picture), "score": round(like.score, 4)} for like in likes]
