"""From aligned faces to unit vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.service.stages.preprocess import EMBEDDED
from foveate.service.stages.stage import Needs
from foveate.settings import MIB
from foveate.vision.batches import sizes_of
from foveate.vision.embedding import MobileFaceNet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.ports import Session
    from foveate.service.stages.preprocess import FaceCrops

NETWORK_BYTES: Final = 60 * MIB


@dataclass(frozen=True, slots=True)
class Embed:
    """A face in, (512,) float32 of length 1 out."""

    session: Callable[[], Session]
    name: str = EMBEDDED

    def needs(self) -> Needs:
        """Return where its network runs, and with how many faces at once."""
        session = self.session()
        sizes = tuple(sizes_of(session))
        return Needs(device=session.provider, memory_bytes=NETWORK_BYTES, batch_sizes=sizes)

    def __call__(self, item: FaceCrops) -> NDArray[np.float32]:
        """Return the embedding of one face."""
        return self.batch([item])[0]

    def batch(self, items: Sequence[FaceCrops]) -> list[NDArray[np.float32]]:
        """Return those of several."""
        return list(MobileFaceNet(self.session).of_crops([item.of(EMBEDDED)[0] for item in items]))
