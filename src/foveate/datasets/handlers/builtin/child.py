"""What runs in a process of the handler `foveate`: the same frames as of any other one."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING, Any, Final

from foveate.app import create
from foveate.batches.process import end_with_parent
from foveate.cores import cores, share_cores
from foveate.datasets.handlers.builtin.chunk import BENCH, CHUNK, Chunks
from foveate.datasets.handlers.builtin.handler import Foveate
from foveate.datasets.handlers.limits import Limits
from foveate.datasets.handlers.runner import Pipes, serve
from foveate.datasets.packed import Packed
from foveate.datasets.seams import SKIPS
from foveate.datasets.wire import HANDED_ON, made_to_json, sample_from_json, sample_to_json
from foveate.errors import BadConfiguration, SourceNotFound
from foveate.service import moderated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from foveate.datasets.handlers.builtin.chunk import Told

SETTINGS: Final = "settings"


class InFrames:
    """The handler, as a runner asks any."""

    def __init__(self, handler: Foveate) -> None:
        self._handler = handler

    def kept(self, samples: Iterable[Any]) -> Packed:
        """Return samples as they are held until all are told."""
        return Packed(map(sample_from_json, samples))

    def select(
        self, samples: Packed, pictures: Mapping[str, bytes], _: object, seed: int
    ) -> Iterator[dict[str, Any]]:
        """Yield the samples that are used."""
        try:
            for sample in self._handler.select(samples, _reading(pictures), seed):
                yield sample_to_json(sample)
        except BadConfiguration as why:
            why.refuses_configuration = True  # type: ignore[attr-defined]
            raise

    def prepare(
        self,
        sample: object,
        pictures: Mapping[str, bytes],
        _: object,
        seed: int,
    ) -> Iterator[dict[str, Any]]:
        """Yield what is made of a sample."""
        known, read = sample_from_json(sample, HANDED_ON), _reading(pictures)
        try:
            for made in self._handler.prepare(known, read(known.source), read, seed):
                yield {**made_to_json(made), "data": made.data, "targets": made.targets}
        except SKIPS as why:
            why.skips_picture = True  # type: ignore[union-attr]
            raise


def _reading(pictures: Mapping[str, bytes]) -> Callable[[str], bytes]:
    def read(source: str) -> bytes:
        try:
            return pictures[source]
        except KeyError as why:
            raise SourceNotFound(str(why)) from why

    return read


def run() -> None:
    """Be the process of the handler."""
    end_with_parent()
    pipes = Pipes.claimed()
    start, blobs = pipes.read()
    os.chdir(start["folder"])  # in which relative names of settings are meant
    hands = cores()  # to say which samples there are, one process works alone
    share_cores(hands)  # to make something of them, there is a process for each core
    # What is written here is told to whoever may ask for datasets, and a score to nobody of them.
    moderated.log.disabled = True
    app = create(pickle.loads(blobs[SETTINGS]))  # noqa: S301 - our own process wrote it
    pipes.say({"ready": True})
    handler = Foveate(app, start["config"], hands)
    chunks = Chunks(handler, Limits(**start["limits"]), pipes.say)
    verbs = {BENCH: _of_blobs(chunks.take), CHUNK: _of_blobs(chunks.make)}
    serve(pipes, InFrames(handler), start["config"], **verbs)


def _of_blobs(verb: Callable[[Mapping[str, bytes]], Iterator[Told]]) -> Callable[..., Any]:
    """Return what answers as a verb of a runner does: the last that it gets are the blobs."""
    return lambda *given: verb(given[-1])
