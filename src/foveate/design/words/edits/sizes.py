"""Bigger and smaller: about the middle, inside the page, and not over neighbours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.design.scene.model import Block, Group, Line, Picture, Run, Text
from foveate.design.tree import spots
from foveate.design.words.answer import CannotBe, Unclear
from foveate.design.words.frames import added, becomes, sides_of
from foveate.design.words.measure import fits
from foveate.design.words.room import Area, area, grown
from foveate.design.words.work import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.tree import Spot
    from foveate.design.words.said import Said
    from foveate.design.words.work import Done, Work

FACTORS: Final = {-1.0: 1.1, 0.0: 1.25, 1.0: 1.5}
"""By how much things grow: a little, where nothing is said of it, and much."""
_MOST: Final = 20.0
_SHORT: Final = 0.02
_LENGTHS: Final = ("size", "letter_spacing", "padding")
_UNITS: Final = ("px", "pt", "mm", "cm", "in")


def bigger(work: Work) -> Done:
    """Make blocks larger."""
    return _scaled(work, grows=True)


def smaller(work: Work) -> Done:
    """Make blocks smaller."""
    return _scaled(work, grows=False)


def scale(work: Work) -> Done:
    """Bring blocks to a share of their size."""
    return _scaled(work, grows=None)


def _factor(said: Said, *, grows: bool | None) -> float:
    times, share = said.number("times"), said.number("%")
    times = times or (said.number("") if said.cue("scale") else None)
    if times:
        return _checked(times.value if grows is not False else 1 / max(times.value, 1e-3))
    if said.has("amount.double", "amount.half") and not share:
        return 2.0 if said.has("amount.double") else 0.5
    if share and (share.value > 100 or becomes(said, share)):  # noqa: PLR2004 - per cent
        return _checked(share.value / 100)
    if share:
        less = grows is False or (grows is None and said.less)
        return _checked(1 + share.value / 100 * (-1 if less else 1))
    if grows is None:
        raise CannotBe("It is not said to what size.")
    usual = FACTORS[said.much]
    return usual if grows else 1 / usual


def _longer(work: Work, spot: Spot, *, grows: bool) -> float | None:
    """Return the factor by which a length makes a block larger: `2 pt bigger`; None for none.

    Points and pixels are of letters, where there are some, and else of the width.
    """
    number = work.said.number(*_UNITS)
    if number is None:
        return None
    lettered = isinstance(spot.block, Text) and number.unit in {"pt", "px"}
    old = spot.block.size if lettered and isinstance(spot.block, Text) else spot.block.width
    told = work.length(number, old)
    if becomes(work.said, number):
        if not lettered:
            raise Unclear(f"Is {work.names()} to be {number.text} wide, or high?")
        return _checked(told / old)
    return _checked((old + told * (1 if grows else -1)) / old)


def _checked(factor: float) -> float:
    if not 1 / _MOST <= factor <= _MOST:
        raise CannotBe(f"Sizes change by up to {shown(_MOST)} times, not by {shown(factor)}.")
    return factor


def _scaled(work: Work, *, grows: bool | None) -> Done:
    made: list[float] = []
    short: list[bool] = []

    def one(spot: Spot) -> Block:
        by = _longer(work, spot, grows=grows) if grows is not None else None
        factor = _factor(work.said, grows=grows) if by is None else by
        share, box = _room(spot, factor)
        if (_told(work.said) or by) and share < factor - _SHORT:
            raise CannotBe(f"There is room for it to be {shown(share)} times as large, at most.")
        made.append(share)
        short.append(1 < factor > share + 1e-6)
        return in_box(spot.block, share, box)

    scene = work.each(one)
    kept = ", which is all that there is room for" if any(short) else ""
    return scene, f"Made {work.names()} {shown(min(made))} times as large{kept}."


def _told(said: Said) -> bool:
    """Return whether it is said by how much, so that less would not be what is wanted."""
    return said.number("%", "times") is not None or said.has("amount.double")


def _room(spot: Spot, factor: float) -> tuple[float, Area]:
    if factor <= 1:
        box = area(spot.block)
        width, height = box.width * factor, box.height * factor
        middle = (box.x + (box.width - width) / 2, box.y + (box.height - height) / 2)
        return factor, Area(*middle, width, height)
    return grown(spot, factor, lambda share: list(_boxes(spot.block, share)))


def _boxes(block: Block, share: float) -> Iterator[tuple[float, float]]:
    """Yield of what size a block's box may be where what it holds has grown."""
    yield block.width * share, block.height * share
    if isinstance(block, Text):
        for wide, high in ((1.0, share), (share, 1.0), (1.0, 1.0)):
            if fits(block, block.size * share, block.width * wide, block.height * high):
                yield block.width * wide, block.height * high


def in_box(block: Block, share: float, box: Area) -> Block:
    """Return a block with all in it grown, in a box."""
    held: dict[str, Any] = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    if isinstance(block, Text):
        held |= {name: getattr(block, name) * share for name in _LENGTHS}
        held["runs"] = tuple(_run(run, share) for run in block.runs)
    if isinstance(block, Group):
        held["blocks"] = tuple(_within(each, share) for each in block.blocks)
    rounded: dict[str, Any] = {name: tidy(value) for name, value in held.items()}
    return replace(block, **rounded)


def _within(block: Block, share: float) -> Block:
    box = Area(block.x * share, block.y * share, block.width * share, block.height * share)
    grown_block = in_box(block, share, box)
    more: dict[str, Any] = {}
    if hasattr(block, "radius"):
        more["radius"] = tuple(tidy(each * share) for each in block.radius)
    stroke = getattr(block, "stroke", None)
    if stroke:
        more["stroke"] = replace(stroke, width=tidy(stroke.width * share))
    return replace(grown_block, **more)


def _run(run: Run, share: float) -> Run:
    return run if run.size is None else replace(run, size=tidy(run.size * share))


def tidy(value: Any) -> Any:  # noqa: ANN401 - of any field
    """Return a number as it is written: to a hundredth of a pixel."""
    return round(value, 2) + 0.0 if isinstance(value, float) else value


def width(work: Work) -> Done:
    """Make blocks wider or narrower, or as wide as told."""
    return _side(work, "width", grows=not work.said.cue("narrow shrink less"))


def height(work: Work) -> Done:
    """Make blocks as high as told, higher, or lower."""
    return _side(work, "height", grows=not work.said.cue("short shrink less"))


def box(work: Work) -> Done:
    """Make blocks as wide and as high as told."""
    sides = sides_of(work.said)
    if sides is None or not all(sides):
        raise CannotBe("It is not said how wide it is to be, and how high.")
    scene = work.fields(width=sides[0], height=sides[1])
    return scene, f"Made {work.names()} {shown(sides[0])} by {shown(sides[1])} pixels."


def _side(work: Work, side: str, *, grows: bool) -> Done:
    scene = work.each(
        lambda spot: _with_side(spot.block, side, tidy(_told_side(work, spot, side, grows=grows)))
    )
    old, new = (
        [getattr(spots(of)[name].block, side) for name in work.ids] for of in (work.scene, scene)
    )
    from_to = f" from {shown(old[0])} to {shown(new[0])}" if len(old) == 1 else ""
    return scene, f"Changed the {side} of {work.names()}{from_to}."


def _told_side(work: Work, spot: Spot, side: str, *, grows: bool) -> float:
    """Return how long a side becomes: what is told, what it has and that, or a usual share more."""
    said, old = work.said, float(getattr(spot.block, side))
    number = said.number("px", "pt", "mm", "cm", "in", "%", "")
    if number is None:
        factor = _times(said) or FACTORS[said.much]
        return old * (factor if grows or said.has("amount.half") else 1 / factor)
    length = work.length(number, old)
    return old + length * (1 if grows else -1) if added(said, number) else length


def _times(said: Said) -> float | None:
    """Return by which factor something is to be longer, where that is said: `twice as wide`."""
    times = said.number("times")
    if times:
        return _checked(times.value)
    return {(True, False): 2.0, (False, True): 0.5}.get(
        (said.has("amount.double"), said.has("amount.half"))
    )


def _with_side(block: Block, side: str, new: float) -> Block:
    """Return a block with a side; pictures keep the ratio of their sides, as does what says so."""
    if new <= 0:
        raise CannotBe(f"Nothing has a {side} of {shown(new)}.")
    other = "height" if side == "width" else "width"
    held: dict[str, Any] = {side: new}
    kept = block.keep_aspect or isinstance(block, Picture)
    if kept and getattr(block, side):
        held[other] = tidy(getattr(block, other) * new / getattr(block, side))
    return replace(block, **held)


def thick(work: Work) -> Done:
    """Make lines thicker."""
    return _stroked(work, FACTORS[work.said.much] * 1.2)


def thin(work: Work) -> Done:
    """Make lines thinner."""
    return _stroked(work, 1 / (FACTORS[work.said.much] * 1.2))


def _stroked(work: Work, factor: float) -> Done:
    number = work.said.number("px", "pt", "mm")

    def one(spot: Spot) -> Block:
        stroke = getattr(spot.block, "stroke", None)
        if stroke is None:
            raise CannotBe(f"There is no line around {work.names()}.")
        wide = work.length(number) if number else stroke.width * factor
        if number and added(work.said, number):
            wide = stroke.width + wide * (1 if factor > 1 else -1)
        if wide <= 0:
            raise CannotBe(f"No line is {shown(wide)} thick.")
        return replace(spot.block, stroke=replace(stroke, width=tidy(wide)))  # type: ignore[call-arg]

    scene = work.each(one)
    return scene, f"Made the line of {work.names()} {'thicker' if factor > 1 else 'thinner'}."


def has_line(block: Block) -> bool:
    """Return whether a block has a line that may be thicker."""
    return isinstance(block, Line) or getattr(block, "stroke", None) is not None
