"""One stage as a deployment: what `foveate stage` runs, asked by handles of Serve."""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.app import create
from foveate.cluster.serve_call import answered, called, refused
from foveate.delivery.admission import SWITCH_S
from foveate.delivery.delivery import Delivery
from foveate.errors import BadInstallation, BadToken, Unavailable
from foveate.metrics import Metrics
from foveate.remote.methods import full_name
from foveate.rpc.door import Door
from foveate.rpc.guard import allowed_by
from foveate.rpc.room import room_of
from foveate.rpc.server import handlers
from foveate.rpc.services import SERVICES
from foveate.service.stages.preprocess import READ_BY
from foveate.settings import Stages

if TYPE_CHECKING:
    from foveate.app import App
    from foveate.rpc.services import Service
    from foveate.settings import Settings


log = logging.getLogger(__name__)
NETWORKS: Final = {
    "look": ("retinaface", "gaze"),
    "embedder": ("mobilefacenet",),
    "preprocessor": ("retinaface",),
}
"""What stages load before they are asked: who comes first need not wait for that."""


class StageReplica:
    """A replica of one stage, with its own networks, batches, queue and bounds."""

    async def __init__(self, stage: str, settings: Settings) -> None:  # type: ignore[misc]
        """Raise BadInstallation where the stage cannot work: then the deployment says why."""
        sys.setswitchinterval(SWITCH_S)
        # A stage is where others send it: one that sent it on would never answer.
        self._settings = replace(settings, stages=Stages())
        self._app = create(self._settings)
        (service,) = (each for each in SERVICES if each.stage == stage)
        _check_ready(service, self._app)
        metrics = Metrics()
        self._delivery = Delivery(self._app, metrics)
        door = Door(self._app, self._delivery, metrics, room_of(self._settings))
        named = handlers(service, door).items()
        self._answers = {f"/{full_name(service.name)}/{name}": each for name, each in named}
        self._may = allowed_by(self._app)
        self._app.begin()
        await asyncio.to_thread(_load, stage, self._app)

    async def call(
        self, path: str, data: bytes, left_s: float | None, authorization: str
    ) -> tuple[str, bytes, str]:
        """Return how a call ended: the fields of a Reply."""
        if not self._may(path, authorization):
            return (*refused(BadToken(), path),)
        call = called(data, left_s, authorization)
        return (*await answered(self._answers[path], call),)

    async def check_health(self) -> None:
        """Raise Unavailable where it takes nothing any more; a loop that hangs does not come here.

        Serve then starts another one.
        """
        if self._delivery.admission.stopping:
            raise Unavailable("the replica is stopping")

    async def __del__(self) -> None:
        """End in good order: Serve has let what was underway finish."""
        if hasattr(self, "_delivery"):
            left_s = self._settings.load.stop_timeout_s
            await self._delivery.admission.stop(left_s)
            await self._app.close(left_s)


def _load(stage: str, app: App) -> None:
    """Load the networks of a stage, and tell the log what they run on."""
    read_by = [READ_BY[word].card for word in app.settings.attributes]
    for name in read_by if stage == "analyzer" else NETWORKS.get(stage, ()):
        session = app.registry.session(name)()
        log.info("The stage %s runs %s on %s.", stage, name, session.provider)


def _check_ready(service: Service, app: App) -> None:
    if not service.ready(app):
        raise BadInstallation(
            f"The stage {service.stage} cannot work here: its networks are not, or its settings "
            "leave it nothing to do. Run `foveate models pull core people` on each node."
        )
