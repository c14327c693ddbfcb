"""Where processor time goes, by the calls that it goes to: a flame graph of all threads.

Profilers of one thread would see next to nothing here: work is done by pools of threads. So all
of Python's are looked at a hundred times a second, and each call is charged with what the kernel
says that its thread took since. What threads of libvips and of networks took, which Python does not
know, is charged to the calls that wait for them; other waiting costs nothing.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Self, TextIO

import typer

from foveate.errors import BadOption
from foveate.outside import thread_cpu_s

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import CodeType, FrameType

    Call = tuple[str, str, int]
    """A function, its file, and its first line."""
    Stack = tuple[Call, ...]

Profile = Annotated[
    Path | None,
    typer.Option(
        help="Write where processor time went into this file, when it ends: a flame graph for "
        "https://www.speedscope.app.",
        metavar="FILE",
    ),
]
EVERY_S: Final = 0.01
SCHEMA: Final = "https://www.speedscope.app/file-format-schema.json"
MOST_STACKS: Final = 100_000
"""A server may run for long: what is new beyond that is one call."""
OTHER: Final[Call] = ("(what was not seen before)", "", 0)
UNSEEN: Final[Call] = ("(threads for which no call waited)", "", 0)
CHILDREN: Final[Call] = ("(processes that worked for this one)", "", 0)
INSIDE: Final = ("pyvips/", "onnxruntime/", "openvino/")
"""Libraries with threads of their own: what these take belongs to whoever waits for them."""
_NUMBER: Final = re.compile(r"[-_ ]*\d+.*$")


class Flame:
    """Looks at all threads for as long as it lasts."""

    def __init__(self) -> None:
        self.spent: dict[Stack, float] = {}
        """Processor time by stack, in seconds; the first of each is what the thread is called."""
        self._clocks: dict[int, float] = {}
        self._whole = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="foveate-profile", daemon=True)
        self._before = os.times()

    def __enter__(self) -> Self:
        self._look(charge=False)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        spent, before = os.times(), self._before
        own = spent.user + spent.system - before.user - before.system
        children = spent.children_user + spent.children_system
        children -= before.children_user + before.children_system
        self._charge((UNSEEN,), max(0.0, own - sum(self.spent.values())))
        self._charge((CHILDREN,), children)

    def _look_on(self) -> None:
        while not self._over.wait(EVERY_S):
            self._look()

    def _look(self, *, charge: bool = True) -> None:
        frames, inside = _frames(), []
        elsewhere, self._whole = time.process_time() - self._whole, time.process_time()
        for thread in threading.enumerate():
            if thread.native_id is None or thread.ident not in frames:
                continue
            frame = frames[thread.ident]
            taken = self._taken(thread.native_id)
            elsewhere -= taken
            if charge and taken > 0:
                self._charge((_role(thread.name), *_calls(frame)), taken)
            if frame is not None and _call(frame.f_code)[1].startswith(INSIDE):
                inside.append((_role(thread.name), *_calls(frame)))
        if charge:
            for stack in inside:
                self._charge(stack, elsewhere / len(inside))

    def _taken(self, number: int) -> float:
        """Return what a thread took since it was asked before."""
        now = thread_cpu_s(number)
        before, self._clocks[number] = self._clocks.get(number, 0.0), now
        return max(0.0, now - before)

    def _charge(self, stack: Stack, seconds: float) -> None:
        if seconds > 0:
            known = stack in self.spent or len(self.spent) < MOST_STACKS
            stack = stack if known else (OTHER,)
            self.spent[stack] = self.spent.get(stack, 0.0) + seconds


def _frames() -> dict[int, FrameType | None]:
    """Return where each thread is, but nothing for the one that asks.

    A frame that could be reached from its own variables would be garbage that only the collector
    frees, with all that every thread was at. Where that is a memoryview that pyvips hands on just
    then, CPython before 3.12.7 crashes (gh-77894).
    """
    frames: dict[int, FrameType | None] = {**sys._current_frames()}  # noqa: SLF001 - the only way
    frames[threading.get_ident()] = None
    return frames


@cache
def _role(name: str) -> Call:
    """Return what threads of one pool are called together."""
    return _NUMBER.sub("", name) or name, "", 0


def _calls(frame: FrameType | None) -> Iterator[Call]:
    """Return the calls that lead to a frame, the outermost first."""
    calls = []
    while frame is not None:
        calls.append(_call(frame.f_code))
        frame = frame.f_back
    return reversed(calls)


@cache
def _call(code: CodeType) -> Call:
    return code.co_qualname, _short(code.co_filename), code.co_firstlineno


def _short(file: str) -> str:
    """Return a file as it is imported, not where this machine has it."""
    roots = (root for root in sys.path if root and file.startswith(f"{root}/"))
    return file.removeprefix(max(roots, key=len, default="")).lstrip("/")


def speedscope(spent: Mapping[Stack, float], name: str) -> dict[str, Any]:
    """Return stacks and their times in speedscope's file format."""
    places: dict[Call, int] = {}
    samples = [[places.setdefault(call, len(places)) for call in stack] for stack in spent]
    return {
        "$schema": SCHEMA,
        "exporter": "foveate",
        "name": name,
        "shared": {"frames": [_frame(*call) for call in places]},
        "profiles": [
            {
                "type": "sampled",
                "name": name,
                "unit": "seconds",
                "startValue": 0,
                "endValue": sum(spent.values()),
                "samples": samples,
                "weights": list(spent.values()),
            }
        ],
    }


def _frame(name: str, file: str, line: int) -> dict[str, Any]:
    return {"name": name, "file": file, "line": line} if file else {"name": name}


@contextmanager
def profiled(file: Path | None, name: str) -> Iterator[None]:
    """Write to the file where processor time went meanwhile; without a file, do nothing.

    Raises BadOption where the system cannot say it, and OSError: before anything is done where the
    file cannot be opened, and at the end where it cannot be written.
    """
    if file is None:
        yield
        return
    if sys.platform != "linux":
        raise BadOption(f"Expected Linux for --profile, got {sys.platform}.")
    with file.open("w", encoding="utf-8") as out:
        flame = Flame()
        try:
            with flame:
                yield
        finally:
            _write(speedscope(flame.spent, name), out)


def _write(told: dict[str, Any], out: TextIO) -> None:
    try:
        with out:
            json.dump(told, out)
    except OSError as why:
        sentence = f"The profile could not be written: {why.strerror}"
        raise OSError(why.errno, sentence, out.name) from why
