"""What a part of an analysis is: one thing that can be known of a picture, as a value.

Everything that lists parts derives from these values: the API, the command line, `doctor`, the
estimate of memory, the keys of the memo and the check of engines.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import numpy as np

from foveate.imaging.maps import map_from_png, map_png

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.service.networks import Network, Networks
    from foveate.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """How a part lies in the memo."""

    dump: Callable[[T], bytes]
    load: Callable[[bytes], T]


def json_codec(to_rows: Callable[[T], object], from_rows: Callable[[Any], T]) -> Codec[T]:
    """Return a codec for what can be said in JSON."""
    return Codec(lambda value: json.dumps(to_rows(value)).encode(), _loading(from_rows))


def _loading(from_rows: Callable[[Any], T]) -> Callable[[bytes], T]:
    return lambda data: from_rows(json.loads(data))


def _npy(array: NDArray[np.float32]) -> bytes:
    buffer = BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


MAP: Final[Codec[NDArray[np.float32]]] = Codec(map_png, map_from_png)
"""Maps in 0..1, to 1/255."""
ARRAY: Final[Codec[NDArray[np.float32]]] = Codec(
    _npy, lambda data: np.load(BytesIO(data), allow_pickle=False)
)


@dataclass(frozen=True, slots=True)
class Offer(Generic[T]):
    """How a part that users may ask for is answered."""

    about: str
    """What it tells, in a sentence for API and command line."""
    example: object
    """What `to_json` may give, for the API's description."""
    to_json: Callable[[Any], object]
    sentence: Callable[[Any], str] | None = None
    """What people read of it; None where a table or a drawing tells it."""
    value: Callable[..., Any] | None = None
    """What is answered, from the analysis, where that is not what was computed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part(Generic[T]):
    """One thing that can be known of a source. `params` are keywords of all its functions."""

    name: str
    compute: Callable[..., T]
    """From the analysis, and the params."""
    codec: Codec[T]
    version: int = 1
    """To be raised when `compute` says something else of the same picture."""
    params: tuple[str, ...] = ()
    every: tuple[dict[str, Any], ...] = ({},)
    """Params with which each of its networks is asked once."""
    settle: Callable[..., dict[str, Any]] = lambda _, **params: params
    """The params with what was left open decided, from the networks, and the params."""
    needs: tuple[Part[Any], ...] = ()
    """Parts that `compute` works with, which are computed first."""
    beside: tuple[Part[Any], ...] = ()
    """Parts that its answer is read together with, which are computed side by side."""
    wants: tuple[Part[Any], ...] = ()
    """Parts that its answer takes into account where this request has computed them anyway."""
    networks: tuple[Network[Any], ...] = ()
    """All that it may look with."""
    chosen: Callable[..., Network[Any]] | None = None
    """The one of them that it looks with, from the params; None where it looks with all."""
    input_size: Callable[..., Size] | None = None
    """The size it looks at, from the networks, the size of the source, and the params."""
    settings: Callable[[Settings], object] = lambda _: None
    """Settings that decide over what is computed, beyond those of its networks."""
    counts: Callable[[Settings], object] = lambda _: None
    """Settings that decide what of it counts for a rendition; they leave the memo valid."""
    memory_bytes: Callable[..., int] = lambda _, **__: 0
    """What computing takes beside the decoded picture, measured; from the settings, and the
    params."""
    on_disk: bool = True
    """False for what identifies people: it is kept in memory alone."""
    offer: Offer[T] | None = None
    """None for what only renditions go by."""

    def looking_with(self, params: dict[str, Any]) -> tuple[Network[Any], ...]:
        """Return the networks that it looks with, for settled params."""
        return (self.chosen(**params),) if self.chosen else self.networks

    def settled(self, networks: Networks, params: dict[str, Any]) -> dict[str, Any]:
        """Return those params that this part takes, and nothing of them left open."""
        taken = {name: value for name, value in params.items() if name in self.params}
        return self.settle(networks, **taken)
