"""Datasets over HTTP: how soon twenty who wait are told, and a download that is killed.

    python benchmarks/dataset_doors.py FOLDER_OF_PICTURES

A server is started on a free port; everybody who asks is a process of his own.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from foveate.datasets.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = (sys.executable, "-c", "from foveate.cli import main; main()")
CLIENTS, KILLS = 20, 20
WAITS = """
import sys, time, json
from foveate.datasets.client import Client
client = Client(sys.argv[1])
print("here", flush=True)
sys.stdin.readline()
asked = client.request("pictures", config=json.loads(sys.argv[2]))
events = []
client.wait(asked, on_event=lambda event: events.append((event, time.time())))
last, at = events[-1] if events else ({"at": ""}, time.time())
print(json.dumps({"id": asked.id, "state": asked.state, "at": last["at"], "heard": at}))
"""
FETCHES = "import sys; from foveate.datasets.client import Client; "
FETCHES += "Client(sys.argv[1]).download(sys.argv[2], sys.argv[3])"
CONFIG = {"shards": {"samples": 4}, "variations_per_sample": 8, "flip": "both"}
CONFIG |= {"format": "png"}


@contextlib.contextmanager
def served(pictures: Path, place: Path) -> Iterator[str]:
    names = {"FOVEATE_DATASETS__FOLDER": "sets", "FOVEATE_DATASETS__BOOKS": "books"}
    names |= {"FOVEATE_JOBS__QUEUE_FOLDER": "jobs", "FOVEATE_CACHING__FOLDER": "cache"}
    own = {**os.environ, **{name: str(place / below) for name, below in names.items()}}
    add = [*COMMAND, "dataset", "raw", "add", "pictures", str(pictures.resolve())]
    subprocess.run(add, env=own, check=True)
    words = [*COMMAND, "serve", "--port", "0", "--origin", str(pictures)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=own) as process:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        try:
            yield f"http://127.0.0.1:{found[1]}"
        finally:
            process.terminate()


def told(url: str) -> str:
    """Print how soon each of them was told of a dataset that all asked for at once."""
    words = [sys.executable, "-c", WAITS, url, json.dumps(CONFIG)]
    piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    clients = [subprocess.Popen(words, **piped) for _ in range(CLIENTS)]
    for each in clients:
        each.stdout.readline()
    for each in clients:
        each.stdin.write("\n")
        each.stdin.flush()
    said = [json.loads(each.communicate()[0]) for each in clients]
    waited = [row for row in said if row["at"]]
    late = [1000 * (r["heard"] - datetime.fromisoformat(r["at"]).timestamp()) for r in waited]
    with Client(url) as client:
        many = len(list(client.list()))
        begun = client.get(said[0]["id"])
    print(f"{CLIENTS} ask at once: {many} dataset, {begun.told['samples']} samples")
    late.sort()
    print(f"told after it was ready: p50 {late[len(late) // 2]:.0f}, most {late[-1]:.0f} ms")
    return begun.id


def killed(url: str, dataset: str, place: Path) -> None:
    """Print what a download costs that is killed so often, at random, and whether it is right."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", FETCHES, url, dataset, str(place / "whole")], check=True)
    whole_s = time.perf_counter() - began
    chance, kills = random.Random(1), 0
    words = [sys.executable, "-c", FETCHES, url, dataset, str(place / "killed")]
    there = place / "killed" / dataset
    seen = []
    while kills < KILLS:
        process = subprocess.Popen(words)
        try:
            process.wait(chance.uniform(0.4, 0.4 + whole_s / 4))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        kills += 1
        seen.append(sum(f.stat().st_size for f in there.rglob("*") if f.is_file()))
        if (there / "manifest.json").exists():  # begin anew, with no byte
            subprocess.run(["rm", "-r", str(there)], check=True)
    subprocess.run(words, check=True)
    manifest = json.loads((there / "manifest.json").read_text())
    right = sum(
        sha256((there / each["name"]).read_bytes()).hexdigest() == each["sha256"]
        for each in manifest["shards"]
    )
    size = sum(each["bytes"] for each in manifest["shards"])
    halves = list(there.glob(".*.half"))
    print(f"{KILLS} kills of a download of {size / 1e6:.0f} MB (whole: {whole_s:.1f} s)")
    print(f"bytes there after each: {[round(each / 1e6) for each in seen]} MB")
    print(f"{right} of {len(manifest['shards'])} shards right, {len(halves)} halves left")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        with served(Path(sys.argv[1]), here) as address:
            killed(address, told(address), here)
