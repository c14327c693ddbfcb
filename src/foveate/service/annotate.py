"""A picture with what was seen drawn on it, for people."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from foveate.imaging.annotate import draw_faces
from foveate.imaging.colour import to_srgb
from foveate.imaging.decode import to_memory
from foveate.imaging.encode import Target, encode
from foveate.imaging.guard import guard
from foveate.imaging.probe import probe
from foveate.imaging.stop import Deadline
from foveate.service.analyse import face_from_json
from foveate.service.picture import Picture
from foveate.transform.steps.place import posed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.settings import Limits


def annotated(data: bytes, faces: Sequence[dict[str, Any]], limits: Limits) -> bytes:
    """Return the upright picture as PNG with each face's box, landmarks and score."""
    facts = probe(data, limits)
    picture = Picture(data, facts, Deadline(time.monotonic() + limits.timeout_s), scale=1.0)
    with picture.deadline, guard():
        upright = posed(to_memory(to_srgb(picture.pixels(1.0))), facts.pose)
        drawn = draw_faces(upright, [face_from_json(face) for face in faces])
    return encode(drawn, Target(format="png", quality=100))
