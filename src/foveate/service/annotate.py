"""A picture with what was seen drawn on it, for people."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.imaging.drawing.annotate import draw
from foveate.imaging.drawing.selection import with_selection
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.guard import guard
from foveate.imaging.maps import levels, shares
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.pixels import from_array
from foveate.service.memory import decoded_bytes
from foveate.service.serialise import attributes_to_json
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.ports import Picture
    from foveate.service.analyse import AnalysisResult
    from foveate.service.crops import Crop
    from foveate.service.pointed import Pointed
    from foveate.service.select import Selection
    from foveate.trace import Trace

LONG_SIDE: Final = 1600
"""Large enough to read, small enough to look at."""


def prepare_annotated(
    picture: Picture, known: AnalysisResult, crops: Sequence[Crop] = ()
) -> Work[bytes]:
    """Return the work of drawing on a picture what an analysis says of it, and where crops lie.

    It gives the upright picture as PNG. Raises ImageError.
    """
    return Work(decoded_bytes(picture.facts), partial(_annotated, picture, known, crops))


def _annotated(
    picture: Picture,
    known: AnalysisResult,
    crops: Sequence[Crop],
    deadline: Deadline,
    trace: Trace,
) -> bytes:
    whole = picture.facts.size
    size = whole.within(LONG_SIDE)
    across, down = size.width / whole.width, size.height / whole.height
    parts = known.parts
    pixels = PixelSource(picture, deadline, trace, scale=size.width / whole.width)
    with deadline, guard():
        drawn = draw(
            from_array(pixels.thumbnail(size)),
            faces=[face.scaled(across, down) for face in parts.get("faces", ())],
            labels=[label_of(attributes_to_json(read)) for read in parts.get("attributes", ())],
            things=[thing.scaled(across, down) for thing in parts.get("objects", ())],
            saliency=_as_answered(parts.get("saliency")),
            depth=depth.nearness if (depth := parts.get("depth")) else None,
            matte=parts.get("matte"),
            text=[line.scaled(across, down) for line in parts.get("text", ())],
            crops=[(crop.aspect, crop.box.scaled(across, down)) for crop in crops],
        )
        return encode(drawn, EncodeOptions(format="png", quality=100))


def prepare_selection(picture: Picture, *, known: Selection, asked: Pointed) -> Work[bytes]:
    """Return the work of drawing what clicks selected in a picture: PNG. Raises ImageError."""
    return Work(decoded_bytes(picture.facts), partial(_selection, picture, known, asked))


def _selection(
    picture: Picture, known: Selection, asked: Pointed, deadline: Deadline, trace: Trace
) -> bytes:
    whole = picture.facts.size
    size = whole.within(LONG_SIDE)
    across, down = size.width / whole.width, size.height / whole.height
    pixels = PixelSource(picture, deadline, trace, scale=across)
    with deadline, guard():
        drawn = with_selection(
            from_array(pixels.thumbnail(size)),
            known.best.matte,
            [(click.x, click.y, click.positive) for click in asked.clicks],
            [box.scaled(across, down) for box in asked.boxes],
        )
        return encode(drawn, EncodeOptions(format="png", quality=100))


def _as_answered(seen: NDArray[np.floating] | None) -> NDArray[np.float32] | None:
    """Return a map with the 256 levels that it has in the API's answer."""
    return None if seen is None else shares(levels(seen))


def label_of(read: Mapping[str, Any]) -> str:
    """Return what was guessed of a face in a few words, e.g. `36 y · female .69 · happy .99`."""
    words = [f"{read['age']['years']:.0f} y"] if "age" in read else []
    for name in ("gender", "emotion", "race"):
        if name in read:
            label = read[name]["label"]
            share = f"{read[name]['probabilities'][label]:.2f}".removeprefix("0")
            words.append(f"{label} {share}")
    return " · ".join(words)
