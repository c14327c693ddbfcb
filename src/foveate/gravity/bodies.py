"""Bodies: people as they stand in a picture, for those whose face nobody sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Size

PERSON: Final = 0.3
"""From this probability on a place may be one of a person."""
SURE: Final = 0.8
"""What somebody reaches somewhere."""
LEAST: Final = 0.02
"""Share of the picture from which on a place of that kind is somebody."""
TOP: Final = 0.25
"""Share of the height of a body in which its head is."""
WIDE: Final = 2.0
"""From this width for a height on, what is at the top is no head, but the edge of the picture goes
through somebody."""


@dataclass(frozen=True, slots=True)
class Body:
    """Somebody upright, in pixels of the upright source."""

    box: Box
    top: Box
    """Where the head is."""
    share: float
    """0..1: of the picture."""


def bodies(people: NDArray[np.floating], size: Size) -> list[Body]:
    """Return those who stand or sit upright, the largest first.

    `people` is how probably each place of a picture of `size` is a person's: (rows, columns).
    """
    found = (region for region in regions(people > PERSON) if people[region].max() > SURE)
    seen = (_body(region, size) for region in found if region.mean() >= LEAST)
    return sorted((body for body in seen if body), key=lambda body: body.share, reverse=True)


def upright_bodies(people: Sequence[Box], size: Size) -> list[Body]:
    """Return those of some boxes of people who stand or sit upright, the largest first."""
    tops = ((box, top_of(box)) for box in people)
    seen = [Body(box, top, box.area / size.area) for box, top in tops if top is not None]
    return sorted((b for b in seen if b.share >= LEAST), key=lambda b: b.share, reverse=True)


def top_of(person: Box) -> Box | None:
    """Return where the head of somebody is, by his box; None where it is that of one who lies."""
    if person.height < person.width:
        return None
    return Box(person.left, person.top, person.width, TOP * person.height)


def _body(region: NDArray[np.bool_], size: Size) -> Body | None:
    box = _around(region, size)
    if box.width > box.height:
        return None
    down = np.flatnonzero(region.any(1))
    rows = max(1, round(TOP * (down[-1] + 1 - down[0])))
    head = region.copy()
    head[down[0] + rows :] = False
    top = _around(head, size)
    return Body(box, top, float(region.mean())) if top.width < WIDE * top.height else None


def _around(region: NDArray[np.bool_], size: Size) -> Box:
    """Return the box around a region, in pixels."""
    down, across = (np.flatnonzero(region.any(axis)) for axis in (1, 0))
    rows, columns = ((int(at[0]), int(at[-1]) + 1) for at in (down, across))
    return Box.of_cells(rows, columns, region.shape, size)


def regions(mask: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    """Yield the parts of a mask that hang together, side by side, each as a mask."""
    names = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        # Each run of cells takes its largest name; a region ends up with its largest.
        spread = _along_rows(_along_rows(names).T).T
        if np.array_equal(spread, names):
            break
        names = spread
    for name in np.unique(names[mask]):
        yield names == name


def _along_rows(names: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the largest name of its run in a row for each cell; 0 parts runs, and stays 0."""
    wide = np.pad(names, ((0, 0), (0, 1)))  # no run goes on in the next row
    flat = wide.ravel()
    starts = np.flatnonzero(np.diff(flat > 0, prepend=flat[:1] == 0))
    lengths = np.diff(np.append(starts, flat.size))
    most = np.repeat(np.maximum.reduceat(flat, starts), lengths)
    return most.reshape(wide.shape)[:, :-1]
