"""Lines of text on a drawing: where each lies, and what it was read as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.imaging.drawing.lettering import drawable, truncated
from foveate.imaging.drawing.marks import SHADE, Colours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.imaging.drawing.marks import Labels, Style
    from foveate.values import TextLine

LINE: Final = "#ffe66d"
_SAID: Final = Colours(SHADE, LINE, 0.82)
_LONGEST: Final = 24
"""Of a label, in its heights."""


def text_marks(lines: Sequence[TextLine], labels: Labels) -> str:
    """Return SVG of each line's outline, and of what it says below or above it."""
    shapes = "".join(_outline(line, labels.style) for line in lines)
    return shapes + "".join(_said(line, labels) for line in lines)


def _outline(line: TextLine, style: Style) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in line.quad)
    shape = f'<polygon points="{places}" fill="none" stroke-linejoin="round"'
    under = (
        f'{shape} stroke="{SHADE}" stroke-opacity="0.55" stroke-width="{2 * style.stroke:.1f}"/>'
    )
    return f'{under}{shape} stroke="{LINE}" stroke-width="{style.stroke:.1f}"/>'


def _said(line: TextLine, labels: Labels) -> str:
    """Draw what a line says, if we have the letters; of other scripts it is the score."""
    text = line.text if drawable(line.text) == line.text else f"{line.score:.2f}"
    size, box, gap = labels.style.text, line.box, labels.style.stroke
    text = truncated(text, size, _LONGEST * size)
    width, height = labels.size(text)
    left = min(max(box.middle[0] - width / 2, labels.frame.left), labels.frame.right - width)
    tops = (box.bottom + gap, box.top - height - gap)
    fits = [(left, top) for top in tops if 0 <= top <= labels.frame.bottom - height]
    return labels.place(text, fits, _SAID)
