"""One rendition on its way: what it works with, once its layout is settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.service.parts.matte import MATTE, is_rough

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging.pixel_source import PixelSource
    from foveate.options.model import TransformOptions
    from foveate.options.negotiate import Encoded
    from foveate.ports import Picture
    from foveate.service.analysis import Analysis
    from foveate.transform.layout import Layout


ROUGH: Final = (
    "no person was found, and segment.quality=fast is rough for anything else; balanced is not"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What one rendition works with, once its layout is settled."""

    pixels: PixelSource
    analysis: Analysis
    layout: Layout
    format: Encoded
    frames: int
    others: Mapping[str, Picture]
    """Pictures to lay over it or behind it, by the URLs that the options name."""

    @property
    def options(self) -> TransformOptions:
        """Return what was asked for."""
        return self.layout.options

    def matte(self) -> NDArray[np.float32] | None:
        """Return the matte where the subject is to be cut out."""
        segment = self.options.segment
        return self.analysis.get(MATTE, level=segment.quality) if segment else None

    def notes(self, *more: str) -> dict[str, str]:
        """Return the header that says what should be known of the answer, once it was made."""
        segment = self.options.segment
        rough = segment is not None and is_rough(self.analysis, segment.quality)
        notes = "; ".join(filter(None, (ROUGH if rough else "", *more)))
        return {"Foveate-Note": notes} if notes else {}
