"""Jobs over HTTP: delay of events, a thousand jobs over a kill, and who waits for a picture.

    python benchmarks/jobs.py FOLDER_OF_PHOTOS

FOLDER holds photos, some dozens at least; a server is started on it, on a free port.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = (sys.executable, "-c", "from foveate.cli import main; main()", "serve", "--port", "0")
JOBS = 1000
SECONDS = 12.0


@contextlib.contextmanager
def served(photos: Path, place: Path, **more: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    own = {
        **os.environ,
        "FOVEATE_JOBS__FOLDER": str(place / "out"),
        "FOVEATE_JOBS__QUEUE_FOLDER": str(place / "queue"),
        "FOVEATE_CACHING__FOLDER": str(place / "cache"),
        **more,
    }
    words = [*COMMAND, "--origin", str(photos)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=own) as process:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        try:
            yield int(found[1]), process
        finally:
            process.kill()


def ask(port: int, method: str, path: str, said: object = None) -> Any:  # noqa: ANN401
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = None if said is None else json.dumps(said)
    connection.request(method, path, body, {"content-type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    connection.close()
    if response.status >= http.client.BAD_REQUEST:
        raise SystemExit(f"{method} {path}: {response.status} {text[:200]!r}")
    return json.loads(text) if text[:1] in b"{[" else text


def spread(values: list[float]) -> str:
    ordered = sorted(values)
    p95 = ordered[round(0.95 * (len(ordered) - 1))]
    middle = statistics.median(ordered)
    return f"p50 {middle:.1f}, p95 {p95:.1f}, most {ordered[-1]:.1f} ms of {len(ordered)}"


def delays(port: int, job: dict[str, Any]) -> list[float]:
    """Return by how many ms each event came after it happened, until enough of them."""
    found, until = [], time.time() + SECONDS
    with connect(f"ws://127.0.0.1:{port}{job['links']['events']}") as socket:
        for message in socket:
            event = json.loads(message)
            if event["event"] == "progress":
                happened = datetime.fromisoformat(event["at"]).timestamp()
                found.append((time.time() - happened) * 1000)
            if event["event"] in {"done", "failed"} or time.time() > until:
                break
    return found


def waits(port: int, names: Iterator[str], many: int) -> list[float]:
    """Return how many ms each of some pictures takes that nobody asked for before."""
    found = []
    for name in itertools.islice(names, many):
        began = time.perf_counter()
        ask(port, "GET", f"/cdn-cgi/image/{name}")
        found.append((time.perf_counter() - began) * 1000)
    return found


def events_and_waits(photos: Path) -> None:
    files = sorted(file.name for file in photos.iterdir() if file.suffix.lower() == ".jpg")
    names = iter([f"width={640 + turn}/{file}" for turn in range(40) for file in files])
    with tempfile.TemporaryDirectory() as place, served(photos, Path(place)) as (port, _):
        waits(port, names, 10)
        print("a picture, no job:  ", spread(waits(port, names, 120)))
        said = {
            "sources": ["."],
            "renditions": [{"options": f"width={w}"} for w in (400, 401, 402)],
        }
        job = ask(port, "POST", "/v1/jobs", said)
        print("delay of an event:  ", spread(delays(port, job)))
        said["renditions"] = [{"options": f"width={w},format=avif"} for w in range(600, 620)]
        job = ask(port, "POST", "/v1/jobs", said)
        while not ask(port, "GET", job["links"]["self"])["progress"]:
            time.sleep(0.1)
        print("a picture, with one:", spread(waits(port, names, 120)))
        if ask(port, "GET", job["links"]["self"])["state"] != "running":
            print("the job had ended: that says nothing")


def restart(photos: Path) -> None:
    said = {"sources": ["."], "renditions": [{"options": "width=64"}]}
    with tempfile.TemporaryDirectory() as place:
        with served(photos, Path(place), FOVEATE_JOBS__WORKERS="0") as (port, process):
            took = []
            for _ in range(JOBS):
                began = time.perf_counter()
                ask(port, "POST", "/v1/jobs", said)
                took.append((time.perf_counter() - began) * 1000)
            print("queueing a job:     ", spread(took))
            process.kill()
            process.wait()
        began = time.perf_counter()
        with served(photos, Path(place), FOVEATE_JOBS__WORKERS="0") as (port, _):
            ready = time.perf_counter() - began
            page = ask(port, "GET", "/v1/jobs?state=queued&limit=1000")["jobs"]
            told = time.perf_counter() - began - ready
            print(f"after kill -9: {len(page)} of {JOBS} queued, {told * 1000:.0f} ms to list them")


if __name__ == "__main__":
    if "--waits" not in sys.argv:
        restart(Path(sys.argv[1]))
    events_and_waits(Path(sys.argv[1]))
