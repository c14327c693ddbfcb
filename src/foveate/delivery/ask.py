"""One request for a rendition, free of any protocol."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foveate.options.designed import BLANK
from foveate.options.grammar import cache_key
from foveate.storage.policy import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from foveate.options.model import TransformOptions
    from foveate.storage.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What to make of which source. Every door makes one, and `Delivery` answers it."""

    options: TransformOptions
    """Resolved: nothing in them depends on the client any more."""
    source: str | Source
    """A key for the origin, or a source that is in hand; what is made of such is not kept.

    A URL is brought to its one spelling, so that all who ask for it share its cache and its bounds.
    """
    in_hand: Mapping[str, Source] = field(default_factory=dict)
    """Sources by the keys that the options name, where the origin need not be asked."""

    def __post_init__(self) -> None:
        if isinstance(self.source, str):
            object.__setattr__(self, "source", canonical(self.source))

    @property
    def unsettled(self) -> bool:
        """Return whether there are designs in it that nobody has read yet."""
        return any(each.filled is None for each in self.options.designs())

    @property
    def photo(self) -> bool:
        """Return whether there is a picture that a design can show."""
        key = self.source if isinstance(self.source, str) else self.source.key
        return key != BLANK

    @property
    def names(self) -> tuple[str | Source, ...]:
        """Return all sources that it needs, the main one first: in hand, or by their keys."""
        others = (self.in_hand.get(key) or canonical(key) for key in self.options.extra_sources())
        return (self.source, *others)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of its sources, as far as they have any."""
        return tuple(name for name in self.names if isinstance(name, str))

    @property
    def keepable(self) -> bool:
        """Return whether all its sources have keys, so that what is made can be found again."""
        return len(self.keys) == len(self.names)


def rendition_key(ask: Ask, versions: Iterable[str | None], generation: str) -> str:
    """Return the cache key, 64 hex digits: options, source, versions, and how we make and encode.

    `versions` are those of `ask.keys`; the other keys are among the options.
    """
    known = (version or "" for version in versions)
    parts = (generation, cache_key(ask.options), *ask.keys[:1], *known)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
