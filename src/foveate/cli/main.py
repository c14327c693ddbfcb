"""`foveate`: one command a file; errors are one sentence, exit codes are 0, 1 and 2."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from typing import Annotated, Final

import typer

from foveate.cli.album import duplicates, like, search
from foveate.cli.analyse import ListsParts, analyse
from foveate.cli.batch import batch
from foveate.cli.cluster import app as cluster
from foveate.cli.complaints import complain, exit_code
from foveate.cli.completion import COMPLETE, FOR_BASH, in_bash
from foveate.cli.costs import costs
from foveate.cli.crops import crops
from foveate.cli.dataset import app as dataset
from foveate.cli.design import app as design
from foveate.cli.doctor import doctor
from foveate.cli.faces import faces
from foveate.cli.flags import TakesOptions
from foveate.cli.jobs import app as jobs
from foveate.cli.models import app as models
from foveate.cli.people import app as people
from foveate.cli.purge import purge
from foveate.cli.recognise import recognise
from foveate.cli.render import render
from foveate.cli.score import score
from foveate.cli.select import select
from foveate.cli.serve import serve
from foveate.cli.sign import sign
from foveate.cli.similar import similar
from foveate.cli.srcset import srcset
from foveate.cli.stage import stage
from foveate.cli.tune import tune
from foveate.errors import FoveateError
from foveate.people.audit import through

PROGRAM: Final = "foveate"
ABORTS: Final = "lancedb"
"""Its threads run on while the interpreter goes, and one time in twelve abort the process."""

app = typer.Typer(
    name=PROGRAM,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMAND_CLASSES: Final = {analyse: ListsParts, render: TakesOptions, batch: TakesOptions}
"""Of commands that do more than take what they declare."""
COMMANDS: Final = (
    *(serve, render, faces, crops, select, similar, score, recognise, stage, sign, doctor, tune),
    *(analyse, srcset, batch, duplicates, like, search, costs, purge),
)
for command in COMMANDS:
    app.command(cls=COMMAND_CLASSES.get(command))(command)
app.add_typer(cluster, name="cluster")
app.add_typer(dataset, name="dataset")
app.add_typer(design, name="design")
app.add_typer(jobs, name="jobs")
app.add_typer(models, name="models")
app.add_typer(people, name="people")


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"foveate {version('foveate')}")
        raise typer.Exit


@app.callback()
def foveate(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which version this is.", callback=_tell_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Pictures resized, cropped around the people in them, and compressed: by URL or here."""
    context.with_resource(through("cli"))


def main() -> None:
    """Run the command line, and end the process."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    # What libvips has to say of a broken picture is in the error as well.
    logging.getLogger("pyvips").setLevel(logging.ERROR)
    try:
        run_commands()
    except SystemExit as leaving:
        if ABORTS in sys.modules:
            _leave(leaving.code)
        raise


def run_commands() -> None:
    """Do what the command line says. Raises SystemExit."""
    call = partial(app, prog_name=PROGRAM)
    try:
        in_bash(call) if os.environ.get(COMPLETE) == FOR_BASH else call()
    except FoveateError as error:
        complain(error)
        sys.exit(exit_code(type(error)))
    except OSError as error:
        complain(error)
        sys.exit(1)


def _leave(code: object) -> None:
    """End at once, once all that is to be done at the end is done."""
    atexit._run_exitfuncs()  # noqa: SLF001 - the interpreter's own way, which would come later
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))
