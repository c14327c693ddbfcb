"""Who may ask the face index, how often, and what is noted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from foveate.errors import (
    AuditFailed,
    KeyNeeded,
    RateExceeded,
    ScopeNotAllowed,
    UnknownCollection,
    UnknownSubject,
)
from foveate.people.audit import FILE, MOST_IDS, AuditLog
from foveate.people.keys import Keys, Scope
from foveate.service.access import Access, RateLimit, bearer, noted_stream
from foveate.service.stages.search import SEARCHED
from foveate.service.told import Told

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from foveate.service.access import Visit


@pytest.fixture
def access(tmp_path: Path) -> Access:
    return Access(keys=Keys(tmp_path), audit=AuditLog(tmp_path))


def visit(access: Access) -> Visit:
    asking = access.caller("", local=True)
    return asking.visit(Scope.ADMIN, "team", verb="erase", request="r1")


def test_without_a_key_this_machine_may_do_all_and_others_nothing(access: Access) -> None:
    assert access.caller("", local=True).may(Scope.ADMIN, "team")
    with pytest.raises(KeyNeeded, match="foveate people key add"):
        access.caller("", local=False)


def test_with_a_key_everybody_needs_one(access: Access) -> None:
    secret = access.keys.add("door", "team", Scope.READ)
    for given in ("", "wrong"):
        with pytest.raises(KeyNeeded):
            access.caller(given, local=True)
    asking = access.caller(secret, local=False)
    assert asking.visit(Scope.READ, "team", verb="search", request="r").by == "door"
    for scope, collection in ((Scope.WRITE, "team"), (Scope.READ, "guests")):
        with pytest.raises(ScopeNotAllowed):
            asking.visit(scope, collection, verb="add", request="r")


def test_each_key_has_a_bucket_that_fills_again(tmp_path: Path) -> None:
    now = [0.0]
    limit = RateLimit(per_minute=60, clock=lambda: now[0])
    access = Access(keys=Keys(tmp_path), audit=AuditLog(tmp_path), rate_limit=limit)
    one, two = (access.keys.add(name, "*", Scope.READ) for name in ("one", "two"))
    for _ in range(10):
        access.caller(one, local=False)
    with pytest.raises(RateExceeded) as caught:
        access.caller(one, local=False)
    assert caught.value.retry_after_s == pytest.approx(1.0)
    access.caller(two, local=False)
    now[0] = 1.0
    access.caller(one, local=False)
    with pytest.raises(RateExceeded):
        access.caller(one, local=False)
    now[0] = 1000.0
    for _ in range(10):
        access.caller(one, local=False)
    with pytest.raises(RateExceeded):
        access.caller(one, local=False)


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer k", "k"), ("bEARER  k ", "k"), ("Basic k", ""), ("Bearer", ""), ("k", ""), ("", "")],
)
def test_a_token_is_what_follows_the_scheme(header: str, token: str) -> None:
    assert bearer(header) == token


def test_none_a_minute_is_no_limit() -> None:
    limit = RateLimit(per_minute=0, clock=lambda: 0.0)
    for _ in range(1000):
        limit.take("one")


def test_a_change_is_noted_before_and_after(access: Access) -> None:
    def act() -> int:
        (before,) = access.audit.entries()
        assert before["outcome"] == "asked"
        return 3

    about = {"subjects": ["Ann"], "sync": True}
    assert visit(access).change(act, lambda count: {"count": count}, **about) == 3
    told = [{**entry, "time": 0} for entry in access.audit.entries()]
    same = {"time": 0, "by": "local", "verb": "erase", "collection": "team", "request": "r1"}
    assert told == [
        {**same, "outcome": "asked", "subjects": ["Ann"]},
        {**same, "outcome": "done", "subjects": ["Ann"], "count": 3},
    ]


def test_a_change_that_fails_is_noted_as_such(access: Access) -> None:
    def act() -> int:
        raise UnknownSubject

    with pytest.raises(UnknownSubject):
        visit(access).change(act, lambda count: {"count": count})
    last = list(access.audit.entries())[-1]
    assert (last["outcome"], last["error"]) == ("failed", "UnknownSubject")


def test_what_cannot_be_noted_is_not_done(access: Access, tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    done: list[int] = []
    with pytest.raises(AuditFailed):
        visit(access).change(lambda: done.append(1), lambda _: {})
    assert done == []
    with pytest.raises(AuditFailed):
        visit(access).found(["Ann"], ["f1"])


def test_what_was_done_is_told_as_done_though_it_cannot_be_noted(
    access: Access, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def act() -> int:
        (tmp_path / FILE).unlink()
        (tmp_path / FILE).mkdir()
        return 3

    assert visit(access).change(act, lambda _: {}, subjects=["Ann"]) == 3
    assert "erase of team by local (request r1) was done" in caplog.text
    assert "Ann" not in caplog.text


def test_a_line_stays_short_however_many_were_found(access: Access) -> None:
    names = [str(number) for number in range(MOST_IDS + 5)]
    visit(access).found(names, names)
    (entry,) = access.audit.entries()
    assert (len(entry["subjects"]), len(entry["faces"])) == (MOST_IDS, MOST_IDS)
    assert entry["count"] == MOST_IDS + 5


def test_a_search_that_failed_is_noted_as_failed(access: Access) -> None:
    async def stream() -> AsyncGenerator[Told]:
        yield Told(stage=SEARCHED, error=UnknownCollection("none"), ms=1.0, at_ms=1.0)

    async def talk() -> list[Told]:
        return [told async for told in noted_stream(stream(), visit(access))]

    (told,) = asyncio.run(talk())
    assert isinstance(told.error, UnknownCollection)
    (row,) = access.audit.entries()
    assert (row["outcome"], row["error"]) == ("failed", "UnknownCollection")
