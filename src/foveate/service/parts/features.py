"""Features: what a picture is like, as a vector by which pictures are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.service.part import ARRAY, Offer, Part
from foveate.service.parts.glance import GLANCE, GLANCER, MEMORY_BYTES, glance_size
from foveate.vision.tags import features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.service.analysis import Analysis


def _compute(analysis: Analysis) -> NDArray[np.float32]:
    return features(analysis.get(GLANCE))


def _to_json(vector: NDArray[np.float32]) -> list[float]:
    return [round(float(x), 6) for x in vector]


# It knows no faces: who somebody is cannot be told by it, so it may lie on a disk.
FEATURES: Final[Part[NDArray[np.float32]]] = Part(
    name="features",
    compute=_compute,
    codec=ARRAY,
    networks=(GLANCER,),
    input_size=glance_size,
    settings=lambda _: GLANCE.version,
    memory_bytes=lambda _: MEMORY_BYTES,
    offer=Offer(
        "what the picture is like, as a unit vector of 1280 numbers: near-duplicates have a dot "
        "product near 1",
        [0.0121, 0.0, 0.0304],
        _to_json,
        lambda vector: f"A vector of {len(vector)} numbers; --json has them.",
    ),
)
"""(1280,), of length 1."""
