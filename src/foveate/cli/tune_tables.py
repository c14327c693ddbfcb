"""What `foveate tune` tells of its trials: to people, and to programs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from foveate.cli.complaints import printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from foveate.cli.tuning import Trial, Value
    from foveate.settings import Settings
    from foveate.storage.source import Source

DISTURBED: Final = (
    "Only {:.0%} of the cores worked at times: others had them, or a container has fewer. Times "
    "mean little then. Tune again while nothing else runs."
)
SAME: Final = "What is set is best already, or as good; nothing was written."
UNWRITTEN: Final = "Nothing was written. Without --dry-run these would be; or set them yourself."
WRITTEN: Final = "Written. Serve with it: FOVEATE_CONFIG={} foveate serve"


class Took(NamedTuple):
    """What all of it took."""

    wall_s: float
    cpu_s: float


def by_setting(done: Sequence[Trial]) -> dict[str, list[Trial]]:
    """Return the trials of each setting, what is set now first."""
    settings: dict[str, list[Trial]] = {}
    for trial in done:
        settings.setdefault(trial.setting, []).append(trial)
    return settings


def to_json(
    done: Sequence[Trial],
    better: dict[str, Value],
    sources: Sequence[Source],
    skipped: int,
    file: Path | None,
    took: Took,
) -> dict[str, Any]:
    """Return what was tried and found as what JSON can hold."""
    from foveate.cli.tuning import disturbed

    return {
        "pictures": len(sources),
        "skipped": skipped,
        "took": {"wall_s": round(took.wall_s, 2), "cpu_s": round(took.cpu_s, 2)},
        "disturbed": bool(disturbed(done)),
        "trials": [trial.to_json() for trial in done],
        "best": better,
        "file": None if file is None else str(file),
    }


def tell(
    done: Sequence[Trial], better: dict[str, Value], settings: Settings, file: Path | None
) -> None:
    """Print what was tried, what is best, and what to do with that."""
    from foveate.cli.tuning import disturbed
    from foveate.configuration.given import variable

    console = Console(highlight=False, soft_wrap=True)
    console.print(table(done, settings.costs.currency))
    if least := disturbed(done):
        console.print(DISTURBED.format(least), style="yellow")
    if not better:
        console.print(SAME, style="green")
        return
    for name, value in better.items():
        console.print(f"{name} = {value}", style="green", markup=False)
        if file is not None and variable(name) in os.environ:
            console.print(f"  {variable(name)} is set, and wins over the file.", style="yellow")


def ended(file: Path | None) -> str:
    """Return what became of settings that were better: where they are written, or that none is."""
    return UNWRITTEN if file is None else WRITTEN.format(printable(str(file)))


def table(done: Sequence[Trial], currency: str) -> Table:
    """Return the trials as people read them: what is set now first, what is best marked."""
    from foveate.cli.tuning import best

    shown = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    shown.add_column("setting", no_wrap=True)
    for name in ("value", "per s", "CPU ms", "kB", f"{currency}/1000", "best"):
        shown.add_column(name, justify="right", no_wrap=True)
    for name, of_axis in by_setting(done).items():
        for trial in of_axis:
            shown.add_row(
                name if trial is of_axis[0] else "",
                f"{trial.value:,}" if isinstance(trial.value, int) else trial.value,
                f"{trial.speed.rate:.1f}",
                f"{trial.speed.cpu_ms:.0f}",
                f"{trial.bytes / 1000:.1f}",
                f"{trial.cost:.5f}",
                "*" if trial is best(of_axis) else "",
                end_section=trial is of_axis[-1],
            )
    return shown
