"""One request: who makes it, in which collection, and how its work is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from foveate.enrolled import COLLECTION
from foveate.errors import KeyNeeded
from foveate.people.keys import ANY, Scope
from foveate.server.answer import Answer, json_answer
from foveate.server.compreface.body import read_json, read_picture
from foveate.server.compreface.problems import Code, Refused
from foveate.server.exchange import exchange_of
from foveate.server.face_ids import from_uuid
from foveate.server.gate import charged, is_local
from foveate.server.headers import work_headers
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from foveate.deadline import Deadline
    from foveate.server.body import Arriving, Body
    from foveate.server.door import Door, Posted
    from foveate.service.access import Caller, Visit
    from foveate.service.people import People
    from foveate.storage.source import Source
    from foveate.trace import Trace

    Prepares = Callable[[Source], Work[dict[str, Any]]]
    Reads = Callable[[Arriving, int, float], Awaitable[Body]]

HEADER: Final = "x-api-key"
READS: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request by somebody who may make it."""

    door: Door
    request: Request
    caller: Caller
    visit: Visit

    @property
    def people(self) -> People:
        """Return the verbs of the face index."""
        return self.door.core.people

    @property
    def collection(self) -> str:
        """Return the one that the key is for."""
        return self.visit.collection

    @property
    def subject(self) -> str:
        """Return who is named in the path or the query; empty where nobody is."""
        named: str = self.request.path_params.get("subject", "")
        return named.strip() or self.request.query_params.get("subject", "").strip()

    @property
    def face(self) -> str:
        """Return our id of the example in the path: the same number without dashes."""
        return face_id(self.request.path_params["image"])

    def need(self, scope: Scope) -> None:
        """Do nothing where the key is good for that too. Raises ScopeNotAllowed."""
        self.caller.check(scope, self.visit.collection)

    async def do(self, act: Callable[[], object], http: int = 200) -> Answer:
        """Return as JSON what is done in a worker, without a picture."""
        return await self.door.do(self.request, lambda: json_answer(http, act()))

    async def told(self, act: Callable[[object], object], http: int = 200) -> Answer:
        """Return as JSON what is done in a worker with the JSON of the body."""

        async def work(posted: Posted) -> Answer:
            said = posted.body.content

            def run(deadline: Deadline, _: Trace) -> Answer:
                with deadline:
                    return json_answer(http, act(said))

            return await posted.admitted.work(Work(0, run), span="people")

        return await self.door.answer(self.request, work, read_json, pictures=False)

    async def look(self, prepare: Prepares, http: int = 200) -> Answer:
        """Return as JSON what the work on the picture of the body gives."""

        async def work(posted: Posted) -> Answer:
            admitted = posted.admitted
            told = await self.door.delivery.run(admitted, [posted.source], prepare, span="people")
            return json_answer(http, told, work_headers(admitted.trace))

        return await self.door.answer(self.request, work, read_picture)


def called(door: Door, request: Request, scope: Scope, verb: str) -> Call:
    """Return a request that may be made, in the collection of its key.

    A key for every collection is for `people` here. Raises Refused, KeyNeeded, RateExceeded,
    ScopeNotAllowed.
    """
    secret = request.path_params.get("key") or request.headers.get(HEADER, "")
    caller = _caller(door, request, secret)
    meant = caller.key.collection if caller.key else ANY
    collection = COLLECTION if meant == ANY else meant
    own = exchange_of(request.scope).id
    visit = caller.visit(scope, collection, verb=verb, request=own)
    return Call(door=door, request=request, caller=caller, visit=visit)


def _caller(door: Door, request: Request, secret: str) -> Caller:
    core = door.core
    # Where URLs are signed, nothing is posted without a key, from this machine neither.
    free = not core.signer.needed or request.method in READS
    try:
        who = core.access.caller(secret, local=free and is_local(request.scope))
    except KeyNeeded as why:
        if not secret:
            raise Refused(Code.NO_HEADER, f"Expected the header {HEADER}, got none.") from why
        if not core.access.keys.all():
            raise
        sentence = "There is no face collection with this API key."
        raise Refused(Code.NO_SERVICE, sentence, 404) from why
    return charged(request.scope, who)


def face_id(written: str) -> str:
    """Return our id for a UUID. Raises Refused for what is none."""
    try:
        return from_uuid(written)
    except ValueError as why:
        raise Refused(Code.INVALID, "Expected an image_id that is a UUID.") from why
