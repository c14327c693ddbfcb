"""Networks that see what the test says."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from foveate.deadline import Deadline
from foveate.geometry.box import Box, Size
from foveate.imaging.probe import probe
from foveate.options.model import MatteLevel
from foveate.service.analysis import Analyses
from foveate.service.networks import Networks
from foveate.settings import Faces, Limits, Settings
from foveate.storage.memory import MemoryCache
from foveate.storage.source import Source
from foveate.storage.tiers import TieredCache
from foveate.trace import Trace
from foveate.values import Attributes, Face, FaceQuality, HeadPose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.service.work import Work


T = TypeVar("T")
HEAD = Box(200, 50, 60, 80)
"""The head of the fixture `photo`."""
POOL = ThreadPoolExecutor(4)


class Detector:
    """Sees the drawn head, in whatever size the picture comes."""

    name = "drawn"

    def __init__(
        self,
        box: Box | None = HEAD,
        size: Size = Size(320, 240),  # noqa: B008
        score: float = 0.98,
    ) -> None:
        self.box, self.size, self.score, self.calls = box, size, score, 0

    def input_size(self, size: Size) -> Size:
        return Size(max(1, size.width // 2), max(1, size.height // 2))

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        self.calls += 1
        height, width, _ = rgb.shape
        if self.box is None:
            return ()
        box = self.box.scaled(width / self.size.width, height / self.size.height)
        left, middle, right = (box.left + box.width * share for share in (0.3, 0.5, 0.7))
        rows = [box.top + box.height * share for share in (0.4, 0.6, 0.75)]
        marks = ((left, rows[0]), (right, rows[0]), (middle, rows[1]))
        return (Face(box, self.score, (*marks, (left, rows[2]), (right, rows[2]))),)


class Saliency:
    """Looks at what is red, and takes for a person what is blue."""

    name = "redness"

    def __init__(self) -> None:
        self.calls = 0

    def input_size(self, size: Size) -> Size:
        scale = 32 / size.long_side
        return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.calls += 1
        red, green, blue = (rgb[..., band].astype(np.float32) for band in range(3))
        looks, people = red - np.maximum(green, blue), blue - np.maximum(red, green)
        return (np.stack([looks, people]) / 255).clip(0, 1)


class Matting:
    """Takes the drawn head for the subject, with a soft edge."""

    def __init__(self, level: MatteLevel | None, box: Box = HEAD) -> None:
        self.name = f"head-{level}"
        self.box = box

    def input_size(self, size: Size) -> Size:  # noqa: ARG002
        return Size(64, 48)

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        y, x = np.mgrid[0:48, 0:64].astype(np.float32) * 5 + 2.5
        across, down = self.box.middle
        far = ((x - across) / self.box.width) ** 2 + ((y - down) / self.box.height) ** 2
        assert rgb.shape == (48, 64, 3)
        return np.clip(4 * (0.4 - far), 0, 1)


class Reader:
    """Reads the same from every face."""

    name = "palm"

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, rgb: NDArray[np.uint8], faces: Sequence[Face]) -> tuple[Attributes, ...]:
        self.shapes.append(rgb.shape)
        read = Attributes(
            pose=HeadPose(yaw=-3.0, pitch=4.0, roll=5.0),
            quality=FaceQuality(score=0.4, sharpness=0.5, exposure=0.9, size=1.0),
            liveness=0.97,
            age=35.04,
            gender={"female": 0.7, "male": 0.3},
        )
        return (read,) * len(faces)


class Embedder:
    """Turns every face into the mean colour of its box."""

    name = "colours"

    def __call__(self, rgb: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        vectors = np.zeros((len(faces), 512), np.float32)
        for row, face in zip(vectors, faces, strict=True):
            box = face.box
            top, left = int(box.top), int(box.left)
            part = rgb[top : int(box.bottom) + 1, left : int(box.right) + 1]
            colour = part.reshape(-1, 3).mean(0)
            row[:3] = colour / np.linalg.norm(colour)
        return vectors


class Modest:
    """Sees no nudity anywhere."""

    name = "modest"

    def input_size(self, size: Size) -> Size:  # noqa: ARG002
        return Size(64, 64)

    def __call__(self, rgb: NDArray[np.uint8]) -> float:
        assert rgb.shape == (64, 64, 3)
        return 0.125


SCORES = {"score": 0.5, "gravity_score": 0.5, "redact_score": 0.5}


def analyses(
    detector: Detector | None = None,
    *,
    memo: TieredCache | None = None,
    scores: Mapping[str, float] = SCORES,
    **others: Any,
) -> Analyses:
    """Analyses that look with these networks, by the names under which parts declare them."""
    detector = detector or Detector()
    made = {
        "faces": detector,
        "fine-faces": detector,
        "doubtful-faces": detector,
        "saliency": Saliency(),
        **{f"matte-{level}": Matting(level) for level in MatteLevel},
        "attributes": Reader(),
        "embedding": Embedder(),
        "opennsfw": Modest(),
        "nudenet": Modest(),
        **others,
    }
    settings = Settings(faces=Faces(**scores))
    return Analyses(
        networks=Networks(settings, no_session, ready=lambda name: name != "nudenet", made=made),
        memo=memo or forgetting(1_000_000),
        pool=POOL,
    )


def no_session(card: str) -> Any:
    raise AssertionError(f"nobody was to load {card}")


def forgetting(max_bytes: int) -> TieredCache:
    """A memo of that many bytes, all in memory."""
    return TieredCache(MemoryCache(max_bytes), MemoryCache(0))


def picture(data: bytes, limits: Limits | None = None) -> Source:
    return Source(data, probe=partial(probe, limits=limits or Limits()))


def soon() -> Deadline:
    return Deadline(time.monotonic() + 20)


def done(work: Work[T]) -> T:
    """What a verb gives, in this thread."""
    return work.run(soon(), Trace())
