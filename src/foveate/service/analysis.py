"""What is known of one source: each part computed on first use, kept by the source's digest."""

from __future__ import annotations

import hashlib
from concurrent.futures import wait
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, cast

from foveate.errors import WeightsMissing
from foveate.service.flights import Flights

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
    from concurrent.futures import Executor

    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.imaging.pixel_source import PixelSource
    from foveate.ports import Cache
    from foveate.service.networks import Networks
    from foveate.service.part import Part

T = TypeVar("T")
R = TypeVar("R")
TOGETHER: Final = 2
"""Frames of one animation that are looked at side by side: others want to look, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyses:
    """What opens analyses: the networks, and what they saw before."""

    networks: Networks
    memo: Cache
    pool: Executor
    """Where the parts of one picture are computed side by side."""
    flights: Flights = field(default_factory=Flights)
    """Two sizes of one photo asked for at once are looked at once."""
    _fingerprints: dict[tuple[object, ...], str] = field(default_factory=dict)

    @property
    def spares_text(self) -> bool:
        """Return whether crops by what networks see look for text as well."""
        return self.networks.settings.text.crops

    def open(self, pixels: PixelSource) -> Analysis:
        """Return the analysis of a source. Nothing is computed yet."""
        return Analysis(self, pixels)

    def scale_for(self, size: Size, parts: Iterable[Part[Any]], **params: Any) -> float:  # noqa: ANN401
        """Return the scale, 0..1 of the source, at which one decode serves all these parts."""
        sides = [
            part.input_size(self.networks, size, **part.settled(self.networks, params))
            for part in parts
            if part.input_size is not None
        ]
        scales = [max(side.width / size.width, side.height / size.height) for side in sides]
        return min(1.0, max(scales, default=0.0))

    def memory_bytes(self, parts: Iterable[Part[Any]], **params: Any) -> int:  # noqa: ANN401
        """Return what computing these parts takes beside the decoded picture, all at once."""
        networks = self.networks
        return sum(
            part.memory_bytes(networks.settings, **part.settled(networks, params)) for part in parts
        )

    def key(self, digest: str, part: Part[Any], params: dict[str, Any]) -> str:
        """Return where in the memo a part of the picture with that digest is, settled params."""
        named = ",".join(f"{name}={value}" for name, value in sorted(params.items()))
        return f"{digest}/{part.name}/{self.fingerprint(part, **params)}/{named}"

    def forget(self, digests: set[str]) -> None:
        """Delete all that the memo has of the pictures with these digests."""
        self.memo.forget_all(digests)

    def fingerprint(self, part: Part[Any], **params: Any) -> str:  # noqa: ANN401
        """Return what is the same as long as a part says the same of the same picture.

        It is made of the networks and settings that the part depends on, and of nothing else.
        """
        networks = self.networks
        params = part.settled(networks, params)
        looking = part.looking_with(params)
        # Places in a picture are params too, and there are more of them than can be remembered.
        key = (part, *looking)
        if key not in self._fingerprints:
            known = (
                part.version,
                [networks.identity(each) for each in looking],
                part.settings(networks.settings),
                [self.fingerprint(need) for need in part.needs],
            )
            self._fingerprints[key] = hashlib.sha256(repr(known).encode()).hexdigest()[:12]
        return self._fingerprints[key]


class Analysis:
    """What is known of one source. Several parts may be asked for at once, by threads."""

    keeps_on_disk: ClassVar[bool] = True

    def __init__(self, analyses: Analyses, pixels: PixelSource) -> None:
        self.pixels = pixels
        self.networks = analyses.networks
        self._analyses = analyses
        self._known: dict[tuple[Any, ...], Any] = {}

    @property
    def size(self) -> Size:
        """Return the size of the upright source."""
        return self.pixels.facts.size

    @property
    def spares_text(self) -> bool:
        """Return whether crops by what networks see look for text as well."""
        return self._analyses.spares_text

    def get(self, part: Part[T], **params: Any) -> T:  # noqa: ANN401 - each part has its own
        """Return a part: from this request, from the memo, or computed now."""
        params = part.settled(self.networks, params)
        name = (part, *sorted(params.items()))
        if name not in self._known:
            key = self._key(part, params)
            look = partial(self._look, part, params, key)
            self._known[name] = self._analyses.flights.run(key, look, self.pixels.deadline)
        return cast("T", self._known[name])

    def once(self, name: tuple[object, ...], look: Callable[[], T]) -> T:
        """Return what a look says that no memo may keep: it is looked once in this request."""
        if name not in self._known:
            self._known[name] = look()
        return cast("T", self._known[name])

    def has(self, part: Part[Any]) -> bool:
        """Return whether this request has computed a part, whatever its params."""
        return any(of is part for of, *_ in self._known)

    @property
    def first(self) -> Analysis:
        """Return what decides who is meant: that of the first frame, which a picture is itself."""
        return self

    def carried(self, what: Hashable, step: Callable[[T | None], T]) -> T:  # noqa: ARG002 - frames
        """Return what a step makes of what the frame before went by: of nothing for a picture."""
        return step(None)

    def known(self, part: Part[T]) -> T | None:
        """Return a part that was seen before, or None. Computes nothing."""
        kept = self._analyses.memo.get_blocking(self._key(part, {}))
        return None if kept is None else part.codec.load(kept)

    def keep(self, part: Part[T], value: T) -> None:
        """Let others know a part that was computed elsewhere."""
        self._keep(part, self._key(part, {}), part.codec.dump(value))

    def recalled(self, name: str) -> bytes | None:
        """Return what was remembered of this source under a name, or None."""
        return self._analyses.memo.get_blocking(self._named(name))

    def remember(self, name: str, value: bytes) -> None:
        """Keep what others who ask for this source may start from."""
        self._put(self._named(name), value)

    def _named(self, name: str) -> str:
        return f"{self.pixels.picture.digest}/{name}"

    def _key(self, part: Part[Any], params: dict[str, Any]) -> str:
        return self._analyses.key(self.pixels.picture.digest, part, params)

    def wanted_by(self, part: Part[Any]) -> dict[Part[Any], Any]:
        """Return what this request has computed, whatever its params, of what a part wants."""
        return {of: value for (of, *_), value in self._known.items() if of in part.wants}

    def thumbnail(self, size: Size) -> NDArray[np.uint8]:
        """Return the upright picture as (height, width, 3) RGB of exactly `size`."""
        return self.pixels.thumbnail(size)

    def see(self, parts: Collection[Part[Any]], **params: Any) -> None:  # noqa: ANN401
        """Compute these parts now, side by side as far as none needs another one."""
        try:
            for wave in waves(parts):
                self._side_by_side(
                    [
                        partial(self.get, each, **each.settled(self.networks, params))
                        for each in wave
                    ]
                )
        except WeightsMissing as why:
            raise self._all_missing(why, parts, params) from None

    def each(self, look: Callable[[T], R], things: Iterable[T]) -> list[R]:
        """Return what a look at each of these things says, some of them at a time.

        Between any two, others who wait for the pool have their turn.
        """
        found: dict[int, R] = {}

        def note(number: int, thing: T) -> None:
            found[number] = look(thing)

        looks = [partial(note, number, thing) for number, thing in enumerate(things)]
        for start in range(0, len(looks), TOGETHER):
            self.pixels.deadline.check()
            self._side_by_side(looks[start : start + TOGETHER])
        return [found[number] for number in range(len(looks))]

    def _all_missing(
        self, why: WeightsMissing, parts: Iterable[Part[Any]], params: dict[str, Any]
    ) -> WeightsMissing:
        """Return the error of one network's weights with all that these parts lack."""
        if not why.names:
            return why
        networks = self.networks
        lacking = (
            card
            for wave in waves(parts)
            for part in wave
            for network in part.looking_with(part.settled(networks, params))
            for card in networks.lacking(network)
        )
        return networks.without(*why.names, *lacking)

    def _side_by_side(self, looks: Sequence[Callable[[], object]]) -> None:
        # The last one is for this thread, so that a single part never waits for another.
        pool = self._analyses.pool
        running = [pool.submit(copy_context().run, look) for look in looks[:-1]]
        try:
            for look in looks[-1:]:
                look()
        except BaseException:
            for other in running:
                other.cancel()
            raise
        finally:
            # Nothing of a request goes on, and takes memory, after its answer.
            wait(running)
        for other in running:
            other.result()

    def _look(self, part: Part[T], params: dict[str, Any], key: str) -> T:
        kept = self._analyses.memo.get_blocking(key)
        self.pixels.trace.look_up("analyses", hit=kept is not None)
        if kept is None:
            # It may have waited for long; and whatever runs in there stops when this one ends.
            trace = self.pixels.trace
            with self.pixels.deadline, trace.entered(), trace.span(part.name):
                kept = part.codec.dump(self._computed(part, params))
            self._keep(part, key, kept)
        # As it will come from the memo next time: the second crop must not differ from the first.
        return part.codec.load(kept)

    def _computed(self, part: Part[T], params: dict[str, Any]) -> T:
        try:
            return part.compute(self, **params)
        except WeightsMissing as why:
            raise self._all_missing(why, [part], params) from None

    def _keep(self, part: Part[Any], key: str, value: bytes) -> None:
        self._put(key, value, disk=part.on_disk)

    def _put(self, key: str, value: bytes, *, disk: bool = True) -> None:
        lifetime = self.pixels.picture.lifetime
        if not lifetime.private:
            disk = disk and self.keeps_on_disk and not lifetime.upload
            self._analyses.memo.put(key, value, disk=disk)


def waves(parts: Iterable[Part[Any]]) -> list[list[Part[Any]]]:
    """Return the parts, and those they need or are read with, in groups that can run at once."""
    wanted: dict[Part[Any], None] = {}

    def want(part: Part[Any]) -> None:
        for other in (*part.needs, *part.beside):
            want(other)
        wanted[part] = None

    for part in parts:
        want(part)
    depths = {part: _depth(part) for part in wanted}
    return [
        sorted((part for part in wanted if depths[part] == depth), key=lambda part: part.name)
        for depth in sorted(set(depths.values()))
    ]


def _depth(part: Part[Any]) -> int:
    return 1 + max(map(_depth, part.needs), default=0)
