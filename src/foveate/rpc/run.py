"""One stage alone in a process: its service, and only its networks."""

from __future__ import annotations

import asyncio
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.app import create
from foveate.delivery.admission import SWITCH_S
from foveate.delivery.delivery import Delivery
from foveate.metrics import Metrics
from foveate.rpc.server import RpcServer
from foveate.rpc.services import SERVICES
from foveate.settings import Stages

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.settings import Settings


def run_stage(stage: str, settings: Settings, started: Callable[[int], None]) -> None:
    """Serve one of `STAGES` until SIGINT or SIGTERM; `started` is told the port.

    Raises BadSettings, BadInstallation, and Unavailable for a port in use.
    """
    sys.setswitchinterval(SWITCH_S)
    # A stage is where others send it: one that sent it on, perhaps to itself, would never answer.
    with asyncio.Runner(loop_factory=_fastest_loop()) as runner:
        runner.run(_serve(stage, replace(settings, stages=Stages()), started))


def _fastest_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes the loop on which `foveate serve` runs too; None for Python's own."""
    try:
        from uvloop import new_event_loop  # noqa: PLC0415 - not everywhere
    except ModuleNotFoundError:
        return None
    return new_event_loop


def _on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
        else:
            loop.add_signal_handler(number, stop)


async def _serve(stage: str, settings: Settings, started: Callable[[int], None]) -> None:
    services = [service for service in SERVICES if service.stage == stage]
    app, metrics, stop = create(settings), Metrics(), asyncio.Event()
    delivery = Delivery(app, metrics)
    server = RpcServer(app, services, host=settings.server.host, port=settings.rpc.port)
    await server.start(delivery, metrics)
    _on_signals(stop.set)
    app.begin()
    started(server.port)
    await stop.wait()
    await server.stop(settings.load.stop_timeout_s)
    await delivery.admission.stop(settings.load.stop_timeout_s)
    await app.close(settings.load.stop_timeout_s)
