"""Which failures tell of the moment, and not of the picture: they are tried again by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate import errors

if TYPE_CHECKING:
    from collections.abc import Iterator


def _all_of(kind: type[errors.FoveateError]) -> Iterator[type[errors.FoveateError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _all_of(each)


MOMENTS: Final = (
    errors.BucketRefused,
    errors.CredentialsMissing,
    errors.SourceFailed,
    errors.SourceTimeout,
    errors.SourceUnreachable,
    errors.SourceUnresolved,
    errors.Unavailable,
)
SETTLED: Final = frozenset({errors.MemoryBudgetSpent})
"""No moment will do for these, but other settings."""
AGAIN: Final = frozenset(
    each.__name__ for kind in MOMENTS for each in _all_of(kind) if each not in SETTLED
)
"""The names of classes that are tried again when a batch is begun once more."""
