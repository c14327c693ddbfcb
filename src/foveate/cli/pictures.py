"""Commands about one picture: render, faces."""

from __future__ import annotations

import json
import mimetypes
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

Source = Annotated[str, typer.Argument(help="A picture file or an http(s) address.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def render(
    source: Source,
    dest: Annotated[Path, typer.Argument(help="Where to write it; - is standard output.")],
    options: Annotated[
        str, typer.Option("--options", "-o", help="As in the URL: width=400,fit=cover,gravity=face")
    ] = "",
) -> None:
    """Write one rendition of a picture.

    Without `format` the answer has the format that DEST's ending names.
    """
    from foveate.background import default_app
    from foveate.library import read_options
    from foveate.library import render as rendered

    asked = read_options(options, default_app().presets)
    result = rendered(source, with_format(asked, dest))
    check_ending(dest, result.content_type)
    if str(dest) == "-":
        sys.stdout.buffer.write(result.data)
        return
    dest.write_bytes(result.data)
    used = result.headers.get("Foveate-Gravity")
    Console(stderr=True).print(
        f"{dest}  {result.size}  {len(result.data):,} bytes"
        + (f"  gravity {used}" if used else ""),
        highlight=False,
    )


def check_ending(dest: Path, content_type: str) -> None:
    """Raise BadOption where a file name would lie about the picture in it."""
    from foveate.errors import BadOption

    named, _ = mimetypes.guess_type(dest.name)
    if named is not None and named.startswith("image/") and named != content_type:
        raise BadOption(f"Expected a file name for {content_type}, got {dest.name!r}.")


def with_format(options: Any, dest: Path) -> Any:  # noqa: ANN401 - spares the import at start
    """Return the options with the format of a file name's ending, if they leave it open."""
    from dataclasses import replace

    from foveate.options.model import Format

    endings = {".jpg": Format.JPEG, ".jpeg": Format.JPEG, ".json": Format.JSON}
    endings |= {f".{f}": f for f in (Format.AVIF, Format.WEBP, Format.PNG)}
    if options.format is not None or dest.suffix.lower() not in endings:
        return options
    return replace(options, format=endings[dest.suffix.lower()])


def faces(
    source: Source,
    as_json: AsJson = False,
    draw: Annotated[
        Path | None, typer.Option(help="Write the picture with boxes and landmarks as PNG.")
    ] = None,
) -> None:
    """Find the faces in a picture."""
    from foveate.library import analyse as analysed
    from foveate.library import annotated, read

    if draw is not None:
        check_ending(draw, "image/png")
    picture = read(source)
    known = analysed(picture)
    if draw is not None:
        draw.write_bytes(annotated(picture, known))
    found = known.to_json()
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    rows = found["faces"]
    count = f"{len(rows)} face{'s'[: len(rows) != 1]}"
    typer.echo(f"{source}  {found['width']}x{found['height']}  {count}")
    if rows:
        Console().print(face_table(rows))


def face_table(rows: list[dict[str, Any]]) -> Table:
    """Return the faces as people read them."""
    table = Table(box=SIMPLE_HEAD)
    for name in ("#", "score", "left", "top", "width", "height"):
        table.add_column(name, justify="right")
    for number, face in enumerate(rows, 1):
        box = (f"{face['box'][side]:.0f}" for side in ("left", "top", "width", "height"))
        table.add_row(str(number), f"{face['score']:.3f}", *box)
    return table
