"""`foveate jobs key`: who may ask a server for jobs over a network."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final

import typer

from foveate.cli.people_tables import say
from foveate.cli.several import AsJson
from foveate.people.keys import ANY, Scope

app = typer.Typer(
    help="Keys with which programs ask for jobs over HTTP. Until there is one, only this machine "
    "is answered.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="What the key is called, such as who has it.")]
HIDDEN: Final = frozenset({"sha256", "collection"})


@app.command()
def add(
    name: Name,
    scope: Annotated[
        Scope,
        typer.Option(
            help="read: look at its jobs; write: queue, cancel and delete too; admin: everybody's."
        ),
    ] = Scope.WRITE,
    as_json: AsJson = False,
) -> None:
    """Make a key, and print its secret, which is told only now."""
    secret = _keys().add(name, ANY, scope)
    say({"name": name, "scope": scope.value, "secret": secret}, secret, as_json=as_json)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the keys; no secret is told."""
    keys = [
        {word: value for word, value in asdict(each).items() if word not in HIDDEN}
        for each in _keys().all()
    ]
    lines = "\n".join(f"{each['name']}\t{each['scope']}" for each in keys)
    say({"keys": keys}, lines, as_json=as_json)


@app.command()
def revoke(name: Name) -> None:
    """Let a key be good for nothing any more."""
    _keys().revoke(name)
    typer.echo(f"{name} is revoked.")


@app.command("open")
def open_() -> None:
    """Let this machine ask without a key again, once all are revoked."""
    _keys().open()
    typer.echo("This machine is answered without a key.")


def _keys() -> Any:  # noqa: ANN401 - imported only now, to start fast
    from foveate.jobs.folders import queue_folder
    from foveate.options.in_settings import load
    from foveate.people.keys import Keys

    return Keys(queue_folder(load()))
