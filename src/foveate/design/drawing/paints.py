"""Fills and strokes as skia's paints."""

from __future__ import annotations

import math
from typing import Any

from foveate.design.drawing.colours import argb
from foveate.design.drawing.engine import skia
from foveate.design.drawing.pictures import Gallery, covering
from foveate.design.scene.paint import Fill, Linear, PictureFill, Radial, Solid, Stroke

Line = tuple[tuple[float, float], tuple[float, float]]


def gradient_line(angle: float, width: float, height: float) -> Line:
    """Return where a linear gradient begins and ends in a box, as CSS has it.

    >>> gradient_line(90, 100, 40)
    ((0.0, 20.0), (100.0, 20.0))
    """
    x, y = math.sin(math.radians(angle)), -math.cos(math.radians(angle))
    half = (abs(width * x) + abs(height * y)) / 2
    start = round(width / 2 - x * half, 6), round(height / 2 - y * half, 6)
    return start, (round(width / 2 + x * half, 6), round(height / 2 + y * half, 6))


def reach(fill: Radial, width: float, height: float) -> float:
    """Return how far a radial gradient goes: to the corner that is farthest from its middle.

    >>> reach(Radial(()), 60, 80)
    50.0
    """
    x, y = fill.x * width, fill.y * height
    return max(math.hypot(across - x, down - y) for across in (0, width) for down in (0, height))


def filled(fill: Fill, width: float, height: float, gallery: Gallery) -> Any:  # noqa: ANN401 - skia's
    """Return the paint of a fill over a box."""
    paint = skia().Paint(AntiAlias=True)
    if isinstance(fill, Solid):
        paint.setColor(argb(fill.colour))
        return paint
    if isinstance(fill, PictureFill):
        paint.setShader(_picture(fill, width, height, gallery))
        return paint
    # Without it wide gradients have steps that are seen.
    paint.setDither(True)
    paint.setShader(_gradient(fill, width, height))
    return paint


def _gradient(fill: Linear | Radial, width: float, height: float) -> Any:  # noqa: ANN401 - skia's
    of = skia().GradientShader
    stops = {
        "colors": [argb(stop.colour) for stop in fill.stops],
        "positions": [stop.at for stop in fill.stops],
        "flags": of.kInterpolateColorsInPremul_Flag,
    }
    if isinstance(fill, Linear):
        points = [skia().Point(*point) for point in gradient_line(fill.angle, width, height)]
        return of.MakeLinear(points=points, **stops)
    middle = skia().Point(fill.x * width, fill.y * height)
    return of.MakeRadial(center=middle, radius=max(reach(fill, width, height), 1e-3), **stops)


def _picture(fill: PictureFill, width: float, height: float, gallery: Gallery) -> Any:  # noqa: ANN401 - skia's
    image = gallery.image(fill.src, fill.options, width, height)
    left, top, across, down = covering((image.width(), image.height()), width, height)
    matrix = skia().Matrix.Scale(width / across, height / down)
    matrix.preTranslate(-left, -top)
    clamp = skia().TileMode.kClamp
    resized = gallery.resized(image, width, height)
    return image.makeShader(clamp, clamp, smooth(resized=resized), matrix)


def smooth(*, resized: bool) -> Any:  # noqa: ANN401 - skia's
    """Return how the pixels of a picture are taken, which most often has those that are wanted."""
    if resized:
        return skia().SamplingOptions(skia().CubicResampler.Mitchell())
    return skia().SamplingOptions(skia().FilterMode.kLinear)


def stroked(stroke: Stroke) -> Any:  # noqa: ANN401 - skia's
    """Return the paint of a stroke."""
    paint = skia().Paint(AntiAlias=True, Style=skia().Paint.kStroke_Style)
    paint.setColor(argb(stroke.colour))
    paint.setStrokeWidth(stroke.width)
    paint.setStrokeCap(getattr(skia().Paint, f"k{stroke.cap.capitalize()}_Cap"))
    paint.setStrokeJoin(getattr(skia().Paint, f"k{stroke.join.capitalize()}_Join"))
    if stroke.dash:
        paint.setPathEffect(skia().DashPathEffect.Make(list(even(stroke.dash)), 0))
    return paint


def even(dash: tuple[float, ...]) -> tuple[float, ...]:
    """Return dashes and gaps in pairs; an odd row is said twice, as SVG does.

    >>> even((4.0,)), even((4.0, 2.0))
    ((4.0, 4.0), (4.0, 2.0))
    """
    return dash * 2 if len(dash) % 2 else dash


def opaque(fill: Fill | None) -> bool:
    """Return whether nothing is seen through a fill, as far as that is known of it.

    >>> from foveate.options.colours import WHITE
    >>> opaque(None), opaque(Solid(WHITE))
    (False, True)
    """
    if isinstance(fill, Solid):
        return fill.colour.alpha == 1
    return isinstance(fill, Linear | Radial) and all(stop.colour.alpha == 1 for stop in fill.stops)
