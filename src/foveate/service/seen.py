"""The faces of a picture as the face index needs them, with nothing kept of the picture."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import dist
from typing import TYPE_CHECKING, Final

from foveate.errors import FaceRefused
from foveate.imaging.guard import guard
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.pixels import from_array
from foveate.service.parts.attributes import ATTRIBUTES
from foveate.service.parts.embedding import EMBEDDING
from foveate.service.parts.faces import FACES, found_faces
from foveate.service.parts.people import people
from foveate.vision.align import SIDE, EdgeMode, Pyramid, upright, warp
from foveate.vision.gate import Flaw, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.geometry.box import Point, Size
    from foveate.ports import Picture
    from foveate.service.analysis import Analyses
    from foveate.trace import Trace
    from foveate.values import Attributes, Face, Facts, Lifetime

SEEING: Final = (FACES, EMBEDDING, ATTRIBUTES)
MUCH_LARGER: Final = 2.0
"""A face with so many times the area of any other is the one that a picture is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A face of a picture, in pixels of the upright source."""

    face: Face
    embedding: NDArray[np.float32] = field(compare=False, repr=False)
    """A unit vector of 512 numbers."""
    attributes: Attributes
    crop: bytes = field(default=b"", compare=False, repr=False)
    """The aligned face as PNG, where it is to be kept."""

    def refusal(self, least: float) -> Flaw | None:
        """Return what spoils it in a word, where its quality is below that, or it may be none."""
        return refusal(self.attributes, least, score=self.face.score)


def likely(faces: Iterable[Seen], least_score: float) -> list[Seen]:
    """Return those that are at least so likely faces, in their order."""
    return [each for each in faces if each.face.score >= least_score]


@dataclass(frozen=True, slots=True)
class _Unkept:
    """A picture of which no cache may keep anything: it is somebody's face."""

    picture: Picture

    @property
    def data(self) -> bytes:
        """Return the file."""
        return self.picture.data

    @property
    def digest(self) -> str:
        """Return what names these bytes, in hex digits."""
        return self.picture.digest

    @property
    def name(self) -> str:
        """Return nothing."""
        return ""

    @property
    def reference(self) -> str:
        """Return what names the upload that it came from; empty where it came from none."""
        return self.picture.reference

    @property
    def covered(self) -> bool:
        """Return whether it stands in the place of another one, which is not to be shown."""
        return self.picture.covered

    @property
    def facts(self) -> Facts:
        """Return what the header says."""
        return self.picture.facts

    @property
    def lifetime(self) -> Lifetime:
        """Return that it is for nobody else."""
        return replace(self.picture.lifetime, private=True)


def seen(
    analyses: Analyses, picture: Picture, deadline: Deadline, trace: Trace, *, crops: bool = False
) -> Sequence[Seen]:
    """Return the faces of a picture, best score first; with `crops`, cut out as well."""
    scale = analyses.scale_for(picture.facts.size, SEEING)
    analysis = analyses.open(PixelSource(_Unkept(picture), deadline, trace, scale=scale))
    with deadline, guard():
        analysis.see(SEEING)
        faces = found_faces(analysis)
        cut = _cut(*people(analysis, faces)) if crops else [b""] * len(faces)
        vectors, read = analysis.get(EMBEDDING), analysis.get(ATTRIBUTES)
    return [
        Seen(face=face, embedding=vector, attributes=attributes, crop=crop)
        for face, vector, attributes, crop in zip(faces, vectors, read, cut, strict=True)
    ]


def _cut(rgb: NDArray[np.uint8], faces: Sequence[Face]) -> list[bytes]:
    picture = Pyramid(rgb)
    crops = (warp(picture, upright(face.landmarks), SIDE, EdgeMode.BLACK) for face in faces)
    return [from_array(crop).pngsave_buffer() for crop in crops]


def lying_at(faces: Sequence[Seen], place: Point, size: Size) -> Seen:
    """Return the face at a place of a picture of that size, the nearest of several.

    Raises FaceRefused.
    """
    x, y = place.x * size.width, place.y * size.height
    here = [each for each in faces if each.face.box.has(x, y)]
    if not here:
        raise FaceRefused("Expected a face at that place, got none there.", reason="none")
    return min(here, key=lambda each: dist((x, y), each.face.box.middle))


def chosen(faces: Sequence[Seen]) -> Seen:
    """Return the face that a picture is of: its only one, or one much larger than all others.

    Raises FaceRefused.
    """
    if not faces:
        raise FaceRefused("Expected a picture with a face, got one without.", reason="none")
    first, *others = sorted(faces, key=lambda each: -each.face.box.area)
    if others and first.face.box.area < MUCH_LARGER * others[0].face.box.area:
        raise FaceRefused(
            f"Expected a picture of one person, got {len(faces)} faces of like size. Say where "
            "who is meant is, by `at` with X of the width and Y of the height (0.52x0.31), or cut "
            "out that face.",
            reason="several",
        )
    return first
