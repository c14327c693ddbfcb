"""Which pictures are left out for what they are, each by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.configuration.nearest import meant
from foveate.errors import BadConfiguration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.datasets.handlers.builtin.eyes import Eyes
    from foveate.datasets.sample import Sample
    from foveate.geometry.box import Size

LOOKED_AT: Final = 512
"""Long side at which a picture is looked at: its sharpness is to be that of what is seen."""
MOST_COMPARED: Final = 10_000
"""Labels out of which the one that was meant is looked for."""


def of_classes(sample: Sample, classes: list[str]) -> Sample | None:
    """Return a sample with these labels alone; None where it has none of them."""
    if not classes:
        return sample
    labels = tuple(label for label in sample.labels if label in classes)
    instances = tuple(each for each in sample.instances if each.label in classes)
    kept = replace(sample, labels=labels, instances=instances)
    return kept if labels or instances else None


def check_classes(known: Sequence[str], classes: Sequence[str]) -> None:
    """Raise BadConfiguration for a class that is none of the raw data's: it was mistyped."""
    strange = sorted({*classes} - {*known})
    if strange:
        got = f"{strange[0]!r:.80}{meant(strange[0], known[:MOST_COMPARED])}"
        raise BadConfiguration(f"config.classes: expected labels of the raw data, got {got}.")


def passes(eyes: Eyes, config: Mapping[str, Any]) -> bool:
    """Return whether a picture is kept; what costs most is looked at last."""
    least = config["min_face_quality"]
    return (
        large_enough(eyes.size, config)
        and _seen_well(eyes, config)
        and (not least or bool(eyes.face_quality() >= least))
        and not (config["moderate"] and eyes.flagged())
    )


def large_enough(size: Size, config: Mapping[str, Any]) -> bool:
    """Return whether a picture has enough pixels, across and down."""
    return bool(size.width >= config["min_width"] and size.height >= config["min_height"])


def _seen_well(eyes: Eyes, config: Mapping[str, Any]) -> bool:
    if not config["min_sharpness"] and (config["min_light"], config["max_light"]) == (0, 1):
        return True
    grey = grey_of(eyes.pixels(eyes.size.within(LOOKED_AT)))
    light = config["min_light"] <= light_of(grey) <= config["max_light"]
    return bool(light and sharpness_of(grey) >= config["min_sharpness"])


def grey_of(pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return (height, width) luma of (height, width, 3) RGB."""
    weighed = pixels.astype(np.int32) @ np.array([299, 587, 114], np.int32)
    return np.asarray((weighed + 500) // 1000)


def sharpness_of(grey: NDArray[np.int32]) -> float:
    """Return how sharp a picture is: the deviation of its Laplacian; 0 is even, 10 is sharp."""
    if min(grey.shape) < 3:  # noqa: PLR2004 - a pixel and its neighbours
        return 0.0
    middle = grey[1:-1, 1:-1]
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float((around - 4 * middle).std())


def light_of(grey: NDArray[np.int32]) -> float:
    """Return the mean of a picture, 0 black to 1 white."""
    return float(grey.mean() / 255)
