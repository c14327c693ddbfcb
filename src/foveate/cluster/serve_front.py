"""The front as a deployment: `foveate serve` behind Serve's proxies, whose stages are handles."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from foveate.app import create
from foveate.cluster.serve_call import answered, called, refusal, streamed
from foveate.cluster.serve_channel import OK, Reply, ServeChannel
from foveate.delivery.admission import SWITCH_S
from foveate.errors import Unavailable
from foveate.remote.failures import DETAILS
from foveate.remote.library import grpc
from foveate.remote.methods import (
    ANALYZE,
    EMBED,
    FIND_FACES,
    FIND_LOOKS,
    PREPROCESS,
    RECOGNISE,
    SEARCH,
    Method,
    full_name,
)
from foveate.rpc.door import Door, held
from foveate.rpc.guard import allowed_by
from foveate.rpc.room import room_of
from foveate.rpc.server import handlers
from foveate.rpc.services import SERVICES
from foveate.server.asgi import Front
from foveate.server.in_bytes import InBytes
from foveate.server.logs import configure
from foveate.settings import Stages

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from foveate.app import App
    from foveate.delivery.delivery import Delivery
    from foveate.metrics import Metrics
    from foveate.settings import Settings

ANYWHERE: Final = "0.0.0.0"  # noqa: S104 - as others do
HANDLE: Final = "serve:"
"""Before the name of a stage, where its address would stand."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message, as Serve asks one for its bytes."""

    data: bytes = b""

    def SerializeToString(self) -> bytes:  # noqa: N802 - of protobuf
        """Return them."""
        return self.data


def _unary(method: Method) -> Any:  # noqa: ANN401
    """Return what answers a method in a replica."""

    async def answer(self: FrontReplica, request: bytes, grpc_context: Any) -> Sent:  # noqa: ANN401
        token = held(grpc_context.invocation_metadata())
        reply = self.refusal(method.path, token) or await answered(
            self.answers[method.path], called(request, None, token)
        )
        if reply.code != OK:  # not raised: of errors that are, Serve sends no metadata
            _end(grpc_context, reply)
            return Sent()
        return Sent(reply.message)

    return answer


def _stream(method: Method) -> Any:  # noqa: ANN401
    """Return what answers a method with several messages."""

    async def answer(
        self: FrontReplica,
        request: bytes,
        grpc_context: Any,  # noqa: ANN401
    ) -> AsyncGenerator[Sent]:
        token = held(grpc_context.invocation_metadata())
        if refusal := self.refusal(method.path, token):
            raise _end(grpc_context, refusal)
        handler = self.answers[method.path]
        async with aclosing(streamed(handler, called(request, None, token))) as messages:
            async for message in messages:
                if isinstance(message, Reply):
                    raise _end(grpc_context, message)
                yield Sent(handler.response_serializer(message))

    return answer


def _end(context: Any, reply: Reply) -> RuntimeError:  # noqa: ANN401
    """Write to Serve's context how a call ends, and return an error that its proxy can read."""
    context.set_code(grpc().StatusCode[reply.code])
    context.set_details(reply.details)
    context.set_trailing_metadata([(DETAILS, reply.message)])
    return RuntimeError(reply.details)


class FrontReplica:
    """A replica that answers HTTP and gRPC, and makes renditions.

    The application is made here, of settings: it cannot be sent.
    """

    async def __init__(  # type: ignore[misc]
        self,
        settings: Settings,
        token: str,
        **handles: Any,  # noqa: ANN401 - of Serve
    ) -> None:
        sys.setswitchinterval(SWITCH_S)
        configure(settings.server)
        loop = asyncio.get_running_loop()

        def channel(target: str, *_: object) -> ServeChannel:
            return ServeChannel(handles[target.removeprefix(HANDLE)], loop)

        stages = Stages(**{name: f"{HANDLE}{name}" for name in handles}, token=token)
        self._app = create(replace(settings, stages=stages), channels=channel)
        self._may = allowed_by(self._app)
        self._calls = Calls(self._app)
        self._front = Front(self._app, beside=[self._calls])

    def __serve_build_asgi_app__(self) -> InBytes:
        """Return what answers HTTP."""
        return InBytes(self._front)

    async def check_health(self) -> None:
        """Raise Unavailable where nothing is taken any more."""
        if self._calls.delivery is not None and self._calls.delivery.admission.stopping:
            raise Unavailable("the replica is stopping")

    def refusal(self, path: str, authorization: str) -> Reply | None:
        """Return how a call ends that is not let in; None where it is."""
        return refusal(self._may, path, authorization)

    @property
    def answers(self) -> Mapping[str, Any]:
        """Return what answers each method, by its path."""
        return self._calls.answers

    Preprocess = _unary(PREPROCESS)
    Embed = _unary(EMBED)
    Analyze = _unary(ANALYZE)
    Search = _unary(SEARCH)
    FindFaces = _unary(FIND_FACES)
    FindLooks = _unary(FIND_LOOKS)
    Recognise = _stream(RECOGNISE)


class Calls:
    """What answers gRPC, through the same delivery as HTTP: it lives beside that."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.answers: dict[str, Any] = {}
        self.delivery: Delivery | None = None

    async def start(self, delivery: Delivery, metrics: Metrics) -> None:
        """Begin to answer."""
        self.delivery = delivery
        # Serve takes calls from anywhere, whatever HTTP is listened on.
        anywhere = replace(self._app.settings.server, host=ANYWHERE)
        app = replace(self._app, settings=replace(self._app.settings, server=anywhere))
        door = Door(app, delivery, metrics, room_of(app.settings))
        for service in SERVICES:
            named = handlers(service, door).items()
            self.answers |= {f"/{full_name(service.name)}/{name}": each for name, each in named}

    async def stop(self, grace_s: float) -> None:
        """Do nothing: no call comes any more, and delivery waits for those underway."""
