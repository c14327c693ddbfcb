"""Which samples of raw data there are, for all that can be said without looking at a picture."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.handlers.builtin import filters
from foveate.datasets.handlers.builtin.chance import draws
from foveate.datasets.handlers.builtin.schema import OTHERS
from foveate.datasets.handlers.builtin.splits import split_of
from foveate.datasets.packed import Packed
from foveate.datasets.raw.survey import classes
from foveate.errors import BadConfiguration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from foveate.datasets.sample import Sample

BACKGROUNDS: Final = tuple(f"foveate.background{more}" for more in ("", ".2", ".3", ".4"))
"""Attributes by which a sample names pictures of its split that its subject is put on: the first.

The others are for where that is broken.
"""


def needs_pictures(config: Mapping[str, Any]) -> bool:
    """Return whether pictures have to be looked at to say which samples there are."""
    return bool(config["duplicates"] >= 0)


def changes_none(config: Mapping[str, Any]) -> bool:
    """Return whether the samples of a configuration are those of the raw data, as they are."""
    parts = any(share > 0 for share in config["splits"].values())
    others = config["backgrounds"] == OTHERS
    return not (config["classes"] or parts or others or needs_pictures(config))


def chosen(
    samples: Iterable[Sample],
    config: Mapping[str, Any],
    seed: int,
    kept: Callable[[Packed], Packed] | None = None,
) -> Iterator[Sample]:
    """Yield the samples that are used, in their order, each with its split.

    They are gone through twice where classes are named. `kept` leaves some of them out for what
    their pictures show. Raises BadConfiguration where none is left, or for classes that there are
    not.
    """
    if config["classes"]:
        filters.check_classes(classes(samples), config["classes"])
    named = (filters.of_classes(one, config["classes"]) for one in samples)
    left: Iterable[Sample] = (each for each in named if each)
    if kept is not None:
        left = kept(Packed(left))
    parted = (replace(each, split=split_of(each, config["splits"], seed)) for each in left)
    none = True
    for each in _with_others(parted, config, seed):
        none = False
        yield each
    if none:
        raise BadConfiguration("Expected a configuration that leaves samples, got one without.")


def _with_others(
    samples: Iterator[Sample], config: Mapping[str, Any], seed: int
) -> Iterable[Sample]:
    return _before_others(Packed(samples), seed) if config["backgrounds"] == OTHERS else samples


def _before_others(samples: Sequence[Sample], seed: int) -> Iterable[Sample]:
    """Yield samples, each with others of its split to stand before, if there are any."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for sample in samples:
        parts[sample.split].append(sample.source)
    places = {split: count() for split in parts}
    for sample in samples:
        others, place = parts[sample.split], next(places[sample.split])
        if len(others) == 1:
            yield sample
            continue
        step = int(draws("background", seed, sample.source).integers(1, len(others)))
        yield replace(sample, attributes={**sample.attributes, **_behind(others, place, step)})


def _behind(others: Sequence[str], place: int, step: int) -> dict[str, str]:
    """Return the pictures from so many steps behind a place on, round about, but not its own."""
    last = len(others) - 1
    steps = ((step - 1 + more) % last + 1 for more in range(last))
    return {name: others[(place + each) % len(others)] for name, each in zip(BACKGROUNDS, steps)}  # noqa: B905 - as many as there are of either


def without_backgrounds(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes as raw data has them."""
    return {name: value for name, value in attributes.items() if name not in BACKGROUNDS}
