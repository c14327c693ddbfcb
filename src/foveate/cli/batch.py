"""`foveate batch`: renditions and analyses of any number of pictures, resumed where it stopped."""

from __future__ import annotations

import json
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console

from foveate.batches.description import OnError, TableFormat
from foveate.batches.executor import Where
from foveate.cli.batch_progress import shown_progress, told_estimate, told_report
from foveate.cli.complaints import complain_of
from foveate.cli.complaints import told as sentence
from foveate.cli.completion import options_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from foveate.batches.description import Description
    from foveate.batches.made import Made
    from foveate.batches.report import BatchReport
    from foveate.batches.run import Going
    from foveate.errors import FoveateError

INTERRUPTED: Final = 130
"""What shells say of a program that Ctrl-C ended."""
SETTLE_S: Final = 2.0

Sources = Annotated[
    list[str],
    typer.Argument(
        help="Folders, files, patterns in quotes, lists (.txt, .csv, .jsonl, .parquet), "
        "s3://BUCKET/PREFIX/, http(s) addresses, or - for a list on standard input.",
        metavar="SOURCE",
    ),
]
Out = Annotated[
    str, typer.Option(help="Write into this folder, or s3://BUCKET/PREFIX.", metavar="DEST")
]
Options = Annotated[
    list[str] | None,
    typer.Option(
        "--options",
        "-o",
        help="As in the URL; repeatable: each is a rendition of every picture.",
        autocompletion=options_words,
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--name",
        help="How renditions are named, for all or one for each: {path}, {stem}, {ext}, {width}, "
        "{height}, {rendition}, {row}, {digest}, and columns of a list.",
        metavar="TEMPLATE",
    ),
]
Parts = Annotated[
    str, typer.Option(help="What is to be known of each picture: faces,colours, as in analyse.")
]
Crops = Annotated[
    list[str] | None,
    typer.Option("--crop", help="An aspect ratio or a format of which to know the best crop."),
]
Tables = Annotated[TableFormat, typer.Option(help="Write what is known as this.")]
Workers = Annotated[
    int,
    typer.Option(
        min=0,
        max=1024,
        help="Pictures at once, or workers of a cluster; 0 is the number of cores, or all it has.",
    ),
]
EngineAsked = Annotated[
    Where, typer.Option("--engine", help="Work on pictures here, or on a Ray cluster.")
]
Retry = Annotated[bool, typer.Option("--retry-failed", help="Try again what failed before.")]
Dry = Annotated[
    bool, typer.Option("--dry-run", help="Write nothing; estimate time, bytes and cost.")
]
Watch = Annotated[
    bool, typer.Option("--watch", help="Go on: take new and changed files as they settle.")
]
Errors = Annotated[OnError, typer.Option("--on-error", help="After a picture that fails.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print a line of JSON for each picture, then the report.")
]


def batch(
    sources: Sources,
    *,
    out: Out,
    options: Options = None,
    name: Names = None,
    parts: Parts = "",
    crop: Crops = None,
    tables: Tables = TableFormat.JSONL,
    workers: Workers = 0,
    engine: EngineAsked = Where.LOCAL,
    retry_failed: Retry = False,
    on_error: Errors = OnError.CONTINUE,
    dry_run: Dry = False,
    watch: Watch = False,
    as_json: AsJson = False,
) -> None:
    """Make renditions of many pictures, and tables of what is known of them.

    What was done is not done again: after an interruption, or a power cut, run the same command.
    Ctrl-C ends after the pictures that are underway, a second one at once. The exit code is 1
    where pictures failed, and 130 after an interruption.
    """
    from foveate.background import default_app
    from foveate.batches.library import description_of, engine_of, words_of
    from foveate.batches.run import Going
    from foveate.batches.sources import check_found
    from foveate.errors import FoveateError

    asked = description_of(
        sources,
        out,
        options or (),
        names=name or (),
        parts=words_of(parts),
        crops=crop or (),
        tables=tables,
        on_error=on_error,
    )
    elsewhere = engine_of(engine, default_app(), workers)
    going = Going(workers=workers, engine=elsewhere, apart=True, retry_failed=retry_failed)
    if dry_run:
        from foveate.batches.estimate import estimated

        told_estimate(estimated(default_app(), asked, going), as_json=as_json)
        return
    report, costs = going.report, default_app().settings.costs
    try:
        _run(asked, going, as_json=as_json, watch=watch)
    except (FoveateError, OSError):
        if report.met:
            told_report(report, as_json=as_json, costs=costs)
        raise
    told_report(report, as_json=as_json, costs=costs)
    check_found(sources, report)
    if code := exit_code(report, on_error):
        raise typer.Exit(code)


def exit_code(report: BatchReport, on_error: OnError) -> int:
    """Return how a batch ended as shells are told: by Ctrl-C, or with pictures that failed."""
    failed = report.failed and on_error is OnError.STOP
    if report.stopped and not failed:
        return INTERRUPTED
    return int(not report.whole)


def _run(asked: Description, going: Going, *, as_json: bool, watch: bool) -> None:
    from dataclasses import replace

    from foveate.background import default_app
    from foveate.batches.run import batch as run
    from foveate.batches.watch import watch as run_on

    app, console = default_app(), Console(stderr=True)
    progress = shown_progress(asked, console, going.stopped, ends=not watch)
    with _interruptible(going.stopped), progress as show:
        tell = _telling(show, console, as_json=as_json)
        going = replace(going, told=tell, missed=_missing(console))
        if watch:
            run_on(app, asked, replace(going, settle_s=SETTLE_S))
        else:
            run(app, asked, going)


def _telling(
    show: Callable[[BatchReport], None], console: Console, *, as_json: bool
) -> Callable[[Made, BatchReport], None]:
    def tell(made: Made, report: BatchReport) -> None:
        if as_json:
            typer.echo(json.dumps(row(made)))
        elif made.error:
            complain_of(_about(made), made.message, console)
        show(report)

    return tell


def _about(made: Made) -> str:
    """Return of which picture something is said, where that does not say so itself."""
    key = made.row.key
    return "" if key and made.message.startswith(f"{key}: ") else key or f"row {made.row.number}"


def _missing(console: Console) -> Callable[[FoveateError | OSError], None]:
    return lambda why: complain_of("", f"{sentence(why)} It is looked at again.", console)


def row(made: Made) -> dict[str, Any]:
    """Return what became of a picture as programs read it."""
    told: dict[str, Any] = {"source": made.row.key, "status": made.status}
    if made.error:
        return {**told, "error": made.error, "message": made.message}
    outputs = [{"name": each.name, "bytes": each.bytes} for each in made.outputs]
    return {**told, "bytes": made.bytes, "seconds": round(made.seconds, 4), "outputs": outputs}


@contextmanager
def _interruptible(stopped: threading.Event) -> Iterator[None]:
    """Let the first interruption end it gently, and the second at once."""

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        if stopped.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stopped.set()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
