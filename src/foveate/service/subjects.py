"""Which faces of a picture are somebody's who is enrolled, for renditions that name people.

A face is somebody's when a search would say so, at the confidence of the settings and with that
person as the nearest. Nothing that is seen for it is kept: vectors of faces stay in the request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from foveate.enrolled import NAMED, Named, Selection, composed
from foveate.errors import UnknownSubject, UnsupportedOption
from foveate.service.parts.attributes import READER
from foveate.service.parts.embedding import EMBEDDER
from foveate.service.parts.faces import DETECTOR, counted_as_found, found_faces
from foveate.service.parts.people import people_size
from foveate.vision.gate import refusal
from foveate.vision.similarity import POSSIBLY, threshold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.ports import Thumbnailer
    from foveate.service.analysis import Analysis
    from foveate.service.found import Candidate
    from foveate.service.people import People
    from foveate.values import Attributes, Face


NOBODY: Final = "subject"
"""What the trace calls it when nobody who was named was found."""
STRANGERS: Final = 1000
"""A face is shown or hidden for sure by a bar for so many faces, however few are enrolled."""
MOST_KNOWN: Final = 1024


class Verdict(IntEnum):
    """What a search says of a face and some people."""

    OTHER = 0
    """It is nobody's of them: another's, or too unlike."""
    MAYBE = 1
    """Nobody is found, and it is not so unlike one of them."""
    SUBJECT = 2
    """It is the face of one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A face of a picture, in pixels of the upright source, and whose it is."""

    face: Face
    verdict: Verdict
    whose: frozenset[Named] = frozenset()
    """Of whom it is for sure: of one person, in each collection that was asked."""
    poor: bool = False
    """Whether nobody would be found by it for sure."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """The face index as renditions ask it. Every call blocks."""

    people: People
    _known: dict[tuple[str, Named], None] = field(default_factory=dict, compare=False)
    """Who was enrolled, by the revision of the collection."""

    def revision(self, named: Sequence[Named]) -> str:
        """Return what is another text after each change of what is asked.

        Raises UnknownCollection, UnknownSubject, OtherModel, BadInstallation.
        """
        store = self.people.store
        revisions = {name: store.revision(name) for name in _by_collection(named)}
        for name in revisions:
            self.people.check_model(name)
        for each in named:
            self._check(each, revisions[each.collection])
        settings = self.people.settings
        said = " ".join(f"{name}:{revision}" for name, revision in sorted(revisions.items()))
        return f"{said} {settings.confidence} {settings.least_quality} {STRANGERS}"

    def _check(self, named: Named, revision: str) -> None:
        key = (revision, named)
        if key in self._known:
            return
        if not self.people.store.count(named.collection, Selection(subjects=(named.name,))):
            if self.people.store.is_known(named.collection, named.name):
                raise UnknownSubject(f"{named.name} of {named.collection} has no faces yet.")
            raise UnknownSubject(f"There is no subject {named.name} in {named.collection}.")
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[key] = None

    def verdict(
        self, named: Sequence[Named], vector: NDArray[np.float32], *, doubt: bool = True
    ) -> tuple[Verdict, frozenset[Named]]:
        """Return whether a unit vector is of one of these people, and of whom.

        Maybe only if `doubt` is asked for.
        """
        told = {
            collection: self._within(collection, names, vector, doubt=doubt)
            for collection, names in _by_collection(named).items()
        }
        found = (Named(where, name) for where, (_, name) in told.items() if name)
        return max(verdict for verdict, _ in told.values()), frozenset(found)

    def _within(
        self, collection: str, names: tuple[str, ...], vector: NDArray[np.float32], *, doubt: bool
    ) -> tuple[Verdict, str]:
        # Whom nobody has named says nothing of who it is, however near.
        found = self.people.search(collection, vector, limit=1, selection=NAMED)
        if found and (not doubt or self._is_sure(found[0])):
            name = found[0].subject
            return (Verdict.SUBJECT, name) if name in names else (Verdict.OTHER, "")
        if not doubt:
            return Verdict.OTHER, ""
        near = self.people.store.search(
            collection, vector, 1, Selection(subjects=names), exact=True
        )
        return (Verdict.MAYBE if near and near[0].cosine >= POSSIBLY else Verdict.OTHER), ""

    def _is_sure(self, found: Candidate) -> bool:
        """Return whether it is found among so many as well as there are strangers to be met."""
        among = max(found.among, STRANGERS)
        return found.match.cosine >= threshold(self.people.settings.confidence, among)

    def of_picture(
        self, analysis: Analysis, named: Sequence[Named], *, grade: bool = False
    ) -> list[Judged]:
        """Return the faces of a picture, best score first.

        With `grade`, also whether they are poor, and who they may be.
        """

        def look() -> list[Judged]:
            faces = found_faces(analysis)
            return self._judged(analysis, named, faces, analysis.thumbnail, grade=grade)

        return analysis.once((NOBODY, named, grade), look)

    def faces(self, analysis: Analysis, named: Sequence[Named]) -> list[Face]:
        """Return those faces of a picture that are of these people; the trace is told of none."""
        judged = self.of_picture(analysis, named)
        found = [each.face for each in judged if each.verdict is Verdict.SUBJECT]
        if not found:
            analysis.pixels.trace.fall_back(NOBODY)
        return found

    def of_frame(
        self, analysis: Analysis, named: Sequence[Named], thumbnail: Thumbnailer
    ) -> list[Judged]:
        """Return the same of one frame of an animation, graded."""
        networks, size = analysis.networks, analysis.size
        detect = networks.of(DETECTOR)
        seen = detect.input_size(size)
        across, down = size.width / seen.width, size.height / seen.height
        found = counted_as_found(detect(thumbnail(seen)), networks)
        faces = [face.scaled(across, down) for face in found]
        return self._judged(analysis, named, faces, thumbnail, grade=True)

    def _judged(
        self,
        analysis: Analysis,
        named: Sequence[Named],
        faces: Sequence[Face],
        thumbnail: Thumbnailer,
        *,
        grade: bool,
    ) -> list[Judged]:
        if not faces:
            return []
        size, whole = people_size(analysis.size), analysis.size
        rgb, networks = thumbnail(size), analysis.networks
        across, down = size.width / whole.width, size.height / whole.height
        placed = tuple(face.scaled(across, down) for face in faces)
        with analysis.pixels.trace.span("embedding"):
            vectors = networks.of(EMBEDDER)(rgb, placed)
        verdicts = self._verdicts(analysis, named, vectors, doubt=grade)
        read = networks.of(READER)(rgb, placed) if grade else [None] * len(faces)
        rows = zip(faces, verdicts, read, strict=True)
        return [
            Judged(
                face=face,
                verdict=verdict,
                whose=whose,
                poor=each is not None and self._poor(face, each),
            )
            for face, (verdict, whose), each in rows
        ]

    def _verdicts(
        self,
        analysis: Analysis,
        named: Sequence[Named],
        vectors: NDArray[np.float32],
        *,
        doubt: bool,
    ) -> list[tuple[Verdict, frozenset[Named]]]:
        verdicts = []
        with analysis.pixels.trace.span("search"):
            for vector in vectors:
                analysis.pixels.deadline.check()  # of a crowd there are hundreds to look for
                verdicts.append(self.verdict(named, vector, doubt=doubt))
        return verdicts

    def _poor(self, face: Face, read: Attributes) -> bool:
        return bool(refusal(read, self.people.settings.least_quality, score=face.score))


def lacking(named: Iterable[Named], found: Iterable[Named]) -> tuple[Named, ...]:
    """Return who of these people was not found, in their order."""
    there = set(found)
    return tuple(each for each in named if each._replace(name=composed(each.name)) not in there)


def known(subjects: Subjects | None) -> Subjects:
    """Return who knows people. Raises UnsupportedOption where there is nobody."""
    if subjects is None:
        raise UnsupportedOption("Expected a face index for subject:NAME, got none.")
    return subjects


def _by_collection(named: Iterable[Named]) -> Mapping[str, tuple[str, ...]]:
    by: dict[str, tuple[str, ...]] = {}
    for each in named:
        by[each.collection] = (*by.get(each.collection, ()), composed(each.name))
    return by
