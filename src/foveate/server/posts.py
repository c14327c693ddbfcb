"""The life of one POST: read the body, fetch what it names, work on it, answer."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from foveate.errors import BadOption, UnknownOption
from foveate.options.draw import options_from_json, overlays_from_json
from foveate.options.grammar import Parsed, parse_options
from foveate.options.model import Segment, TransformOptions
from foveate.options.negotiate import read_client, resolve, vary
from foveate.options.table import check_supported
from foveate.server.answer import NO_STORE, Answer, encode_headers, json_answer
from foveate.server.body import Body, begun, read_body
from foveate.server.headers import picture_headers, warnings, work_headers
from foveate.server.load import Job, unless_gone
from foveate.server.originals import read_all
from foveate.storage.headers import join_headers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Sequence

    from starlette.requests import Request

    from foveate.imaging.stop import Deadline
    from foveate.ports import Rendition
    from foveate.server.core import Core
    from foveate.server.load import Admission

T = TypeVar("T")
Verb = Callable[[bytes, "Deadline"], T]
Timed = tuple[Answer, Mapping[str, float]]
"""An answer and what its parts took, in milliseconds."""
PLAIN = TransformOptions()
CUT_OUT = TransformOptions(segment=Segment())
"""Takes as much memory as an analysis with a matte."""
GRACE: Final = 0.25
"""Part of the time for a request that may pass before its body comes."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A body whose original is in memory."""

    body: Body
    data: bytes
    job: Job


class Posts:
    """What the POST routes do, through the same admission as image URLs."""

    def __init__(self, core: Core, admission: Admission) -> None:
        self._core = core
        self._admission = admission

    async def render(self, request: Request, options_text: str) -> Answer:
        """Return the rendition of the picture that was sent or named."""

        async def work(posted: Posted) -> Answer:
            parsed = _options(posted.body, options_text, self._core.settings.limits.max_draw)
            options = self._settled(request, parsed)
            overlays = await self._fetch(posted.job, options.extra_sources())
            verb = partial(self._render, options=options, overlays=overlays)
            others = overlays.values()
            rendition = await self._work(posted, verb, "render", options=options, others=others)
            return _picture(rendition, posted.job, parsed)

        return await self._with_picture(request, work)

    async def analyse(self, request: Request, parts: Sequence[str]) -> Answer:
        """Return what is known of the picture that was sent or named, as JSON."""

        async def work(posted: Posted) -> Answer:
            def verb(data: bytes, deadline: Deadline) -> Mapping[str, object]:
                return self._core.analyse(data, parts, deadline=deadline)

            asked = CUT_OUT if "matte" in parts else PLAIN
            known = await self._work(posted, verb, "analyse", options=asked)
            return json_answer(200, known, work_headers(_timings(posted.job, known)))

        return await self._with_picture(request, work)

    async def crops(
        self, request: Request, aspects: Sequence[str], *, gravity: str, render: bool
    ) -> Answer:
        """Return a box for each aspect ratio as JSON, or a zip with a picture for each."""
        verb = self._crop_pictures if render else self._crop_boxes

        async def work(posted: Posted) -> Answer:
            made = partial(verb, aspects=aspects, gravity=gravity)
            answer, spent_ms = await self._work(posted, made, "crops")
            told = work_headers({**posted.job.timings_ms, **spent_ms})
            return replace(answer, headers=answer.headers + encode_headers(told.items()))

        return await self._with_picture(request, work)

    def _render(
        self,
        data: bytes,
        deadline: Deadline,
        *,
        options: TransformOptions,
        overlays: Mapping[str, bytes],
    ) -> Rendition:
        return self._core.render(data, options, deadline=deadline, overlays=overlays)

    def _crop_boxes(
        self, data: bytes, deadline: Deadline, *, aspects: Sequence[str], gravity: str
    ) -> Timed:
        known = self._core.crops(data, aspects, deadline=deadline, gravity=gravity)
        return json_answer(200, known), known["timings_ms"]

    def _crop_pictures(
        self, data: bytes, deadline: Deadline, *, aspects: Sequence[str], gravity: str
    ) -> Timed:
        pictures = self._core.render_crops(data, aspects, deadline=deadline, gravity=gravity)
        archive = _zipped(pictures)
        pairs = picture_headers("application/zip", {}, len(archive)) | {
            "cache-control": NO_STORE,
            "content-disposition": 'attachment; filename="crops.zip"',
        }
        spent_ms: Counter[str] = Counter()
        for _, rendition in pictures:
            spent_ms.update(rendition.timings_ms)
        return Answer(200, encode_headers(pairs.items()), archive), spent_ms

    async def _with_picture(
        self, request: Request, work: Callable[[Posted], Awaitable[Answer]]
    ) -> Answer:
        admission = self._admission
        limits = self._core.settings.limits
        grace_s = limits.timeout_s * GRACE
        async with admission.job() as job:
            with job.span("fetch"):
                arriving = await begun(request, grace_s)
            async with job.holding(admission.bodies):
                with job.span("fetch"):
                    body = await read_body(arriving, limits.max_bytes, grace_s)

                async def rest() -> Answer:
                    data = body.data or (await self._fetch(job, [body.url]))[body.url]
                    return await work(Posted(body, data, job))

                return await unless_gone(request.receive, rest())

    async def _fetch(self, job: Job, urls: Sequence[str]) -> dict[str, bytes]:
        """Return originals by URL, which together may be as large as one."""
        with job.span("fetch"):
            max_bytes = self._core.settings.limits.max_bytes
            originals = await read_all(self._core.source.read, urls, max_bytes)
        return {url: each.data for url, each in zip(urls, originals, strict=True)}

    async def _work(
        self,
        posted: Posted,
        verb: Verb[T],
        span: str,
        *,
        options: TransformOptions = PLAIN,
        others: Collection[bytes] = (),
    ) -> T:
        estimate = partial(self._core.estimate, posted.data, options, others)
        need = await self._admission.probe(estimate)
        return await posted.job.work(partial(verb, posted.data), need=need, span=span)

    def _settled(self, request: Request, parsed: Parsed) -> TransformOptions:
        settings = self._core.settings
        if parsed.unknown and settings.strict:
            raise UnknownOption(f"unknown option: {', '.join(parsed.unknown)}")
        client = read_client(join_headers(request.headers.raw))
        options = resolve(parsed.options, client, settings.limits.max_dpr)
        check_supported(options)
        return options


def _options(body: Body, text: str, max_draw: int) -> Parsed:
    """Return what is asked for: `?options=`, or the body's own; and the body's overlays."""
    given = body.options or text
    if body.options and text:
        raise BadOption("Expected options in the URL or in the body, got both. Leave one out.")
    if isinstance(given, str):
        parsed = parse_options(given) if given else Parsed(PLAIN)
    else:
        parsed = options_from_json(given, max_draw=max_draw)
    if body.draw is None:
        return parsed
    overlays, unknown = overlays_from_json(body.draw, limit=max_draw)
    return Parsed(replace(parsed.options, draw=overlays), (*parsed.unknown, *unknown))


def _timings(job: Job, known: Mapping[str, object]) -> Mapping[str, float]:
    """Return what the request spent where, and what each part of the analysis took."""
    parts = known.get("timings_ms")
    return {**job.timings_ms, **parts} if isinstance(parts, Mapping) else job.timings_ms


def _picture(rendition: Rendition, job: Job, parsed: Parsed) -> Answer:
    timings = {**job.timings_ms, **rendition.timings_ms}
    pairs = {
        **picture_headers(rendition.content_type, rendition.facts, len(rendition.data)),
        **work_headers(timings),
        "cache-control": NO_STORE,
    }
    if names := vary(parsed.options):
        pairs["vary"] = ", ".join(names)
    headers = encode_headers([*pairs.items(), *warnings(parsed.unknown)])
    return Answer(200, headers, rendition.data)


def _zipped(pictures: Sequence[tuple[str, Rendition]]) -> bytes:
    buffer = io.BytesIO()
    # Stored, not deflated: pictures are compressed already.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for aspect, rendition in pictures:
            suffix = rendition.content_type.rpartition("/")[2]
            archive.writestr(f"{aspect.replace(':', 'x')}.{suffix}", rendition.data)
    return buffer.getvalue()
