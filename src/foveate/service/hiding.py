"""What is hidden: every face, those of some people, things of some classes, or several of these.

Where people are named, a face is shown only if that is sure. In an animation it is decided anew in
each frame that is looked at; nobody is followed from one to the next, and what is hidden in one is
hidden beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from foveate.service.parts.faces import DETECTOR
from foveate.service.parts.faces import FINE_DETECTOR as FACES
from foveate.service.parts.hidden_objects import objects_hidden, objects_hidden_in
from foveate.service.parts.hidden_text import FINE_DETECTOR as TEXT
from foveate.service.parts.hidden_text import HIDDEN_TEXT, text_hidden_in
from foveate.service.parts.objects import DETECTOR as OBJECTS
from foveate.service.parts.redaction import REDACTION, patches_in
from foveate.service.parts.shown import AS_IT_IS, Shown, looks
from foveate.service.subjects import NOBODY, Verdict, known, lacking
from foveate.transform.patch import ellipse_of, patches_over

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from foveate.enrolled import Named
    from foveate.geometry.box import Box, Size
    from foveate.imaging import Image
    from foveate.options.model import Redact
    from foveate.ports import Thumbnailer
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Network
    from foveate.service.subjects import Judged, Subjects
    from foveate.transform.patch import RedactionPatch
    from foveate.values import Face

    Patches = tuple[RedactionPatch, ...]

SAME_FACE: Final = 0.5
"""Share of their union that two ellipses over one face have in common at least. Of two faces that
one look tells apart they have less."""


def hidden(judged: Judged, asked: Redact) -> bool:
    """Return whether a face is made unrecognisable; one in doubt is."""
    shown = Verdict.SUBJECT if asked.keep else Verdict.OTHER
    return judged.poor or judged.verdict is not shown


class Hides(Protocol):
    """Finds what hides something in one picture, or in each frame of an animation."""

    def of_picture(self) -> Patches:
        """Return what hides it in a picture that stands still."""
        ...

    def of_frame(self, frame: Image) -> Patches:
        """Return what hides it in one frame of an animation."""
        ...

    def lacking(self) -> tuple[Named, ...]:
        """Return, after all looks, who of several was not found; the trace is told of nobody."""
        ...


def hiding(
    analysis: Analysis, asked: Redact, subjects: Subjects | None, shown: Shown = AS_IT_IS
) -> Hides:
    """Return what finds all that is to be hidden, in a picture that is shown so.

    `subjects` knows who is named, if anybody is.
    """
    hides: list[Hides] = []
    if asked.faces or asked.subjects:
        faces = Together([_faces(analysis, way) for way in _looks(analysis, shown, FACES)])
        who = Hider(analysis, known(subjects), asked, faces) if asked.subjects else faces
        hides.append(who)
    if asked.objects:
        ways = _looks(analysis, shown, OBJECTS)
        hides += [_objects(analysis, asked.objects, way) for way in ways]
    if asked.text:
        hides += [_text(analysis, way) for way in _looks(analysis, shown, TEXT)]
    return Together(hides)


def _looks(analysis: Analysis, shown: Shown, network: Network[Any]) -> tuple[Shown, ...]:
    return looks(shown, analysis.size, analysis.networks.of(network).input_size)


def _faces(analysis: Analysis, shown: Shown) -> Every:
    return Every(
        lambda: analysis.get(REDACTION, shown=shown),
        lambda frame: patches_in(analysis, frame, shown),
    )


def _objects(analysis: Analysis, labels: Collection[str], shown: Shown) -> Every:
    return Every(
        lambda: objects_hidden(analysis, labels, shown),
        lambda frame: objects_hidden_in(analysis, frame, labels, shown),
    )


def _text(analysis: Analysis, shown: Shown) -> Every:
    return Every(
        lambda: analysis.get(HIDDEN_TEXT, shown=shown),
        lambda frame: text_hidden_in(analysis, frame, shown),
    )


@dataclass(frozen=True, slots=True)
class Together:
    """Hides what several others hide."""

    hides: Sequence[Hides]

    def of_picture(self) -> Patches:
        """Return what hides it in a picture that stands still."""
        return tuple(patch for each in self.hides for patch in each.of_picture())

    def of_frame(self, frame: Image) -> Patches:
        """Return what hides it in one frame of an animation."""
        return tuple(patch for each in self.hides for patch in each.of_frame(frame))

    def lacking(self) -> tuple[Named, ...]:
        """Return, after all looks, who of several was not found."""
        return tuple(named for each in self.hides for named in each.lacking())


@dataclass(frozen=True, slots=True)
class Every:
    """Hides all of one kind; a picture that has none is as good."""

    of_picture: Callable[[], Patches]
    of_frame: Callable[[Image], Patches]

    def lacking(self) -> tuple[Named, ...]:
        """Return nobody: nobody is named."""
        return ()


@dataclass(slots=True)
class Hider:
    """What hides the faces of one picture, or of each frame, save those that are shown."""

    analysis: Analysis
    subjects: Subjects
    asked: Redact
    faces: Hides
    """What hides every face."""
    found: set[Named] = field(default_factory=set)
    """Whose faces were seen, of those who are named."""

    def of_picture(self) -> Patches:
        """Return what hides the faces of a picture that stands still."""
        judged = self.subjects.of_picture(self.analysis, self.asked.subjects, grade=True)
        # Pixels of its own, so that the colours never depend on the answer's size.
        small = self.analysis.pixels.at(0.0).thumbnail
        return self._left(self.faces.of_picture(), judged, small)

    def of_frame(self, frame: Image) -> Patches:
        """Return what hides the faces of one frame of an animation."""
        small = partial(self.analysis.pixels.thumbnail_of, frame)
        judged = self.subjects.of_frame(self.analysis, self.asked.subjects, small)
        return self._left(self.faces.of_frame(frame), judged, small)

    def lacking(self) -> tuple[Named, ...]:
        """Return who of several was not found; let the trace know where that is everybody."""
        if self.found:
            return lacking(self.asked.subjects, self.found)
        self.analysis.pixels.trace.fall_back(NOBODY)
        return ()

    def _left(self, patches: Patches, judged: Sequence[Judged], thumbnail: Thumbnailer) -> Patches:
        self.found.update(*(each.whose for each in judged))
        over = owners(patches, [each.face for each in judged], self.analysis.size)
        hides = [hidden(each, self.asked) for each in judged]
        left = [
            patch for patch, face in zip(patches, over, strict=True) if face is None or hides[face]
        ]
        bare = [
            each.face for number, each in enumerate(judged) if hides[number] and number not in over
        ]
        return (*self._over(bare, thumbnail), *left) if bare else tuple(left)

    def _over(self, faces: Sequence[Face], thumbnail: Thumbnailer) -> Patches:
        """Return patches over faces that redaction's own looks did not see."""
        size = self.analysis.size
        seen = self.analysis.networks.of(DETECTOR).input_size(size)
        across, down = seen.width / size.width, seen.height / size.height
        return patches_over(thumbnail(seen), [face.scaled(across, down) for face in faces], size)


def owners(patches: Patches, faces: Sequence[Face], size: Size) -> list[int | None]:
    """Return the number of the face that each patch is over; None for one over no such face."""
    bounds = [ellipse_of(face, size).bounds for face in faces]
    return [_owner(patch.core.bounds, bounds) for patch in patches]


def _owner(patch: Box, faces: Sequence[Box]) -> int | None:
    shares = [patch.iou(face) for face in faces]
    best = max(range(len(faces)), key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] >= SAME_FACE else None
