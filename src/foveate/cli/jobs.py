"""`foveate jobs`: batches that a running server works on."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from foveate.batches.description import OnError, TableFormat
from foveate.cli.batch import Crops, Errors, Names, Options, Parts, Tables
from foveate.cli.jobs_keys import app as key
from foveate.cli.people_tables import print_table, say
from foveate.cli.several import AsJson

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.storage.job_server import JobServer

app = typer.Typer(
    help="Batches that a running server works on, whoever goes away meanwhile.",
    no_args_is_help=True,
)
app.add_typer(key, name="key")
FAILED: Final = 1
Server = Annotated[
    str, typer.Option(help="The address of the server.", envvar="FOVEATE_SERVER", metavar="URL")
]
Key = Annotated[
    str, typer.Option("--key", help="A key for its jobs.", envvar="FOVEATE_KEY", metavar="SECRET")
]
JobId = Annotated[str, typer.Argument(help="The id of a job.", metavar="JOB")]
Sources = Annotated[
    list[str],
    typer.Argument(
        help="Pictures, folders, patterns in quotes and lists below the origin of the server, or "
        "http(s) addresses that it allows.",
        metavar="SOURCE",
    ),
]
Out = Annotated[str, typer.Option(help="Call its folder so, instead of by its id.")]
Webhook = Annotated[str, typer.Option(help="POST to this address once it has ended.")]
Idempotency = Annotated[
    str, typer.Option("--idempotency-key", help="With the same one it is queued only once.")
]
Follow = Annotated[bool, typer.Option("--watch", help="Show how it goes until it has ended.")]
UNTIL: Final = {
    "pictures_per_day": "its key has had the pictures of a day",
    "not_written": "its results cannot be written",
}
"""Why a job waits for a time, by the word of JSON."""
USUAL: Final = "http://127.0.0.1:8100"


@app.command()
def submit(
    sources: Sources,
    *,
    options: Options = None,
    name: Names = None,
    parts: Parts = "",
    crop: Crops = None,
    tables: Tables = TableFormat.JSONL,
    on_error: Errors = OnError.CONTINUE,
    out: Out = "",
    webhook: Webhook = "",
    idempotency: Idempotency = "",
    follow: Follow = False,
    server: Server = USUAL,
    secret: Key = "",
    as_json: AsJson = False,
) -> None:
    """Queue a job, and print its id: what `foveate batch` does, on the server and its pictures."""
    from foveate.batches.library import description_of, words_of

    asked = description_of(
        sources,
        out or "out",
        options or (),
        names=name or (),
        parts=words_of(parts),
        crops=crop or (),
        tables=tables,
        on_error=on_error,
    )
    said = {**asked.to_json(), "out": out, "webhook": webhook}
    with _server(server, secret) as there:
        job = there.submit(said, idempotency)
        say(job, job["id"], as_json=as_json)
        if "waits" in job and not as_json:
            typer.echo(_waits(job["waits"]), err=True)
        if follow:
            _watch(there, job["id"], as_json=as_json)


@app.command("list")
def list_(
    state: Annotated[str, typer.Option(help="Only those that are queued, running, ...")] = "",
    limit: Annotated[int, typer.Option(help="So many at most.", min=1, max=1000)] = 100,
    server: Server = USUAL,
    secret: Key = "",
    as_json: AsJson = False,
) -> None:
    """List jobs, the newest first."""
    with _server(server, secret) as there:
        jobs = there.jobs(state, limit)
    print_table({"jobs": jobs}, _table(jobs), as_json=as_json)


@app.command()
def show(job: JobId, server: Server = USUAL, secret: Key = "", as_json: AsJson = False) -> None:
    """Say how a job stands."""
    with _server(server, secret) as there:
        told = there.get(job)
    say(told, "\n".join(lines(told)), as_json=as_json)


@app.command()
def watch(job: JobId, server: Server = USUAL, secret: Key = "", as_json: AsJson = False) -> None:
    """Show how a job goes until it has ended; with --json an event a line.

    The exit code is 1 where it failed, was cancelled, or pictures failed.
    """
    with _server(server, secret) as there:
        _watch(there, job, as_json=as_json)


@app.command()
def cancel(job: JobId, server: Server = USUAL, secret: Key = "", as_json: AsJson = False) -> None:
    """Cancel a job; what is done stays."""
    with _server(server, secret) as there:
        told = there.cancel(job)
    word = "being cancelled" if told.get("cancelling") else told["state"]
    say(told, f"{job} is {word}.", as_json=as_json)


@app.command()
def delete(job: JobId, server: Server = USUAL, secret: Key = "") -> None:
    """Delete a job that has ended, and its results."""
    with _server(server, secret) as there:
        gone = there.delete(job)
    typer.echo(f"{job} is gone{'' if gone else '; its results are being removed still'}.")


@app.command()
def fetch(
    job: JobId,
    dest: Annotated[Path, typer.Argument(help="A folder.", metavar="DEST")],
    server: Server = USUAL,
    secret: Key = "",
    as_json: AsJson = False,
) -> None:
    """Download the results of a job; what is there with its size is not fetched again."""
    many = size = 0
    with _server(server, secret) as there:
        for file, url, expected in _files(there, job, dest):
            if not file.is_file() or not expected or file.stat().st_size != expected:
                size += there.save(url, file, expected)
                many += 1
    say({"files": many, "bytes": size}, f"{many:,} files, {size:,} bytes.", as_json=as_json)


def _files(there: JobServer, job: str, dest: Path) -> Iterator[tuple[Path, str, int]]:
    """Yield where each result goes, where it is, and its size. Raises BadOption for a way out."""
    from foveate.errors import BadOption

    root = dest.resolve()
    for each in there.files(job):
        try:
            file = (root / each["name"]).resolve()
        except (OSError, ValueError):  # a name that no file can have
            file = Path()
        if not file.is_relative_to(root):
            raise BadOption(f"Expected a name below {dest}, got {each['name'][:200]!r}.")
        yield file, each["url"], each["bytes"]


def _watch(there: JobServer, job: str, *, as_json: bool) -> None:
    from foveate.cli.jobs_progress import shown

    console, last = Console(stderr=True), dict[str, Any]()
    with shown(console) as show:
        for event in there.events(job):
            last = event
            if as_json:
                typer.echo(json.dumps(event))
            show(event)
    told = there.get(job)
    if not as_json:
        typer.echo("\n".join(lines(told)), err=True)
    if last["event"] != "done" or counts(told["progress"])[1]:
        raise typer.Exit(FAILED)


def counts(progress: dict[str, Any]) -> tuple[int, int, int | None]:
    """Return how many pictures are done, failed, and there."""
    done = sum(progress.get(word, 0) for word in ("done", "before", "repeated"))
    failed = sum(progress.get(word, 0) for word in ("failed", "failed_before"))
    return done, failed, progress.get("total")


def lines(job: dict[str, Any]) -> list[str]:
    """Return how a job stands, for people."""
    done, failed, total = counts(job["progress"])
    of = f" of {total:,}" if total is not None else ""
    told = [f"{job['id']} is {job['state']}: {done:,}{of} done, {failed:,} failed."]
    if waits := job.get("waits"):
        told.append(_waits(waits))
    told += [f"  {many:,} {error}" for error, many in job["progress"].get("errors", {}).items()]
    if why := job.get("error"):
        told.append(f"{why['error']}: {why['message']}")
    return told


def _waits(waits: dict[str, Any]) -> str:
    if "until" in waits:
        why = UNTIL.get(waits["why"], str(waits["why"]))
        return f"It waits until {waits['until']}: {why}."
    return "It waits for a server with this queue and more than 0 as FOVEATE_JOBS__WORKERS."


def _table(jobs: Sequence[dict[str, Any]]) -> Table:
    """Return jobs as a table: on 80 columns all but where the results go is shown whole."""
    rows = []
    for job in jobs:
        done, failed, _ = counts(job["progress"])
        made = job["created"][5:16].replace("T", " ")
        rows.append((job["id"], _state(job), str(done), str(failed), made))
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for name, *cells in zip(("job", "state", "done", "failed", "created"), *rows, strict=True):
        table.add_column(name, min_width=max(map(len, (name, *cells))))
    table.add_column("out", no_wrap=True)
    for row, job in zip(rows, jobs, strict=True):
        table.add_row(*row, job["description"]["out"])
    return table


def _state(job: dict[str, Any]) -> str:
    until = job.get("waits", {}).get("until")
    return f"{job['state']} until {until[:16]}Z" if until else str(job["state"])


def _server(address: str, secret: str) -> closing[JobServer]:
    from foveate.storage.job_server import JobServer

    return closing(JobServer(address, secret))
