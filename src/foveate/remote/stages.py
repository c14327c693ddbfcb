"""Stages of recognition that run elsewhere, as recognition asks them: it cannot tell."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.errors import SourceNotFound
from foveate.remote import messages as m
from foveate.remote import stages_pb2 as pb
from foveate.remote.believed import (
    believed_embedding,
    believed_guesses,
    believed_matches,
    believed_preprocessed,
)
from foveate.remote.failures import away, read_reply
from foveate.remote.methods import ANALYZE, EMBED, PREPROCESS, SEARCH
from foveate.service.parts.people import READING_BYTES
from foveate.service.stages.preprocess import CUT, EMBEDDED
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence, Sized

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.remote.caller import Caller
    from foveate.service.stages.preprocess import FaceCrops, Look, Preprocessed
    from foveate.service.stages.search import Query, SubjectMatch
    from foveate.trace import Trace

T = TypeVar("T")
COPIES: Final = 2
"""Of a picture that is sent: as a message, and as its bytes."""


@dataclass(frozen=True, slots=True)
class PreprocessAfar:
    """Finds the faces of a picture, and cuts them out, elsewhere."""

    caller: Caller
    shared: bool = False
    """Whether uploads lie where the stage can read them too: then they are sent by name."""

    def prepare(self, look: Look) -> Work[Preprocessed]:
        """Return the work, of which a worker here waits for the answer."""

        def run(deadline: Deadline, trace: Trace) -> Preprocessed:
            with trace.waiting(self.caller.stage):
                reply = self._reply(look, deadline)
            size = look.picture.facts.size
            return read_reply(
                self.caller.stage,
                lambda: believed_preprocessed(
                    m.preprocessed_from(reply, look.words), size, look.words
                ),
            )

        return Work(COPIES * look.picture.facts.bytes + READING_BYTES, run)

    def _reply(self, look: Look, deadline: Deadline) -> pb.PreprocessReply:
        if self.shared and look.picture.reference:
            # The stage may look elsewhere after all, or a little later than its time.
            with contextlib.suppress(SourceNotFound):
                return self._asked(look, pb.Picture(reference=look.picture.reference), deadline)
        return self._asked(look, pb.Picture(image=look.picture.data), deadline)

    def _asked(self, look: Look, picture: pb.Picture, deadline: Deadline) -> pb.PreprocessReply:
        request = pb.PreprocessRequest(
            picture=picture, words=look.words, remembered=look.remembered
        )
        reply: pb.PreprocessReply = self.caller.call(PREPROCESS, request, deadline)
        return reply


@dataclass(frozen=True, slots=True)
class EmbedAfar:
    """A Run of the embedder."""

    caller: Caller

    async def __call__(
        self, items: Sequence[FaceCrops], deadline: Deadline
    ) -> Sequence[NDArray[np.float32]]:
        """Return the embeddings of faces."""
        if not items:
            return []
        request = pb.EmbedRequest(faces=m.crops_messages(items, [CUT[EMBEDDED][0]]))
        reply = await self.caller.ask(EMBED, request, deadline)

        def read(said: pb.Embedding) -> NDArray[np.float32]:
            return believed_embedding(m.embedding_from(said))

        return _each(self.caller, items, reply.embeddings, read)


@dataclass(frozen=True, slots=True)
class ReadAfar:
    """A Run of what one network tells."""

    caller: Caller
    words: tuple[str, ...]

    async def __call__(
        self, items: Sequence[FaceCrops], deadline: Deadline
    ) -> Sequence[Mapping[str, Any]]:
        """Return what is guessed of faces."""
        if not items:
            return []
        crops = m.crops_messages(items, [CUT[word][0] for word in self.words])
        request = pb.AnalyzeRequest(faces=crops, words=self.words)
        reply = await self.caller.ask(ANALYZE, request, deadline)

        def read(said: pb.Guesses) -> dict[str, Any]:
            return believed_guesses(m.guesses_from(said, words=self.words), self.words)

        return _each(self.caller, items, reply.faces, read)


@dataclass(frozen=True, slots=True)
class SearchAfar:
    """A Run of the face index."""

    caller: Caller

    async def __call__(
        self, items: Sequence[Query], deadline: Deadline
    ) -> Sequence[tuple[tuple[SubjectMatch, ...], ...]]:
        """Return the best matches of each face of each picture."""
        return [await self._one(item, deadline) for item in items]

    async def _one(self, item: Query, deadline: Deadline) -> tuple[tuple[SubjectMatch, ...], ...]:
        request = pb.SearchRequest(
            embeddings=map(m.embedding_message, item.embeddings),
            collection=item.collection,
            limit=item.limit,
        )
        reply = await self.caller.ask(SEARCH, request, deadline)

        def read(said: pb.Matches) -> tuple[SubjectMatch, ...]:
            return believed_matches(m.matches_from(said), item.limit)

        return tuple(_each(self.caller, item.embeddings, reply.faces, read))


def _each(
    caller: Caller,
    asked: Sized,
    rows: Sequence[Any],
    read: Callable[[Any], T],
) -> list[T]:
    """Return what the rows say, one for each thing asked about.

    Raises StageAway for other rows: that is no such stage.
    """
    if len(rows) != len(asked):
        raise away(caller.stage, f"expected {len(asked)} rows, got {len(rows)}")
    return read_reply(caller.stage, lambda: list(map(read, rows)))
