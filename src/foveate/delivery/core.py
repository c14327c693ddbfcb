"""What delivery needs of the application: the seam at which it is tested without pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from foveate.delivery.admission import ProcessMemory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.enrolled import Named
    from foveate.options.model import TransformOptions
    from foveate.ports import Tiers
    from foveate.rendition import Rendition
    from foveate.service.work import Work
    from foveate.settings import Settings
    from foveate.storage.shared import SharedStore
    from foveate.storage.source import Source, VersionedOrigin


class Renderer(Protocol):
    """The verb that makes renditions."""

    def prepare(
        self,
        picture: Source,
        options: TransformOptions,
        others: Mapping[str, Source] | None = None,
    ) -> Work[Rendition]:
        """Return the work; `others` are the sources of `options.extra_sources()`."""
        ...


class Designs(Protocol):
    """The designs that are kept."""

    def settled(self, options: TransformOptions, *, photo: bool) -> TransformOptions:
        """Return options with their designs read and filled in. Blocks."""
        ...


class DeliveryCore(ProcessMemory, Protocol):
    """The application as delivery sees it."""

    @property
    def settings(self) -> Settings:
        """Return everything that can be set."""
        ...

    @property
    def origin(self) -> VersionedOrigin:
        """Return where sources come from."""
        ...

    @property
    def renditions(self) -> Tiers:
        """Return where finished renditions are kept."""
        ...

    @property
    def renderer(self) -> Renderer:
        """Return what makes renditions."""
        ...

    @property
    def recompressor(self) -> Renderer:
        """Return what makes the same renditions smaller, in more time; they look as good."""
        ...

    @property
    def designs(self) -> Designs:
        """Return the designs that renditions may be made of."""
        ...

    @property
    def shared(self) -> SharedStore | None:
        """Return where servers share renditions, if they do."""
        ...

    def forget_pixels(self) -> None:
        """Let go of the decoded pixels of all sources."""
        ...

    def generation(self, options: TransformOptions) -> str:
        """Return what decides over a rendition beside its options and its source."""
        ...

    def revision(self, named: Sequence[Named]) -> str:
        """Return what changes when others may be found to be these people. Blocks.

        Raises a FoveateError where somebody of them is not enrolled.
        """
        ...
