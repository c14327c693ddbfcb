"""What networks are given, kept while those who know how to ask them do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from foveate.models.runtime.buckets import BUCKETS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.ports import Session

    Feed = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class _Recorded:
    """A Session that tells what it is given before it answers."""

    inner: Session
    shapes: Sequence[tuple[int, ...]]
    tell: Callable[[Feed], object]

    @property
    def provider(self) -> str:
        """Return what it really runs on."""
        return self.inner.provider

    def run(self, inputs: Feed) -> Sequence[NDArray[np.float32]]:
        """Return the outputs in the order of the network."""
        self.tell(dict(inputs))
        return self.inner.run(inputs)


class Recorder:
    """Networks as `session` opens them; the first inputs of each are kept, by card."""

    def __init__(self, session: Callable[[str], Callable[[], Session]]) -> None:
        self._open = session
        self.feeds: dict[str, Feed] = {}

    def session(self, name: str) -> Callable[[], Session]:
        """Return what loads the network of a card when it is called."""
        return partial(self._recorded, name)

    def _recorded(self, name: str) -> Session:
        inner = self._open(name)()
        # Whoever asks fits pictures to the shapes that OpenVINO will be compiled for.
        shapes = BUCKETS[name].shapes if name in BUCKETS else inner.shapes
        return _Recorded(inner, shapes, partial(self.feeds.setdefault, name))
