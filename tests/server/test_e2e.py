"""The whole service as its user has it: the command, in a process of its own, real pictures."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pytest

from foveate.imaging.engine import Image
from foveate.options.signing import Signer
from foveate.server.run import listen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = (sys.executable, "-c", "from foveate.cli import main; main()", "serve")
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    b'<script>alert(1)</script><rect width="9" height="9" fill="red"/></svg>'
)


class Answering(http.server.BaseHTTPRequestHandler):
    """An origin whose pictures are as red as the number in their query says."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        red = int(self.path.rpartition("=")[2] or 0)
        picture = (
            Image.black(8, 8, bands=3)
            .linear([0] * 3, [red, 10, 20])
            .cast("uchar")
            .copy(interpretation="srgb")
        )
        body: bytes = picture.pngsave_buffer()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def http_origin(handler: type[Answering] = Answering) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/app"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Service:
    process: subprocess.Popen[str]
    port: int
    banner: list[str]

    def get(
        self, target: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        with contextlib.closing(connection):
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, body, sent)
            reply = connection.getresponse()
            pairs = {name.lower(): value for name, value in reply.getheaders()}
            return Reply(reply.status, pairs, reply.read())

    def listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 5).close()
        except ConnectionError:
            return False
        return True

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    ramp = Image.xyz(300, 200)
    picture = (ramp[0] * 0.8).bandjoin([ramp[1], ramp[0] * 0 + 99]).cast("uchar")
    picture = picture.copy(interpretation="srgb")
    picture.write_to_file(str(folder / "ramp.jpg"))
    picture.replicate(8, 10).write_to_file(str(folder / "large.jpg"))
    (folder / "red.svg").write_bytes(SVG)
    (folder / "broken.jpg").write_bytes((folder / "ramp.jpg").read_bytes()[:300])
    return folder


@contextlib.contextmanager
def service(pictures: Path, origin: str = "", **environment: str) -> Iterator[Service]:
    clean = {name: text for name, text in os.environ.items() if not name.startswith("FOVEATE_")}
    clean |= {"FOVEATE_CACHING__FOLDER": str(pictures.parent / "cache"), **environment}
    command = (*COMMAND, "--origin", origin or str(pictures), "--port", "0")
    with subprocess.Popen(
        command, env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            banner = []
            for line in process.stdout:
                banner.append(line.strip())
                if line.rstrip().endswith("/docs"):
                    break
            found = re.search(r"http://127\.0\.0\.1:(\d+)", "".join(banner))
            assert found, banner
            drain = threading.Thread(target=process.stdout.read)
            drain.start()
            yield Service(process, int(found[1]), banner)
        finally:
            process.kill()
            process.wait()
            drain.join()


def test_a_folder_is_served_and_sigterm_ends_in_good_order(pictures: Path) -> None:
    with service(pictures) as served:
        assert sum("/cdn-cgi/image/" in line for line in served.banner) == 3
        picture = served.get("/cdn-cgi/image/width=80/ramp.jpg")
        assert (picture.status, picture.headers["content-type"]) == (200, "image/jpeg")
        decoded = Image.new_from_buffer(picture.body, "")
        assert (decoded.width, decoded.height) == (80, 53)
        head = served.get("/cdn-cgi/image/width=80/ramp.jpg", "HEAD")
        assert (head.headers["content-length"], head.body) == (str(len(picture.body)), b"")
        etag = picture.headers["etag"]
        assert served.get("/cdn-cgi/image/width=80/ramp.jpg", If_None_Match=etag).status == 304
        facts = served.get("/cdn-cgi/image/width=80,format=json/ramp.jpg")
        assert json.loads(facts.body)["original"]["width"] == 300
        vector = served.get("/cdn-cgi/image/width=80/red.svg")
        assert vector.headers["content-type"] == "image/svg+xml"
        assert "sandbox" in vector.headers["content-security-policy"]
        assert b"script" not in vector.body
        broken = served.get("/cdn-cgi/image/width=80/broken.jpg")
        assert (broken.status, broken.headers["cf-resized"]) == (422, "err=9516")
        assert served.stop() == 0


def test_a_picture_that_is_sent_or_named_comes_back_with_what_is_laid_over_it(
    pictures: Path,
) -> None:
    sent = (pictures / "ramp.jpg").read_bytes()
    draw = [{"url": "red.svg", "width": 0.5, "height": 0.5, "left": 0, "top": 0}]
    named = {"url": "ramp.jpg", "options": {"width": 80, "format": "png"}, "draw": draw}
    with service(pictures) as served:
        plain = served.get("/v1/render?options=width=80,format=png", "POST", sent)
        drawn = served.get(
            "/v1/render", "POST", json.dumps(named).encode(), Content_Type="application/json"
        )
        for reply in (plain, drawn):
            assert (reply.status, reply.headers["content-type"]) == (200, "image/png")
            assert (reply.headers["cache-control"], "etag" in reply.headers) == ("no-store", False)
            assert re.search("queue;.+render;.+encode;", reply.headers["server-timing"])
        without, under = (Image.new_from_buffer(reply.body, "") for reply in (plain, drawn))
        assert (without.width, under.width) == (80, 80)
        assert without(4, 4) != under(4, 4)
        assert under(4, 4)[:3] == [255, 0, 0]
        assert without(70, 45)[:3] == under(70, 45)[:3]
        lost = served.get(
            "/v1/render", "POST", b'{"url": "x.jpg"}', Content_Type="application/json"
        )
        assert (lost.status, json.loads(lost.body)["error"]) == (404, "SourceNotFound")
        counted = served.get("/metrics").body
        assert b'foveate_requests_total{route="/v1/render",status="200"} 2.0' in counted
        assert b'foveate_span_cpu_seconds_total{span="encode"}' in counted


def test_signed_links_are_needed_once_there_is_a_key(pictures: Path) -> None:
    path = "/cdn-cgi/image/width=80/ramp.jpg"
    signer = Signer(("secret",))
    with service(pictures, FOVEATE_SIGNING__KEYS="secret other") as served:
        assert served.get(path).status == 403
        assert served.get(signer.sign(path)).status == 200
        late = served.get(signer.sign(path, int(time.time()) - 5))
        assert (late.status, json.loads(late.body)["error"]) == (403, "LinkExpired")


def test_sigterm_lets_the_running_picture_finish(pictures: Path) -> None:
    running, may_end = threading.Event(), threading.Event()

    class Holding(Answering):
        asked: ClassVar[list[str]] = []

        def do_GET(self) -> None:
            running.set()
            may_end.wait(30)
            super().do_GET()

    with (
        ThreadPoolExecutor(1) as pool,
        http_origin(Holding) as origin,
        service(pictures, origin) as served,
    ):
        asking = pool.submit(served.get, "/cdn-cgi/image/width=4,format=avif/img?id=90")
        assert running.wait(10)
        served.process.send_signal(signal.SIGTERM)
        end = time.monotonic() + 10
        while served.listens():
            assert time.monotonic() < end
        assert not asking.done()
        may_end.set()
        reply = asking.result()
        assert (reply.status, reply.headers["content-type"]) == (200, "image/avif")
        assert served.process.wait(10) == 0


def test_after_kill_9_during_writes_the_cache_serves_whole_pictures(pictures: Path) -> None:
    urls = [f"/cdn-cgi/image/width={width},format=png/ramp.jpg" for width in range(40, 90)]

    answered = threading.Semaphore(0)

    def hammer(served: Service) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            for target in urls:
                served.get(target)
                answered.release()

    with service(pictures) as served:
        clients = [threading.Thread(target=hammer, args=(served,)) for _ in range(2)]
        for client in clients:
            client.start()
        for _ in range(8):
            assert answered.acquire(timeout=20)
        served.stop(signal.SIGKILL)
        for client in clients:
            client.join()
    with service(pictures) as served:
        hits = 0
        for width, target in enumerate(urls, start=40):
            reply = served.get(target)
            assert reply.status == 200
            assert len(reply.body) == int(reply.headers["content-length"])
            decoded = Image.new_from_buffer(reply.body, "", access="sequential")
            assert decoded.width == width
            assert decoded.avg() > 0
            hits += reply.headers["cf-resized"].startswith("internal=ok/h")
        assert hits > 0


def test_a_port_in_use_is_one_sentence_and_exit_1() -> None:
    with contextlib.closing(listen("127.0.0.1", 0)) as taken:
        command = (*COMMAND, "--port", str(taken.getsockname()[1]))
        again = subprocess.run(command, capture_output=True, text=True, check=False)
        assert again.returncode == 1
        assert "is in use already" in again.stderr
        assert len(again.stderr.strip().splitlines()) == 1


@pytest.mark.alone
def test_two_queries_of_an_http_origin_are_two_pictures_whoever_asks_when(pictures: Path) -> None:
    def red(target: str) -> float:
        return float(Image.new_from_buffer(served.get(target).body, "")(1, 1)[0])

    mount = "/cdn-cgi/image/width=4,format=png"
    with (
        http_origin() as origin,
        service(pictures, origin, FOVEATE_SERVER__ROOT_PATH="/pics") as served,
        ThreadPoolExecutor(4) as pool,
    ):
        numbers = [50, 60, 50, 60]
        asked = [f"{prefix}{mount}/img?id={n}" for prefix in ("", "/pics") for n in numbers]
        assert list(pool.map(red, asked)) == numbers * 2
        assert sorted(Answering.asked) == ["/app/img?id=50", "/app/img?id=60"]
        posted = json.dumps({"url": "img?id=70", "options": "f%3Dpng,,w=0"}).encode()
        reply = served.get("/v1/render/", "POST", posted, content_type="application/json")
        assert Image.new_from_buffer(reply.body, "")(1, 1)[0] == 70
        assert red(f"{mount}/a%2Fb?c=%2F&d=80") == 80
        assert Answering.asked[-1] == "/app/a%2Fb?c=%2F&d=80"
