"""What a measurement hands back: tables to read, and checks that were met or not."""

from __future__ import annotations

import argparse
import importlib.util
import json
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

DATA: Final = Path(__file__).parents[2] / "shared" / "data"
"""Ground truth that is not part of the repository; what needs it skips when it is absent."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, and what was found."""

    what: str
    target: str
    got: str
    met: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a header."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(slots=True)
class Outcome:
    """All that came of one measurement. `skipped` is the reason when nothing did."""

    name: str
    title: str
    checks: list[Check] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: str = ""
    date: str = ""
    """When it was measured, where that is not the day of the report."""

    @property
    def met(self) -> bool:
        """Return whether every check holds."""
        return all(check.met for check in self.checks)

    def plain(self) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        return asdict(self)


def without_data(name: str, title: str) -> Outcome:
    """Return the outcome of a measurement whose ground truth is not on this machine."""
    return Outcome(name, title, skipped="needs ground truth that is not part of the repository")


def tell(outcome: Outcome) -> None:
    """Print what came of one measurement, for whoever runs it alone."""
    if outcome.skipped:
        print(f"Skipped: {outcome.skipped}")
    for table in outcome.tables:
        print(table.title, *map(" | ".join, [table.header, *table.rows]), sep="\n")
    for check in outcome.checks:
        print("met    " if check.met else "NOT MET", check.what, check.got, f"({check.target})")
    print(*outcome.notes, sep="\n", end="\n" * bool(outcome.notes))


def alone(measure: Callable[..., Outcome], about: str, heads: Sequence[str] = ()) -> None:
    """Measure what the command line asks for, print what came of it, and write it where wanted.

    `about` is told to whoever asks for help; of `heads` the first is measured unless told.
    """
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few pictures: a look")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results there")
    if heads:
        parser.add_argument("--head", choices=heads, default=heads[0])
    asked = vars(parser.parse_args())
    into = asked.pop("json")
    outcome = measure(**asked)
    tell(outcome)
    if into:
        into.write_text(json.dumps(outcome.plain(), indent=2))


@cache
def score() -> ModuleType:
    """Return the metric functions that come with the ground truth."""
    spec = importlib.util.spec_from_file_location("score", DATA / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
