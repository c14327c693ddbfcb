"""A program: renders a source as each option string says, and tells what was estimated and taken.

    python memory_peaks.py SOURCE OVERLAY OPTIONS...

Writes a JSON list of [options, estimated bytes, peak bytes].
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

from foveate.app import create
from foveate.deadline import Deadline
from foveate.imaging.engine import release_memory, start
from foveate.options.grammar import parse_options
from foveate.options.model import Overlay, TransformOptions
from foveate.settings import Settings
from foveate.trace import Trace

KIB = 1024


def resident(line: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split(f"{line}:")[1].split()[0]) * KIB


def main(source: str, overlay: str, *asked: str) -> None:
    start()
    app = create(Settings())
    rows = []
    for text in ("width=8", *asked):
        picture, other = (app.source_of(Path(file).read_bytes()) for file in (source, overlay))
        options, _, overlays = text.partition(" ")
        draw = [
            Overlay(url="o", options=TransformOptions(), top=n) for n in range(overlays.count("+"))
        ]
        wanted = replace(parse_options(options).options, draw=tuple(draw))
        release_memory()
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before = resident("VmRSS")
        work = app.renderer.prepare(picture, wanted, {"o": other})
        work.run(Deadline(time.monotonic() + 100), Trace())
        rows.append([text, work.memory_bytes, resident("VmHWM") - before])
        del picture, other, work
    print(json.dumps(rows[1:]))  # noqa: T201 - the first one only warmed up


if __name__ == "__main__":
    main(*sys.argv[1:])
