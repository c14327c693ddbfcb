"""Datasets fetched from a server that loses connections, and by processes that are killed."""

from __future__ import annotations

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from foveate import locks
from foveate.datasets.download import TRIES, Download, Wanted, checked, distinct, wanted_of
from foveate.datasets.following import Patience
from foveate.datasets.identity import Identity
from foveate.datasets.shards.names import stem
from foveate.errors import (
    BadOption,
    DatasetDamaged,
    RateExceeded,
    SourceFailed,
    SourceUnreachable,
    TimedOut,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE = 1000


class Killed(BaseException):
    """What ends a process wherever it is."""


@dataclass
class Served:
    """Files, each answered in pieces; what it does before each piece is up to the test."""

    files: dict[str, bytes]
    before: Any = lambda: None
    ranges: bool = True
    sent: int = 0
    asked: list[tuple[str, int]] = field(default_factory=list)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def file(self, _: str, name: str, start: int) -> Iterator[Answer]:
        self.asked.append((name, start))
        yield Answer(self, self.files[name], start if self.ranges else 0, 206 if start else 200)

    def wanted(self) -> list[Wanted]:
        return [Wanted(name, len(data), digest(data)) for name, data in self.files.items()]

    def send(self, piece: bytes) -> bytes:
        self.before()
        with self._counting:
            self.sent += len(piece)
        return piece


@dataclass
class Answer:
    served: Served
    data: bytes
    start: int
    status: int

    def __post_init__(self) -> None:
        self.status = self.status if self.served.ranges else 200

    def iter_stream(self) -> Iterator[bytes]:
        for at in range(self.start, len(self.data), PIECE):
            yield self.served.send(self.data[at : at + PIECE])


class Quick(Patience):
    """Waits for nothing."""

    def pause(self, seconds: float) -> None:
        del seconds


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


@pytest.fixture
def served() -> Served:
    some = random.Random(7)  # noqa: S311 - the same bytes every time
    names = [f"train-{number:05d}-00.tar" for number in range(6)]
    return Served({**{name: some.randbytes(40_500) for name in names}, "manifest.json": b"{}"})


def fetched(served: Served, folder: Path, **more: Any) -> None:
    Download(served, "shoes", folder, patience=Quick(), **more).run(served.wanted(), 3)


def found(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.name[0] != "."}


def test_who_is_killed_twenty_times_goes_on_where_he_was(served: Served, tmp_path: Path) -> None:
    some, kills = random.Random(3), 0  # noqa: S311
    while kills < 20:
        left = iter(range(some.randrange(1, 14)))

        def kill(left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Killed

        served.before = kill
        with pytest.raises(Killed):
            fetched(served, tmp_path)
        kills += 1
    served.before = lambda: None
    fetched(served, tmp_path)
    assert found(tmp_path) == served.files
    # A piece that was on its way to each of three threads is all that a kill costs.
    assert served.sent <= sum(map(len, served.files.values())) + kills * 3 * PIECE


def test_lost_connections_are_gone_over_and_no_byte_is_fetched_twice(
    served: Served, tmp_path: Path
) -> None:
    some = random.Random(5)  # noqa: S311

    def lose() -> None:
        if some.random() < 0.1:
            raise SourceUnreachable

    served.before = lose
    told: list[tuple[int, int]] = []
    fetched(served, tmp_path, progress=lambda *here: told.append(here))
    whole = sum(map(len, served.files.values()))
    assert (found(tmp_path), served.sent) == (served.files, whole)
    assert told[-1] == (whole, whole)
    assert [here for here, _ in told] == sorted(here for here, _ in told)


def test_what_was_verified_is_not_fetched_again_and_what_changed_is(
    served: Served, tmp_path: Path
) -> None:
    fetched(served, tmp_path)
    served.asked.clear()
    fetched(served, tmp_path)
    assert served.asked == []
    first, second, third, *_ = served.files
    (tmp_path / first).write_bytes(b"x" * 40_500)
    (tmp_path / second).unlink()
    os.utime(tmp_path / third, ns=(1, 1))  # copied, say
    fetched(served, tmp_path)
    assert found(tmp_path) == served.files
    assert sorted(served.asked) == [(first, 0), (second, 0)]


def test_a_file_with_another_digest_is_fetched_anew_once_and_then_refused(
    served: Served, tmp_path: Path
) -> None:
    (tmp_path / ".manifest.json.half").write_bytes(b"[")
    fetched(served, tmp_path)
    assert found(tmp_path) == served.files
    (tmp_path / "manifest.json").unlink()
    wanted = [Wanted("manifest.json", 2, digest(b"[]"))]
    with pytest.raises(DatasetDamaged, match=r"Expected manifest\.json of sha256"):
        Download(served, "shoes", tmp_path, patience=Quick()).run(wanted)
    assert "manifest.json" not in found(tmp_path)


def test_what_a_server_sends_beyond_the_end_is_left_out(served: Served, tmp_path: Path) -> None:
    wanted, files = served.wanted(), dict(served.files)
    served.files |= {name: data + b"more" for name, data in files.items()}
    Download(served, "shoes", tmp_path, patience=Quick()).run(wanted)
    assert found(tmp_path) == files


def test_a_server_without_ranges_is_asked_for_the_whole(served: Served, tmp_path: Path) -> None:
    served.ranges = False
    (tmp_path / ".manifest.json.half").write_bytes(b"{")
    fetched(served, tmp_path)
    assert found(tmp_path) == served.files


def test_a_server_that_is_asked_too_often_is_asked_again_when_it_said(
    served: Served, tmp_path: Path
) -> None:
    waited: list[float] = []

    class Noting(Patience):
        def pause(self, seconds: float) -> None:
            waited.append(seconds)

    refusals = iter([RateExceeded(41.0)])

    def refuse() -> None:
        for why in refusals:
            raise why

    served.before = refuse
    Download(served, "shoes", tmp_path, patience=Noting()).run(served.wanted(), 3)
    assert (found(tmp_path), waited) == (served.files, [41.0])


def test_a_server_that_says_nothing_new_is_given_up(served: Served, tmp_path: Path) -> None:
    def lose() -> None:
        raise SourceUnreachable

    served.before = lose
    with pytest.raises(SourceUnreachable):
        fetched(served, tmp_path)


@pytest.mark.parametrize(
    "row",
    [
        {"name": "../x", "bytes": 1, "sha256": "0" * 64},
        {"name": "/etc/x", "bytes": 1, "sha256": "0" * 64},
        {"name": "a/../../x", "bytes": 1, "sha256": "0" * 64},
        {"name": ".verified", "bytes": 1, "sha256": "0" * 64},
        {"name": "a\n", "bytes": 1, "sha256": "0" * 64},
        {"name": "a", "bytes": -1, "sha256": "0" * 64},
        {"name": "a", "bytes": 1, "sha256": "0"},
        {"name": 7, "bytes": 1, "sha256": "0" * 64},
        {"name": "a"},
        "a",
    ],
)
def test_a_list_that_leads_elsewhere_is_refused(row: Any) -> None:
    assert wanted_of([{"name": "a/b.tar", "bytes": 1, "sha256": "0" * 64}])
    with pytest.raises(SourceFailed, match="Expected a list of files"):
        wanted_of([row])


@pytest.mark.parametrize(
    "key",
    [
        "photo v1.1 (copy)",
        "-a/=b/+c,@d",
        "../a",
        "/x//",
        "__a",
        "ä\x00\\:",
        "ö" * 90,
        "x/" * 40 + "é",
    ],
)
def test_what_files_of_samples_are_called_is_a_name(key: str, tmp_path: Path) -> None:
    served = Served({f"train/{stem(key)}.matte.png": b"here"})
    Download(served, "shoes", tmp_path, patience=Quick()).run(
        wanted_of([asdict(each) for each in served.wanted()])
    )
    assert [each.read_bytes() for each in tmp_path.rglob("*.png")] == [b"here"]


def test_who_waits_for_another_process_waits_no_longer_than_he_has_patience(
    tmp_path: Path,
) -> None:
    with (tmp_path / ".lock").open("ab") as other:
        locks.wait(other.fileno())
        served = Served({"a": b"here"})
        with pytest.raises(TimedOut):
            Download(served, "shoes", tmp_path, patience=Patience(0.05)).run(served.wanted())
        patience = Patience()
        download = Download(served, "shoes", tmp_path, patience=patience)
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(download.run, served.wanted())
            patience.stop.set()
            with pytest.raises(TimedOut):
                waiting.result(5)
        assert served.asked == []
        locks.release(other.fileno())
        Download(served, "shoes", tmp_path, patience=Patience(5.0)).run(served.wanted())
    assert (tmp_path / "a").read_bytes() == b"here"


def test_the_longest_id_may_be_fetched() -> None:
    longest = Identity(
        name="a" * 64,
        handler="b" * 64,
        version="1." + "2" * 62,
        pin="",
        config=b"{}",
        raw_digest="",
    )
    assert checked(longest.id) == longest.id


def test_an_id_that_leads_elsewhere_is_refused() -> None:
    assert checked("shoes_foveate-1_0123456789abcdef")
    for name in ("..", "a/b", "/etc", ""):
        with pytest.raises(BadOption, match="Expected the id of a dataset"):
            checked(name)


@pytest.mark.parametrize("names", [["a.tar", "a.tar"], ["a.tar", "a.tar/x"], ["a/b/c", "a"]])
def test_files_that_cannot_lie_beside_each_other_are_refused(names: list[str]) -> None:
    with pytest.raises(SourceFailed, match="different names"):
        distinct([Wanted(name, 1, "") for name in names])
    assert distinct([Wanted(name, 1, "") for name in ("a/b", "a/c", "ab")])


class Odd(Served):
    """Says what is no file: each time more of it."""

    @contextmanager
    def file(self, _: str, name: str, start: int) -> Iterator[Answer]:
        self.asked.append((name, start))
        yield Answer(self, b"<Error>" * len(self.asked), 0, 304)


def test_an_answer_that_is_no_file_is_no_progress(tmp_path: Path) -> None:
    served = Odd({"a.tar": b"x" * 5000})
    with pytest.raises(SourceFailed, match="304"):
        fetched(served, tmp_path)
    assert len(served.asked) == TRIES + 1
