"""A gRPC server on the loop that it is started on, beside whatever else runs there."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Final

from foveate.delivery.admission import worker_count
from foveate.errors import BadSettings, Unavailable
from foveate.remote.channel import message_limits, read_pem
from foveate.remote.library import grpc
from foveate.remote.methods import full_name
from foveate.rpc.door import Door
from foveate.rpc.guard import interceptors
from foveate.rpc.room import room_of
from foveate.rpc.services import SERVICES
from foveate.settings import MIB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.app import App
    from foveate.delivery.delivery import Delivery
    from foveate.metrics import Metrics
    from foveate.rpc.services import Service
    from foveate.settings import Rpc

LOOK_EVERY_S: Final = 5.0
"""How often it is looked whether weights have come."""
PROBES: Final = 16
"""Calls beyond those that are worked on or wait: of health, and of reflection."""
AHEAD_BYTES: Final = 4 * MIB
"""What gRPC takes of each call before its message is read; less would slow down large ones."""


class RpcServer:
    """Serves some services of an app until it is stopped."""

    def __init__(
        self, app: App, services: Sequence[Service] = SERVICES, *, host: str, port: int
    ) -> None:
        """Raise BadInstallation. Port 0 takes a free one."""
        grpc()
        self._app = app
        self._services = services
        self._address = f"[{host}]" if ":" in host else host
        self.port = port
        self._server: Any = None
        self._health: Any = None
        self._looking: asyncio.Task[None] | None = None

    async def start(self, delivery: Delivery, metrics: Metrics) -> None:
        """Begin to answer. Raises Unavailable for a port in use, and BadSettings."""
        from grpc_health.v1 import health, health_pb2_grpc  # noqa: PLC0415 - an extra
        from grpc_reflection.v1alpha import reflection  # noqa: PLC0415

        settings = self._app.settings
        door = Door(self._app, delivery, metrics, room_of(settings))
        self._server = _server(self._app)
        self._health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        for service in self._services:
            answers = handlers(service, door)
            named = grpc().method_handlers_generic_handler(full_name(service.name), answers)
            self._server.add_generic_rpc_handlers((named,))
        names = [full_name(service.name) for service in self._services]
        reflection.enable_server_reflection(
            (*names, health.SERVICE_NAME, reflection.SERVICE_NAME), self._server
        )
        self.port = _bound(self._server, f"{self._address}:{self.port}", settings.rpc)
        await self._look()
        await self._server.start()
        self._looking = asyncio.ensure_future(self._keep_looking())

    async def stop(self, grace_s: float) -> None:
        """Take no new calls, let those underway finish for so long, then end them."""
        if self._looking is not None:
            self._looking.cancel()
        if self._server is not None:
            await self._health.enter_graceful_shutdown()
            await self._server.stop(grace_s)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            with contextlib.suppress(OSError):
                await self._look()

    async def _look(self) -> None:
        """Say of each service whether it could work now, and of all of them whether each could."""
        from grpc_health.v1 import health_pb2  # noqa: PLC0415

        kinds = health_pb2.HealthCheckResponse
        ready = await asyncio.to_thread(
            lambda: {full_name(each.name): each.ready(self._app) for each in self._services}
        )
        # One that serves several is up: what it cannot do, it says by name.
        told = {**ready, "": len(ready) > 1 or all(ready.values())}
        for name, well in told.items():
            await self._health.set(name, kinds.SERVING if well else kinds.NOT_SERVING)


def _server(app: App) -> Any:  # noqa: ANN401
    settings, load = app.settings, app.settings.load
    return grpc().aio.server(
        interceptors=interceptors(app),
        options=(
            *message_limits(settings.rpc),
            # Two servers on one port would each get some of the calls.
            ("grpc.so_reuseport", 0),
            # As much it takes of a call before anybody reads, and no more where the line is fast.
            ("grpc.http2.lookahead_bytes", AHEAD_BYTES),
            ("grpc.http2.bdp_probe", 0),
        ),
        # Whoever is above it is refused before the message is read.
        maximum_concurrent_rpcs=worker_count(load) + load.queue + PROBES,
    )


def handlers(service: Service, door: Door) -> dict[str, Any]:
    """Return what answers each method of a service, by their names."""
    unary = {method.name: door.unary(method, serve) for method, serve in service.unary.items()}
    streams = {each.name: door.stream(each, serve) for each, serve in service.streams.items()}
    return unary | streams


def _bound(server: Any, address: str, rpc: Rpc) -> int:  # noqa: ANN401
    """Return the port on which it listens."""
    try:
        if credentials := _credentials(rpc):
            return int(server.add_secure_port(address, credentials))
        return int(server.add_insecure_port(address))
    except RuntimeError as why:
        sentence = f"{address} cannot be listened on: it is in use, or not of this machine."
        raise Unavailable(sentence, public=sentence) from why


def _credentials(rpc: Rpc) -> Any:  # noqa: ANN401
    """Return how callers are met by TLS, or None. Raises BadSettings."""
    if not rpc.tls_certificate and not rpc.tls_key:
        return None
    if not rpc.tls_certificate or not rpc.tls_key:
        raise BadSettings("rpc.tls_certificate, rpc.tls_key: expected both or neither.")
    chain = read_pem("rpc.tls_certificate", rpc.tls_certificate)
    return grpc().ssl_server_credentials([(read_pem("rpc.tls_key", rpc.tls_key), chain)])
