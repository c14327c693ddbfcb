"""`foveate faces`: the faces in pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from foveate.cli.complaints import printable
from foveate.cli.places import for_drawing
from foveate.cli.several import AsJson, Pictures, each, print_json, read_picture
from foveate.cli.show import Show, show

Draw = Annotated[
    Path | None,
    typer.Option(help="Write the picture with all of it drawn on it as PNG; - is standard output."),
]


def faces(names: Pictures, as_json: AsJson = False, draw: Draw = None, show_: Show = False) -> None:
    """Find the faces in pictures."""
    from foveate.library import analyse as analysed
    from foveate.library import annotated

    places = for_drawing(names, draw, "--draw")

    def one(name: str) -> tuple[dict[str, Any], bytes]:
        picture = read_picture(name)
        known = analysed(picture)
        drawn = annotated(picture, known) if draw or show_ else b""
        return known.to_json(), drawn

    for name, (found, drawn) in each(names, one):
        aside = draw is not None and not places.deliver(drawn, draw)
        if as_json:
            print_json(found, name, names, aside=aside)
        elif not aside:
            tell_faces(name, found)
        if show_ and not aside:
            show(drawn)


def tell_faces(name: str, found: dict[str, Any]) -> None:
    """Print the faces of a picture as people read them."""
    rows = found["faces"]
    count = f"{len(rows)} face{'s'[: len(rows) != 1]}"
    typer.echo(f"{printable(name)}  {found['width']}x{found['height']}  {count}")
    if rows:
        Console().print(face_table(found))


def face_table(known: dict[str, Any]) -> Table:
    """Return the faces, a row each, with what was read of them."""
    from foveate.service.annotate import label_of

    read = known.get("attributes") or [{}] * len(known["faces"])
    guesses = [label_of(row) for row in read]
    table = Table(box=SIMPLE_HEAD)
    numbers = ("yaw", "quality", "live") if "attributes" in known else ()
    for name in ("#", "score", "left", "top", "width", "height", *numbers):
        table.add_column(name, justify="right")
    if any(guesses):
        table.add_column("guess")
    for number, (face, row, guess) in enumerate(zip(known["faces"], read, guesses, strict=True), 1):
        box = (f"{face['box'][side]:.0f}" for side in ("left", "top", "width", "height"))
        last = [guess] if any(guesses) else []
        table.add_row(str(number), f"{face['score']:.3f}", *box, *_read_of(row), *last)
    return table


def _read_of(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the numbers that were read of a face."""
    if not row:
        return ()
    yaw, quality = row["pose"]["yaw"], row["quality"]["score"]
    return f"{yaw:+.0f}°", f"{quality:.2f}", f"{row['liveness']:.2f}"
