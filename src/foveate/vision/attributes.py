"""What networks guess of faces, and what can be measured of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

from foveate.errors import BadSettings
from foveate.settings import Attribute
from foveate.values import Attributes
from foveate.vision.align import SIDE, Pyramid, upright, warp
from foveate.vision.quality import quality
from foveate.vision.readings import READINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.ports import Session
    from foveate.values import Face, FaceQuality, HeadPose
    from foveate.vision.readings import Reading

ALWAYS: Final = frozenset({"pose", "liveness"})
ON_REQUEST: Final[tuple[Attribute, ...]] = get_args(Attribute)
"""What judges people, and is off unless the operator switches it on."""


def readings_for(words: Sequence[str]) -> tuple[Reading, ...]:
    """Return the networks to ask, in their order. Raises BadSettings for an unknown word."""
    if unknown := sorted(set(words) - set(ON_REQUEST)):
        raise BadSettings(
            f"attributes: expected words out of {', '.join(ON_REQUEST)}; got {', '.join(unknown)}."
        )
    wanted = ALWAYS | set(words)
    return tuple(reading for reading in READINGS if wanted & reading.gives.keys())


class AttributeReader:
    """A FaceReader. `session` returns what loads the network of a card on first use."""

    def __init__(
        self, session: Callable[[str], Callable[[], Session]], words: Sequence[str] = ()
    ) -> None:
        self._asked = [(reading, session(reading.card)) for reading in readings_for(words)]
        self._wanted = ALWAYS | set(words)

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that the answer depends on."""
        return "-".join(["attributes", *(word for word in ON_REQUEST if word in self._wanted)])

    def __call__(self, rgb: NDArray[np.uint8], faces: Sequence[Face]) -> tuple[Attributes, ...]:
        """Return the attributes of each face, whose place is given in pixels of `rgb`."""
        if not faces:
            return ()
        picture = Pyramid(rgb)
        fields: dict[str, Sequence[Any]] = {}
        for reading, session in self._asked:
            outputs = reading(session(), picture, faces)
            given = {name: read for name, read in reading.gives.items() if name in self._wanted}
            fields |= {name: read(outputs) for name, read in given.items()}
        fields["quality"] = [
            _quality(picture, face, pose) for face, pose in zip(faces, fields["pose"], strict=True)
        ]
        rows = zip(*fields.values(), strict=True)
        return tuple(Attributes(**dict(zip(fields, row, strict=True))) for row in rows)


def _quality(picture: Pyramid, face: Face, pose: HeadPose) -> FaceQuality:
    place = upright(face.landmarks)
    return quality(warp(picture, place, SIDE), place.scale, pose)
