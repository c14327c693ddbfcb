"""Depth: how near each place is, relative to the rest of the picture."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Size
from foveate.imaging.depth_map import depth_inside
from foveate.service.networks import Network
from foveate.service.part import MAP, Codec, Offer, Part
from foveate.service.parts.saliency import NETWORK as GAZE
from foveate.service.parts.saliency import SALIENCY
from foveate.service.serialise import MAP_EXAMPLE, map_to_json
from foveate.settings import MIB
from foveate.vision.depth import (
    LONG_SIDE,
    Depth,
    Known,
    TcMonoDepth,
    along_edges,
    depth_of,
    order_of,
)
from foveate.vision.depth_readout import decoded

if TYPE_CHECKING:
    from foveate.ports import MapNetwork
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks

MEMORY_BYTES: Final = 40 * MIB
"""What its network and the maps take: an upper estimate."""


def _make(networks: Networks) -> MapNetwork:
    return TcMonoDepth(networks.session("depth"))


# What it says is put together with what `gaze` says.
NETWORK: Final[Network[MapNetwork]] = Network("depth", _make, ("depth", *GAZE.cards))


def _settle(networks: Networks, known_by: Known | None = None) -> dict[str, Known]:
    """Return what there is to know it by: the network where it is here, else order alone."""
    return {"known_by": known_by or (Known.NETWORK if networks.ready("depth") else Known.ORDER)}


def _input_size(networks: Networks, size: Size, known_by: Known) -> Size:
    return networks.of(NETWORK).input_size(size) if known_by is Known.NETWORK else Size(1, 1)


def _compute(analysis: Analysis, known_by: Known) -> Depth:
    source, size = analysis.pixels.picture, analysis.size
    inside = depth_inside(source.data, source.facts, LONG_SIDE)
    if inside is not None:
        return Depth(inside, 1.0, Known.FILE)
    # Asked for, rather than needed: nobody looks where a file says all.
    ordered = decoded(analysis.get(SALIENCY)[2])
    if known_by is Known.ORDER:
        return order_of(ordered)
    network = analysis.networks.of(NETWORK)
    near = network(analysis.thumbnail(network.input_size(size)))
    return depth_of(near, ordered)


def fine(analysis: Analysis, long_side: int, known_by: Known | None = None) -> Depth:
    """Return depth with the edges of the picture, so many pixels on its long side or fewer."""
    depth = analysis.get(NEARNESS, known_by=known_by)
    if depth.known_by is Known.FILE:
        return depth
    rgb = analysis.thumbnail(analysis.size.within(long_side))
    return replace(depth, nearness=along_edges(depth.nearness, rgb))


def _fine(analysis: Analysis, known_by: Known) -> Depth:
    return fine(analysis, LONG_SIDE, known_by)


def _dump(depth: Depth) -> bytes:
    head = {"confidence": depth.confidence, "known_by": depth.known_by}
    return json.dumps(head).encode() + b"\n" + MAP.dump(depth.nearness)


def _load(data: bytes) -> Depth:
    head, _, png = bytes(data).partition(b"\n")
    said = json.loads(head)
    return Depth(MAP.load(png), said["confidence"], Known(said["known_by"]))


def _to_json(depth: Depth) -> dict[str, object]:
    about = {"confidence": round(depth.confidence, 3), "known_by": depth.known_by.value}
    return {**about, **map_to_json(depth.nearness)}


def _sentence(depth: Depth) -> str:
    by = {
        Known.FILE: "The file has a map of depth.",
        Known.NETWORK: f"Depth was made out, with a confidence of {depth.confidence:.0%}.",
        Known.ORDER: "What is nearer than what was made out roughly; with the network for depth "
        "(foveate models pull depth) there are edges.",
    }
    return by[depth.known_by]


_CODEC: Final[Codec[Depth]] = Codec(_dump, _load)
NEARNESS: Final[Part[Depth]] = Part(
    name="nearness",
    compute=_compute,
    codec=_CODEC,
    params=("known_by",),
    every=({"known_by": Known.NETWORK},),
    settle=_settle,
    networks=(NETWORK, GAZE),
    chosen=lambda known_by: NETWORK if known_by is Known.NETWORK else GAZE,
    input_size=_input_size,
    settings=lambda _: SALIENCY.version,
    memory_bytes=lambda _, **__: MEMORY_BYTES,
)
"""Nearness in 0..1 over the whole upright source, linear in 1 / distance, without a scale. It is as
fine as its network makes it: renditions have the picture's edges anyway."""

DEPTH: Final[Part[Depth]] = Part(
    name="depth",
    compute=_fine,
    codec=_CODEC,
    params=("known_by",),
    every=(),  # its networks are asked by the part above
    settle=_settle,
    networks=NEARNESS.networks,
    chosen=NEARNESS.chosen,
    input_size=lambda _, size, **__: size.within(LONG_SIDE),
    settings=lambda _: (SALIENCY.version, NEARNESS.version),
    memory_bytes=NEARNESS.memory_bytes,
    offer=Offer(
        "how near each place is: a map over the whole picture as grey PNG in base64, white is "
        "nearest, and how sure that is",
        {"confidence": 0.71, "known_by": "network", **MAP_EXAMPLE},
        _to_json,
        _sentence,
    ),
)
"""The same with the edges of the picture, 512 pixels on its long side."""
