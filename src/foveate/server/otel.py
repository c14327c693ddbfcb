"""The traces of requests for OpenTelemetry, sent to the address that the operator named.

Only here is OpenTelemetry imported, and only where `server.otel` is on: it is an extra. Its own
variables say where to and how much: `OTEL_EXPORTER_OTLP_*`, `OTEL_TRACES_SAMPLER`,
`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_BSP_*`.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from foveate.errors import BadSettings

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer
    from opentelemetry.util.types import AttributeValue

    from foveate.server.exchange import Exchange
    from foveate.trace import Span

NAME: Final = "foveate"
ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
SERVER_ERROR: Final = 500
CARRIED: Final = {"traceparent": b"traceparent", "tracestate": b"tracestate"}
LOOK_UP_S: Final = 0.02
PROPAGATOR: Final = TraceContextTextMapPropagator()


class Telemetry:
    """The observer that makes a server span of each request, and a child of each of its spans."""

    def __init__(self) -> None:
        """Raise BadSettings where no address is named: the exporter would take one of its own."""
        if not any(map(os.environ.get, ENDPOINTS)):
            sentence = "expected an address, got none; server.otel sends traces there."
            raise BadSettings(f"{ENDPOINTS[1]}: {sentence}")
        self._provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer(NAME, version(NAME))

    def __call__(self, exchange: Exchange) -> None:
        """Make the spans; a thread of the exporter sends them in batches."""
        clock_ns = time.time_ns() - time.perf_counter_ns()
        parent = PROPAGATOR.extract(_carried(exchange), Context())
        span = self._tracer.start_span(
            f"{exchange.method} {exchange.route}",
            parent,
            SpanKind.SERVER,
            _attributes(exchange),
            start_time=clock_ns + _ns(exchange.started_s),
        )
        ended_s = exchange.started_s + exchange.seconds
        if span.is_recording():
            within = set_span_in_context(span, parent)
            for child in exchange.trace.spans:
                _add(self._tracer, child, within, clock_ns, ended_s)
        if exchange.status >= SERVER_ERROR:
            span.set_status(StatusCode.ERROR)
        span.end(clock_ns + _ns(ended_s))

    async def close(self, timeout_s: float) -> None:
        """Send what is left, for at most that long: a collector that hangs holds up no stop."""
        until = time.monotonic() + timeout_s
        closing = threading.Thread(target=self._provider.shutdown, name="otel-stop", daemon=True)
        closing.start()
        while closing.is_alive() and time.monotonic() < until:
            await asyncio.sleep(LOOK_UP_S)


def _resource() -> Resource:
    """Return what the spans are of; what the operator's variables say wins."""
    said = OTELResourceDetector().detect().attributes
    return Resource.create({"service.name": NAME, "service.version": version(NAME), **said})


def _carried(exchange: Exchange) -> dict[str, str]:
    found = ((name, exchange.headers.get(header)) for name, header in CARRIED.items())
    return {name: value.decode("latin-1") for name, value in found if value is not None}


def _attributes(exchange: Exchange) -> dict[str, AttributeValue]:
    known: dict[str, AttributeValue] = {
        "http.request.method": exchange.method,
        "url.path": exchange.path,
        "http.response.status_code": exchange.status,
        "http.response.body.size": exchange.body_bytes,
        "foveate.request_id": exchange.id,
    }
    if exchange.cache:
        known["foveate.cache"] = exchange.cache
    if fallbacks := exchange.trace.fallbacks:
        known["foveate.fallbacks"] = fallbacks
    return known


def _add(tracer: Tracer, span: Span, within: Context, clock_ns: int, ended_s: float) -> None:
    """Add a child; one that had not ended when its request had ends with it."""
    told = {"foveate.cpu_ms": round(span.cpu_s * 1000, 3), "foveate.bytes": span.bytes}
    child = tracer.start_span(
        span.name,
        within,
        attributes={name: value for name, value in told.items() if value},
        start_time=clock_ns + _ns(span.started_s),
    )
    child.end(clock_ns + _ns(span.started_s + span.wall_s if span.wall_s else ended_s))


def _ns(seconds: float) -> int:
    return int(seconds * 1e9)
