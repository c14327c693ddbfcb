"""Telling an address that long work has ended: signed, and again until somebody takes it.

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
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from foveate.backoff import wait_s
from foveate.errors import FoveateError, OriginNotAllowed
from foveate.jobs.due import GIVEN_UP, TOLD, WAITING, Outcome
from foveate.jobs.job import dumped
from foveate.jobs.links import SHOWN
from foveate.jobs.loop import Loop
from foveate.jobs.threads import Threads
from foveate.storage.addresses import is_public
from foveate.storage.policy import OriginPolicy
from foveate.storage.webhook import TIMEOUT_S, post

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.jobs.job import Job
    from foveate.jobs.links import Links
    from foveate.settings import Settings
    from foveate.storage.policy import OriginUrl

log = logging.getLogger("foveate.jobs")
FIRST_WAIT_S: Final = 5.0
MOST_WAIT_S: Final = 3600.0
TRIES: Final = 34
"""Over a day, then it is given up."""
LEASE_S: Final = 3 * TIMEOUT_S
"""After so long it is told again although nobody says what came of it: who told was killed."""
LOOK_S: Final = 1.0
AT_ONCE: Final = 4


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


class Letter(NamedTuple):
    """What is to be told, and to whom."""

    url: str
    tries: int
    """How often it was tried, this time too."""
    id: str
    key: str
    """Whose secret signs it."""
    type: str
    data: Mapping[str, Any]


class Untold(Protocol):
    """Books in which it is noted of whose end somebody is to be told."""

    def untold(self, lease_s: float, /) -> Any:  # noqa: ANN401 - of its own kind
        """Return what is due now, and to nobody else for so long; None where nothing is."""
        ...

    def tried(self, due: Any, came: Outcome, /) -> None:  # noqa: ANN401
        """Note what came of telling."""
        ...


def of_job(job: Job) -> Letter:
    """Return what is told of a job."""
    assert job.webhook is not None  # noqa: S101 - it is the webhook that is due
    told = {**job.to_json(), "key": job.key}
    del told["webhook"]
    url, _, tries, _ = job.webhook
    return Letter(url, tries, job.id, job.key, f"job.{job.state}", told)


@dataclass(slots=True)
class Webhooks:
    """Tells of the ends of jobs, or of whatever letters are written about."""

    queue: Untold
    links: Links
    settings: Settings
    leads: Callable[[], bool]
    """Whether this server is the one that works on the queue."""
    letter: Callable[[Any], Letter] = of_job
    loop: Loop = field(init=False)
    _telling: set[asyncio.Task[None]] = field(default_factory=set)
    _threads: Threads = field(default_factory=lambda: Threads("webhook-books", 1))
    _posts: Threads = field(default_factory=lambda: Threads("webhook", AT_ONCE))
    """Who does not answer holds one for as long as may be."""

    def __post_init__(self) -> None:
        self.loop = Loop(self._look, LOOK_S)

    async def stop(self) -> None:
        """Tell nobody any more, once those that are being told have answered."""
        await self.loop.stop()
        await asyncio.gather(*self._telling, return_exceptions=True)
        self._posts.close()

    async def _look(self) -> None:
        """Begin to tell what is due. Who hangs has one of the places, and the others go on."""
        while self.leads() and not self.loop.ending and len(self._telling) < AT_ONCE:
            due = await self._threads.run(self.queue.untold, LEASE_S)
            if due is None:
                return
            task = asyncio.create_task(self._tell_of(due))
            self._telling.add(task)
            task.add_done_callback(self._told)

    async def _tell_of(self, due: Any) -> None:  # noqa: ANN401 - of the queue's own kind
        came = await self._posts.run(self._tell, self.letter(due))
        await self._threads.run(self.queue.tried, due, came)

    def _told(self, task: asyncio.Task[None]) -> None:
        self._telling.discard(task)
        self.loop.wake()
        if not task.cancelled() and (why := task.exception()):
            log.warning("It could not be noted whether somebody was told: %r", str(why))

    def _tell(self, letter: Letter) -> Outcome:
        try:
            self._post(letter)
        except (OSError, ValueError, FoveateError) as why:
            log.info("The webhook of %s was not taken: %r", letter.id, str(why))
            state = GIVEN_UP if letter.tries >= TRIES else WAITING
            again_s = wait_s(letter.tries - 1, FIRST_WAIT_S, MOST_WAIT_S)
            return Outcome(state, str(why)[:200], again_s)
        return Outcome(TOLD)

    def _post(self, letter: Letter) -> None:
        told = {"type": letter.type, "data": letter.data}
        body = dumped(told).encode(errors="replace")
        secret = self.links.webhook_secret(letter.key)
        headers = signed(secret, letter.id, int(time.time()), body)
        origins = self.settings.origins
        send = partial(post, headers=headers, public=not origins.allow_private)
        send(str(address_of(letter.url, self.settings)), body)
