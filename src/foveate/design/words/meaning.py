"""What words mean that no table has: by vectors of sentences, where those are installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from foveate.errors import BadInstallation
from foveate.models import sentences

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_KEPT: Final = 4096

Nearness = Callable[[str, Mapping[str, Sequence[str]]], dict[str, float]]
"""Returns how near a text is to the nearest of each of others, 0..1; nothing where nobody knows."""


def installed() -> bool:
    """Return whether sentences can be compared here."""
    return sentences.installed()


@lru_cache(maxsize=_KEPT)
def _vector(text: str) -> NDArray[np.float32]:
    return sentences.vector_of(text)


def usual() -> Nearness:
    """Return what is nearest by vectors, or what knows of nothing where those are not installed."""
    return nearness if installed() else nothing


def nothing(text: str, others: Mapping[str, Sequence[str]]) -> dict[str, float]:  # noqa: ARG001
    """Return that nothing is known to be near: rules alone say what is meant."""
    return {}


def nearness(text: str, others: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Return for each of the others how near the nearest of its texts is, 0..1; the nearest first.

    Empty where the network is not installed.
    """
    if not installed() or not text.strip():
        return {}
    try:
        mine = _vector(text)
        found = {
            key: max(float(mine @ _vector(each)) for each in texts)
            for key, texts in others.items()
            if texts
        }
    except BadInstallation:
        return {}
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))
