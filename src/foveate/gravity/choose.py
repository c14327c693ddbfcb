"""From options to the strategy that serves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.geometry.box import CENTRE
from foveate.gravity.classic import Attention, Entropy
from foveate.gravity.faces import AroundFaces
from foveate.gravity.objects import AroundObjects
from foveate.gravity.point import AroundPoint, AtPoint
from foveate.gravity.saliency import Salient
from foveate.gravity.text import AroundText
from foveate.options.model import GravityKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.geometry.orientation import Orientation
    from foveate.gravity.framing import GravityStrategy
    from foveate.options.model import TransformOptions

CLASSIC: Final[Mapping[GravityKind, GravityStrategy]] = {
    GravityKind.ATTENTION: Attention(),
    GravityKind.ENTROPY: Entropy(),
}


def gravity_for(options: TransformOptions, orientation: Orientation) -> GravityStrategy:
    """Return the strategy for `options`.

    Points and sides are meant in the picture as it will be answered, after `orientation`; the
    strategy works in the upright source, so they are turned back.
    """
    gravity = options.gravity
    if gravity.kind in {GravityKind.FACE, GravityKind.OBJECT, GravityKind.TEXT}:
        return _around(options)
    if gravity.kind is GravityKind.AUTO:
        return Salient(zoom=options.zoom)
    if gravity.kind in CLASSIC:
        return CLASSIC[gravity.kind]
    point = orientation.inverse().point(gravity.point or CENTRE)
    if gravity.kind is GravityKind.BOX_CENTRE:
        return AroundPoint(point)
    return AtPoint(point, str(gravity.kind))


def _around(options: TransformOptions) -> GravityStrategy:
    """Return what keeps faces, text, or things of some classes."""
    sides = options.width, options.height, options.crop_width, options.crop_height
    free = all(side is None for side in sides)
    gravity, zoom = options.gravity, options.zoom
    if gravity.kind is GravityKind.FACE:
        return AroundFaces(fallback=Salient(), which=options.faces, zoom=zoom, free=free)
    if gravity.kind is GravityKind.TEXT:
        return AroundText(fallback=Salient(), zoom=zoom, free=free)
    return AroundObjects(
        fallback=Salient(), classes=gravity.classes, which=options.objects, zoom=zoom, free=free
    )
