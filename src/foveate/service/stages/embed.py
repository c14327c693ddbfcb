"""From aligned faces to unit vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.service.stages.preprocess import EMBEDDED
from foveate.vision.batches import sizes_of
from foveate.vision.embedding import MobileFaceNet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.ports import Session
    from foveate.service.stages.preprocess import FaceCrops


@dataclass(frozen=True, slots=True)
class Embed:
    """A face in, (512,) float32 of length 1 out."""

    session: Callable[[], Session]

    def batch_sizes(self) -> Sequence[int]:
        """Return with how many faces at once its network runs."""
        return sizes_of(self.session())

    def __call__(self, item: FaceCrops) -> NDArray[np.float32]:
        """Return the embedding of one face."""
        return self.batch([item])[0]

    def batch(self, items: Sequence[FaceCrops]) -> list[NDArray[np.float32]]:
        """Return those of several."""
        return list(MobileFaceNet(self.session).of_crops([item.of(EMBEDDED)[0] for item in items]))
