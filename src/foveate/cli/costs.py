"""`foveate costs`: what was spent on what, and which machines the load needs."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from foveate.cli.complaints import printable
from foveate.ledger.amounts import money
from foveate.settings.costs import MOST_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from foveate.ledger.books import Books
    from foveate.ledger.machines import Sizing
    from foveate.ledger.report import Line, Report
    from foveate.settings import Costs

By = Annotated[
    list[str] | None,
    typer.Option(
        help="Sum for each key, route, class, minute, hour or day; may be given several times."
    ),
]
Days = Annotated[
    int | None,
    typer.Option(help="So many days until now: 30, and 1 for --machines.", min=1, max=MOST_DAYS),
]
BARS: Final = 40
WIDE: Final = 1000
"""No table is wider, in characters."""
A_FEW_DAYS: Final = 2
UNITS: Final = ("B", "kB", "MB", "GB", "TB")


def costs(
    by: By = None,
    days: Days = None,
    plot: Annotated[bool, typer.Option("--plot", help="Draw what each hour or day cost.")] = False,
    machines: Annotated[
        bool, typer.Option("--machines", help="Say which machines would carry the load.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Say what was spent on what, at the prices of the settings."""
    _check_flags(plot=plot, machines=machines, by=bool(by), as_json=as_json)
    from foveate.ledger.machines import sized
    from foveate.ledger.report import USUAL_BY, USUAL_DAYS, largest, report

    books, prices, now = *_opened(), time.time()
    if machines:
        sizing = sized(books, prices, now=now, days=days or 1)
        _print(
            sizing.to_json(),
            (_needed(sizing), _fleets(sizing), _classes(sizing, prices)),
            as_json=as_json,
        )
        return
    span = days or USUAL_DAYS
    chosen = by or (["hour" if span <= A_FEW_DAYS else "day"] if plot else list(USUAL_BY))
    told = report(books, prices, now=now, days=span, by=chosen)
    if not (by or plot or as_json):
        told = told._replace(lines=largest(told.lines))
    _print(told.to_json(), (_bars(told) if plot else _table(told),), as_json=as_json)


def _check_flags(*, plot: bool, machines: bool, by: bool, as_json: bool) -> None:
    """Refuse what one of them would say nothing of."""
    for name, said, others in (
        ("--machines", machines, {"--by": by, "--plot": plot}),
        ("--plot", plot, {"--json": as_json}),
    ):
        for other in (other for other, there in others.items() if said and there):
            raise typer.BadParameter(f"Expected {name} or {other}, got both.")


def _opened() -> tuple[Books, Costs]:
    from foveate.app import ledger_folder
    from foveate.ledger.books import Books
    from foveate.options.in_settings import load

    settings = load()
    return Books(ledger_folder(settings)), settings.costs


def _print(told: dict[str, Any], shown: Iterable[Any], *, as_json: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    if as_json:
        typer.echo(json.dumps(told, indent=2))
        return
    console = Console(highlight=False)
    for each in shown:
        # What is too wide for a terminal is wrapped by that: a label torn in two is no name.
        if isinstance(each, Table):
            wide = console.options.update(width=WIDE)
            console.width = max(console.width, console.measure(each, options=wide).maximum)
        console.print(each)


def _new_table(labels: Iterable[str], numbers: Iterable[str]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for label in labels:
        table.add_column(label, no_wrap=True)
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True)
    return table


def _table(told: Report) -> Table:
    gpu = told.total.amounts.gpu_s > 0
    seconds = ("CPU s", "GPU s") if gpu else ("CPU s",)
    heads = ("requests", "hits", *seconds, "in", "out", "stored", told.currency)
    table = _new_table(told.by, heads)
    for line in told.lines:
        labels = (printable(text) or "-" for text in line.labels.values())
        table.add_row(*labels, *_cells(line, gpu=gpu))
    table.add_section()
    whole = [*(["all"] + [""] * len(told.by))[: len(told.by)]]
    table.add_row(*whole, *_cells(told.total, gpu=gpu))
    return table


def _cells(line: Line, *, gpu: bool) -> list[str]:
    sums = line.amounts
    share = f"{sums.hits / sums.requests:.0%}" if sums.requests else "-"
    seconds = [f"{each:,.2f}" for each in (sums.cpu_s, *([sums.gpu_s] if gpu else []))]
    moved = [size(each) for each in (sums.bytes_in, sums.bytes_out, sums.bytes_stored)]
    return [f"{sums.requests:,}", share, *seconds, *moved, money(line.cost.total)]


def _bars(told: Report) -> str:
    """Return a line for each time, as long as it was dear."""
    most = max((line.cost.total for line in told.lines), default=0.0)
    rows = [
        f"{' '.join(map(printable, line.labels.values())) or '-':<18} "
        f"{'█' * round(BARS * line.cost.total / most) if most > 0 else '':<{BARS}} "
        f"{money(line.cost.total)} {told.currency}"
        for line in told.lines
    ]
    return "\n".join(rows) or "Nothing was charged in that time."


def _needed(sizing: Sizing) -> str:
    mean, peak, needed = map(cores, (sizing.mean_cores, sizing.peak_cores, sizing.needed_cores))
    return f"{mean} cores were busy on average and {peak} in busy minutes: {needed} carry that."


def _fleets(sizing: Sizing) -> Table:
    from foveate.ledger.machines import KINDS, SOURCE

    table = _new_table(("machine",), ("how many", *(kind.replace("_", " ") for kind in KINDS)))
    for fleet in sizing.fleets:
        paid = (f"{each:,.0f}" for each in fleet.monthly.values())
        table.add_row(fleet.machine.name, str(fleet.many), *paid)
    table.caption = f"USD a month. {SOURCE}."
    return table


def _classes(sizing: Sizing, prices: Costs) -> Table:
    from foveate.ledger.report import LITTLE

    heads = ("requests", "CPU ms each", f"{prices.currency} for 1,000")
    table = _new_table(("route", "class"), heads)
    least = LITTLE * sum(row["cost_of_1000"] * row["requests"] for row in sizing.classes)
    for row in sizing.classes:
        if not row["class"] and row["cost_of_1000"] * row["requests"] < least:
            continue
        numbers = (f"{row['requests']:,}", f"{row['cpu_ms_each']:.2f}", money(row["cost_of_1000"]))
        table.add_row(printable(row["route"]), printable(row["class"]) or "-", *numbers)
    return table


def cores(count: float) -> str:
    """Return how many cores in as many digits as say something.

    >>> cores(0.00421), cores(0.5), cores(12.345), cores(0)
    ('0.0042', '0.50', '12.35', '0.00')
    """
    if 0 < count < 0.1:  # noqa: PLR2004
        return f"{count:.4f}"
    return f"{count:.2f}"


def size(count: float) -> str:
    """Return bytes in the unit that suits.

    >>> size(999), size(12_345), size(3_400_000_000)
    ('999 B', '12.3 kB', '3.4 GB')
    """
    for unit in UNITS[:-1]:
        if abs(count) < 1000:  # noqa: PLR2004
            return f"{count:.0f} {unit}" if unit == UNITS[0] else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {UNITS[-1]}"
