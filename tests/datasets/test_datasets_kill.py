"""A server that is killed while it makes a dataset, and one that takes its work over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from datasets_stand import Doubling, a_server, cats, contents, made

from foveate.datasets.dataset import State
from foveate.storage.shared import STALE_S

if TYPE_CHECKING:
    from pathlib import Path

SERVER = """
import asyncio, sys
from pathlib import Path
from datasets_stand import Doubling, a_server, ask_for, at_work, cats

async def go():
    server = a_server(Path(sys.argv[1]), handler=Doubling(pace_s=0.02), workers=2)
    async with at_work(server):
        await asyncio.to_thread(ask_for, server, cats())
        await asyncio.sleep(60)

asyncio.run(go())
"""


def killed(tmp_path: Path, chunks: int) -> None:
    """Have a server killed that has finished so many chunks."""
    words = [sys.executable, "-c", SERVER, str(tmp_path)]
    path = {"PYTHONPATH": os.pathsep.join(sys.path)}
    server = subprocess.Popen(words, env={**os.environ, **path})
    deadline = time.monotonic() + 30
    while len(list((tmp_path / "datasets/.foveate/parts").glob("*/*.json"))) < chunks:
        assert time.monotonic() < deadline
        assert server.poll() is None
        time.sleep(0.002)
    server.send_signal(signal.SIGKILL)
    assert server.wait() == -signal.SIGKILL


def let_time_go_by(tmp_path: Path) -> None:
    """Make the claims of who is gone as old as they would be."""
    for claim in (tmp_path / "datasets/.foveate/claims").iterdir():
        then = time.time() - 2 * STALE_S
        os.utime(claim, (then, then))


def test_killed_twice_it_goes_on_from_the_last_finished_chunk_with_the_same_bytes(
    tmp_path: Path,
) -> None:
    for chunks in (1, 3):
        killed(tmp_path, chunks)
        let_time_go_by(tmp_path)
    handler = Doubling()
    other = a_server(tmp_path, handler=handler, name="other", workers=4)
    dataset = made(other, cats())
    assert (dataset.state, dataset.samples) == (State.READY, 20)
    assert len(handler.worked) <= 4
    never = a_server(tmp_path, f"{tmp_path}/never", name="never", workers=1)
    assert contents(other, dataset) == contents(never, made(never, cats()))
    # Nothing is left of who was killed, but in its own folder for work.
    assert not list((tmp_path / "datasets/.foveate").glob("*/*_*/*"))
