from __future__ import annotations

import subprocess
import sys

import pytest

from foveate.metrics import (
    IN_FLIGHT,
    LATENCY,
    REQUESTS,
    SPANS,
    TABLE,
    Histogram,
    Metrics,
    reference,
)


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
    metrics = Metrics()
    with pytest.raises(KeyError), metrics.span("fetch"):
        raise KeyError
    assert sum(metrics.histograms[SPANS, ("fetch",)].counts) == 1


def test_the_reference_documents_every_row() -> None:
    assert all(f"`foveate_{row.name}" in reference() for row in TABLE)
    assert "| `foveate_requests_total` | counter | `route`, `status` |" in reference()


def test_counting_needs_no_prometheus() -> None:
    code = "import sys, foveate.metrics; foveate.metrics.Metrics(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "prometheus_client" not in done.stdout.split()
