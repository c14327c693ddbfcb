"""`foveate`: one command a file; errors are one sentence, exit codes are 0, 1 and 2."""

from __future__ import annotations

import logging
import sys
from typing import Final

import typer
from rich.console import Console

from foveate.cli.analyse import ListsParts, analyse
from foveate.cli.crops import crops
from foveate.cli.doctor import doctor
from foveate.cli.models import app as models
from foveate.cli.pictures import faces, render
from foveate.cli.serve import serve
from foveate.cli.sign import sign
from foveate.cli.similar import similar
from foveate.errors import BadRequest, BadSettings, FoveateError

EXIT: Final[dict[type[FoveateError], int]] = {BadRequest: 2, BadSettings: 2, FoveateError: 1}
"""2 is about what was asked, 1 about everything else. The nearest ancestor decides."""

app = typer.Typer(
    name="foveate",
    help="Pictures resized, cropped around the people in them, and compressed: by URL or here.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (serve, render, faces, crops, similar, sign, doctor):
    app.command()(command)
app.command(cls=ListsParts)(analyse)
app.add_typer(models, name="models")


def exit_code(kind: type[FoveateError]) -> int:
    """Return the exit code of the nearest ancestor that has one."""
    return next(EXIT[cls] for cls in kind.__mro__ if cls in EXIT)


def main() -> None:
    """Run the command line."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    try:
        app()
    except FoveateError as error:
        console = Console(stderr=True, soft_wrap=True)
        console.print("foveate:", style="bold red", end=" ")
        console.print(error.public, markup=False, highlight=False)
        sys.exit(exit_code(type(error)))
    except OSError as error:
        typer.echo(f"foveate: {error.filename or 'a file'}: {error.strerror}", err=True)
        sys.exit(1)
