"""What goes by depth in a rendition: its focal plane, its light, what stands before overlays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.geometry.box import Size
from foveate.imaging.planes import at as at_means
from foveate.options.masks import Depth as InDepth
from foveate.options.model import Focus, MatteLevel, Refocus, SegmentOutput
from foveate.service.cutouts import matte_level
from foveate.service.parts.depth import NEARNESS, fine
from foveate.service.parts.faces import found_faces
from foveate.service.parts.matte import MATTE, is_rough
from foveate.service.parts.saliency import looks, maps
from foveate.transform.masked import masks_of
from foveate.transform.scenery import Scenery, strength_of
from foveate.vision.depth import Known
from foveate.vision.focus import (
    INSIDE,
    Plane,
    around,
    held,
    nearest_salient,
    part_at,
    part_touching,
    with_edges,
    with_subject,
)
from foveate.vision.masks import at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.geometry.box import Point
    from foveate.options.model import Overlay, TransformOptions
    from foveate.service.analysis import Analysis
    from foveate.vision.depth import Depth

    Map = NDArray[np.float32]

LONG_SIDE: Final = 400
"""Of the maps on which it is decided."""
DEPTH_CARD: Final = "depth"
EDGE: Final = 0.06
"""Nearness over which an edge in depth rises; the picture says where it lies."""
UNSURE: Final = 0.5
"""Confidence below which an answer says that its depth is unsure."""


@dataclass(frozen=True, slots=True)
class Focused:
    """What is in focus, and why."""

    plane: Plane
    on: str
    """`face`, `subject`, `point` or `near`."""
    who: Map | None = None
    """Who is in focus, where he was seen last: he may come back."""
    by_own: bool = False
    """Whether our own head saw who is in focus, where the network for people did not."""


def scenery_of(analysis: Analysis, options: TransformOptions) -> Scenery | None:
    """Return what the steps that go by depth need; None where nobody asked for them.

    Raises WeightsMissing for a lens blur where depth is only known in its order.
    """
    if not (shows_depth(options) or options.refocus or options.light):
        return None
    # Light has no matte to keep to, so its map is to end where things do.
    depth = fine(analysis, LONG_SIDE) if options.light else analysis.get(NEARNESS)
    refocus = options.refocus
    plane = in_focus(analysis, depth, options, refocus).plane if refocus else None
    return Scenery(depth.nearness, strength_of(depth.confidence), plane)


def front_of(analysis: Analysis, options: TransformOptions, overlay: Overlay) -> Map | None:
    """Return alpha of what stands before an overlay, over the whole upright source.

    None where nothing was asked to, and where there is no subject to do so.
    """
    if overlay.behind is None:
        return None
    if overlay.behind == "subject":
        matte = analysis.get(MATTE, level=matte_level(options))
        return matte if (matte > INSIDE).any() else None
    near = analysis.get(NEARNESS).nearness
    rise = ((near - overlay.behind) / EDGE + 1 / 2).clip(0, 1).astype(np.float32)
    return rise if rise.any() else None


def shows_depth(options: TransformOptions) -> bool:
    """Return whether the answer is a map of depth."""
    return options.segment is not None and options.segment.output is SegmentOutput.DEPTH


def goes_by_depth(options: TransformOptions) -> bool:
    """Return whether anything that is done, or answered, goes by what is near."""
    masks = any(isinstance(target, InDepth) for target in masks_of(options))
    before = any(overlay.behind not in (None, "subject") for overlay in options.draw)
    return bool(options.refocus or options.light or shows_depth(options) or masks or before)


def doubts_of(analysis: Analysis, options: TransformOptions) -> str:
    """Return what should be known of an answer that goes by depth; empty where nothing should."""
    if not goes_by_depth(options):
        return ""
    depth = analysis.get(NEARNESS)
    if depth.known_by is Known.ORDER:
        lacks = "is damaged" if analysis.networks.damaged(DEPTH_CARD) else "is not here"
        return f"depth is rough: the network for it {lacks} (foveate models pull depth)"
    if depth.confidence >= UNSURE:
        return ""
    unsure, weaker = f"depth is unsure here ({depth.confidence:.2f} of 1)", _weaker(options)
    are = "are" if len(weaker) > 1 else "is"
    return f"{unsure}, so {' and '.join(weaker)} {are} weaker" if weaker else unsure


def _weaker(options: TransformOptions) -> list[str]:
    """Return the options that do less where depth is unsure."""
    asked = (("refocus", options.refocus), ("light", options.light))
    return [name for name, value in asked if value]


def explained(analysis: Analysis, options: TransformOptions) -> dict[str, Any]:
    """Return what `explain` says of depth; nothing where nothing goes by it."""
    if not goes_by_depth(options):
        return {}
    depth = analysis.get(NEARNESS)
    said: dict[str, Any] = {
        "confidence": round(depth.confidence, 3),
        "known_by": depth.known_by.value,
    }
    if _weaker(options):
        said["strength"] = round(strength_of(depth.confidence), 3)
    if options.refocus is not None:
        found = focused(analysis, depth, options, options.refocus)
        said |= {"on": found.on, "nearness": round(found.plane.nearness, 3)}
    return {"depth": said}


def focused(analysis: Analysis, depth: Depth, options: TransformOptions, asked: Refocus) -> Focused:
    """Return where the focal plane lies that options ask for.

    Raises WeightsMissing where depth is only known in its order: what is blurred needs edges.
    """
    if depth.known_by is Known.ORDER:
        raise analysis.networks.without(DEPTH_CARD)
    near, people = _maps(analysis, options)
    if not isinstance(asked.at, Focus):
        return _on_point(near, people, asked.at)
    return _on_faces(analysis, near, people) or _on_subject(analysis, near, people, options)


def in_focus(
    analysis: Analysis, depth: Depth, options: TransformOptions, asked: Refocus
) -> Focused:
    """Return the focal plane of a picture; of a frame, the one that keeps to what is in focus.

    Raises as `focused`.
    """

    def step(before: Focused | None) -> Focused:
        if before is None:
            return focused(analysis, depth, options, asked)
        near, people = _maps(analysis, options)
        return kept_on(before, near, _own(analysis, _size(near)) if before.by_own else people)

    return analysis.carried("focus", step)


def kept_on(before: Focused, near: Map, people: Map | None) -> Focused:
    """Return the focal plane of the next frame: through who was in focus, or where it was."""
    seen, depth = before.plane.subject, before.plane.nearness
    who = before.who if seen is None else seen
    if people is None:
        return replace(before, plane=Plane(depth, near, None), who=who)
    part = None if who is None else part_touching(people, at(who, _size(near)) > INSIDE)
    if part is None:
        return replace(before, plane=Plane(depth, with_edges(near, people), None), who=who)
    return replace(before, plane=with_subject(near, part), who=None)


def _maps(analysis: Analysis, options: TransformOptions) -> tuple[Map, Map | None]:
    """Return nearness with the edges of the picture, and who is in it, in one size."""
    size = analysis.size.within(LONG_SIDE)
    near, matte = at(fine(analysis, LONG_SIDE).nearness, size), _matte(analysis, options)
    return near, None if matte is None else _small(matte, size)


def _size(values: Map) -> Size:
    return Size(values.shape[1], values.shape[0])


def _matte(analysis: Analysis, options: TransformOptions) -> Map | None:
    """Return the matte of a subject whose edges can be trusted; None for a rough one."""
    level = matte_level(options)
    matte = analysis.get(MATTE, level=level)
    return None if is_rough(analysis, level) else matte


def _own(analysis: Analysis, size: Size) -> Map | None:
    """Return the matte that our own head makes of whatever a picture is about; None of nothing."""
    return _small(analysis.get(MATTE, level=MatteLevel.BALANCED), size)


def _small(matte: Map, size: Size) -> Map | None:
    """Return a matte on such a map, by the means of what each cell covers; None where it is lost.

    Of few pixels nothing may be left, and nothing in focus has no distance.
    """
    small: Map = at_means(matte, size).clip(0, 1)
    return small if (small > INSIDE).any() else None


def _on_point(near: Map, people: Map | None, place: Point) -> Focused:
    part = None if people is None else part_at(people, place)
    if part is not None:
        return Focused(with_subject(near, part), "subject")
    scene = near if people is None else with_edges(near, people)
    return Focused(Plane(around(scene, place), scene, None), "point")


def _on_faces(analysis: Analysis, near: Map, people: Map | None) -> Focused | None:
    boxes = sorted((face.box for face in found_faces(analysis.first)), key=lambda box: -box.area)
    faces = [box.centre(analysis.size) for box in boxes]
    if not faces:
        return None
    # Whoever fills much of a picture, or hides under an umbrella, is no person to a fast network.
    by_own = people is None
    people = _own(analysis, _size(near)) if by_own else people
    part = None if people is None else part_at(people, *faces)
    if part is not None:
        return Focused(with_subject(near, part), "face", by_own=by_own)
    seen = at(maps(analysis)[1], _size(near))
    if (plane := held(near, seen, faces)) is not None:
        return Focused(plane, "face")
    # There is but one plane, so it goes through the largest face.
    return Focused(Plane(around(near, faces[0]), near, None), "face")


def _on_subject(
    analysis: Analysis, near: Map, people: Map | None, options: TransformOptions
) -> Focused:
    """Return the plane through whatever a picture is about: no network for people tells that."""
    by_own = matte_level(options) is MatteLevel.FAST
    subject = _own(analysis, _size(near)) if by_own else people
    if subject is not None:
        return Focused(with_subject(near, subject), "subject", by_own=by_own)
    seen = at(looks(analysis).astype(np.float32), _size(near))
    return Focused(Plane(nearest_salient(near, seen), near, None), "near")
