from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from child_processes import children

from foveate.deadline import Deadline
from foveate.errors import ClientDisconnected, DecoderKilled, EncodeFailed, FoveateError, TimedOut
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.encode_apart import encoded_apart
from foveate.imaging.fields import with_delays, with_numbers
from foveate.imaging.jxl import SAVER, jxl
from foveate.imaging.pixels import from_array
from foveate.imaging.stop import watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.imaging import Image

FREE_S = 2.0
"""A busy machine is slow; what is not stopped takes twice that and more."""


def noise(width: int, height: int) -> Image:
    return from_array(np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8))


def moving(frame: Image) -> Image:
    """Return two frames, the second one mirrored."""
    pages = {"page-height": frame.height, "n-pages": 2, "loop": 3}
    joined = frame.join(frame.fliphor(), "vertical")
    return with_delays(with_numbers(joined, pages), [40, 90])


@pytest.mark.parametrize(
    ("saver", "how"),
    [
        ("pngsave", {"palette": True, "Q": 90, "effort": 3}),
        ("gifsave", {"effort": 1, "keep": 0}),
        ("webpsave", {"effort": 2, "Q": 80}),
        ("heifsave", {"compression": "av1", "Q": 60, "effort": 0, "bitdepth": 8}),
    ],
)
def test_bytes_are_those_of_the_same_encoder_here(saver: str, how: dict[str, Any]) -> None:
    for image in (noise(40, 30), noise(40, 30).bandjoin(100), moving(noise(20, 16))):
        assert encoded_apart(image, saver, how) == getattr(image, f"{saver}_buffer")(**how)


def test_a_jpeg_xl_is_that_of_the_same_encoder_here() -> None:
    how = {"quality": 80, "lossless": False, "effort": 3}
    for image in (noise(40, 30), noise(40, 30).bandjoin(100)):
        assert encoded_apart(image, SAVER, how) == jxl(image.numpy(), **how)
    with pytest.raises(EncodeFailed, match=r"jxlsave.*exit 1.*hurry"):
        encoded_apart(noise(8, 8), SAVER, {**how, "hurry": 1})


def test_the_profile_goes_along() -> None:
    image = noise(16, 16).icc_transform("p3", input_profile="srgb")
    how = {"palette": True, "keep": "icc"}
    written = encoded_apart(image, "pngsave", how)
    assert written == image.pngsave_buffer(**how)
    assert b"iCCP" in written


def test_an_encoder_that_fails_says_why() -> None:
    with pytest.raises(EncodeFailed, match=r"exit 1.*gifsave.*hurry"):
        encoded_apart(noise(8, 8), "gifsave", {"hurry": 1})


@pytest.mark.parametrize(
    ("options", "size"),
    [
        (EncodeOptions(format="png", quality=90, explicit_quality=True), (6000, 4000)),
        (EncodeOptions(format="gif"), (2000, 1000)),
        (EncodeOptions(format="avif", avif_effort=6), (800, 500)),
        (EncodeOptions(format="jxl", jxl_effort=7), (2400, 2000)),
        (EncodeOptions(format="webp", quality=100, webp_effort=6), (1200, 1000)),
        (EncodeOptions(format="webp", webp_effort=6), (5000, 4000)),
    ],
    ids=lambda value: value.format if isinstance(value, EncodeOptions) else "",
)
def test_every_encoder_stops_although_it_has_all_pixels(
    options: EncodeOptions, size: tuple[int, int]
) -> None:
    image = noise(*size)
    started = time.monotonic()
    with pytest.raises(TimedOut), Deadline(started + 0.3):
        encode(watched(image), options)
    assert time.monotonic() - started < 0.3 + FREE_S


@pytest.mark.parametrize(
    "options",
    [EncodeOptions(format="gif"), EncodeOptions(format="webp", quality=100, webp_effort=6)],
    ids=["gif", "webp"],
)
def test_what_moves_stops_within_its_frames(options: EncodeOptions) -> None:
    frames = noise(200, 200 * 240)
    image = with_numbers(frames, {"page-height": 200, "n-pages": 240})
    started = time.monotonic()
    with pytest.raises(TimedOut), Deadline(started + 0.3):
        encode(watched(image), options)
    assert time.monotonic() - started < 0.3 + FREE_S


IN_PROC = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="children are read in /proc"
)


@contextmanager
def writing(failures: list[BaseException], gone: threading.Event | None = None) -> Iterator[int]:
    """Write a picture that takes many seconds in a thread, and yield the process that does it."""

    def write() -> None:
        try:
            with Deadline(time.monotonic() + 60, gone):
                encoded_apart(noise(3000, 2000), "gifsave", {"effort": 10})
        except FoveateError as error:
            failures.append(error)

    before, until = set(children()), time.monotonic() + 20
    thread = threading.Thread(target=write)
    thread.start()
    while not (started := set(children()) - before) and time.monotonic() < until:
        time.sleep(0.01)
    child = started.pop()
    try:
        # Between fork and exec it is still a copy of this process.
        while b"encoder.py" not in Path(f"/proc/{child}/cmdline").read_bytes():
            time.sleep(0.01)
        yield child
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        thread.join(20)
    assert not thread.is_alive()
    assert child not in children()


@IN_PROC
def test_an_encoder_ends_when_nobody_waits_for_it() -> None:
    failures, gone = list[BaseException](), threading.Event()
    with writing(failures, gone) as child:
        gone.set()
        until = time.monotonic() + 20
        while Path(f"/proc/{child}").exists() and time.monotonic() < until:
            time.sleep(0.01)
        assert not Path(f"/proc/{child}").exists()
    assert [type(failure) for failure in failures] == [ClientDisconnected]


@IN_PROC
def test_an_encoder_that_is_killed_from_outside_is_not_our_failure() -> None:
    failures = list[BaseException]()
    with writing(failures) as child:
        os.kill(child, signal.SIGKILL)
    assert [type(failure) for failure in failures] == [DecoderKilled]


@IN_PROC
def test_an_encoder_sees_nothing_of_the_environment_and_has_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOVEATE_TEST_SECRET", "do-not-tell")
    with writing([]) as child:
        seen = Path(f"/proc/{child}/environ").read_bytes()
        limits, until = Path(f"/proc/{child}/limits"), time.monotonic() + 20
        while not bounded(limits.read_text()) and time.monotonic() < until:
            time.sleep(0.01)
        assert bounded(limits.read_text())
    assert b"do-not-tell" not in seen


def bounded(limits: str) -> bool:
    lines = {line[:25].strip(): line[25:].split()[0] for line in limits.splitlines()[1:]}
    return "unlimited" not in {lines["Max data size"], lines["Max cpu time"]}


@IN_PROC
def test_an_encoder_dies_with_the_server() -> None:
    code = (
        "import numpy as np\n"
        "from foveate.imaging.encode_apart import encoded_apart\n"
        "from foveate.imaging.pixels import from_array\n"
        "noise = np.random.default_rng(1).integers(0, 256, (2000, 3000, 3), np.uint8)\n"
        "encoded_apart(from_array(noise), 'gifsave', {'effort': 10})"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as server:
        until = time.monotonic() + 30
        while not (started := children(server.pid)) and time.monotonic() < until:
            time.sleep(0.01)
        child = started[0]
        # Until then it has not said that it wants to die with it.
        while not bounded(Path(f"/proc/{child}/limits").read_text()):
            time.sleep(0.01)
        server.kill()
    while not is_gone(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert is_gone(child)


def is_gone(pid: int) -> bool:
    """Return whether a process ended, or waits for nobody but a parent to ask."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
