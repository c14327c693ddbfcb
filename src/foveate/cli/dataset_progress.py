"""How far a dataset is, or its download, for who watches that at a terminal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.console import Console


@contextmanager
def samples_shown(console: Console) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Give what shows an event, where somebody sees it."""
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)

        def show(event: Mapping[str, Any]) -> None:
            told, words = event["data"], event["event"]
            if event["event"] == "progress":
                words = far(told)
                progress.update(
                    task, completed=told.get("samples", 0), total=told.get("of_samples")
                )
            progress.update(task, description=words)

        yield show


def far(told: Mapping[str, Any]) -> str:
    """Return how far a dataset is, as its server sees it: of one that another makes, less.

    >>> far({"chunks": 2, "of_chunks": 3, "samples": 9, "of_samples": 12, "eta_s": 7.4})
    'pictures, 2 of 3 chunks, 7 s left'
    >>> far({"chunks": 2})
    'pictures, 2 chunks'
    >>> far({"chunks": 2, "waits": "room"})
    'pictures, 2 chunks, waits for room'
    """
    of = f" of {told['of_chunks']:,}" if "of_chunks" in told else ""
    left = f", {span(told['eta_s'])} left" if "eta_s" in told else ""
    return f"pictures, {told.get('chunks', 0):,}{of} chunks{left}{waits(told)}"


def waits(told: Mapping[str, Any]) -> str:
    """Return what a dataset waits for, behind how far it is; empty where it is made, or queued."""
    return f", waits for {told['waits']}" if "waits" in told else ""


@contextmanager
def bytes_shown(console: Console) -> Iterator[Callable[[int, int], None]]:
    """Give what shows how many bytes are here, where somebody sees it."""
    if not console.is_terminal:
        yield lambda _here, _all: None
        return
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda here, all_: progress.update(task, completed=here, total=all_)


def span(seconds: float) -> str:
    """Return a time in words that are short.

    >>> span(7.4), span(125), span(7260)
    ('7 s', '2 min', '2 h 1 min')
    """
    if seconds < 90:  # noqa: PLR2004 - a minute and a half
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
