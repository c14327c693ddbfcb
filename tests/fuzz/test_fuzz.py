"""A short run of every fuzzing target; `make fuzz` runs them for longer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz_targets import TARGETS

FOLDER = Path(__file__).parent
APART = ("sh", "-c", '"$@"; exit $?', "sh")
"""A program counts the most memory that it ever had, and begins with that of who started it: a
shell has less than these tests."""
SECONDS = os.environ.get("FUZZ_SECONDS", "2")


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_surprises(name: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris has no wheel for this platform")
    command = [sys.executable, FOLDER / "fuzz_program.py", name]
    flags = [f"-max_total_time={SECONDS}", f"-artifact_prefix={tmp_path}/"]
    if "FUZZ_SECONDS" not in os.environ:
        # The same inputs each time: who changes something else must not meet a find of chance.
        flags += ["-seed=1"]
    done = subprocess.run([*APART, *command, *flags], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.mark.parametrize("name", TARGETS)
def test_each_target_has_seeds_that_are_small_enough_to_be_read(name: str) -> None:
    seeds = list((FOLDER / "corpus" / name).iterdir())
    assert seeds
    assert all(seed.stat().st_size <= TARGETS[name].max_bytes for seed in seeds)
