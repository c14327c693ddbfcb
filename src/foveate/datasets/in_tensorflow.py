"""Datasets as TensorFlow reads them, of whichever format they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tensorflow as tf

from foveate.datasets.feeding import Order
from foveate.datasets.shards.names import ARRAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.datasets.local import Local


def dataset(local: Local, split: str, shuffle: int, seed: int) -> Any:  # noqa: ANN401 - theirs
    """Return a tf.data.Dataset, shuffled anew each time that it is gone through."""
    local.shards(split)
    epochs = iter(range(2**62))

    def items() -> Iterator[dict[str, Any]]:
        for made in local.samples(split, Order(shuffle, seed, next(epochs))):
            told = local.arrays(made)
            yield {word: told[word] for word in ARRAYS}

    return tf.data.Dataset.from_generator(
        items,
        output_signature={
            "key": tf.TensorSpec((), tf.string),
            "image": tf.TensorSpec((None, None, None), tf.uint8),
            "labels": tf.TensorSpec((None,), tf.int64),
            "boxes": tf.TensorSpec((None, 4), tf.float32),
            "box_labels": tf.TensorSpec((None,), tf.int64),
        },
    )
