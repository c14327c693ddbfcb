"""Pages as a PDF: letters stay letters, and shapes stay shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.design.drawing.blocks import Painter
from foveate.design.drawing.bounds import BOUNDS, Bounds, check
from foveate.design.drawing.engine import skia
from foveate.design.drawing.pictures import PAGES_OF_PICTURE, Gallery
from foveate.design.scene.units import POINTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.design.drawing.pictures import Pictures
    from foveate.design.drawing.remarks import Remark
    from foveate.design.drawing.text import Measured
    from foveate.design.drawing.typefaces import Typefaces
    from foveate.design.scene.model import Page, Scene

PICTURES: Final = 2.0
"""Pixels of a picture to one of the scene: paper shows more than a screen."""
EFFECTS_DPI: Final = 144.0
"""At which shadows that are soft become pixels, for PDF has none."""
_QUALITY: Final = 90
"""Of pictures, as JPEG; those that are seen through are kept as they are."""
_PRODUCER: Final = "Foveate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file of all pages."""

    data: bytes
    texts: Mapping[str, Measured] = field(default_factory=dict)
    """How each text came out, by its id."""

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What was noticed at its texts."""
        return tuple(remark for each in self.texts.values() for remark in each.remarks)


def pdf(
    scene: Scene, typefaces: Typefaces, pictures: Pictures, *, bounds: Bounds = BOUNDS
) -> Document:
    """Return a scene as PDF, the same bytes for the same scene and pictures.

    It knows no date and no machine. Raises DrawingTooLarge, UnknownFont, FontsMissing, and what
    `pictures` raises.
    """
    sizes = [check(page, 1.0, bounds) for page in scene.pages]
    stream = skia().DynamicMemoryWStream()
    texts: dict[str, Measured] = {}
    with skia().PDF.MakeDocument(stream, _metadata(scene)) as document:
        for page, (width, height) in zip(scene.pages, sizes, strict=True):
            gallery = Gallery(pictures, PICTURES, PAGES_OF_PICTURE * width * height)
            painter = Painter(typefaces, gallery, scene.lang)
            sheet = points_of(page, scene.dpi)
            with document.page(*sheet) as canvas:
                canvas.scale(sheet[0] / page.width, sheet[1] / page.height)
                painter.page(canvas, page)
            texts |= painter.measured
    stream.flush()
    return Document(data=bytes(stream.detachAsData()), texts=texts)


def points_of(page: Page, dpi: float) -> tuple[int, int]:
    """Return the size of a page on paper, in whole points: skia knows no others.

    >>> from foveate.design.scene.model import Page
    >>> points_of(Page(id="a6", width=1240, height=1748), 300)
    (298, 420)
    """
    across, down = (side * POINTS / dpi for side in (page.width, page.height))
    return max(round(across), 1), max(round(down), 1)


def _metadata(scene: Scene) -> Any:  # noqa: ANN401 - skia's
    metadata = skia().PDF.Metadata()
    metadata.fTitle = scene.name
    metadata.fCreator = metadata.fProducer = _PRODUCER
    # Of a page of few pixels to the inch no more are made than it has.
    metadata.fRasterDPI = min(EFFECTS_DPI, scene.dpi * PICTURES)
    metadata.fEncodingQuality = _QUALITY
    return metadata
