"""How many renditions two servers make that are asked for the same at once.

`python benchmarks/shared_cache.py [FOLDER|s3://BUCKET/PREFIX]`: without and with that as a shared
store; FOVEATE_ORIGINS__S3_* say whose bucket it is.
"""

from __future__ import annotations

import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PICTURES = Path(__file__).parents[1] / "docs" / "images"
SERVERS, RENDITIONS = 2, 24
FOVEATE = (sys.executable, "-c", "from foveate.cli import main; main()", "serve", "--port", "0")
LISTENS = re.compile(r"listens on http://127\.0\.0\.1:(\d+)")


class Server:
    def __init__(self, folder: Path, shared: str) -> None:
        environment = {
            **os.environ,
            "FOVEATE_CACHING__FOLDER": str(folder / "cache"),
            "FOVEATE_COSTS__FOLDER": str(folder / "costs"),
            "FOVEATE_PEOPLE__FOLDER": str(folder / "people"),
            "FOVEATE_CACHING__SHARED": shared,
            "FOVEATE_ORIGINS__FOLDER": str(PICTURES),
        }
        self.process = subprocess.Popen(
            FOVEATE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout
        found = next(filter(None, map(LISTENS.search, self.process.stdout)))
        self.port = int(found[1])

    def get(self, path: str) -> tuple[str, bytes, float]:
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (answer.status, body[:200])
        connection.close()
        took_ms = 1000 * (time.perf_counter() - began)
        return answer.headers["cache-status"], body, took_ms

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def measure(shared: str, start: int) -> str:
    paths = [f"/cdn-cgi/image/width={start + n}/astronaut.jpg" for n in range(RENDITIONS)]
    with tempfile.TemporaryDirectory() as folder:
        servers = [Server(Path(folder) / str(n), shared) for n in range(SERVERS)]
        try:
            for server in servers:
                server.get("/cdn-cgi/image/width=50/astronaut.jpg")
            work = [(server, path) for path in paths for server in servers]
            with ThreadPoolExecutor(8) as pool:
                found = list(pool.map(lambda each: each[0].get(each[1]), work))
        finally:
            for server in servers:
                server.stop()
    made = sum("fwd=miss" in status for status, _, _ in found)
    pairs = zip(found[::SERVERS], found[1::SERVERS], strict=True)
    equal = all(first[1] == second[1] for first, second in pairs)
    p50 = statistics.median(ms for _, _, ms in found)
    return f"{made:4} made of {len(paths)}, equal bytes: {equal}, p50 {p50:.0f} ms"


if __name__ == "__main__":
    salt = 100 + int(time.time()) % 300
    with tempfile.TemporaryDirectory() as own:
        place = sys.argv[1] if len(sys.argv) > 1 else own
        print("nothing shared   ", measure("", salt), flush=True)
        print("shared           ", measure(place, salt), flush=True)
        print("shared, made before", measure(place, salt), flush=True)
