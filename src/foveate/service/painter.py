"""Designs and words in renditions: what is drawn in the place of a picture, or laid over it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from foveate.errors import UnsupportedOption
from foveate.service.drawn_designs import OVER, DesignPicture, over, pictures_by_source
from foveate.service.lettering import WORDS, lettered
from foveate.service.memory import others_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from foveate.deadline import Deadline
    from foveate.imaging import Image
    from foveate.options.designed import Designed
    from foveate.options.model import Overlay, TransformOptions
    from foveate.ports import Picture
    from foveate.service.drawn_designs import Design, Designer
    from foveate.service.fonts import Fonts
    from foveate.service.rendering import Rendering
    from foveate.settings import Limits
    from foveate.trace import Trace
    from foveate.transform.layout import Layout
    from foveate.transform.plan import Plan
    from foveate.values import Facts

    Others = Mapping[str, Picture]
    """Pictures by their URLs."""
    Brings = Callable[[Others, Picture, TransformOptions, Deadline, Trace], Image]
    """Brings one of them to pixels, as its options say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Painter:
    """What draws designs and words of renditions."""

    fonts: Fonts | None
    """In what words are set; None where none may be."""
    designer: Designer | None
    """Who draws designs; None where none are kept."""
    limits: Limits
    layout_of: Callable[[Facts, TransformOptions], Layout]
    brings: Brings

    def designed(
        self, picture: Picture, options: TransformOptions, others: Others
    ) -> tuple[Picture, TransformOptions]:
        """Return a design in the place of a picture, where one is asked for, and options of that.

        Raises UnsupportedOption where none is there to be drawn.
        """
        asked = options.design
        if asked is None:
            return picture, options
        design = self._design(asked, picture, others)
        return DesignPicture.of(asked, design), design.scaled_by(options)

    def _design(self, asked: Designed, picture: Picture | None, others: Others) -> Design:
        if self.designer is None:
            raise UnsupportedOption("Expected no design here: nobody keeps any.")
        pictures = pictures_by_source(asked, picture, others)
        return self.designer.opened(asked, pictures, partial(self.brings, others))

    def _overlaid(self, layout: Layout, others: Others) -> Design | None:
        """Return the design that is laid over the picture, if one is, in the size that it has."""
        asked = layout.options.overlay
        return None if asked is None else self._design(asked, None, others)

    def memory_bytes(self, picture: Picture, layout: Layout, others: Others) -> int:
        """Return what designs take, and their pictures until they are at hand."""
        drawn: list[tuple[Design, float]] = []
        if isinstance(picture, DesignPicture):
            scale = layout.fitted.out.width / max(layout.fitted.window.width, 1.0)
            drawn.append((picture.design, scale))
        if (laid := self._overlaid(layout, others)) is not None:
            drawn.append((laid.within(layout.size), 1.0))
        pairs = [
            (self.layout_of(each.facts, options), each.facts)
            for design, scale in drawn
            for each, options in design.asked(scale)
        ]
        making = others_bytes(pairs, self.limits)
        return making + sum(design.memory_bytes(scale) for design, scale in drawn)

    def laid(self, rendering: Rendering, plan: Plan) -> Iterator[tuple[Overlay, Image]]:
        """Yield what is laid over a picture: its design, then its words, where there are any."""
        pixels, options = rendering.pixels, rendering.options
        if (design := self._overlaid(rendering.layout, rendering.others)) is not None:
            made = partial(over, design, plan.size, pixels.deadline, pixels.trace)
            yield rendering.analysis.once(OVER, made).overlay
        if options.text is not None:
            with pixels.trace.span("text"):
                words = partial(lettered, options.text, plan.size, options, self.typesetter)
                yield rendering.analysis.once(WORDS, words).overlay

    @property
    def typesetter(self) -> Fonts:
        """Return the fonts. Raises UnsupportedOption where there are none."""
        if self.fonts is None:
            raise UnsupportedOption("Expected no text here: nobody has fonts.")
        return self.fonts
