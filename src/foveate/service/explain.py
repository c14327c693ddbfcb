"""What `format=json` says of a rendition instead of making it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from foveate.gravity.objects import counted
from foveate.imaging.encode import content_type
from foveate.options.model import GravityKind, Upscale
from foveate.rendition import Rendition
from foveate.service.cutouts import looked_at, note_of
from foveate.service.depths import explained as by_depth
from foveate.service.parts import PARTS
from foveate.service.parts.faces import DETECTOR as FACES
from foveate.service.parts.faces import faces_to_keep
from foveate.service.parts.objects import DETECTOR as OBJECTS
from foveate.service.parts.objects import objects_to_keep
from foveate.service.parts.text import DETECTOR as LINES
from foveate.service.parts.text import known_lines
from foveate.service.serialise import box_to_json, face_to_json, thing_to_json
from foveate.transform.layout import SEEN_FIRST, seeks_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.service.networks import Network
    from foveate.service.rendering import Rendering
    from foveate.transform.plan import Plan

LOOKS_FIRST: Final[Mapping[GravityKind, Network[Any]]] = {
    GravityKind.FACE: FACES,
    GravityKind.AUTO: FACES,
    GravityKind.OBJECT: OBJECTS,
    GravityKind.TEXT: LINES,
}
"""What finds that which a gravity is about."""


def described(rendering: Rendering, plan: Plan) -> Rendition:
    """Return what `format=json` answers: the size that would be, and the original."""
    facts = rendering.pixels.facts
    size = facts.size if rendering.format == "svg" else plan.size
    answer: dict[str, Any] = {
        "width": size.width,
        "height": size.height,
        "original": {
            "file_size": facts.bytes,
            "width": facts.size.width,
            "height": facts.size.height,
            "format": content_type(str(facts.format)),
        },
    }
    if rendering.options.explain:
        answer["foveate"] = explained(rendering, plan)
        answer["foveate"] |= _cut_out(rendering) | _smoothed(rendering, plan)
    body = json.dumps(answer, separators=(",", ":")).encode()
    return Rendition(body, "application/json", size, named(plan))


def named(plan: Plan) -> dict[str, str]:
    """Return the header that says what the crop was made around, if anything was cut."""
    return {"Foveate-Gravity": plan.framing.gravity} if plan.framing.gravity else {}


def explained(rendering: Rendering, plan: Plan) -> dict[str, Any]:
    """Return why the crop lies where it lies, in pixels of the upright source."""
    framing, analysis = plan.framing, rendering.analysis
    kind = rendering.options.gravity.kind
    seen = SEEN_FIRST.get(kind, frozenset())
    faces = faces_to_keep(analysis) if "faces" in seen else ()
    things = {"objects": _deciding(rendering)} if "objects" in seen else {}
    spent = analysis.pixels.trace.total_ms()
    seeks = seeks_text(rendering.options, spare_text=analysis.spares_text)
    asked = rendering.options.upscale is not Upscale.INTERPOLATE
    enlarged = {"upscale": rendering.enlarging(plan).told(analysis.networks)} if asked else {}
    lines = {"text": [box_to_json(line.box) for line in known_lines(analysis)]} if seeks else {}
    decides = faces or things or framing.gravity == GravityKind.TEXT or framing.fell_back
    return {
        "faces": [face_to_json(face) for face in faces],
        **things,
        **lines,
        **enlarged,
        **by_depth(analysis, rendering.options),
        "focus": [round(framing.focus.x, 4), round(framing.focus.y, 4)],
        "crop": {"wanted": box_to_json(framing.wanted), "box": box_to_json(framing.box)},
        "gravity": framing.gravity,
        "fallback": framing.fell_back,
        "model": analysis.networks.of(LOOKS_FIRST[kind]).name if decides else None,
        "timings_ms": {part: round(ms, 1) for part, ms in spent.items() if part in PARTS},
    }


def _cut_out(rendering: Rendering) -> dict[str, Any]:
    """Return which things a cut-out is of, and what should be known of it: of the first frame."""
    segment = rendering.options.segment
    if segment is None or not segment.classes:
        return {}
    things = looked_at(rendering.analysis, segment)
    note = note_of([rendering.analysis], segment)
    return {"cut_out": [thing_to_json(thing) for thing in things]} | (
        {"note": note} if note else {}
    )


def _smoothed(rendering: Rendering, plan: Plan) -> dict[str, Any]:
    """Return how far which place is smoothed, where that was asked for."""
    if rendering.options.adaptive is None:
        return {}
    return {"adaptive": rendering.overlooked(plan).to_json(plan)}


def _deciding(rendering: Rendering) -> list[dict[str, object]]:
    """Return the things that a crop goes by."""
    things = counted(objects_to_keep(rendering.analysis), rendering.options.gravity.classes)
    return [thing_to_json(thing) for thing in things]
