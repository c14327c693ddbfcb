"""Lines of text on a drawing: where each lies, and what it was read as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.imaging.drawing.lettering import has_letters_for, truncated
from foveate.imaging.drawing.marks import SHADE, Colours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.geometry.box import Box
    from foveate.imaging.drawing.marks import Labels, Style
    from foveate.values import TextLine

    Place = tuple[float, float]

LINE: Final = "#ffe66d"
_SAID: Final = Colours(SHADE, LINE, 0.82)
_LONGEST: Final = 24
"""Of a label, in its heights."""


def text_marks(lines: Sequence[TextLine], labels: Labels) -> str:
    """Return SVG of each line's outline, and of what it says beside where it begins."""
    shapes = "".join(_outline(line, labels.style) for line in lines)
    return shapes + "".join(_said(line, lines, labels) for line in lines)


def _outline(line: TextLine, style: Style) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in line.quad)
    shape = f'<polygon points="{places}" fill="none" stroke-linejoin="round"'
    under = (
        f'{shape} stroke="{SHADE}" stroke-opacity="0.55" stroke-width="{2 * style.stroke:.1f}"/>'
    )
    return f'{under}{shape} stroke="{LINE}" stroke-width="{style.stroke:.1f}"/>'


def _said(line: TextLine, lines: Sequence[TextLine], labels: Labels) -> str:
    """Draw what a line says, accents and all; of other scripts, which we cannot, the score.

    The label is clear of all lines; where there is no such place, it lies on the line's beginning.
    """
    text = line.text if has_letters_for(line.text) else f"{line.score:.2f}"
    size = labels.style.text
    text = truncated(text, size, _LONGEST * size)
    fits, start = _places(line.box, labels.size(text), labels)
    clear = labels.place(text, fits, _SAID, avoid=[each.box for each in lines])
    return clear or labels.place(text, [start], _SAID)


def _places(box: Box, size: tuple[float, float], labels: Labels) -> tuple[list[Place], Place]:
    """Return where a label may go that is meant for a line, and where it begins on the line."""
    (width, height), gap, frame = size, labels.style.stroke, labels.frame
    middle = min(max(box.middle[1] - height / 2, frame.top), frame.bottom - height)
    left = min(max(box.left, frame.left), frame.right - width)
    beside = [(box.left - width - gap, middle), (box.right + gap, middle)]
    over = [(left, box.top - height - gap), (left, box.bottom + gap)]
    in_frame = [(x, y) for x, y in beside if frame.left <= x <= frame.right - width]
    in_frame += [(x, y) for x, y in over if frame.top <= y <= frame.bottom - height]
    return in_frame, (left, middle)
