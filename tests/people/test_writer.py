"""The one task that writes, over a database that is a list."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from foveate.aside import lending
from foveate.deadline import Deadline
from foveate.errors import IndexFull, IndexNotWritten, TimedOut, Unavailable
from foveate.people.writer import Writer, awaited

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Database:
    """Remembers what was committed together; commits when it is let."""

    def __init__(self) -> None:
        self.commits: list[tuple[str, list[Any]]] = []
        self.tidied: list[str] = []
        self.rested: list[str] = []
        self.busy_rests = 0
        self.open = threading.Event()
        self.open.set()

    def commit(self, name: str, rows: Sequence[Any]) -> None:
        assert self.open.wait(10)
        if name == "broken":
            raise OSError("no space left")
        self.commits.append((name, [row for each in rows for row in each]))

    def tidy(self, name: str, idle: bool) -> bool:
        (self.rested if idle else self.tidied).append(name)
        return len(self.rested) > self.busy_rests

    def writer(self, limit: int = 100, idle_s: float = 60.0) -> Writer:
        return Writer(self.commit, self.tidy, nullcontext, limit, idle_s)


def test_what_comes_together_is_committed_together_and_in_order() -> None:
    database = Database()
    writer = database.writer()
    done = [writer.add("a", [number]) for number in range(5)]
    done.append(writer.add("b", [9]))
    for each in done:
        each.result(10)
    writer.close()
    assert [row for name, rows in database.commits if name == "a" for row in rows] == [*range(5)]
    assert len(database.commits) <= 3
    assert set(database.tidied) == {"a", "b"}


def test_a_change_comes_after_what_was_added_before_it_and_before_what_comes_after() -> None:
    database = Database()
    writer = database.writer()
    writer.add("a", [1])
    seen = writer.change("a", lambda: len(database.commits))
    last = writer.add("a", [2])
    assert seen.result(10) == 1
    last.result(10)
    assert database.commits == [("a", [1]), ("a", [2])]
    writer.close()


def test_more_than_may_wait_is_refused_and_taken_again_later() -> None:
    database = Database()
    database.open.clear()
    writer = database.writer(limit=10)
    first = writer.add("a", [0] * 8)
    with pytest.raises(IndexFull, match="up to 10 faces"):
        writer.add("a", [0] * 3)
    database.open.set()
    first.result(10)
    writer.add("a", [0] * 10).result(10)  # an answer frees its place
    writer.close()
    assert sum(len(rows) for _, rows in database.commits) == 18


def test_what_was_taken_back_is_not_written_and_frees_its_place() -> None:
    database = Database()
    database.open.clear()
    writer = database.writer(limit=10)
    first = writer.add("a", [1])
    kept = writer.change("a", lambda: None)  # so that what follows is a batch of its own
    gone = writer.add("a", [2] * 8)
    assert gone.cancel()
    database.open.set()
    first.result(10)
    kept.result(10)
    writer.change("a", lambda: None).result(10)
    writer.add("a", [3] * 10).result(10)
    writer.close()
    assert [rows for _, rows in database.commits] == [[1], [3] * 10]


def test_an_error_is_told_to_whom_it_concerns_alone() -> None:
    database = Database()
    writer = database.writer()
    bad, good = writer.add("broken", [1]), writer.add("fine", [2])
    with pytest.raises(IndexNotWritten, match="no space"):
        bad.result(10)
    good.result(10)
    assert database.commits == [("fine", [2])]
    assert database.tidied == ["fine"]
    writer.close()


def test_upkeep_that_fails_takes_back_nothing(caplog: pytest.LogCaptureFixture) -> None:
    database = Database()

    def fail(name: str, idle: bool) -> bool:
        raise RuntimeError(name, idle)

    writer = Writer(database.commit, fail, nullcontext, 100)
    writer.add("a", [1]).result(10)
    writer.close()
    assert database.commits == [("a", [1])]
    assert "could not be tidied" in caplog.text


def test_when_nobody_writes_it_tidies_until_nothing_is_left() -> None:
    database = Database()
    database.busy_rests = 2
    writer = database.writer(idle_s=0.01)
    writer.add("a", [1]).result(10)
    last = time.monotonic() + 10
    while len(database.rested) < 3 and time.monotonic() < last:
        time.sleep(0.01)
    time.sleep(0.1)
    assert database.rested == ["a"] * 3
    writer.add("a", [2]).result(10)
    writer.close()
    assert [rows for _, rows in database.commits] == [[1], [2]]


def test_what_cannot_be_written_is_told_by_a_name() -> None:
    database = Database()
    writer = database.writer()
    with pytest.raises(IndexNotWritten, match="no space left"):
        writer.add("broken", [1]).result(10)
    writer.close()


@pytest.mark.parametrize("what", ["upkeep", "lock"])
def test_upkeep_that_fails_when_nobody_writes_is_tried_again(what: str) -> None:
    database, left = Database(), [what, what]

    def fail(of: str) -> None:
        if of in left:
            left.remove(of)
            raise RuntimeError(of)

    def tidy(name: str, idle: bool) -> bool:
        if idle:
            fail("upkeep")
        return database.tidy(name, idle)

    @contextmanager
    def lock() -> Iterator[None]:
        if database.commits:
            fail("lock")
        yield

    writer = Writer(database.commit, tidy, lock, 100, idle_s=0.005)
    writer.add("a", [1]).result(10)
    last = time.monotonic() + 10
    while not database.rested and time.monotonic() < last:
        time.sleep(0.01)
    writer.close()
    assert (database.rested, left) == (["a"], [])


def soon(seconds: float) -> Deadline:
    return Deadline(time.monotonic() + seconds)


def test_who_has_no_time_left_takes_back_what_waits_for_another_process() -> None:
    database, writing = Database(), threading.Lock()

    @contextmanager
    def locked() -> Iterator[None]:
        with writing:
            yield

    writer = Writer(database.commit, database.tidy, locked, 10)
    with writing:
        change = writer.add("a", [1] * 8)
        with pytest.raises(TimedOut), soon(0.1):
            awaited(change)
    writer.change("a", lambda: None).result(10)
    writer.add("a", [2] * 10).result(10)
    writer.close()
    assert database.commits == [("a", [2] * 10)]


def test_what_has_begun_is_waited_for_however_long_it_takes() -> None:
    database = Database()
    database.open.clear()
    writer = database.writer()
    change = writer.add("a", [1])
    threading.Timer(0.4, database.open.set).start()
    with soon(0.1):
        awaited(change)
    assert database.commits == [("a", [1])]
    writer.close()


def test_a_lock_that_is_not_had_is_told_to_all_who_wait_still() -> None:
    database, asked = Database(), threading.Event()

    @contextmanager
    def locked() -> Iterator[None]:
        assert asked.wait(10)
        raise IndexNotWritten("locked")
        yield

    writer = Writer(database.commit, database.tidy, locked, 10)
    one, gone, other = (writer.add("a", [number]) for number in range(3))
    assert gone.cancel()
    asked.set()
    for each in (one, other):
        with pytest.raises(IndexNotWritten, match="locked"):
            each.result(10)
    with pytest.raises(IndexNotWritten):
        writer.add("a", [0] * 10).result(10)  # all places are free
    writer.close()


def test_whoever_waits_for_a_change_lets_others_have_his_worker() -> None:
    database, lent = Database(), []
    writer = database.writer()
    with lending(lambda: lent.append(len(database.commits))):
        awaited(writer.add("a", [1]))
    assert len(lent) == 1
    writer.close()


def test_a_child_that_was_forked_is_told_what_did_not_survive_that() -> None:
    writer = Database().writer()
    writer._process += 1  # noqa: SLF001 - as a child has another one
    with pytest.raises(Unavailable, match="opened the face index"):
        writer.add("a", [1])


def test_closing_waits_no_longer_than_is_said() -> None:
    database = Database()
    database.open.clear()
    writer = database.writer()
    change, began = writer.add("a", [1]), time.monotonic()
    writer.close(0.1)
    assert time.monotonic() - began < 5
    assert not change.done()
    database.open.set()
    change.result(10)
