"""The pixels of one source, decoded as seldom and as small as the work allows."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box, Point, Size
from foveate.geometry.fit import nearest
from foveate.geometry.orientation import Orientation
from foveate.imaging import turbo
from foveate.imaging.colour import is_plain, to_srgb
from foveate.imaging.decode import is_sandboxed, open_image, open_sandboxed, to_memory
from foveate.imaging.fields import with_fields_of
from foveate.imaging.frames import frames_of
from foveate.imaging.mezzanine import Undecoded
from foveate.imaging.pixels import (
    BLACK,
    WHITE,
    attention_point,
    bared,
    border_box,
    brought_to,
    entropy_corner,
    from_array,
    oriented,
    shared,
    to_array,
)
from foveate.imaging.shrink import QUICK, shrink_for
from foveate.imaging.stop import stop_when
from foveate.ports import Drawable
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.imaging.engine import Image
    from foveate.imaging.one_decode import Decodes
    from foveate.imaging.shrink import Reduction
    from foveate.options.model import TrimBorder
    from foveate.ports import Picture
    from foveate.trace import Trace
    from foveate.values import Facts

FINER: Final = 1.5
"""How much finer than it was asked for a thumbnail may be, where that saves making one."""
KEEP_BYTES: Final = 64 * 1024 * 1024
"""Decoded pixels are kept between looking and rendering up to here; beyond, decode twice."""
WORTH_KEEPING: Final = 500_000
"""Pixels of a source from which on it is worth keeping decoded: fewer are there in no time."""
AT_ONCE: Final = 1_500_000
"""Pixels up to which a JPEG is decoded at once: more are read a few lines at a time."""
SVG_PIXELS: Final = 36_000_000
"""A drawing is drawn whole and at once, so a tight zoom into it is enlarged from here on."""
THUMBNAIL: Final = 256
"""Long side at which libvips guesses what matters."""
SHRINKING: Final = {ImageFormat.JPEG, ImageFormat.WEBP}
UPRIGHT: Final = Orientation()


class Whole:
    """A picture that its decoder only gives whole and at once: decoded for all who look at it."""

    def __init__(self) -> None:
        self._image: Image | None = None
        self._decoding = threading.Lock()

    def open(self, picture: Picture) -> Image:
        """Return the decoded pixels; the first one who asks decodes."""
        with self._decoding:
            if self._image is None:
                self._image = open_sandboxed(picture.data, picture.facts)
            return self._image


class PixelSource:
    """The pixels of one source, on demand.

    `scale` says how fine whoever looks wants to see it, relative to the source. That alone decides
    what they see, whatever size is answered; an answer is made of the same pixels where they are
    fine enough, so a face crop costs one decode, and of these also where nobody had to look anew.
    """

    def __init__(
        self,
        picture: Picture,
        deadline: Deadline,
        trace: Trace,
        *,
        scale: float = 0.0,
        left: Reduction = QUICK,
        mezzanine: Decodes | None = None,
    ) -> None:
        self.picture = picture
        self.deadline = deadline
        self.trace = trace
        self._scale = scale
        self._left = left
        self._mezzanine = mezzanine
        self._frame: Image | None = None
        self._kept: dict[int, Image] = {}
        self._copied: tuple[Image, NDArray[np.uint8]] | None = None
        self._decoding = threading.RLock()
        self._whole = Whole()

    @property
    def facts(self) -> Facts:
        """Return what the header says."""
        return self.picture.facts

    def at(self, scale: float, left: Reduction = QUICK) -> PixelSource:
        """Return the same source for who looks at another scale, and leaves so much reduction.

        What a decoder only gives whole is shared.
        """
        other = PixelSource(
            *(self.picture, self.deadline, self.trace),
            scale=scale,
            left=left,
            mezzanine=self._mezzanine,
        )
        other._whole = self._whole
        return other

    def of_frame(self, frame: Image) -> PixelSource:
        """Return the same source as if one frame, at full size and as stored, was all of it."""
        other = PixelSource(self.picture, self.deadline, self.trace)
        other._frame = frame
        return other

    def pixels(self, scale: float, *, frames: int = 1) -> Image:
        """Return the stored pixels, fine enough for an answer of `scale` times the source."""
        shrink = min(self._shrink(scale), self._looked)
        if frames == 1 and (decoded := self._decoded(shrink) or self._shared(shrink)):
            return decoded
        image = self._open(shrink, scale, frames)
        if frames == 1 and image.width * image.height <= AT_ONCE:
            image = self._read(image, shrink) or image
        return stop_when(image, self.deadline)

    def _decoded(self, shrink: int) -> Image | None:
        """Return what this request has decoded, if it is fine enough."""
        if self._frame is not None:
            return self._frame
        fine = [each for each in self._kept if each <= shrink]
        return self._kept[max(fine)] if fine else None

    def _shared(self, shrink: int) -> Image | None:
        """Return what the mezzanine has of the source by now, fine enough; None where nothing."""
        mezzanine, facts = self._mezzanine, self.facts
        small = facts.exact or facts.stored.area < WORTH_KEEPING
        if mezzanine is None or small or not (name := self.picture.name):
            return None

        decoded: list[int] = []

        def decode(chosen: int) -> Image:
            decoded.append(chosen)
            with self.trace.span("decode"):
                image = stop_when(self._open(chosen, 1.0, 1), self.deadline)
                return self._read(image, chosen) or image.copy_memory()

        def size_of(chosen: int) -> int:
            return -(-facts.stored.area // chosen**2) * facts.pixel_bytes

        image = mezzanine.pixels(Undecoded(name, decode, size_of, self.deadline), shrink)
        self.trace.look_up("mezzanine", hit=image is not None and not decoded)
        return image and stop_when(image, self.deadline)

    def thumbnail(
        self, size: Size, ground: float | None = WHITE, within: Box | None = None
    ) -> NDArray[np.uint8]:
        """Return the upright picture as (height, width, 3) RGB of exactly `size`.

        What is transparent lies on a grey of 0..255; with None, nothing is: what is left are the
        colours that whoever drops alpha sees. Several threads may ask at once: the first one
        decodes for all. `within` is the part of it that is wanted, 0..1 of its sides.
        """
        if within is not None:
            return self._drawn(self._near(size, within), size, ground, within)
        seen, stored = self._seen(size)
        if ground is None:
            return self._drawn(seen, size, ground, within)
        if self._is_as_decoded(seen, stored):
            return self._array(seen)
        copied = self._copied
        if copied is None or copied[0] is not seen:
            small = to_memory(to_srgb(brought_to(seen, stored)))
        else:
            whole = stop_when(from_array(copied[1]), self.deadline)
            small = shared(brought_to(whole, stored))
        return to_array(oriented(small, self.facts.orientation), ground)

    def _is_as_decoded(self, seen: Image, stored: Size) -> bool:
        """Return whether a thumbnail of that size is what was decoded, byte for byte."""
        same = (seen.width, seen.height) == (stored.width, stored.height)
        return same and self.facts.orientation == UPRIGHT and is_plain(seen)

    def _array(self, seen: Image) -> NDArray[np.uint8]:
        """Return what was decoded, for all to read and nobody to write to."""
        if (copied := self._copied) and copied[0] is seen:
            return copied[1]
        array = to_array(seen)
        array.flags.writeable = False
        self._copied = (seen, array)
        return array

    def aside(self, size: Size, ground: float = WHITE) -> NDArray[np.uint8]:
        """Return a thumbnail of about `size` or somewhat finer, for which no answer changes.

        What is decoded anyway is taken as it is, where it is fine enough and not much finer.
        """
        stored = self.facts.orientation.inverse().size(size)
        kept = self._decoded(self._look_shrink(stored.long_side / self.facts.stored.long_side))
        if kept is None:
            return self.at(0.0).thumbnail(size, ground)
        if max(kept.width, kept.height) > FINER * stored.long_side:
            return self.thumbnail(size, ground)
        return to_array(oriented(to_memory(to_srgb(kept)), self.facts.orientation), ground)

    def thumbnail_of(
        self, frame: Image, size: Size, ground: float | None = WHITE, within: Box | None = None
    ) -> NDArray[np.uint8]:
        """Return one frame, as stored, as `thumbnail` returns the first."""
        return self._drawn(frame, size, ground, within)

    def _drawn(
        self, seen: Image, size: Size, ground: float | None, within: Box | None
    ) -> NDArray[np.uint8]:
        """Return a stored picture, or a part of it, upright and at exactly `size`."""
        back = self.facts.orientation.inverse()
        part = seen if within is None else _cut(seen, within, back)
        if ground is None and part.hasalpha():
            part = bared(to_srgb(part))
        small = to_memory(to_srgb(brought_to(part, back.size(size))))
        return to_array(oriented(small, self.facts.orientation), ground or BLACK)

    def _near(self, size: Size, within: Box) -> Image:
        """Return what was decoded as finely as that part of it takes at a size."""
        part = within.scaled(self.facts.size.width, self.facts.size.height)
        scale = max(size.width / part.width, size.height / part.height)
        if self.facts.exact and scale > 1:
            return stop_when(self._open(1, scale, 1), self.deadline)
        return self._look_at(self._look_shrink(scale))

    def attention(self, within: Box) -> Point:
        """Return where libvips' attention goes in that part, 0..1 of the whole, upright."""
        cut, left, top, size = self._part(within)
        point = attention_point(cut)
        return Point(
            (left + point.x * cut.width) / size.width, (top + point.y * cut.height) / size.height
        )

    def entropy(self, within: Box, window: Size) -> Box:
        """Return the window in that part that libvips' entropy keeps, in upright pixels."""
        cut, left, top, size = self._part(within)
        across, down = self.facts.size.width / size.width, self.facts.size.height / size.height
        small = Size(
            min(cut.width, nearest(window.width / across)),
            min(cut.height, nearest(window.height / down)),
        )
        x, y = entropy_corner(cut, small)
        return Box((left + x) * across, (top + y) * down, window.width, window.height)

    def _part(self, within: Box) -> tuple[Image, int, int, Size]:
        """Return a part as a thumbnail, its left and top there, and the size of the whole there."""
        upright = self.facts.size
        scale = min(1.0, THUMBNAIL / max(within.width, within.height))
        size = Size(nearest(upright.width * scale), nearest(upright.height * scale))
        small = oriented(self._small(size), self.facts.orientation)
        part = within.scaled(size.width / upright.width, size.height / upright.height)
        left, top = min(int(part.left), size.width - 1), min(int(part.top), size.height - 1)
        width, height = nearest(part.width), nearest(part.height)
        cut = small.crop(left, top, min(width, size.width - left), min(height, size.height - top))
        return cut, left, top, size

    def without_border(self, trim: TrimBorder, dpr: float, *, frames: int = 1) -> Box:
        """Return what lies inside the uniform border, with `keep` pixels of it, upright.

        It is the border that all these frames share, and is looked for at full size: a shrunk edge
        is a blurred edge.
        """
        stored = self.facts.stored
        seen = [self._look_at(1, sequential=False)] if frames == 1 else self._each(frames)
        box = border_box(seen, trim.colour, trim.tolerance)
        keep = round(trim.keep * dpr)
        kept = Box(box.left - keep, box.top - keep, box.width + 2 * keep, box.height + 2 * keep)
        return self.facts.orientation.box(kept.overlap(Box.of(stored)) or Box.of(stored), stored)

    def _each(self, frames: int) -> Iterator[Image]:
        """Yield the frames at full size, one at a time in memory."""
        for frame in frames_of(self.pixels(1.0, frames=frames)):
            self.deadline.check()
            yield to_memory(frame)

    def _small(self, size: Size) -> Image:
        """Return the picture at the size of a thumbnail, as stored, in sRGB and in memory."""
        seen, stored = self._seen(size)
        return to_memory(to_srgb(brought_to(seen, stored)))

    def _seen(self, size: Size) -> tuple[Image, Size]:
        """Return what was decoded for a thumbnail of that size, and that size as stored."""
        stored, whole = self.facts.orientation.inverse().size(size), self.facts.stored
        # Networks that see squares stretch one side: it wants as many pixels as they look at.
        scale = max(stored.width / whole.width, stored.height / whole.height)
        return self._look_at(self._look_shrink(max(scale, self._scale))), stored

    def _look_at(self, shrink: int, *, sequential: bool = True) -> Image:
        """Return the decoded first frame, and keep it for the answer when it is not too large."""
        with self._decoding:
            if self._frame is not None or shrink in self._kept:
                return self._frame or self._kept[shrink]
            with self.trace.span("decode"):
                image = stop_when(self._open(shrink, 1.0, 1, sequential=sequential), self.deadline)
                if image.width * image.height * image.bands > KEEP_BYTES:
                    return image
                self._kept[shrink] = self._held(image, shrink)
            return self._kept[shrink]

    def _held(self, image: Image, shrink: int) -> Image:
        """Return a picture with its pixels computed: plain ones into an array, which networks take.

        Smaller thumbnails are made of it as well: libvips reads it faster than its own copy.
        """
        if not is_plain(image):
            read = self._read(image, shrink)
            return stop_when(read, self.deadline) if read else to_memory(image)
        array = turbo.decoded(image, self.picture, shrink)
        if array is None:
            array = to_array(image)
        array.flags.writeable = False
        held = stop_when(with_fields_of(from_array(array), image), self.deadline)
        self._copied = (held, array)
        return held

    def _read(self, image: Image, shrink: int) -> Image | None:
        """Return the pixels of what was just opened with that shrink; None where libvips is to."""
        array = turbo.decoded(image, self.picture, shrink)
        return None if array is None else with_fields_of(from_array(array), image)

    def _shrink(self, scale: float) -> int:
        return shrink_for(scale, self._left) if self._shrinks else 1

    def _look_shrink(self, scale: float) -> int:
        """Return the shrink for who looks: whatever the answer is to be, all see the same."""
        return shrink_for(scale, QUICK) if self._shrinks else 1

    @property
    def _looked(self) -> int:
        """Return the coarsest shrink for an answer: that of what is looked at, where that is."""
        return self._look_shrink(self._scale)

    @property
    def _shrinks(self) -> bool:
        return self.facts.format in SHRINKING and not self.facts.decoder

    def _open(self, shrink: int, scale: float, frames: int, *, sequential: bool = True) -> Image:
        data, facts = self.picture.data, self.facts
        if isinstance(self.picture, Drawable):
            drawn = min(scale, _largest(facts.stored, scale))
            image: Image = self.picture.draw(drawn, self.deadline, self.trace)
            return image
        if not is_sandboxed(facts):
            return open_image(data, facts, shrink=shrink, frames=frames, sequential=sequential)
        with self.deadline:
            if facts.exact:
                drawn = min(scale, _largest(facts.stored, scale))
                return open_sandboxed(data, facts, scale=drawn)
            if frames == 1:
                return self._whole.open(self.picture)
            return open_sandboxed(data, facts, frames=frames)


def _cut(stored: Image, within: Box, back: Orientation) -> Image:
    """Return the part of a stored picture that lies there, 0..1, once it is turned upright."""
    size = Size(stored.width, stored.height)
    upright = back.inverse().size(size)
    box = back.box(within.scaled(upright.width, upright.height), upright)
    left, top = min(round(box.left), size.width - 1), min(round(box.top), size.height - 1)
    right, bottom = max(round(box.right), left + 1), max(round(box.bottom), top + 1)
    return stored.crop(left, top, min(right, size.width) - left, min(bottom, size.height) - top)


def _largest(drawing: Size, scale: float) -> float:
    """Return the largest scale at which a drawing is drawn where `scale` is wanted."""
    largest = math.sqrt(SVG_PIXELS / drawing.area)
    # A trim counts on whole times.
    return math.floor(largest) if scale > largest > 1 else largest
