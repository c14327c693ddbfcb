"""`foveate design eval`: prompts, models and tasks measured against each other."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from foveate.cli.complaints import printable
from foveate.cli.people_tables import print_table
from foveate.cli.several import AsJson

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.design.assistant.trial import Row, Trial
    from foveate.design.tasks.numbered import Numbered
    from foveate.designs.evaluating import Pair


def evaluate(
    models: Annotated[
        str,
        typer.Option(
            help="Models of FOVEATE_ASSISTANT__BASE_URL, with commas; `words` asks none, "
            "`words+MODEL` has it choose where plain words ask back."
        ),
    ] = "words",
    templates: Annotated[
        str, typer.Option(help="Templates, with commas: edit-1; `usual` takes what fits.")
    ] = "usual",
    tasks: Annotated[
        str,
        typer.Option(
            help="Which tasks: known or kept; designs; languages; translate. With commas."
        ),
    ] = "known",
    limit: Annotated[int | None, typer.Option(help="So many of them.", min=1)] = None,
    results: Annotated[
        Path, typer.Option(help="Keep what came of each task here, and go on with it.")
    ] = Path("design-eval.jsonl"),
    as_json: AsJson = False,
) -> None:
    """Measure how often models do what they are asked, judged by programs, and what that takes.

    1,120 requests for eight designs in five languages, of which half are `kept` aside: choose by
    the `known` ones, and look at the others once. The table has, for each template and model, how
    often it is right, wrong, asks back where all was said, or refuses; tries, tokens, price and
    seconds are means. Whatever ends it, it goes on there the next time.
    """
    from foveate.design.assistant.trial import HEAD, cells, rows
    from foveate.design.tasks.numbered import chosen
    from foveate.designs.evaluating import pairs

    wanted = chosen(_listed(tasks), limit)
    who = pairs(_listed(models), _listed(templates))
    done = list(_shown(who, wanted, results))
    found = rows(done)
    table = Table(*HEAD, box=SIMPLE_HEAD)
    for row in found:
        table.add_row(*map(printable, cells(row)))
    told = {"rows": [_told(row) for row in found], "trials": [asdict(each) for each in done]}
    print_table(told, table, as_json=as_json)


def _told(row: Row) -> dict[str, object]:
    return row._asdict()


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


def _shown(who: Sequence[Pair], wanted: Sequence[Numbered], results: Path) -> Iterator[Trial]:
    """Yield what comes of it under a bar."""
    from foveate.designs.evaluating import evaluated

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    hidden = not console.is_terminal
    with Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=hidden
    ) as bar:
        task = bar.add_task("", total=len(who) * len(wanted))
        for trial in evaluated(who, wanted, results):
            about = f"{trial.model} {trial.template} {trial.task}: {trial.outcome}"
            bar.update(task, advance=1, description=printable(about))
            yield trial
