"""What each service answers: a call taken apart, a stage asked, its answer put together."""

from __future__ import annotations

import asyncio
from collections import ChainMap
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.delivery.recognition import recognition
from foveate.errors import BadBody, BadOption, OptionNotAllowed, UnsupportedOption
from foveate.geometry.box import Size
from foveate.people.vectors import unit
from foveate.remote import messages as m
from foveate.remote import stages_pb2 as pb
from foveate.remote.failures import error_message
from foveate.remote.methods import (
    ANALYZE,
    EMBED,
    FIND_FACES,
    FIND_LOOKS,
    PREPROCESS,
    RECOGNISE,
    SEARCH,
)
from foveate.rpc.guard import recognising, searching
from foveate.service.access import noted_stream
from foveate.service.parts.faces import finest_side
from foveate.service.stages.arrays import array_to_bytes
from foveate.service.stages.look import Thumbnail
from foveate.service.stages.preprocess import CUT, EMBEDDED, MOST, READ_BY, Look
from foveate.service.stages.search import LIMIT, SEARCHED, Query
from foveate.service.told import asked
from foveate.vision.attributes import ON_REQUEST
from foveate.vision.faces import looks_at

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.app import App
    from foveate.delivery.admission import Admitted
    from foveate.ports import Picture
    from foveate.remote.methods import Method
    from foveate.rpc.door import Door, Serve, Stream
    from foveate.service.stages.preprocess import Preprocessed
    from foveate.service.work import Work

MOST_DOUBTS: Final = 100


async def preprocess(
    door: Door, request: pb.PreprocessRequest, admitted: Admitted
) -> pb.PreprocessReply:
    """Find the faces of a picture, and cut them out."""
    words, remembered = _out_of(CUT, request.words), request.remembered

    def prepare(picture: Picture) -> Work[pb.PreprocessReply]:
        look = Look(picture=picture, words=words, remembered=remembered)
        work: Work[Preprocessed] = door.app.recogniser.preprocess(look)
        return work.then(m.preprocessed_message)

    source = door.picture(request.picture)
    del request  # which has the picture a second time
    return await door.delivery.run(admitted, [source], prepare, span="preprocess")


async def embed(door: Door, request: pb.EmbedRequest, admitted: Admitted) -> pb.EmbedReply:
    """Embed faces."""
    faces = m.crops_from(request.faces, (EMBEDDED,))
    with door.delivery.admission.place(), admitted.trace.waiting(EMBEDDED):
        rows = await door.app.recogniser.embed(faces, admitted.deadline)
    return pb.EmbedReply(embeddings=map(m.embedding_message, rows))


async def analyze(door: Door, request: pb.AnalyzeRequest, admitted: Admitted) -> pb.AnalyzeReply:
    """Guess age, gender, emotion and race: those that the settings here let be guessed."""
    words, reads = _out_of(ON_REQUEST, request.words), door.app.recogniser.reads
    if not words:
        raise BadOption(f"Expected words out of {', '.join(ON_REQUEST)}, got none.")
    if off := set(words).difference(*reads):
        wanted = f"words that FOVEATE_ATTRIBUTES of this stage lets be guessed, got {min(off)}"
        raise OptionNotAllowed(f"Expected {wanted}.")
    faces = m.crops_from(request.faces, words)
    runs = [run for told, run in reads.items() if set(told) & set(words)]
    with door.delivery.admission.place(), admitted.trace.waiting("attributes"):
        answers = await asyncio.gather(*(run(faces, admitted.deadline) for run in runs))
    rows = (dict(ChainMap(*row)) for row in zip(*answers, strict=True))
    kept = ({word: row[word] for word in words} for row in rows)
    return pb.AnalyzeReply(faces=map(m.guesses_message, kept))


async def search(door: Door, request: pb.SearchRequest, admitted: Admitted) -> pb.SearchReply:
    """Find who faces may be."""
    run = door.app.recogniser.search
    if run is None:
        raise UnsupportedOption("There is no face index here: search is not available.")
    limit = request.limit or LIMIT
    asked((SEARCHED,), collection=request.collection, limit=limit)  # within their bounds
    vectors = _units(request)
    visit = searching(door, SEARCHED, request.collection)
    if not vectors:
        return pb.SearchReply()
    query = Query(embeddings=np.stack(vectors), collection=request.collection, limit=limit)
    with door.delivery.admission.place(), admitted.trace.waiting(SEARCHED):
        (found,) = await run([query], admitted.deadline)
    await asyncio.to_thread(visit.matched, found)
    return pb.SearchReply(faces=map(m.matches_message, found))


def _units(request: pb.SearchRequest) -> list[NDArray[np.float32]]:
    """Return the vectors of a search, brought to length 1. Raises BadBody, BadOption."""
    if (count := len(request.embeddings)) > MOST:
        raise BadBody(f"Expected at most {MOST} embeddings, got {count}.")
    vectors = map(m.embedding_from, request.embeddings)
    return [unit(vector, f"embedding {number}") for number, vector in enumerate(vectors)]


async def recognise(
    door: Door, request: pb.RecogniseRequest, admitted: Admitted
) -> AsyncGenerator[pb.Told]:
    """Tell who is in a picture, as it becomes known."""
    what = asked(
        request.parts,
        collection=request.collection,
        limit=request.limit or LIMIT,
        cache=request.cache,
    )
    recogniser, source, at_ms = door.app.recogniser, door.picture(request.picture), 0.0
    del request  # which has the picture a second time
    visit = recognising(door, what)
    stream = recognition(door.delivery, recogniser, what, admitted, source)
    async with aclosing(noted_stream(stream, visit)) as noted:
        async for told in noted:
            message, at_ms = m.told_message(told), told.at_ms
            if told.error is not None:
                message.error.CopyFrom(error_message(told.error))
            yield message
    yield pb.Told(stage="done", at_ms=at_ms, switched_off=recogniser.switched_off(what))


async def find_faces(
    door: Door, request: pb.FindFacesRequest, admitted: Admitted
) -> pb.FindFacesReply:
    """Find the faces of a thumbnail."""
    if not 0 <= request.score <= 1 or request.doubts > MOST_DOUBTS:
        wanted = f"a score in 0..1 and at most {MOST_DOUBTS} doubts"
        raise BadBody(f"Expected {wanted}, got {request.score} and {request.doubts}.")
    rgb = m.thumbnail_from(request.rgb)
    size, side = Size(rgb.shape[1], rgb.shape[0]), finest_side(door.app.settings.faces)
    if not looks_at(size, side):
        wanted = f"a thumbnail of at most {side} x {side} pixels (faces.long_side)"
        raise BadBody(f"Expected {wanted}, got {size}.")
    thumbnail = Thumbnail(rgb=rgb, score=request.score, doubts=request.doubts)
    with door.delivery.admission.place(), admitted.trace.waiting("faces"):
        (faces,) = await door.app.looker.faces([thumbnail], admitted.deadline)
    return pb.FindFacesReply(faces=map(m.face_message, faces))


async def find_looks(
    door: Door, request: pb.FindLooksRequest, admitted: Admitted
) -> pb.FindLooksReply:
    """Say where people look in a thumbnail, and where they are."""
    rgb = m.thumbnail_from(request.rgb)
    with door.delivery.admission.place(), admitted.trace.waiting("saliency"):
        (maps,) = await door.app.looker.looks([rgb], admitted.deadline)
    return pb.FindLooksReply(maps=array_to_bytes(np.ascontiguousarray(maps, "<f4")))


def _out_of(known: Mapping[str, Any] | Sequence[str], words: Sequence[str]) -> tuple[str, ...]:
    """Return the words that were asked for, each once. Raises BadOption for others."""
    if unknown := [word for word in words if word not in known]:
        raise BadOption(f"Expected words out of {', '.join(known)}, got {unknown[0][:40]!r}.")
    return tuple(dict.fromkeys(words))


@dataclass(frozen=True, slots=True)
class Service:
    """One service of foveate.v1."""

    name: str
    stage: str
    """What it is called on the command line and in settings; empty for what is none."""
    ready: Callable[[App], bool]
    """Whether it could work now: its weights are here, or are elsewhere."""
    unary: Mapping[Method, Serve]
    streams: Mapping[Method, Stream]


def _runs(stage: str, *cards: str) -> Callable[[App], bool]:
    """Return what tells whether a stage runs elsewhere, or has the weights of these cards."""
    return partial(_is_ready, stage, lambda _: cards)


def _is_ready(stage: str, cards: Callable[[App], Sequence[str]], app: App) -> bool:
    if stage in app.settings.stages.named:
        return True
    wanted = cards(app)
    return bool(wanted) and all(map(app.analyses.networks.ready, wanted))


def _read_by(app: App) -> Sequence[str]:
    return [READ_BY[word].card for word in app.settings.attributes]


def _looks(app: App) -> bool:
    ready = app.analyses.networks.ready
    return ready("retinaface") and (ready("gaze") or ready("gaze-int8"))


def _searches(app: App) -> bool:
    return app.recogniser.search is not None


SERVICES: Final = (
    Service(
        "Preprocessor",
        "preprocessor",
        _runs("preprocessor", "retinaface"),
        {PREPROCESS: preprocess},
        {},
    ),
    Service("Embedder", "embedder", _runs("embedder", "mobilefacenet"), {EMBED: embed}, {}),
    Service(
        "Analyzer", "analyzer", partial(_is_ready, "analyzer", _read_by), {ANALYZE: analyze}, {}
    ),
    Service("Searcher", "searcher", _searches, {SEARCH: search}, {}),
    Service("Recogniser", "", _runs("preprocessor", "retinaface"), {}, {RECOGNISE: recognise}),
    Service("Looker", "look", _looks, {FIND_FACES: find_faces, FIND_LOOKS: find_looks}, {}),
)
STAGES: Final = tuple(service.stage for service in SERVICES if service.stage)
