"""How far a batch is, and how it went, for people."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TimeRemainingColumn,
)
from rich.table import Column
from rich.text import Text

from foveate.cli.complaints import printable
from foveate.cli.costs import size
from foveate.errors import PicturesMissed
from foveate.ledger.amounts import money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from foveate.batches.description import Description
    from foveate.batches.estimate import Estimate
    from foveate.batches.report import BatchReport
    from foveate.settings import Costs

ENDING: Final = "ends after what is underway; Ctrl-C: at once"


class Words(ProgressColumn):
    """What is said beside the bar. Who interrupts sees at once that this was heard."""

    def __init__(self, stopped: threading.Event) -> None:
        self._stopped = stopped
        super().__init__(Column(no_wrap=True))

    def render(self, task: Task) -> Text:
        """Return how fast it goes, or that it ends."""
        return Text(ENDING if self._stopped.is_set() else task.description)


@contextmanager
def shown_progress(
    asked: Description, console: Console, stopped: threading.Event, *, ends: bool
) -> Iterator[Callable[[BatchReport], None]]:
    """Give what shows how far it is, where somebody sees it; what never ends is part of nothing."""
    if not console.is_terminal:
        yield lambda _: None
        return
    # The bar takes what the words leave of a line.
    count = MofNCompleteColumn(table_column=Column(no_wrap=True))
    columns = (BarColumn(None), count, Words(stopped), TimeRemainingColumn())
    with Progress(*columns, console=console, expand=True, transient=True) as progress:
        task = progress.add_task("", total=None)

        def total(count: int) -> None:
            progress.update(task, total=count)

        if ends:
            threading.Thread(target=_counted, args=(asked, total), daemon=True).start()
        yield lambda report: progress.update(task, completed=report.met, description=brief(report))


def _counted(asked: Description, told: Callable[[int], None]) -> None:
    from foveate.batches.sources import counted

    count = counted(asked.sources, asked.out)
    if count is not None:
        told(count)


def words(report: BatchReport) -> str:
    """Return how fast it went and what it saves, in a line."""
    return _joined(report, f"{size(report.bytes_in)} to {size(report.bytes_out)}{saved(report)}")


def brief(report: BatchReport) -> str:
    """Return the same while it goes, which leaves room for a bar on 80 columns."""
    return _joined(report, f"{size(report.bytes_out)}{saved(report)}")


def _joined(report: BatchReport, bytes_told: str) -> str:
    cores = report.cpu_s / report.seconds if report.seconds else 0.0
    failed = report.failed + report.failed_before
    told = [f"{report.per_second:,.1f}/s", f"{cores:.1f} cores"]
    told += [bytes_told] if report.bytes_in and report.bytes_out else []
    return "  ".join([*told, *([f"{failed:,} failed"] if failed else [])])


def saved(report: BatchReport) -> str:
    """Return which part of the bytes is saved, where any is."""
    share = 1 - report.bytes_out / report.bytes_in if report.bytes_in else 0.0
    return f" (-{share:.0%})" if share > 0 else ""


def told_report(report: BatchReport, *, as_json: bool, costs: Costs) -> None:
    """Say how it went, and how it is resumed."""
    if as_json:
        spent = {"cost": round(report.cost(costs).total, 6), "currency": costs.currency}
        typer.echo(json.dumps({"report": {**report.to_json(), **spent}}))
        return
    failed = report.failed + report.failed_before
    counts = (
        (report.copied, "of them copies"),
        (report.before, "done before"),
        (report.repeated, "repeated"),
        (failed, "failed"),
    )
    told = [f"{report.done:,} done", *(f"{count:,} {what}" for count, what in counts if count)]
    typer.echo(f"{', '.join(told)}.", err=True)
    if report.done:
        typer.echo(f"{words(report)}  {money(report.cost(costs).total)} {costs.currency}", err=True)
    for error, count in sorted(report.errors.items()):
        typer.echo(f"  {count:,} {error}", err=True)
    if report.errors.get(PicturesMissed.__name__):
        typer.echo("Pictures may be missing: manifest.jsonl says beside which names.", err=True)
    if at := report.stopped_at:
        typer.echo(f"Stopped at {printable(at.row.key)}: {printable(at.message)}", err=True)
        typer.echo("Run the same command again to do the rest.", err=True)
    elif report.stopped:
        typer.echo("Stopped. Run the same command again to do the rest.", err=True)
    elif failed:
        typer.echo("manifest.jsonl says why; --retry-failed tries these again.", err=True)


def told_estimate(estimate: Estimate, *, as_json: bool) -> None:
    """Say what a batch would take."""
    if as_json:
        typer.echo(json.dumps(estimate.to_json()))
        return
    low, high = (duration(each) for each in estimate.seconds)
    out, read = size(estimate.bytes_of("bytes_out")), size(estimate.bytes_of("bytes_in"))
    spent = f"{money(estimate.cost)} {estimate.prices.currency}"
    typer.echo(f"{estimate.pictures:,} pictures are left, {read} of them.")
    typer.echo(f"{low} to {high} with {estimate.workers} workers, {out} made of them, {spent}.")
    tried = f"{len(estimate.tried)} pictures were tried"
    failed = f", and {estimate.failed} failed" if estimate.failed else ""
    typer.echo(f"{tried}{failed}. Nothing was written.")


def duration(seconds: float) -> str:
    """Return a time in the unit that suits.

    >>> duration(42.2), duration(3700), duration(200_000)
    ('42 s', '1.0 h', '2.3 days')
    """
    units = ((86_400.0, "days"), (3600.0, "h"), (60.0, "min"))
    for length, unit in units:
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"
