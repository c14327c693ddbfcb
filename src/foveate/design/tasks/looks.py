"""Judges of looks: colours, letters, corners, edges, and a picture's options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.design.scene.model import Decoration, Line, Picture, Text
from foveate.design.scene.paint import Solid
from foveate.design.tasks import colours

if TYPE_CHECKING:
    from foveate.design.scene.model import Block
    from foveate.design.tasks.places import Views
    from foveate.options.colours import Colour

_STEP: Final = 0.012
"""In OKLab's lightness: less is not seen."""
_WHITE: Final = 0.97
_BLACK: Final = 0.05
_BOLD: Final = 600
_READABLE: Final = 4.5


def _block(views: Views, name: str) -> Any:  # noqa: ANN401 - a judge asks blocks of one kind
    return views[name].block


def color(before: Views, after: Views, name: str, wanted: str) -> bool:
    """Return whether letters, or a line, or a shape have got a colour."""
    was, now = (_inks(_block(views, name)) for views in (before, after))
    return all(colours.near(each, wanted, new=was != now) for each in now)


def _inks(block: Block) -> list[Colour]:
    return [block.colour] if isinstance(block, Text) else colours.main_colours(block)


def fill(before: Views, after: Views, name: str, wanted: str) -> bool:
    """Return whether the inside of a block has got one colour."""
    was, now = (_block(views, name).fill for views in (before, after))
    return isinstance(now, Solid) and colours.near(now.colour, wanted, new=was != now)


def darker(before: Views, after: Views, name: str) -> bool:
    """Return whether a block is darker, or could not be."""
    was, now = (colours.lightness(_block(views, name)) for views in (before, after))
    return now <= was - _STEP or was < _BLACK


def lighter(before: Views, after: Views, name: str) -> bool:
    """Return whether a block is lighter, or could not be."""
    was, now = (colours.lightness(_block(views, name)) for views in (before, after))
    return now >= was + _STEP or was > _WHITE


def more_contrast(before: Views, after: Views, name: str) -> bool:
    """Return whether letters stand out more from all that they stand on."""
    ground = colours.behind(before, name) or [_block(before, name).colour]
    was, now = (
        min(colours.contrast(_block(views, name).colour, each) for each in ground)
        for views in (before, after)
    )
    return now >= was * 1.15 or (now > was and now >= _READABLE)


def rounder(before: Views, after: Views, name: str) -> bool:
    """Return whether all corners are rounder."""
    was, now = _block(before, name).radius, _block(after, name).radius
    return all(b > a for a, b in zip(was, now, strict=True))


def radius(before: Views, after: Views, name: str, pixels: str) -> bool:  # noqa: ARG001 - as all
    """Return whether all corners have a radius."""
    return all(each == float(pixels) for each in _block(after, name).radius)


def fade(before: Views, after: Views, name: str) -> bool:
    """Return whether a block is seen through more than before, and still seen."""
    least = 0.25
    return bool(least <= _block(after, name).opacity < _block(before, name).opacity)


def opacity(before: Views, after: Views, name: str, share: str) -> bool:  # noqa: ARG001 - as all
    """Return whether a block has an opacity."""
    return abs(float(_block(after, name).opacity) - float(share)) < 0.01  # noqa: PLR2004


def bold(before: Views, after: Views, name: str) -> bool:
    """Return whether letters are bold that were less so."""
    return bool(_block(after, name).weight >= max(_BOLD, _block(before, name).weight + 1))


def italic(before: Views, after: Views, name: str) -> bool:  # noqa: ARG001 - as all judges
    """Return whether letters lean."""
    return bool(_block(after, name).italic)


def underline(before: Views, after: Views, name: str) -> bool:  # noqa: ARG001 - as all judges
    """Return whether letters are underlined."""
    return _block(after, name).decoration is Decoration.UNDERLINE


def size(before: Views, after: Views, name: str, pixels: str) -> bool:  # noqa: ARG001 - as all
    """Return whether letters have a size."""
    return abs(float(_block(after, name).size) - float(pixels)) <= 0.1  # noqa: PLR2004


def font(before: Views, after: Views, name: str, family: str) -> bool:  # noqa: ARG001 - as all
    """Return whether letters are of a family."""
    return bool(_block(after, name).font == family)


def textalign(before: Views, after: Views, edge: str, *names: str) -> bool:  # noqa: ARG001 - as all
    """Return whether lines of texts are aligned."""
    return all(_block(after, name).align == edge for name in names)


def align(before: Views, after: Views, edge: str, *names: str) -> bool:
    """Return whether texts are aligned, each in its box or all with each other."""
    share = {"left": 0.0, "center": 0.5, "right": 1.0}.get(edge, 0.0)
    edges = [after[name].x + share * _block(after, name).width for name in names]
    return textalign(before, after, edge, *names) or max(edges) - min(edges) <= 1


def spacing(before: Views, after: Views, name: str, way: str) -> bool:  # noqa: ARG001 - as all
    """Return whether letters are further from each other."""
    return bool(_block(after, name).letter_spacing > _block(before, name).letter_spacing)


def lineheight(before: Views, after: Views, name: str, way: str) -> bool:  # noqa: ARG001 - as all
    """Return whether lines are further from each other."""
    return bool(_block(after, name).line_height > _block(before, name).line_height)


def rotate(before: Views, after: Views, name: str, degrees: str) -> bool:
    """Return whether a block has been turned."""
    turned = _block(after, name).rotation - _block(before, name).rotation
    return bool(abs(turned - float(degrees)) < 0.01)  # noqa: PLR2004


def shadow(before: Views, after: Views, name: str) -> bool:  # noqa: ARG001 - as all judges
    """Return whether a block casts a shadow."""
    return _block(after, name).shadow is not None


def stroke(before: Views, after: Views, name: str, wanted: str, wide: str) -> bool:  # noqa: ARG001 - as all
    """Return whether a block has an edge of a colour and a width."""
    edge = _block(after, name).stroke
    return bool(edge) and colours.near(edge.colour, wanted) and edge.width == float(wide)


def thicker(before: Views, after: Views, name: str) -> bool:
    """Return whether a line is thicker."""
    block = _block(after, name)
    assert isinstance(block, Line)  # noqa: S101 - of the tables
    return bool(block.stroke and block.stroke.width > _block(before, name).stroke.width * 1.04)


_USUAL: Final = {"blur": 0.0, "zoom": 0.0}


def option(before: Views, after: Views, name: str, key: str, wanted: str) -> bool:
    """Return whether a picture's option is higher, lower, or a number."""
    was, now = (_option(_block(views, name), key) for views in (before, after))
    if wanted in {"up", "down"}:
        return now > was if wanted == "up" else now < was
    return now == float(wanted)


def _option(block: Picture, key: str) -> float:
    said = dict(each.partition("=")[::2] for each in block.options.split(","))
    return float(said.get(key, _USUAL.get(key, 1.0)))
