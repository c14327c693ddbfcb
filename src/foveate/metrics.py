"""What is counted: plain numbers while serving, Prometheus' text only when somebody asks."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

    from foveate.trace import Trace

BUCKETS_S: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
Kind = Literal["counter", "gauge", "histogram"]
Labels = tuple[str, ...]


class Row(NamedTuple):
    """One metric: its name without the prefix, kind, labels, and the sentence that documents it."""

    name: str
    kind: Kind
    labels: Labels
    about: str


REQUESTS: Final = Row("requests", "counter", ("route", "status"), "Requests answered.")
ERRORS: Final = Row("errors", "counter", ("error",), "Errors answered, by class.")
BYTES: Final = Row("response_bytes", "counter", (), "Bytes of renditions sent.")
HIT: Final = "hit"
MISS: Final = "miss"
RESPONSES: Final = "responses"
RENDITIONS: Final = "renditions"
CACHE: Final = Row(
    "cache",
    "counter",
    ("cache", "outcome"),
    "Cache lookups, `hit` or `miss`: `responses` is asked first for each picture that a URL names, "
    "`renditions` for those that it has not, and by Python and functions, `shared` for what is in "
    "neither, with `away` where that does not answer; of what is made, `mezzanine` "
    "for decoded pixels and `analyses` for each part of what is known of a source.",
)
LATENCY: Final = Row("request_seconds", "histogram", ("route",), "From request to answer.")
SPANS: Final = Row(
    "span_seconds",
    "histogram",
    ("span",),
    "Parts of a request: queue, fetch, render, decode, each part of an analysis, encode.",
)
SPAN_CPU: Final = Row(
    "span_cpu_seconds", "counter", ("span",), "Processor time of those done in one thread."
)
NETWORK_RUNS: Final = Row("network_runs", "counter", ("network",), "Inferences.")
NETWORK_SECONDS: Final = Row(
    "network_seconds",
    "counter",
    ("network",),
    "Time spent in them, by all threads together; loading is not counted.",
)
FALLBACKS: Final = Row(
    "fallbacks",
    "counter",
    ("what",),
    "The next best thing done: runs of a network elsewhere than the settings ask for, by its name; "
    "`gravity`, requests to keep faces where there were none; `subject`, requests about "
    "somebody who was not found; where the stage `look` is away, "
    "`look-local`, a network here, `look-attention`, libvips, and `look-centre`, nobody; "
    "`quality-unseen`, qualities found by the whole picture, where nobody looked for its faces; "
    "`quality-hasty`, qualities that are not yet what was asked for, as time ran out; "
    "`adaptive-unseen`, pictures left as they are, where nobody said what is overlooked; "
    "`moderation-local`, networks here where the service of `moderation.url` gave no opinion.",
)
MODERATED: Final = Row(
    "moderated",
    "counter",
    ("outcome",),
    "Flagged pictures that were not shown: `block` or `blur`. What caches answer is not counted.",
)
COST: Final = Row(
    "cost",
    "counter",
    ("key", "what"),
    "What was spent since the start, in `costs.currency`, by key and on what.",
)
CHARGED: Final = Row(
    "charged_cpu_seconds", "counter", ("key",), "Processor time charged to each key."
)
DECODES_AVOIDED: Final = Row(
    "decodes_avoided", "counter", (), "Requests that a cache answered, so that nothing was made."
)
BYTES_SAVED: Final = Row(
    "bytes_saved", "counter", (), "Bytes of originals that need not be read for those."
)
RECOMPRESSED: Final = Row(
    "recompressed",
    "counter",
    ("outcome",),
    "Renditions that were asked for often and encoded once more while nobody waited: `smaller`, "
    "`enough` where that gained nothing, `interrupted` by who came, `failed`.",
)
RECOMPRESSED_BYTES: Final = Row(
    "recompressed_bytes", "counter", (), "Bytes by which those became smaller."
)
BUDGET_DAY: Final = Row(
    "budget_day_used", "gauge", (), "Which part of `costs.budget_day` is spent today (UTC)."
)
BUDGET_MONTH: Final = Row(
    "budget_month_used", "gauge", (), "Which part of `costs.budget_month` is spent this month."
)
LEDGER_UP: Final = Row(
    "ledger_up", "gauge", (), "Whether the ledger could be written at the last flush: 0 while not."
)
BUDGET_WARN_AT: Final = Row(
    "budget_warn_at", "gauge", (), "From which part of a budget on somebody is told of it."
)
STAGE_UP: Final = Row(
    "stage_up",
    "gauge",
    ("stage",),
    "Whether a stage that runs elsewhere answers: 0 while it is away, or refuses our token.",
)
JOBS: Final = Row("jobs", "gauge", ("state",), "Jobs of this queue that are `queued` or `running`.")
JOBS_ENDED: Final = Row(
    "jobs_ended", "counter", ("state",), "Jobs that this server worked on: done, failed, cancelled."
)
DATASETS: Final = Row(
    "datasets",
    "gauge",
    ("state",),
    "Datasets that this server knows of: `queued`, `running`, `ready` or `failed`.",
)
DATASETS_ENDED: Final = Row(
    "datasets_ended", "counter", ("state",), "Datasets that this server worked on: ready, failed."
)
DATASET_BYTES: Final = Row(
    "dataset_bytes", "gauge", (), "Bytes of all datasets that this server knows of."
)
DATASET_DOWNLOADS: Final = Row(
    "dataset_downloads", "counter", (), "Datasets that were fetched from this server."
)
IN_FLIGHT: Final = Row("in_flight", "gauge", (), "Pictures being worked on now.")
QUEUED: Final = Row("queued", "gauge", (), "Requests that wait for a worker or an original now.")
TABLE: Final = (
    *(REQUESTS, ERRORS, BYTES, CACHE, LATENCY, SPANS, SPAN_CPU),
    *(NETWORK_RUNS, NETWORK_SECONDS, FALLBACKS, MODERATED, IN_FLIGHT, QUEUED),
    *(DECODES_AVOIDED, BYTES_SAVED, COST, CHARGED, BUDGET_DAY, BUDGET_MONTH, BUDGET_WARN_AT),
    *(LEDGER_UP, STAGE_UP, RECOMPRESSED, RECOMPRESSED_BYTES, JOBS, JOBS_ENDED),
    *(DATASETS, DATASETS_ENDED, DATASET_BYTES, DATASET_DOWNLOADS),
)


@dataclass(slots=True)
class Histogram:
    """Durations in seconds, counted by bucket."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_S) + 1))
    total_s: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[bisect_left(BUCKETS_S, seconds)] += 1
        self.total_s += seconds

    def within(self, share: float) -> float | None:
        """Return within how many seconds that share was, as if durations of a bucket lay evenly.

        None where that is beyond the last bound, or nothing was counted: nobody knows.
        """
        left = share * sum(self.counts)
        for low, high, count in zip((0.0, *BUCKETS_S), BUCKETS_S, self.counts, strict=False):
            if count and left <= count:
                return low + (high - low) * left / count
            left -= count
        return None

    def cumulative(self) -> list[tuple[str, float]]:
        """Return (upper bound, how many were at most that long), the way Prometheus wants it."""
        bounds = [*map(str, BUCKETS_S), "+Inf"]
        return [*zip(bounds, map(float, accumulate(self.counts)), strict=True)]


class Metrics:
    """The numbers of one server. Written from the event loop only."""

    def __init__(self) -> None:
        self.counters: dict[tuple[Row, Labels], float] = defaultdict(int)
        self.histograms: dict[tuple[Row, Labels], Histogram] = defaultdict(Histogram)
        self.gauges: dict[Row, Callable[[], float]] = {}
        self.counted_elsewhere: list[Callable[[], Iterable[tuple[Row, Labels, float]]]] = []
        """What others count by themselves: asked when somebody asks us."""

    def count(self, row: Row, *labels: str, by: float = 1) -> None:
        """Add `by` to a counter."""
        self.counters[row, labels] += by

    def observe(self, row: Row, label: str, seconds: float) -> None:
        """Count a duration in a histogram of one label."""
        self.histograms[row, (label,)].add(seconds)

    def observe_trace(self, trace: Trace) -> None:
        """Count the spans of a request that is over."""
        for span in trace.spans:
            self.observe(SPANS, span.name, span.wall_s)
            if span.cpu_s:
                self.count(SPAN_CPU, span.name, by=span.cpu_s)
        for what in trace.fallbacks:
            self.count(FALLBACKS, what)
        for outcome in trace.moderated:
            self.count(MODERATED, outcome)
        for cache, outcome in trace.lookups:
            self.count(CACHE, cache, outcome)

    def totals(self) -> Mapping[tuple[Row, Labels], float]:
        """Return all counters, and what others count: gauges with labels are among that."""
        elsewhere = (counted for ask in self.counted_elsewhere for counted in ask())
        return {**self.counters, **{(row, labels): value for row, labels, value in elsewhere}}

    def exposition(self) -> tuple[str, bytes]:
        """Return content type and text of everything, and of what the process itself uses."""
        # Imported when somebody asks, so that starting costs nothing.
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415

        return CONTENT_TYPE_LATEST, generate_latest(_registry(self))


def _registry(metrics: Metrics) -> CollectorRegistry:
    from prometheus_client import CollectorRegistry, ProcessCollector  # noqa: PLC0415
    from prometheus_client.registry import Collector  # noqa: PLC0415

    class Ours(Collector):
        def collect(self) -> Iterator[Metric]:
            totals = metrics.totals()
            return (_family(row, metrics, totals) for row in TABLE)

    registry = CollectorRegistry()
    registry.register(Ours())
    ProcessCollector(registry=registry)
    return registry


def _family(row: Row, metrics: Metrics, totals: Mapping[tuple[Row, Labels], float]) -> Metric:
    from prometheus_client import core  # noqa: PLC0415

    name = f"foveate_{row.name}"
    if row.kind == "gauge":
        gauge = core.GaugeMetricFamily(name, row.about, labels=row.labels)
        if not row.labels:
            gauge.add_metric([], metrics.gauges[row]() if row in metrics.gauges else 0)
        return _added(gauge, row, totals)
    if row.kind == "counter":
        return _added(core.CounterMetricFamily(name, row.about, labels=row.labels), row, totals)
    family = core.HistogramMetricFamily(name, row.about, labels=row.labels)
    for (kind, labels), histogram in metrics.histograms.items():
        if kind is row:
            family.add_metric(labels, histogram.cumulative(), histogram.total_s)
    return family


def _added(family: Any, row: Row, totals: Mapping[tuple[Row, Labels], float]) -> Metric:  # noqa: ANN401
    """Return a family with the numbers of a row, one for each of its labels."""
    for (kind, labels), value in totals.items():
        if kind is row:
            family.add_metric(labels, value)
    metric: Metric = family
    return metric


def reference() -> str:
    """Return the table of docs/reference/metrics.md."""
    rows = ["| metric | kind | labels | what |", "| --- | --- | --- | --- |"]
    for row in TABLE:
        suffix = "_total" if row.kind == "counter" else ""
        labels = ", ".join(f"`{label}`" for label in row.labels) or "none"
        rows.append(f"| `foveate_{row.name}{suffix}` | {row.kind} | {labels} | {row.about} |")
    return "\n".join(rows) + "\n"
