"""What a person wants to know of a server that runs: the numbers of /metrics, put into words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.metrics import (
    BUCKETS_S,
    BUDGET_DAY,
    BUDGET_MONTH,
    CACHE,
    ERRORS,
    IN_FLIGHT,
    LATENCY,
    LEDGER_UP,
    QUEUED,
    RECOMPRESSED,
    RECOMPRESSED_BYTES,
)
from foveate.models.supply.weights import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.metrics import Labels, Metrics, Row
    from foveate.remote.circuit import StageState
    from foveate.server.core import Core
    from foveate.server.minutes import Minutes
    from foveate.server.recent import Recent

    Totals = Mapping[tuple[Row, Labels], float]

SHARES: Final = (0.5, 0.95, 0.99)
"""Of answers, of which is told within what time they came."""


@dataclass(frozen=True, slots=True)
class Status:
    """Says how one server fares."""

    core: Core
    metrics: Metrics
    recent: Recent
    minutes: Minutes
    _licences: dict[str, Mapping[str, str]] = field(default_factory=dict, init=False)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON has it. Times are in milliseconds, shares in 0..1."""
        gauges, totals = self.metrics.gauges, self.metrics.totals()
        return {
            "networks": list(self._networks()),
            "stages": [_stage(each) for each in self.core.stages()],
            "caches": _caches(totals),
            "saved": self._saved(),
            "recompressed": _recompressed(totals),
            "ledger": self._ledger(),
            "in_flight": int(gauges[IN_FLIGHT]()) if IN_FLIGHT in gauges else 0,
            "queued": int(gauges[QUEUED]()) if QUEUED in gauges else 0,
            "minutes": self.minutes.to_json(),
            "latency": self._latency(),
            "errors": {name: int(count) for (name,), count in _of(ERRORS, totals)},
            "recent": self.recent.to_json(),
        }

    def _networks(self) -> Iterator[dict[str, Any]]:
        used = self.core.usage()
        for name, state in self.core.status().items():
            use = used.get(name)
            runs = use.runs if use else 0
            mean_ms = round(use.seconds / runs * 1000, 1) if use and runs else None
            on = use.provider if use else ""
            told = {"name": name, "state": str(state), "runs_on": on, "runs": runs}
            yield {**told, "mean_ms": mean_ms, **self._of_card(name)}

    def _of_card(self, name: str) -> Mapping[str, str]:
        if not self._licences:
            for card in catalogue(self.core.settings.models):
                self._licences[card.name] = {"task": str(card.task), "licence": card.licence}
        return self._licences.get(name, {})

    def _saved(self) -> dict[str, int]:
        """Return what need not be done, because caches answered."""
        total = self.core.ledger.total()
        return {"decodes": total.hits, "bytes": total.bytes_saved}

    def _ledger(self) -> dict[str, Any]:
        """Return whether what is charged is written, and which part of each budget is spent."""
        rows = {"written": LEDGER_UP, "day_used": BUDGET_DAY, "month_used": BUDGET_MONTH}
        told = {name: self.metrics.gauges[row]() for name, row in rows.items()}
        return told | {"written": bool(told["written"])}

    def _latency(self) -> list[dict[str, Any]]:
        """Return for each route how many answers took up to each bound, the last one without."""
        bounds = [*(1000 * bound for bound in BUCKETS_S), None]
        return [
            {"route": route, "count": sum(known.counts), "upto_ms": bounds, "counts": known.counts,
             "mean_ms": round(known.total_s / max(1, sum(known.counts)) * 1000, 1),
             "within_ms": {f"{share:.2f}": _ms(known.within(share)) for share in SHARES}}
            for (kind, (route, *_)), known in self.metrics.histograms.items() if kind is LATENCY
        ]  # fmt: skip


def _of(row: Row, totals: Totals) -> Iterator[tuple[Labels, float]]:
    return ((labels, value) for (kind, labels), value in totals.items() if kind is row)


def _caches(totals: Totals) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(lambda: {"hit": 0, "miss": 0})
    for (cache, outcome), count in _of(CACHE, totals):
        found[cache][outcome] = count
    return {
        name: {**each, "hit_rate": round(each["hit"] / max(1, sum(each.values())), 4)}
        for name, each in found.items()
    }


def _recompressed(totals: Totals) -> dict[str, int]:
    """Return what became of what was encoded once more, and by how many bytes it shrank."""
    outcomes = {outcome: int(count) for (outcome,), count in _of(RECOMPRESSED, totals)}
    saved = sum(count for _, count in _of(RECOMPRESSED_BYTES, totals))
    return {**outcomes, "bytes": int(saved)}


def _stage(told: StageState) -> dict[str, Any]:
    return {"name": told.name, "state": told.state.value, "since": told.since}


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)
