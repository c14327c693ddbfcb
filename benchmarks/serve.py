"""What Ray Serve adds to a request, and how replicas follow the load.

`python benchmarks/serve.py latency PORT PORT`: the same requests at two servers in turns, one at a
time. `python benchmarks/serve.py load PORT SECONDS CLIENTS`: recognition by so many at once, then
nobody; the replicas of `foveate cluster status` each second.
"""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "astronaut.jpg"
STATUS = (sys.executable, "-c", "from foveate.cli import main; main()", "cluster", "status")
JSON = {"content-type": "image/jpeg", "accept": "application/json"}
QUIET_S = 60
SALT = int(time.time()) % 100_000


def miss(number: int) -> str:
    return f"/cdn-cgi/image/width=100,brightness=1.{SALT:05}{number:03}/astronaut.jpg"


def crop(number: int) -> str:
    options = f"width=120,height=90,fit=cover,gravity=face,brightness=1.{SALT:05}{number:03}"
    return f"/cdn-cgi/image/{options}/astronaut.jpg"


ROWS = (
    ("rendition of 100 px, cached", lambda _: "/cdn-cgi/image/width=100/astronaut.jpg", None, 40),
    ("rendition of 100 px, made", miss, None, 30),
    ("crop around a face, made", crop, None, 20),
    ("recognise, one face", lambda _: "/v1/recognise", PICTURE.read_bytes(), 20),
)


class Client:
    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ms(self, path: str, body: bytes | None) -> float:
        began = time.perf_counter()
        self.connection.request("POST" if body else "GET", path, body, JSON if body else {})
        answer = self.connection.getresponse()
        data = answer.read()
        assert answer.status == 200, (answer.status, data[:200])
        return 1000 * (time.perf_counter() - began)


def latency(*ports: int) -> None:
    clients = [Client(port) for port in ports]
    for name, path, body, count in ROWS:
        for number in range(2):
            for client in clients:
                client.ms(path(900 + number), body)
        times = [[client.ms(path(n), body) for client in clients] for n in range(count)]
        p50s = [statistics.median(each) for each in zip(*times, strict=True)]
        told = "  ".join(f"{p50:8.1f} ms" for p50 in p50s)
        print(f"{name:30} {told}   added {p50s[-1] - p50s[0]:6.1f} ms", flush=True)


def load(port: int, seconds: int, clients: int) -> None:
    stop, done = threading.Event(), [0] * clients

    def recognise(which: int) -> None:
        client = Client(port)
        while not stop.is_set():
            client.ms("/v1/recognise", PICTURE.read_bytes())
            done[which] += 1

    threads = [threading.Thread(target=recognise, args=(n,)) for n in range(clients)]
    began, before = time.monotonic(), ""
    for thread in threads:
        thread.start()
    while (now := time.monotonic() - began) < seconds + QUIET_S:
        if now > seconds:
            stop.set()
        told = json.loads(
            subprocess.run([*STATUS, "--json"], capture_output=True, check=True).stdout
        )
        counts = {name: each["replicas"] for name, each in told["deployments"].items()}
        row = "  ".join(f"{name} {each.get('running', 0)}" for name, each in counts.items())
        if row != before:
            state = "quiet" if stop.is_set() else "load "
            print(f"{now:6.1f} s  {state}  {row}   {sum(done)} recognised", flush=True)
        before = row
        time.sleep(0.5)
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    what = {"latency": latency, "load": load}[sys.argv[1]]
    what(*map(int, sys.argv[2:]))
