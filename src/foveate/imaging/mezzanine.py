"""Decoded, shrunk pixels of sources that are asked for again: their next size costs no decode.

Small ones wait a while for the rest of their set, as the widths of a `srcset` come one after the
other; what is asked for again stays, and nothing that was asked for once takes its place. Where
most sources are asked for again at once, and finer, the first decode of a new one is for all, and
takes the place of what was asked for again longest ago.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from foveate.imaging.demand import Demand
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
"""Part of them that sources may take together that were asked for once; where they are expected to
be asked for again, as much as one that was."""
ONCE_BYTES: Final = 4 * 1024 * 1024
"""Pixels of a source that nobody asked for before are kept up to here: more costs an eighth of its
decode, as their memory is handed out anew (see `engine.py`)."""
USEFUL: Final = 2
"""What is asked for again is decoded as if so fine a size was: that serves nearly all others."""
NOT_KEPT: Final = 1 << 30
"""Stands for how coarse a source is kept that is not: all that is asked for is finer."""
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
        self._demand = Demand()
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
            new = self._once(shrink, source.size_of)
            before = self._demand.ask(name, shrink, new or NOT_KEPT)
            if kept is None:
                again = before or turn.asking > 1
                expected = again or self._demand.comes_back
                chosen = self._often(shrink, source.size_of) if expected else new
                if chosen is None:
                    return None
                image = source.decode(chosen)
                kept = Kept({chosen: image}, len(name) + _bytes(image), again)
                self._keep(name, kept, expected=expected)
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

    def _once(self, shrink: int, size_of: Callable[[int], int]) -> int | None:
        """Return the shrink to keep a new source at; None where that takes too much."""
        most = min(ONCE_BYTES, self._max_bytes * OF_ONCE)
        return shrink if size_of(shrink) <= most else None

    def _often(self, shrink: int, size_of: Callable[[int], int]) -> int | None:
        """Return the shrink to keep what is asked for again; None where all takes too much."""
        most = self._max_bytes * OF_ONE
        return next((each for each in (min(USEFUL, shrink), shrink) if size_of(each) <= most), None)

    def _keep(self, name: str, kept: Kept, *, expected: bool) -> None:
        with self._lock:
            self._kept.pop(name, None)
            if not kept.again:
                most = OF_ONE if expected else OF_ONCE
                self._drop_once(self._max_bytes * most - kept.bytes)
            while self._kept and self._used() + kept.bytes > self._max_bytes:
                once = (each for each, held in self._kept.items() if not held.again)
                if (oldest := next(once, None)) is None and not expected:
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
