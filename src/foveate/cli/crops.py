"""`foveate crops`: the best crop for each of many aspect ratios."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

from foveate.cli.pictures import AsJson, Source

if TYPE_CHECKING:
    from foveate.service.crops import Crop


def crops(
    source: Source,
    aspect: Annotated[
        list[str], typer.Option(help="An aspect ratio such as 9:16; give it as often as you like.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write one picture for each into this folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find the best crop for each aspect ratio, and write the pictures."""
    from foveate.library import crops as found
    from foveate.library import default_app, read

    data = read(source, default_app().settings)
    best = found(data, aspect)
    files = write(data, best, Path(source), out) if out else {}
    if as_json:
        rows = [{**c.to_json(), **({"file": str(files[c.aspect])} if files else {})} for c in best]
        typer.echo(json.dumps({"crops": rows}, indent=2))
        return
    Console().print(crop_table(best, files))
    if out:
        typer.echo(f"Written to {out}")


def write(data: bytes, best: list[Crop], source: Path, out: Path) -> dict[str, Path]:
    """Write the picture of each crop; return the files by aspect ratio."""
    from foveate.library import render

    out.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    console = Console(stderr=True)
    for crop in track(
        best, "Cropping", console=console, transient=True, disable=not console.is_terminal
    ):
        made = render(data, crop.options)
        ending = made.content_type.partition("/")[2].replace("jpeg", "jpg")
        files[crop.aspect] = out / f"{source.stem}-{crop.aspect.replace(':', 'x')}.{ending}"
        files[crop.aspect].write_bytes(made.data)
    return files


def crop_table(best: list[Crop], files: dict[str, Path]) -> Table:
    """Return the crops as people read them."""
    table = Table(box=SIMPLE_HEAD)
    for name in ("aspect", "left", "top", "width", "height"):
        table.add_column(name, justify="right")
    table.add_column("gravity")
    if files:
        table.add_column("file", overflow="fold")
    for crop in best:
        box = (
            f"{side:.0f}" for side in (crop.box.left, crop.box.top, crop.box.width, crop.box.height)
        )
        table.add_row(
            crop.aspect, *box, crop.gravity, *([files[crop.aspect].name] if files else [])
        )
    return table
