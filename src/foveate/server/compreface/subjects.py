"""`/recognition/subjects`: who is in the collection."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.enrolled import checked_subject, meant_subject
from foveate.errors import UnknownCollection, UnknownSubject
from foveate.people.keys import Scope
from foveate.server.compreface.problems import Code, Refused
from foveate.service.access import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.server.answer import Answer
    from foveate.server.compreface.call import Call

MOST: Final = 1_000_000
"""Names in one list."""


async def add(call: Call) -> Answer:
    """Make a subject that has no example yet."""

    def act(content: object) -> dict[str, str]:
        subject = _named(content)
        verb = partial(call.people.introduce, call.collection, subject)
        call.visit.change(verb, lambda _: {}, sync=True, subjects=[subject])
        return {"subject": subject}

    return await call.told(act, 201)


async def rename(call: Call) -> Answer:
    """Call a subject otherwise; where the other name is taken, the two become one."""
    old = named(call)

    def act(content: object) -> dict[str, bool]:
        new = _named(content)
        if new == meant_subject(old):
            return {"updated": False}
        act = partial(call.people.rename, call.collection, old, new, merge=True)
        verb = _in_collection(old, act)
        call.visit.change(verb, counted, sync=True, subjects=[old, new])
        return {"updated": True}

    return await call.told(act)


async def erase(call: Call) -> Answer:
    """Erase a subject with all its examples."""
    subject = named(call)

    def act() -> dict[str, str]:
        verb = _in_collection(subject, partial(call.people.erase_subject, call.collection, subject))
        call.visit.change(verb, counted, sync=True, subjects=[subject])
        return {"subject": subject}

    return await call.do(act)


async def erase_all(call: Call) -> Answer:
    """Erase the collection, and say how many subjects it had."""
    call.need(Scope.ADMIN)
    return await call.do(lambda: {"deleted": dropped(call, lambda: len(_names(call)))})


async def listed(call: Call) -> Answer:
    """List the names of all subjects."""
    return await call.do(lambda: {"subjects": _names(call)})


def dropped(call: Call, count: Callable[[], int]) -> int:
    """Erase the whole collection, and return what `count` gave before; 0 where there is none."""

    def act() -> int:
        try:
            had = count()
            call.people.drop(call.collection)
        except UnknownCollection:
            return 0
        return had

    gone: int = call.visit.change(act, counted, sync=True)
    return gone


def named(call: Call) -> str:
    """Return the subject that the request names. Raises Refused where it names none."""
    if not call.subject:
        raise Refused(Code.INVALID, "Expected the name of a subject, got none.")
    return call.subject


def _names(call: Call) -> list[str]:
    try:
        return [each.name for each in call.people.subjects(call.collection, limit=MOST)]
    except UnknownCollection:
        return []


def _named(content: object) -> str:
    subject = content.get("subject") if isinstance(content, dict) else None
    if not isinstance(subject, str) or not subject.strip():
        raise Refused(Code.INVALID, 'Expected JSON with "subject", the name of a subject.')
    return checked_subject(subject)


def _in_collection(subject: str, verb: Callable[[], int]) -> Callable[[], int]:
    """Return the verb as it is where there is no collection yet: nobody is known."""

    def act() -> int:
        try:
            return verb()
        except UnknownCollection as why:
            raise UnknownSubject(f"There is no subject {subject}.") from why

    return act
