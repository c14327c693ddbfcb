"""How much would be told of what is made: of whole chunks nobody is told it, and it is bounded."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

from foveate.datasets.handlers.frames import HEAD_BYTES
from foveate.datasets.handlers.made import DATA
from foveate.datasets.handlers.runner import written
from foveate.datasets.sample import Polygons
from foveate.datasets.wire import made_to_json

if TYPE_CHECKING:
    from foveate.datasets.sample import Instance, Made, Mask

LETTER: Final = 12
"""Bytes of JSON, at most: some letters are two escapes."""
COORDINATE: Final = 32
"""As many of a number of a thing, with what parts it from others."""
NUMBER: Final = 330
"""As many of a number of an attribute, with its name's marks: whole ones may have all digits."""
THING: Final = 200
"""As many of what a thing has beside its texts, attributes and mask."""
HEAD: Final = 1000
"""As many of what a picture has beside all that, and of one of its targets."""


class Beyond(Exception):
    """Too much is made of a sample."""


@dataclass(slots=True)
class Telling:
    """What is told of all that is made of one sample: as much as one by one, or it is refused."""

    most_bytes: int
    _told: int = 0
    _at_most: int = 0
    _unreckoned: list[Made] = field(default_factory=list)

    def add(self, made: Made) -> None:
        """Count one more. Raises Beyond for what frames cannot tell, or too much in all."""
        self._unreckoned.append(made)
        self._at_most += at_most(made)
        # JSON takes as long as a tenth of what makes a picture, and few tell as much.
        if self._at_most > min(self.most_bytes, HEAD_BYTES):
            self._reckon()

    def _reckon(self) -> None:
        for each in self._unreckoned:
            length = told_bytes(each)
            if length > HEAD_BYTES:
                raise Beyond(f"Expected a head of at most {HEAD_BYTES} bytes, got {length}.")
            self._told += length
            if self._told > self.most_bytes:
                raise Beyond(f"Expected heads of at most {self.most_bytes} bytes, got more.")
        self._unreckoned.clear()
        self._at_most = self._told


def told_bytes(made: Made) -> int:
    """Return how long the head is that tells of it."""
    return len(written({"made": made_to_json(made)}, {DATA: made.data, **made.targets}))


def at_most(made: Made) -> int:
    """Return what the head that tells of it is never longer than, without writing any."""
    letters = sum(map(len, chain((made.key, made.ext, made.group), made.labels, made.targets)))
    marks = HEAD + LETTER * (len(made.labels) + letters) + HEAD * len(made.targets)
    return marks + _attributes(made) + sum(map(_of_thing, made.instances))


def _of_thing(thing: Instance) -> int:
    return THING + LETTER * len(thing.label) + _attributes(thing) + _numbers(thing.mask)


def _numbers(mask: Mask | None) -> int:
    if mask is None:
        return 0
    if isinstance(mask, Polygons):
        return COORDINATE * sum(2 * len(ring) + 1 for ring in mask.rings)
    return COORDINATE * (2 + len(mask.counts))


def _attributes(told: Made | Instance) -> int:
    letters = sum(len(name) for name in told.attributes)
    letters += sum(len(each) for each in told.attributes.values() if isinstance(each, str))
    return LETTER * letters + NUMBER * len(told.attributes)
