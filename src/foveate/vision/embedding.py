"""MobileFaceNet: a face as 512 numbers that are alike when the person is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foveate.enrolled import DIMENSIONS
from foveate.vision.align import SIDE, EdgeMode, Pyramid, upright, warp
from foveate.vision.batches import run_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.ports import Session
    from foveate.values import Face


def tensor(crops: Sequence[NDArray[np.uint8]]) -> Mapping[str, NDArray[np.float32]]:
    """Return (112, 112, 3) RGB crops as the network's input: blue first, about -1..1."""
    blue_first = np.stack(crops).transpose(0, 3, 1, 2)[:, ::-1]
    return {"input": (blue_first - np.float32(127)) / np.float32(128)}


def aligned(picture: Pyramid, face: Face) -> NDArray[np.uint8]:
    """Return a face as the network looks at it: (1, 112, 112, 3) RGB."""
    return warp(picture, upright(face.landmarks), SIDE, EdgeMode.BLACK)[None]


class MobileFaceNet:
    """A FaceEmbedder. Its session is loaded when the first face comes."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        return "mobilefacenet"

    def __call__(self, rgb: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        """Return (faces, 512) unit vectors; places of faces are in pixels of `rgb`."""
        picture = Pyramid(rgb)
        return self.of_crops([aligned(picture, face)[0] for face in faces])

    def of_crops(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return (crops, 512) unit vectors of (112, 112, 3) RGB crops, aligned as ArcFace's.

        A mirrored second look adds .0017 of accuracy on 600 pairs of LFW, at twice the price.
        """
        if not len(crops):
            return np.zeros((0, DIMENSIONS), np.float32)
        (raw,) = run_all(self._session(), crops, tensor)
        unit: NDArray[np.float32] = raw / np.linalg.norm(raw, axis=1, keepdims=True)
        return unit
