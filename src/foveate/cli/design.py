"""`foveate design`: designs drawn, checked, compared, merged and filled in."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from foveate.cli.complaints import aside, printable
from foveate.cli.design_batch import batch
from foveate.cli.design_changes import diff, merge
from foveate.cli.design_edit import edit
from foveate.cli.design_eval import evaluate
from foveate.cli.design_import import import_
from foveate.cli.design_keys import app as key
from foveate.cli.design_library import app as library
from foveate.cli.design_sizes import brand, resize
from foveate.cli.people_tables import print_table, say
from foveate.cli.several import STANDARD, AsJson

if TYPE_CHECKING:
    from foveate.design.checks.model import Finding
    from foveate.models.supply.card import Face
    from foveate.rendition import Rendition

app = typer.Typer(
    help="Designs in XML: drawn, edited by a sentence, in other sizes, filled in by the thousand.",
    no_args_is_help=True,
)
app.add_typer(key, name="key")
app.add_typer(library, name="library")
app.command()(batch)
app.command()(edit)
app.command("eval")(evaluate)
app.command()(diff)
app.command()(merge)
app.command()(resize)
app.command()(brand)
app.command("import")(import_)
File = Annotated[Path, typer.Argument(help="A design, as XML or JSON.", metavar="DESIGN")]


@app.command()
def render(
    file: File,
    out: Annotated[
        Path, typer.Argument(help="The file to write: .png, .jpg, .webp, .avif, .pdf or .svg.")
    ],
    page: Annotated[
        str, typer.Option(help="A page, by its number or id; PDF has all of them.")
    ] = "",
    scale: Annotated[float, typer.Option(help="Pixels to one of the design.")] = 1.0,
    quality: Annotated[
        int | None, typer.Option(help="Of JPEG, WebP and AVIF.", min=1, max=100)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw a design; its pictures are looked for beside it."""
    from foveate.cli.places import Places
    from foveate.designs.design import Design

    made = Design.open(file).render(out.suffix[1:], page=page, scale=scale, quality=quality)
    Places.of([str(file)]).deliver(made.data, out)
    if as_json:
        say(_told(made, out), "", as_json=True)
    elif str(out) != STANDARD:
        _tell(made, out)


@app.command()
def check(file: File, as_json: AsJson = False) -> None:
    """Say what is wrong with a design: what edits are checked for, of all that is in it.

    The exit code is 1 where anything is.
    """
    from foveate.designs.design import Design

    design = Design.open(file)
    found = design.check()
    told = {"digest": design.digest, "found": [_found(each) for each in found]}
    lines = [each.found.sentence for each in found] or [f"{file} is in order."]
    say(told, "\n".join(map(printable, lines)), as_json=as_json)
    if found:
        raise typer.Exit(1)


def _found(each: Finding) -> dict[str, str]:
    found = each.found
    said = {"block": found.block, "check": each.check, "severity": str(found.severity)}
    return {**said, "sentence": found.sentence}


@app.command()
def schema() -> None:
    """Print the schema of designs, as XSD, for editors that complete what is typed."""
    from foveate.design.xml.schema import xsd

    typer.echo(xsd(), nl=False)


@app.command()
def fonts(as_json: AsJson = False) -> None:
    """List the fonts that designs may name, and what fetches those that are not here."""
    from foveate.design.fonts.shelf import shelf
    from foveate.options.in_settings import load

    table = Table(box=SIMPLE_HEAD)
    for column in ("family", "weights", "italic", "here"):
        table.add_column(column)
    rows = []
    for family, some in sorted(shelf(load().models).families.items()):
        weights = sorted({weight for each in some for weight in _weights(each.face)})
        italic, here = any(each.face.italic for each in some), all(each.here for each in some)
        cards = list(dict.fromkeys(each.card for each in some))
        told = {"family": family, "weights": weights, "italic": italic, "here": here}
        rows.append({**told, "cards": cards})
        place = "yes" if here else f"foveate models pull {' '.join(cards)}"
        table.add_row(family, " ".join(map(str, weights)), "yes" if italic else "", place)
    print_table({"fonts": rows}, table, as_json=as_json)


def _weights(face: Face) -> list[int]:
    """Return the weights of a face: a variable one has each hundredth of its range."""
    if not face.weights:
        return [face.weight]
    least, most = face.weights
    return list(range(least, most + 1, 100))


def _told(made: Rendition, out: Path) -> dict[str, Any]:
    told: dict[str, Any] = {"file": None if str(out) == STANDARD else str(out)}
    if made.size is not None:
        told |= {"width": made.size.width, "height": made.size.height}
    told |= {"bytes": len(made.data), "content_type": made.content_type}
    note = made.headers.get("Foveate-Note")
    return told | ({"note": note} if note else {})


def _tell(made: Rendition, out: Path) -> None:
    say_aside = partial(aside().print, markup=False, highlight=False, soft_wrap=True)
    size = f"{made.size}  " if made.size else ""
    say_aside(f"{printable(str(out))}  {size}{len(made.data):,} bytes")
    if note := made.headers.get("Foveate-Note"):
        say_aside(f"  note: {note}", style="yellow")
