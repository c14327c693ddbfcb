"""Colours of blocks: given, taken from others, lighter and darker."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.design.scene.model import (
    Block,
    Group,
    Line,
    Page,
    Painted,
    Picture,
    Role,
    Text,
    joined,
)
from foveate.design.scene.paint import Fill, Linear, PictureFill, Solid, Stop, Stroke
from foveate.design.tones import distance
from foveate.design.tree import spots, with_page
from foveate.design.words.answer import CannotBe, Unclear
from foveate.design.words.described import CALLED_BY, covers, fill_colours, inks
from foveate.design.words.tones import STEP, lighter, named, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.design.tree import Spot
    from foveate.design.words.work import Done, Work
    from foveate.options.colours import Colour

_SEEN: Final = 0.01
"""Of a distance of colours, below which nothing is seen to have changed."""
_STEPS: Final = {-1.0: STEP / 2, 0.0: STEP, 1.0: STEP * 2}


def color(work: Work) -> Done:
    """Give letters, insides or lines a colour."""
    *others, new = work.said.inks
    ink = new.colour
    letters = work.said.has("thing.text", "cue.lettering", "cue.fontsize", "cue.font")
    old = next((each.name for each in others if each.name), "")

    def one(spot: Spot) -> Block:
        some = _words_of(spot.block, old, ink) if old else None
        return some or painted(spot.block, ink, letters=letters)

    return work.each(one), f"Coloured {work.names()} {spoken(ink)}."


def _words_of(block: Block, old: str, ink: Colour) -> Block | None:
    """Return a text with its words of a colour in another: `the pink words`; None for none."""
    if not isinstance(block, Text) or distance(block.colour, named(old)) <= CALLED_BY:
        return None
    runs = tuple(
        replace(run, colour=ink)
        if run.colour and distance(run.colour, named(old)) <= CALLED_BY
        else run
        for run in block.runs
    )
    return replace(block, runs=joined(runs)) if runs != block.runs else None


def gradient(work: Work) -> Done:
    """Fill blocks from one colour to another, from top to bottom."""
    if len(work.said.inks) != 2:  # noqa: PLR2004 - from one to the other
        raise Unclear("From which colour to which other?")
    first, last = (ink.colour for ink in work.said.inks)
    across = work.said.has("axis.x")
    fill = Linear(90.0 if across else 180.0, (Stop(first, 0.0), Stop(last, 1.0)))
    names = f"{work.names()} from {spoken(first)} to {spoken(last)}"
    return work.fields(fill=fill), f"Filled {names}."


def match(work: Work) -> Done:
    """Give blocks the colour of another one."""
    *targets, model = work.ids
    found = inks(spots(work.scene)[model].block)
    if not targets or not found:
        raise CannotBe("It is not said which colour it is to have.")
    job = replace(work, ids=tuple(targets))
    scene = job.each(lambda spot: painted(spot.block, found[0], letters=False))
    return scene, f"Coloured {job.names()} {spoken(found[0])}."


def painted(block: Block, ink: Colour, *, letters: bool) -> Block:
    """Return a block in a colour: what of it people call it by has it then."""
    if isinstance(block, Picture | Group):
        raise CannotBe(f"\u201c{block.name or block.id}\u201d has no colour of its own.")
    if isinstance(block, Line):
        return replace(block, stroke=replace(block.stroke or Stroke(), colour=ink))
    if isinstance(block, Text) and (letters or block.fill is None):
        runs = tuple(replace(run, colour=None) for run in block.runs)
        return replace(block, colour=ink, runs=joined(runs))
    if isinstance(block, Painted) and block.fill is None and block.stroke:
        return replace(block, stroke=replace(block.stroke, colour=ink))
    return replace(block, fill=Solid(ink))  # type: ignore[call-arg]


def darker(work: Work) -> Done:
    """Make colours darker, as the eye sees it."""
    return _toned(work, -1)


def lighter_(work: Work) -> Done:
    """Make colours lighter, as the eye sees it."""
    return _toned(work, 1)


def _toned(work: Work, way: int) -> Done:
    by = way * _STEPS[work.said.much]

    def one(spot: Spot) -> Block:
        return _shifted(spot.block, lambda ink: lighter(ink, by))

    scene = work.each(one)
    if _unseen(work.scene, scene, work.ids):
        raise CannotBe(f"It cannot be {'lighter' if way > 0 else 'darker'} than it is.")
    return scene, f"Made {work.names()} {'lighter' if way > 0 else 'darker'}."


def _unseen(before: Any, after: Any, ids: Sequence[str]) -> bool:  # noqa: ANN401 - scenes
    one, other = spots(before), spots(after)
    pairs = (zip(inks(one[n].block), inks(other[n].block), strict=False) for n in ids)
    return all(distance(a, b) < _SEEN for pair in pairs for a, b in pair)


def _shifted(block: Block, change: Callable[[Colour], Colour]) -> Block:
    if isinstance(block, Picture | Group):
        raise CannotBe(f"\u201c{block.name or block.id}\u201d has no colour of its own.")
    if isinstance(block, Painted) and block.fill is not None:
        return replace(block, fill=_filled(block.fill, change))
    if isinstance(block, Text):
        runs = tuple(
            replace(run, colour=change(run.colour)) if run.colour else run for run in block.runs
        )
        return replace(block, colour=change(block.colour), runs=runs)
    stroke = getattr(block, "stroke", None) or Stroke()
    return replace(block, stroke=replace(stroke, colour=change(stroke.colour)))  # type: ignore[call-arg]


def _filled(fill: Fill, change: Callable[[Colour], Colour]) -> Fill:
    if isinstance(fill, Solid):
        return Solid(change(fill.colour))
    if isinstance(fill, PictureFill):
        raise CannotBe("It is filled with a picture, which has no colour of its own.")
    stops = tuple(replace(stop, colour=change(stop.colour)) for stop in fill.stops)
    return replace(fill, stops=stops)


def page_color(work: Work) -> Done:
    """Give the page a colour: the block that is its background, where there is one."""
    ink = work.said.inks[-1].colour
    page = work.scene.pages[0]
    grounds = (each for each in page.blocks if each.role is Role.BACKGROUND)
    ground = next((each for each in grounds if covers(each, page)), None)
    if ground is not None and not isinstance(ground, Picture):
        job = replace(work, ids=(ground.id,))
        return color(job)
    new: Page = replace(page, fill=Solid(ink))
    return with_page(work.scene, new), f"Coloured the page {spoken(ink)}."


def page_toned(work: Work, verb: str) -> Done:
    """Make a page darker or lighter: its fill, of one colour or of several."""
    page, way = work.scene.pages[0], -1 if verb == "darker" else 1
    if page.fill is None:
        raise CannotBe("The page has no colour.")
    by = way * _STEPS[work.said.much]
    fill = _filled(page.fill, lambda ink: lighter(ink, by))
    old, new = fill_colours(page.fill), fill_colours(fill)
    word = "lighter" if way > 0 else "darker"
    if all(distance(a, b) < _SEEN for a, b in zip(old, new, strict=True)):
        raise CannotBe(f"It cannot be {word} than it is.")
    return with_page(work.scene, replace(page, fill=fill)), f"Made the page {word}."
