"""`foveate select`: what is clicked at in a picture, as a mask for other commands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from foveate.cli.complaints import printable
from foveate.cli.places import PNG, Places, check_ending
from foveate.cli.several import AsJson, print_json, read_picture
from foveate.cli.show import Show, show
from foveate.errors import BadOption

if TYPE_CHECKING:
    from foveate.service.select import Selection
    from foveate.storage.source import Source

Picture = Annotated[
    str, typer.Argument(help="A picture file, an http(s) address or - for standard input.")
]
Points = Annotated[
    list[str] | None,
    typer.Option(
        "--point", metavar="X,Y", help="A place in the thing, 0 to 1; several are better."
    ),
]
Others = Annotated[
    list[str] | None,
    typer.Option("--not", metavar="X,Y", help="A place that does not belong to it."),
]
Strokes = Annotated[
    list[str] | None,
    typer.Option("--stroke", metavar="'X,Y X,Y ...'", help="A line of places in the thing."),
]
OtherStrokes = Annotated[
    list[str] | None,
    typer.Option(
        "--not-stroke", metavar="'X,Y X,Y ...'", help="A line of places that do not belong to it."
    ),
]
Boxes = Annotated[
    list[str] | None,
    typer.Option("--box", metavar="L,T,W,H", help="A box around a thing, in pixels."),
]
Out = Annotated[
    Path | None,
    typer.Option(help="Write the mask as a grey PNG; - is standard output."),
]
Draw = Annotated[
    Path | None,
    typer.Option(help="Write the picture with what is selected as PNG; - is standard output."),
]
SHOWN: Final = "%Y-%m-%d %H:%M"


def select(  # noqa: PLR0917 - each is an option of the command
    picture: Picture,
    point: Points = None,
    not_: Others = None,
    stroke: Strokes = None,
    not_stroke: OtherStrokes = None,
    box: Boxes = None,
    out: Out = None,
    draw: Draw = None,
    show_: Show = False,
    as_json: AsJson = False,
) -> None:
    """Select something by clicks, and say the id of its mask for `mask=` and `effect.mask=`.

    Without any the picture's subject is selected.
    """
    from foveate.geometry.box import Box
    from foveate.library import drawn_selection
    from foveate.library import select as selected
    from foveate.service.pointed import pointed

    places = Places.of([picture])
    for file in filter(None, (out, draw)):
        check_ending(file, PNG)
        places.check(file)
    points, others = ([_place(each) for each in said or ()] for said in (point, not_))
    lines, other_lines = ([_line(each) for each in said or ()] for said in (stroke, not_stroke))
    boxes = [Box(*numbers_of(each, "40,30,200,160")) for each in box or ()]
    asked = pointed(points, others, strokes=lines, but_strokes=other_lines, boxes=boxes)
    source = read_picture(picture)
    found = selected(
        source, points, but=others, strokes=lines, but_strokes=other_lines, boxes=boxes
    )
    aside = out is not None and not places.deliver(_matte(source, found), out)
    if draw is not None or show_:
        drawn = drawn_selection(source, found, asked)
        aside |= draw is not None and not places.deliver(drawn, draw)
    if as_json:
        print_json(found.to_json(), picture, [picture], aside=aside)
    elif not aside:
        tell(picture, found)
    if show_ and not aside:
        show(drawn)


def _place(text: str) -> tuple[float, float]:
    x, y = numbers_of(text, "0.4,0.3")
    return x, y


def _line(text: str) -> list[tuple[float, float]]:
    return [_place(each) for each in text.split() or [""]]


def numbers_of(text: str, example: str) -> list[float]:
    """Return numbers with commas between them, as many as there are in an example.

    Raises BadOption.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != len(example.split(",")):
        raise BadOption(f"Expected numbers such as {example}, got {text!r}.")
    return numbers


def _matte(source: Source, found: Selection) -> bytes:
    """Return the mask in the size of the picture, with the picture's own edges."""
    from foveate.library import render

    return render(source, f"segment.output=matte,mask={found.mask},format=png").data


def tell(name: str, found: Selection) -> None:
    """Print a selection as people read it."""
    until = dt.datetime.fromtimestamp(found.expires).astimezone()
    typer.echo(f"{printable(name)}  {found.size}  masks are kept until {until:{SHOWN}}")
    for mask in found.masks:
        box = mask.box
        place = f"{box.width:.0f}x{box.height:.0f} at {box.left:.0f},{box.top:.0f}" if box else ""
        typer.echo(f"  mask={mask.mask}  {mask.name:<7} {mask.area:5.1%}  {place}")
