from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from child_processes import children
from heif_files import Item, heif
from imaging_pictures import HEIC, SVG, close, corners

from foveate.deadline import NEVER, Deadline
from foveate.errors import (
    BrokenImage,
    ClientDisconnected,
    DecoderKilled,
    FoveateError,
    TimedOut,
)
from foveate.geometry.box import Size
from foveate.imaging import heic
from foveate.imaging.heic_header import read_header
from foveate.imaging.sandbox import MEMORY_BYTES, ask, memory_bytes, picture
from foveate.imaging.svg import exact_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def test_an_answer_is_facts_and_a_body() -> None:
    answer = ask("svg", SVG, "2", timeout_s=10)
    assert (answer["width"], answer["height"], answer["bands"]) == (80, 60, 4)
    assert len(answer["body"]) == 80 * 60 * 4
    assert bytes(answer["body"][:4]) == b"\xdc\x1e\x1e\xff"


def test_pixels_outlive_the_answer_they_came_in() -> None:
    image = picture(ask("svg", SVG, "1", timeout_s=10)).linear(1, 0).cast("uchar")
    gc.collect()
    assert close(corners(image)[:1], [(220, 30, 30, 255)])


def test_a_decoder_that_fails_says_why() -> None:
    with pytest.raises(BrokenImage, match="exit 1"):
        ask("heic", HEIC[:100], "48", "64", timeout_s=10)


def test_a_decoder_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TimedOut, match="heic"):
        ask("heic", HEIC, "48", "64", timeout_s=0.001)


def test_a_decoder_that_crashes_takes_nobody_along() -> None:
    # The wrapper around libheif stumbles over an item whose type is not text.
    data = HEIC.replace(b"\0Exif\0", b"\0Exi\x80\0", 1)
    size, _ = read_header(data)
    with pytest.raises(BrokenImage, match="exit -11"):
        heic.decode(data, size)


def test_other_pixels_than_the_header_promised_are_not_even_tried() -> None:
    data = heif({1: Item(data=bytes(9))})
    with pytest.raises(BrokenImage, match="Decoder plugin"):
        heic.decode(data, Size(64, 64))
    with pytest.raises(BrokenImage, match=r"\(9, 9\) as in the header, got \(64, 64\)"):
        heic.decode(data, Size(9, 9))


SLOW = b"""<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="3000"><filter id="f">
%s</filter><rect width="3000" height="3000" filter="url(#f)"/></svg>""" % (
    b'<feTurbulence baseFrequency="0.1" numOctaves="1000"/>' * 50
)
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def eventually(look: Callable[[], list[int] | bool]) -> list[int] | bool:
    until = time.monotonic() + 20
    while not (seen := look()) and time.monotonic() < until:
        time.sleep(0.02)
    return seen


def draw() -> None:
    """Draw without end."""
    ask("svg", SLOW, "1", timeout_s=30)


@contextmanager
def drawing(
    failures: list[BaseException],
    deadline: Deadline = NEVER,
    work: Callable[[], object] = draw,
) -> Iterator[int]:
    """Do that in a thread, and yield the process that does it."""

    def attempt() -> None:
        try:
            with deadline:
                work()
        except FoveateError as error:
            failures.append(error)

    before = set(children(os.getpid()))
    thread = threading.Thread(target=attempt)
    thread.start()
    started = eventually(lambda: sorted(set(children(os.getpid())) - before))
    assert isinstance(started, list)
    yield started[0]
    thread.join(30)
    assert not thread.is_alive()


@ON_LINUX
def test_who_is_killed_from_outside_is_not_the_pictures_fault() -> None:
    failures: list[BaseException] = []
    with drawing(failures) as child:
        os.kill(child, signal.SIGKILL)
    assert [type(failure) for failure in failures] == [DecoderKilled]


@ON_LINUX
def test_a_decoder_ends_when_its_client_leaves() -> None:
    failures: list[BaseException] = []
    left = threading.Event()
    with drawing(failures, Deadline(time.monotonic() + 60, left)) as child:
        left.set()
        assert eventually(lambda: not Path(f"/proc/{child}").exists())
    assert [type(failure) for failure in failures] == [ClientDisconnected]


@ON_LINUX
def test_what_reads_a_header_ends_when_its_client_leaves() -> None:
    failures, left = list[BaseException](), threading.Event()
    long = b"<svg %b/>" % b" ".join(b'a%d="1"' % number for number in range(800_000))
    deadline = Deadline(time.monotonic() + 60, left)
    with drawing(failures, deadline, lambda: exact_size(long)) as child:
        left.set()
        assert eventually(lambda: not Path(f"/proc/{child}").exists())
    assert [type(failure) for failure in failures] == [ClientDisconnected]


def test_a_decoder_ends_with_the_deadline() -> None:
    started = time.monotonic()
    with pytest.raises(TimedOut), Deadline(started + 0.3):
        ask("svg", SLOW, "1", timeout_s=30)
    assert time.monotonic() - started < 5


@ON_LINUX
def test_a_decoder_sees_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOVEATE_TEST_SECRET", "do-not-tell")
    failures: list[BaseException] = []
    with drawing(failures) as child:
        # Between fork and exec it is still a copy of this process.
        command = Path(f"/proc/{child}/cmdline")
        assert eventually(lambda: b"sandboxed" in command.read_bytes())
        seen = Path(f"/proc/{child}/environ").read_bytes()
        os.kill(child, signal.SIGKILL)
    assert b"do-not-tell" not in seen
    assert b"PATH=" not in seen.replace(b"_PATH=", b"")


@ON_LINUX
def test_a_decoder_dies_with_the_server() -> None:
    code = f"from foveate.imaging.sandbox import ask\nask('svg', {SLOW!r}, '1', timeout_s=60)"
    server = subprocess.Popen([sys.executable, "-c", code])
    child = eventually(lambda: children(server.pid))
    server.kill()
    server.wait()
    assert isinstance(child, list)
    assert eventually(lambda: _is_gone(child[0]))


def _is_gone(pid: int) -> bool:
    """Return whether a process ended, or waits for nobody but a parent to ask."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_small_file_may_not_take_as_much_as_a_large_one() -> None:
    assert memory_bytes(1_000) < memory_bytes(9_000_000) <= MEMORY_BYTES


def test_the_decoder_of_a_small_file_and_its_answer_stay_below_half_a_gigabyte_together() -> None:
    for answer in (0, 36_000_000, 192_000_000, 300_000_000):
        assert memory_bytes(4_999_999, answer) + answer <= 512 * 1024 * 1024
    assert memory_bytes(1_000, 10**9) > 0
