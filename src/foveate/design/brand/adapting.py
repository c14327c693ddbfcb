"""A design brought to a brand: the same blocks, by rule, in the same places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.design.brand.colouring import Colouring, ground_of
from foveate.design.brand.model import Part
from foveate.design.brand.telling import told_apart
from foveate.design.changes.difference import difference
from foveate.design.checks.checking import Checks
from foveate.design.checks.model import NOTHING
from foveate.design.checks.table import LETTERING
from foveate.design.scaling import letters
from foveate.design.scene.model import Group, Picture, Role, Text
from foveate.design.scene.units import POINTS
from foveate.design.tones import oklab

if TYPE_CHECKING:
    from foveate.design.brand.model import Brand, Logo
    from foveate.design.changes.model import ChangeSet
    from foveate.design.checks.model import Looks
    from foveate.design.scene.model import Block, Page, Scene

DARK: Final = 0.5
"""Of lightness, below which a background is dark."""
WHOLE: Final = "fit=pad,background=transparent"
"""Options by which all of a logo is seen, whatever its shape."""


@dataclass(frozen=True, slots=True)
class Branded:
    """A design in a brand, what changed, and what is to be known of it, a sentence each."""

    scene: Scene
    changes: ChangeSet
    remarks: tuple[str, ...] = ()


def adapt(scene: Scene, brand: Brand, looks: Looks = NOTHING) -> Branded:
    """Return a design in a brand's colours, fonts, logo and least sizes.

    Locked blocks stay as they are. Letters are mended where they would not fit, or not be told
    apart from what is below them, by those who look.
    """
    pages = tuple(_Adapting(brand, scene.dpi, page).made() for page in scene.pages)
    made, told = told_apart(replace(scene, pages=pages), brand, looks, scene)
    found = Checks(looks, LETTERING)(scene, made)
    mended = (f"Mended: {each}" for each in found.repaired)
    remarks = (*_kept(scene), *told, *mended, *found.refused, *found.warned)
    return Branded(found.scene, difference(scene, found.scene), tuple(dict.fromkeys(remarks)))


def _kept(scene: Scene) -> list[str]:
    return [
        f"{block.id} is locked: it stays as it is."
        for page in scene.pages
        for block in page.blocks
        if block.locked
    ]


@dataclass(frozen=True, slots=True)
class _Adapting:
    """Brings one page to a brand."""

    brand: Brand
    dpi: float
    page: Page

    def made(self) -> Page:
        """Return the page in the brand."""
        colouring = Colouring(self.brand, self.page)
        page = colouring.page(self.page)
        blocks = tuple(self._block(block, colouring) for block in page.blocks)
        return replace(page, blocks=blocks)

    def _block(self, block: Block, colouring: Colouring) -> Block:
        if block.locked:
            return block
        if isinstance(block, Group):
            inside = tuple(self._block(each, colouring) for each in block.blocks)
            return replace(block, blocks=inside)
        if isinstance(block, Picture) and block.role is Role.LOGO and self.brand.logo is not None:
            return self._logo(block, self.brand.logo)
        made = colouring.block(block)
        return self._lettered(made) if isinstance(made, Text) else made

    def _logo(self, block: Picture, logo: Logo) -> Picture:
        ground = self.brand.colour(Part.BACKGROUND)
        light = ground_of(self.page) if ground is None else oklab(ground)[0]
        src = logo.on_dark if logo.on_dark and light < DARK else logo.src
        alt = logo.alt or self.brand.name or block.alt
        return replace(block, src=src, options=WHOLE, alt=alt)

    def _lettered(self, text: Text) -> Text:
        """Return a text in the brand's font for its role, no smaller than the brand lets it be."""
        font = self.brand.font(text.role)
        if font:
            runs = tuple(replace(run, font=None) for run in text.runs)
            text = replace(text, font=font, runs=runs)
        least = self.brand.least(text.role) * self.dpi / POINTS
        return replace(text, **letters(text, least / text.size)) if text.size < least else text
