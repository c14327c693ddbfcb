"""Designs as pictures: the pictures in them first, each as its options say, then all of it."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.design.drawing.asked import Asked, pictures_of
from foveate.design.drawing.paints import opaque
from foveate.design.drawing.raster import draw
from foveate.design.drawing.remarks import Matter
from foveate.design.pinned import pinned
from foveate.errors import BadOption
from foveate.geometry.box import Size
from foveate.imaging.decode import to_memory
from foveate.imaging.pixels import premultiplied
from foveate.options.designed import PHOTO
from foveate.options.model import Fit, Overlay, TransformOptions
from foveate.service.draw import PICTURE_BYTES, PIXEL_BYTES, picture_options
from foveate.values import NOTHING_SAID, Facts, ImageFormat, strictest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.design.drawing.bounds import Bounds
    from foveate.design.drawing.raster import Drawn
    from foveate.design.drawing.remarks import Remark
    from foveate.design.scene.model import Page, Scene
    from foveate.imaging import Image
    from foveate.options.designed import Designed
    from foveate.options.grammar import Presets
    from foveate.ports import Picture
    from foveate.service.filled_designs import FilledDesigns
    from foveate.service.fonts import Fonts
    from foveate.trace import Trace
    from foveate.values import Lifetime

    Brings = Callable[[Picture, TransformOptions, Deadline, Trace], Image]
    """Brings a picture to pixels, as its options say."""

_MOST_NOTE: Final = 1000
OVER: Final = ("design",)
"""A design that is laid over, as one request remembers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Designer:
    """What draws designs of renditions."""

    designs: FilledDesigns
    fonts: Fonts
    presets: Presets
    bounds: Bounds

    def opened(self, asked: Designed, pictures: Mapping[str, Picture], brings: Brings) -> Design:
        """Return a design that was settled, with the pictures that it shows, by their sources."""
        scene, page = self.designs.page(asked)
        return Design(designer=self, scene=scene, page=page, pictures=pictures, brings=brings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A page of a design, and the pictures that it shows."""

    designer: Designer
    scene: Scene
    page: Page
    pictures: Mapping[str, Picture]
    """By their sources."""
    brings: Brings

    def scaled_by(self, options: TransformOptions) -> TransformOptions:
        """Return the options of what it becomes: it is sharp at every size, so it is enlarged."""
        open_ = not (options.width or options.height or options.auto_width)
        return replace(
            options,
            design=None,
            width=round(self.page.width) if open_ and options.dpr != 1 else options.width,
            fit=Fit.CONTAIN if options.fit is Fit.SCALE_DOWN else options.fit,
        )

    def within(self, size: Size) -> Design:
        """Return it on a page of a size in pixels, brought there by what blocks are pinned to."""
        return replace(self, page=pinned(self.page, float(size.width), float(size.height)))

    def asked(self, scale: float) -> Sequence[tuple[Picture, TransformOptions]]:
        """Return its pictures, and how they are shown, drawn at that scale."""
        bounds, presets = self.designer.bounds, self.designer.presets
        wanted = pictures_of(self.page, scale, drawn=scale, bounds=bounds)
        return [(self._picture(each.src), picture_options(each, presets)) for each in wanted]

    def memory_bytes(self, scale: float) -> int:
        """Return what drawing it takes, beside what its pictures take until they are at hand."""
        drawn = self.page.width * self.page.height * scale * scale
        shown = sum((o.width or 0) * (o.height or 0) for _, o in self.asked(scale))
        return round(drawn) * PIXEL_BYTES + shown * PICTURE_BYTES

    def draw(self, scale: float, deadline: Deadline, trace: Trace) -> Drawn:
        """Return it as pixels. Raises as drawing does, and as its pictures do."""
        pictures = partial(self._pixels, deadline, trace)
        with deadline, trace.span("design"):
            return draw(
                self.page,
                self.designer.fonts.typefaces,
                pictures,
                scale=scale,
                language=self.scene.lang,
                bounds=self.designer.bounds,
            )

    def _pixels(
        self, deadline: Deadline, trace: Trace, src: str, options: str, width: int, height: int
    ) -> NDArray[np.uint8]:
        asked = picture_options(Asked(src, options, width, height), self.designer.presets)
        return premultiplied(self.brings(self._picture(src), asked, deadline, trace))

    def _picture(self, src: str) -> Picture:
        if src not in self.pictures:
            raise BadOption(f"Expected the bytes of {src!r}, got none.")
        return self.pictures[src]


@dataclass(slots=True, kw_only=True)
class DesignPicture:
    """A design as a source of pixels: drawn as large as somebody wants to see it."""

    design: Design
    digest: str
    """Of the design as it is filled in, of its pictures, and of the fonts."""
    lifetime: Lifetime
    remarks: tuple[Remark, ...] = ()
    """Of what was drawn last."""
    data: bytes = b""
    name: str = ""
    reference: str = ""
    covered: bool = False

    @classmethod
    def of(cls, asked: Designed, design: Design) -> DesignPicture:
        """Return a design that was settled as a picture."""
        pictures, fonts = design.pictures, design.designer.fonts
        known = [asked.filled.digest if asked.filled else "", fonts.fingerprint]
        known += [f"{src} {picture.digest}" for src, picture in sorted(pictures.items())]
        return cls(
            design=design,
            digest=hashlib.sha256("\0".join(known).encode()).hexdigest(),
            lifetime=strictest([each.lifetime for each in pictures.values()] or [NOTHING_SAID]),
        )

    @property
    def facts(self) -> Facts:
        """Return what is known of it: a drawing, sharp at every size."""
        page = self.design.page
        size = Size(max(math.ceil(page.width), 1), max(math.ceil(page.height), 1))
        seen_through = not opaque(page.fill)
        exact = page.width, page.height
        return Facts(format=ImageFormat.PNG, stored=size, alpha=seen_through, bytes=0, exact=exact)

    def draw(self, scale: float, deadline: Deadline, trace: Trace) -> Image:
        """Return it as pixels, at so many to one of the design."""
        drawn = self.design.draw(scale, deadline, trace)
        self.remarks = drawn.remarks
        return srgb(drawn)


@dataclass(frozen=True, slots=True)
class Over:
    """A design that was drawn to be laid over a picture."""

    overlay: tuple[Overlay, Image]
    remarks: tuple[Remark, ...]


def over(design: Design, canvas: Size, deadline: Deadline, trace: Trace) -> Over:
    """Return a design as an overlay of a picture of that size."""
    drawn = design.within(canvas).draw(1.0, deadline, trace)
    return Over((Overlay(url="", options=TransformOptions()), srgb(drawn)), drawn.remarks)


def srgb(drawn: Drawn) -> Image:
    """Return what was drawn in memory, as pixels of sRGB."""
    return to_memory(drawn.image()).copy(interpretation="srgb")


def misses(remarks: Iterable[Remark]) -> str:
    """Return which letters no font has, and which texts have no room; empty of none."""
    said = {each.sentence: "" for each in remarks if each.matter is Matter.GLYPHS}
    # "The text" is one of many: which it is says its block.
    said |= {f"{e.block}: {e.sentence}": "" for e in remarks if e.matter is Matter.OVERFLOW}
    return "; ".join(each.rstrip(".") for each in said)[:_MOST_NOTE]


def pictures_by_source(
    asked: Designed, picture: Picture | None, others: Mapping[str, Picture]
) -> dict[str, Picture]:
    """Return the pictures of a design that was settled, by their sources."""
    filled = asked.filled
    if filled is None:
        return {}
    found = {src: others[src] for src in filled.sources if src in others}
    return {**found, PHOTO: picture} if filled.photo and picture else found
