"""`foveate crops`: the best crop for each of many aspect ratios and formats."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from foveate.cli.complaints import printable
from foveate.cli.completion import aspects_words, kept_words, sets_words
from foveate.cli.places import Places, for_drawing
from foveate.cli.several import (
    AsJson,
    Pictures,
    each,
    print_json,
    read_picture,
    stem_of,
)
from foveate.cli.show import Show, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from foveate.library import SourceLike
    from foveate.rendition import Rendition
    from foveate.service.crops import Crop

    Made = Sequence[tuple[Crop, Rendition]]
    Files = Mapping[str, Path]
    """By what each crop was asked for as."""


class Pixels(StrEnum):
    """How large the pictures of named formats become."""

    NAMED = "named"
    NATIVE = "native"


Aspects = Annotated[
    list[str] | None,
    typer.Option(
        help="An aspect ratio such as 9:16, or a format such as story; repeatable.",
        autocompletion=aspects_words,
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="A set of formats: social, web, shop or print; repeatable.",
        autocompletion=sets_words,
    ),
]
Out = Annotated[Path | None, typer.Option(help="Write one picture for each into this folder.")]
Sheet = Annotated[
    Path | None,
    typer.Option(help="Write all of them on one contact sheet as PNG; - is standard output."),
]
Gravity = Annotated[
    str | None,
    typer.Option(
        help="Keep face, auto (all that draws the eye), text, object (things) or "
        "object:dog|cat; else what each format is for, and faces in ratios.",
        autocompletion=kept_words,
    ),
]
Zoom = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=1,
        help="How tight: 0 is as wide as can be, 1 just what is kept; with neither this nor "
        "--gravity as each format wants, else 0.",
    ),
]
Faces = Annotated[
    str | None,
    typer.Option(help="Which faces to keep: all, largest, a number of them, or subject:NAME."),
]
Objects = Annotated[
    str | None, typer.Option(help="Which things to keep: all, largest or a number of them.")
]
Size = Annotated[Pixels, typer.Option(help="Bring formats down to their own pixels, or not.")]


def crops(
    names: Pictures,
    *,
    aspect: Aspects = None,
    set_: Sets = None,
    out: Out = None,
    sheet: Sheet = None,
    gravity: Gravity = None,
    zoom: Zoom = None,
    faces: Faces = None,
    objects: Objects = None,
    size: Size = Pixels.NAMED,
    show_: Show = False,
    as_json: AsJson = False,
) -> None:
    """Find the best crop for each aspect ratio and format, and write the pictures."""
    from foveate.library import crops as found

    places = for_drawing(names, sheet, "--sheet")
    shapes = asked(aspect or (), set_ or ())
    wanted = out is not None or sheet is not None or show_

    def one(name: str) -> tuple[Sequence[Crop], Made, Files]:
        picture, native = read_picture(name), size is Pixels.NATIVE
        aim = {"gravity": gravity, "faces": faces, "objects": objects, "zoom": zoom}
        best = found(picture, shapes, native=native, **cast("Any", aim))
        made = rendered(picture, best) if wanted else []
        return best, made, write(made, stem_of(name), out, places) if out else {}

    for name, (best, made, files) in each(names, one):
        aside = sheet is not None and not places.deliver(on_one_sheet(made), sheet)
        if as_json:
            print_json({"crops": [row(crop, files) for crop in best]}, name, names, aside=aside)
        elif not aside:
            tell(best, files, [name] * (len(names) > 1), [out, sheet])
        if show_ and not aside:
            show(on_one_sheet(made))


def tell(
    best: Sequence[Crop], files: Files, names: Sequence[str], places: Iterable[Path | None]
) -> None:
    """Print the crops as people read them, and where their pictures went."""
    Console().print(crop_table(best, files))
    for line in (*names, *(f"Written to {place}" for place in places if place)):
        typer.echo(printable(line))


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

    return [(crop, render(picture, crop.options)) for crop in best]


def write(made: Made, stem: str, out: Path, places: Places) -> dict[str, Path]:
    """Write the pictures; return the files by what each crop was asked for as. Raises BadOption."""
    from foveate.imaging.encode import ending_of

    out.mkdir(parents=True, exist_ok=True)
    files = {
        crop.label: out / f"{stem}-{crop.file_stem}{ending_of(picture.content_type)}"
        for crop, picture in made
    }
    for file in files.values():
        places.check(file)
    for crop, picture in made:
        places.deliver(picture.data, files[crop.label])
    return files


def on_one_sheet(made: Made) -> bytes:
    """Return the contact sheet as PNG."""
    from foveate.background import default_app
    from foveate.service.crops import sheet_of

    return sheet_of(made, default_app().settings.limits)


def row(crop: Crop, files: Files) -> dict[str, Any]:
    """Return a crop as programs read it, with its file if there is one."""
    return {**crop.to_json(), **({"file": str(files[crop.label])} if files else {})}


def crop_table(best: Sequence[Crop], files: Files) -> Table:
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
