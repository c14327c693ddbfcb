"""From a picture to its faces, each cut out just as every network after this one takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from foveate.deadline import current
from foveate.imaging.guard import guard
from foveate.imaging.pixel_source import PixelSource
from foveate.service.flights import Flights
from foveate.service.memory import decoded_bytes
from foveate.service.parts.embedding import EMBEDDING
from foveate.service.parts.faces import FACES, found_faces
from foveate.service.parts.people import READING_BYTES, people, people_size, picture_of_people
from foveate.service.work import Work
from foveate.trace import Trace
from foveate.vision.align import Pyramid
from foveate.vision.attributes import ON_REQUEST
from foveate.vision.embedding import aligned
from foveate.vision.readings import READINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.geometry.box import Size
    from foveate.ports import Picture
    from foveate.service.analysis import Analyses
    from foveate.values import Face

    Crop = NDArray[np.uint8]
    Cut = Callable[[Pyramid, Face], Crop]

EMBEDDED: Final = "embedding"
MOST: Final = 100
"""Faces that are cut out, best score first: more of them are a crowd, and some megabytes each."""

READ_BY: Final = {
    str(word): reading for reading in READINGS for word in reading.gives if word in ON_REQUEST
}
"""The reading that tells each word."""
CUT: Final[Mapping[str, tuple[str, Cut]]] = {
    EMBEDDED: (EMBEDDED, aligned),
    **{word: (reading.card, reading.crops) for word, reading in READ_BY.items()},
}
"""How a face is cut out to tell a word, and how these crops are called: age and gender share some.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A picture to find faces in, and what is to be told of them."""

    picture: Picture
    words: tuple[str, ...] = (EMBEDDED,)
    """Out of `CUT`: what faces are cut out for."""
    remembered: bool = False
    """Whether faces may come from what was seen before, and are kept for later."""
    trace: Trace = field(default_factory=Trace)
    seen: Callable[[Size, tuple[Face, ...]], None] = lambda _size, _faces: None
    """Called in the worker as soon as faces are found: before they are cut out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceCrops:
    """One face as it goes from stage to stage: where that is to another process, nothing else does.

    Crops are (looks, side, side, 3) RGB of uint8, by name: `embedding`, `age-gender` and
    `expression` (1, 112), `gear` (1, 198).
    """

    crops: Mapping[str, Crop]

    def of(self, word: str) -> Crop:
        """Return the crops with which a word is read."""
        return self.crops[CUT[word][0]]


@dataclass(frozen=True, slots=True, eq=False)
class _CutWhenAsked(Mapping[str, "Crop"]):
    """Crops of a face, each made in the thread of the network that asks for it."""

    picture: Pyramid
    face: Face
    cuts: Mapping[str, Cut]

    def __getitem__(self, name: str) -> Crop:
        return self.cuts[name](self.picture, self.face)

    def __iter__(self) -> Iterator[str]:
        return iter(self.cuts)

    def __len__(self) -> int:
        return len(self.cuts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preprocessed:
    """The faces of a picture, best score first, in pixels of the upright source."""

    size: Size
    faces: tuple[Face, ...]
    crops: tuple[FaceCrops, ...]
    """Of the first `MOST` faces, in their order."""


class _Nothing:
    """A memo that remembers nothing: what is told was computed now."""

    def get_blocking(self, key: str) -> bytes | None:  # noqa: ARG002
        return None

    async def get(self, key: str) -> bytes | None:  # noqa: ARG002
        return None

    def put(self, key: str, value: bytes, *, disk: bool = True) -> bool:  # noqa: ARG002
        return False

    def forget_all(self, groups: set[str]) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Preprocess:
    """Upright, scaled and padded for the detector, detected, aligned, cut out."""

    analyses: Analyses

    def prepare(self, look: Look) -> Work[Preprocessed]:
        """Return the work, with an upper estimate of its memory. Raises ImageError."""

        def run(deadline: Deadline, trace: Trace) -> Preprocessed:
            with deadline:
                return self(replace(look, trace=trace))

        return Work(decoded_bytes(look.picture.facts) + READING_BYTES, run)

    def __call__(self, look: Look) -> Preprocessed:
        """Return the faces of a picture. Raises ImageError, ModelError or Unavailable."""
        analyses, facts = self.analyses, look.picture.facts
        if not look.remembered:
            # Nor does it join another request's look: that one began before this came.
            analyses = replace(analyses, memo=_Nothing(), flights=Flights())
        scale = analyses.scale_for(facts.size, (FACES, EMBEDDING) if look.words else (FACES,))
        deadline = current()
        with guard():
            analysis = analyses.open(PixelSource(look.picture, deadline, look.trace, scale=scale))
            if look.words and people_size(facts.size) == facts.size:
                picture_of_people(analysis)  # of which the detector's thumbnail is made sooner
            faces = found_faces(analysis)
            look.seen(facts.size, faces)
            crops: tuple[FaceCrops, ...] = ()
            if faces and look.words:
                with look.trace.span("crops"):
                    crops = cut_out(*people(analysis, faces[:MOST]), look.words)
        return Preprocessed(size=facts.size, faces=faces, crops=crops)


def cut_out(
    rgb: NDArray[np.uint8], faces: Sequence[Face], words: Sequence[str]
) -> tuple[FaceCrops, ...]:
    """Return the crops of faces, whose places are in pixels of `rgb`, to tell these words.

    They keep the picture; networks that run side by side cut side by side as well.
    """
    picture = Pyramid(rgb)
    cuts = dict(CUT[word] for word in words)
    return tuple(FaceCrops(crops=_CutWhenAsked(picture, face, cuts)) for face in faces)
