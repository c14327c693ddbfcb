"""Embedding: a unit vector for each found face, near to another one's of the same person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.service.networks import Network
from foveate.service.part import ARRAY, Offer, Part
from foveate.service.parts.faces import FACES, found_faces
from foveate.service.parts.people import READING_BYTES, people, people_size
from foveate.vision.embedding import MobileFaceNet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.ports import FaceEmbedder
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks


def _make(networks: Networks) -> FaceEmbedder:
    return MobileFaceNet(networks.session("mobilefacenet"))


EMBEDDER: Final[Network[FaceEmbedder]] = Network("embedding", _make, ("mobilefacenet",))


def _compute(analysis: Analysis) -> NDArray[np.float32]:
    return analysis.networks.of(EMBEDDER)(*people(analysis, found_faces(analysis)))


def _to_json(vectors: NDArray[np.float32]) -> list[list[float]]:
    return [[round(float(x), 6) for x in row] for row in vectors]


EMBEDDING: Final[Part[NDArray[np.float32]]] = Part(
    name="embedding",
    compute=_compute,
    codec=ARRAY,
    needs=(FACES,),
    networks=(EMBEDDER,),
    input_size=lambda _, size: people_size(size),
    settings=lambda settings: settings.faces.score,
    memory_bytes=lambda _: READING_BYTES,
    on_disk=False,
    offer=Offer(
        "a unit vector of 512 numbers for each face",
        [[0.0313, -0.0127, 0.0442]],
        _to_json,
        lambda rows: f"{len(rows)} embedding{'s' * (len(rows) != 1)}; --json has them.",
    ),
)
"""(found faces, 512) unit vectors."""
