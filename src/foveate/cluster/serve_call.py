"""One call in a replica, as gRPC's context of it: so that the same doors answer it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.cluster.serve_channel import AUTHORIZATION, OK, Reply
from foveate.errors import BadToken
from foveate.remote.failures import error_message
from foveate.remote.library import grpc
from foveate.rpc.errors import code_of, ours

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from foveate.errors import FoveateError
    from foveate.rpc.guard import Allowed

UNLOCKED: Final = "Nobody can call, because no token is set: FOVEATE_RPC__TOKEN."


@dataclass(eq=False)
class Call:
    """A call whose message is here."""

    data: bytes
    left_s: float | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    failed: Reply | None = field(default=None, init=False)

    def time_remaining(self) -> float | None:
        """Return how long its caller waits."""
        return self.left_s

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        """Return what came along."""
        return self.metadata

    def done(self) -> bool:
        """Return whether it was ended."""
        return self.failed is not None

    async def read(self) -> bytes:
        """Return the message."""
        return self.data

    async def abort(self, code: Any, details: str, trailing_metadata: Any) -> None:  # noqa: ANN401
        """End it. Raises AbortError, as gRPC does."""
        ((_, message),) = trailing_metadata
        self.failed = Reply(code.name, message, details)
        raise grpc().aio.AbortError


def refusal(may: Allowed, path: str, authorization: str) -> Reply | None:
    """Return how a call ends that is not let in; None where it is.

    Serve listens for gRPC on all addresses where its own file says so, whatever `rpc.port` is:
    without a token nobody is let in.
    """
    if not may.tokens:
        return refused(BadToken(UNLOCKED, public=UNLOCKED), path)
    return None if may(path, authorization) else refused(BadToken(), path)


def refused(error: FoveateError, path: str) -> Reply:
    """Return how a call ends that is not let in."""
    said = error_message(ours(error, path))
    return Reply(code_of(type(error)), said.SerializeToString(), error.public)


def called(data: bytes, left_s: float | None, authorization: str) -> Call:
    """Return a call of somebody who sent that for authorization."""
    return Call(data, left_s, ((AUTHORIZATION, authorization),) if authorization else ())


async def answered(handler: Any, call: Call) -> Reply:  # noqa: ANN401 - of gRPC
    """Return how a call of one message ends."""
    try:
        message = await handler.stream_unary(None, call)
    except grpc().aio.AbortError:
        if call.failed is None:
            raise
        return call.failed
    return Reply(OK, handler.response_serializer(message))


async def streamed(handler: Any, call: Call) -> AsyncGenerator[Any]:  # noqa: ANN401
    """Yield the messages of a call, of which the last may be a Reply that says how it failed."""
    try:
        async for message in handler.stream_stream(None, call):
            yield message
    except grpc().aio.AbortError:
        if call.failed is None:
            raise
        yield call.failed
