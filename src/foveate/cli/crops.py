"""`foveate crops`: the best crop for each of many aspect ratios and formats."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

from foveate.cli.pictures import AsJson, Source, check_ending

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.library import SourceLike
    from foveate.service.crops import Crop
    from foveate.values import Rendition


class Kept(StrEnum):
    """What a crop keeps."""

    FACE = "face"
    AUTO = "auto"


class Pixels(StrEnum):
    """How large the pictures of named formats become."""

    NAMED = "named"
    NATIVE = "native"


def crops(
    source: Source,
    *,
    aspect: Annotated[
        list[str] | None,
        typer.Option(help="An aspect ratio such as 9:16, or a format such as story; repeatable."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="A set of formats: social, web, shop or print; repeatable."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write one picture for each into this folder.")
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option(help="Write all of them on one contact sheet, as PNG.")
    ] = None,
    gravity: Annotated[
        Kept, typer.Option(help="Keep faces, or all that draws the eye.")
    ] = Kept.FACE,
    size: Annotated[
        Pixels, typer.Option(help="Bring formats down to their own pixels, or not.")
    ] = Pixels.NAMED,
    as_json: AsJson = False,
) -> None:
    """Find the best crop for each aspect ratio and format, and write the pictures."""
    from foveate.library import crops as found
    from foveate.library import read

    if sheet is not None:
        check_ending(sheet, "image/png")
    names = asked(aspect or (), set_ or ())
    picture = read(source)
    best = found(picture, names, gravity=gravity.value, native=size is Pixels.NATIVE)
    made = rendered(picture, best) if out or sheet else []
    files = write(made, Path(source).stem, out) if out else {}
    if sheet is not None:
        sheet.write_bytes(on_one_sheet(made))
    if as_json:
        typer.echo(json.dumps({"crops": [row(crop, files) for crop in best]}, indent=2))
        return
    Console().print(crop_table(best, files))
    for place in filter(None, (out, sheet)):
        typer.echo(f"Written to {place}")


def asked(aspects: Sequence[str], sets: Sequence[str]) -> list[str]:
    """Return the formats of the sets and the aspect ratios. Raises BadOption for none."""
    from foveate.errors import BadOption
    from foveate.service.formats import wanted

    if not aspects and not sets:
        raise BadOption("Expected --aspect or --set, got neither: try --set social.")
    return wanted(aspects, sets)


def rendered(picture: SourceLike, best: Sequence[Crop]) -> list[tuple[Crop, Rendition]]:
    """Return the picture of each crop."""
    from foveate.library import render

    console = Console(stderr=True)
    steps = track(
        best, "Cropping", console=console, transient=True, disable=not console.is_terminal
    )
    return [(crop, render(picture, crop.options)) for crop in steps]


def write(made: Sequence[tuple[Crop, Rendition]], stem: str, out: Path) -> dict[str, Path]:
    """Write the pictures; return the files by what each crop was asked for as."""
    out.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    for crop, picture in made:
        ending = picture.content_type.partition("/")[2].replace("jpeg", "jpg")
        files[crop.label] = out / f"{stem}-{crop.label.replace(':', 'x')}.{ending}"
        files[crop.label].write_bytes(picture.data)
    return files


def on_one_sheet(made: Sequence[tuple[Crop, Rendition]]) -> bytes:
    """Return the contact sheet as PNG."""
    from foveate.background import default_app
    from foveate.service.crops import sheet_of

    return sheet_of(made, default_app().settings.limits)


def row(crop: Crop, files: Mapping[str, Path]) -> dict[str, Any]:
    """Return a crop as programs read it, with its file if there is one."""
    return {**crop.to_json(), **({"file": str(files[crop.label])} if files else {})}


def crop_table(best: Sequence[Crop], files: Mapping[str, Path]) -> Table:
    """Return the crops as people read them."""
    table = Table(box=SIMPLE_HEAD)
    named = any(crop.name for crop in best)
    if named:
        table.add_column("name")
    for name in ("aspect", "left", "top", "width", "height"):
        table.add_column(name, justify="right")
    table.add_column("gravity")
    if files:
        table.add_column("file", overflow="fold")
    for crop in best:
        sides = (crop.box.left, crop.box.top, crop.box.width, crop.box.height)
        cells = [crop.aspect, *(f"{side:.0f}" for side in sides), crop.gravity]
        first, last = [crop.name] * named, [files[crop.label].name] if files else []
        table.add_row(*first, *cells, *last)
    return table
