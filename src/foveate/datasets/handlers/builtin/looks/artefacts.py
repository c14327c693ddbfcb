"""What JPEG does to a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.loaders import load
from foveate.imaging.pixels import from_array, to_array
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


def artefacts(
    pixels: NDArray[np.uint8], config: Mapping[str, Any], chance: np.random.Generator
) -> NDArray[np.uint8]:
    """Compress as JPEG at a quality from `jpeg_artefacts` up."""
    least = config["jpeg_artefacts"]
    if not least:
        return pixels
    quality = int(chance.integers(least, 101))
    data = encode(from_array(pixels), EncodeOptions(format="jpeg", quality=quality))
    return to_array(load(data, ImageFormat.JPEG))
