"""What the server needs of the application: the seam at which it is tested without pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from foveate.delivery import recognition
from foveate.delivery.core import DeliveryCore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from foveate.delivery.delivery import Delivery
    from foveate.ledger.books import Books
    from foveate.ledger.ledger import Ledger
    from foveate.metrics import Metrics
    from foveate.models.runtime.lazy_session import Usage
    from foveate.options.grammar import Presets
    from foveate.options.model import Gravity, TransformOptions
    from foveate.options.signing import Signer
    from foveate.remote.circuit import StageState
    from foveate.rendition import Rendition
    from foveate.service.access import Access
    from foveate.service.draw import Draughtsman
    from foveate.service.people import People
    from foveate.service.pointed import Pointed
    from foveate.service.responsive import SrcsetAsked
    from foveate.service.similar import Comparison
    from foveate.service.told import Asked
    from foveate.service.work import Work
    from foveate.storage.masks import KeptMask
    from foveate.storage.references import Reference
    from foveate.storage.source import Source


class Analyser(Protocol):
    """The verb that says what is in a picture."""

    def prepare(self, picture: Source, names: Sequence[str]) -> Work[Any]:
        """Return the work of analysing; what it gives has `to_json`."""
        ...


class Cropper(Protocol):
    """The verbs that find crops, and render them."""

    def prepare(
        self,
        picture: Source,
        aspects: Sequence[str],
        gravity: Gravity | None,
        *,
        zoom: float | None,
    ) -> Work[Any]:
        """Return the work of finding the crops; what it gives has `to_json`."""
        ...

    def prepare_pictures(
        self,
        picture: Source,
        aspects: Sequence[str],
        gravity: Gravity | None,
        *,
        zoom: float | None,
    ) -> Work[list[tuple[Any, Rendition]]]:
        """Return the work of rendering the crops, each with what has a `file_stem`."""
        ...


class Comparer(Protocol):
    """The verb that says how alike the people of two pictures are."""

    def prepare(self, first: Source, second: Source) -> Work[Comparison]:
        """Return the work of comparing."""
        ...


class Scorer(Protocol):
    """The verb that says how good a rendition looks."""

    def prepare(
        self,
        picture: Source,
        options: TransformOptions,
        others: Mapping[str, Source] | None = None,
    ) -> Work[Any]:
        """Return the work of scoring; what it gives has `to_json`."""
        ...


class Srcsets(Protocol):
    """The verb that makes responsive pictures."""

    def prepare(
        self,
        picture: Source,
        options: TransformOptions,
        others: Mapping[str, Source] | None = None,
        *,
        asked: SrcsetAsked,
        address: Callable[[TransformOptions], str],
    ) -> Work[Any]:
        """Return the work of making one; what it gives has `to_json`."""
        ...


class Selecting(Protocol):
    """The verb that says what clicks in a picture mean."""

    def prepare(self, picture: Source, asked: Pointed, *, alternatives: bool = True) -> Work[Any]:
        """Return the work of selecting; what it gives has `to_json`."""
        ...


class Masks(Protocol):
    """Where masks are kept for a while."""

    def get(self, name: str) -> KeptMask:
        """Return a mask. Raises UnknownMask."""
        ...


class Recogniser(recognition.Recogniser, Protocol):
    """The verb that says who is in a picture, as it becomes known."""

    def switched_off(self, asked: Asked) -> tuple[str, ...]:
        """Return what was asked for and what the settings do not let anybody guess."""
        ...


class Beside(Protocol):
    """What lives and works as long as the server does, on its loop."""

    async def start(self, delivery: Delivery, metrics: Metrics) -> None:
        """Begin, before the server is ready."""
        ...

    async def stop(self, grace_s: float) -> None:
        """End, within that time."""
        ...


class References(Protocol):
    """Where uploads are kept for a while."""

    async def put(self, data: bytes) -> Reference:
        """Keep bytes. Raises NotKept."""
        ...

    async def url(self, name: str) -> str | None:
        """Return an address elsewhere at which browsers get them, or None."""
        ...


class Core(DeliveryCore, Protocol):
    """The application as the server sees it."""

    @property
    def signer(self) -> Signer:
        """Return what checks signed URLs."""
        ...

    @property
    def presets(self) -> Presets:
        """Return what presets ask for, by their names."""
        ...

    @property
    def analyser(self) -> Analyser:
        """Return what says what is in a picture."""
        ...

    @property
    def cropper(self) -> Cropper:
        """Return what finds crops."""
        ...

    @property
    def comparer(self) -> Comparer:
        """Return what compares two pictures."""
        ...

    @property
    def selecting(self) -> Selecting:
        """Return what says what clicks mean."""
        ...

    @property
    def masks(self) -> Masks:
        """Return where masks are that were selected."""
        ...

    @property
    def scorer(self) -> Scorer:
        """Return what says how good renditions look."""
        ...

    @property
    def srcsets(self) -> Srcsets:
        """Return what makes responsive pictures."""
        ...

    @property
    def draughtsman(self) -> Draughtsman:
        """Return what draws designs."""
        ...

    @property
    def people(self) -> People:
        """Return the face index."""
        ...

    @property
    def access(self) -> Access:
        """Return who may ask the face index."""
        ...

    @property
    def recogniser(self) -> Recogniser:
        """Return what says who is in a picture."""
        ...

    @property
    def ledger(self) -> Ledger:
        """Return what is charged while this process runs."""
        ...

    @property
    def books(self) -> Books:
        """Return what was charged, as it is kept."""
        ...

    @property
    def references(self) -> References:
        """Return where uploads are kept for a while; the origin reads them."""
        ...

    def source_of(self, data: bytes) -> Source:
        """Return bytes that came with a request as a source."""
        ...

    def status(self) -> Mapping[str, object]:
        """Return of each network whether it is loaded, idle, missing, damaged or unacknowledged."""
        ...

    def usage(self) -> Mapping[str, Usage]:
        """Return how much each network worked so far. Never waits."""
        ...

    def stages(self) -> Sequence[StageState]:
        """Return how calls go to each stage that runs elsewhere. Never waits."""
        ...

    def begin(self) -> None:
        """Do what is to be done before anybody asks. Called on the server's loop; never waits."""
        ...

    async def close(self, timeout_s: float) -> None:
        """Let go of what is open, in that time; nothing is asked any more after it."""
        ...
