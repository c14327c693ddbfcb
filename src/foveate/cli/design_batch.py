"""`foveate design batch`: a design filled in with the rows of a list, a rendition of each."""

from __future__ import annotations

import json
import signal
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from foveate.cli.batch import INTERRUPTED
from foveate.cli.complaints import aside, printable
from foveate.cli.several import AsJson
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foveate.designs.batch import Batch, Report
    from foveate.designs.process import Made

TOLD: Final = 20
"""Failures and notes that are told one by one."""


def batch(
    file: Annotated[Path, typer.Argument(help="A design, as XML or JSON.", metavar="DESIGN")],
    rows: Annotated[Path, typer.Argument(help="Rows as .csv, .jsonl or .parquet.", metavar="ROWS")],
    *,
    out: Annotated[Path, typer.Option(help="The folder to write into.")],
    name: Annotated[
        str, typer.Option(help="Names of files: columns, row and ext in braces.")
    ] = "{row}.{ext}",
    format: Annotated[  # noqa: A002 - the word that it is everywhere
        str, typer.Option(help="png, jpeg, webp, avif, pdf or svg.")
    ] = "jpeg",
    page: Annotated[str, typer.Option(help="A page, by its number or id.")] = "",
    scale: Annotated[float, typer.Option(help="Pixels to one of the design.")] = 1.0,
    quality: Annotated[
        int | None, typer.Option(help="Of JPEG, WebP and AVIF.", min=1, max=100)
    ] = None,
    workers: Annotated[
        int, typer.Option(help="Processes; 0 is the number of cores.", min=0, max=256)
    ] = 0,
    again: Annotated[bool, typer.Option("--again", help="Make what is there anew.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw a design once for each row of a list.

    A column by the id or name of a text is its words, by that of an image its source; title.color
    is an attribute of the block title; and {{words}} in texts and sources are columns, too. An
    image without a source in a row is hidden.

    Run it again, and it goes on where it was stopped; Ctrl-C ends it after what is underway. What
    fails is told, and the exit code is 1.
    """
    from foveate.designs.batch import Batch, Report
    from foveate.designs.design import Design
    from foveate.service.draw import Drawing, check_scale, format_named

    stopped, report = threading.Event(), Report()
    asked = Batch(
        design=Design.open(file),
        rows=rows,
        out=out,
        drawing=Drawing(format_named(format), page, check_scale(scale), quality),
        name=name,
        workers=workers,
        again=again,
        stopped=stopped,
    )
    if not rows.is_file():
        raise BadOption(f"Expected rows in a file, got {rows}.")
    with _interrupted(stopped), _shown(asked, stopped) as show:
        told = more = 0
        for made in asked.run(report):
            said = _tell(made, told, as_json=as_json)
            told += said
            more += not said and bool(made.message or made.note)
            show(report)
    if more and not as_json:
        aside().print(f"And {more:,} more: --json tells them all.", soft_wrap=True)
    _tell_all(report, as_json=as_json)
    if report.stopped and not report.failed:
        raise typer.Exit(INTERRUPTED)
    if report.failed:
        raise typer.Exit(1)


def _tell(made: Made, told: int, *, as_json: bool) -> int:
    """Tell what became of a row, where that is worth it, and return how many lines that took."""
    if as_json:
        words = {"row": made.row.number, "file": made.row.name, "bytes": made.bytes}
        words |= {"before": True} if made.before else {}
        words |= {"error": made.error, "message": made.message} if made.error else {}
        typer.echo(json.dumps(words | ({"note": made.note} if made.note else {})))
        return 0
    said = made.message or made.note
    if not said or told >= TOLD:
        return 0
    name = made.row.name or f"row {made.row.number}"
    aside().print(printable(f"{name}: {said}"), markup=False, highlight=False, soft_wrap=True)
    return 1


def _tell_all(report: Report, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"report": report.to_json()}))
        return
    parts = [f"{report.done:,} done", f"{report.per_second:.1f}/s"]
    parts += [f"{report.before:,} done before"] if report.before else []
    parts += [f"{report.failed:,} failed"] if report.failed else []
    typer.echo(f"{', '.join(parts)}.", err=True)


@contextmanager
def _interrupted(stopped: threading.Event) -> Iterator[None]:
    """Have the first Ctrl-C end it after what is underway, and a second one at once."""

    def stop(*_: object) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _shown(asked: Batch, stopped: threading.Event) -> Iterator[Callable[[Report], None]]:
    """Give what shows how far it is, where somebody sees it."""
    console = aside()
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (
        BarColumn(None),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, expand=True, transient=True) as progress:
        task = progress.add_task("", total=asked.count())

        def show(report: Report) -> None:
            met = report.done + report.before + report.failed
            ends = "ends after what is underway; Ctrl-C: at once"
            words = ends if stopped.is_set() else f"{report.per_second:.1f}/s"
            progress.update(task, completed=met, description=words)

        yield show
