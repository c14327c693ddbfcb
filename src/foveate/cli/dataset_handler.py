"""`foveate dataset handler`: versions of handlers, installed on the machine of the server."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer

from foveate.cli.flags import AsJson
from foveate.cli.people_tables import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.datasets.handlers.environments import Environments

app = typer.Typer(
    help="Handlers, each version in an environment of its own. Used on the machine of the server.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="What requests call it.")]
_ENDED: Final = 128 + signal.SIGTERM
"""As a shell tells of what a signal ended."""
Version = Annotated[str, typer.Argument(help="Its version.")]


@app.command()
def install(
    name: Name,
    version: Version,
    source: Annotated[
        str,
        typer.Argument(help="One that FOVEATE_DATASETS__HANDLERS_FROM allows; git:URL@COMMIT."),
    ],
    as_json: AsJson = False,
) -> None:
    """Install a version of a handler, beside those that are there."""
    with _ended_as_interrupted():
        made = _environments().install(name, version, source)
    told = {"name": made.name, "version": made.version, "pin": made.pin}
    say(told, f"{made.name} {made.version} is installed.", as_json=as_json)


@app.command()
def remove(name: Name, version: Version) -> None:
    """Remove a version of a handler; datasets that it made stay."""
    _environments().remove(name, version)
    typer.echo(f"{name} {version} is gone.")


@contextmanager
def _ended_as_interrupted() -> Iterator[None]:
    """Let SIGTERM, as an interruption does, leave nothing of what was begun."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(_ENDED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _environments() -> Environments:
    from foveate.datasets.handlers.installed import handlers_of
    from foveate.options.in_settings import load

    return handlers_of(load()).environments
