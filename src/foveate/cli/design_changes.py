"""`foveate design diff` and `merge`: what is different between two designs, and both together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from foveate.cli.complaints import printable
from foveate.cli.people_tables import say
from foveate.cli.several import AsJson


def diff(
    before: Annotated[Path, typer.Argument(help="A design.", metavar="A")],
    after: Annotated[Path, typer.Argument(help="Another version of it.", metavar="B")],
    as_json: AsJson = False,
) -> None:
    """Say what makes one design the other, a sentence for each change; nothing where none does.

    With --json it is a change set, which the HTTP API and Python can apply, take back and merge.
    """
    from foveate.designs.design import Design

    told = Design.open(before).changes_to(Design.open(after))
    lines = "\n".join(printable(each["sentence"]) for each in told["changes"])
    if as_json or lines:
        say(told, lines, as_json=as_json)


def merge(
    ours: Annotated[Path, typer.Argument(help="A later version of BASE.", metavar="A")],
    base: Annotated[Path, typer.Argument(help="What both were made of.", metavar="BASE")],
    theirs: Annotated[Path, typer.Argument(help="Another later version.", metavar="B")],
    out: Annotated[
        Path | None, typer.Option(help="Write the design into this file, in place of printing it.")
    ] = None,
) -> None:
    """Join two later versions of one design, as XML.

    All changes of A are made, and those of B that do not contradict them. The others are told on
    standard error, and the exit code is 1.
    """
    from foveate.cli.places import Places
    from foveate.designs.design import Design

    made, conflicts = Design.open(base).merged(Design.open(ours), Design.open(theirs))
    if out is None:
        typer.echo(made.xml, nl=False)
    else:
        Places.of([str(base), str(theirs)]).deliver(made.xml_in(out.parent).encode(), out)
    for each in conflicts:
        typer.echo(printable(f"Left out: {each}"), err=True)
    if conflicts:
        raise typer.Exit(1)
