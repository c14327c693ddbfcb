from __future__ import annotations

import logging
import os
import random
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from foveate.storage.disk import BLOCK, HEADER_BYTES, DiskCache

if TYPE_CHECKING:
    from pathlib import Path

BIG = 1 << 30
WRITER = """
import sys
from pathlib import Path
from foveate.storage.disk import DiskCache
cache, step = DiskCache(Path(sys.argv[1]), int(sys.argv[2])), 0
bodies = [bytes([letter]) * 1_000_000 for letter in range(7)]
print("ready", flush=True)
while True:
    key = str(step % 40)
    cache.put(key, key.encode() + b"|" + bodies[step % 7])
    step += 1
"""


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def start_writer(folder: Path, max_bytes: int = BIG) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(folder), str(max_bytes)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"ready\n"
    return writer


def kill(writer: subprocess.Popen[bytes]) -> None:
    writer.kill()
    writer.communicate()
    assert writer.returncode == -signal.SIGKILL, "the writer died of something else"


def is_whole(key: str, value: bytes) -> bool:
    head, _, body = value.partition(b"|")
    return head == key.encode() and body == body[:1] * 1_000_000


def grow_old(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_what_was_put_is_found_also_after_a_restart(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "new" / "folder", BIG)
    cache.put("a/b?c", b"one")
    cache.put("empty", b"")
    for again in (cache, DiskCache(tmp_path / "new" / "folder", BIG)):
        assert again.get("a/b?c") == b"one"
        assert again.get("empty") == b""
        assert again.get("missing") is None


def test_putting_again_replaces(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, BIG)
    cache.put("a", b"old")
    cache.put("a", b"new")
    assert cache.get("a") == b"new"
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda framed: framed[:-1],
        lambda framed: framed[: HEADER_BYTES - 1],
        lambda _: b"",
        lambda framed: framed + b"x",
        lambda framed: framed[:-1] + b"X",
        lambda framed: bytes(len(framed)),
    ],
    ids=["short", "half a header", "empty", "long", "flipped", "zeroes"],
)
def test_a_damaged_file_is_never_served_and_goes(tmp_path: Path, damage: object) -> None:
    cache = DiskCache(tmp_path, BIG)
    cache.put("a", b"value")
    (file,) = files(tmp_path)
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    assert cache.get("a") is None
    assert files(tmp_path) == []
    cache.put("a", b"value")
    assert cache.get("a") == b"value"


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, 10 * BLOCK)
    for step in range(10):
        before = set(files(tmp_path))
        cache.put(str(step), b"x")
        (file,) = set(files(tmp_path)) - before
        grow_old(file, 1000 - step)
    assert cache.get("0") == b"x"
    cache.put("10", b"x")
    cache.sweep()
    assert [step for step in range(11) if cache.get(str(step)) is None] == [1, 2]


def test_the_bound_holds_without_anybody_asking_for_a_sweep(tmp_path: Path) -> None:
    bound = 50 * BLOCK
    cache = DiskCache(tmp_path, bound)
    for step in range(400):
        cache.put(str(step), bytes(3000))
    deadline = time.monotonic() + 5
    while (used := len(files(tmp_path)) * BLOCK) > bound and time.monotonic() < deadline:
        cache.put("one more", b"x")
        time.sleep(0.01)
    assert 0 < used <= bound


def test_of_many_groups_those_that_are_named_are_forgotten(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, BIG)
    groups = [f"picture {number}" for number in range(600)]  # more than there are folders
    for group in groups:
        cache.put(f"{group}/faces", group.encode())
    cache.put("alone", b"alone")
    cache.forget_all({*groups[::2], "nobody"})
    assert [group for group in groups if cache.get(f"{group}/faces")] == groups[1::2]
    assert cache.get("alone") == b"alone"


HOLDS = """
import sys, time
from pathlib import Path
from foveate.storage.disk import DiskCache
with DiskCache(Path(sys.argv[1]), 1 << 20).claimed("a") as mine:
    print(mine, flush=True)
    time.sleep(60)
"""


def test_a_key_is_claimed_by_one_process_at_a_time_until_that_lets_go_or_is_killed(
    tmp_path: Path,
) -> None:
    cache = DiskCache(tmp_path, BIG)
    command = [sys.executable, "-c", HOLDS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        with cache.claimed("a") as mine, cache.claimed("b") as other:
            assert (mine, other) == (False, True)
        holder.kill()
    with cache.claimed("a") as mine:
        assert mine


def test_where_nothing_can_be_shared_nobody_else_has_claimed_it(tmp_path: Path) -> None:
    with DiskCache(tmp_path / "nowhere", 0).claimed("a") as mine:
        assert mine


def test_too_large_a_value_is_not_kept(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, BLOCK)
    assert not cache.put("a", bytes(BLOCK))
    assert files(tmp_path) == []
    assert cache.put("a", bytes(BLOCK - HEADER_BYTES))
    assert len(files(tmp_path)) == 1


def test_only_our_own_files_are_ever_deleted(tmp_path: Path) -> None:
    mine = [
        tmp_path / "thesis.tex",
        tmp_path / "ab" / "thesis.tex",
        tmp_path / "photos" / ("a" * 64),
    ]
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(100_000))
        grow_old(path, 1e6)
    cache = DiskCache(tmp_path, BLOCK)
    cache.put("a", b"x")
    cache.put("b", b"x")
    cache.sweep()
    assert all(path.exists() for path in mine)


def test_what_a_dead_writer_left_is_removed_and_a_live_one_is_left_in_peace(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    unfinished = tmp_path / "unfinished"
    unfinished.mkdir()
    of_the_dead = unfinished / f"{dead.pid}-{'0' * 32}"
    of_the_living = unfinished / f"{os.getpid()}-{'1' * 32}"
    of_last_week = unfinished / f"{os.getpid()}-{'2' * 32}"
    for path in (of_the_dead, of_the_living, of_last_week):
        path.write_bytes(b"half")
    grow_old(of_last_week, 7 * 86_400)
    DiskCache(tmp_path, BIG).sweep()
    assert files(tmp_path) == [of_the_living]


def test_killing_a_writer_at_any_moment_leaves_nothing_half(tmp_path: Path) -> None:
    moments = random.Random(1)  # noqa: S311 - no secret
    seen = unfinished = 0
    rounds = 0
    while rounds < 5 or (rounds < 50 and not (seen > 40 and unfinished)):
        rounds += 1
        writer = start_writer(tmp_path)
        time.sleep(moments.uniform(0.03, 0.1))
        kill(writer)
        unfinished += len(list((tmp_path / "unfinished").iterdir()))
        cache = DiskCache(tmp_path, BIG)
        for key in map(str, range(40)):
            value = cache.get(key)
            assert value is None or is_whole(key, value)
            seen += value is not None
        cache.sweep()
        assert list((tmp_path / "unfinished").iterdir()) == []
    assert seen > 40, "the writers were killed before they wrote"
    assert unfinished > 0, "no writer was killed in the middle of a file"


def test_several_processes_share_a_folder(tmp_path: Path) -> None:
    bound = 20 * 1_000_000
    writers = [start_writer(tmp_path, bound) for _ in range(2)]
    cache = DiskCache(tmp_path, bound)
    started, hits, took = time.monotonic(), 0, 0.0
    while took < 0.7 or (took < 10 and hits <= 20):
        took = time.monotonic() - started
        for key in map(str, range(40)):
            value = cache.get(key)
            assert value is None or is_whole(key, value)
            hits += value is not None
    for writer in writers:
        kill(writer)
    cache.sweep()
    assert hits > 20
    assert sum(path.stat().st_size for path in files(tmp_path)) <= bound


def test_threads_reading_and_writing_one_key_see_whole_values(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, BIG)
    values = [bytes([letter]) * 50_000 for letter in b"abcd"]
    wrong: list[bytes] = []

    def write(value: bytes) -> None:
        for _ in range(100):
            cache.put("key", value)
            got = cache.get("key")
            if got not in values:
                wrong.append(got or b"")

    threads = [threading.Thread(target=write, args=(value,)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_folder_that_cannot_be_is_nobodys_error_and_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        cache = DiskCache(tmp_path / "file", BIG)
        for key in "abc":
            assert not cache.put(key, b"value")
            assert cache.get(key) is None
    assert len(caplog.records) == 1
    assert re.search("file.*Not a directory", caplog.text)


FULL_DISK = """
import resource, sys
from pathlib import Path
from foveate.storage.disk import DiskCache
cache = DiskCache(Path(sys.argv[1]), 1 << 30)
cache.put("kept", b"k" * 1000)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
cache.put("kept", b"K" * 100_000)
cache.put("large", b"l" * 100_000)
cache.put("small", b"s" * 1000)
print(*(len(cache.get(key) or b"") for key in ("kept", "large", "small")))
print(sum(path.is_file() for path in Path(sys.argv[1]).rglob("*")))
"""


def test_a_disk_that_takes_no_more_loses_nothing_and_leaves_no_rest(tmp_path: Path) -> None:
    assert resource.RLIMIT_FSIZE, "the limit breaks a write off in its middle, as a full disk does"
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1000", "0", "1000", "2"]
    assert done.stderr.count("File too large") == 1


def test_the_beginning_is_told_with_the_whole_length_of_small_and_large_values(
    tmp_path: Path,
) -> None:
    cache = DiskCache(tmp_path, BIG)
    for size in (3, 70_000, 3_000_000):
        cache.put("key", b"abc" + bytes(size - 3))
        assert cache.peek("key", 16) == ((b"abc" + bytes(size))[: min(16, size)], size)
    assert cache.peek("other", 16) is None


def test_a_large_value_comes_as_it_was_put_and_never_when_it_was_damaged(tmp_path: Path) -> None:
    cache, value = DiskCache(tmp_path, BIG), bytes(range(256)) * 12_000
    cache.put("key", value)
    found = cache.get("key")
    assert found is not None
    assert bytes(found) == value
    (file,) = tmp_path.glob("??/*")
    with file.open("r+b") as opened:
        opened.seek(2_000_000)
        opened.write(b"damage")
    assert cache.get("key") is None
    assert not file.exists()
