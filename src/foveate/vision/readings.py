"""What each network wants to see of a face, and what its numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from foveate.values import HeadPose
from foveate.vision.align import EdgeMode, amid_black, lean, square, upright, warp
from foveate.vision.batches import run_all
from foveate.vision.inputs import softmax

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.ports import Session
    from foveate.values import Face
    from foveate.vision.align import Pyramid

    Floats = NDArray[np.float32]
    Crop = NDArray[np.uint8]
    Cut = Callable[[Pyramid, Face, int], Crop]
    Meaning = Callable[[Sequence[Floats]], Sequence[Any]]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """One network: the crops it wants, as it wants them, and what it says."""

    card: str
    input: str
    side: int
    looks: tuple[Cut, ...]
    """What cuts a face out. With several, the mean of the answers counts."""
    tensor: Callable[[Floats], Floats]
    """From (crops, side, side, 3) RGB, 0..255, to the network's input."""
    gives: Mapping[str, Meaning]
    """Fields of `Attributes`, and how to read them from the outputs, a value for each face."""

    def __call__(self, session: Session, picture: Pyramid, faces: Sequence[Face]) -> list[Floats]:
        """Return the network's outputs, a row for each face, of which there must be one."""
        cuts = [(look, face) for face in faces for look in self.looks]
        return self._run(session, cuts, lambda cut: cut[0](picture, cut[1], self.side))

    def crops(self, picture: Pyramid, face: Face) -> Crop:
        """Return a face as the network looks at it: (looks, side, side, 3) RGB."""
        return np.stack([look(picture, face, self.side) for look in self.looks])

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


def _upright(context: float, lift: float = 0.0) -> Cut:
    return lambda picture, face, side: warp(
        picture, upright(face.landmarks, side, context, lift=lift), side
    )


def _square(context: float) -> Cut:
    return lambda picture, face, side: warp(picture, square(face.box, side, context), side)


def _leaning(picture: Pyramid, face: Face, side: int) -> Crop:
    """Return the square around the box of a face, turned as the face is."""
    return warp(picture, square(face.box, side, turn=lean(face.landmarks)), side, EdgeMode.BLACK)


def _alone(picture: Pyramid, face: Face, side: int) -> Crop:
    """Return the box of a face, turned as the face is, in the middle of a black square."""
    return amid_black(_leaning(picture, face, side), face.box)


def _planes(pixels: Floats) -> Floats:
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))


# Age, gender and emotion --------------------------------------------------------------------

FACE_API_MEAN: Final = np.array([122.782, 117.001, 104.298], np.float32)
EMOTIONS: Final = ("neutral", "happy", "sad", "angry", "fear", "disgust", "surprise")
AGE_SPREAD: Final = 0.3
LEAST_SPREAD, MOST_SPREAD = 2.0, 11.0
"""An age is told with so much of it to either side, and between so many years."""
AGES_WITHIN: Final = 0.8
"""Of the 421 faces of utkface, and of each age that is told of them, so many lie within that."""


def without_mean(pixels: Floats) -> Floats:
    """Return crops as the networks of face-api want them: planes of about -0.5 to 0.6."""
    return _planes((pixels - FACE_API_MEAN) / np.float32(255))


def ages(outputs: Sequence[Floats]) -> list[float]:
    """Return the age of each face in years."""
    return [max(0.0, float(years)) for years in outputs[0][:, 0]]


def age_range(years: float) -> tuple[int, int]:
    """Return the whole years between which `AGES_WITHIN` of people read as that old are."""
    off = min(max(LEAST_SPREAD, AGE_SPREAD * years), MOST_SPREAD)
    return max(0, round(years - off)), round(years + off)


def genders(outputs: Sequence[Floats]) -> list[dict[str, float]]:
    """Return the probability of each gender, for each face."""
    return [{"female": float(female), "male": float(male)} for male, female in outputs[1]]


def emotions(outputs: Sequence[Floats]) -> list[dict[str, float]]:
    """Return the probability of each of seven emotions, for each face."""
    return _named(EMOTIONS, outputs[0])


def _named(words: Sequence[str], shares: NDArray[np.floating]) -> list[dict[str, float]]:
    return [dict(zip(words, map(float, row), strict=True)) for row in shares]


AGE_GENDER: Final = Reading(
    card="age-gender",
    input="input",
    side=112,
    looks=(_alone,),
    tensor=without_mean,
    gives={"age": ages, "gender": genders},
)
EXPRESSION: Final = Reading(
    card="expression",
    input="input",
    side=112,
    looks=(_leaning,),
    tensor=without_mean,
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

READINGS: Final = (GEAR, LIVENESS, HEAD_POSE, AGE_GENDER, EXPRESSION)
"""The longest first: beside it, another processor does all the others."""
