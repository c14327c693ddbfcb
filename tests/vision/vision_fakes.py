"""Networks that say what the test says, and keep what they were shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from foveate.geometry import Box
from foveate.imaging import Image
from foveate.imaging.drawing.lettering import lettering
from foveate.values import Face
from foveate.vision.align import SIDE, TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Array = np.ndarray[Any, np.dtype[Any]]


class Network:
    """A Session whose outputs `answer` makes of its one input."""

    provider = "fake"

    def __init__(
        self, answer: Callable[[Array], Sequence[Array]], shapes: Sequence[tuple[int, ...]] = ()
    ) -> None:
        self.answer = answer
        self.shapes = shapes
        self.seen: list[Array] = []
        self.names: list[str] = []

    def run(self, inputs: Mapping[str, Array]) -> Sequence[Array]:
        ((name, tensor),) = inputs.items()
        self.names.append(name)
        self.seen.append(tensor)
        return self.answer(tensor)


def face_at(left: float, top: float, side: float) -> Face:
    """A face that fills a square upright, as ArcFace's template has it."""
    marks = TEMPLATE * side / SIDE + (left, top)
    points = tuple((float(x), float(y)) for x, y in marks)
    return Face(Box(left, top, side, side), 0.99, points)


def written(*lines: tuple[str, float, float, float], turn: float = 0) -> Array:
    """Black letters of our own strokes on white: text, left, baseline and size of each."""
    marks = "".join(
        lettering(text, (left, base), size, "#000", bold=True) for text, left, base, size in lines
    )
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480">'
        '<rect width="640" height="480" fill="#fff"/>'
        f'<g transform="rotate({turn} 320 240)">{marks}</g></svg>'
    )
    pixels: Array = Image.svgload_buffer(svg.encode()).flatten().numpy()[..., :3]
    return pixels
