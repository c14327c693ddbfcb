"""Clicks in a picture to masks that later requests name: a costly look once, then fast."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.errors import BadOption
from foveate.geometry.box import Box, Size
from foveate.geometry.subject import box_around
from foveate.imaging.guard import guard
from foveate.imaging.maps import map_png
from foveate.imaging.pixel_source import PixelSource
from foveate.options.masks import LETTERS
from foveate.service.flights import Flights
from foveate.service.memory import decoded_bytes
from foveate.service.parts.matte import PEOPLE_MATTE
from foveate.service.selector import SELECTOR
from foveate.service.serialise import box_to_json
from foveate.service.work import Work
from foveate.settings import MIB
from foveate.vision.look import LONG_SIDE
from foveate.vision.subject import subject_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.ports import Picture
    from foveate.service.analysis import Analyses
    from foveate.service.pointed import Pointed
    from foveate.storage.masks import MaskStore
    from foveate.storage.memory import MemoryCache
    from foveate.trace import Trace
    from foveate.vision.look import Look
    from foveate.vision.selector import Selected, Selector

    Matte = NDArray[np.float32]

LOOK_BYTES: Final = 210 * MIB
"""What a look works with: an upper estimate."""
HALF: Final = 0.5
LITTLE: Final = 0.1
"""Share of the subject that is left at least where all of a thing is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedMask:
    """A mask that is kept, by the id that options name it with."""

    name: str
    """`object`, `part` of it, or the `group` that it is in; `subject` where nobody clicked."""
    mask: str
    """The id, for `mask=`."""
    matte: Matte = field(repr=False)
    """(height, width) in 0..1 over the whole upright picture."""
    area: float
    """Share of the picture that is selected, 0..1."""
    box: Box | None
    """Around it, in pixels of the upright picture; None around nothing."""

    def to_json(self) -> dict[str, Any]:
        """Return it as it stands in every JSON answer."""
        box = box_to_json(self.box) if self.box else None
        return {"name": self.name, "mask": self.mask, "area": round(self.area, 4), "box": box}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What clicks mean: the best guess, and what else they may mean."""

    size: Size
    """Of the upright picture."""
    masks: tuple[SelectedMask, ...]
    """The best guess first."""
    expires: float
    """Unix seconds until which the ids are known, at the latest: room for masks is bounded."""

    @property
    def best(self) -> SelectedMask:
        """Return the best guess."""
        return self.masks[0]

    @property
    def mask(self) -> str:
        """Return its id."""
        return self.best.mask

    @property
    def alternatives(self) -> tuple[SelectedMask, ...]:
        """Return what else may be meant, from small to large."""
        return self.masks[1:]

    def to_json(self) -> dict[str, Any]:
        """Return the selection as the API answers it."""
        return {
            **self.best.to_json(),
            "expires": int(self.expires),
            "alternatives": [each.to_json() for each in self.alternatives],
            "width": self.size.width,
            "height": self.size.height,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Selecting:
    """Picture and clicks in, masks out."""

    analyses: Analyses
    masks: MaskStore
    looks: MemoryCache[Look]
    """What was seen of pictures, for further clicks in them."""
    flights: Flights = field(default_factory=Flights)

    def prepare(
        self, picture: Picture, asked: Pointed, *, alternatives: bool = True
    ) -> Work[Selection]:
        """Return the work of selecting; without `alternatives` it is half of it.

        Raises ImageError, BadOption, WeightsMissing.
        """
        _check(asked, picture.facts.size)
        need = decoded_bytes(picture.facts) + LOOK_BYTES
        return Work(need, partial(self._select, picture, asked, alternatives))

    def _select(
        self,
        picture: Picture,
        asked: Pointed,
        alternatives: bool,  # noqa: FBT001 - the verb above names it
        deadline: Deadline,
        trace: Trace,
    ) -> Selection:
        selector = self.analyses.networks.of(SELECTOR)
        with deadline, guard(), trace.entered():
            look = self._look(picture, selector, deadline, trace)
            with trace.span("select"):
                meant = self._meant(selector, look, asked, picture.facts.size)
                found = dict(meant if alternatives else islice(meant, 1))
                self._remember(picture, look)
                return self._kept(picture, asked, found)

    def _meant(
        self, selector: Selector, look: Look, asked: Pointed, size: Size
    ) -> Iterator[tuple[str, Matte]]:
        """Yield the masks by their names, the best guess first."""
        if asked.boxes or any(click.positive for click in asked.clicks):
            yield from _pointed_at(selector, look, asked, size)
            return
        subject = subject_of(look, self.analyses.networks.of(PEOPLE_MATTE), selector)
        away = [replace(click, positive=True) for click in asked.clicks]
        yield "subject", _without(subject, selector.mask(look, away)) if away else subject

    def _look(self, picture: Picture, selector: Selector, deadline: Deadline, trace: Trace) -> Look:
        """Return what is seen of a picture: from before, or by one of all who ask at this time."""
        key = self._key(picture)

        def look() -> Look:
            if known := self.looks.get(key):
                return known
            size = picture.facts.size.within(LONG_SIDE)
            scale = size.width / picture.facts.size.width
            rgb = PixelSource(picture, deadline, trace, scale=scale).thumbnail(size)
            seen = selector.look(rgb)
            self._remember(picture, seen)  # while others wait, who look where nothing is kept
            return seen

        return self.flights.run(key, look, deadline)

    def _remember(self, picture: Picture, look: Look) -> None:
        """Keep what was seen, which may be more than before; of what nobody may keep, nothing."""
        # An upload by reference is kept anyway, for as long.
        if not picture.lifetime.private or picture.reference:
            self.looks.put(self._key(picture), look)

    def _key(self, picture: Picture) -> str:
        return f"{picture.digest}/{self._fingerprint}"

    @property
    def _fingerprint(self) -> str:
        networks = self.analyses.networks
        return " ".join((*networks.identity(SELECTOR), *networks.identity(PEOPLE_MATTE)))

    def _kept(self, picture: Picture, asked: Pointed, found: Mapping[str, Matte]) -> Selection:
        lifetime, size = picture.lifetime, picture.facts.size
        disk = not (lifetime.upload or lifetime.private)
        masks, expires = [], 0.0
        for name, matte in found.items():
            known_as = self._id(picture, asked, name)
            put = partial(self.masks.put, size=size, digest=picture.digest, disk=disk)
            expires = put(known_as, map_png(matte)).expires
            inside = matte > HALF
            area, box = float(inside.mean()), box_around(inside, size)
            masks.append(SelectedMask(name=name, mask=known_as, matte=matte, area=area, box=box))
        return Selection(size=size, masks=tuple(masks), expires=expires)

    def _id(self, picture: Picture, asked: Pointed, name: str) -> str:
        """Return the same for the same clicks in the same picture, as long as they mean the same.

        130 bits: whoever does not have the picture cannot guess it.
        """
        meant = asked.in_boxes(picture.facts.size)
        known = repr((picture.digest, self._fingerprint, meant, name))
        digits = base64.b32encode(hashlib.sha256(known.encode()).digest())
        return digits.decode().lower()[:LETTERS]


def _check(asked: Pointed, size: Size) -> None:
    whole = Box.of(size)
    for box in asked.boxes:
        if box.overlap(whole) is None:
            raise BadOption(f"Expected boxes that lie in the picture of {size}, got one beside it.")


def _pointed_at(
    selector: Selector, look: Look, asked: Pointed, size: Size
) -> Iterator[tuple[str, Matte]]:
    """Yield the masks by their names, the best guess first."""
    across, down = 1 / size.width, 1 / size.height
    first, *others = (
        selector.mask(look, clicks, box and box.scaled(across, down))
        for box, clicks in asked.in_boxes(size)
    )
    if others:
        yield "group", np.maximum.reduce([first.matte, *(each.matte for each in others)])
        return
    yield "object", first.matte
    yield from ((n, matte) for n, matte in first.alternatives.items() if n != "object")


def _without(subject: Matte, away: Selected) -> Matte:
    """Return a subject without a thing; without a part of it where little were left otherwise."""
    left = np.minimum(subject, 1 - away.matte)
    if left.sum() >= LITTLE * subject.sum() or "part" not in away.alternatives:
        return left
    return np.minimum(subject, 1 - away.alternatives["part"])
