"""A picture looked at: tags, things, what is written of it, and vectors of that."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from foveate.designs.library.index import Known
from foveate.designs.library.scores import BROAD, GROWS, words_of
from foveate.designs.library.written import named, written
from foveate.errors import MET_AGAIN, FoveateError
from foveate.models import sentences
from foveate.vision.vocabulary import edition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from foveate.geometry.box import Size


class Seen(Protocol):
    """What is seen of a picture."""

    @property
    def size(self) -> Size:
        """Of the picture."""

    def __getitem__(self, part: str, /) -> Any:  # noqa: ANN401 - each part has a type of its own
        """Return one of `PARTS`."""


if TYPE_CHECKING:
    Look = Callable[[Path], Seen]
    """Looks at a picture. Raises FoveateError, OSError."""

PARTS: Final = ("tags", "objects")
UNNAMED: Final = "unnamed"
"""The mark of pictures that no design can name."""
_NO_TEXT: Final = "Expected a name in UTF-8, without control characters, got another one."
_EDITION: Final = 1
"""Of what is kept."""


@cache
def _who() -> str:
    """Return what changes when those who look do."""
    return f"{_EDITION} {edition()} {sentences.name() if sentences.installed() else ''}"


def mark_of(picture: Path, beside: Iterable[Path]) -> str:
    """Return what changes when a picture, what lies beside it, or who looks does.

    Raises OSError where one of them is gone.
    """
    facts = picture.stat()
    said = (str(file.stat().st_mtime_ns) for file in beside)
    return " ".join((_who(), str(facts.st_mtime_ns), str(facts.st_size), *said))


def unnamed(name: str) -> Known:
    """Return what is known of a picture that neither an index nor a design can name."""
    nothing = np.empty((0, sentences.DIMENSIONS), np.float16)
    return Known(name=name, mark=UNNAMED, labels={}, vectors=nothing, failed=_NO_TEXT)


def looked_at(folder: Path, name: str, mark: str, look: Look) -> Known:
    """Return what is known of a picture; one that cannot be read is known to be such.

    Raises what every other picture would meet as well, and OSError where it is gone.
    """
    picture = folder / name
    texts = written(picture, folder)
    said = (*filter(None, [named(name)]), *texts)
    labels, failed = dict[str, float](), ""
    try:
        labels = _labels(look(picture))
    except MET_AGAIN:
        raise
    except FoveateError as why:
        failed = why.public
    return Known(
        name=name,
        mark=mark,
        labels=labels,
        words=words_of(said),
        texts=texts,
        vectors=_vectors(texts),
        failed=failed,
    )


def _labels(seen: Seen) -> dict[str, float]:
    """Return tags, and things by how sure and how large the surest of each is."""
    found = {tag.label: float(tag.score) for tag in seen["tags"].labels}
    for thing in seen["objects"]:
        part = thing.box.width * thing.box.height
        large = min(1.0, BROAD + GROWS * part / seen.size.area)
        found[thing.label] = max(found.get(thing.label, 0.0), round(thing.score * large, 4))
    return found


def _vectors(texts: Sequence[str]) -> NDArray[np.float16]:
    if not texts or not sentences.installed():
        return np.empty((0, sentences.DIMENSIONS), np.float16)
    return np.stack([sentences.vector_of(text) for text in texts]).astype(np.float16)
