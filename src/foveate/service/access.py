"""Who may ask the face index for what, how often, and what is noted of it: for every door."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.errors import AuditFailed, KeyNeeded, RateExceeded, ScopeNotAllowed
from foveate.people.audit import MOST_IDS, AuditLog
from foveate.people.keys import LOCAL
from foveate.service.stages.search import SEARCHED

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence

    from foveate.enrolled import Named
    from foveate.people.keys import Key, Keys, Scope
    from foveate.service.found import Candidate, Enrolment
    from foveate.service.stages.search import SubjectMatch
    from foveate.service.told import Told

log: Final = logging.getLogger(__name__)
T = TypeVar("T")
FORWARDED: Final = frozenset({
    "cf-connecting-ip", "forwarded", "true-client-ip", "via", "x-forwarded-for",
    "x-forwarded-host", "x-forwarded-proto", "x-forwarded-server", "x-real-ip",
})  # fmt: skip
"""Whoever sends a header of such a name asks for somebody who may be anywhere."""
ADD: Final = "foveate people key add NAME --collection COLLECTION --scope read"
NO_KEY_YET: Final = f"The face index answers only this machine until it has a key: {ADD}"
NO_KEY_LEFT: Final = (
    f"The face index had a key, and needs one since: {ADD}. For this machine to ask without one "
    "again: foveate people key open"
)
NOT_KNOWN: Final = (
    "Expected the header `Authorization: Bearer KEY` with a key of the face index, got none that "
    "is known."
)
ONLY_SEARCHES: Final = "A key of the face index opens searches alone: name a collection."
AT_ONCE_S: Final = 10.0
"""A key that was not used for so long may make up for it at once."""
MINUTE_S: Final = 60.0
RENDER: Final = "render"
"""How the audit log calls a rendition of people by name."""


def is_loopback(host: str) -> bool:
    """Return whether an address, or a name, is one that only this machine reaches."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def bearer(authorization: str) -> str:
    """Return the token of such a header (RFC 6750, 2.1); empty where it holds none.

    >>> bearer("bearer  abc "), bearer("Basic abc"), bearer("bearer")
    ('abc', '', '')
    """
    kind, _, token = authorization.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def is_known(authorization: str, tokens: Sequence[str]) -> bool:
    """Return whether a header holds one of the tokens; it takes as long whichever is not."""
    given = bearer(authorization).encode()
    # All of them are compared, whichever is right.
    return sum(hmac.compare_digest(given, token.encode()) for token in tokens) > 0


class RateLimit:
    """A bucket of tokens for each key: a request takes one, and they come back with time."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Take how many come back in a minute; 0 is no limit."""
        self._per_s = per_minute / MINUTE_S
        self._most = max(1.0, self._per_s * AT_ONCE_S)
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, name: str) -> None:
        """Take a token of that key. Raises RateExceeded."""
        if not self._per_s:
            return
        now = self._clock()
        before, at = self._left.get(name, (self._most, now))
        tokens = min(self._most, before + (now - at) * self._per_s)
        if tokens < 1:
            raise RateExceeded((1 - tokens) / self._per_s)
        self._left[name] = (tokens - 1, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request by somebody who may do what he asks for."""

    audit: AuditLog
    by: str
    """The name of a key, or `local`."""
    verb: str
    collection: str
    request: str
    """The id of the request."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What else is known of who asks."""

    def note(self, outcome: str = "done", *, sync: bool = False, **told: Any) -> None:  # noqa: ANN401
        """Write a line of what came of it. Raises AuditFailed."""
        bounded = {
            key: list(value)[:MOST_IDS] if isinstance(value, list | tuple) else value
            for key, value in told.items()
        }
        about = {"by": self.by, **self.about, "verb": self.verb, "collection": self.collection}
        self.audit.write(
            {**about, "outcome": outcome, **bounded, "request": self.request}, sync=sync
        )

    def ended(self, *, sync: bool = False, **told: Any) -> None:  # noqa: ANN401
        """Note what was done, as was noted before; where that cannot be, the log says so.

        Nobody is told that it failed: it did not, and it cannot be taken back.
        """
        try:
            self.note(sync=sync, **told)
        except AuditFailed:
            log.exception(
                "%s of %s by %s (request %s) was done, and the audit log has it as asked for only.",
                *(self.verb, self.collection, self.by, self.request or "-"),
            )

    def failed(self, why: BaseException, *, sync: bool = False, **told: Any) -> None:  # noqa: ANN401
        """Note that it ended early. Where that cannot be noted, the reason is what counts."""
        with suppress(AuditFailed):
            self.note("failed", sync=sync, **told, error=type(why).__name__)

    def found(self, subjects: Sequence[str], faces: Sequence[str]) -> None:
        """Note who was found, before that is told to anybody. Raises AuditFailed."""
        self.note(subjects=subjects, faces=faces, count=len(faces))

    def candidates(self, found: Iterable[Candidate]) -> None:
        """Note who some faces may be, before that is told. Raises AuditFailed."""
        faces = [candidate.match.face for candidate in found]
        self.found([face.subject for face in faces], [face.id for face in faces])

    def matched(self, rows: Sequence[Sequence[SubjectMatch]]) -> None:
        """Note who each of some faces may be, before that is told. Raises AuditFailed."""
        matches = [match for row in rows for match in row]
        self.found([match.subject for match in matches], [match.face for match in matches])

    def change(
        self,
        act: Callable[[], T],
        outcome: Callable[[T], dict[str, Any]],
        *,
        sync: bool = False,
        **told: Any,  # noqa: ANN401
    ) -> T:
        """Change the index, and note it before and after.

        Before, because what cannot be noted must not be done. Raises AuditFailed where that is so.
        """
        self.note("asked", sync=sync, **told)
        try:
            made = act()
        except BaseException as why:
            self.failed(why, sync=sync, **told)
            raise
        self.ended(sync=sync, **{**told, **outcome(made)})
        return made


def counted(count: int) -> dict[str, Any]:
    """Return what is noted of a change to so many."""
    return {"count": count}


def enrolled(made: Enrolment) -> dict[str, Any]:
    """Return what is noted of an enrolment."""
    faces = [face.id for face in made.enrolled]
    told = {"faces": faces, "count": 0 if made.already else len(faces)}
    return told | ({"resembles": made.resembles.subject} if made.resembles else {})


async def noted_stream(stream: AsyncGenerator[Told], visit: Visit | None) -> AsyncGenerator[Told]:
    """Yield what is told, who was found only once that is noted; close the stream at the end."""
    async with aclosing(stream):
        async for each in stream:
            if visit is not None and each.stage == SEARCHED:
                yield await asyncio.to_thread(_noted, visit, each)
            else:
                yield each


def _noted(visit: Visit, told: Told) -> Told:
    """Return what a search told once it is noted; its failure where it cannot be."""
    if told.error is not None:
        visit.failed(told.error)
        return told
    try:
        visit.matched(told.value or ())
    except AuditFailed as why:
        return replace(told, value=None, error=why)
    return told


@dataclass(frozen=True, slots=True)
class Naming:
    """A request for pictures of people by name, by somebody who may search for them."""

    visits: tuple[Visit, ...] = ()
    """One for each collection."""
    named: tuple[Named, ...] = ()

    def note(self) -> None:
        """Note who was asked for, before that is answered. Blocks. Raises AuditFailed."""
        for visit in self.visits:
            names = [each.name for each in self.named if each.collection == visit.collection]
            visit.note(subjects=names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who asks."""

    audit: AuditLog
    key: Key | None = None
    """None for somebody on this machine, as long as there is no key, or with a signed URL."""
    unkeyed: str = LOCAL
    """What he is called without a key."""

    def may(self, scope: Scope, collection: str) -> bool:
        """Return whether he may do that there."""
        return self.key is None or self.key.allows(scope, collection)

    def check(self, scope: Scope, collection: str) -> None:
        """Do nothing where he may. Raises ScopeNotAllowed, whether or not there is that one."""
        if not self.may(scope, collection):
            raise ScopeNotAllowed(f"This key is not for {scope.value} in {collection}.")

    def visit(self, scope: Scope, collection: str, *, verb: str, request: str) -> Visit:
        """Return what he does. Raises ScopeNotAllowed, whether or not there is that collection."""
        self.check(scope, collection)
        return self.noting(collection, verb=verb, request=request)

    def noting(self, collection: str, *, verb: str, request: str) -> Visit:
        """Return what he does there, of whom it was checked whether he may."""
        by = self.key.name if self.key else self.unkeyed
        return Visit(audit=self.audit, by=by, verb=verb, collection=collection, request=request)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Access:
    """The keys of the face index, how often each is used, and the audit log."""

    keys: Keys
    audit: AuditLog
    rate_limit: RateLimit = field(default_factory=lambda: RateLimit(0))

    def caller(self, secret: str, *, local: bool) -> Caller:
        """Return who asks; `local` is somebody on this machine, who needs no key if there is none.

        Raises KeyNeeded, RateExceeded, BadSettings.
        """
        if not self.keys.all():
            if local and not self.keys.are_needed:
                return Caller(audit=self.audit)
            raise KeyNeeded(NO_KEY_LEFT if self.keys.are_needed else NO_KEY_YET)
        key = self.keys.of(secret)
        if key is None:
            raise KeyNeeded(NOT_KNOWN)
        self.rate_limit.take(key.name)
        return Caller(audit=self.audit, key=key)
