"""A short run of every fuzzing target; `make fuzz` runs them for longer."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pytest
from fuzz_targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
APART = ("sh", "-c", '"$@"; exit $?', "sh")
"""A program counts the most memory that it ever had, and begins with that of who started it: a
shell has less than these tests."""
SECONDS = os.environ.get("FUZZ_SECONDS", "2")


@dataclass(frozen=True)
class Fuzzing:
    """The program that fuzzes, and the file of what it says."""

    process: subprocess.Popen[str]
    file: TextIO

    def code_of(self, name: str) -> str:
        """Return how the target ended, nothing where the program itself did."""
        to, back = self.process.stdin, self.process.stdout
        assert to is not None
        assert back is not None
        self.file.truncate(0)
        to.write(f"{name}\n")
        to.flush()
        return back.readline().strip()

    def said(self) -> str:
        """Return the last of what was said of the last target."""
        self.file.seek(0)
        return self.file.read()[-4000:]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzing]:
    pytest.importorskip("atheris", reason="atheris has no wheel for this platform")
    folder = tmp_path_factory.mktemp("fuzz")
    flags = [f"-max_total_time={SECONDS}", f"-artifact_prefix={folder}/"]
    if "FUZZ_SECONDS" not in os.environ:
        # The same inputs each time: who changes something else must not meet a find of chance.
        flags += ["-seed=1"]
    command = [*APART, sys.executable, FOLDER / "fuzz_program.py", "-", *flags]
    with (folder / "said").open("a+", errors="replace") as said:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": said}
        with subprocess.Popen(command, text=True, **pipes) as process:
            yield Fuzzing(process, said)


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_surprises(name: str, program: Fuzzing) -> None:
    assert program.code_of(name) == "0", program.said()


@pytest.mark.parametrize("name", TARGETS)
def test_each_target_has_seeds_that_are_small_enough_to_be_read(name: str) -> None:
    seeds = list((FOLDER / "corpus" / name).iterdir())
    assert seeds
    assert all(seed.stat().st_size <= TARGETS[name].max_bytes for seed in seeds)
