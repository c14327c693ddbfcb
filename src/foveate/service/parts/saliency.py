"""Saliency: how much each place of a picture is looked at, and what the same look tells besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.classes import PERSON
from foveate.gravity.importance import fitted, importance
from foveate.service.networks import Network
from foveate.service.part import MAP, Codec, Offer, Part
from foveate.service.parts.faces import FACES, faces_to_keep
from foveate.service.parts.matte import MATTE
from foveate.service.parts.objects import OBJECTS
from foveate.service.serialise import MAP_EXAMPLE, map_to_json
from foveate.vision.saliency import Gaze

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.geometry.box import Box, Size
    from foveate.ports import MapNetwork
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks


SURELY: Final = 0.5
"""From this score on somebody is in a box that was found for a person."""


def _make(networks: Networks) -> MapNetwork:
    return Gaze(networks.session("gaze"))


# onnxruntime runs the int8 variant in its place.
NETWORK: Final[Network[MapNetwork]] = Network("saliency", _make, ("gaze", "gaze-int8"))


def _input_size(networks: Networks, size: Size) -> Size:
    return networks.of(NETWORK).input_size(size)


def _compute(analysis: Analysis) -> NDArray[np.float32]:
    size = _input_size(analysis.networks, analysis.size)
    return analysis.networks.of(NETWORK)(analysis.thumbnail(size))


def _dump(both: NDArray[np.float32]) -> bytes:
    return MAP.dump(np.concatenate(both))


def _load(data: bytes) -> NDArray[np.float32]:
    return np.stack(np.split(MAP.load(data), 3))


def maps(analysis: Analysis) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return how much each place is looked at, and how probably it is a person's: 0..1."""
    of_looks, of_people, _ = analysis.get(SALIENCY)
    return of_looks, of_people


def known_matte(analysis: Analysis) -> NDArray[np.float32] | None:
    """Return the matte if this request has computed it anyway, and nothing else."""
    return analysis.wanted_by(SALIENCY).get(MATTE)


def known_people(analysis: Analysis) -> list[Box]:
    """Return the boxes of people if this request has looked for things anyway."""
    things = analysis.wanted_by(SALIENCY).get(OBJECTS, ())
    return [thing.box for thing in things if thing.label == PERSON and thing.score >= SURELY]


def looks(analysis: Analysis) -> NDArray[np.float64]:
    """Return the map that crops go by: faces, and a subject that is known anyway, are in it.

    It is the square root of the density of looks, relative to its peak: 0..1.
    """
    faces, matte = faces_to_keep(analysis), known_matte(analysis)
    share = importance(maps(analysis)[0], faces, matte, analysis.size)
    seen: NDArray[np.float64] = np.sqrt(share / share.max())
    return seen


def _to_json(seen: NDArray[np.floating]) -> dict[str, object]:
    """Return the map, and its brightest place in 0..1 from left and top."""
    return {"point": _brightest(seen), **map_to_json(seen)}


def _brightest(seen: NDArray[np.floating]) -> list[float]:
    row, column = np.unravel_index(int(seen.argmax()), seen.shape)
    height, width = seen.shape
    return [round((float(column) + 0.5) / width, 4), round((float(row) + 0.5) / height, 4)]


def _sentence(seen: NDArray[np.floating]) -> str:
    x, y = _brightest(seen)
    return f"The eye goes to {x:.0%} of the width and {y:.0%} of the height."


SALIENCY: Final[Part[NDArray[np.float32]]] = Part(
    name="saliency",
    compute=_compute,
    # One below the other in one picture.
    codec=Codec(_dump, _load),
    version=3,
    beside=(FACES,),
    wants=(MATTE, OBJECTS),
    networks=(NETWORK,),
    input_size=_input_size,
    # What crops make of it is fitted too.
    counts=lambda _: fitted(),
    offer=Offer(
        "how much each place is looked at: a map over the whole picture as grey PNG in base64",
        {"point": [0.43, 0.21], **MAP_EXAMPLE},
        _to_json,
        _sentence,
        looks,
    ),
)
"""Three maps of (rows, columns) over the whole upright source: of looks, of people, and what the
part `depth` goes by."""
