"""What TensorFlow.js does with the shapes of tensors, and with what is known beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from foveate.models.supply.tfjs_conversion import Conversion
    from foveate.models.supply.tfjs_graph import Node


def transposed(to: Conversion, node: Node) -> str:
    """Return a tensor with its axes in another order."""
    order = [int(axis) for axis in to.array(node.inputs[1])]
    return to.add("Transpose", to.tensor(node.inputs[0]), perm=order)


def joined(to: Conversion, node: Node) -> str:
    """Return tensors one behind the other along an axis."""
    *parts, axis = node.inputs
    return to.add("Concat", *map(to.tensor, parts), axis=int(to.array(axis).item()))


def split(to: Conversion, node: Node) -> str:
    """Return the first of the parts of a tensor; the others are named by their number."""
    whole, sizes, axis = node.inputs
    lengths = to.array(sizes).ravel().astype(np.int64)
    parts = [f"{node.name}_part_{number}" for number in range(len(lengths))]
    to.add_all("Split", [to.tensor(whole), to.constant(lengths)], parts, int(to.array(axis).item()))
    to.names |= {f"{node.name}:{number}": part for number, part in enumerate(parts)}
    return parts[0]


def padded(to: Conversion, node: Node) -> str:
    """Return a tensor with room around it, filled with zeros or with what is said."""
    values, sides, *fill = node.inputs
    # Theirs are pairs for each axis, ours first all that come before and then all behind.
    room = to.constant(to.array(sides).T.reshape(-1).astype(np.int64))
    filled = [to.constant(to.array(name).astype(np.float32)) for name in fill]
    return to.add("Pad", to.tensor(values), room, *filled)


def reshaped(to: Conversion, node: Node) -> str:
    """Return a tensor in another shape, for any number of pictures at once."""
    values, shape = node.inputs
    sides = to.array(shape).astype(np.int64).copy()
    # One side may follow from the others; the first is copied where another does.
    sides[0] = 0 if -1 in sides[1:] else -1
    return to.add("Reshape", to.tensor(values), to.constant(sides))


def leaky(to: Conversion, node: Node) -> str:
    """Return a tensor with what is negative made that much smaller."""
    return to.add("LeakyRelu", to.tensor(node.inputs[0]), alpha=node.number("alpha", 0.2))


def _scattered(
    places: NDArray[Any], shape: NDArray[Any], values: NDArray[Any], default: NDArray[Any]
) -> NDArray[Any]:
    if places.size or values.size:
        raise ValueError("expected SparseToDense to scatter nothing")
    return np.full(shape.astype(np.int64), default)


FOLDED: Final[Mapping[str, Callable[..., NDArray[Any]]]] = {
    "Identity": lambda values: values,
    "Cast": lambda values: values,
    "Add": np.add,
    "AddV2": np.add,
    "SparseToDense": _scattered,
}
"""What is worked out while converting where all of its inputs are known: shapes, mostly."""
