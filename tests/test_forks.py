"""Children of programs that use the engine without the library's own thread."""

from __future__ import annotations

import subprocess
import sys

RENDERER = """
import os, sys, threading, time
from foveate.app import create
from foveate.deadline import Deadline
from foveate.errors import Unavailable
from foveate.options.grammar import parse_options
from foveate.settings import Caching, Settings
from foveate.trace import Trace

app = create(Settings(caching=Caching(folder=sys.argv[1])))
svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>'

def render(width):
    asked = parse_options(f"width={width},format=png").options
    work = app.renderer.prepare(app.source_of(svg), asked)
    return work.run(Deadline(time.monotonic() + 20, threading.Event()), Trace()).size.width

def forked(width):
    child = os.fork()
    if not child:
        try:
            print("child", render(width), flush=True)
        except Unavailable as why:
            print("told", "spawn" in why.public, flush=True)
        os._exit(0)
    os.waitpid(child, 0)

forked(20)
print("parent", render(10), flush=True)
forked(30)
"""


def test_a_renderer_works_in_a_child_of_an_idle_parent_and_says_so_in_one_of_a_busy_one(
    tmp_path: object,
) -> None:
    command = [sys.executable, "-c", RENDERER, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["child 20", "parent 10", "told True"]
