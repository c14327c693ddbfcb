"""A change held against all checks: mended where that is safe, and looked at again after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from foveate.design.checks.model import NOTHING, Case, Finding, Findings, Looks
from foveate.design.checks.table import CHECKS

if TYPE_CHECKING:
    from foveate.design.checks.model import Row
    from foveate.design.scene.model import Scene


@dataclass(frozen=True, slots=True)
class Checks:
    """Holds changes against a table of checks."""

    looks: Looks = NOTHING
    rows: tuple[Row, ...] = CHECKS

    def __call__(self, before: Scene, after: Scene, request: str = "") -> Findings:
        """Return what is found, and the design after what could be mended was."""
        case, mended = Case(before, after, request, self.looks), []
        for row in self.rows:
            found = tuple(row.check(case))
            if found and row.repair is not None:
                case = case.with_after(row.repair(case, found))
                mended += [(row.name, each) for each in found]
        # Mending one thing may spoil another, so what counts is what is wrong at the end.
        left = self._found(case)
        keys = {(each.check, each.found.key) for each in left}
        repaired = [
            Finding(name, each, repaired=True)
            for name, each in mended
            if (name, each.key) not in keys
        ]
        return Findings(case.after, (*repaired, *left))

    def of(self, scene: Scene) -> Findings:
        """Return what is wrong with a design by itself: nothing of it was so before."""
        pages = tuple(replace(page, fill=None, blocks=()) for page in scene.pages)
        case = Case(replace(scene, pages=pages), scene, looks=self.looks)
        return Findings(scene, tuple(self._found(case)))

    def _found(self, case: Case) -> list[Finding]:
        return [Finding(row.name, each) for row in self.rows for each in row.check(case)]
