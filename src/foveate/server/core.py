"""What the server needs of the application behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from foveate.imaging.stop import Deadline
    from foveate.options.model import TransformOptions
    from foveate.options.signing import Signer
    from foveate.ports import Immediate, Rendition, Tiers
    from foveate.settings import Settings


class Core(Protocol):
    """The verbs of Foveate. Those that work on pictures block, and run in worker threads."""

    @property
    def settings(self) -> Settings:
        """Return everything that can be set."""
        ...

    @property
    def recipe(self) -> str:
        """Return what decides over a rendition beside its options and its source."""
        ...

    @property
    def source(self) -> Immediate:
        """Return where originals come from."""
        ...

    @property
    def renditions(self) -> Tiers:
        """Return where finished renditions are kept."""
        ...

    @property
    def signer(self) -> Signer:
        """Return what checks signed URLs."""
        ...

    def render(
        self,
        data: bytes,
        options: TransformOptions,
        *,
        deadline: Deadline,
        overlays: Mapping[str, bytes] | None = None,
    ) -> Rendition:
        """Return the rendition; `overlays` are the originals of `options.extra_sources()`."""
        ...

    def analyse(
        self, data: bytes, parts: Sequence[str], *, deadline: Deadline
    ) -> Mapping[str, Any]:
        """Return what is known of a picture and `timings_ms`, ready for JSON."""
        ...

    def crops(
        self, data: bytes, aspects: Sequence[str], *, deadline: Deadline, gravity: str = "face"
    ) -> Mapping[str, Any]:
        """Return `crops`, a box for each aspect ratio, and `timings_ms`, ready for JSON."""
        ...

    def render_crops(
        self, data: bytes, aspects: Sequence[str], *, deadline: Deadline, gravity: str = "face"
    ) -> Sequence[tuple[str, Rendition]]:
        """Return one picture for each aspect ratio."""
        ...

    def estimate(
        self, data: bytes, options: TransformOptions, others: Collection[bytes] = ()
    ) -> int:
        """Return the bytes of memory that a rendition needs, from headers alone."""
        ...

    def status(self) -> Mapping[str, object]:
        """Return which networks are loaded and which are missing."""
        ...

    async def close(self) -> None:
        """Let go of what is open; nothing is asked any more after it."""
        ...

    def rest(self) -> None:
        """Give memory back to the system; called when there was no work for a while."""
        ...
