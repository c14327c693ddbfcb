"""The seams: what the layers above may ask of the layers below, and the values that pass.

One or two methods each. Tests pass fakes here and never patch our own modules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Box, Point, Size


@dataclass(frozen=True, slots=True)
class Face:
    """One face: its box and five landmarks in pixels of the upright source, and its score.

    Landmarks are x, y pairs in the order of `LANDMARKS`; left and right as seen in the picture.
    """

    box: Box
    score: float
    landmarks: tuple[tuple[float, float], ...]

    def scaled(self, x: float, y: float) -> Face:
        """Return the face in a picture enlarged by `x` times across and `y` times down."""
        marks = tuple((left * x, top * y) for left, top in self.landmarks)
        return Face(self.box.scaled(x, y), self.score, marks)


LANDMARKS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")


class FaceDetector(Protocol):
    """Finds faces."""

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        ...

    def detector_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking for its faces."""
        ...

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return the faces of a (height, width, 3) RGB picture, best score first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadPose:
    """How a head is turned, in degrees; 0, 0, 0 looks into the camera.

    `yaw` is positive when the head is turned to the right of the picture, `pitch` when it looks
    up, `roll` when it leans to the right of the picture.
    """

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well a face can be recognised: each 0 (not at all) to 1 (as in a passport photo)."""

    score: float
    """The product of what spoils a face: all of the below, and the pose."""
    sharpness: float
    exposure: float
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What networks guess of one face. What was not looked at is None.

    Probabilities sum to 1. They are guesses: docs/guides/people.md says how often they are wrong.
    """

    pose: HeadPose
    quality: Quality
    liveness: float
    """Probability that a person stood before the camera, and not a photo or a screen."""
    age: tuple[float, ...] | None = None
    """Probability of each age from 0 to 99 years."""
    gender: Mapping[str, float] | None = None
    emotion: Mapping[str, float] | None = None
    race: Mapping[str, float] | None = None


class Session(Protocol):
    """A loaded network, whatever engine runs it."""

    @property
    def provider(self) -> str:
        """Return what it really runs on, e.g. `CPUExecutionProvider` or `openvino CPU bf16`."""
        ...

    @property
    def shapes(self) -> Sequence[tuple[int, ...]]:
        """Return the input shapes that it was compiled for; empty when any shape is as good.

        Others work too, and cost a compilation.
        """
        ...

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs in the order of the network. Safe to call from many threads."""
        ...


class SaliencyNetwork(Protocol):
    """Says how much each place of a picture matters."""

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        ...

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking."""
        ...

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return a map in 0..1 of a (height, width, 3) RGB picture.

        Its rows and columns lie evenly over the whole picture, whatever their number.
        """
        ...


class Matting(Protocol):
    """Separates the subject from its background."""

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        ...

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking; sides may be stretched."""
        ...

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the matte of a (height, width, 3) RGB picture: alpha in 0..1, (height, width)."""
        ...


class FaceReader(Protocol):
    """Reads the attributes of faces."""

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that the answer depends on."""
        ...

    def __call__(self, rgb: NDArray[np.uint8], faces: Sequence[Face]) -> tuple[Attributes, ...]:
        """Return the attributes of each face, whose place is given in pixels of `rgb`."""
        ...


class FaceEmbedder(Protocol):
    """Turns faces into vectors that are close when the person is the same."""

    @property
    def name(self) -> str:
        """Return what names the network and every setting that the answer depends on."""
        ...

    def __call__(self, rgb: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        """Return (faces, 512) unit vectors; places of faces are in pixels of `rgb`."""
        ...


class Analysis(Protocol):
    """What is known of one source, in its upright pixels; each part is computed on first use."""

    @property
    def size(self) -> Size:
        """Return the size of the upright source."""
        ...

    def faces(self) -> Sequence[Face]:
        """Return the faces that count for a crop, best score first."""
        ...

    def saliency(self) -> NDArray[np.float32]:
        """Return how much each place matters: a map in 0..1 over the whole source."""
        ...

    def known_matte(self) -> NDArray[np.float32] | None:
        """Return the matte, alpha in 0..1 over the whole source, if it was made before."""
        ...

    def attention(self, within: Box) -> Point:
        """Return the place of the whole source where libvips' `attention` goes in that part."""
        ...

    def entropy(self, within: Box, window: Size) -> Box:
        """Return the window of that size in that part that libvips' `entropy` keeps."""
        ...


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes of a source and what its origin says about them."""

    data: bytes
    version: str
    """What changes when the bytes change: an ETag, or size and modification time."""
    etag: str = ""
    """The origin's own ETag without quotes, or empty."""
    max_age_s: float | None = None
    """How long the origin lets it be kept; None when it does not say."""
    must_revalidate: bool = False
    private: bool = False
    """For nobody but who asks now: no cache may keep it, or what is made from it."""


class Source(Protocol):
    """Where pictures come from. `key` is a path under the source, or an absolute URL."""

    async def version(self, key: str) -> str | None:
        """Return the version without reading the bytes, or None when only reading tells.

        Cheap enough to be asked on every request. Raises SourceNotFound and its siblings.
        """
        ...

    async def read(self, key: str) -> Original:
        """Return the original. Raises a SourceError or OriginNotAllowed."""
        ...


class Immediate(Source, Protocol):
    """A source that may know the version without waiting."""

    def version_now(self, key: str) -> str | None:
        """Return the version of an original read before, or None when only `version` can tell.

        Raises SourceNotFound and its siblings.
        """
        ...


@dataclass(frozen=True, slots=True)
class Rendition:
    """The bytes we answer with, and what is worth saying about them."""

    data: bytes
    content_type: str
    size: Size | None
    facts: Mapping[str, str] = field(default_factory=dict)
    """Response headers that describe how it was made, e.g. `Foveate-Gravity`."""
    timings_ms: Mapping[str, float] = field(default_factory=dict)


class Cache(Protocol):
    """A byte-bounded store that may forget anything at any time."""

    def get(self, key: str) -> bytes | None:
        """Return what was put there, whole, or None."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Keep it, if there is room for it."""
        ...


class Tiers(Cache, Protocol):
    """A cache of which a part answers at once."""

    @property
    def memory(self) -> Cache:
        """Return that part, which never waits for a disk."""
        ...
