"""Samples and things held as few bytes, of which objects are made each time that they are read.

A corner of an outline is a hundred bytes as Python has it, and millions of them are looked at
whenever memory is collected, for which all of a process waits.
"""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar, overload

from foveate.datasets.sample import Bitmap, Instance, Polygons, Sample
from foveate.datasets.spelling import dumped
from foveate.datasets.wire import sample_to_json
from foveate.geometry.box import Box, Size

T = TypeVar("T")
FAST: Final = 1


class Packed(Sequence[Sample]):
    """Samples in their order; nothing of them is checked again."""

    def __init__(self, samples: Iterable[Sample] = ()) -> None:
        self.rows: list[bytes] = []
        for each in samples:
            self.append(each)

    def append(self, sample: Sample) -> None:
        """Add one."""
        things = tuple(map(_row, sample.instances))
        words = (sample.key, sample.source, sample.digest, sample.group, sample.split)
        row = (words, sample.labels, things, dict(sample.attributes))
        self.rows.append(zlib.compress(marshal.dumps(row), FAST))

    def by(self, word: Callable[[Sample], T]) -> dict[T, Packed]:
        """Return them by a word of theirs, in their order; nothing is packed anew."""
        found: dict[T, Packed] = {}
        for row in self.rows:
            found.setdefault(word(_sample(row)), Packed()).rows.append(row)
        return found

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Sample: ...
    @overload
    def __getitem__(self, at: slice) -> Packed: ...
    def __getitem__(self, at: int | slice) -> Sample | Packed:
        if not isinstance(at, slice):
            return _sample(self.rows[at])
        some = Packed()
        some.rows = self.rows[at]
        return some

    def __iter__(self) -> Iterator[Sample]:
        return map(_sample, self.rows)


class Things:
    """Things of a picture, in their order, which others add."""

    def __init__(self, things: Iterable[Instance] = ()) -> None:
        self._rows: list[bytes] = []
        self.extend(things)

    def append(self, thing: Instance) -> None:
        """Add one."""
        self._rows.append(marshal.dumps(_row(thing)))

    def extend(self, things: Iterable[Instance]) -> None:
        """Add some."""
        for each in things:
            self.append(each)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Instance]:
        return (_thing(*marshal.loads(row)) for row in self._rows)  # noqa: S302 - our own


def line_of(sample: Sample) -> bytes:
    """Return a sample in its one spelling."""
    return dumped(sample_to_json(sample)).encode("utf-8", "surrogatepass")


def _sample(data: bytes) -> Sample:
    words, labels, things, attributes = marshal.loads(zlib.decompress(data))  # noqa: S302 - our own
    key, source, digest, group, split = words
    return Sample(
        key=key,
        source=source,
        digest=digest,
        group=group,
        split=split,
        labels=labels,
        instances=tuple(_thing(*each) for each in things),
        attributes=attributes,
    )


def _row(thing: Instance) -> tuple[Any, ...]:
    box, mask = thing.box, thing.mask
    sides = box and (box.left, box.top, box.width, box.height)
    size = (mask.size.width, mask.size.height) if isinstance(mask, Bitmap) else None
    inner = mask.counts if isinstance(mask, Bitmap) else mask and mask.rings
    return thing.label, sides, size, inner, dict(thing.attributes)


def _thing(label: str, sides: Any, size: Any, inner: Any, attributes: Any) -> Instance:  # noqa: ANN401
    mask = None if inner is None else Bitmap(Size(*size), inner) if size else Polygons(inner)
    box = Box(*sides) if sides else None
    return Instance(label=label, box=box, mask=mask, attributes=attributes)
