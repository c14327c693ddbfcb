"""What crops of many shapes shall keep, and the options that one of them is cut with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadOption
from foveate.geometry.box import Box
from foveate.geometry.crop import largest
from foveate.geometry.fit import nearest
from foveate.options.classes import OBJECT, word_meant
from foveate.options.gravities import gravity as gravity_of
from foveate.options.model import Fit, Format, Gravity, GravityKind, TransformOptions
from foveate.options.subjects import faces as faces_of
from foveate.options.values import counted, shown
from foveate.service.formats import FACES, FORMATS, read_aspect
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from foveate.options.model import Faces, Objects
    from foveate.values import Facts

GRAVITIES: Final = (GravityKind.FACE, GravityKind.AUTO, GravityKind.OBJECT, GravityKind.TEXT)
"""What crops of many shapes can be asked to keep."""
_WRITTEN: Final = "face, auto, text, object or object:CLASS"


def read_gravity(text: str | None) -> Gravity | None:
    """Return what crops shall keep, or None for what each format keeps. Raises BadOption."""
    if text is None:
        return None
    try:
        gravity = gravity_of(text)
    except ValueError as why:
        if text.strip().lower().startswith(OBJECT):
            raise BadOption(f"Option gravity: {why}.") from why
        gravity = Gravity(GravityKind.CENTRE)
    if gravity.kind not in GRAVITIES:
        near = word_meant(text, GRAVITIES)
        raise BadOption(f"Expected gravity {_WRITTEN}, got {shown(text)}{near}.")
    return gravity


def read_faces(text: str | None) -> Faces | None:
    """Return which faces crops shall keep, as in a URL; None for all. Raises BadOption."""
    try:
        return None if text is None else faces_of(text)
    except ValueError as why:
        raise BadOption(f"Option faces: {why}.") from why


def read_objects(text: str | None) -> Objects | None:
    """Return which things crops shall keep, as in a URL; None for all. Raises BadOption."""
    try:
        return None if text is None else counted(text)
    except ValueError as why:
        raise BadOption(f"Option objects: {why}.") from why


def check_zoom(zoom: float | None) -> None:
    """Raise BadOption for what says nothing of how tight crops shall be, 0..1."""
    if zoom is not None and not 0 <= zoom <= 1:
        raise BadOption(f"Expected zoom from 0 to 1, got {zoom:g}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What crops shall keep, and how tightly, as far as somebody says."""

    gravity: Gravity | None = None
    """None is what each format is for."""
    zoom: float | None = None
    faces: Faces | None = None
    """Which faces; saying so asks for faces."""
    objects: Objects | None = None
    """Which things; saying so asks for things."""

    def __post_init__(self) -> None:
        """Raise BadOption for what says nothing, or two things at once."""
        check_zoom(self.zoom)
        for name, kind in self._which():
            if self.gravity is not None and self.gravity.kind is not kind:
                got = self.gravity.kind
                raise BadOption(f"Expected gravity {kind} with {name}, got {got}.")
        if len(self._which()) > 1:
            raise BadOption("Expected faces or objects, got both.")

    def _which(self) -> list[tuple[str, GravityKind]]:
        said = {"faces": GravityKind.FACE, "objects": GravityKind.OBJECT}
        return [pair for pair in said.items() if getattr(self, pair[0]) is not None]

    @property
    def kept(self) -> Gravity | None:
        """Return what is asked for, whichever way; None is what each format is for."""
        implied = [Gravity(kind) for _, kind in self._which()]
        return self.gravity or next(iter(implied), None)

    @property
    def details(self) -> dict[str, Any]:
        """Return what else is said, by the fields of options."""
        return {name: getattr(self, name) for name, _ in self._which()}


def crop_options(
    facts: Facts, aspect: float, gravity: Gravity, zoom: float = 0.0
) -> TransformOptions:
    """Return the options whose crop has that aspect ratio, at its own pixels.

    It is the largest, or with `zoom` as much tighter as that says.
    """
    window = largest(Box.of(facts.size), aspect)
    return TransformOptions(
        width=nearest(window.width),
        height=nearest(window.height),
        # What is tighter than the window is not enlarged to it.
        fit=Fit.ASPECT_CROP if zoom else Fit.COVER,
        zoom=zoom,
        gravity=gravity,
        # Left open, a drawing would be answered as it is, uncut.
        format=Format.PNG if facts.format is ImageFormat.SVG else None,
    )


def asked_of(name: str, facts: Facts, aim: Aim) -> TransformOptions:
    """Return the options of the crop for an aspect ratio or a format. Raises BadOption.

    Where nobody says what to keep, a format keeps what it is for, as tightly as that wants; what
    somebody says is kept in the widest crop. A zoom that is said holds for both.
    """
    own = FORMATS[name].keeps if name in FORMATS else FACES
    usual = own.zoom if aim.gravity is None and aim.objects is None else 0.0
    kept = aim.kept or Gravity(own.gravity)
    zoom = usual if aim.zoom is None else aim.zoom
    return replace(crop_options(facts, read_aspect(name), kept, zoom), **aim.details)


def brought_down(options: TransformOptions, name: str) -> TransformOptions:
    """Return the options at the pixels of a named format; a smaller crop stays as it is."""
    wanted = FORMATS[name].size if name in FORMATS else None
    if wanted is None or (options.width or 0) < wanted.width:
        return options
    return replace(options, width=wanted.width, height=wanted.height)
