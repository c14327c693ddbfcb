"""What is done to a part of a picture, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption
from foveate.options.masks import targets_text

if TYPE_CHECKING:
    from foveate.options.colours import Colour
    from foveate.options.masks import Targets
    from foveate.options.model import TransformOptions

THOUSAND: Final = 1000
"""Lengths of effects are thousandths of the longer side of the picture that is answered."""
EFFECTS: Final = (
    *("lens", "blur", "pixelate", "brightness", "contrast", "saturation"),
    *("grayscale", "duotone", "tint", "sharpen"),
)
"""The fields of `Touch` that are effects, in the order in which they are applied."""


@dataclass(frozen=True, slots=True)
class Duotone:
    """Two colours in place of all others."""

    shadows: Colour
    lights: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A part of the picture, and what is done to it. What is None or False was not asked for."""

    mask: Targets = ()
    """What cut-outs and effects take; nothing is the subject for those, all of it for these."""
    own: Targets = ()
    """What effects take instead."""
    invert: bool = False
    """Whether effects take all but that."""
    feather: float = 0.0
    """Over how many thousandths the edge of what effects take is spread."""
    lens: float | None = None
    """Radius of the disc that a lens makes of a point, in thousandths."""
    blur: float | None = None
    """Two standard deviations of the gaussian, in thousandths."""
    pixelate: float | None = None
    """Side of the squares, in thousandths."""
    brightness: float | None = None
    contrast: float | None = None
    saturation: float | None = None
    grayscale: bool = False
    duotone: Duotone | None = None
    tint: Colour | None = None
    """The colour that greys get; its alpha is how much of their own colours gives way."""
    sharpen: float | None = None

    @property
    def where(self) -> Targets:
        """Return what effects take; nothing is the whole picture."""
        return self.own or self.mask

    @property
    def effects(self) -> tuple[str, ...]:
        """Return the names of those that are asked for, in the order of their work."""
        # Not by equality: a saturation of 0 is one.
        return tuple(
            name for name in EFFECTS if not any(getattr(self, name) is off for off in (None, False))
        )


def changes(options: TransformOptions) -> bool:
    """Return whether any effect is asked for."""
    return options.touch is not None and bool(options.touch.effects)


def cut_by(options: TransformOptions) -> Targets:
    """Return by which mask a cut-out is made; nothing where it is by the subject or by classes."""
    return options.touch.mask if options.touch and options.segment else ()


def changed_in(options: TransformOptions) -> Targets:
    """Return the mask in which effects work; nothing where there are none, or all of it is."""
    return options.touch.where if options.touch and options.touch.effects else ()


def check_touch(options: TransformOptions) -> None:
    """Raise BadOption for a mask that contradicts something, and for the inverse of none."""
    touch, segment = options.touch, options.segment
    if touch is None:
        return
    if touch.invert and touch.effects and not touch.where:
        raise BadOption(
            "Expected mask or effect.mask beside effect.invert=true, got none: nothing would be "
            "left to change."
        )
    if segment is not None and touch.mask and segment.chosen:
        got = targets_text(touch.mask)
        raise BadOption(
            f"Expected mask, or segment.keep and segment.person, got mask={got} beside them. "
            "Things are among the targets of a mask: mask=object:dog."
        )
