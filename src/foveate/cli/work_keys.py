"""`key` of `foveate jobs` and `foveate dataset`: who may ask a server for long work."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Final

import typer

from foveate.cli.people_tables import say
from foveate.cli.several import AsJson
from foveate.errors import BadOption
from foveate.people.keys import ANY, Keys, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from foveate.settings import Settings

Name = Annotated[str, typer.Argument(help="What the key is called, such as who has it.")]
HIDDEN: Final = frozenset({"sha256", "collection"})


def keys_app(
    work: str, scopes: Mapping[Scope, str], folder: Callable[[Settings], Path]
) -> typer.Typer:
    """Return the commands for the keys of a folder, which the settings name.

    `scopes` are those that a key can have, and what each of them lets its bearer do.
    """
    offered = "; ".join(f"{scope.value}: {what}" for scope, what in scopes.items())
    app = typer.Typer(
        help=f"Keys with which programs ask for {work} over HTTP. Until there is one, only this "
        "machine is answered.",
        no_args_is_help=True,
    )

    def keys() -> Keys:
        from foveate.options.in_settings import load

        return Keys(folder(load()), work)

    @app.command()
    def add(
        name: Name,
        scope: Scope = typer.Option(Scope.WRITE, help=f"{offered}."),  # noqa: B008 - of these keys
        as_json: AsJson = False,
    ) -> None:
        """Make a key, and print its secret, which is told only now."""
        if scope not in scopes:
            wanted = f"Expected {' or '.join(scopes)} as the scope of a key for {work}"
            raise BadOption(f"{wanted}, got {scope.value}, which would see nothing.")
        _check_folder(name, [each.name for each in keys().all()])
        secret = keys().add(name, ANY, scope)
        say({"name": name, "scope": scope.value, "secret": secret}, secret, as_json=as_json)

    @app.command("list")
    def list_(as_json: AsJson = False) -> None:
        """List the keys; no secret is told."""
        from foveate.http_dates import stamp

        told = [
            {
                **{word: value for word, value in asdict(each).items() if word not in HIDDEN},
                "added": stamp(each.added),
            }
            for each in keys().all()
        ]
        lines = "\n".join(f"{each['name']}\t{each['scope']}" for each in told)
        say({"keys": told}, lines, as_json=as_json)

    @app.command()
    def revoke(name: Name) -> None:
        """Let a key be good for nothing any more."""
        keys().revoke(name)
        typer.echo(f"{name} is revoked.")

    @app.command("open")
    def open_() -> None:
        """Let this machine ask without a key again, once all are revoked."""
        keys().open()
        typer.echo("This machine is answered without a key.")

    return app


def _check_folder(name: str, others: Sequence[str]) -> None:
    """Raise BadOption for a key whose results would lie in the folder of another one's."""
    from foveate.jobs.folders import folder_of

    shared = next((each for each in others if folder_of(each) == folder_of(name)), None)
    if shared is not None and shared != name:
        raise BadOption(f"Expected another name than {name}: its folder is that of {shared}.")
