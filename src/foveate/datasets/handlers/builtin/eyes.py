"""What the handler sees of one picture: pixels, and what networks say, each looked for once."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, TypeVar

from foveate.datasets.handlers.builtin.schema import FACE
from foveate.deadline import Deadline
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.colour import to_srgb
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.loaders import load
from foveate.imaging.pixels import to_array
from foveate.imaging.probe import of_ours, probe
from foveate.options.grammar import parse_options
from foveate.options.model import Compression, Format, Gravity, GravityKind, Moderate
from foveate.service.formats import WIDEST
from foveate.storage.source import Source
from foveate.trace import Trace
from foveate.values import ImageFormat, Lifetime

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.app import App
    from foveate.geometry.box import Box
    from foveate.imaging.pixel_source import PixelSource
    from foveate.options.model import TransformOptions
    from foveate.service.moderated import Moderator
    from foveate.service.work import Work
    from foveate.transform.plan import Plan

    T = TypeVar("T")

NEVER: Final = Deadline(math.inf)
"""Who started this process ends it when a sample takes too long."""
MATTE: Final = parse_options("segment=foreground,segment.output=matte,format=png").options


class Eyes:
    """One picture, upright, and what is found in it."""

    def __init__(self, app: App, source: Source | Image) -> None:
        """Take a picture, or what was drawn of one: 8-bit RGB or RGBA."""
        self._app, self._given = app, source
        self._seen: dict[Size, NDArray[np.uint8]] = {}
        if isinstance(source, Image):
            self._seen[self.size] = to_array(source)

    @cached_property
    def source(self) -> Source:
        """Return it as it is read; what was drawn is encoded, without loss, when this is asked."""
        if isinstance(self._given, Image):
            return self._ours(encode(self._given, EncodeOptions(format="png", fast=True)))
        return self._given

    @cached_property
    def size(self) -> Size:
        """Return its size. Raises ImageError for what is no picture, or beyond the limits."""
        if isinstance(self._given, Image):
            return Size(self._given.width, self._given.height)
        return self._given.facts.size

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
        made = replace(self._ours(data), lifetime=Lifetime(private=True))
        self._moderator.check(made, NEVER, Trace(), whole=True)

    @property
    def _moderator(self) -> Moderator:
        return self._app.renderer.moderator

    def rendered(self, options: TransformOptions) -> bytes:
        """Return a rendition of it. Raises PictureBlocked: nothing is learnt from a few colours."""
        if self._moderator.enforces:
            options = replace(options, moderate=Moderate.BLOCK)
        return self._run(self._app.renderer.prepare(self.source, options)).data

    def drawn(self, options: TransformOptions) -> tuple[Eyes, Plan]:
        """Return a rendition of it, to be looked at in its turn, and where its pixels come from."""
        renderer = self._app.renderer
        asked = replace(options, format=Format.PNG, quality=None, compression=Compression.FAST)
        if self._moderator.enforces or options.moderate is not None:  # by what it would be written
            made = Eyes(self._app, self._ours(self.rendered(asked)))
            return made, renderer.plan_of(self._decoded, asked)
        image, plan = renderer.drawn(self._decoded, asked)
        return Eyes(self._app, image), plan

    def window(self, crop: str, aspect: float, zoom: float) -> Box:
        """Return the part around faces, or around what draws the eye.

        A strip, whose own shape is longer than crops are, gets the longest one.
        """
        aspect = min(max(aspect, 1 / WIDEST), WIDEST)
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

    def _ours(self, data: bytes) -> Source:
        """Return a picture that was made here as a source."""
        limits = of_ours(self._app.settings.limits)
        return Source(data, probe=partial(probe, limits=limits))

    def _run(self, work: Work[T]) -> T:
        return work.run(NEVER, Trace())


_FINE: Final = 1000
"""Of so many parts ratios are written."""
