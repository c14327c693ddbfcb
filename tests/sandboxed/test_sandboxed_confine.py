"""What a process can still do once it is confined, tried in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import foveate
from foveate.sandboxed import landlock

SOURCES = Path(foveate.__file__).parents[1]
BEGIN = f"""
import sys; sys.path.insert(0, {str(SOURCES)!r})
import ctypes, os, signal, socket, subprocess, threading
from foveate.sandboxed.confine import bound, confine
"""
FILTERED = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in {"x86_64", "aarch64"},
    reason="the table of system calls is for Linux on x86_64 and aarch64",
)


def run(work: str, *, fonts: bool = False, folder: Path | None = None) -> tuple[int, str]:
    """Return how a confined process ends that does that work, and what it says."""
    begin = f"{BEGIN}confine(256 << 20, 5, parent=os.getppid(), fonts={fonts})\n"
    done = subprocess.run(
        [sys.executable, "-I", "-c", begin + work], cwd=folder, capture_output=True, check=False
    )
    return done.returncode, (done.stdout + done.stderr).decode()


@FILTERED
@pytest.mark.parametrize(
    "work",
    [
        "open('/etc/passwd').read()",
        "open('new', 'w')",
        "os.listdir('/')",
        "socket.socket()",
        "socket.socketpair()",
        "os.execv(sys.executable, [sys.executable, '-c', 'print(1)'])",
        "os.fork()",
        "subprocess.run(['/bin/true'])",
        "os.kill(os.getppid(), 0)",
        "os.unlink('new')",
        "os.setuid(0); os.chmod('/tmp', 0o777)",
        "open(f'/proc/{os.getppid()}/environ').read()",
    ],
)
def test_it_reaches_no_file_no_socket_and_no_process(work: str, tmp_path: Path) -> None:
    code, said = run(work, folder=tmp_path)
    assert code == 1
    assert "PermissionError" in said
    assert not list(tmp_path.iterdir())


@FILTERED
@pytest.mark.parametrize("number", ["ptrace", "io_uring_setup", "mount", "bpf", "clone3"])
def test_calls_that_python_has_no_word_for_fail(number: str) -> None:
    numbers = {
        "ptrace": (101, 117),
        "io_uring_setup": (425, 425),
        "mount": (165, 40),
        "bpf": (321, 280),
        "clone3": (435, 435),
    }
    column = os.uname().machine == "aarch64"
    call = f"ctypes.CDLL(None).syscall({numbers[number][column]}, 0, 0, 0, 0, 0)"
    code, said = run(f"print(int({call}))")
    assert (code, said.strip()) == (0, "-1")


@FILTERED
def test_what_computing_takes_still_works() -> None:
    work = """
seen = []
threads = [threading.Thread(target=lambda: seen.append(sum(bytes(1 << 20)))) for _ in range(3)]
for each in threads: each.start()
for each in threads: each.join()
print(seen, os.getpid() > 0)
"""
    assert run(work) == (0, "[0, 0, 0] True\n")


@FILTERED
def test_with_fonts_it_reads_what_fonts_lie_in_and_nothing_else() -> None:
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    code, said = run("open('/etc/passwd')", fonts=True)
    assert (code, "PermissionError" in said) == (1, True)
    folder = "/usr/share/fonts"
    if Path(folder).is_dir():
        assert run(f"print(bool(os.listdir({folder!r})))", fonts=True) == (0, "True\n")
    code, said = run(f"open({folder!r} + '/new', 'w')", fonts=True)
    assert (code, "PermissionError" in said) == (1, True)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root has something to drop"
)
def test_root_becomes_nobody() -> None:
    assert run("print(os.getuid(), os.getgid())") == (0, "65534 65534\n")


@pytest.mark.parametrize(
    ("work", "failure"),
    [
        pytest.param(
            "bytes(65 << 20)",
            "MemoryError",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="macOS does not bound it"),
        ),
        ("[open('large', 'ab').write(bytes(1 << 20)) for _ in range(65)]", "File too large"),
        ("[os.dup(1) for _ in range(65)]", "Too many open files"),
    ],
)
def test_memory_and_files_are_bounded(work: str, failure: str, tmp_path: Path) -> None:
    code = f"{BEGIN}bound(64 << 20, 5); {work}"
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, check=False
    )
    assert failure in ran.stderr.decode()
