"""What a function does with an event: the server answers, or objects become renditions."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import AnswerTooLarge, BadBody, FoveateError
from foveate.imaging.encode import ending_of
from foveate.server.answer import NO_STORE, encode_headers
from foveate.server.asgi import Front
from foveate.server.errors import error_answer
from foveate.server.logs import configure as configure_logs
from foveate.serverless import buckets, http
from foveate.serverless.renditions import Renditions
from foveate.storage.bucket_folder import BucketFolder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.app import App
    from foveate.serverless.http import Message, Scope
    from foveate.serverless.renditions import LeftS

OK: Final = 200
TEMPORARY_REDIRECT: Final = 307
SEE_OTHER: Final = 303


def left_s_of(context: object) -> LeftS:
    """Return what tells how many seconds are left, by what AWS hands over beside an event.

    >>> left_s_of(None)() is None
    True
    """
    left_ms = getattr(context, "get_remaining_time_in_millis", None)
    return (lambda: None) if left_ms is None else lambda: left_ms() / 1000


class Function:
    """Answers one event at a time, on a loop of its own that lasts as long as the process."""

    def __init__(self, app: App) -> None:
        """Start the service. Raises BadSettings and BadInstallation."""
        configure_logs(app.settings.server)
        self._settings = app.settings
        self._renditions = Renditions(app)
        self._front = Front(app, beside=[self._renditions])
        large = app.settings.serverless.large
        self._large = BucketFolder(large, app.settings.origins) if large else None
        self._runner = asyncio.Runner()
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._runner.run(self._start())

    def __call__(self, event: object, left_s: LeftS = lambda: None) -> dict[str, Any]:
        """Return what the platform is told. Raises for what it is to try again, and BadBody."""
        said = event if isinstance(event, dict) else {}
        if http.is_request(said):
            return self._runner.run(self._answer(said))
        if buckets.is_told(said):
            return self._runner.run(self._renditions.told(buckets.notices_of(said), left_s))
        raise BadBody(
            "Expected an event of a function URL, of API Gateway with payload 2.0, or of S3, got "
            f"one with {', '.join(sorted(map(str, said))[:10]) or 'nothing'}."
        )

    def close(self) -> None:
        """End as the server does: what was charged is written, and connections are closed.

        For who makes functions by himself. A platform ends the process without asking, which loses
        what was charged since the last flush.
        """
        self._runner.run(self._end())
        self._runner.close()

    async def _start(self) -> None:
        """Begin as the server does, and leave that task to wait for the end."""
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def send(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                started.set_result(None)

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}}
        self._messages.put_nowait({"type": "lifespan.startup"})
        self._living = asyncio.create_task(self._front(scope, self._messages.get, send))
        # Where the process ends first, that is no mistake to be told.
        self._living._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001
        await asyncio.wait({self._living, started}, return_when=asyncio.FIRST_COMPLETED)
        if not started.done():
            self._living.result()

    async def _end(self) -> None:
        self._messages.put_nowait({"type": "lifespan.shutdown"})
        await self._living

    async def _answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        scope = http.scope_of(event)
        try:
            exchange = http.Exchange(http.body_of(event))
            await self._front(scope, exchange.receive, exchange.send)
            whole = b"".join(exchange.pieces)
            answer = http.reply(exchange.status, exchange.headers, whole)
            if http.size_of(answer) <= self._settings.serverless.max_response_bytes:
                return answer
            return await self._elsewhere(scope, exchange, whole)
        except FoveateError as why:
            retry_after_s = self._settings.load.retry_after_s
            said = error_answer(why, scope["path"], retry_after_s=retry_after_s)
            return http.reply(said.status, said.headers, bytes(said.body))

    async def _elsewhere(
        self, scope: Scope, exchange: http.Exchange, whole: bytes
    ) -> dict[str, Any]:
        """Return a redirect to where the answer is put. Raises AnswerTooLarge, or a SourceError."""
        if self._large is None or exchange.status != OK:
            most = self._settings.serverless.max_response_bytes
            sentence = (
                f"Expected an answer of at most {most} bytes in base64, got {len(whole)} before "
                "that. Ask for fewer pixels or bytes."
            )
            raise AnswerTooLarge(sentence, public=sentence)
        kind = dict(exchange.headers).get(b"content-type", b"").decode("latin-1")
        name = f"{sha256(whole).hexdigest()}{ending_of(kind)}"
        link = await asyncio.to_thread(self._put, self._large, name, whole, kind)
        # Who sent a body asks for the answer without one.
        status = TEMPORARY_REDIRECT if scope["method"] == "GET" else SEE_OTHER
        pairs = {"location": link, "cache-control": NO_STORE}
        return http.reply(status, encode_headers(pairs.items()), b"")

    def _put(self, bucket: BucketFolder, name: str, whole: bytes, kind: str) -> str:
        if not bucket.has(name):
            bucket.put(name, whole, kind or "application/octet-stream")
        return bucket.link(name, self._settings.serverless.link_s)
