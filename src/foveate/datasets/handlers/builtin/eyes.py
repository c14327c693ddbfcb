"""What the handler sees of one picture: pixels, and what networks say, each looked for once."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from foveate.datasets.handlers.builtin.schema import FACE
from foveate.deadline import Deadline
from foveate.imaging.colour import to_srgb
from foveate.imaging.loaders import load
from foveate.imaging.pixels import to_array
from foveate.options.grammar import parse_options
from foveate.options.model import Compression, Format, Gravity, GravityKind, Moderate
from foveate.trace import Trace
from foveate.values import ImageFormat, Lifetime

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.app import App
    from foveate.geometry.box import Box, Size
    from foveate.imaging.pixel_source import PixelSource
    from foveate.options.model import TransformOptions
    from foveate.service.moderated import Moderator
    from foveate.service.work import Work
    from foveate.storage.source import Source

    T = TypeVar("T")

NEVER: Final = Deadline(math.inf)
"""Who started this process ends it when a sample takes too long."""
MATTE: Final = parse_options("segment=foreground,segment.output=matte,format=png").options


class Eyes:
    """One picture, upright, and what is found in it."""

    def __init__(self, app: App, source: Source) -> None:
        self._app = app
        self.source = source
        self._seen: dict[Size, NDArray[np.uint8]] = {}

    @property
    def size(self) -> Size:
        """Return its size. Raises ImageError for what is no picture, or beyond the limits."""
        return self.source.facts.size

    def pixels(self, size: Size) -> NDArray[np.uint8]:
        """Return it as (height, width, 3) RGB of a size, on white where it is transparent."""
        if size not in self._seen:
            self._seen[size] = self._decoded.thumbnail(size)
        return self._seen[size]

    @cached_property
    def _decoded(self) -> PixelSource:
        return self._app.renderer.pixels_of(self.source, NEVER, Trace())

    @cached_property
    def matte(self) -> NDArray[np.uint8]:
        """Return which pixels are subject, as (height, width), 255 where they are."""
        pixels = to_array(to_srgb(load(self.rendered(MATTE), ImageFormat.PNG)))
        return pixels[..., 0]

    def check(self) -> None:
        """Do nothing where the settings let it be shown. Raises PictureBlocked, and ModelError."""
        self._moderator.check(self.source, NEVER, Trace())

    def check_made(self, data: bytes) -> None:
        """Do nothing where what was made of it may be shown, which may show more. As `check`."""
        made = replace(self._app.source_of(data), lifetime=Lifetime(private=True))
        self._moderator.check(made, NEVER, Trace(), whole=True)

    @property
    def _moderator(self) -> Moderator:
        return self._app.renderer.moderator

    def rendered(self, options: TransformOptions) -> bytes:
        """Return a rendition of it. Raises PictureBlocked: nothing is learnt from a few colours."""
        if self._moderator.enforces:
            options = replace(options, moderate=Moderate.BLOCK)
        return self._run(self._app.renderer.prepare(self.source, options)).data

    def as_png(self, options: TransformOptions) -> Eyes:
        """Return a rendition of it, to be looked at in its turn."""
        # Of the same pixels, in half the time.
        asked = replace(options, format=Format.PNG, quality=None, compression=Compression.FAST)
        return Eyes(self._app, self._app.source_of(self.rendered(asked)))

    def window(self, crop: str, aspect: float, zoom: float) -> Box:
        """Return the part around faces, or around what draws the eye."""
        kind = GravityKind.FACE if crop == FACE else GravityKind.AUTO
        across, down = round(aspect * _FINE), _FINE
        asked = self._app.cropper.prepare(
            self.source, [f"{across}:{down}"], Gravity(kind), zoom=zoom if crop == FACE else None
        )
        return self._run(asked).crops[0].box

    def face_quality(self) -> float:
        """Return the quality of its best face, 0 where there is none."""
        known = self._run(self._app.analyser.prepare(self.source, ["attributes"]))
        return max((each.quality.score for each in known["attributes"]), default=0.0)

    def flagged(self) -> bool:
        """Return whether moderation flags it."""
        known = self._run(self._app.analyser.prepare(self.source, ["moderation"]))
        return bool(known["moderation"].flagged)

    def _run(self, work: Work[T]) -> T:
        return work.run(NEVER, Trace())


_FINE: Final = 1000
"""Of so many parts ratios are written."""
