"""Boxes brought to whole pixels: two that end on one edge do, and nothing shines through."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from foveate.design.scene.model import Picture, Rectangle, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.scene.model import Block

THIN: Final = 2.0
"""Pixels that a side has which is brought to whole ones: a finer line would double or vanish."""


@contextmanager
def on_pixels(canvas: Any, block: Block) -> Iterator[None]:  # noqa: ANN401 - skia's
    """Let the inside of a box be painted up to whole pixels; what leans stays as it is."""
    canvas.save()
    if _is_box(block):
        m = canvas.getTotalMatrix()
        # A pixel that two boxes each half fill would show what is behind both.
        if not m.hasPerspective() and m.getSkewX() == m.getSkewY() == 0:
            x, across = snapped(m.getTranslateX(), block.width, m.getScaleX())
            y, down = snapped(m.getTranslateY(), block.height, m.getScaleY())
            canvas.translate(x, y)
            canvas.scale(across, down)
    yield
    canvas.restore()


def _is_box(block: Block) -> bool:
    box = isinstance(block, Picture | Rectangle | Text) and block.stroke is None
    return box and not block.rotation


def snapped(start: float, length: float, scale: float) -> tuple[float, float]:
    """Return how far a side is moved, and how many times as long it is, to end on whole pixels.

    `start` is in pixels, `length` and what comes of it in those of which `scale` make one.

    >>> snapped(0.4, 10, 1), snapped(0.0, 10, 0.25), snapped(0.3, 1, 1)
    ((-0.4, 1.0), (0.0, 0.8), (0.0, 1.0))
    """
    if scale <= 0 or length * scale < THIN:
        return 0.0, 1.0
    first, last = round(start), round(start + length * scale)
    return (first - start) / scale, (last - first) / (length * scale)
