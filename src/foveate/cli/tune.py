"""`foveate tune`: the settings that are best for somebody's own pictures on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from foveate.cli.complaints import complain
from foveate.cli.tune_tables import Took, by_setting, ended, tell, to_json
from foveate.errors import MET_AGAIN, BadOption, BadSettings, FoveateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foveate.cli.tuning import Axis, Trial, Value
    from foveate.settings import Settings
    from foveate.storage.source import Source

PICTURES: Final = 8
"""How many of them are tried."""
USUAL: Final = "foveate.toml"

Folder = Annotated[
    Path,
    typer.Argument(
        help="Your pictures; folders in it are looked through as well.", metavar="FOLDER"
    ),
]
To = Annotated[
    Path | None,
    typer.Option(
        help="Write what was best into this TOML file, in which all else stays; without it the "
        "one that FOVEATE_CONFIG names, or foveate.toml.",
        metavar="FILE",
    ),
]
Seconds = Annotated[
    int,
    typer.Option(
        min=10,
        max=3600,
        help="Take about so long by the clock, on all cores; longer where each value cannot be "
        "tried with all pictures in its share.",
    ),
]
Views = Annotated[
    int, typer.Option(min=1, max=1_000_000, help="How often a rendition is sent, once made.")
]


def tune(
    folder: Folder,
    to: To = None,
    seconds: Seconds = 60,
    views: Views = 10,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Try settings on your own pictures, and write down those that are best.

    The efforts of encoders are best that cost least, by the prices of the settings, with bytes
    compared at the same look; the engine and the cache of decoded pixels that take the least
    processor time; as many workers as make most renditions a second. What is set stays where the
    gain is below 2 % of the cost, or 10 % of the time.
    """
    from foveate.cli.measuring import cpu_s, without_caches
    from foveate.cli.tuning import axes, trials, try_out
    from foveate.options.in_settings import load

    settings = load()
    tried = axes(settings, faces=_finds_faces(settings))
    target = to or Path(os.environ.get("FOVEATE_CONFIG") or USUAL)
    if not dry_run:
        check(target, {axis.setting: axis.values[0] for axis in tried})
    began, before = time.perf_counter(), cpu_s()
    with without_caches(settings) as app:
        sources, skipped = sample(folder, partial(try_out, app))
    made = trials(settings, sources, tried, seconds=seconds, views=views)
    done = list(_shown(made, tried))
    took = Took(time.perf_counter() - began, cpu_s() - before)
    better = changes(done)
    file = None if dry_run or not better else target
    # First what took a minute to find, then what may fail.
    if as_json:
        typer.echo(json.dumps(to_json(done, better, sources, skipped, file, took), indent=2))
    else:
        tell(done, better, settings, file)
        typer.echo(
            f"{summed(len(sources), skipped)} took {took.wall_s:.0f} s, and {took.cpu_s:.0f} s of "
            "processor time."
        )
    if file is not None:
        write(file, better)
    if better and not as_json:
        typer.echo(ended(file))


def sample(
    folder: Path, check: Callable[[Source], None], most: int = PICTURES
) -> tuple[list[Source], int]:
    """Return some pictures of a folder that stand still, the same each time, and how many failed.

    Those that cannot be read or that `check` raises FoveateError for are told of and left out.
    Raises BadOption where no other is there.
    """
    from foveate.cli.several import read_picture
    from foveate.pictures import pictures_below

    if not folder.is_dir():
        got = "a file" if folder.exists() else "nothing of that name"
        raise BadOption(f"Expected a folder, got {got}: {folder}.")
    found: list[Source] = []
    failed = 0
    for file in sorted(pictures_below(folder), key=lambda file: _order(file.relative_to(folder))):
        if len(found) == most:
            break
        try:
            source = read_picture(str(file))
            if not source.facts.animated:
                check(source)
                found.append(source)
        except MET_AGAIN:
            raise
        except (FoveateError, OSError) as why:
            complain(why, about=str(file))
            failed += 1
    if not found:
        raise BadOption(f"Expected a folder with pictures that stand still, got {folder}.")
    return found, failed


def summed(tried: int, skipped: int) -> str:
    """Return how many pictures were tried, and how many could not be.

    >>> summed(1, 0), summed(8, 2)
    ('1 picture', '8 pictures (2 that could not be used were left out)')
    """
    left = f" ({skipped} that could not be used {'was' if skipped == 1 else 'were'} left out)"
    return f"{tried} picture{'s'[: tried != 1]}{left if skipped else ''}"


def _order(file: Path) -> bytes:
    """Return by what files are taken: as good as at random, and the same each time."""
    return hashlib.sha256(os.fsencode(file.as_posix())).digest()


def _finds_faces(settings: Settings) -> bool:
    from foveate.app import DETECTOR_CARD
    from foveate.models.supply.cards import choose
    from foveate.models.supply.weights import FileState, catalogue, verify

    (card,) = choose(catalogue(settings.models), [DETECTOR_CARD])
    return verify(card, settings.models) is FileState.OK


def _shown(made: Iterator[Trial], tried: Sequence[Axis]) -> Iterator[Trial]:
    """Yield the trials under a bar that shows how far it is, where somebody sees it."""
    console = Console(stderr=True)
    names = [f"{axis.setting} = {value}" for axis in tried for value in axis.values]
    with Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("", total=len(names))
        for name in names:
            progress.update(task, description=name)
            yield next(made)
            progress.advance(task)


def changes(done: Sequence[Trial]) -> dict[str, Value]:
    """Return the settings that should be another value, and which."""
    from foveate.cli.tuning import best

    return {
        name: best(of_axis).value
        for name, of_axis in by_setting(done).items()
        if best(of_axis) is not of_axis[0]
    }


def write(file: Path, values: dict[str, Value]) -> None:
    """Write settings into a TOML file, in which all else stays. Raises BadSettings and OSError."""
    from foveate.cli.places import Places
    from foveate.configuration.edit import with_values

    # What a link leads to is changed, and the link stays.
    Places.of(()).deliver(with_values(_read(file), values).encode(), Path(os.path.realpath(file)))


def check(file: Path, values: dict[str, Value]) -> None:
    """Raise BadSettings or BadOption where these settings cannot be written into that file."""
    from foveate.configuration.edit import with_values

    folder = Path(os.path.realpath(file)).parent
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise BadOption(f"Expected a file in a folder that can be written to, got {file}.")
    with_values(_read(file), values)


def _read(file: Path) -> str:
    """Return what is in it, with its own ends of lines; nothing where it is not there."""
    try:
        return file.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as why:
        raise BadSettings(f"Expected a TOML file in UTF-8, got {file}.") from why
