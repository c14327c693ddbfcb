"""Networks that see what the test says."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from foveate.deadline import Deadline
from foveate.geometry.box import Box, Size
from foveate.imaging.probe import probe
from foveate.options.model import MatteLevel
from foveate.service.analysis import Analyses
from foveate.service.networks import Networks
from foveate.settings import Faces, Limits, Settings, Text
from foveate.storage.memory import MemoryCache
from foveate.storage.source import Source
from foveate.storage.tiers import TieredCache
from foveate.trace import Trace
from foveate.values import Attributes, Face, FaceQuality, HeadPose, TextLine, Thing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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


class Things:
    """Sees red and blue blocks: cars and dogs, each as sure as it is said to be."""

    name = "blocks"

    def __init__(self, score: float = 0.8) -> None:
        self.score, self.calls = score, 0

    def input_size(self, size: Size) -> Size:
        return Size(max(1, size.width // 2), max(1, size.height // 2))

    def __call__(
        self, thumbnail: Callable[[Size], NDArray[np.uint8]], size: Size
    ) -> tuple[Thing, ...]:
        self.calls += 1
        rgb = thumbnail(self.input_size(size)).astype(int)
        found = []
        for label, band in (("car", 0), ("dog", 2)):
            others = np.delete(rgb, band, axis=2).max(2)
            shown = rgb[..., band] - others > 100
            if shown.any():
                rows, columns = np.flatnonzero(shown.any(1)), np.flatnonzero(shown.any(0))
                ends = (int(rows[0]), int(rows[-1]) + 1), (int(columns[0]), int(columns[-1]) + 1)
                found.append(Thing(label, Box.of_cells(*ends, shown.shape, size), self.score))
        return tuple(found)


class Saliency:
    """Looks at what is red, and takes for a person what is blue; what is low is near."""

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
        # The lower, the nearer.
        near = np.linspace(63, 191, rgb.shape[0], dtype=np.float32)[:, None] + 0 * looks
        return (np.stack([looks, people, near]) / 255).clip(0, 1)


class Near:
    """Takes what is yellow for near, and what is low."""

    name = "yellow"

    def input_size(self, size: Size) -> Size:  # noqa: ARG002
        return Size(320, 192)

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        yellow = rgb[..., :2].min(2).astype(np.float32) - rgb[..., 2]
        down = np.linspace(0.1, 0.5, rgb.shape[0], dtype=np.float32)[:, None]
        near: NDArray[np.float32] = down + 0.5 * (yellow > 60)
        return near


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


class Glancer:
    """Takes every picture for an espresso, and finds it as red as it is."""

    name = "espresso"
    CLASS = 967

    def input_size(self, size: Size) -> Size:  # noqa: ARG002
        return Size(224, 224)

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        said = np.zeros(2280, np.float32)
        said[:3] = 1 + rgb.reshape(-1, 3).mean(0)
        said[1280 + self.CLASS] = 10
        return said


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


class Selfies:
    """A network that sees people where a picture is green, and is sure of none elsewhere."""

    name = "selfies"

    def people(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        green = rgb[..., 1].astype(int) - rgb[..., 0] > 60
        return np.where(green, np.float32(1), np.float32(0))


class Modest:
    """Sees no nudity anywhere."""

    name = "modest"

    def input_size(self, size: Size) -> Size:  # noqa: ARG002
        return Size(64, 64)

    def __call__(self, rgb: NDArray[np.uint8]) -> float:
        assert rgb.shape == (64, 64, 3)
        return 0.125


class Filled:
    """Takes all of a box for the thing."""

    name = "filled"

    def __call__(
        self,
        rgb: NDArray[np.uint8],
        box: Box,
        *,
        person: bool,  # noqa: ARG002
    ) -> tuple[Box, NDArray[np.float32]]:
        assert Box(0, 0, rgb.shape[1], rgb.shape[0]).contains(box)
        return box, np.ones((96, 96), np.float32)


class Letters:
    """Sees lines of text, given as boxes of the source, in whatever size the picture comes."""

    name = "drawn lines"

    def __init__(
        self,
        *boxes: Box,
        size: Size = Size(320, 240),  # noqa: B008
        score: float = 0.9,
        small: int = 2,
    ) -> None:
        self.boxes, self.size, self.score, self.small, self.calls = boxes, size, score, small, 0

    def input_size(self, size: Size) -> Size:
        return Size(max(1, size.width // self.small), max(1, size.height // self.small))

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        self.calls += 1
        across, down = rgb.shape[1] / self.size.width, rgb.shape[0] / self.size.height
        return tuple(self._line(box.scaled(across, down)) for box in self.boxes)

    def _line(self, box: Box) -> TextLine:
        left, top, right, bottom = box.left, box.top, box.right, box.bottom
        return TextLine(((left, top), (right, top), (right, bottom), (left, bottom)), self.score)


class Spelling:
    """Reads each line as the place where it begins, in the pixels it was shown."""

    name = "spelling"

    def __init__(self, score: float = 0.95) -> None:
        self.score = score
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, rgb: NDArray[np.uint8], lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
        self.shapes.append(rgb.shape)
        said = [f"{line.quad[0][0]:.0f},{line.quad[0][1]:.0f}" for line in lines]
        return tuple(
            replace(line, score=self.score, text=text)
            for line, text in zip(lines, said, strict=True)
        )


SCORES = {"score": 0.5, "gravity_score": 0.5, "redact_score": 0.5}


def analyses(
    detector: Detector | None = None,
    *,
    memo: TieredCache | None = None,
    scores: Mapping[str, float] = SCORES,
    writing: Text | None = None,
    letters: Letters | None = None,
    missing: tuple[str, ...] = ("nudenet",),
    **others: Any,
) -> Analyses:
    """Analyses that look with these networks, by the names under which parts declare them."""
    detector = detector or Detector()
    made = {
        "faces": detector,
        "fine-faces": detector,
        "doubtful-faces": detector,
        "saliency": Saliency(),
        "depth": Near(),
        "objects": Things(),
        "masks": Filled(),
        **{f"matte-{level}": Matting(level) for level in MatteLevel},
        "selfie": Selfies(),
        "attributes": Reader(),
        "embedding": Embedder(),
        "opennsfw": Modest(),
        "nudenet": Modest(),
        "text": Spelling(),
        **dict.fromkeys(("text-lines", "hidden-text", "fine-hidden-text"), letters or Letters()),
        "tags": Glancer(),
        **others,
    }
    settings = Settings(faces=Faces(**scores), text=writing or Text())
    return Analyses(
        networks=Networks(settings, no_session, ready=lambda name: name not in missing, made=made),
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
