"""A batch that is killed at any moment, and run again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from batch_stand import drawn, ink_of, made, table

import foveate

KILLED = """
import json, os, signal, sys, time
import foveate
import foveate.batches.library

source, out = sys.argv[1:]

def killed(after_s):
    read, write = os.pipe()
    child = os.fork()
    if not child:
        told = lambda made, report: os.write(write, f"{made.row.path}\\n".encode())
        report = foveate.batch(source, out, ["width=16", "width=8"], told=told)
        os._exit(int(not report.whole))
    os.close(write)
    lines = os.fdopen(read)
    first = lines.readline()
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    rest = first + lines.read()
    return os.waitpid(child, 0)[1], [line for line in rest.split() if line]

def finished():
    paths = []
    told = lambda made, report: paths.append(made.row.path)
    report = foveate.batch(source, out, ["width=16", "width=8"], told=told)
    return int(not report.whole), paths

runs = [killed(after_s) for after_s in (0, 0.004, 0.01, 0.03)]
print(json.dumps([*runs, finished()]))
"""


def test_killed_at_any_time_and_run_again_nothing_is_missing_and_nothing_twice(
    tmp_path: Path,
) -> None:
    for number in range(60):
        drawn(tmp_path / "in" / f"{number:03}.png", ("red", "green")[number % 2], (40, 30 + number))
    words = [sys.executable, "-c", KILLED, tmp_path / "in", tmp_path / "out"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    runs = json.loads(done.stdout)
    ends, told = [end for end, _ in runs], Counter(path for _, paths in runs for path in paths)
    assert ends == [9] * 4 + [0]
    assert set(told.values()) == {1}
    out = tmp_path / "out"
    rows = table(out)
    assert [row["status"] for row in rows] == ["done"] * 60
    assert len(made(out)) == 2 * 60 + 1
    for number in (*range(0, 60, 7), 59):
        assert ink_of(out / f"{number:03}-2.png") == ("red", "green")[number % 2]
    sizes = {o["name"]: o["bytes"] for row in rows for o in row["outputs"]}
    assert {name: len(data) for name, data in made(out).items() if name in sizes} == sizes
    assert list((out / ".foveate-batch" / "aside").iterdir()) == []


IN_FRONT = """
import os, signal, sys
import foveate
from batch_stand import batch_children

paths = []

def tell(made, report):
    paths.append(made.row.path)
    print(made.row.path, made.status, flush=True)
    if len(paths) == 5:
        os.kill(batch_children()[0], signal.SIGKILL)
    if len(paths) >= 40:
        os.kill(os.getpid(), signal.SIGKILL)

foveate.batch(*sys.argv[1:], "width=8", workers=2, told=tell)
"""


def test_a_process_that_works_on_rows_is_killed_and_then_all_of_them(tmp_path: Path) -> None:
    for number in range(100):
        drawn(tmp_path / "in" / f"{number:02}.png", ("red", "green")[number % 2], (40, 30 + number))
    places = (tmp_path / "in", tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-c", IN_FRONT, *places],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(Path(__file__).parent)])},
    )
    assert done.returncode == -signal.SIGKILL
    first = done.stdout.split()
    assert set(first[1::2]) == {"done"}
    second: list[str] = []
    report = foveate.batch(*places, "width=8", told=lambda made, _: second.append(made.row.path))
    assert (report.failed, report.done + report.before) == (0, 100)
    told = Counter([*first[::2], *second])
    assert set(told.values()) == {1}
    assert [row["status"] for row in table(tmp_path / "out")] == ["done"] * 100
    assert len(made(tmp_path / "out")) == 100 + 1
    assert ink_of(tmp_path / "out" / "99.png") == "green"
