"""Datasets as TensorFlow reads them, of whichever format they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.datasets.feeding import Order
    from foveate.datasets.local import Local


SPECS: Final = {
    "key": tf.TensorSpec((), tf.string),
    "image": tf.TensorSpec((None, None, None), tf.uint8),
    "labels": tf.TensorSpec((None,), tf.int64),
    "boxes": tf.TensorSpec((None, 4), tf.float32),
    "box_labels": tf.TensorSpec((None,), tf.int64),
    "masks": tf.TensorSpec((None, None, None), tf.uint8),
}


def dataset(local: Local, split: str, order: Order, *, masks: bool) -> Any:  # noqa: ANN401 - theirs
    """Return a tf.data.Dataset, shuffled anew each time that it is gone through."""
    local.shards(split)
    epochs = iter(range(2**62))
    specs = {word: spec for word, spec in SPECS.items() if masks or word != "masks"}

    def items() -> Iterator[dict[str, Any]]:
        for made in local.samples(split, replace(order, epoch=next(epochs))):
            told = local.arrays(made, masks=masks)
            yield {word: told[word] for word in specs}

    return tf.data.Dataset.from_generator(items, output_signature=specs)
