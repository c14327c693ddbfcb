"""What is known of each frame of an animation: looked at frame by frame, steadied over all of them.

Frames that look like the one before them share its look. Whoever works on a frame asks its
`Frame` as he would ask the analysis of a picture that stands still.
"""

from __future__ import annotations

import time
from functools import cached_property, partial
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, cast

import numpy as np

from foveate.errors import AnimationTooLarge
from foveate.geometry.box import Size
from foveate.imaging.frames import frames_of
from foveate.service.analysis import TOGETHER, Analysis
from foveate.service.parts.depth import DEPTH, NEARNESS
from foveate.service.parts.faces import FACES
from foveate.service.parts.matte import MATTE
from foveate.service.parts.objects import found_objects
from foveate.service.parts.outlines import OUTLINES, chosen, people_of
from foveate.service.unfinished import frames_late, telling, too_many_frames
from foveate.vision.motion import SIDE
from foveate.vision.novelty import is_changed
from foveate.vision.steady import Clip, small_enough, steady_depths, steady_mattes
from foveate.vision.tracks import followed, steady_faces

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Point
    from foveate.imaging import Image
    from foveate.imaging.pixel_source import PixelSource
    from foveate.service.analysis import Analyses
    from foveate.service.part import Part

T = TypeVar("T")

FRAME_BYTES: Final = 2_800_000
"""What is kept of a frame for each part that is steadied, an upper estimate: four maps of 384 x
384, and how it becomes those beside it."""
FINISH_S: Final[Mapping[str, float]] = {"gif": 0.35, "webp": 0.15}
"""Seconds that a megapixel of a frame of the answer takes at least once all were looked at: half of
what was measured on one core to draw and to encode a cut-out, the fastest of all."""
REFOCUS_S: Final = 0.18
"""Seconds that a megapixel of it takes more where it is refocused: half of what was measured."""
LEAST_SIDE: Final = 4
"""Pixels to which even the narrowest frame is stretched where frames are compared."""
STEADY: Final[Mapping[Part[Any], Callable[[Sequence[Any], Clip], Sequence[Any]]]] = {
    MATTE: partial(steady_mattes, one_subject=True),
    OUTLINES: steady_mattes,
    NEARNESS: steady_depths,
    FACES: lambda faces, clip: steady_faces(faces, [step.cut for step in clip.forth]),
}
"""How what was seen in each frame is steadied; other parts are what they are in their frame."""
SETS: Final[Mapping[Part[Any], int]] = {MATTE: 1, OUTLINES: 2, NEARNESS: 1, FACES: 1, DEPTH: 1}
"""How many maps of a frame a part is at most: what is kept and what is dropped are two, and depth
is made of the nearness that is steadied."""


def moving_bytes(parts: Iterable[Part[Any]]) -> int:
    """Return an upper estimate of what is kept of each frame for these parts."""
    return FRAME_BYTES * sum(SETS.get(part, 0) for part in set(parts))


class Moving:
    """The frames of one animation, and what was seen in them.

    One thread draws them in order; several may look at different ones before.
    """

    def __init__(
        self, analyses: Analyses, pixels: PixelSource, tall: Image, finish_s: float = 0.0
    ) -> None:
        """Take the frames of `tall`, each of which takes `finish_s` after all were looked at."""
        self.tall = tall
        self._finish_s = finish_s
        self._analyses = analyses
        self._pixels = pixels
        self._frames = frames_of(tall)
        self._steady: dict[tuple[Any, ...], dict[int, Any]] = {}
        self.said: dict[tuple[int, tuple[Any, ...]], Any] = {}
        """Lists of what was seen in a frame, by its number and the part: maps would be too much."""
        self.went_by: dict[Hashable, tuple[int, Any]] = {}
        """The number of the frame that was drawn last, and what it goes by, for each thing."""
        self._last: Frame | None = None
        """Frames are drawn in order, and several that look alike share its masks."""
        self._lock = Lock()

    @cached_property
    def small(self) -> list[NDArray[np.uint8]]:
        """Return the frames as small as they are compared, on white: so networks see them."""
        sides = self._pixels.facts.size.within(SIDE)
        size = Size(max(LEAST_SIDE, sides.width), max(LEAST_SIDE, sides.height))
        return [self._pixels.thumbnail_of(frame, size) for frame in self._frames]

    @cached_property
    def looks(self) -> list[int]:
        """Return the number of the frame whose look each frame shares."""
        looks = [0]
        for number in range(1, len(self.small)):
            last = looks[-1]
            changed = is_changed(self.small[number], [self.small[last]])
            looks.append(number if changed else last)
        return looks

    @cached_property
    def looked_at(self) -> list[int]:
        """Return the numbers of the frames that are looked at."""
        return list(dict.fromkeys(self.looks))

    @cached_property
    def clip(self) -> Clip:
        """Return how the frames that are looked at become each other."""
        return Clip([self.small[number] for number in self.looked_at])

    def frame(self, number: int) -> Frame:
        """Return what is known of a frame."""
        look = self.looks[number]
        with self._lock:
            last = self._last
            if last is None or last.number != look:
                pixels = self._pixels.of_frame(self._frames[look])
                last = self._last = Frame(self._analyses, pixels, self, look)
            return last

    def steady(self, part: Part[T], params: dict[str, Any]) -> dict[int, T]:
        """Return a part of all frames that are looked at, by their numbers.

        Raises AnimationTooLarge where there is no time for that many, and TimedOut.
        """
        name = (part, *sorted(params.items()))
        trace, frames = self._pixels.trace, len(self.looked_at)
        if frames == 1 and name not in self._steady:
            self._steady[name] = {0: self.frame(0).own(part, params)}  # as of a picture
        if name not in self._steady:
            with telling(trace, frames_late(0, frames)):
                seen = self._seen(part, params)
                trace.unfinished = frames_late(frames, frames)
                with trace.span("steady"):
                    values = STEADY[part](seen, self.clip)
                self._steady[name] = dict(zip(self.looked_at, values, strict=True))
        return self._steady[name]

    def numbers_of(self, person: int | Point, frames: Sequence[int]) -> dict[int, int | None]:
        """Return which person from the left somebody is in these frames, by the first."""
        first, size = self.frame(0), self._pixels.facts.size
        things = first.each(lambda number: found_objects(self.frame(number)), frames)
        meant = chosen(things[0], (), person, size)
        if not meant:
            return dict.fromkeys(frames)
        boxes = [[thing.box for thing in people_of(seen)] for seen in things]
        found = followed(boxes, boxes[0].index(meant[0].box))
        counted = (None if each is None else each + 1 for each in found)
        return dict(zip(frames, counted, strict=True))

    def _seen(self, part: Part[T], params: dict[str, Any]) -> list[T]:
        numbers, trace = self.looked_at, self._pixels.trace
        first = [self._look(part, self._by_frame(params, numbers[:1]), 0)]  # it loads the networks
        started = time.monotonic()
        by_frame = self._by_frame(params, numbers[:2])
        first += [self._look(part, by_frame, number) for number in numbers[1:2]]
        look_s = time.monotonic() - started
        Clip([self.small[number] for number in numbers[:2]])
        self._check_time(look_s / TOGETHER + time.monotonic() - started - look_s)
        look, done = partial(self._look, part, self._by_frame(params, numbers)), count(3)

        def counted(number: int) -> T:
            found = look(number)
            with self._lock:  # a number that is taken is told before the next one
                trace.unfinished = frames_late(next(done), len(numbers))
            return found

        return first + self.frame(0).each(counted, numbers[2:])

    def _check_time(self, look_s: float) -> None:
        """Raise AnimationTooLarge where there is no time for all, if each look takes that long."""
        finish_s = self._finish_s * len(self.looks) / len(self.looked_at)
        frame_s, more = look_s + finish_s, len(self.looked_at) - 2
        left = self._pixels.deadline.until - time.monotonic() - 2 * finish_s
        if more > 0 and frame_s * more > left:
            fit = 2 + int(max(0.0, left) / frame_s)
            raise AnimationTooLarge(
                f"{more} more frames take {frame_s * more:.1f} s, got {left:.1f} s",
                public=too_many_frames(fit, len(self.looked_at)),
            )

    def _look(self, part: Part[T], params: Callable[[int], dict[str, Any]], number: int) -> T:
        found = self.frame(number).own(part, params(number))
        return cast("T", small_enough(found)) if isinstance(found, np.ndarray) else found

    def _by_frame(
        self, params: dict[str, Any], frames: Sequence[int]
    ) -> Callable[[int], dict[str, Any]]:
        """Return the params for each frame: the second person of one may be another's first."""
        person = params.get("person")
        if person is None:
            return lambda _: params
        numbers = self.numbers_of(person, frames)
        return lambda number: {**params, "person": numbers[number]}


class Frame(Analysis):
    """What is known of one frame, as if it was a picture, steadied where frames flicker."""

    keeps_on_disk: ClassVar[bool] = False

    def __init__(self, analyses: Analyses, pixels: PixelSource, of: Moving, number: int) -> None:
        super().__init__(analyses, pixels)
        self._of = of
        self.number = number

    @property
    def first(self) -> Frame:
        """Return the first frame alone, by which it is decided who is meant."""
        first = self._of.frame(0)
        return First(self._analyses, first.pixels, self._of, 0)

    def get(self, part: Part[T], **params: Any) -> T:  # noqa: ANN401 - each part has its own
        """Return a part, steadied where it is one that flickers."""
        params = part.settled(self.networks, params)
        if part not in STEADY:
            return self.own(part, params)
        return self._of.steady(part, params)[self.number]

    def own(self, part: Part[T], params: dict[str, Any]) -> T:
        """Return a part as it is in this frame alone; a list is looked for once in a request."""
        name = (self.number, (part, *sorted(params.items())))
        if name in self._of.said:
            return cast("T", self._of.said[name])
        found = super().get(part, **params)
        if isinstance(found, tuple | list):
            self._of.said[name] = found
        return found

    def carried(self, what: Hashable, step: Callable[[T | None], T]) -> T:
        """Return what a step makes of what the frame drawn before goes by."""
        number, known = self._of.went_by.get(what, (-1, None))
        if number != self.number:
            known = step(cast("T | None", known))
            self._of.went_by[what] = (self.number, known)
        return cast("T", known)

    def _key(self, part: Part[Any], params: dict[str, Any]) -> str:
        key = super()._key(part, params)
        return f"{key}/{self.number}" if self.number else key


class First(Frame):
    """The first frame as it is by itself: who is meant is known before others are looked at."""

    def get(self, part: Part[T], **params: Any) -> T:  # noqa: ANN401 - each part has its own
        """Return a part as it is in this frame alone."""
        return self.own(part, part.settled(self.networks, params))
