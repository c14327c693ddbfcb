"""A design, and how it is wanted, to a rendition: pixels, PDF or SVG. Every door calls this."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast

from foveate.design.drawing.asked import pictures_of
from foveate.design.drawing.bounds import Bounds, check
from foveate.design.drawing.document import PICTURES, pdf
from foveate.design.drawing.raster import draw
from foveate.design.drawing.svg import svg
from foveate.errors import BadOption, DrawingTooLarge
from foveate.geometry.box import Size
from foveate.imaging.encode import EncodeOptions, OutputFormat, content_type, encode
from foveate.imaging.encode_cost import encoder_bytes
from foveate.imaging.pixels import from_array, opened_pixels, premultiplied
from foveate.options.grammar import parse_options
from foveate.options.model import Compression, Fit, Format, Metadata, TransformOptions
from foveate.options.values import shown
from foveate.rendition import Rendition
from foveate.service.encoding import encoder_settings
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.design.drawing.asked import Asked
    from foveate.design.drawing.pictures import Pictures
    from foveate.design.drawing.remarks import Remark
    from foveate.design.scene.model import Page, Scene
    from foveate.options.grammar import Presets
    from foveate.ports import Picture
    from foveate.service.fonts import Fonts
    from foveate.service.render import Renderer
    from foveate.settings import Encoding, Limits
    from foveate.trace import Trace

DrawnFormat = Literal["png", "jpeg", "webp", "avif", "pdf", "svg"]
FORMATS: Final[tuple[DrawnFormat, ...]] = ("png", "jpeg", "webp", "avif", "pdf", "svg")
PDF: Final = "application/pdf"
ENDINGS: Final = {"jpg": "jpeg"}
SCALES: Final = (0.01, 8.0)
PIXEL_BYTES: Final = 12
"""Of the drawing, its encoder's copy, and one of the layers that are there at a time."""
PICTURE_BYTES: Final = 8
"""Of a pixel of a picture: as it came, and as skia has it."""
DOCUMENT_BYTES: Final = 32 * 1024 * 1024
"""Of a PDF or an SVG beside its pictures."""
MOST_PICTURES: Final = 200
"""Of one drawing."""
NOTE: Final = "Foveate-Note"
_MOST_NOTE: Final = 1000


class Drawing(NamedTuple):
    """How a design is wanted."""

    format: DrawnFormat = "png"
    page: str = ""
    """By its id or its number, counted from 1; the first where nothing is said. PDF has all."""
    scale: float = 1.0
    """Pixels to one of the design."""
    quality: int | None = None
    """1..100; as the settings say where nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draughtsman:
    """Design and pictures in, rendition out."""

    limits: Limits
    encoding: Encoding
    fonts: Fonts

    def wanted(self, scene: Scene, drawing: Drawing) -> tuple[Asked, ...]:
        """Return the pictures that a drawing needs. Raises BadOption, DrawingTooLarge."""
        on_paper = drawing.format in {"pdf", "svg"}
        scale = PICTURES if on_paper else drawing.scale
        drawn = 1.0 if on_paper else drawing.scale
        pages = scene.pages if drawing.format == "pdf" else [page_of(scene, drawing.page)]
        asked = dict.fromkeys(
            each
            for page in pages
            for each in pictures_of(page, scale, drawn=drawn, bounds=self.bounds)
        )
        if len(asked) > MOST_PICTURES:
            sentence = f"Expected at most {MOST_PICTURES} pictures in a drawing, got {len(asked)}."
            raise DrawingTooLarge(sentence, public=sentence)
        return tuple(asked)

    @property
    def bounds(self) -> Bounds:
        """Return what a drawing may cost: no more than a rendition."""
        limits = self.limits
        return Bounds(pixels=limits.max_output_pixels, side=limits.max_output_side)

    def prepare(
        self, scene: Scene, drawing: Drawing, pictures: Mapping[Asked, Pixels]
    ) -> Work[Rendition]:
        """Return the work of drawing, with the pictures that are wanted. Raises as `wanted`."""
        need = sum(each.width * each.height for each in self.wanted(scene, drawing)) * PICTURE_BYTES
        at_hand = partial(_at_hand, pictures)
        if drawing.format in {"pdf", "svg"}:
            return Work(need + DOCUMENT_BYTES, partial(self._document, scene, drawing, at_hand))
        page = page_of(scene, drawing.page)
        width, height = check(page, drawing.scale, self.bounds)
        settings = encoding_of(drawing, self.encoding)
        need += width * height * PIXEL_BYTES
        need += encoder_bytes(settings, width * height, alpha=True)
        run = partial(self._raster, scene, page, drawing, at_hand)
        return Work(need, run)

    def _raster(
        self,
        scene: Scene,
        page: Page,
        drawing: Drawing,
        pictures: Pictures,
        deadline: Deadline,
        trace: Trace,
    ) -> Rendition:
        with deadline, trace.span("draw"):
            drawn = draw(
                page,
                self.fonts.typefaces,
                pictures,
                scale=drawing.scale,
                language=scene.lang,
                bounds=self.bounds,
            )
        with deadline, trace.span("encode"):
            data = encode(drawn.image(), encoding_of(drawing, self.encoding))
        height, width = drawn.pixels.shape[:2]
        kind = content_type(drawing.format)
        return Rendition(data, kind, Size(width, height), noted(drawn.remarks))

    def _document(
        self,
        scene: Scene,
        drawing: Drawing,
        pictures: Pictures,
        deadline: Deadline,
        trace: Trace,
    ) -> Rendition:
        faces, bounds = self.fonts.typefaces, self.bounds
        with deadline, trace.span("draw"):
            if drawing.format == "pdf":
                made = pdf(scene, faces, pictures, bounds=bounds)
                return Rendition(made.data, PDF, None, noted(made.remarks))
            page = page_of(scene, drawing.page)
            made = svg(page, faces, pictures, language=scene.lang, bounds=bounds)
        size = Size(*check(page, 1.0, bounds))
        return Rendition(made.data, content_type("svg"), size, noted(made.remarks))


@dataclass(slots=True)
class Pixels:
    """A picture of a design: as a PNG, decoded by who draws, or as pixels."""

    data: bytes = b""
    open: Callable[[bytes], NDArray[np.uint8]] = opened_pixels
    array: NDArray[np.uint8] | None = None

    def __call__(self) -> NDArray[np.uint8]:
        """Return (height, width, 4), RGBA premultiplied."""
        if self.array is None:
            self.array, self.data = self.open(self.data), b""
        return self.array

    def file(self) -> bytes:
        """Return it as a PNG, for who looks at files."""
        if self.array is None:
            return self.data
        image = from_array(self.array).unpremultiply().cast("uchar")
        return encode(image, EncodeOptions(format="png", fast=True))


def prepare_pixels(renderer: Renderer, picture: Picture, options: TransformOptions) -> Work[Pixels]:
    """Return the work of bringing a picture to pixels that no PNG is made of in between.

    Not for options that need another source, or moderation. Raises as rendering does.
    """
    need = renderer.prepare(picture, options).memory_bytes

    def run(deadline: Deadline, trace: Trace) -> Pixels:
        image, _ = renderer.drawn(renderer.pixels_of(picture, deadline, trace), options)
        with deadline:
            return Pixels(array=premultiplied(image))

    return Work(need, run)


def _at_hand(
    pictures: Mapping[Asked, Pixels], src: str, options: str, width: int, height: int
) -> NDArray[np.uint8]:
    return cast("Mapping[tuple[object, ...], Pixels]", pictures)[src, options, width, height]()


def picture_options(asked: Asked, presets: Presets) -> TransformOptions:
    """Return the options of a picture in a design: its own, at the size at which it is shown.

    It covers its box, unless its options say another `fit`. Raises BadOption, UnknownOption.
    """
    parsed = parse_options(asked.options, presets)
    parsed.check()
    said = parsed.options
    if said.designs():
        raise BadOption("Expected pictures of designs without designs in them, got one with.")
    return replace(
        said,
        width=asked.width,
        height=asked.height,
        auto_width=None,
        dpr=1.0,
        fit=Fit.COVER if said.fit is Fit.SCALE_DOWN else said.fit,
        format=Format.PNG,
        quality=None,
        slow_connection_quality=None,
        max_bytes=None,
        compression=Compression.FAST,
        adaptive=None,
        anim=False,
        metadata=Metadata.NONE,
    )


def page_of(scene: Scene, page: str) -> Page:
    """Return a page by its id or its number; the first for nothing. Raises BadOption.

    >>> from foveate.design.scene.model import Page, Scene
    >>> scene = Scene(pages=(Page(id="a", width=1, height=1), Page(id="b", width=1, height=1)))
    >>> page_of(scene, "").id, page_of(scene, "b").id, page_of(scene, "2").id
    ('a', 'b', 'b')
    """
    named = {str(number): each for number, each in enumerate(scene.pages, 1)}
    named |= {each.id: each for each in scene.pages}
    if (page or "1") not in named:
        known = ", ".join(each.id for each in scene.pages[:20])
        raise BadOption(f"Expected a page out of {known}, got {shown(page)}.")
    return named[page] if page else scene.pages[0]


def format_named(text: str) -> DrawnFormat:
    """Return the format that a word or the ending of a file names. Raises BadOption.

    >>> format_named("jpg"), format_named("PDF")
    ('jpeg', 'pdf')
    """
    word = ENDINGS.get(text.lower(), text.lower())
    if word not in FORMATS:
        raise BadOption(f"Expected a format out of {', '.join(FORMATS)}, got {shown(text)}.")
    return word


def check_scale(scale: float) -> float:
    """Return a scale that is one. Raises BadOption."""
    least, most = SCALES
    if not least <= scale <= most:
        raise BadOption(f"Expected a scale of {least:g} to {most:g}, got {scale:g}.")
    return scale


def encoding_of(drawing: Drawing, encoding: Encoding) -> EncodeOptions:
    """Return how pixels become a file: much of a design is letters."""
    name = cast("OutputFormat", drawing.format)
    asked = TransformOptions(format=Format(name), quality=drawing.quality)
    if name == "png":
        asked = replace(asked, quality=None)
    return encoder_settings(name, asked, encoding, lettered=True)


def noted(remarks: Sequence[Remark]) -> dict[str, str]:
    """Return the header that says what was noticed, and at which blocks, if anything was."""
    found: dict[str, list[str]] = {}
    for each in remarks:
        found.setdefault(each.sentence, []).append(each.block)
    told = " ".join(f"{', '.join(blocks)}: {said}" for said, blocks in found.items())
    return {NOTE: told.encode("ascii", "replace").decode()[:_MOST_NOTE]} if told else {}
