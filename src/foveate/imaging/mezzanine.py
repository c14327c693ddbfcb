"""Decoded, shrunk pixels of sources that are asked for again: their next size costs no decode.

Small ones wait a while for the rest of their set, as the widths of a `srcset` come one after the
other; what is asked for again stays, and nothing that was asked for once takes its place.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from foveate.imaging.fields import blobs_bytes
from foveate.imaging.probe import SAMPLE_BYTES
from foveate.imaging.stop import stop_when

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foveate.deadline import Deadline
    from foveate.imaging.engine import Image

OF_ONE: Final = 0.5
"""Part of all bytes that one source may take."""
OF_ONCE: Final = 0.25
"""Part of them that sources may take together that were asked for once."""
ONCE_BYTES: Final = 4 * 1024 * 1024
"""Pixels of a source that nobody asked for before are kept up to here: more costs an eighth of its
decode, as their memory is handed out anew (see `engine.py`)."""
USEFUL: Final = 2
"""What is asked for again is decoded as if so fine a size was: that serves nearly all others."""
REMEMBERED: Final = 4096
"""Sources of which it is known that they were asked for."""
LOOK_UP_S: Final = 0.05
"""How often a thread that waits for another one's decode looks whether its own time is over."""


@dataclass(frozen=True, slots=True)
class Undecoded:
    """A source of which somebody wants the pixels."""

    name: str
    decode: Callable[[int], Image]
    """Returns them in memory, their sides divided by that."""
    size_of: Callable[[int], int]
    """Tells before what these take."""
    deadline: Deadline
    """Of who wants them."""


@dataclass(slots=True, eq=False)
class Kept:
    """The pixels of one source in memory."""

    levels: dict[int, Image]
    """By how much their sides are divided."""
    bytes: int
    again: bool
    """Whether anybody asked again."""


class _Turn:
    """Who decodes a source, and how many ask for it now."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asking = 0


class Mezzanine:
    """Keeps decoded pixels in at most `max_bytes`, for all threads."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._asked: OrderedDict[int, None] = OrderedDict()
        self._turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()
        self._lock = threading.Lock()

    @property
    def used_bytes(self) -> int:
        """Return what is kept now, at most `max_bytes`."""
        with self._lock:
            return self._used()

    def pixels(self, source: Undecoded, shrink: int) -> Image | None:
        """Return pixels of a source, shrunk by so much; None where they are not to be kept.

        The first one who asks decodes, for all who wait. Raises what decoding raises, TimedOut or
        ClientDisconnected.
        """
        name = source.name
        with self._turn(name, source.deadline) as turn:
            kept = self._find(name, shrink)
            if kept is None:
                again = self._asked_before(name) or turn.asking > 1
                chosen = self._chosen(shrink, source.size_of, again=again)
                if chosen is None:
                    return None
                image = source.decode(chosen)
                kept = Kept({chosen: image}, len(name) + _bytes(image), again)
                self._keep(name, kept)
            return self._level(kept, shrink, source.deadline)

    def let_go(self) -> None:
        """Forget what was asked for once: the rest of its set did not come."""
        with self._lock:
            self._drop_once(0)

    def forget(self) -> None:
        """Forget the pixels of all sources."""
        with self._lock:
            self._kept.clear()

    @contextmanager
    def _turn(self, name: str, deadline: Deadline) -> Iterator[_Turn]:
        with self._lock:
            turn = self._turns.setdefault(name, _Turn())
            turn.asking += 1
        try:
            while not turn.lock.acquire(timeout=LOOK_UP_S):
                deadline.check()
            try:
                yield turn
            finally:
                turn.lock.release()
        finally:
            with self._lock:
                turn.asking -= 1

    def _find(self, name: str, shrink: int) -> Kept | None:
        with self._lock:
            kept = self._kept.get(name)
            if kept is None or min(kept.levels) > shrink:
                return None
            kept.again = True
            self._kept.move_to_end(name)
            return kept

    def _level(self, kept: Kept, shrink: int, deadline: Deadline) -> Image:
        fine = max(each for each in kept.levels if each <= shrink)
        image = kept.levels[fine]
        coarse = coarser(image, shrink // fine, deadline)
        if coarse is image:
            return image
        with self._lock:
            # What is left of the room is enough mostly, and it is made again where it is not.
            if self._used() + (more := _bytes(coarse)) <= self._max_bytes:
                kept.levels[shrink] = coarse
                kept.bytes += more
        return coarse

    def _asked_before(self, name: str) -> bool:
        known = hash(name)  # names may be long
        with self._lock:
            before = known in self._asked
            self._asked[known] = None
            self._asked.move_to_end(known)
            if len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)
            return before

    def _chosen(self, shrink: int, size_of: Callable[[int], int], *, again: bool) -> int | None:
        """Return the shrink to keep a source at; None where it takes too much for that."""
        most = self._max_bytes * OF_ONE if again else min(ONCE_BYTES, self._max_bytes * OF_ONCE)
        wanted = (min(USEFUL, shrink), shrink) if again else (shrink,)
        return next((each for each in wanted if size_of(each) <= most), None)

    def _keep(self, name: str, kept: Kept) -> None:
        with self._lock:
            self._kept.pop(name, None)
            if not kept.again:
                self._drop_once(self._max_bytes * OF_ONCE - kept.bytes)
            while self._kept and self._used() + kept.bytes > self._max_bytes:
                once = (each for each, held in self._kept.items() if not held.again)
                if (oldest := next(once, None)) is None and not kept.again:
                    return
                del self._kept[oldest or next(iter(self._kept))]
            if kept.bytes <= self._max_bytes:
                self._kept[name] = kept

    def _drop_once(self, most: float) -> None:
        """Forget the oldest that were asked for once, until the others of these take `most`."""
        once = {name: held.bytes for name, held in self._kept.items() if not held.again}
        for name in list(once):
            if sum(once.values()) <= most:
                return
            del once[name], self._kept[name]

    def _used(self) -> int:
        return sum(held.bytes for held in self._kept.values())


def coarser(image: Image, times: int, deadline: Deadline) -> Image:
    """Return these pixels as coarse as the decoder would have made them, as nearly as can be.

    It takes the means of squares; of what is partly transparent these would mix colours.
    """
    if times == 1 or image.hasalpha() or min(image.width, image.height) < times:
        return image
    whole = image.crop(0, 0, image.width // times * times, image.height // times * times)
    return stop_when(whole, deadline).shrink(times, times).copy_memory()


def _bytes(image: Image) -> int:
    """Return what an image in memory takes, and what travels along."""
    samples = image.width * image.height * image.bands
    return samples * SAMPLE_BYTES[str(image.format)] + blobs_bytes(image)
