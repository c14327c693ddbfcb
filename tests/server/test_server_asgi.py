from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from server_fakes import Client, make_core, serving

from foveate.people.audit import AuditLog
from foveate.people.keys import Keys
from foveate.server.asgi import Front
from foveate.service.access import Access

if TYPE_CHECKING:
    from pathlib import Path


def test_probes_answer_and_take_only_get_and_head() -> None:
    async def talk(client: Client) -> None:
        assert (await client.get("/health/live")).json() == {"status": "live"}
        ready = await client.get("/health/ready")
        assert ready.json() == {
            "status": "ready",
            "networks": {"retinaface": "loaded", "gaze": "missing"},
            "runs_on": {"retinaface": "CPU"},
        }
        head = await client.ask("HEAD", "/health/live")
        assert (head.status, head.body) == (200, b"")
        assert (await client.ask("POST", "/health/live")).status == 405

    serving(make_core(), talk)


def test_metrics_count_what_happened() -> None:
    async def talk(client: Client) -> None:
        for url in ("width=8/a.jpg", "width=8/a.jpg", "width=x/a.jpg"):
            await client.get(f"/cdn-cgi/image/{url}")
        await client.get("/v1/scanner/1")
        text = (await client.get("/metrics")).body.decode()
        for line in (
            'foveate_requests_total{route="image",status="200"} 2.0',
            'foveate_requests_total{route="other",status="404"} 1.0',
            'foveate_errors_total{error="BadOption"} 1.0',
            'foveate_cache_total{cache="renditions",outcome="miss"} 1.0',
            'foveate_cache_total{cache="responses",outcome="hit"} 1.0',
            'foveate_cache_total{cache="responses",outcome="miss"} 1.0',
            'foveate_request_seconds_count{route="image"} 3.0',
            'foveate_span_seconds_count{span="render"} 1.0',
            "foveate_response_bytes_total",
            "foveate_in_flight 0.0",
            "process_resident_memory_bytes",
        ):
            assert line in text

    serving(make_core(), talk)


BARE = ("/cancel", "/pin", "/unpin")


def test_every_route_is_counted_by_its_path_and_what_is_none_as_other(tmp_path: Path) -> None:
    core = make_core()
    core.access = Access(keys=Keys(tmp_path), audit=AuditLog(tmp_path))

    async def talk(client: Client) -> None:
        client.peer = "127.0.0.1"
        await client.get("/v1/scanner/1")
        paths = (await client.get("/openapi.json")).json()["paths"]
        posts = {path: 400 for path, how in paths.items() if "post" in how}
        assert {"/v1/render", "/v1/analyse", "/v1/crops"} <= posts.keys()
        # No body is wanted, and there is no such job and no such dataset.
        posts |= dict.fromkeys((path for path in posts if path.endswith(BARE)), 404)
        for path in posts:
            await client.ask("POST", path, {"host": "localhost"})
        await client.get("/docs")
        for strange in ("/v1/render//", "/v1/renders", "/V1/render", "/cdn-cgi/imag"):
            await client.get(strange)
        text = (await client.get("/metrics")).body.decode()
        counted = re.findall(r'requests_total{route="(.+)",status="(.+)"} (.+)', text)
        numbers = {(route, int(status)): float(times) for route, status, times in counted}
        expected = {**posts, "/openapi.json": 200, "/docs": 200}
        assert set(expected.items()) <= numbers.keys()
        assert {route for route, _ in numbers} == {*expected, "other"}
        for route in expected.keys() - {"/docs"}:
            assert f'foveate_request_seconds_count{{route="{route}"}} 1.0' in text

    serving(core, talk)


def test_serving_pictures_imports_no_framework() -> None:
    code = "import sys, foveate.server.asgi; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"fastapi", "starlette", "prometheus_client", "onnxruntime"}.isdisjoint(
        done.stdout.split()
    )


def test_stopping_closes_what_is_open_behind_the_server() -> None:
    core = make_core()
    messages = iter(["lifespan.startup", "lifespan.shutdown"])
    sent: list[str] = []

    async def receive() -> dict[str, str]:
        return {"type": next(messages)}

    async def send(message: dict[str, str]) -> None:
        sent.append(message["type"])

    asyncio.run(Front(core)({"type": "lifespan"}, receive, send))  # type: ignore[arg-type]
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert 0 < core.closed_in_s <= core.settings.load.stop_timeout_s
