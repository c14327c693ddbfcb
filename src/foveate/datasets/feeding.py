"""In which order samples come, to how many readers, and as which arrays."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from foveate.datasets.drawn import drawn
from foveate.datasets.masks import bounds_of
from foveate.geometry.box import Size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from foveate.datasets.sample import Instance, Made

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Order:
    """Which part of a split one reader has, and how it is shuffled."""

    shuffle: int = 0
    """So many samples are shuffled at a time, and the shards before; 0 leaves all in order."""
    seed: int = 0
    """With the epoch it says how: all readers have to have the same."""
    epoch: int = 0
    part: int = 0
    parts: int = 1


def fed(read: Callable[[str], Iterable[T]], shards: Sequence[str], order: Order) -> Iterator[T]:
    """Yield the samples of one reader: those of its shards, or his turns where there are few."""
    chance = random.Random(f"{order.seed}/{order.epoch}")  # noqa: S311 - the same for all readers
    listed = list(shards)
    if order.shuffle:
        chance.shuffle(listed)
    whole = len(listed) < order.parts
    mine = listed if whole else listed[order.part :: order.parts]
    samples = (sample for shard in mine for sample in read(shard))
    if whole:
        samples = (s for at, s in enumerate(samples) if at % order.parts == order.part)
    return _shuffled(samples, order.shuffle, chance) if order.shuffle > 1 else samples


def _shuffled(samples: Iterable[T], many: int, chance: random.Random) -> Iterator[T]:
    """Yield samples out of so many that wait, any of them next."""
    waiting: list[T] = []
    for sample in samples:
        if len(waiting) < many:
            waiting.append(sample)
            continue
        at = chance.randrange(many)
        yield waiting[at]
        waiting[at] = sample
    chance.shuffle(waiting)
    yield from waiting


def arrays(made: Made, numbers: Mapping[str, int], *, masks: bool = False) -> dict[str, Any]:
    """Return a sample as arrays; `numbers` are those of the labels.

    With `masks` each box has one, and a thing that has a mask alone has the box around it.
    """
    image = _pixels(made.data, of_palette="RGB")
    boxed = [each for each in made.instances if each.box is not None]
    shown: dict[str, Any] = {}
    if masks:
        boxed, shown["masks"] = _masked(made.instances, Size(image.shape[1], image.shape[0]))
    sides = [_corners(each.box) for each in boxed]
    return {
        "key": made.key,
        "image": image,
        "labels": np.array([numbers[label] for label in made.labels], np.int64),
        "boxes": np.array(sides, np.float32).reshape(-1, 4),
        "box_labels": np.array([numbers[each.label] for each in boxed], np.int64),
        **shown,
        **{ending.rpartition(".")[0]: _pixels(data) for ending, data in made.targets.items()},
    }


def _masked(
    instances: Iterable[Instance], size: Size
) -> tuple[list[Instance], np.ndarray[Any, np.dtype[np.uint8]]]:
    """Return things that have a box, or one around what is seen of their mask, and the masks."""
    boxed, shown = [], []
    for each in instances:
        nothing = np.zeros((size.height, size.width), np.bool_)
        pixels = drawn(each.mask, size) if each.mask else nothing
        if box := each.box or bounds_of(pixels):
            boxed.append(replace(each, box=box))
            shown.append(pixels)
    return boxed, np.array(shown, np.uint8).reshape(-1, size.height, size.width)


def _corners(box: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 - a Box, it is not None
    return box.left, box.top, box.left + box.width, box.top + box.height


def _pixels(data: bytes, of_palette: str = "P") -> np.ndarray[Any, np.dtype[np.uint8]]:
    from PIL import Image  # noqa: PLC0415 - for who wants pixels

    with Image.open(io.BytesIO(data)) as picture:
        pixels = np.array(picture.convert(of_palette) if picture.mode == "P" else picture)
    return pixels if pixels.ndim > 2 else pixels[:, :, None]  # noqa: PLR2004 - grey has a channel
