"""`foveate render`: renditions of pictures, by the options of the URL."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from foveate.cli.complaints import aside, printable
from foveate.cli.completion import options_words
from foveate.cli.flame import Profile, profiled
from foveate.cli.places import Places, check_ending
from foveate.cli.several import (
    STANDARD,
    AsJson,
    each,
    print_json,
    read_picture,
    stem_of,
)
from foveate.cli.show import Show, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.options.model import TransformOptions
    from foveate.rendition import Rendition


PicturesAndNew = Annotated[
    list[str],
    typer.Argument(
        help="Picture files, http(s) addresses, or - for standard input; without --to the "
        "last one is the new file to write, or - for standard output.",
        metavar="PICTURE",
    ),
]
Options = Annotated[
    str,
    typer.Option(
        "--options",
        "-o",
        help="As in the URL: width=400,fit=cover,gravity=face, or width=800,style=poster",
        autocompletion=options_words,
    ),
]
To = Annotated[
    Path | None,
    typer.Option(
        help="Write a file for each picture into this folder, named after it; or one picture "
        "into this file, even where it is there already."
    ),
]


def render(
    names: PicturesAndNew,
    options: Options = "",
    to: To = None,
    show_: Show = False,
    profile: Profile = None,
    as_json: AsJson = False,
) -> None:
    """Write renditions: foveate render PICTURE DEST, or PICTURE... --to FOLDER.

    DEST is never a file that is there already, which may be a picture of yours: --to DEST writes
    it anew. With --show a last name that is there is a picture to show.

    What is written has a hidden name, .foveate-*, until it is whole; a command that is killed
    in that moment may leave it there.

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

    with profiled(profile, "foveate render"):
        for name, (made, file) in each(pictures, one):
            if as_json:
                tell_json(name, made, file, pictures)
            elif str(file) != STANDARD:
                tell(made, file or Path(name))
            if show_:
                show(made.data)


@dataclass(frozen=True, slots=True)
class Target:
    """Where renditions go: into one file, into a folder, or nowhere, to be looked at."""

    file: Path | None = None
    folder: Path | None = None


def split(names: Sequence[str], to: Path | None, *, showing: bool) -> tuple[list[str], Target]:
    """Return the pictures, and where what is made of them goes.

    Raises BadOption, also where the last name is that of a file: a pattern that two pictures match
    must not have one written over the other.
    """
    from foveate.errors import BadOption

    *pictures, last = names
    if to is not None:
        return [*names], named_target(names, to)
    if len(pictures) <= 1 and names[0] != STANDARD and Path(names[0]).is_dir():
        within = f"{names[0].rstrip('/')}/* --to FOLDER takes those in it"
        raise BadOption(f"Expected a picture, got the folder {names[0]}: {within}.")
    if pictures and last != STANDARD and (last.endswith("/") or Path(last).is_dir()):
        return pictures, Target(folder=Path(last))
    there = last != STANDARD and holds_something(Path(last))
    if showing and (len(pictures) != 1 or there):
        return [*names], Target()
    if len(pictures) == 1 and not there:
        return pictures, Target(file=Path(last))
    if len(pictures) == 1:
        Places.of(pictures).check(Path(last))
        ways = f"--to {last} writes it anew, --to FOLDER takes both as pictures"
        raise BadOption(f"Expected the name of a new file to write, got {last}: {ways}.")
    wanted = "--to FOLDER for several pictures" if pictures else "a file to write, or --to FOLDER"
    raise BadOption(f"Expected {wanted}, got {' '.join(names)} alone.")


def named_target(names: Sequence[str], to: Path) -> Target:
    """Return where --to leads: to a file if it is named like a picture. Raises BadOption."""
    from foveate.errors import BadOption

    kind, _ = mimetypes.guess_type(to.name)
    if to.is_dir() or not (to.is_file() or (kind or "").startswith("image/")):
        return Target(folder=to)
    if len(names) != 1:
        raise BadOption(f"Expected --to FOLDER for {len(names)} pictures, got the file {to}.")
    return Target(file=to)


def holds_something(file: Path) -> bool:
    """Return whether a file is there that would be lost: neither empty nor a device or a pipe."""
    return file.is_file() and file.stat().st_size > 0


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
    check_ending(file, made.content_type)
    places.deliver(made.data, file)
    return file


def tell_json(name: str, made: Rendition, file: Path | None, names: Sequence[str]) -> None:
    """Tell programs what was made of a picture, aside where standard output has that itself."""
    aside = str(file) == STANDARD
    told: dict[str, Any] = {"file": None if file is None or aside else str(file)}
    if made.size is not None:
        told |= {"width": made.size.width, "height": made.size.height}
    told |= {"bytes": len(made.data), "content_type": made.content_type}
    headers = {name.removeprefix("Foveate-").lower(): text for name, text in made.headers.items()}
    print_json(told | headers, name, names, aside=aside)


def tell(made: Rendition, file: Path) -> None:
    """Say what was made of a picture, and what should be known of it."""
    used, note = made.headers.get("Foveate-Gravity"), made.headers.get("Foveate-Note")
    words = [printable(str(file)), str(made.size), f"{len(made.data):,} bytes"]
    words += [f"gravity {used}"] if used else []
    found = made.headers.get("Foveate-Quality")
    words += [f"quality {found}"] if found else []
    say = partial(aside().print, markup=False, highlight=False, soft_wrap=True)
    say("  ".join(words))
    if note:
        say(f"  note: {note}", style="yellow")


def with_format(options: TransformOptions, dest: Path | None) -> TransformOptions:
    """Return the options with the format of a file name's ending, if they leave it open.

    Raises BadOption for the ending of a format that is read alone.
    """
    from dataclasses import replace

    from foveate.errors import BadOption
    from foveate.options.model import Format

    endings = {".jpg": Format.JPEG, ".tif": Format.TIFF}
    nameless = {Format.AUTO, Format.BEST, Format.BASELINE_JPEG}
    endings |= {f".{f}": f for f in Format if f not in nameless}
    if dest is None or options.format is not None:
        return options
    ending = dest.suffix.lower()
    if ending not in endings and _is_read_alone(dest):
        wanted = f"a name that ends in {', '.join(sorted(endings))}, which can be written"
        raise BadOption(f"Expected {wanted}, got {dest.name!r}.")
    return replace(options, format=endings[ending]) if ending in endings else options


def _is_read_alone(dest: Path) -> bool:
    """Return whether a name is that of a picture in a format that is not written."""
    from foveate.imaging.encode import content_type
    from foveate.options.negotiate import Encoded
    from foveate.values import ImageFormat

    named, _ = mimetypes.guess_type(dest.name)
    if named is None:
        return dest.suffix.lower()[1:] in set(ImageFormat)
    return named.startswith("image/") and named not in map(content_type, get_args(Encoded))
