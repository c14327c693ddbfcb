"""The process of a handler, seen from here: asked, bounded, and ended with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from foveate import errors
from foveate.datasets.handlers import runner
from foveate.datasets.handlers.frames import Frame, receive, send
from foveate.datasets.handlers.made import check_keys, checked, picked
from foveate.datasets.handlers.tail import Tail
from foveate.datasets.handlers.watch import Watch
from foveate.datasets.owned import Owned
from foveate.datasets.packed import Packed
from foveate.datasets.seams import SKIPS
from foveate.datasets.spelling import told_of
from foveate.datasets.wire import sample_to_json
from foveate.errors import (
    BadConfiguration,
    FoveateError,
    HandlerFailed,
    ImageError,
    RawChanged,
    SourceError,
    SourceNotFound,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from foveate.datasets.handlers.limits import Limits
    from foveate.datasets.sample import Made, Sample
    from foveate.datasets.seams import Answer, Pictures, Skips

PREFIX: Final = "foveate-handling-"
MORE_TOLD: Final = 2
"""How many times what it was told of samples it may tell of them, beside `told_bytes`."""
ALIKE: Final = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    # The same for the same, whoever runs it: no order of sets, no sums in another order.
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
}
PASSED_ON: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""Without these some machines find no libraries. Nothing else is passed on: there may be keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What is started to run a handler, and what it is told first."""

    command: Sequence[str]
    start: Mapping[str, Any]
    environment: Mapping[str, str]
    blobs: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def in_environment(python: str, handler: str, config: Mapping[str, Any]) -> Program:
    """Return the program that runs a handler where `python` and all that it imports are its own."""
    return Program(
        # Not -I: with the seed of hashes, sets would come in another order every time. -S: a
        # package may have files that `site` runs, and nothing of it runs before it is confined.
        command=(python, "-P", "-s", "-S", runner.__file__),
        start={"handler": handler, "config": config},
        environment={name: os.environ[name] for name in PASSED_ON if name in os.environ},
    )


class HandlerProcess:
    """A handler that runs: one process, for one thread. It cannot be used after HandlerFailed."""

    IS_OURS: ClassVar[bool] = False

    def __init__(self, program: Program, limits: Limits, pictures: Pictures) -> None:
        """Start it, in an empty folder. Raises HandlerFailed."""
        self._limits, self._pictures = limits, pictures
        self._asked: Sample
        self._own = Owned.begun(PREFIX)
        self._ending = threading.Lock()
        self._child = _begun(program, self._own)
        assert self._child.stderr is not None  # noqa: S101 - it is a pipe
        self._log = Tail(self._child.stderr)
        self._watch = Watch(
            self._child.pid, self._own.folder, limits, self._kill, ours=self.IS_OURS
        )
        with self._asking(limits.start_s):
            told = {**program.start, "limits": asdict(limits), "parent": os.getpid()}
            self._say(Frame(told, program.blobs))
            self._heard(0)

    def describe(self) -> Mapping[str, Any]:
        """Return the schema of its configuration, and its version, as the handler says them."""
        with self._asking(self._limits.start_s):
            self._say(Frame({"do": "describe"}))
            (told,) = self._answers(set())
        return told.head

    def select(self, samples: Sequence[Sample], seed: int) -> Sequence[Sample]:
        """Return which samples there are, in their order, and with their splits."""
        left = {sample.key: replace(sample, instances=()) for sample in samples}
        seconds = self._limits.sample_s + len(samples) * self._limits.select_s
        with self._asking(seconds):
            self._say(Frame({"do": "select", "count": len(samples), "seed": seed}))
            told = sum(self._say(Frame({"sample": sample_to_json(sample)})) for sample in samples)
            near = {sample.source for sample in samples}
            return Packed(picked(frame, left) for frame in self._answers(near, MORE_TOLD * told))

    def ask(self, sample: Sample, data: bytes, seed: int) -> None:
        """Have it make something of a sample, of which `data` are the bytes. `answer` is next."""
        told = {"do": "prepare", "sample": sample_to_json(sample), "seed": seed}
        self._asked = sample
        with self._asking(self._limits.sample_s, sample.source):
            self._say(Frame(told, {runner.PICTURE: data}))

    def answer(self) -> Answer:
        """Return what tells what was made of the sample; the next one may be asked for before.

        Raises ImageError for a picture of which its handler can make nothing, and PictureBlocked
        for one of which nothing may be made.
        """
        sample = self._asked
        # Another picture is given where a sample names it: `select` may do so.
        near = {value for value in sample.attributes.values() if isinstance(value, str)}
        with self._asking(self._limits.sample_s, sample.source):
            frames = list(self._answers(near))
        return partial(self._made, sample, frames)

    def _made(self, sample: Sample, frames: Sequence[Frame]) -> list[Made]:
        with self._asking(self._limits.sample_s, sample.source):
            made = [checked(frame, sample, number) for number, frame in enumerate(frames)]
            check_keys(made)
        return made

    def end(self) -> None:
        """End it while another thread waits for it, which meets HandlerFailed."""
        self._kill()

    def close(self) -> None:
        """End it and all that it started, and remove its files."""
        self._watch.close()
        self._wait()
        self._log.join()
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        self._own.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _asking(self, seconds: float, source: str = "") -> Iterator[None]:
        """Bound what is asked of it, of a picture where that is named.

        Raises HandlerFailed, which begins with the picture, or what a picture that it asked for is
        met with, when it has ended.
        """
        self._watch.begin(seconds, seconds * self._limits.processors)
        try:
            yield
        except (RawChanged, SourceError):
            self.close()
            raise
        except (HandlerFailed, OSError, EOFError) as why:
            reason = told_of(source, self._reason(why))
            self.close()
            raise HandlerFailed(reason, public=reason, log=self._log.text) from why
        finally:
            self._watch.rest()

    def _reason(self, why: Exception) -> str:
        if isinstance(why, HandlerFailed):
            return str(why)
        self._log.join()  # which ends with it
        self._wait()
        return self._watch.why or f"Expected an answer, got exit code {self._child.returncode}."

    def _say(self, frame: Frame) -> int:
        assert self._child.stdin is not None  # noqa: S101 - it is a pipe
        return send(self._child.stdin, frame)

    def _heard(self, most_bytes: int) -> Frame:
        assert self._child.stdout is not None  # noqa: S101 - it is a pipe
        frame = receive(self._child.stdout, most_bytes)
        if "error" in frame.head:
            raise HandlerFailed(f"Expected no error, got {_text(frame.head['error'])}")
        if "refuses" in frame.head:
            raise BadConfiguration(_text(frame.head["refuses"]))
        if "skips" in frame.head:
            raise _skipped(_text(frame.head["skips"]))
        return frame

    def _answers(self, near: Container[str], more_told: int = 0) -> Iterator[Frame]:
        """Yield what it answers up to its end, and give it the pictures that it asks for."""
        left, count = self._limits.output_bytes, 0
        told, most_told = 0, self._limits.told_bytes + more_told
        while "done" not in (frame := self._heard(left)).head:
            if "read" in frame.head:
                self._say(self._picture(frame.head["read"], near))
                continue
            left -= sum(map(len, frame.blobs.values()))
            count += "made" in frame.head
            told += frame.told_bytes
            if told > most_told:
                raise HandlerFailed(f"Expected heads of at most {most_told} bytes, got more.")
            if count > self._limits.outputs:
                raise HandlerFailed(f"Expected at most {self._limits.outputs} outputs, got more.")
            yield frame

    def _picture(self, source: object, near: Container[str]) -> Frame:
        """Return the picture of that name, or why it is not given."""
        if not isinstance(source, str) or source not in near:
            return Frame({"refused": "Expected a source that the sample names."})
        try:
            return Frame({}, {runner.PICTURE: self._pictures.read(source)})
        except FoveateError as why:
            # Of no other one does it depend on the picture alone, and so on nothing else.
            if isinstance(why, RawChanged | SourceError) and not isinstance(why, SourceNotFound):
                raise
            return Frame({"refused": why.public})

    def _kill(self) -> None:
        with self._ending:
            # Once it was waited for, its number may be another's.
            if self._child.returncode is None:
                _end(self._child)

    def _wait(self) -> None:
        """End it and all that it started, and know how it ended."""
        self._kill()
        with self._ending:
            self._child.wait()


def _begun(program: Program, own: Owned) -> subprocess.Popen[bytes]:
    """Start a program in an empty folder. Raises HandlerFailed."""
    if sys.platform != "win32" and os.geteuid() == 0:
        os.chown(own.folder, runner.NOBODY, runner.NOBODY)
    try:
        return subprocess.Popen(  # noqa: S603 - our own runner
            program.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=own.folder,
            env={**program.environment, **ALIKE, "TMPDIR": str(own.folder)},
            start_new_session=True,
        )
    except OSError as why:
        own.remove()
        told = f"Expected the Python of its environment, got {why.strerror}: install it anew."
        raise HandlerFailed(told, public=told) from why


def _end(child: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        child.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _text(said: object) -> str:
    """Return what a handler says as text that can be written down: halves of pairs cannot."""
    return f"{said!s:.2000}".encode(errors="backslashreplace").decode()


def _skipped(said: str) -> Skips:
    """Return why a picture is left out: an error of that name, where we have such a one."""
    kind = getattr(errors, said.partition(":")[0], ImageError)
    if not (isinstance(kind, type) and issubclass(kind, SKIPS)):
        kind = ImageError
    return kind(said)
