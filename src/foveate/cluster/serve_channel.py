"""Handles of Serve as channels of gRPC: what calls a stage elsewhere cannot tell them apart."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.cluster.library import ray
from foveate.remote.failures import DETAILS
from foveate.remote.library import grpc

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

log = logging.getLogger(__name__)
OK: Final = "OK"
AUTHORIZATION: Final = "authorization"


class Reply(NamedTuple):
    """How a call ended: as a status of gRPC, and a message: the reply, or an `Error`."""

    code: str
    message: bytes = b""
    details: str = ""


class Failed(grpc().RpcError):  # type: ignore[misc]
    """A call that ended with another status than OK."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.details or reply.code)
        self._reply = reply

    def code(self) -> Any:  # noqa: ANN401 - one of gRPC's
        """Return the status."""
        return grpc().StatusCode[self._reply.code]

    def details(self) -> str:
        """Return what is said of it."""
        return self._reply.details

    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
        """Return our own error, where the stage said one."""
        return ((DETAILS, self._reply.message),) if self._reply.message else ()


@dataclass(frozen=True, slots=True, eq=False)
class ServeCall:
    """A call underway, as gRPC's future of it."""

    future: Future[Reply]
    reply: Callable[[bytes], Any]

    def result(self) -> Any:  # noqa: ANN401
        """Return the reply. Blocks. Raises Failed, and gRPC's error where it was cancelled."""
        try:
            ended = self.future.result()
        except CancelledError as why:
            raise grpc().FutureCancelledError from why
        if ended.code != OK:
            raise Failed(ended)
        return self.reply(ended.message)

    def add_done_callback(self, tell: Callable[[Any], object]) -> None:
        """Tell it once it has ended."""
        self.future.add_done_callback(lambda _: tell(self))

    def cancel(self) -> bool:
        """End it, also at the replica."""
        return self.future.cancel()

    def _ended(self) -> Failed:
        return Failed(Reply("CANCELLED") if self.future.cancelled() else self.future.result())

    def code(self) -> Any:  # noqa: ANN401
        """Return the status of a call that has ended."""
        return self._ended().code()

    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
        """Return what the stage said of its error."""
        return self._ended().trailing_metadata()


@dataclass(frozen=True, slots=True)
class _Multi:
    channel: ServeChannel
    path: str
    reply: Callable[[bytes], Any]

    def __call__(
        self, request: bytes, *, timeout: float | None, metadata: tuple[tuple[str, str], ...]
    ) -> Any:  # noqa: ANN401
        """Return the reply. Blocks, so not for the loop. Raises Failed."""
        return self.future(request, timeout=timeout, metadata=metadata).result()

    def future(
        self, request: bytes, *, timeout: float | None, metadata: tuple[tuple[str, str], ...]
    ) -> ServeCall:
        """Begin a call."""
        token = dict(metadata).get(AUTHORIZATION, "")
        asking = self.channel.ask(self.path, request, timeout, token)
        return ServeCall(asyncio.run_coroutine_threadsafe(asking, self.channel.loop), self.reply)


@dataclass(frozen=True, slots=True)
class ServeChannel:
    """The way to the replicas of one stage, of which Serve picks one that has little to do."""

    handle: Any
    """A DeploymentHandle."""
    loop: asyncio.AbstractEventLoop

    def unary_unary(self, path: str, response_deserializer: Callable[[bytes], Any]) -> _Multi:
        """Return what calls a method."""
        return _Multi(self, path, response_deserializer)

    def close(self) -> None:
        """Do nothing: Serve keeps what there is to keep."""

    async def ask(self, path: str, request: bytes, timeout_s: float | None, token: str) -> Reply:
        """Return how a call ended."""
        response = self.handle.call.remote(path, request, timeout_s, token)
        try:
            async with asyncio.timeout(timeout_s):
                return Reply(*await response)
        except TimeoutError:
            response.cancel()
            return Reply("DEADLINE_EXCEEDED", details="no answer in time")
        except asyncio.CancelledError:
            response.cancel()
            raise
        except Exception as why:  # noqa: BLE001 - whatever Serve has to say of replicas
            return _failure(why)


def _failure(why: Exception) -> Reply:
    """Return what a failure between us and a replica is in words of gRPC."""
    exceptions, serve = ray().exceptions, ray().serve.exceptions
    if isinstance(why, serve.BackPressureError):
        return Reply("RESOURCE_EXHAUSTED", details="all replicas are busy")
    gone = (exceptions.RayActorError, exceptions.NodeDiedError, serve.DeploymentUnavailableError)
    if isinstance(why, gone):
        return Reply("UNAVAILABLE", details=type(why).__name__)
    log.error("A replica failed unexpectedly", exc_info=why)
    return Reply("INTERNAL", details=type(why).__name__)
