"""`foveate dataset raw`: what datasets are made of, registered on the machine of the server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from foveate.cli.flags import AsJson
from foveate.cli.people_tables import print_table, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.datasets.raw.registry import Registry

app = typer.Typer(
    help="What datasets are made of: pictures in a folder or bucket, with what is known of them. "
    "Used on the machine of the server.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="What requests call it.")]
Files = Annotated[
    list[str] | None,
    typer.Option(help="A file with annotations below the place; SPLIT=FILE names a split, too."),
]


@app.command()
def add(
    name: Name,
    place: Annotated[str, typer.Argument(help="A folder, or s3://BUCKET/PREFIX.")],
    *,
    kind: Annotated[
        str, typer.Option(help="folder, imagefolder, list, coco, voc or yolo.")
    ] = "folder",
    annotations: Files = None,
    licence: Annotated[str, typer.Option(help="What its pictures may be used for.")] = "",
    origin: Annotated[str, typer.Option(help="Where they are from.")] = "",
    about: Annotated[str, typer.Option(help="What else is to be said in datasheets.")] = "",
    as_json: AsJson = False,
) -> None:
    """Register raw data, and look at all of it."""
    from foveate.datasets.raw.raw import raw_from_json

    # Whoever makes datasets of it may stand in another folder.
    where = place if "://" in place else str(Path(place).absolute())
    said = {"kind": kind, "place": where, "annotations": annotations or []}
    texts = {"licence": licence, "origin": origin, "about": about}
    found = _registry().add(raw_from_json({**said, **texts}, name))
    told = found.to_json()
    words = f"{name} is registered; {_counts(told)}, classes: {len(found.classes):,}."
    say(told, "\n".join([words, *_remarks(told)]), as_json=as_json)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List what is registered."""
    found = _registry().all()
    rows = [each.to_json() for each in found.raw]
    table = Table(box=SIMPLE_HEAD)
    for column in ("name", "kind", "place", "licence"):
        table.add_column(column)
    for row in rows:
        table.add_row(row["name"], row["kind"], row["place"], row["licence"])
    for name, why in found.broken:
        table.add_row(name, "broken", str(why), "")
    broken = [{"name": name, "message": str(why)} for name, why in found.broken]
    print_table({"raw": rows, "broken": broken}, table, as_json=as_json)


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Look at raw data as it is now: only what changed is read."""
    registry = _registry()
    told = registry.look(registry.of(name)).to_json()
    lines = [f"{name}: {told['kind']} in {told['place']}; {_counts(told)}"]
    lines += [f"  {word}: {told[word]}" for word in ("licence", "origin", "about") if told[word]]
    classes = ", ".join(each or "(none)" for each in told["classes"])
    lines += [f"  classes: {classes}"] if classes else []
    lines += _remarks(told)
    say(told, "\n".join(lines), as_json=as_json)


@app.command()
def remove(name: Name) -> None:
    """Register it no more; its pictures, and datasets of them, stay."""
    _registry().remove(name)
    typer.echo(f"{name} is registered no more.")


def _counts(told: Mapping[str, Any]) -> str:
    unread = f" ({told['unread']:,} cannot be read)" if told["unread"] else ""
    return f"pictures: {told['count']:,}{unread}, things: {told['things']:,}"


def _remarks(told: Mapping[str, Any]) -> list[str]:
    return [f"  {each}" for each in told["remarks"]]


def _registry() -> Registry:
    from foveate.datasets.raw.registry import open_registry
    from foveate.options.in_settings import load

    return open_registry(load())
