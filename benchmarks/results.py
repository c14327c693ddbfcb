"""What a measurement hands back: tables to read, and checks that were met or not."""

from __future__ import annotations

import importlib.util
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
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


@cache
def score() -> ModuleType:
    """Return the metric functions that come with the ground truth."""
    spec = importlib.util.spec_from_file_location("score", DATA / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
