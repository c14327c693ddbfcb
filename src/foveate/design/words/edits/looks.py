"""How blocks look: colours, contrast, corners, opacity, shadows and edges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import (
    Block,
    Painted,
    Text,
    joined,
)
from foveate.design.scene.paint import Shadow, Stroke
from foveate.design.tones import contrast, oklab, with_lightness
from foveate.design.tree import spots
from foveate.design.words.answer import CannotBe
from foveate.design.words.described import fill_colours
from foveate.design.words.edits.sizes import tidy
from foveate.options.colours import WHITE, Colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.tree import Spot
    from foveate.design.words.work import Done, Work

READABLE: Final = 4.5
"""WCAG's least contrast of letters."""


_BETTER: Final = 1.5
"""Times as much contrast as now, where that is more than the least."""


_FADED: Final = {-1.0: 0.15, 0.0: 0.25, 1.0: 0.5}


_FAINTEST: Final = 0.1


_SOFT: Final = (0.06, 0.18, 0.35)
"""Of the shorter side of letters or a box: how far a shadow falls, its blur; and its opacity."""


_EDGE: Final = 0.004
"""Of a page's shorter side: the width of an edge of which no width is told."""


_ROUND: Final = {-1.0: 0.05, 0.0: 0.08, 1.0: 0.2}
"""Of the shorter side of a box: the radius of its corners, where none is told."""


def more_contrast(work: Work) -> Done:
    """Make letters stand out from what they stand on."""
    if work.said.less and not work.said.cue("delete"):
        raise CannotBe("Letters are not made harder to read.")
    scene = work.each(lambda spot: _contrasting(spot, work))
    return scene, f"Gave {work.names()} more contrast."


def _contrasting(spot: Spot, work: Work) -> Block:
    text = spot.block
    if not isinstance(text, Text):
        raise CannotBe("Only letters have a contrast to what they stand on.")
    ground = fill_colours(text.fill) or behind(spot, spots(work.scene))
    now = min(contrast(text.colour, each) for each in ground)
    aim = max(READABLE, min(now * _BETTER, 21.0))
    best = max(_lights(text.colour), key=lambda ink: _worth(ink, text.colour, ground, aim))
    if min(contrast(best, each) for each in ground) <= now:
        raise CannotBe("It has as much contrast already as there can be.")
    runs = tuple(replace(run, colour=None) for run in text.runs)
    return replace(text, colour=best, runs=joined(runs))


def _lights(ink: Colour) -> list[Colour]:
    return [with_lightness(ink, share / 20) for share in range(21)]


def _worth(ink: Colour, old: Colour, ground: Sequence[Colour], aim: float) -> tuple[float, float]:
    """Return the contrast of a colour up to what is needed, then how near it is to the old."""
    least = min(contrast(ink, each) for each in ground)
    return min(least, aim), -abs(oklab(ink)[0] - oklab(old)[0])


def behind(spot: Spot, placed: dict[str, Spot]) -> list[Colour]:
    """Return the colours on which a block lies: of what is next below its middle, or its page."""
    below: list[Spot] = []
    for other in placed.values():
        if other.block.id == spot.block.id:
            break
        if other.page is spot.page and _holds(other, spot.middle):
            below.append(other)
    for other in reversed(below):
        if isinstance(other.block, Painted) and fill_colours(other.block.fill):
            return fill_colours(other.block.fill)
    return fill_colours(spot.page.fill) or [WHITE]


def _holds(spot: Spot, point: tuple[float, float]) -> bool:
    x, y = point[0] - spot.dx - spot.block.x, point[1] - spot.dy - spot.block.y
    return 0 <= x <= spot.block.width and 0 <= y <= spot.block.height


def corners(work: Work) -> Done:
    """Round corners, by pixels or by a share of the shorter side."""
    number = work.said.number("px", "pt", "mm", "cm", "in", "%", "")
    less = work.said.less and number is None

    def one(spot: Spot) -> Block:
        short = min(spot.block.width, spot.block.height)
        if number:
            return _rounded(spot.block, work.length(number, short))
        old = spot.block.radius[0]  # type: ignore[attr-defined]
        new = max(_ROUND[work.said.much] * short, old * 1.5)
        if not less and old >= short / 2:  # rounder than round there is not
            return spot.block
        return _rounded(spot.block, min(old / 2 if less else new, short / 2))

    scene = work.each(one)
    return scene, f"Rounded the corners of {work.names()}{' less' * less}."


def sharp_corners(work: Work) -> Done:
    """Take the rounding from corners."""
    return work.each(lambda spot: _rounded(spot.block, 0.0)), f"Squared {work.names()}."


def _rounded(block: Block, radius: float) -> Block:
    return replace(block, radius=(tidy(radius),) * 4)  # type: ignore[call-arg]


def opacity(work: Work) -> Done:
    """Let what lies behind be seen through blocks, as far as told."""
    share = _share(work)
    if share is not None:
        scene = work.fields(opacity=tidy(share))
        return scene, f"Set the opacity of {work.names()} to {share:.0%}."
    more = work.said.cue("opaque") and not work.said.cue("seethrough")
    more ^= work.said.less and work.said.cue("opaque seethrough")
    by = _FADED[work.said.much]

    def one(spot: Spot) -> Block:
        new = spot.block.opacity + (by if more else -by)
        return replace(spot.block, opacity=tidy(min(1.0, max(_FAINTEST, new))))

    return work.each(one), f"Made {work.names()} {'less' if more else 'more'} transparent."


def _share(work: Work) -> float | None:
    number = work.said.number("%", "")
    if number is None:
        return 0.5 if work.said.has("amount.half") else None
    whole = 100 if number.unit == "%" or number.value > 1 else 1
    share = number.value / whole
    if not 0 <= share <= 1:
        raise CannotBe(f"Opacity goes from 0 to 100 %, not to {number.text}.")
    return 1 - share if work.said.cue("seethrough") else share


def shadow(work: Work) -> Done:
    """Let blocks cast a shadow, in a colour that is told, or a fainter one than they do."""
    ink = work.said.inks[-1].colour if work.said.inks else Colour(0, 0, 0)

    def one(spot: Spot) -> Block:
        size = spot.block.size if isinstance(spot.block, Text) else min(_sides(spot.block)) / 4
        far, blur, dark = _SOFT
        cast = Shadow(y=tidy(size * far), blur=tidy(size * blur), colour=replace(ink, alpha=dark))
        old = getattr(spot.block, "shadow", None)
        if work.said.less:
            if old is None:
                raise CannotBe(f"There is no shadow on {work.names()}.")
            cast = replace(old, colour=replace(old.colour, alpha=old.colour.alpha / 2))
        return replace(spot.block, shadow=cast)  # type: ignore[call-arg]

    sentence = f"Gave {work.names()} a {'fainter ' * work.said.less}shadow."
    return work.each(one), sentence


def _sides(block: Block) -> tuple[float, float]:
    return block.width, block.height


def unshadow(work: Work) -> Done:
    """Take shadows away."""
    return work.fields(shadow=None), f"Took the shadow from {work.names()}."


def border(work: Work) -> Done:
    """Give blocks an edge."""
    number = work.said.number("px", "pt", "mm", "")

    def one(spot: Spot) -> Block:
        old = getattr(spot.block, "stroke", None)
        usual = old.width if old else _EDGE * min(spot.page.width, spot.page.height)
        wide = work.length(number) if number else max(1.0, usual)
        inked = (
            work.said.inks[0].colour if work.said.inks else old.colour if old else Stroke().colour
        )
        return replace(spot.block, stroke=replace(old or Stroke(), colour=inked, width=tidy(wide)))  # type: ignore[call-arg]

    return work.each(one), f"Gave {work.names()} an edge."


def unborder(work: Work) -> Done:
    """Take edges away."""
    return work.fields(stroke=None), f"Took the edge from {work.names()}."
