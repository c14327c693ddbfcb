"""Write deploy/grafana/foveate.json, a dashboard, from the table of metrics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate import metrics

if TYPE_CHECKING:
    from foveate.metrics import Row

FILE: Final = Path(__file__).parent.parent / "deploy/grafana/foveate.json"
SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
WIDTH, HEIGHT, COLUMNS = 8, 8, 3
INSTANCE: Final = 'instance=~"$instance"'
HIT: Final = 'outcome="hit"'
IMAGES: Final = 'route="image"'
SHARES: Final = {"0.5": "half", "0.95": "95 %", "0.99": "99 %"}


class Panel(NamedTuple):
    """One graph: its lines are PromQL, each with what it is called."""

    title: str
    unit: str
    lines: dict[str, str]
    about: str = ""
    most: float | None = None
    """Where the axis ends; None is wherever the values do."""


def chosen(only: str = "") -> str:
    """Return which series are meant: those of the servers that were chosen, and of these labels."""
    return f"{{{', '.join(filter(None, (INSTANCE, only)))}}}"


def rate(row: Row, *by: str, only: str = "") -> str:
    """Return how much is counted in a second, for each of these labels."""
    counted = f"rate(foveate_{row.name}_total{chosen(only)}[$__rate_interval])"
    return f"sum by ({', '.join(by)}) ({counted})" if by else f"sum({counted})"


def within(row: Row, share: str, *by: str, only: str = "") -> str:
    """Return within how many seconds that share of a histogram lies, for each of these labels."""
    buckets = f"rate(foveate_{row.name}_bucket{chosen(only)}[$__rate_interval])"
    return f"histogram_quantile({share}, sum by ({', '.join(('le', *by))}) ({buckets}))"


def gauge(row: Row) -> str:
    """Return a number as it is now, of all servers together."""
    return f"sum(foveate_{row.name}{chosen()})"


def most(row: Row) -> str:
    """Return the largest that any server says: those on one ledger say the same."""
    return f"max(foveate_{row.name}{chosen()})"


PANELS: Final = (
    Panel("Requests", "reqps", {"{{status}}": rate(metrics.REQUESTS, "status")}, "By status."),
    Panel("Routes", "reqps", {"{{route}}": rate(metrics.REQUESTS, "route")}),
    Panel("Errors", "reqps", {"{{error}}": rate(metrics.ERRORS, "error")},
          "By class; the reference of errors says what to do about each."),
    Panel("Image URLs: from request to answer", "s",
          {name: within(metrics.LATENCY, share, only=IMAGES) for share, name in SHARES.items()}),
    Panel("95 % of answers within", "s", {"{{route}}": within(metrics.LATENCY, "0.95", "route")}),
    Panel("95 % of each part of a request within", "s",
          {"{{span}}": within(metrics.SPANS, "0.95", "span")}),
    Panel("Worked on and waiting", "short",
          {"worked on": gauge(metrics.IN_FLIGHT), "waiting": gauge(metrics.QUEUED)},
          "What waits for long wants more machines."),
    Panel("Jobs", "short",
          {"{{state}}": f"max by (state) (foveate_{metrics.JOBS.name}{chosen()})"},
          "Those that wait and run: all servers on one queue say the same."),
    Panel("Jobs that ended", "ops", {"{{state}}": rate(metrics.JOBS_ENDED, "state")}),
    Panel("Datasets", "short",
          {"{{state}}": f"max by (state) (foveate_{metrics.DATASETS.name}{chosen()})"},
          "Those that a server knows of."),
    Panel("Datasets made, failed and fetched", "short",
          {"{{state}}": f"3600 * {rate(metrics.DATASETS_ENDED, 'state')}",
           "fetched": f"3600 * {rate(metrics.DATASET_DOWNLOADS)}"},
          "In an hour."),
    Panel("Bytes of datasets", "bytes", {"all": most(metrics.DATASET_BYTES)}),
    Panel("Cache hits", "percentunit",
          {"{{cache}}": f"{rate(metrics.CACHE, 'cache', only=HIT)} / "
                        f"{rate(metrics.CACHE, 'cache')}"},
          "Each of those that ask it: `mezzanine` and `analyses` are asked for what is made.",
          most=1),
    Panel("Spared by caches", "ops", {"decodes": rate(metrics.DECODES_AVOIDED)}),
    Panel("Originals not read again", "Bps", {"bytes": rate(metrics.BYTES_SAVED)}),
    Panel("Pictures sent", "Bps", {"renditions": rate(metrics.BYTES)}),
    Panel("Encoded once more", "ops",
          {"{{outcome}}": rate(metrics.RECOMPRESSED, "outcome")},
          "Hot renditions, at more effort, while nobody waited (`caching.recompress_hits`)."),
    Panel("Made smaller by that", "Bps", {"bytes": rate(metrics.RECOMPRESSED_BYTES)},
          "Of what is kept; each of them is sent again and again."),
    Panel("Networks", "ops", {"{{network}}": rate(metrics.NETWORK_RUNS, "network")},
          "Inferences in a second."),
    Panel("Mean of an inference", "s",
          {"{{network}}": f"{rate(metrics.NETWORK_SECONDS, 'network')} / "
                          f"{rate(metrics.NETWORK_RUNS, 'network')}"}),
    Panel("The next best thing", "ops", {"{{what}}": rate(metrics.FALLBACKS, "what")},
          "What was done where the settings, or a request, ask for something else."),
    Panel("Flagged and not shown", "ops", {"{{outcome}}": rate(metrics.MODERATED, "outcome")},
          "Pictures that moderation blocked or blurred; what caches answer is not counted."),
    Panel("Processor by part", "short", {"{{span}}": rate(metrics.SPAN_CPU, "span")},
          "Cores that each part of requests keeps busy."),
    Panel("Spent in an hour", "short",
          {"{{key}}": f"3600 * {rate(metrics.COST, 'key')}"},
          "In `costs.currency`, at the prices of the settings, by the key that asked."),
    Panel("Spent in an hour on", "short",
          {"{{what}}": f"3600 * {rate(metrics.COST, 'what')}"}),
    Panel("Cores kept busy by each key", "short", {"{{key}}": rate(metrics.CHARGED, "key")},
          "`shared` is what nobody alone asked for."),
    Panel("Budgets", "percentunit",
          {"today": most(metrics.BUDGET_DAY), "this month": most(metrics.BUDGET_MONTH),
           "told of from": most(metrics.BUDGET_WARN_AT)},
          "Which part is spent; 0 where there is none."),
    Panel("Ledger", "short", {"written": f"min(foveate_{metrics.LEDGER_UP.name}{chosen()})"},
          "1 while every server can write what it charges, 0 while one cannot.", most=1),
    Panel("Processor", "short",
          {"{{instance}}": f"rate(process_cpu_seconds_total{chosen()}[$__rate_interval])"},
          "Cores that each server keeps busy."),
    Panel("Memory", "bytes", {"{{instance}}": f"process_resident_memory_bytes{chosen()}"}),
    Panel("Stages elsewhere", "short",
          {"{{stage}}": f"min by (stage) (foveate_{metrics.STAGE_UP.name}{chosen()})"},
          "1 while a stage answers every server, 0 while it is away for one.", most=1),
)  # fmt: skip


def dashboard() -> dict[str, Any]:
    """Return it as Grafana reads it."""
    return {
        "title": "Foveate",
        "uid": "foveate",
        "tags": ["foveate"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_sources(), _instances()]},
        "panels": [_panel(number, panel) for number, panel in enumerate(PANELS)],
    }


def _sources() -> dict[str, Any]:
    about = {"name": "source", "label": "Prometheus", "type": "datasource"}
    return {**about, "query": "prometheus", "current": {}}


def _instances() -> dict[str, Any]:
    query = f"label_values(foveate_{metrics.IN_FLIGHT.name}, instance)"
    return {
        "name": "instance", "label": "Server", "type": "query", "datasource": SOURCE,
        "query": {"query": query, "refId": "instances"}, "definition": query, "refresh": 2,
        "multi": True, "includeAll": True, "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }  # fmt: skip


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(number, COLUMNS)
    place = {"x": column * WIDTH, "y": row * HEIGHT, "w": WIDTH, "h": HEIGHT}
    bounds = {"min": 0} | ({"max": panel.most} if panel.most else {})
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel.unit, **bounds}, "overrides": []},
        "options": {"legend": {"displayMode": "list"}, "tooltip": {"mode": "multi"}},
        "targets": [
            {"refId": chr(ord("A") + at), "datasource": SOURCE, "expr": text, "legendFormat": name}
            for at, (name, text) in enumerate(panel.lines.items())
        ],
    }


def stale(*, write: bool) -> list[str]:
    """Return the file where it is not what the table gives, which is written if asked."""
    text = json.dumps(dashboard(), indent=1) + "\n"
    if FILE.exists() and FILE.read_text() == text:
        return []
    if write:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(text)
    return [str(FILE.relative_to(FILE.parents[2]))]
