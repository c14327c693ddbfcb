"""The life of one call: let in, worked on under its own deadline, answered or refused by name."""

from __future__ import annotations

import math
import time
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadBody, BadSettings
from foveate.ledger.amounts import Name
from foveate.metrics import ERRORS, LATENCY, REQUESTS
from foveate.people.keys import OVER_GRPC
from foveate.remote.library import grpc
from foveate.rpc.ending import abort
from foveate.rpc.errors import code_of, ours
from foveate.service.access import FORWARDED, bearer
from foveate.storage.references import SCHEME
from foveate.storage.source import uploaded
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    from foveate.app import App
    from foveate.delivery.admission import Admitted
    from foveate.delivery.delivery import Delivery
    from foveate.metrics import Metrics
    from foveate.remote import stages_pb2 as pb
    from foveate.remote.methods import Method
    from foveate.rpc.room import Arrival, MessageRoom
    from foveate.storage.source import Source

    Serve = Callable[["Door", Any, Admitted], Awaitable[Any]]
    Stream = Callable[["Door", Any, Admitted], AsyncGenerator[Any]]

OK: Final = "OK"
AUTHORIZATION: Final = "authorization"


@dataclass(frozen=True, slots=True)
class Door:
    """Where calls come in: through the same delivery as requests over HTTP."""

    app: App
    delivery: Delivery
    metrics: Metrics
    room: MessageRoom
    authorization: str = ""
    """What the caller sent under that name, once there is one."""
    forwarded: bool = False
    """Whether he asks for somebody else, who may be anywhere."""

    def unary(self, method: Method, serve: Serve) -> Any:  # noqa: ANN401
        """Return what answers a method with one message."""

        async def answer(_: object, context: Any) -> Any:  # noqa: ANN401
            met = self._met(context)
            async with met.call(method, context) as (admitted, arrival):
                return await serve(met, await arrival.message(method.request), admitted)

        return grpc().stream_unary_rpc_method_handler(answer, *_raw(method))

    def stream(self, method: Method, serve: Stream) -> Any:  # noqa: ANN401
        """Return what answers a method with several messages."""

        async def answer(_: object, context: Any) -> AsyncGenerator[Any]:  # noqa: ANN401
            met = self._met(context)
            async with met.call(method, context) as (admitted, arrival):
                come = arrival.message(method.request)
                async with aclosing(serve(met, await come, admitted)) as messages:
                    async for message in messages:
                        yield message

        return grpc().stream_stream_rpc_method_handler(answer, *_raw(method))

    def picture(self, said: pb.Picture) -> str | Source:
        """Return the picture of a request, or the key of what was uploaded. Raises BadBody."""
        if image := said.image:  # read once: each time it is copied out of the message
            return uploaded(self.app.source_of(image))
        if said.reference:
            return f"{SCHEME}{said.reference}"
        raise BadBody("Expected a picture: image or reference, got neither.")

    def _met(self, context: Any) -> Door:  # noqa: ANN401
        said = dict(context.invocation_metadata() or ())
        sent, forwarded = str(said.get(AUTHORIZATION, "")), not FORWARDED.isdisjoint(said)
        return Door(self.app, self.delivery, self.metrics, self.room, sent, forwarded)

    @asynccontextmanager
    async def call(
        self,
        method: Method,
        context: Any,  # noqa: ANN401
    ) -> AsyncIterator[tuple[Admitted, Arrival]]:
        """Yield the admission of a call, and its message, for which there is room.

        How it ends is counted, and it is aborted by what is raised.

        Who cancels a call cancels what is done inside.
        """
        began, code, trace = time.perf_counter(), "CANCELLED", Trace()
        left_s = context.time_remaining()
        at_most_s = math.inf if left_s is None else left_s
        try:
            async with (
                self.delivery.admission.admit(trace, at_most_s=at_most_s) as admitted,
                self.room.arrival(context, trace) as arrival,
            ):
                yield admitted, arrival
            code = OK
        except Exception as why:  # noqa: BLE001 - whatever it is, it is told by its name
            error = ours(why, method.path)
            code = code_of(type(error))
            self.metrics.count(ERRORS, type(error).__name__)
            await abort(context, error)
        finally:
            account = self.app.ledger.account(Name(self._payer(), method.path))
            account.requests += 1
            self.app.ledger.charge(account, trace)
            self.metrics.count(REQUESTS, method.path, code)
            self.metrics.observe(LATENCY, method.path, time.perf_counter() - began)

    def _payer(self) -> str:
        """Return who is charged: the name of a key of the face index, or all others as one."""
        secret = bearer(self.authorization)
        try:
            key = self.app.access.keys.of(secret) if secret else None
        except BadSettings:  # told where it decides who may
            key = None
        return key.name if key else OVER_GRPC


def held(metadata: Any) -> str:  # noqa: ANN401
    """Return what a call's metadata say for authorization."""
    return str(dict(metadata or ()).get(AUTHORIZATION, ""))


def _raw(method: Method) -> tuple[None, Any]:
    # Taken as a stream a message is read when it is asked for, and gRPC itself keeps none of it.
    return None, method.reply.SerializeToString
