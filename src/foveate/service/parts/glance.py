"""One look at a whole picture, of which its tags and its features are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.service.networks import Network
from foveate.service.part import ARRAY, Part
from foveate.vision.tags import EfficientNetLite

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.ports import Glancer
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks

MEMORY_BYTES: Final = 16 * 1024 * 1024


def _make(networks: Networks) -> Glancer:
    return EfficientNetLite(networks.session("efficientnet-lite0"))


GLANCER: Final[Network[Glancer]] = Network("tags", _make, ("efficientnet-lite0",))


def glance_size(networks: Networks, size: Size) -> Size:
    """Return the size that a picture is looked at."""
    return networks.of(GLANCER).input_size(size)


def _compute(analysis: Analysis) -> NDArray[np.float32]:
    size = glance_size(analysis.networks, analysis.size)
    return analysis.networks.of(GLANCER)(analysis.thumbnail(size))


GLANCE: Final[Part[NDArray[np.float32]]] = Part(
    name="glance",
    compute=_compute,
    codec=ARRAY,
    networks=(GLANCER,),
    input_size=glance_size,
)
"""1280 features and 1000 logits. What is made of it asks for it, rather than to need it: so the
time that it takes is told as theirs."""
