"""`foveate dataset`: training sets of a server, asked for, waited for and fetched."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from foveate.cli.complaints import printable
from foveate.cli.dataset_handler import app as handler_commands
from foveate.cli.dataset_keys import app as key
from foveate.cli.dataset_raw import app as raw
from foveate.cli.flags import AsJson
from foveate.cli.jobs import USUAL, Server
from foveate.cli.people_tables import print_table, say
from foveate.errors import BadOption, DatasetFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.datasets.client import Client
    from foveate.datasets.described import Described

app = typer.Typer(
    help="Training sets that a server makes once, and hands out to who trains.",
    no_args_is_help=True,
)
app.add_typer(raw, name="raw")
app.add_typer(handler_commands, name="handler")
app.add_typer(key, name="key")
Key = Annotated[
    str,
    typer.Option("--key", help="A key for its datasets.", envvar="FOVEATE_KEY", metavar="SECRET"),
]
DatasetId = Annotated[str, typer.Argument(help="The id of a dataset.", metavar="DATASET")]
Out = Annotated[Path, typer.Option(help="Below this folder, in one by the id of the dataset.")]
Parallel = Annotated[int, typer.Option(help="Files that are fetched at once.", min=1, max=64)]


@app.command()
def request(
    name: Annotated[str, typer.Argument(help="Raw data, by its name.")],
    *,
    handler: Annotated[str, typer.Option(help="What makes pictures of it.")] = "foveate",
    version: Annotated[str, typer.Option(help="A version of that; the newest else.")] = "",
    config: Annotated[
        str, typer.Option(help="Its configuration as JSON, or a file that holds it.")
    ] = "{}",
    webhook: Annotated[str, typer.Option(help="POST to this address at its end.")] = "",
    wait_too: Annotated[bool, typer.Option("--wait", help="Wait until it is ready.")] = False,
    server: Server = USUAL,
    secret: Key = "",
    as_json: AsJson = False,
) -> None:
    """Ask for a dataset, and print its id: it is made now, unless it is there already."""
    with _client(server, secret) as client:
        told = client.request(name, handler, version, _config(config), webhook=webhook)
        if wait_too and not told.is_ready:
            typer.echo(told.id, err=True)
            told = _wait(client, told.id, as_json=as_json)
        _warn(client, told)
    say(dict(told.told), told.id, as_json=as_json)


@app.command()
def wait(
    dataset: DatasetId,
    timeout: Annotated[float, typer.Option(help="Seconds to wait at most; 0 is no limit.")] = 0.0,
    server: Server = USUAL,
    secret: Key = "",
    as_json: AsJson = False,
) -> None:
    """Wait until a dataset is ready, and show how it goes; with --json an event a line."""
    with _client(server, secret) as client:
        told = _wait(client, dataset, timeout, as_json=as_json)
    if not as_json:
        typer.echo("\n".join(lines(told)))


@app.command()
def get(
    dataset: DatasetId,
    out: Out = Path(),
    parallel: Parallel = 8,
    server: Server = USUAL,
    secret: Key = "",
    as_json: AsJson = False,
) -> None:
    """Download a dataset, once it is ready, and verify it; what is here is not fetched again."""
    from foveate.cli.dataset_progress import bytes_shown

    with _client(server, secret) as client:
        _wait(client, dataset, as_json=False)
        with bytes_shown(Console(stderr=True)) as show:
            local = client.download(dataset, out, parallel=parallel, progress=show)
    for line in (nothing_in(local.manifest), left_out(local.manifest)):
        if line:
            typer.echo(line, err=True)
    told = {"id": local.id, "folder": str(local.folder), "samples": len(local)}
    say(told, str(local.folder), as_json=as_json)


@app.command("list")
def list_(
    search: Annotated[str, typer.Argument(help="Only those with this in their id.")] = "",
    state: Annotated[str, typer.Option(help="Only those that are ready, running, ...")] = "",
    server: Server = USUAL,
    secret: Key = "",
    as_json: AsJson = False,
) -> None:
    """List datasets, the newest first."""
    with _client(server, secret) as client:
        rows = [dict(each.told) for each in client.list(state, search)]
    table = Table(box=SIMPLE_HEAD)
    for column in ("dataset", "state", "samples", "bytes", "downloads", "used", "pinned"):
        table.add_column(column, no_wrap=column == "dataset")
    for row in rows:
        far = row.get("progress", {}) if row["state"] == "running" else {}
        of = f" of {far['of_samples']:,} pictures" if "of_samples" in far else ""
        samples = far.get("samples", row["samples"])
        counted = (f"{samples:,}{of}", f"{row['bytes']:,}", str(row["downloads"]))
        kept = "yes" if row["pinned"] else ""
        table.add_row(row["id"], row["state"], *counted, row["used"][:19], kept)
    print_table({"datasets": rows}, table, as_json=as_json)


@app.command()
def describe(
    dataset: DatasetId, server: Server = USUAL, secret: Key = "", as_json: AsJson = False
) -> None:
    """Say how a dataset stands and, once it is ready, what it consists of."""
    with _client(server, secret) as client:
        told = client.get(dataset)
        manifest = client.manifest(dataset) if told.is_ready else {}
    text = "\n".join([*lines(told), *_parts(manifest)])
    say({**told.told, "manifest": manifest}, text, as_json=as_json)


@app.command()
def pin(
    dataset: DatasetId, server: Server = USUAL, secret: Key = "", as_json: AsJson = False
) -> None:
    """Keep a dataset, whatever its age and the room that it takes."""
    with _client(server, secret) as client:
        told = client.pin(dataset)
    say(dict(told.told), f"{dataset} is kept.", as_json=as_json)


@app.command()
def unpin(
    dataset: DatasetId, server: Server = USUAL, secret: Key = "", as_json: AsJson = False
) -> None:
    """Let a dataset go in its time."""
    with _client(server, secret) as client:
        told = client.unpin(dataset)
    say(dict(told.told), f"{dataset} goes in its time.", as_json=as_json)


@app.command()
def cancel(
    dataset: DatasetId, server: Server = USUAL, secret: Key = "", as_json: AsJson = False
) -> None:
    """Have a dataset made no further; what is finished stays for whoever asks again."""
    with _client(server, secret) as client:
        told = client.cancel(dataset)
    say(dict(told.told), " ".join(lines(told)), as_json=as_json)


@app.command()
def delete(dataset: DatasetId, server: Server = USUAL, secret: Key = "") -> None:
    """Delete a dataset: it is made again, byte by byte, when somebody asks for it."""
    with _client(server, secret) as client:
        client.delete(dataset)
    typer.echo(f"{dataset} is gone.")


@app.command()
def handlers(server: Server = USUAL, secret: Key = "", as_json: AsJson = False) -> None:
    """List the handlers that may be asked for; with --json the schemas of their configurations."""
    with _client(server, secret) as client:
        rows = client.handlers()
    table = Table(box=SIMPLE_HEAD)
    for column in ("handler", "version", "takes"):
        table.add_column(column)
    for row in rows:
        table.add_row(row["name"], row["version"], ", ".join(row["schema"].get("properties", {})))
    print_table({"handlers": rows}, table, as_json=as_json)


def lines(told: Described) -> list[str]:
    """Return how a dataset stands, for people."""
    row, progress = told.told, told.progress
    if told.is_ready:
        counts = (
            (row["samples"], "sample"),
            (row["bytes"], "byte"),
            (row["downloads"], "download"),
        )
        counted = ", ".join(several(*each) for each in counts)
        return [f"{told.id} is ready: {counted}{', pinned' if row['pinned'] else ''}."]
    first = f"{told.id} {STATES.get(told.state, told.state)}{_far(progress, told.state)}."
    return [line for line in (first, told.why, told.log.rstrip()) if line]


def _far(progress: Mapping[str, Any], state: str) -> str:
    """Return how far a dataset is that is being made; empty before anybody told."""
    from foveate.cli.dataset_progress import span, waits

    rests = waits(progress)
    if "of_samples" not in progress:  # another server makes it, and tells of chunks alone
        chunks = progress.get("chunks", 0)
        return (f": {several(chunks, 'chunk')} finished" if chunks else "") + rests
    far, whole = progress.get("samples", 0), progress["of_samples"]
    eta_s = progress.get("eta_s", 0.0) if state == "running" else 0.0
    left = f", {span(eta_s)} left" if eta_s else ""
    return f": {far:,} of {several(whole, 'picture')}{left}{rests}"


def _parts(manifest: dict[str, Any]) -> list[str]:
    if not manifest:
        return []
    splits = manifest["splits"]
    told = [f"  {name}: {several(each['samples'], 'sample')}" for name, each in splits.items()]
    classes = manifest["classes"]
    named = ", ".join(classes[:MOST_NAMED]) + (", ..." if len(classes) > MOST_NAMED else "")
    shards = f"{several(len(manifest['shards']), 'shard')} as {manifest['format']}"
    labels = several(len(classes), "class", "classes")
    told.append(f"  {shards}; {labels}{': ' if named else ''}{named}")
    more = (_chosen(manifest), nothing_in(manifest), left_out(manifest))
    return [*told, *(f"  {line}" for line in more if line)]


def _chosen(manifest: Mapping[str, Any]) -> str:
    """Return how many pictures were chosen; empty where all were.

    >>> _chosen({"raw": {"count": 9}, "splits": {"train": {"chosen": 4}, "val": {"chosen": 2}}})
    'chosen: 6 of 9 pictures of raw data'
    """
    chosen = sum(each.get("chosen", 0) for each in manifest["splits"].values())
    there = manifest.get("raw", {}).get("count", chosen)
    said = f"chosen: {chosen:,} of {several(there, 'picture')} of raw data"
    return said if chosen < there else ""


def left_out(manifest: Mapping[str, Any]) -> str:
    """Return how many pictures have no sample, and why; empty where all have some.

    >>> left_out({"skipped": {"BrokenImage": 1, "NothingMade": 2}})
    'left out: 3 pictures (1 BrokenImage, 2 NothingMade)'
    """
    skipped = manifest.get("skipped", {})
    why = ", ".join(f"{count:,} {name}" for name, count in skipped.items())
    return f"left out: {several(sum(skipped.values()), 'picture')} ({why})" if why else ""


def nothing_in(manifest: Mapping[str, Any]) -> str:
    """Return which splits are asked for and have no sample; empty where all have some.

    >>> asked = {"config": {"splits": {"train": 0.9, "val": 0.1, "test": 0}}}
    >>> nothing_in({"request": asked, "splits": {"train": {"samples": 2}}})
    'nothing in: val, which `splits` ask for'
    """
    asked, there = _shares(manifest.get("request", {})), manifest.get("splits", {})
    empty = [name for name in asked if not there.get(name, {}).get("samples")]
    return f"nothing in: {', '.join(empty)}, which `splits` ask for" if empty else ""


def _shares(asked: Mapping[str, Any]) -> list[str]:
    """Return the splits that a configuration of the handler `foveate` asks for."""
    splits = asked.get("config", {}).get("splits")
    return [name for name, share in splits.items() if share] if isinstance(splits, dict) else []


def several(count: int, one: str, many: str = "") -> str:
    """Return so many of something.

    >>> several(1, "byte"), several(2000, "class", "classes")
    ('1 byte', '2,000 classes')
    """
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


STATES: Final = {"queued": "is queued", "running": "is being made", "failed": "failed"}
MOST_NAMED: Final = 20


def _wait(client: Client, dataset: str, timeout_s: float = 0.0, *, as_json: bool) -> Described:
    from foveate.cli.dataset_progress import samples_shown

    with samples_shown(Console(stderr=True)) as show:

        def tell(event: Any) -> None:  # noqa: ANN401 - as JSON has it
            show(event)
            if as_json:
                typer.echo(json.dumps(event))

        try:
            return client.wait(dataset, timeout_s or float("inf"), tell)
        except DatasetFailed as why:
            if why.log and not as_json:
                typer.echo("\n".join(map(printable, why.log.rstrip().split("\n"))), err=True)
            raise


def _warn(client: Client, told: Described) -> None:
    """Say what of a dataset that is ready is not as it was asked for."""
    if told.is_ready and _shares(told.told) and (line := nothing_in(client.manifest(told))):
        typer.echo(line, err=True)


def _config(said: str) -> dict[str, Any]:
    text = said if said.lstrip().startswith(("{", "[")) else _read(Path(said))
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as why:
        raise BadOption(f"Expected a configuration as JSON, got {said[:80]!r}: {why}.") from why
    if not isinstance(config, dict):
        raise BadOption(f"Expected a configuration as a JSON object, got {said[:80]!r}.")
    return config


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, ValueError) as why:
        raise BadOption(f"Expected JSON, or a file that holds it, got {str(file)[:80]!r}.") from why


def _client(address: str, secret: str) -> closing[Client]:
    from foveate.datasets.client import Client

    return closing(Client(address, secret))
