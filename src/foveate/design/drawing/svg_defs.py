"""What an SVG defines once and then refers to: gradients, pictures, shadows and cuts."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import quoteattr

from foveate.design.drawing.engine import skia
from foveate.design.drawing.paints import even, gradient_line, reach
from foveate.design.drawing.stops import stepped
from foveate.design.scene.paint import Linear, PictureFill, Radial, Solid
from foveate.options.values import text_of

if TYPE_CHECKING:
    from foveate.design.drawing.pictures import Gallery
    from foveate.design.scene.paint import Fill, Shadow, Stop, Stroke
    from foveate.options.colours import Colour

_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold."""
_DIGITS: Final = 3
_QUALITY: Final = 90


def figure(value: float) -> str:
    """Return a number as it is written: thousandths of a pixel are the smallest.

    >>> figure(12.0), figure(0.12345), figure(-0.0001)
    ('12', '0.123', '0')
    """
    return text_of(round(value, _DIGITS) + 0.0)


def attributes(**values: str | float) -> str:
    """Return attributes as they stand in a tag; `_` in a name is `-`.

    >>> attributes(width=12.0, stroke_width="a<b")
    ' width="12" stroke-width="a&lt;b"'
    """
    texts = {
        name: _UNWRITABLE.sub("\ufffd", value) if isinstance(value, str) else figure(value)
        for name, value in values.items()
    }
    return "".join(
        f" {name.strip('_').replace('_', '-')}={quoteattr(text)}" for name, text in texts.items()
    )


def coloured(name: str, colour: Colour) -> dict[str, str | float]:
    """Return the attributes of a colour, and of how much is seen through it."""
    said: dict[str, str | float] = {name: f"#{colour.red:02x}{colour.green:02x}{colour.blue:02x}"}
    if colour.alpha < 1:
        of = f"{name.removesuffix('_color')}_opacity"
        said[of] = colour.alpha
    return said


def stroked(stroke: Stroke) -> dict[str, str | float]:
    """Return the attributes of a stroke."""
    said = coloured("stroke", stroke.colour) | {"stroke_width": stroke.width}
    said |= {"stroke_linecap": stroke.cap.value, "stroke_linejoin": stroke.join.value}
    if stroke.dash:
        said["stroke_dasharray"] = " ".join(map(figure, even(stroke.dash)))
    return said


@dataclass(frozen=True, slots=True)
class Definitions:
    """What was defined so far; each is one line, and has a counted id."""

    gallery: Gallery
    lines: list[str] = field(default_factory=list)

    def filled(self, fill: Fill | None, width: float, height: float) -> dict[str, str | float]:
        """Return the attributes of a fill over a box."""
        if fill is None:
            return {"fill": "none"}
        if isinstance(fill, Solid):
            return coloured("fill", fill.colour)
        if isinstance(fill, PictureFill):
            return {"fill": f"url(#{self._pattern(fill, width, height)})"}
        return {"fill": f"url(#{self._gradient(fill, width, height)})"}

    def shadow(self, shadow: Shadow, extent: Any) -> str:  # noqa: ANN401 - skia's
        """Return the filter that lets something cast a shadow within a part of its plane."""
        part = {"filterUnits": "userSpaceOnUse", "color_interpolation_filters": "sRGB"}
        box: dict[str, str | float] = {}
        if extent is not None:
            box = {"x": extent.left(), "y": extent.top()}
            box |= {"width": extent.width(), "height": extent.height()}
        sigma = {"dx": shadow.x, "dy": shadow.y, "stdDeviation": shadow.blur / 2}
        inside = f"<feDropShadow{attributes(**sigma, **coloured('flood_color', shadow.colour))}/>"
        return self._defined("filter", attributes(**(part if box else {}), **box), inside)

    def cut(self, path: str) -> str:
        """Return what cuts along a path."""
        return self._defined("clipPath", "", f"<path{attributes(d=path)}/>")

    def image(self, src: str, options: str, width: float, height: float) -> str:
        """Return a picture that covers a box."""
        found = self.gallery.image(src, options, width, height)
        opaque = found.isOpaque()
        kind = skia().kJPEG if opaque else skia().kPNG
        data = base64.b64encode(bytes(found.encodeToData(kind, _QUALITY))).decode()
        href = f"data:image/{'jpeg' if opaque else 'png'};base64,{data}"
        slice_ = "xMidYMid slice"
        said = attributes(width=width, height=height, preserveAspectRatio=slice_, href=href)
        return f"<image{said}/>"

    def _pattern(self, fill: PictureFill, width: float, height: float) -> str:
        said = attributes(patternUnits="userSpaceOnUse", width=width, height=height)
        return self._defined("pattern", said, self.image(fill.src, fill.options, width, height))

    def _gradient(self, fill: Linear | Radial, width: float, height: float) -> str:
        stops = "".join(map(_stop, stepped(fill.stops)))
        units = {"gradientUnits": "userSpaceOnUse"}
        if isinstance(fill, Linear):
            (x1, y1), (x2, y2) = gradient_line(fill.angle, width, height)
            line = attributes(**units, x1=x1, y1=y1, x2=x2, y2=y2)
            return self._defined("linearGradient", line, stops)
        middle = {"cx": fill.x * width, "cy": fill.y * height, "r": reach(fill, width, height)}
        return self._defined("radialGradient", attributes(**units, **middle), stops)

    def _defined(self, tag: str, said: str, inside: str) -> str:
        # No id of a block has a colon.
        name = f"d:{len(self.lines) + 1}"
        self.lines.append(f'<{tag} id="{name}"{said}>{inside}</{tag}>')
        return name


def _stop(stop: Stop) -> str:
    return f"<stop{attributes(offset=stop.at, **coloured('stop_color', stop.colour))}/>"
