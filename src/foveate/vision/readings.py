"""What each network wants to see of a face, and what its numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from foveate.values import HeadPose
from foveate.vision.align import square, upright, warp
from foveate.vision.batches import run_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.ports import Session
    from foveate.values import Face
    from foveate.vision.align import Pyramid, Similarity

    Floats = NDArray[np.float32]
    Crop = NDArray[np.uint8]
    Place = Callable[[Face, int], Similarity]
    Meaning = Callable[[Sequence[Floats]], Sequence[Any]]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """One network: the crops it wants, as it wants them, and what it says."""

    card: str
    input: str
    side: int
    looks: tuple[Place, ...]
    """Where the crops of a face lie. With several, the mean of the answers counts."""
    tensor: Callable[[Floats], Floats]
    """From (crops, side, side, 3) RGB, 0..255, to the network's input."""
    gives: Mapping[str, Meaning]
    """Fields of `Attributes`, and how to read them from the outputs, a value for each face."""

    def __call__(self, session: Session, picture: Pyramid, faces: Sequence[Face]) -> list[Floats]:
        """Return the network's outputs, a row for each face, of which there must be one."""
        places = [look(face, self.side) for face in faces for look in self.looks]
        return self._run(session, places, lambda place: warp(picture, place, self.side))

    def crops(self, picture: Pyramid, face: Face) -> Crop:
        """Return a face as the network looks at it: (looks, side, side, 3) RGB."""
        places = (look(face, self.side) for look in self.looks)
        return np.stack([warp(picture, place, self.side) for place in places])

    def of_crops(self, session: Session, faces: Sequence[Crop]) -> list[Floats]:
        """Return the same as a call with the faces from which `crops` made these, if any."""
        return self._run(session, [crop for crops in faces for crop in crops], lambda crop: crop)

    def _run(
        self, session: Session, things: Sequence[T], crop: Callable[[T], Crop]
    ) -> list[Floats]:
        def inputs(batch: Sequence[T]) -> Mapping[str, Floats]:
            crops = np.stack([crop(thing) for thing in batch])
            return {self.input: self.tensor(crops.astype(np.float32))}

        outputs = run_all(session, things, inputs)
        shape = (-1, len(self.looks))
        return [output.reshape(*shape, *output.shape[1:]).mean(1) for output in outputs]


def _upright(context: float, lift: float = 0.0) -> Place:
    return lambda face, side: upright(face.landmarks, side, context, lift=lift)


def _square(context: float) -> Place:
    return lambda face, side: square(face.box, side, context)


def _planes(pixels: Floats) -> Floats:
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))


# Age and gender -----------------------------------------------------------------------------

VGG_MEAN: Final = np.array([103.939, 116.779, 123.68], np.float32)
"""Blue, green, red. The network was trained with it taken off, whatever its package does."""
AGE_STRETCH: Final = 1.13
AGE_SHIFT: Final = -1.6
"""The network reads adults as younger than they are. Fitted on 421 faces; fitted on one half of
them it helps the other half as much."""
GENDER_BIAS: Final = 0.5
"""It also takes women for men rather than men for women; so much log-odds sets it right."""
_AGE_EDGES: Final = np.arange(101) - 0.5


def blue_first(pixels: Floats) -> Floats:
    """Return crops as the age network wants them."""
    return np.ascontiguousarray(pixels[..., ::-1]) - VGG_MEAN


def ages(outputs: Sequence[Floats]) -> list[tuple[float, ...]]:
    """Return the probability of each age from 0 to 99 years, for each face."""
    _, _, raw = outputs
    sources = (_AGE_EDGES - AGE_SHIFT) / AGE_STRETCH
    below = np.array([np.interp(sources, _AGE_EDGES, [0.0, *row.cumsum()]) for row in raw])
    below[:, 0], below[:, -1] = 0.0, raw.sum(1)
    return [tuple(map(float, row)) for row in np.diff(below) / below[:, -1:]]


def genders(outputs: Sequence[Floats]) -> list[dict[str, float]]:
    """Return the probability of each gender, for each face."""
    male = outputs[0][:, 0].astype(float)
    odds = male * exp(-GENDER_BIAS)
    share = odds / (odds + 1 - male)
    return [{"female": 1 - float(value), "male": float(value)} for value in share]


FACERES: Final = Reading(
    card="faceres",
    input="input_1",
    side=224,
    looks=(_upright(1.1),),
    tensor=blue_first,
    gives={"age": ages, "gender": genders},
)

# Emotion ------------------------------------------------------------------------------------

EMOTIONS: Final = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
SEEN_IN_TRAINING: Final = np.array([0.138, 0.015, 0.143, 0.250, 0.169, 0.112, 0.173])
"""Shares of the emotions in FER2013, on which the network was trained."""
BALANCE: Final = 0.5
"""How much of that is taken back: 0 trusts that the world is like FER2013, 1 that all are as
frequent. Half is the usual compromise, and near the best on posed faces."""
CONTRAST: Final = 0.45
GRAY: Final = np.array([0.299, 0.587, 0.114], np.float32)


def even_gray(pixels: Floats) -> Floats:
    """Return crops in gray, each with mean 0 and the same contrast, within -1..1."""
    gray = pixels @ GRAY
    gray -= gray.mean((1, 2), keepdims=True)
    gray *= CONTRAST / (gray.std((1, 2), keepdims=True) + np.float32(1))
    return gray.clip(-1, 1)[..., None]


def emotions(outputs: Sequence[Floats]) -> list[dict[str, float]]:
    """Return the probability of each of seven emotions, for each face."""
    weighted = outputs[0] / SEEN_IN_TRAINING**BALANCE
    return _named(EMOTIONS, weighted / weighted.sum(1, keepdims=True))


def _named(words: Sequence[str], shares: NDArray[np.floating]) -> list[dict[str, float]]:
    return [dict(zip(words, map(float, row), strict=True)) for row in shares]


EMOTION: Final = Reading(
    card="emotion",
    input="input_1",
    side=64,
    looks=(_upright(0.9), _upright(1.0)),
    tensor=even_gray,
    gives={"emotion": emotions},
)

# Race ---------------------------------------------------------------------------------------

RACES: Final = ("white", "black", "asian", "indian", "other")


def races(outputs: Sequence[Floats]) -> list[dict[str, float]]:
    """Return the probability of each of five words for looks, for each face."""
    return _named(RACES, outputs[0])


GEAR: Final = Reading(
    card="gear",
    input="input_1",
    side=198,
    looks=(_upright(0.88, lift=0.166),),
    tensor=lambda pixels: pixels / np.float32(255),
    gives={"race": races},
)

# Head pose and liveness ---------------------------------------------------------------------

IMAGENET_MEAN: Final = np.array([123.675, 116.28, 103.53], np.float32)
IMAGENET_STD: Final = np.array([58.395, 57.12, 57.375], np.float32)
_DEGREES: Final = np.arange(66) * 3.0 - 99.0


def softmax(raw: Floats) -> Floats:
    """Return rows of probabilities."""
    grown = np.exp(raw - raw.max(-1, keepdims=True))
    shares: Floats = grown / grown.sum(-1, keepdims=True)
    return shares


def poses(outputs: Sequence[Floats]) -> list[HeadPose]:
    """Return how each head is turned. The network's own yaw is positive to the left."""
    yaw, pitch, roll = (softmax(bins) @ _DEGREES for bins in outputs)
    rows = zip(yaw, pitch, roll, strict=True)
    return [HeadPose(yaw=-float(y), pitch=float(p), roll=float(r)) for y, p, r in rows]


def liveness(outputs: Sequence[Floats]) -> list[float]:
    """Return how likely each face is no photo and no screen: 0..1."""
    return [float(real) for real in softmax(outputs[0])[:, 0]]


HEAD_POSE: Final = Reading(
    card="head-pose",
    input="input",
    side=224,
    looks=(_square(1.2),),
    tensor=lambda pixels: _planes((pixels - IMAGENET_MEAN) / IMAGENET_STD),
    gives={"pose": poses},
)
LIVENESS: Final = Reading(
    card="liveness",
    input="input",
    side=128,
    looks=(_square(2.7),),
    tensor=lambda pixels: _planes(pixels[..., ::-1]),
    gives={"liveness": liveness},
)

READINGS: Final = (GEAR, FACERES, HEAD_POSE, LIVENESS, EMOTION)
"""The longest first: beside it, another processor does all the others."""
