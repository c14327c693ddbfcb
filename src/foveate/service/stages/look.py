"""From a thumbnail to what crops go by: faces, and where people look. For servers elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from foveate.errors import BadBody
from foveate.geometry.box import Size
from foveate.service.stages.running import InThreads
from foveate.vision.batches import ONE_BY_ONE
from foveate.vision.faces import RetinaFace
from foveate.vision.saliency import Gaze

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    import numpy as np
    from numpy.typing import NDArray

    from foveate.ports import Session
    from foveate.service.stages.stage import Run
    from foveate.values import Face


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Thumbnail:
    """A picture at the size at which faces are looked for, and which of them count."""

    rgb: NDArray[np.uint8]
    """(height, width, 3)."""
    score: float
    """Faces above it."""
    doubts: int = 0
    """And so many of which there are doubts."""


@dataclass(frozen=True, slots=True)
class FindFaces:
    """A thumbnail in, its faces out, in its pixels."""

    session: Callable[[], Session]

    def batch_sizes(self) -> Sequence[int]:
        """Return that it takes one after the other."""
        return ONE_BY_ONE

    def __call__(self, item: Thumbnail) -> tuple[Face, ...]:
        """Return the faces, best score first."""
        return RetinaFace(self.session, score=item.score, doubts=item.doubts)(item.rgb)

    def batch(self, items: Sequence[Thumbnail]) -> list[tuple[Face, ...]]:
        """Return those of several, one after the other."""
        return [self(item) for item in items]


@dataclass(frozen=True, slots=True)
class FindLooks:
    """A thumbnail in, three maps out: where people look, where they are, what is near."""

    session: Callable[[], Session]

    def batch_sizes(self) -> Sequence[int]:
        """Return that it takes one after the other."""
        return ONE_BY_ONE

    def __call__(self, item: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return (3, rows, columns) in 0..1. Raises BadBody for a size that it does not take."""
        gaze, size = Gaze(self.session), Size(item.shape[1], item.shape[0])
        if (wanted := gaze.input_size(size)) != size:
            raise BadBody(f"Expected a thumbnail such as {wanted}, got {size}.")
        return gaze(item)

    def batch(self, items: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """Return those of several, one after the other."""
        return [self(item) for item in items]


@dataclass(frozen=True, slots=True)
class Looker:
    """What looks at thumbnails for others."""

    faces: Run[Thumbnail, tuple[Face, ...]]
    looks: Run[NDArray[np.uint8], NDArray[np.float32]]


def looker_of(session: Callable[[str], Callable[[], Session]], pool: Executor) -> Looker:
    """Return it, with networks of this process."""
    run = partial(InThreads, pool=pool)
    return Looker(
        faces=run(FindFaces(session("retinaface"))), looks=run(FindLooks(session("gaze")))
    )
