"""Marks on a picture as SVG: faces, things, crops, and labels that keep clear of each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box
from foveate.geometry.crop import inside
from foveate.imaging.drawing.canvas import rectangle
from foveate.imaging.drawing.lettering import lettering, width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from foveate.values import Face, Thing

FACE: Final = "#3df5b5"
THING: Final = "#ffb454"
SHADE: Final = "#06251c"
LANDMARKS: Final = ("#4cc9f0", "#4cc9f0", "#ffd166", "#ff5d8f", "#ff5d8f")
"""Eyes, nose, corners of the mouth."""
CROPS: Final = (
    "#4cc9f0",
    "#ff9f1c",
    "#ff70c0",
    "#b8f35d",
    "#a394ff",
    "#ff6b6b",
    "#ffe66d",
    "#e8ecf1",
)
"""Told apart on any photo; the ninth crop begins anew."""

_STROKE_SHARE: Final = 1 / 350
"""Line width as a share of the picture's long side."""
_MOST_LINES: Final = 8
"""Lines that lie side by side where crops share an edge."""
_BETWEEN_PARTS: Final = " · "
"""What joins the parts of a face's label, the most important one first."""
_STEPS: Final = 12
"""Places tried for a crop's name on each of its edges."""


@dataclass(frozen=True, slots=True)
class Style:
    """How thick lines and how large letters are, in pixels."""

    stroke: float
    text: float

    @classmethod
    def of(cls, long_side: float) -> Style:
        """Return the style for a picture whose longer side has that many pixels."""
        stroke = max(1.5, long_side * _STROKE_SHARE)
        return cls(stroke, max(9.0, 5 * stroke))


@dataclass(frozen=True, slots=True)
class Colours:
    """A label's background and the ink on it."""

    background: str
    ink: str
    opacity: float = 1.0


_SCORE: Final = Colours(FACE, SHADE)
_NAME: Final = Colours(THING, "#241400", 0.9)
_DETAILS: Final = Colours(SHADE, "#eafff8", 0.82)


@dataclass(slots=True)
class Labels:
    """Labels on a picture; each goes to the first of its places where no other one lies."""

    frame: Box
    style: Style
    taken: list[Box] = field(default_factory=list)

    def size(self, text: str) -> tuple[float, float]:
        """Return the width and height of a label."""
        return width_of(text, self.style.text) + self.style.text, 1.5 * self.style.text

    def place(
        self,
        text: str,
        corners: Iterable[tuple[float, float]],
        colours: Colours,
        avoid: Sequence[Box] = (),
    ) -> str:
        """Return SVG of the text at the first free one of the left top `corners`, or nothing.

        A place is free where the whole label has room, clear of the other labels and of `avoid`.
        """
        width, height = self.size(text)
        for left, top in corners:
            box = inside(self.frame, Box(left, top, width, height))
            whole = box.width >= width and box.height >= height
            if whole and not any(box.overlap(other) for other in (*self.taken, *avoid)):
                self.taken.append(box)
                return _label(text, box, self.style.text, colours)
        return ""


def _label(text: str, box: Box, size: float, colours: Colours) -> str:
    begin = (box.left + size / 2, box.top + box.height / 2 + 0.35 * size)
    background = rectangle(
        box, rx=round(size / 4, 1), fill=colours.background, fill_opacity=colours.opacity
    )
    return background + lettering(text, begin, size, colours.ink, bold=True)


def face_marks(faces: Sequence[Face], texts: Sequence[str], labels: Labels) -> str:
    """Return SVG of each face's box, landmarks and score, and of what is known of it below.

    Boxes lie under all labels; where faces crowd, the labels of the first ones stay.
    """
    style = labels.style
    shapes = "".join(_face_box(face, style) + _landmarks(face, style) for face in faces)
    scores = "".join(_score(face, labels) for face in faces)
    details = "".join(
        _details(face, text, [other.box for other in faces if other is not face], labels)
        for face, text in zip(faces, texts, strict=False)
        if text
    )
    return shapes + scores + details


def _face_box(face: Face, style: Style) -> str:
    return _line(face.box, FACE, style.stroke, rx=round(2 * style.stroke, 1))


def _line(box: Box, colour: str, stroke: float, **shape: object) -> str:
    """Draw a box, a dark line under the bright one so that it is seen on any background."""
    under = rectangle(box, stroke=SHADE, stroke_opacity=0.55, stroke_width=2 * stroke, **shape)
    return under + rectangle(box, stroke=colour, stroke_width=stroke, **shape)


def _landmarks(face: Face, style: Style) -> str:
    radius = max(1.0, min(1.6 * style.stroke, face.box.width / 24))
    return "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}"'
        f' stroke="{SHADE}" stroke-width="{radius / 3:.1f}"/>'
        for (x, y), colour in zip(face.landmarks, LANDMARKS, strict=False)
    )


def _score(face: Face, labels: Labels) -> str:
    """Draw the score above the box, or inside it where there is no room above."""
    text, gap = f"{face.score:.2f}", labels.style.stroke
    _, height = labels.size(text)
    left, above = face.box.left - gap / 2, face.box.top - height - gap
    tops = (above, face.box.top + gap) if above >= labels.frame.top else (face.box.top + gap,)
    return labels.place(text, [(left, top) for top in tops], _SCORE)


def _details(face: Face, text: str, others: Sequence[Box], labels: Labels) -> str:
    """Draw a label under the box's middle, or inside it where there is no room below.

    Where it would lie on another face it is shortened, and in the thickest crowd left out.
    """
    gap, parts = labels.style.stroke, text.split(_BETWEEN_PARTS)
    for count in range(len(parts), 0, -1):
        text = _BETWEEN_PARTS.join(parts[:count])
        width, height = labels.size(text)
        left = face.box.middle[0] - width / 2
        tops = (face.box.bottom + gap, face.box.bottom - height - gap)
        fits = [(left, top) for top in tops if top + height <= labels.frame.bottom]
        if drawn := labels.place(text, fits, _DETAILS, others):
            return drawn
    return ""


def thing_marks(things: Sequence[Thing], labels: Labels) -> str:
    """Return SVG of each thing's box with its class and score, those of the surest ones first."""
    thin = 0.7 * labels.style.stroke
    boxes = "".join(_line(thing.box, THING, thin) for thing in things)
    names = "".join(
        labels.place(text, _along(thing.box, labels.size(text)), _NAME)
        for thing in things
        for text in [f"{thing.label} {thing.score:.2f}"]
    )
    return boxes + names


def crop_colour(number: int) -> str:
    """Return the colour of the crop with that number, from 0."""
    return CROPS[number % len(CROPS)]


def crop_marks(crops: Sequence[tuple[str, Box]], labels: Labels) -> str:
    """Return SVG of each crop's rectangle and, on its line, its name."""
    edges: Counter[tuple[str, int]] = Counter()
    boxes = [_offset(box, edges, labels.style.stroke) for _, box in crops]
    lines = "".join(
        _line(box, crop_colour(number), labels.style.stroke) for number, box in enumerate(boxes)
    )
    names = "".join(
        labels.place(name, _along(box, labels.size(name)), Colours(crop_colour(number), "#0b0d11"))
        for number, ((name, _), box) in enumerate(zip(crops, boxes, strict=True))
    )
    return lines + names


def _offset(box: Box, edges: Counter[tuple[str, int]], stroke: float) -> Box:
    """Return the box with each edge moved in by one line for each that already runs there.

    Crops of one picture share edges, and of lines on top of each other only one is seen.
    """
    shifts = []
    sides = {"left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom}
    for side, at in sides.items():
        key = (side, round(at / stroke))
        shifts.append((edges[key] % _MOST_LINES + 1 / 2) * stroke)
        edges[key] += 1
    left, top, right, bottom = shifts
    width, height = box.width - left - right, box.height - top - bottom
    return Box(box.left + left, box.top + top, max(1.0, width), max(1.0, height))


def _along(box: Box, size: tuple[float, float]) -> Iterator[tuple[float, float]]:
    """Yield the places of a label on the lines of a box: along the top, the bottom, the sides."""
    across = _steps(box.left, box.right - size[0])
    down = _steps(box.top, box.bottom - size[1])
    for top in (down[0], down[-1]):
        yield from ((left, top) for left in across)
    for left in (across[0], across[-1]):
        yield from ((left, top) for top in down)


def _steps(first: float, last: float) -> list[float]:
    return [first + (last - first) * step / _STEPS for step in range(_STEPS + 1)]
