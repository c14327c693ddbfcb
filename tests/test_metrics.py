from __future__ import annotations

import subprocess
import sys
import time

import pytest

from foveate.metrics import (
    CACHE,
    IN_FLIGHT,
    LATENCY,
    REQUESTS,
    SPAN_CPU,
    SPANS,
    TABLE,
    Histogram,
    Metrics,
    reference,
)
from foveate.trace import Trace


def test_a_duration_is_counted_in_every_bucket_it_fits() -> None:
    histogram = Histogram()
    for seconds in (0.001, 0.3, 99.0):
        histogram.add(seconds)
    cumulative = dict(histogram.cumulative())
    assert cumulative["0.001"] == 1
    assert cumulative["0.25"] == 1
    assert cumulative["0.5"] == 2
    assert cumulative["20.0"] == 2
    assert cumulative["+Inf"] == 3
    assert histogram.total_s == pytest.approx(99.301)


def test_a_share_lies_within_a_time_of_its_bucket() -> None:
    histogram = Histogram()
    assert histogram.within(0.5) is None
    for seconds in (0.03, 0.03, 0.2, 99.0):
        histogram.add(seconds)
    assert histogram.within(0.25) == pytest.approx(0.0375), "half of a bucket of two"
    assert histogram.within(0.5) == pytest.approx(0.05)
    assert histogram.within(0.75) == pytest.approx(0.25)
    assert histogram.within(0.99) is None, "beyond the last bound nobody knows"


def test_the_exposition_holds_counters_histograms_gauges_and_the_process() -> None:
    metrics = Metrics()
    metrics.count(REQUESTS, "image", "200", by=3)
    metrics.observe(LATENCY, "image", 0.02)
    metrics.gauges[IN_FLIGHT] = lambda: 4
    content_type, text = metrics.exposition()
    assert content_type.startswith("text/plain")
    assert b'foveate_requests_total{route="image",status="200"} 3.0' in text
    assert b'foveate_request_seconds_bucket{le="0.025",route="image"} 1.0' in text
    assert b"foveate_in_flight 4.0" in text
    assert b"process_cpu_seconds_total" in text


def test_a_span_is_measured_even_when_it_fails() -> None:
    metrics, trace = Metrics(), Trace()
    with pytest.raises(KeyError), trace.waiting("fetch"):
        raise KeyError
    metrics.observe_trace(trace)
    assert sum(metrics.histograms[SPANS, ("fetch",)].counts) == 1


def test_every_span_of_a_trace_is_counted_and_its_processor_time_where_it_is_known() -> None:
    metrics, trace = Metrics(), Trace()
    for name, wall_s, cpu_s in (("queue", 0.3, 0.0), ("faces", 0.5, 0.25), ("faces", 1.0, 0.5)):
        with trace.waiting(name) as span:
            pass
        span.wall_s, span.cpu_s = wall_s, cpu_s
    metrics.observe_trace(trace)
    faces = metrics.histograms[SPANS, ("faces",)]
    assert (sum(faces.counts), faces.total_s) == (2, 1.5)
    assert metrics.counters == {(SPAN_CPU, ("faces",)): 0.75}
    _, text = metrics.exposition()
    assert b'foveate_span_seconds_count{span="queue"} 1.0' in text
    assert b'foveate_span_cpu_seconds_total{span="faces"} 0.75' in text


def test_what_a_request_looked_up_is_counted_by_cache_and_outcome() -> None:
    metrics, trace = Metrics(), Trace()
    for hit in (True, False, True):
        trace.look_up("mezzanine", hit=hit)
    metrics.observe_trace(trace)
    assert metrics.counters == {(CACHE, ("mezzanine", "hit")): 2, (CACHE, ("mezzanine", "miss")): 1}


def test_work_of_a_thread_is_told_from_its_waits() -> None:
    trace = Trace()
    with trace.span("render"), trace.waiting("sleep"):
        time.sleep(0.02)
    with trace.span("busy"):
        until = time.thread_time() + 0.01
        while time.thread_time() < until:
            pass
    render, sleep, busy = trace.spans
    assert render.wall_s >= sleep.wall_s >= 0.02 > render.cpu_s >= sleep.cpu_s == 0
    assert busy.cpu_s >= 0.01
    assert [*trace.total_ms()] == ["render", "sleep", "busy"]


def test_the_reference_documents_every_row() -> None:
    assert all(f"`foveate_{row.name}" in reference() for row in TABLE)
    assert "| `foveate_requests_total` | counter | `route`, `status` |" in reference()


def test_counting_needs_no_prometheus() -> None:
    code = "import sys, foveate.metrics; foveate.metrics.Metrics(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "prometheus_client" not in done.stdout.split()
