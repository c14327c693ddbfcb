"""Colours of a design brought to those of a brand: by what each is for, as the eye sees them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from foveate.design.brand.model import Brand, Part
from foveate.design.scene.model import Block, Line, Page, Painted, Role, Text
from foveate.design.scene.paint import Linear, PictureFill, Radial, Solid, Stop
from foveate.design.tones import chroma, of_oklab, oklab, with_lightness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.design.scene.model import Run
    from foveate.design.scene.paint import Fill
    from foveate.options.colours import Colour

LETTERS: Final[Mapping[Role, Part]] = {
    Role.TITLE: Part.TITLE,
    Role.SUBTITLE: Part.MUTED,
    Role.PRICE: Part.PRICE,
    Role.BUTTON: Part.ON_BUTTON,
    Role.LEGAL: Part.MUTED,
    Role.LOGO: Part.PRIMARY,
}
"""What letters of a role are painted with; of all others, with `text`."""
INSTEAD_OF: Final[Mapping[Part, tuple[Part, ...]]] = {
    Part.PRICE: (Part.PRIMARY, Part.TITLE),
    Part.TITLE: (Part.PRIMARY,),
}
"""What letters are painted with that are not told apart in their own colour, the nearest first."""
ANY: Final = (Part.TEXT, Part.ON_BUTTON, Part.BACKGROUND, Part.SURFACE)
"""What they are painted with then, whatever their role."""
COLOURFUL: Final = 0.06
"""How far from grey a colour is that is meant to be seen as one."""
ALIKE: Final = 0.12
"""Of lightness, by which what is grey may differ from the background and be a surface on it."""
WHOLE: Final = 0.9
"""Of a page's sides, that a block has which is its background."""
BEHIND: Final = 0.5
"""Of a page's area, that a background has which is that of all else, and no band of it."""
SEEN: Final = (0.02, 0.06)
"""Of lightness, by which a surface differs from its page that is seen on it, and by which it does
in a brand that names no colour of surfaces."""
LARGE: Final = 0.2
"""Of a page's area, that a grey shape has which is no dark detail, but what others stand on."""
FAINT: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Colouring:
    """Brings colours to a brand."""

    brand: Brand
    old: Page
    """The page as it was."""

    @property
    def ground(self) -> float:
        """The lightness of its background."""
        return ground_of(self.old)

    def page(self, page: Page) -> Page:
        """Return a page with its background in the brand's."""
        return replace(page, fill=self._fill(page.fill, Part.BACKGROUND))

    def block(self, block: Block) -> Block:
        """Return a block in colours of the brand."""
        said: dict[str, Any] = {}
        if isinstance(block, Painted):
            said["fill"] = self._fill(block.fill, self._part_of(block))
        stroke = block.stroke if isinstance(block, Painted | Line) else None
        if stroke is not None:
            said["stroke"] = replace(stroke, colour=self._lined(block, stroke.colour))
        if isinstance(block, Text):
            said |= self._letters(block)
        return replace(block, **said)

    def _letters(self, text: Text) -> dict[str, Any]:
        part = part_of_letters(text)
        runs = tuple(self._run(run) for run in text.runs)
        return {"colour": self._as(text.colour, part), "runs": runs}

    def _run(self, run: Run) -> Run:
        """Return a run that stands out from its text in what stands out in the brand."""
        if run.colour is None:
            return run
        part = Part.ACCENT if chroma(run.colour) >= COLOURFUL else Part.TEXT
        return replace(run, colour=self._as(run.colour, part))

    def _part_of(self, block: Painted) -> Part:
        """Return what the inside of a block is for."""
        if block.role is Role.BACKGROUND and not _is_band(block, self.old):
            return Part.BACKGROUND
        if block.role is Role.BUTTON:
            return Part.BUTTON
        if isinstance(block.fill, Solid):
            large = block.width * block.height >= LARGE * self.old.width * self.old.height
            part = self._part(block.fill.colour)
            return Part.SURFACE if large and part is Part.TEXT else part
        return Part.SURFACE

    def _part(self, value: Colour) -> Part:
        """Return what a colour of a shape is for: to be seen, to lie under, or to be dark."""
        if chroma(value) >= COLOURFUL:
            return Part.ACCENT
        near = abs(oklab(value)[0] - self.ground) <= ALIKE
        # A card on a dark background is light, and one on a light one is lighter still.
        light = (oklab(value)[0] > 0.5) is (self.ground > 0.5)  # noqa: PLR2004 - the middle
        return Part.SURFACE if near or light else Part.TEXT

    def _lined(self, block: Block, value: Colour) -> Colour:
        part = Part.BUTTON if block.role is Role.BUTTON else self._part(value)
        return self._as(value, Part.MUTED if part is Part.SURFACE else part)

    def _as(self, value: Colour, part: Part) -> Colour:
        """Return the brand's colour for a part, as transparent as the one before."""
        found = self.brand.colour(part)
        return value if found is None else replace(found, alpha=value.alpha)

    def _fill(self, fill: Fill | None, part: Part) -> Fill | None:
        if isinstance(fill, Solid):
            made = self._as(fill.colour, part)
            return Solid(self._raised(made, fill.colour) if part is Part.SURFACE else made)
        if fill is None or isinstance(fill, PictureFill) or self.brand.colour(part) is None:
            return fill
        return self._gradient(fill, part)

    def _raised(self, value: Colour, was: Colour) -> Colour:
        """Return the colour of a surface, which is seen on its page where it was so before."""
        named = Part.SURFACE in self.brand.colours or Part.SECONDARY in self.brand.colours
        differs = oklab(was)[0] - self.ground
        if named or Part.BACKGROUND not in self.brand.colours or abs(differs) < SEEN[0]:
            return value
        lightness = oklab(value)[0]
        by = math.copysign(SEEN[1], differs)
        return with_lightness(value, lightness + (by if 0 <= lightness + by <= 1 else -by))

    def _gradient(self, fill: Linear | Radial, part: Part) -> Fill:
        """Return a gradient about the brand's colour: as much lighter and darker as it was."""
        target = self.brand.colour(part)
        assert target is not None  # noqa: S101 - who asks has looked
        middle = sum(oklab(stop.colour)[0] for stop in fill.stops) / len(fill.stops)
        strongest = max(chroma(stop.colour) for stop in fill.stops)
        stops = tuple(
            Stop(_beside(target, stop.colour, middle, strongest), stop.at) for stop in fill.stops
        )
        return replace(fill, stops=stops)


def part_of_letters(text: Text) -> Part:
    """Return what the letters of a text are painted with."""
    if text.role in {Role.NONE, Role.DECORATION} and text.fill is not None:
        return Part.ON_BUTTON
    return LETTERS.get(text.role, Part.TEXT)


def _beside(target: Colour, value: Colour, middle: float, strongest: float) -> Colour:
    """Return what stands to a target as a colour stood to the middle of its gradient."""
    lightness, a, b = oklab(target)
    share = chroma(value) / strongest if strongest > FAINT else 1.0
    shifted = lightness + oklab(value)[0] - middle
    return of_oklab(shifted, a * share, b * share, value.alpha)


def ground_of(page: Page) -> float:
    """Return the lightness of what covers a page: of a gradient, about its middle."""
    fills = [b.fill for b in page.blocks if isinstance(b, Painted) and _covers(b, page)]
    for fill in (*fills[::-1], page.fill):
        if isinstance(fill, Solid):
            return oklab(fill.colour)[0]
        if isinstance(fill, Linear | Radial):
            return sum(oklab(stop.colour)[0] for stop in fill.stops) / len(fill.stops)
    return 1.0


def _covers(block: Block, page: Page) -> bool:
    large = block.width >= WHOLE * page.width and block.height >= WHOLE * page.height
    back = block.role is Role.BACKGROUND and not _is_band(block, page)
    return not block.hidden and (back or large)


def _is_band(block: Block, page: Page) -> bool:
    """Return whether a background lies below some of a page, in a colour that is its own."""
    return block.width * block.height < BEHIND * page.width * page.height
