"""Traces sent to a receiver on this machine, decoded with OpenTelemetry's own protocol."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from observed import FACE, SMALL, make_app, serving

from foveate.errors import BadInstallation, BadSettings
from foveate.server.observers import observers
from foveate.settings import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.imaging import Image

MISSING = "OpenTelemetry is not here: pip install 'foveate[otel]'"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Receiver(ThreadingHTTPServer):
    """An OTLP/HTTP receiver that keeps what comes; one that `hangs` never answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[tuple[str, bytes]] = []
        self.connections = 0
        self.hangs = threading.Event()
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def process_request(self, *args: Any) -> None:
        self.connections += 1
        super().process_request(*args)

    def spans(self) -> list[Any]:
        """What came, in the order in which it was begun, each with its resource."""
        proto = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
        found = []
        for path, body in self.requests:
            assert path == "/v1/traces"
            for group in proto.ExportTraceServiceRequest.FromString(body).resource_spans:
                self.resource = values(group.resource.attributes)
                found += [span for scope in group.scope_spans for span in scope.spans]
        return sorted(found, key=lambda span: span.start_time_unix_nano)


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.server.hangs.is_set():
            self.server.over.wait(30)
            return
        self.server.requests.append((self.path, body))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Receiver() as listening:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", listening.url)
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
        thread.start()
        yield listening
        listening.over.set()
        listening.shutdown()
        thread.join()


@pytest.fixture
def otel() -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason=MISSING)


def values(attributes: Any) -> dict[str, Any]:
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in attributes}


@pytest.mark.usefixtures("otel")
def test_a_request_is_a_server_span_with_a_child_for_each_span_of_its_trace(
    tmp_path: Path, photo: Image, receiver: Receiver
) -> None:
    before = time.time_ns()
    with serving(make_app(tmp_path, photo, otel=True)) as client:
        made = client.ask(f"{FACE}?sig=secret")
    after = time.time_ns()
    spans = receiver.spans()
    assert (receiver.resource["service.name"], len(receiver.requests)) == ("foveate", 1)
    (server,) = (span for span in spans if not span.parent_span_id)
    children = [span for span in spans if span.parent_span_id]
    assert (server.name, server.kind) == ("GET image", 2)  # SPAN_KIND_SERVER
    told = values(server.attributes)
    assert told == {
        "http.request.method": "GET",
        "url.path": FACE,
        "http.response.status_code": 200,
        "http.response.body.size": len(made.body),
        "foveate.request_id": made.id,
        "foveate.cache": "miss",
    }
    assert b"secret" not in receiver.requests[0][1]
    names = {span.name for span in children}
    assert {"fetch", "queue", "render", "decode", "faces", "pixels", "encode"} <= names
    assert {span.parent_span_id for span in children} == {server.span_id}
    assert {span.trace_id for span in children} == {server.trace_id}
    assert before < server.start_time_unix_nano < server.end_time_unix_nano < after
    for span in children:
        assert server.start_time_unix_nano <= span.start_time_unix_nano
        assert span.start_time_unix_nano < span.end_time_unix_nano <= server.end_time_unix_nano
    by_name = {span.name: span for span in children}
    assert by_name["encode"].start_time_unix_nano >= by_name["pixels"].end_time_unix_nano
    assert values(by_name["encode"].attributes)["foveate.bytes"] == len(made.body)
    assert values(by_name["faces"].attributes)["foveate.cpu_ms"] > 0


@pytest.mark.usefixtures("otel")
def test_a_trace_that_began_elsewhere_goes_on_also_through_a_hit(
    tmp_path: Path, photo: Image, receiver: Receiver
) -> None:
    with serving(make_app(tmp_path, photo, otel=True)) as client:
        parent = f"00-{TRACE}-{PARENT}-01"
        first = client.ask(SMALL, traceparent=parent, tracestate="vendor=1")
        hit = client.ask(SMALL, traceparent=parent, tracestate="vendor=1")
        client.ask(SMALL, traceparent="no trace")
        client.ask(SMALL, traceparent=f"00-{TRACE}-{PARENT}-00")
    assert (first.hit, hit.hit) == (False, True)
    servers = [span for span in receiver.spans() if span.kind == 2]
    assert [values(span.attributes)["foveate.cache"] for span in servers] == ["miss", "hit", "hit"]
    for span in servers[:2]:
        assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
        assert span.trace_state == "vendor=1"
    assert servers[2].trace_id.hex() != TRACE
    assert len({span.span_id for span in servers}) == 3


@pytest.mark.usefixtures("otel")
def test_failures_and_posts_are_told_too(tmp_path: Path, photo: Image, receiver: Receiver) -> None:
    with serving(make_app(tmp_path, photo, otel=True)) as client:
        client.ask("/cdn-cgi/image/width=9/none.png")
        client.ask("/v1/analyse", "POST", photo.pngsave_buffer())
        client.ask("/etc/passwd")
        client.ask("/health/live")
    servers = [span for span in receiver.spans() if span.kind == 2]
    told = [(s.name, values(s.attributes)["http.response.status_code"]) for s in servers]
    assert told == [
        ("GET image", 404),
        ("POST /v1/analyse", 200),
        ("GET other", 404),
        ("GET /health/live", 200),
    ]
    assert not any("foveate.cache" in values(span.attributes) for span in servers)
    analysed = {span.name for span in receiver.spans() if span.parent_span_id == servers[1].span_id}
    assert {"fetch", "analyse", "decode", "faces"} <= analysed


@pytest.mark.usefixtures("otel")
def test_the_operators_own_names_win(
    tmp_path: Path, photo: Image, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "pictures")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    with serving(make_app(tmp_path, photo, otel=True)) as client:
        client.ask("/health/live")
    assert receiver.spans()
    assert receiver.resource["service.name"] == "pictures"
    assert receiver.resource["deployment.environment.name"] == "test"


@pytest.mark.usefixtures("otel")
def test_a_receiver_that_hangs_does_not_keep_the_server_from_stopping(
    tmp_path: Path, photo: Image, receiver: Receiver
) -> None:
    receiver.hangs.set()
    app = make_app(tmp_path, photo, otel=True)
    with serving(app) as client:
        client.ask("/health/live")
        client.connection.close()
        stopped = time.monotonic()
    assert app.settings.load.stop_timeout_s - 1 < time.monotonic() - stopped < 6
    assert receiver.connections == 1


@pytest.mark.usefixtures("otel")
def test_without_an_address_nothing_is_sent_to_anybodys_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", raising=False)
    with pytest.raises(BadSettings, match="OTEL_EXPORTER_OTLP_ENDPOINT"):
        tuple(observers(Server(otel=True)))


def test_where_the_extra_is_missing_the_error_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    monkeypatch.delitem(sys.modules, "foveate.server.otel", raising=False)
    with pytest.raises(BadInstallation) as caught:
        tuple(observers(Server(otel=True)))
    assert "pip install 'foveate[otel]'" in caught.value.public


def test_what_is_switched_off_sends_nothing_whatever_the_environment_says(
    tmp_path: Path, photo: Image, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
    with serving(make_app(tmp_path, photo)) as client:
        assert client.ask(SMALL).status == 200
        assert client.ask("/v1/analyse", "POST", photo.pngsave_buffer()).status == 200
        assert client.ask("/docs").status == 200
        time.sleep(0.1)
    assert receiver.connections == 0


INSTRUMENTED = """
import asyncio, sys
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from foveate.app import create
from foveate.server.asgi import Front
from foveate.settings import Settings

seen = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(seen))
trace.set_tracer_provider(provider)
with trace.get_tracer("control").start_as_current_span("control"):
    pass


async def main():
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "headers": [],
        "path": "/docs", "raw_path": b"/docs", "root_path": "", "query_string": b"sig=secret",
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await Front(create(Settings()))(scope, receive, send)
    print(sent[0]["status"], [span.name for span in seen.get_finished_spans()])


asyncio.run(main())
"""


@pytest.mark.usefixtures("otel")
def test_fastapi_tells_nothing_to_a_tracer_that_the_process_has() -> None:
    code = [sys.executable, "-c", INSTRUMENTED]
    done = subprocess.run(code, capture_output=True, text=True, check=True)
    assert done.stdout == "200 ['control']\n"
