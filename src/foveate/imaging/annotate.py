"""Faces drawn over a picture, for people to check what the detector saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.imaging.colour import to_srgb
from foveate.imaging.engine import Image
from foveate.imaging.guard import guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.ports import Face

_LINE: Final = "#3df5b5"
_SHADE: Final = "#06251c"
_LANDMARKS: Final = ("#4cc9f0", "#4cc9f0", "#ffd166", "#ff5d8f", "#ff5d8f")
"""Eyes, nose, corners of the mouth."""

_STROKE_SHARE: Final = 1 / 350
"""Line width as a share of the picture's long side."""


@guard()
def draw_faces(image: Image, faces: Sequence[Face]) -> Image:
    """Return the picture with a box, five landmarks and the score of each face."""
    image = to_srgb(image)
    if not faces:
        return image
    stroke = max(1.5, max(image.width, image.height) * _STROKE_SHARE)
    marks = "".join(_face(face, stroke, image.width) for face in faces)
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{image.width}" height="{image.height}"'
        f' font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-weight="bold">{marks}</svg>'
    )
    drawn = image.composite2(Image.svgload_buffer(drawing.encode()), "over").cast("uchar")
    return drawn.extract_band(0, n=image.bands)


def _face(face: Face, stroke: float, picture_width: int) -> str:
    return _box(face, stroke) + _landmarks(face, stroke) + _label(face, stroke, picture_width)


def _box(face: Face, stroke: float) -> str:
    box = face.box
    shape = (
        f'<rect x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}"'
        f' height="{box.height:.1f}" rx="{2 * stroke:.1f}" fill="none"'
    )
    # A dark line under the bright one keeps the box visible on any ground.
    return (
        f'{shape} stroke="{_SHADE}" stroke-opacity="0.55" stroke-width="{2 * stroke:.1f}"/>'
        f'{shape} stroke="{_LINE}" stroke-width="{stroke:.1f}"/>'
    )


def _landmarks(face: Face, stroke: float) -> str:
    radius = max(1.0, min(1.6 * stroke, face.box.width / 24))
    return "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}"'
        f' stroke="{_SHADE}" stroke-width="{radius / 3:.1f}"/>'
        for (x, y), colour in zip(face.landmarks, _LANDMARKS, strict=False)
    )


def _label(face: Face, stroke: float, picture_width: int) -> str:
    """Draw the score on a plate above the box, or inside it where there is no room above."""
    text = f"{face.score:.2f}"
    size = max(9.0, 5 * stroke)
    width, height = size * (0.7 * len(text) + 0.6), size * 1.4
    left = min(max(0.0, face.box.left - stroke / 2), max(0.0, picture_width - width))
    top = face.box.top - height - stroke
    top = top if top >= 0 else max(0.0, face.box.top) + stroke
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
        f' rx="{size / 4:.1f}" fill="{_LINE}"/>'
        f'<text x="{left + width / 2:.1f}" y="{top + size * 1.06:.1f}" font-size="{size:.1f}"'
        f' text-anchor="middle" fill="{_SHADE}">{text}</text>'
    )
