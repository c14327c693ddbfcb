"""Telling an address that a job has ended: signed, and again until somebody takes it.

Signed as https://www.standardwebhooks.com has it, so that libraries can verify it.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import logging
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.errors import FoveateError, OriginNotAllowed
from foveate.jobs.job import dumped
from foveate.jobs.links import SHOWN
from foveate.jobs.loop import Loop
from foveate.storage.addresses import is_public
from foveate.storage.policy import OriginPolicy
from foveate.storage.webhook import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.jobs.job import Job
    from foveate.jobs.links import Links
    from foveate.jobs.queue import Queue
    from foveate.settings import Settings
    from foveate.storage.policy import OriginUrl

log = logging.getLogger("foveate.jobs")
FIRST_WAIT_S: Final = 5.0
MOST_WAIT_S: Final = 3600.0
TRIES: Final = 34
"""Over a day, then it is given up."""
LOOK_S: Final = 1.0
AT_ONCE: Final = 4


def wait_s(tries: int) -> float:
    """Return how long to wait after so many tries.

    >>> wait_s(0), wait_s(3), wait_s(20)
    (5.0, 40.0, 3600.0)
    """
    return min(MOST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(tries, 30))


def signed(secret: str, message: str, at: int, body: bytes) -> dict[str, str]:
    """Return the headers by which a receiver knows who tells, and when."""
    key = base64.b64decode(secret.removeprefix(SHOWN))
    text = b"%s.%d.%s" % (message.encode(), at, body)
    signature = base64.b64encode(hmac.digest(key, text, "sha256")).decode()
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{signature}",
    }


def address_of(webhook: str, settings: Settings) -> OriginUrl:
    """Return where a webhook goes. Raises BadUrl, and OriginNotAllowed for where it may not.

    Where a name leads is seen only when it is called, each time.
    """
    try:
        target = OriginPolicy(settings.jobs.webhooks).check(webhook)
    except OriginNotAllowed as why:
        raise _refusal(webhook, "that FOVEATE_JOBS__WEBHOOKS names") from why
    if not settings.origins.allow_private and _is_private(target.host):
        raise _refusal(webhook, "at a public address, or FOVEATE_ORIGINS__ALLOW_PRIVATE set")
    return target


def _refusal(webhook: str, where: str) -> OriginNotAllowed:
    sentence = f"Expected a webhook {where}, got {webhook[:200]}."
    return OriginNotAllowed(sentence, public=sentence)


def _is_private(host: str) -> bool:
    """Return whether a host is an address that is not public; a name is none."""
    try:
        return not is_public(host)
    except ValueError:
        return False


@dataclass(slots=True)
class Webhooks:
    """Tells of the ends of jobs."""

    queue: Queue
    links: Links
    settings: Settings
    leads: Callable[[], bool]
    """Whether this server is the one that works on the queue."""
    first_wait_s: float = FIRST_WAIT_S
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        self.loop = Loop(self._look, LOOK_S)

    async def _look(self) -> None:
        if self.leads():
            await asyncio.gather(*(self._tell_all() for _ in range(AT_ONCE)))

    async def _tell_all(self) -> None:
        while not self.loop.ending:
            job = await asyncio.to_thread(self.queue.untold, self._wait_s)
            if job is None:
                return
            await asyncio.to_thread(self._tell, job)

    def _wait_s(self, tries: int) -> float:
        return wait_s(tries) * self.first_wait_s / FIRST_WAIT_S

    def _tell(self, job: Job) -> None:
        assert job.webhook is not None  # noqa: S101 - it is the webhook that is due
        try:
            self._post(job)
        except (OSError, ValueError, FoveateError) as why:
            over = job.webhook.tries >= TRIES
            log.info("The webhook of job %s was not taken: %r", job.id, str(why))
            self.queue.tried(job, "given up" if over else "waiting", str(why)[:200])
        else:
            self.queue.tried(job, "told", "")

    def _post(self, job: Job) -> None:
        told = {**job.to_json(), "key": job.key}
        del told["webhook"]
        body = dumped({"type": f"job.{job.state}", "data": told}).encode(errors="replace")
        headers = signed(self.links.webhook_secret(job.key), job.id, int(time.time()), body)
        origins = self.settings.origins
        send = partial(post, headers=headers, public=not origins.allow_private)
        send(str(address_of(job.webhook.url, self.settings)), body)  # type: ignore[union-attr]
