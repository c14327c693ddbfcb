"""`foveate design import`: designs of SVG and of Figma's JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foveate.cli.complaints import printable
from foveate.cli.people_tables import say
from foveate.cli.several import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence


def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="An SVG, or what Figma's GET /v1/files/KEY answers, as JSON.", metavar="FILE"
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="Write the design into this file, and its pictures beside it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Make a design of a file of another program: foveate design import a.svg --out a.xml.

    What a design has no words for is told, a sentence each. Of Figma, ask for geometry=paths.
    """
    from foveate.cli.places import Places
    from foveate.designs.design import Design

    design, made = Design.imported(file)
    places = Places.of([str(file)])
    places.deliver(design.xml.encode(), out)
    files = {name: out.parent / name for name in made.pictures}
    for name, data in made.pictures.items():
        places.deliver(data, files[name])
    _tell(out, [*files.values()], made.remarks)
    if as_json:
        told = {"file": str(out), "pictures": [*map(str, files.values())]}
        say({**told, "remarks": [*made.remarks]}, "", as_json=True)


def _tell(out: Path, pictures: Sequence[Path], remarks: Sequence[str]) -> None:
    for line in (*map(str, (out, *pictures)), *remarks):
        typer.echo(printable(line), err=True)
