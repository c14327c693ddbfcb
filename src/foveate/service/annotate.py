"""A picture with what was seen drawn on it, for people."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any, Final

from foveate.geometry.box import Size
from foveate.imaging.drawing.annotate import draw
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.guard import guard
from foveate.imaging.maps import map_from_png
from foveate.imaging.pixels import from_array
from foveate.imaging.probe import probe
from foveate.imaging.stop import Deadline
from foveate.service.forms import face_from_json
from foveate.service.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.service.crops import Crop
    from foveate.settings import Limits

LONG_SIDE: Final = 1600
"""Large enough to read, small enough to look at."""


def annotated(
    data: bytes, known: Mapping[str, Any], limits: Limits, *, crops: Sequence[Crop] = ()
) -> bytes:
    """Return the upright picture as PNG with what an analysis says of it, and where crops lie."""
    facts = probe(data, limits)
    scale = min(1.0, LONG_SIDE / facts.size.long_side)
    size = Size(max(1, round(facts.size.width * scale)), max(1, round(facts.size.height * scale)))
    across, down = size.width / facts.size.width, size.height / facts.size.height
    picture = Picture(data, facts, Deadline(time.monotonic() + limits.timeout_s), scale=scale)
    with picture.deadline, guard():
        drawn = draw(
            from_array(picture.glance(size)),
            faces=[face_from_json(row).scaled(across, down) for row in known.get("faces", ())],
            labels=[label_of(row) for row in known.get("attributes", ())],
            saliency=_map(known, "saliency"),
            matte=_map(known, "matte"),
            crops=[(crop.aspect, crop.box.scaled(across, down)) for crop in crops],
        )
    return encode(drawn, EncodeOptions(format="png", quality=100))


def _map(known: Mapping[str, Any], part: str) -> NDArray[np.float32] | None:
    seen = known.get(part)
    return map_from_png(base64.b64decode(seen["png"])) if seen else None


def label_of(read: Mapping[str, Any]) -> str:
    """Return what was guessed of a face in a few words, e.g. `36 y · female .69 · happy .99`."""
    words = [f"{read['age']['years']:.0f} y"] if "age" in read else []
    for name in ("gender", "emotion", "race"):
        if name in read:
            label = read[name]["label"]
            share = f"{read[name]['probabilities'][label]:.2f}".removeprefix("0")
            words.append(f"{label} {share}")
    return " · ".join(words)
