"""The report: REPORT.md to read, REPORT.json to compare, both from what was measured."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import machine
import peers
from results import Check, Outcome, Table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

HERE = Path(__file__).parent


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(map(_cell, header)) + " |"
    yield "|" + " --- |" * len(header)
    for row in rows:
        yield "| " + " | ".join(map(_cell, row)) + " |"
    yield ""


def _verdict(check: Check) -> tuple[str, ...]:
    return (check.what, check.target, check.got, "yes" if check.met else "**no**")


def _table(table: Table) -> Iterator[str]:
    yield f"{table.title}:"
    yield ""
    yield from _grid(table.header, table.rows)


def _section(outcome: Outcome) -> Iterator[str]:
    yield f"## {outcome.title}"
    yield ""
    if outcome.date:
        yield f"Measured on {outcome.date}."
        yield ""
    if outcome.skipped:
        yield f"Not measured: {outcome.skipped}."
        yield ""
    if outcome.checks:
        yield from _grid(("what", "target", "measured", "met"), list(map(_verdict, outcome.checks)))
    for table in outcome.tables:
        yield from _table(table)
    for note in outcome.notes:
        yield f"- {note}"
    if outcome.notes:
        yield ""


def _summary(outcomes: Sequence[Outcome]) -> Iterator[str]:
    checks = [check for outcome in outcomes for check in outcome.checks]
    met = sum(check.met for check in checks)
    yield f"{met} of {len(checks)} targets met."
    yield ""
    rows = [(outcome.title, *_verdict(check)) for outcome in outcomes for check in outcome.checks]
    yield from _grid(("measurement", "what", "target", "measured", "met"), rows)


def facts(*, quick: bool) -> dict[str, Any]:
    """Return when, where and with what was measured."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine.describe(),
        "versions": peers.versions(),
        "quick": quick,
    }


def markdown(outcomes: Sequence[Outcome], known: dict[str, Any]) -> str:
    """Return the report as Markdown."""
    versions = ", ".join(f"{name} {number}" for name, number in known["versions"].items())
    lines = [
        "# Measured",
        "",
        (
            "Made by `make bench`. Ratios are between servers that ran side by side in this one "
            "run, in interleaved rounds: the median of the rounds, and in brackets the lowest and "
            "highest. CPU is user and system time of the whole process tree; memory is its PSS."
        ),
        "",
        f"- Date: {known['date']}",
        f"- Machine: {known['machine']}",
        f"- Versions: {versions}",
        "",
    ]
    if known["quick"]:
        lines += ["A quick run, with few rounds: good for a look, not for a comparison.", ""]
    lines += [*_summary(outcomes), *(line for each in outcomes for line in _section(each))]
    return "\n".join(lines).rstrip() + "\n"


def kept(names: Collection[str]) -> list[Outcome]:
    """Return what an earlier report says of measurements other than these."""
    file = HERE / "REPORT.json"
    if not file.exists():
        return []
    known = json.loads(file.read_text())
    rows = [{**row, "date": row.get("date") or known["date"]} for row in known["measurements"]]
    return [_outcome(row) for row in rows if row["name"] not in names]


def _outcome(row: dict[str, Any]) -> Outcome:
    checks = [Check(**check) for check in row["checks"]]
    tables = [Table(**{**table, "header": tuple(table["header"])}) for table in row["tables"]]
    return Outcome(**{**row, "checks": checks, "tables": tables})


def write(outcomes: Sequence[Outcome], known: dict[str, Any]) -> None:
    """Write REPORT.md and REPORT.json beside this file."""
    (HERE / "REPORT.md").write_text(markdown(outcomes, known))
    (HERE / "REPORT.json").write_text(as_json(outcomes, known))


def as_json(outcomes: Sequence[Outcome], known: dict[str, Any]) -> str:
    """Return the report as JSON."""
    measured = [outcome.plain() for outcome in outcomes]
    return json.dumps({**known, "measurements": measured}, indent=2) + "\n"
