"""Whether a face is good enough to be found again by."""

from __future__ import annotations

import pytest

from foveate.values import Attributes, FaceQuality, HeadPose
from foveate.vision.gate import LEAST, SURE, refusal


def read(score: float, yaw: float = 0.0, **spoilt: float) -> Attributes:
    quality = FaceQuality(**{"score": score, "sharpness": 1, "exposure": 1, "size": 1, **spoilt})
    pose = HeadPose(yaw=yaw, pitch=0.0, roll=80.0)
    return Attributes(pose=pose, quality=quality, liveness=1.0)


def test_good_faces_are_not_refused() -> None:
    assert refusal(read(LEAST, size=0.1), LEAST) is None
    assert refusal(read(0.0, size=0.1), 0.0) is None
    assert refusal(read(1.0), LEAST, score=SURE) is None
    assert refusal(read(1.0), 0.0, score=0.5) is None


def test_what_the_detector_is_not_sure_of_is_refused_however_good_it_looks() -> None:
    assert refusal(read(1.0), LEAST, score=0.89) == "unsure"
    assert refusal(read(0.1, size=0.1), LEAST, score=0.5) == "unsure"


@pytest.mark.parametrize(
    ("face", "word"),
    [
        (read(0.1, size=0.2, sharpness=0.5), "small"),
        (read(0.1, size=0.5, sharpness=0.2), "blurred"),
        (read(0.1, exposure=0.1, size=0.5), "dark"),
        (read(0.1, yaw=85.0, size=0.5), "turned"),
    ],
)
def test_the_reason_is_what_spoils_it_most(face: Attributes, word: str) -> None:
    assert refusal(face, LEAST) == word
