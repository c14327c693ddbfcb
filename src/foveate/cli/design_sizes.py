"""`foveate design resize` and `brand`: a design in other sizes, and in the looks of a brand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foveate.cli.complaints import printable
from foveate.cli.people_tables import say
from foveate.cli.several import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

File = Annotated[Path, typer.Argument(help="A design, as XML or JSON.", metavar="DESIGN")]
Out = Annotated[
    Path | None, typer.Option(help="Write the design into this file, in place of printing it.")
]


def resize(
    file: File,
    to: Annotated[
        list[str],
        typer.Option(help="A size: youtube-thumbnail, a5, 16:9, 1200x628. Again for more."),
    ],
    out: Annotated[
        Path, typer.Option(help="The folder for the designs, each called by its size.")
    ] = Path(),
    as_json: AsJson = False,
) -> None:
    """Bring a design to other sizes: foveate design resize story.xml --to 16:9 --to a5 --out sizes.

    The same blocks, arranged anew: pictures are cropped by what is in them, letters fit, and what
    there is no room for is hidden, and told.
    """
    from foveate.cli.places import Places
    from foveate.designs.design import Design

    design, rows = Design.open(file), []
    for size in dict.fromkeys(to):
        made, remarks = design.resized(size)
        place = out / f"{file.stem}-{size.replace(':', 'x')}.xml"
        place.parent.mkdir(parents=True, exist_ok=True)
        Places.of([str(file)]).deliver(made.xml_in(place.parent).encode(), place)
        rows.append({"to": size, "file": str(place), "remarks": [*remarks]})
        _tell(f"{size}: {place}", remarks)
    if as_json:
        say({"designs": rows}, "", as_json=True)


def brand(
    file: File,
    brand: Annotated[Path, typer.Option(help="Colours, fonts and logo of a brand, as TOML.")],
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Bring a design to a brand: foveate design brand card.xml --brand brand.toml.

    Colours by what they are for, fonts, the logo and least sizes, by rule; locked blocks stay.
    """
    from foveate.cli.places import Places
    from foveate.designs.design import Design

    design = Design.open(file)
    made, remarks = design.branded(brand.read_text("utf-8"))
    changes = design.changes_to(made)
    _tell("", [*(each["sentence"] for each in changes["changes"]), *remarks])
    if out is not None:
        Places.of([str(file), str(brand)]).deliver(made.xml_in(out.parent).encode(), out)
    if as_json:
        say({**changes, "remarks": [*remarks]}, "", as_json=True)
    elif out is None:
        typer.echo(made.xml, nl=False)


def _tell(first: str, remarks: Sequence[str]) -> None:
    for line in (*filter(None, [first]), *remarks):
        typer.echo(printable(line), err=True)
