"""Try one target with inputs that coverage leads to, as libFuzzer does it:

    python tests/fuzz/fuzz_program.py TARGET [-max_total_time=SECONDS] [other flags of libFuzzer]

In place of TARGET, `-` takes a target a line and answers each with the exit code of a process of
its own: the code is made ready to be watched once for all, which takes as long as a short try.

It begins with `corpus/TARGET`. What is found new there stays in memory: seeds are chosen, and an
input that failed once is added by hand. It fails with the input in a file, named at the end.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import atheris

FOLDER = Path(__file__).parent

sys.path.insert(0, str(FOLDER))
with atheris.instrument_imports(include=["foveate"]):
    from fuzz_targets import MEMORY_MB, SLOW_S, TARGETS


def main(name: str, *flags: str) -> None:
    """Fuzz the target, or each that comes."""
    if name != "-":
        fuzz(name, *flags)
        return
    for line in sys.stdin:
        print(ended(line.strip(), *flags), flush=True)  # noqa: T201 - the answer


def ended(name: str, *flags: str) -> int:
    """Fuzz in a child, and return its exit code."""
    child = os.fork()
    if not child:
        os.dup2(2, 1)  # libFuzzer says some things where answers belong
        fuzz(name, *flags)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def fuzz(name: str, *flags: str) -> None:
    """Fuzz until the time is over or something fails; libFuzzer ends the process."""
    target = TARGETS[name]

    def one(data: bytes) -> None:
        with suppress(*target.raises):
            target.run(data)

    with tempfile.TemporaryDirectory(prefix="fuzz-") as found:
        # The first folder takes what is found, and the others are read.
        bounds = (
            f"-max_len={target.max_bytes}",
            f"-timeout={SLOW_S}",
            f"-rss_limit_mb={MEMORY_MB}",
        )
        atheris.Setup([sys.argv[0], *bounds, *flags, found, str(FOLDER / "corpus" / name)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
