"""What TensorFlow.js does with pictures: convolutions, pools, sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.models.supply.tfjs_conversion import Conversion
    from foveate.models.supply.tfjs_graph import Node


def bias_of(node: Node) -> tuple[list[str], list[str]]:
    """Return the input that is added after a product, if one is, and the activations after it."""
    words = node.words("fused_ops")
    if words[:1] != ["BiasAdd"]:
        return [], words
    return [node.inputs[2]], words[1:]


def _filtered(to: Conversion, node: Node, filters: NDArray[Any], groups: int) -> str:
    bias, activations = bias_of(node)
    made = to.add(
        "Conv",
        to.channels_first(node.inputs[0]),
        to.constant(filters),
        *(to.constant(to.array(name)) for name in bias),
        group=groups,
        strides=node.side("strides"),
        dilations=node.side("dilations"),
        **node.padding(),
    )
    return to.channels_last(to.activated(made, activations))


def convolution(to: Conversion, node: Node) -> str:
    """Return a picture after filters that see all of its channels."""
    return _filtered(to, node, to.array(node.inputs[1]).transpose(3, 2, 0, 1), 1)


def depthwise(to: Conversion, node: Node) -> str:
    """Return a picture after filters that see a channel each."""
    filters = to.array(node.inputs[1])  # height, width, channels, filters of each channel
    height, width, channels, each = filters.shape
    flat = filters.transpose(2, 3, 0, 1).reshape(channels * each, 1, height, width)
    return _filtered(to, node, flat, channels)


def transposed_convolution(to: Conversion, node: Node) -> str:
    """Return a picture made larger by filters."""
    _, filters, picture = node.inputs  # the first is the size, which follows from the strides
    made = to.add(
        "ConvTranspose",
        to.channels_first(picture),
        to.constant(to.array(filters).transpose(3, 2, 0, 1)),
        strides=node.side("strides"),
        **node.padding(),
    )
    return to.channels_last(made)


def pooled(op: str, to: Conversion, node: Node) -> str:
    """Return a picture of what `op` says of each window of another one."""
    made = to.add(
        op,
        to.channels_first(node.inputs[0]),
        kernel_shape=node.side("ksize"),
        strides=node.side("strides"),
        **node.padding(),
    )
    return to.channels_last(made)


def resized(to: Conversion, node: Node) -> str:
    """Return a picture of another size. Raises ValueError."""
    if node.flag("align_corners"):
        raise ValueError(f"expected {node.name} to resize between pixels, not between corners")
    picture = to.channels_first(node.inputs[0])
    ends = (to.constant(np.array([end])) for end in (0, 2))
    batch_and_channels = to.add("Slice", to.add("Shape", picture), *ends)
    sides = to.constant(to.array(node.inputs[1]))
    sizes = to.add("Concat", batch_and_channels, sides, axis=0)
    # TensorFlow first counted from the corners of pixels, and later from their centres.
    places = "half_pixel" if node.flag("half_pixel_centers") else "asymmetric"
    attributes = {"mode": "linear", "coordinate_transformation_mode": places}
    return to.channels_last(to.add("Resize", picture, "", "", sizes, **attributes))
