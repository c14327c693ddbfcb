"""The life of one call: let in, worked on under its own deadline, answered or refused by name."""

from __future__ import annotations

import math
import time
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadBody, FoveateError
from foveate.ledger.amounts import Name
from foveate.metrics import ERRORS, LATENCY, REQUESTS
from foveate.people.keys import OVER_GRPC
from foveate.remote.failures import DETAILS, error_message
from foveate.remote.library import grpc
from foveate.rpc.errors import code_of, ours
from foveate.service.access import FORWARDED
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
    from foveate.storage.source import Source

    Serve = Callable[["Door", Any, Admitted], Awaitable[Any]]
    Stream = Callable[["Door", Any, Admitted], AsyncGenerator[Any]]

OK: Final = "OK"


@dataclass(frozen=True, slots=True)
class Door:
    """Where calls come in: through the same delivery as requests over HTTP."""

    app: App
    delivery: Delivery
    metrics: Metrics
    authorization: str = ""
    """What the caller sent under that name, once there is one."""
    forwarded: bool = False
    """Whether he asks for somebody else, who may be anywhere."""

    def unary(self, method: Method, serve: Serve) -> Any:  # noqa: ANN401
        """Return what answers a method with one message."""

        async def answer(request: Any, context: Any) -> Any:  # noqa: ANN401
            async with self._call(method, context) as admitted:
                return await serve(self._met(context), request, admitted)

        return grpc().unary_unary_rpc_method_handler(answer, *_serialisers(method))

    def stream(self, method: Method, serve: Stream) -> Any:  # noqa: ANN401
        """Return what answers a method with several messages."""

        async def answer(request: Any, context: Any) -> AsyncGenerator[Any]:  # noqa: ANN401
            async with (
                self._call(method, context) as admitted,
                aclosing(serve(self._met(context), request, admitted)) as messages,
            ):
                async for message in messages:
                    yield message

        return grpc().unary_stream_rpc_method_handler(answer, *_serialisers(method))

    def picture(self, said: pb.Picture) -> str | Source:
        """Return the picture of a request, or the key of what was uploaded. Raises BadBody."""
        if image := said.image:  # read once: each time it is copied out of the message
            return uploaded(self.app.source_of(image))
        if said.reference:
            return f"{SCHEME}{said.reference}"
        raise BadBody("Expected a picture: image or reference, got neither.")

    def _met(self, context: Any) -> Door:  # noqa: ANN401
        metadata = context.invocation_metadata()
        named = FORWARDED & set(dict(metadata or ()))
        return replace(self, authorization=held(metadata), forwarded=bool(named))

    @asynccontextmanager
    async def _call(self, method: Method, context: Any) -> AsyncIterator[Admitted]:  # noqa: ANN401
        """Yield the admission of a call; count how it ends, and abort it by what is raised.

        Who cancels a call cancels what is done inside.
        """
        began, code, trace = time.perf_counter(), "CANCELLED", Trace()
        left_s = context.time_remaining()
        at_most_s = math.inf if left_s is None else left_s
        try:
            async with self.delivery.admission.admit(trace, at_most_s=at_most_s) as admitted:
                yield admitted
            code = OK
        except Exception as why:  # noqa: BLE001 - whatever it is, it is told by its name
            error = ours(why, method.path)
            code = code_of(type(error))
            self.metrics.count(ERRORS, type(error).__name__)
            await abort(context, error)
        finally:
            account = self.app.ledger.account(Name(OVER_GRPC, method.path))
            account.requests += 1
            self.app.ledger.charge(account, trace)
            self.metrics.count(REQUESTS, method.path, code)
            self.metrics.observe(LATENCY, method.path, time.perf_counter() - began)


async def abort(context: Any, error: FoveateError) -> None:  # noqa: ANN401
    """End a call with the code, the class and the sentence of an error. Raises AbortError."""
    details = ((DETAILS, error_message(error).SerializeToString()),)
    await context.abort(
        getattr(grpc().StatusCode, code_of(type(error))), error.public, trailing_metadata=details
    )


def held(metadata: Any) -> str:  # noqa: ANN401
    """Return what a call's metadata say for authorization."""
    return str(dict(metadata or ()).get("authorization", ""))


def _serialisers(method: Method) -> tuple[Any, Any]:
    return method.request.FromString, method.reply.SerializeToString
