"""`foveate people import`: a folder, a list or a file of embeddings, with progress and resume."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

from foveate.cli.complaints import aside, complain, printable
from foveate.cli.people_compreface import ENVIRONMENT, moving
from foveate.cli.people_tables import faces_of
from foveate.cli.people_words import Collection, Force, people
from foveate.cli.several import AsJson
from foveate.errors import MET_AGAIN, BadOption, FoveateError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.finder import People
    from foveate.service.found import Enrolment
    from foveate.service.imports import Listed

AT_ONCE = 4
"""Pictures underway: two cores work on two, and what they wrote is committed meanwhile."""
Enrols = Callable[["Listed"], "Enrolment"]
Outcome = tuple["Listed", "Enrolment | None", FoveateError | OSError | None]


def import_(  # noqa: PLR0917 - each is a word of the command
    place: Annotated[
        Path | None,
        typer.Argument(
            help="A folder with a folder for each person, a folder of files such as "
            "Ann_Lee_0001.jpg, a .csv with file and subject (underscores are spaces in all of "
            "these names), or embeddings as .npy, .parquet or "
            ".jsonl."
        ),
    ] = None,
    collection: Collection = "people",
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Enrol every face of every picture, unnamed.")
    ] = False,
    model: Annotated[
        str, typer.Option(help="What made the embeddings, where they do not say so.")
    ] = "",
    compreface: Annotated[
        str,
        typer.Option(
            metavar="URL", help="In place of a folder: a running CompreFace, http://localhost:8000."
        ),
    ] = "",
    api_key: Annotated[
        str,
        typer.Option(
            envvar=ENVIRONMENT,
            show_envvar=True,
            help="The key of its recognition service; safer in the environment.",
        ),
    ] = "",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Enrol many people; what was enrolled before is passed over, so run it again at will."""
    from foveate.people.vectors import READERS

    if (place is None) is not bool(compreface):
        raise BadOption(
            "Expected a folder, a list or a file of embeddings, or else --compreface URL, got "
            f"{'none' if place is None else 'both'}."
        )
    index = people(collection)
    if place is None:
        _compreface(index, compreface, api_key, force=force, as_json=as_json)
        return
    if place.suffix.lower() in READERS:
        _embeddings(index, place, model, as_json=as_json)
        return
    from foveate.service.imports import listed

    items = listed(place, unknown=unknown)
    with index.importing() as many:
        whole = _pictures(items, partial(_one, many, force=force), as_json=as_json)
    _end(whole=whole)


def _compreface(index: People, address: str, key: str, *, force: bool, as_json: bool) -> None:
    with index.importing() as many, moving(many, address, key, force=force) as found:
        for name, why in found.introduce():
            if why is not None:
                complain(why, about=name)
            elif not as_json:
                typer.echo(f"{printable(name)}: a subject without pictures.")
        whole = _pictures(found.items, found.enrol, as_json=as_json)
    _end(whole=whole)


def _end(*, whole: bool) -> None:
    # Once it is noted as done: that some pictures could not be enrolled does not break it off.
    if not whole:
        raise typer.Exit(1)


def _pictures(items: list[Listed], enrol: Enrols, *, as_json: bool) -> bool:
    """Enrol pictures, say what became of each that could not be, and return whether all were."""
    counts: Counter[str] = Counter()
    for item, made, why in _all(items, enrol):
        counts[_word(made)] += 1
        if as_json:
            typer.echo(json.dumps(_row(item, made, why)))
        elif why is not None:
            complain(why, about=item.path)
    pictures = f"{counts['enrolled']} picture{'s'[: counts['enrolled'] != 1]}"
    were = f"{counts['already']} {'was' if counts['already'] == 1 else 'were'}"
    done = f"{pictures} enrolled, {were} before, "
    typer.echo(f"{done}{counts['failed']} could not be.", err=as_json)
    return not counts["failed"]


def _embeddings(index: People, place: Path, model: str, *, as_json: bool) -> None:
    with counted("Enrolling embeddings") as told:
        added = index.add_vectors(place, model=model, told=told)
    typer.echo(json.dumps({"enrolled": added}) if as_json else f"{faces_of(added)} enrolled.")


def _all(items: list[Listed], enrol: Enrols) -> Iterator[Outcome]:
    """Yield what became of each picture, some of them underway at a time."""
    waiting = iter(_shown(items))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        underway: dict[Future[Enrolment], Listed] = {}
        while True:
            for item in waiting:
                underway[pool.submit(enrol, item)] = item
                if len(underway) >= AT_ONCE:
                    break
            if not underway:
                return
            for future in wait(underway, return_when=FIRST_COMPLETED).done:
                yield _outcome(underway.pop(future), future)


def _outcome(item: Listed, future: Future[Enrolment]) -> Outcome:
    try:
        return item, future.result(), None
    except MET_AGAIN:
        raise
    except (FoveateError, OSError) as why:
        return item, None, why


def _one(index: People, item: Listed, *, force: bool) -> Enrolment:
    if item.problem:
        raise BadOption(item.problem)
    return index.add(
        item.path, item.subject, metadata=item.metadata, every=not item.subject, force=force
    )


def _word(made: Enrolment | None) -> str:
    if made is None:
        return "failed"
    return "already" if made.already else "enrolled"


def _row(
    item: Listed, made: Enrolment | None, why: FoveateError | OSError | None
) -> dict[str, Any]:
    told: dict[str, Any] = {"source": item.path, "subject": item.subject or None}
    told["outcome"] = _word(made)
    if made is not None:
        told["faces"] = [face.id for face in made.enrolled]
    if why is not None:
        told["error"] = type(why).__name__
        told["message"] = str(why)
    return told


def _shown(items: Iterable[Listed]) -> Iterator[Listed]:
    """Yield the pictures under a bar, where somebody sees it."""
    known = list(items)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = aside()
    with Progress(
        *columns,
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("", total=len(known))
        for item in known:
            progress.update(task, description=printable(item.path))
            yield item
            progress.advance(task)


@contextmanager
def counted(words: str) -> Iterator[Callable[[int], None]]:
    """Give what shows how many were done, where somebody sees it."""
    console = aside()
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description} {task.completed:,}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(words, total=None)
        yield lambda count: progress.update(task, completed=count)
