"""What samples are like, in whole numbers that add up: of shards, of splits, of datasets."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from foveate.datasets.sample import Instance, Made

EDGES: Final = (0, 1, *(each << by for by in range(40) for each in (2, 3)))
"""0, 1, 2, 3, 4, 6, 8, 12, ...: where bins of a histogram begin.

32 and 96 are among them, which COCO parts small, medium and large things by.
"""
SQUARES: Final = tuple(edge * edge for edge in EDGES)

Counts = dict[str, Any]
"""Numbers by name, and such, to any depth: all that JSON needs to say of them."""


def of(made: Made, split: str) -> Counts:
    """Return what one sample is like."""
    files = {made.ext: 1} | dict.fromkeys(made.targets, 1)
    weight = len(made.data) + sum(map(len, made.targets.values()))
    return {
        "samples": {split: 1},
        "labels": {split: _times(made.labels)},
        "instances": {split: _times(each.label for each in made.instances)},
        "files": files,
        "bytes": weight,
        "pixels": made.size.area,
        "boxes": sum(each.box is not None for each in made.instances),
        "masks": sum(each.mask is not None for each in made.instances),
        "widths": {_bin(made.size.width): 1},
        "heights": {_bin(made.size.height): 1},
        "weights": {_bin(weight): 1},
        "instances_each": {_bin(len(made.instances)): 1},
        "box_sides": _times(filter(None, map(_box_side, made.instances))),
    }


def _times(names: Iterable[str]) -> dict[str, int]:
    times: dict[str, int] = {}
    for name in names:
        times[name] = times.get(name, 0) + 1
    return times


def _bin(value: int) -> str:
    return str(EDGES[bisect_right(EDGES, value) - 1])


def _box_side(instance: Instance) -> str:
    """Return the bin of the side of a square of that area."""
    box = instance.box
    return str(EDGES[bisect_right(SQUARES, box.area) - 1]) if box else ""


def add(total: Counts, more: Mapping[str, Any]) -> None:
    """Add counts to others."""
    for name, value in more.items():
        if isinstance(value, int):
            total[name] = total.get(name, 0) + value
        else:
            add(total.setdefault(name, {}), value)


def total(many: Iterable[Mapping[str, Any]]) -> Counts:
    """Return the sum of many counts, in whatever order they come."""
    whole: Counts = {}
    for each in many:
        add(whole, each)
    return whole
