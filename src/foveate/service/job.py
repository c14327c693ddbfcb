"""One rendition on its way, and what `format=json` says of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foveate.imaging.encode import content_type
from foveate.ports import Rendition
from foveate.service.forms import box_to_json, face_to_json
from foveate.transform.plan import SEEN_BY

if TYPE_CHECKING:
    from foveate.imaging.probe import Facts
    from foveate.options.model import TransformOptions
    from foveate.options.negotiate import Encoded
    from foveate.service.picture import Picture
    from foveate.service.sight import Sight
    from foveate.transform.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one rendition works with, once the source's header is known."""

    picture: Picture
    sight: Sight
    options: TransformOptions
    format: Encoded
    frames: int

    @property
    def facts(self) -> Facts:
        """Return what the header says."""
        return self.picture.facts


def described(job: Job, plan: Plan, face_model: str) -> Rendition:
    """Return what `format=json` answers: the size that would be, and the original."""
    facts = job.facts
    size = facts.size if job.format == "svg" else plan.size
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
    if job.options.explain:
        answer["foveate"] = explained(job, plan, face_model)
    body = json.dumps(answer, separators=(",", ":")).encode()
    return Rendition(body, "application/json", size, named(plan), job.sight.timings_ms)


def named(plan: Plan) -> dict[str, str]:
    """Return the header that says what the crop was made around, if anything was cut."""
    return {"Foveate-Gravity": plan.framing.gravity} if plan.framing.gravity else {}


def explained(job: Job, plan: Plan, face_model: str) -> dict[str, Any]:
    """Return why the crop lies where it lies, in pixels of the upright source."""
    framing = plan.framing
    seen = SEEN_BY.get(job.options.gravity.kind, frozenset())
    faces = job.sight.faces() if "faces" in seen else ()
    return {
        "faces": [face_to_json(face) for face in faces],
        "focus": [round(framing.focus.x, 4), round(framing.focus.y, 4)],
        "crop": {"wanted": box_to_json(framing.wanted), "box": box_to_json(framing.box)},
        "gravity": framing.gravity,
        "fallback": framing.fell_back,
        "model": face_model if faces or framing.fell_back else None,
        "timings_ms": {part: round(ms, 1) for part, ms in job.sight.timings_ms.items()},
    }
