"""Stepping aside: who only waits for somebody else lets others have the worker that he is."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _keep() -> None:
    """Lend nothing: who waits here is nobody's worker."""


_LEND: Final[ContextVar[Callable[[], None]]] = ContextVar("lend", default=_keep)


@contextmanager
def lending(lend: Callable[[], None]) -> Iterator[None]:
    """Have `lend` called, perhaps several times, by whatever steps aside in here."""
    token = _LEND.set(lend)
    try:
        yield
    finally:
        _LEND.reset(token)


def step_aside() -> None:
    """Let others have this worker; for who waits now, and has next to nothing to do after it."""
    _LEND.get()()
