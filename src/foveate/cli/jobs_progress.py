"""How far a job is, for who watches it at a terminal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console


@contextmanager
def shown(console: Console) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Give what shows an event, where somebody sees it."""
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task("", total=None)

        def show(event: dict[str, Any]) -> None:
            told, words = event["data"], event["event"]
            if waits := told.get("waits"):
                words += f" until {waits['until'][:16]}Z"
            if "done" in told:
                words = f"{told['pictures_per_s']:,.1f}/s"
                words += f"  {told['failed']:,} failed" if told["failed"] else ""
                progress.update(task, completed=told.get("met"), total=told["total"])
            progress.update(task, description=words)

        yield show
