"""The queue: what was acknowledged stays, whoever reads or is killed."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from foveate.errors import JobConflict, QueueUnusable, QuotaSpent, UnknownJob
from foveate.jobs.asked import JobAsked
from foveate.jobs.books import Books
from foveate.jobs.due import Outcome
from foveate.jobs.job import State
from foveate.jobs.queue import FILE, MOST_RESTS, Queue
from foveate.jobs.quotas import Quota
from foveate.jobs.tables import LATER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ASKED = JobAsked(description={"sources": ["a.jpg"]})
FREE = Quota(10_000, 0)
DAY = 86_400.0


class Clock:
    now = 10 * DAY

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


def test_a_thousand_jobs_are_all_there_after_a_restart_in_their_order(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    made = [queue.put("shop", ASKED, FREE)[0].id for _ in range(1000)]
    running = queue.take(FREE)
    # Nobody closes it: so it is after a kill.
    again = Queue(tmp_path)
    again.put_back(again.running(), FREE)
    assert again.counts() == {"queued": 1000}
    assert [job.id for job in reversed(again.page("shop", "queued", 1000))] == made
    first = again.take(FREE)
    assert first is not None
    assert running is not None
    assert first.id == running.id == made[0]


def test_keys_take_turns(tmp_path: Path) -> None:
    queue = Queue(tmp_path, Clock())
    for key in ("many", "many", "many", "one", "other"):
        queue.put(key, ASKED, FREE)
    taken = [queue.take(FREE) for _ in range(6)]
    assert [job and job.key for job in taken] == ["many", "one", "other", "many", "many", None]


def test_who_deletes_what_ended_waits_for_his_turn_as_well(tmp_path: Path) -> None:
    queue = Queue(tmp_path, Clock())
    for key in ("patient", "patient", "greedy", "greedy", "greedy"):
        queue.put(key, ASKED, FREE)
    taken = []
    while (job := queue.take(FREE)) is not None:
        taken.append(job.key)
        queue.delete(queue.end(job, State.DONE, {}))
    assert taken == ["patient", "greedy", "patient", "greedy", "greedy"]


def test_a_clock_that_was_ahead_takes_no_turns_webhooks_or_pictures_of_a_day(
    tmp_path: Path,
) -> None:
    clock, quota = Clock(), Quota(1000, 10)
    queue = Queue(tmp_path, clock)
    clock.now += 30 * DAY
    queue.put("early", replace(ASKED, webhook="http://a.example/"), quota)
    job = queue.take(quota)
    assert job is not None
    gone, _ = queue.put("early", ASKED, quota)
    queue.delete(queue.cancel(gone))
    queue.leftovers.put_off(queue.leftovers.due()[0], 600)
    told = queue.end(job, State.DONE, {}, 1)
    clock.now -= 30 * DAY
    for key in ("early", "early", "late", "late"):
        queue.put(key, ASKED, quota)
    taken = [queue.take(quota) for _ in range(4)]
    assert [job and job.key for job in taken] == ["late", "early", "late", "early"]
    due = queue.untold(30)
    assert due is not None
    assert due.id == told.id
    assert queue.untold(30) is None
    assert len(queue.leftovers.due()) == 1


def test_pictures_of_a_day_stay_used_when_the_clock_jumps_ahead_and_back(tmp_path: Path) -> None:
    clock, quota = Clock(), Quota(1000, 10)
    queue = Queue(tmp_path, clock)
    for _ in range(2):
        queue.put("shop", ASKED, quota)
        job = queue.take(quota)
        assert job is not None
        queue.end(job, State.DONE, {}, 10)
        clock.now += DAY
    clock.now -= 2 * DAY
    with pytest.raises(QuotaSpent):
        queue.put("shop", ASKED, quota)


def test_the_same_idempotency_key_is_the_same_job_and_no_other(tmp_path: Path) -> None:
    queue, once = Queue(tmp_path), replace(ASKED, idempotency="once")
    (first, new), (second, again) = (queue.put("shop", once, Quota(1, 0)) for _ in range(2))
    assert (first.id, new, again) == (second.id, True, False)
    other = replace(once, description={"sources": ["b.jpg"]})
    for ask in (lambda: queue.put("shop", other, FREE), lambda: queue.same("shop", other)):
        with pytest.raises(JobConflict):
            ask()
    assert queue.put("other", once, FREE)[1]


def test_two_jobs_of_a_key_have_no_folder_together(tmp_path: Path) -> None:
    queue, named = Queue(tmp_path), replace(ASKED, out="summer")
    queue.put("shop", named, FREE)
    queue.put("other", named, FREE)
    with pytest.raises(JobConflict, match="summer"):
        queue.put("shop", named, FREE)


def test_a_key_has_no_more_jobs_than_it_may(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    for _ in range(2):
        job, _ = queue.put("shop", ASKED, Quota(2, 0))
    with pytest.raises(QuotaSpent) as refused:
        queue.put("shop", ASKED, Quota(2, 0))
    assert refused.value.retry_after_s > 0
    queue.cancel(job)
    queue.put("shop", ASKED, Quota(2, 0))


def test_who_spent_the_pictures_of_a_day_goes_on_tomorrow(tmp_path: Path) -> None:
    clock, quota = Clock(), Quota(10, 100)
    queue = Queue(tmp_path, clock)
    for key in ("shop", "shop", "shop", "other"):
        queue.put(key, ASKED, quota)
    job = queue.take(quota)
    assert job is not None
    assert queue.progress(job, {}, clock(), 60, quota)
    assert not queue.progress(job, {}, clock(), 40, quota)
    queue.put_back([job.id], quota)
    until = "1970-01-12T00:00:00.000Z"
    (*_, last), _ = queue.events(job.id)
    assert last.data == {"waits": {"why": "pictures_per_day", "until": until}}
    told = {each.key: each.to_json() for each in queue.quotas.waiting(queue.page("", "", 9), quota)}
    assert (told["shop"]["waits"]["until"], "waits" in told["other"]) == (until, False)
    with pytest.raises(QuotaSpent) as refused:
        queue.put("shop", ASKED, quota)
    assert refused.value.retry_after_s == pytest.approx(DAY, abs=1)
    taken = [queue.take(quota) for _ in range(2)]
    assert [job and job.key for job in taken] == ["other", None]
    clock.now += DAY
    again = queue.take(quota)
    assert again is not None
    assert again.id == job.id
    queue.put("shop", ASKED, quota)


def test_of_progress_the_last_is_kept_and_numbers_go_on(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    queue.put("shop", ASKED, FREE)
    job = queue.take(FREE)
    assert job is not None
    for done in range(3):
        queue.progress(job, {"done": done}, 1.0, 1, FREE)
    queue.end(job, State.DONE, {"done": 3})
    events, ended = queue.events(job.id)
    assert ended
    told = [(each.number, each.name, each.data.get("done")) for each in events]
    assert told == [(1, "queued", None), (2, "running", None), (5, "progress", 2), (6, "done", 3)]
    assert [each.number for each in queue.events(job.id, 5)[0]] == [6]
    assert queue.of(job.id).progress == {"done": 3}


def test_the_end_of_a_job_counts_what_no_progress_told(tmp_path: Path) -> None:
    queue, quota = Queue(tmp_path, Clock()), Quota(10, 100)
    for _ in range(2):
        queue.put("shop", ASKED, FREE)
    job = queue.take(quota)
    assert job is not None
    queue.progress(job, {"done": 60}, 1.0, 60, quota)
    sums = {"done": 90, "failed": 10}
    ended = queue.end(job, State.FAILED, {**sums, "error": {"error": "TimedOut"}}, worked=40)
    assert (ended.to_json()["progress"], ended.error) == (sums, "TimedOut")
    assert queue.take(quota) is None


def test_who_knows_no_sums_at_the_end_leaves_those_that_were_told(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    queue.put("shop", ASKED, FREE)
    job = queue.take(FREE)
    assert job is not None
    queue.progress(job, {"done": 1}, 1.0, 1, FREE)
    assert queue.cancel(job).stopping
    queue.put_back([job.id], FREE)
    ended = queue.of(job.id)
    assert (ended.state, ended.progress) == (State.CANCELLED, {"done": 1})
    assert queue.take(FREE) is None


def test_a_job_that_waits_is_cancelled_at_once_and_one_that_runs_is_to_stop(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    first, second = (queue.put("shop", ASKED, FREE)[0] for _ in range(2))
    queue.take(FREE)
    assert queue.cancel(second).state is State.CANCELLED
    running = queue.cancel(first)
    assert (running.state, running.stopping) == (State.RUNNING, True)
    with pytest.raises(JobConflict):
        queue.delete(first)
    queue.delete(second)
    with pytest.raises(UnknownJob):
        queue.of(second.id)


class Interrupted(Books):
    """A file in which somebody else has his turn after each transaction."""

    turn: Callable[[], object] = staticmethod(lambda: None)

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        with super().writing(durable=durable) as books:
            yield books
        self.turn()


def test_a_job_that_was_cancelled_is_taken_by_nobody(tmp_path: Path) -> None:
    queue, runner = Queue(tmp_path), Queue(tmp_path)
    job, _ = queue.put("shop", ASKED, FREE)
    queue._books = interrupted = Interrupted(tmp_path / FILE)  # noqa: SLF001 - the queue's own file
    interrupted.turn = lambda: runner.take(FREE)
    assert queue.cancel(job).state is State.CANCELLED
    assert [each.name for each in queue.events(job.id)[0]] == ["queued", "cancelled"]


def test_a_job_that_is_gone_goes_nowhere(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    job, _ = queue.put("shop", ASKED, FREE)
    queue.cancel(job)
    queue.delete(job)
    assert not queue.progress(job, {}, 1.0, 1, FREE)
    queue.put_back([job.id], FREE)
    for late in (queue.delete, queue.cancel, lambda job: queue.end(job, State.DONE, {})):
        with pytest.raises(UnknownJob):
            late(job)
    with sqlite3.connect(tmp_path / FILE) as books:
        assert books.execute("SELECT COUNT(*) FROM events").fetchone() == (0,)
    books.close()


def test_the_folder_of_a_deleted_job_is_its_own_until_nothing_is_left(tmp_path: Path) -> None:
    clock = Clock()
    queue, named = Queue(tmp_path, clock), replace(ASKED, out="summer")
    job, _ = queue.put("shop", named, FREE)
    queue.cancel(job)
    queue.delete(job)
    (left,) = queue.leftovers.due()
    assert (left.id, left.key, left.out) == (job.id, "shop", "summer")
    with pytest.raises(JobConflict, match="summer"):
        queue.put("shop", named, FREE)
    queue.leftovers.put_off(left, 60.0)
    assert queue.leftovers.due() == []
    clock.now += 60.0
    assert queue.leftovers.due() == [left]
    queue.leftovers.removed(left)
    assert not queue.leftovers.has(job)
    assert queue.put("shop", named, FREE)[1]


def test_a_queue_from_before_results_had_a_place_goes_on(tmp_path: Path) -> None:
    Queue(tmp_path).put("shop", replace(ASKED, out="summer"), FREE)
    with sqlite3.connect(tmp_path / FILE) as books:
        for table, column in LATER:
            books.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    books.close()
    queue = Queue(tmp_path)
    job = queue.take(FREE)
    assert job is not None
    assert (job.out, job.place) == ("summer", "")
    queue.begins(job, "/srv/results/shop/summer")
    queue.put_back([job.id], FREE)
    again = queue.take(FREE)
    assert again is not None
    assert again.place == "/srv/results/shop/summer"
    queue.delete(queue.end(again, State.DONE, {}))
    assert [left.place for left in queue.leftovers.due()] == [again.place]


def test_what_ended_long_ago_expires_and_nothing_else(tmp_path: Path) -> None:
    clock = Clock()
    queue = Queue(tmp_path, clock)
    for key in ("ended", "runs"):
        queue.put(key, ASKED, FREE)
    ended, runs = queue.take(FREE), queue.take(FREE)
    assert ended is not None
    assert runs is not None
    queue.end(ended, State.DONE, {})
    waits, _ = queue.put("waits", ASKED, FREE)
    clock.now += DAY
    fresh = queue.cancel(queue.put("fresh", ASKED, FREE)[0])
    queue.expire(clock.now - 1.0)
    assert [job.id for job in queue.page("", "", 9)] == [fresh.id, waits.id, runs.id]
    assert [left.id for left in queue.leftovers.due()] == [ended.id]


def test_another_keys_job_is_none(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    job, _ = queue.put("shop", ASKED, FREE)
    assert queue.of(job.id).key == "shop"
    with pytest.raises(UnknownJob):
        queue.of(job.id, "other")
    assert queue.page("other", "", 10) == []


def test_pages_follow_each_other(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    made = [queue.put("shop", ASKED, FREE)[0].id for _ in range(5)][::-1]
    first = queue.page("", "", 2)
    rest = queue.page("", "", 10, first[-1].id)
    assert [job.id for job in [*first, *rest]] == made
    queue.cancel(first[0])
    assert [job.id for job in queue.page("", "cancelled", 10)] == made[:1]
    assert [job.id for job in queue.page("shop", "queued", 10)] == made[1:]


def test_a_webhook_is_due_after_the_end_and_again_until_it_was_told(tmp_path: Path) -> None:
    clock = Clock()
    queue = Queue(tmp_path, clock)
    queue.put("shop", replace(ASKED, webhook="https://b.com/done"), FREE)
    job = queue.take(FREE)
    assert job is not None
    assert queue.untold(20.0) is None
    queue.end(job, State.DONE, {})
    due = queue.untold(20.0)
    assert due is not None
    assert due.webhook is not None
    assert (due.state, due.webhook.tries) == ("done", 1)
    clock.now += 19
    assert queue.untold(20.0) is None
    queue.tried(due, Outcome("waiting", "503", 5.0))
    assert queue.untold(20.0) is None
    clock.now += 5
    again = queue.untold(20.0)
    assert again is not None
    queue.tried(again, Outcome("told"))
    clock.now += DAY
    assert queue.untold(20.0) is None


def test_a_file_that_is_no_queue_is_said(tmp_path: Path) -> None:
    (tmp_path / "jobs.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(QueueUnusable) as refused:
        Queue(tmp_path).put("shop", ASKED, FREE)
    assert isinstance(refused.value.__cause__, sqlite3.Error)


def test_a_job_that_rests_comes_behind_the_others_of_its_key(tmp_path: Path) -> None:
    clock = Clock()
    queue = Queue(tmp_path, clock)
    for _ in range(3):
        queue.put("shop", ASKED, FREE)
    first = queue.take(FREE)
    assert first is not None
    assert queue.rest(first, 30)
    second = queue.take(FREE)
    assert second is not None
    clock.now += 31
    taken = [queue.take(FREE) for _ in range(2)]
    assert [job and job.number for job in (first, second, *taken)] == [1, 2, 3, 1]


def test_a_job_rests_for_so_long_only_while_nothing_of_it_is_done(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    queue.put("shop", ASKED, FREE)
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as books:
        books.execute("INSERT INTO rests VALUES (1, ?, 0)", (MOST_RESTS,))
        job = queue.take(FREE)
        assert job is not None
        queue.progress(job, {}, 1.0, 1, FREE)
        assert queue.rest(job, 0)
        books.execute("UPDATE rests SET tries = ?", (MOST_RESTS,))
        assert queue.take(FREE) is not None
        assert not queue.rest(job, 0)
