"""Commands about pictures: render, faces."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from foveate.cli.batch import (
    STANDARD,
    AsJson,
    Pictures,
    Places,
    deliver,
    each,
    only_one,
    print_json,
    read_picture,
    stem_of,
)
from foveate.cli.completion import options_words
from foveate.cli.show import Show, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.options.model import TransformOptions
    from foveate.values import Rendition

PNG: Final = "image/png"
Draw = Annotated[
    Path | None,
    typer.Option(help="Write the picture with all of it drawn on it as PNG; - is standard output."),
]


def render(
    names: Annotated[
        list[str],
        typer.Argument(
            help="Picture files, http(s) addresses, or - for standard input; without --to the "
            "last one is the file to write, or - for standard output.",
            metavar="PICTURE",
        ),
    ],
    options: Annotated[
        str,
        typer.Option(
            "--options",
            "-o",
            help="As in the URL: width=400,fit=cover,gravity=face",
            autocompletion=options_words,
        ),
    ] = "",
    to: Annotated[
        Path | None,
        typer.Option(help="Write a file for each picture into this folder, named after it."),
    ] = None,
    show_: Show = False,
    as_json: AsJson = False,
) -> None:
    """Write renditions: foveate render PICTURE DEST, or PICTURE... --to FOLDER.

    Without `format` the answer has the format that the ending of DEST names. In a folder it keeps
    its own, or becomes a JPEG or PNG.
    """
    from foveate.background import default_app
    from foveate.library import read_options
    from foveate.library import render as rendered

    pictures, target = split(names, to, showing=show_)
    asked = with_format(read_options(options, default_app().presets), target.file)
    places = Places.of(pictures)

    def one(name: str) -> tuple[Rendition, Path | None]:
        made = rendered(read_picture(name), asked)
        return made, written(name, made, target, places)

    for name, (made, file) in each(pictures, one):
        if str(file) != STANDARD:
            report = tell_json if as_json else tell
            report(name, made, file, pictures)
        if show_:
            show(made.data)


@dataclass(frozen=True, slots=True)
class Target:
    """Where renditions go: into one file, into a folder, or nowhere, to be looked at."""

    file: Path | None = None
    folder: Path | None = None


def split(names: Sequence[str], to: Path | None, *, showing: bool) -> tuple[list[str], Target]:
    """Return the pictures, and where what is made of them goes. Raises BadOption."""
    from foveate.errors import BadOption

    *pictures, last = names
    if to is not None:
        return [*names], Target(folder=to)
    if pictures and last != STANDARD and (last.endswith("/") or Path(last).is_dir()):
        return pictures, Target(folder=Path(last))
    if showing and len(pictures) != 1:
        return [*names], Target()
    if len(pictures) == 1:
        return pictures, Target(file=Path(last))
    wanted = "--to FOLDER for several pictures" if pictures else "a file to write, or --to FOLDER"
    raise BadOption(f"Expected {wanted}, got {' '.join(names)} alone.")


def written(name: str, made: Rendition, target: Target, places: Places) -> Path | None:
    """Write what was made of a picture, and return the file, if it is to go to one.

    Raises BadOption where its name would lie, or is taken by a picture.
    """
    from foveate.imaging.encode import ending_of

    file = target.file
    if target.folder is not None:
        target.folder.mkdir(parents=True, exist_ok=True)
        file = target.folder / (stem_of(name) + ending_of(made.content_type))
    if file is None:
        return None
    if str(file) != STANDARD:
        check_ending(file, made.content_type)
        places.fresh(file)
    deliver(made.data, file)
    return file


def tell_json(name: str, made: Rendition, file: Path | None, names: Sequence[str]) -> None:
    """Tell programs what was made of a picture."""
    told: dict[str, Any] = {"file": None if file is None else str(file)}
    if made.size is not None:
        told |= {"width": made.size.width, "height": made.size.height}
    told |= {"bytes": len(made.data), "content_type": made.content_type}
    headers = {name.removeprefix("Foveate-").lower(): text for name, text in made.headers.items()}
    print_json(told | headers, name, names)


def tell(name: str, made: Rendition, file: Path | None, _: Sequence[str]) -> None:
    """Say what was made of a picture, and what should be known of it."""
    used, note = made.headers.get("Foveate-Gravity"), made.headers.get("Foveate-Note")
    words = [str(file or name), str(made.size), f"{len(made.data):,} bytes"]
    words += [f"gravity {used}"] if used else []
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print("  ".join(words), markup=False)
    if note:
        console.print(f"  note: {note}", markup=False, style="yellow")


def check_ending(dest: Path, content_type: str) -> None:
    """Raise BadOption where a file name would lie about the picture in it."""
    from foveate.errors import BadOption
    from foveate.imaging.encode import ending_of

    named, _ = mimetypes.guess_type(dest.name)
    if named is not None and named.startswith("image/") and named != content_type:
        wanted = f"{dest.stem}{ending_of(content_type)}"
        raise BadOption(f"Expected a name for {content_type} such as {wanted}, got {dest.name!r}.")


def with_format(options: TransformOptions, dest: Path | None) -> TransformOptions:
    """Return the options with the format of a file name's ending, if they leave it open."""
    from dataclasses import replace

    from foveate.options.model import Format

    endings = {".jpg": Format.JPEG, ".tif": Format.TIFF}
    endings |= {f".{f}": f for f in Format if f not in {Format.AUTO, Format.BASELINE_JPEG}}
    if dest is None or options.format is not None or dest.suffix.lower() not in endings:
        return options
    return replace(options, format=endings[dest.suffix.lower()])


def faces(names: Pictures, as_json: AsJson = False, draw: Draw = None, show_: Show = False) -> None:
    """Find the faces in pictures."""
    from foveate.library import analyse as analysed
    from foveate.library import annotated

    if draw is not None:
        only_one(names, "--draw")
        check_ending(draw, PNG)

    def one(name: str) -> tuple[dict[str, Any], bytes]:
        picture = read_picture(name)
        known = analysed(picture)
        drawn = annotated(picture, known) if draw or show_ else b""
        return known.to_json(), drawn

    for name, (found, drawn) in each(names, one):
        if draw is not None and not deliver(drawn, draw):
            return
        if as_json:
            print_json(found, name, names)
        else:
            tell_faces(name, found)
        if show_:
            show(drawn)


def tell_faces(name: str, found: dict[str, Any]) -> None:
    """Print the faces of a picture as people read them."""
    rows = found["faces"]
    count = f"{len(rows)} face{'s'[: len(rows) != 1]}"
    typer.echo(f"{name}  {found['width']}x{found['height']}  {count}")
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
