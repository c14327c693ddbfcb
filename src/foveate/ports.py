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


class Session(Protocol):
    """A loaded network, whatever engine runs it."""

    @property
    def provider(self) -> str:
        """Return what it really runs on, e.g. `CPUExecutionProvider`."""
        ...

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs in the order of the network. Safe to call from many threads."""
        ...


class Analysis(Protocol):
    """What is known of one source, in its upright pixels; each part is computed on first use."""

    @property
    def size(self) -> Size:
        """Return the size of the upright source."""
        ...

    def faces(self) -> Sequence[Face]:
        """Return the faces, best score first."""
        ...

    def salient_point(self, within: Box) -> Point:
        """Return the place of the whole source that draws the eye in that part of it."""
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
