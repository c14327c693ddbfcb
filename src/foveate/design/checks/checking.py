"""A change held against all checks: mended where that is safe, and looked at again after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from foveate.design.checks.model import NOTHING, Case, Finding, Findings, Found, Looks, Severity
from foveate.design.checks.patience import SECONDS, UNSEEN, as_far_as_seen, patience
from foveate.design.checks.table import CHECKS

if TYPE_CHECKING:
    from foveate.design.checks.model import Row
    from foveate.design.scene.model import Scene


@dataclass(frozen=True, slots=True)
class Checks:
    """Holds changes against a table of checks."""

    looks: Looks = NOTHING
    rows: tuple[Row, ...] = CHECKS
    strict: bool = False
    """Whether a change is refused of which not all could be looked at in time, or that is told."""
    seconds: float = SECONDS

    def __call__(self, before: Scene, after: Scene, request: str = "") -> Findings:
        """Return what is found, and the design after what could be mended was."""
        case, mended = Case(before, after, request, self.looks), list[Finding]()
        with patience(self.seconds):
            for row in self.rows:
                # What is not seen in time now is not so later either, and told then.
                with as_far_as_seen([], row.name):
                    found = tuple(row.check(case))
                    if found and row.repair is not None:
                        case = case.with_after(row.repair(case, found))
                        mended += [Finding(row.name, each) for each in found]
            # Mending one thing may spoil another, so what counts is what is wrong at the end.
            left = self._found(case)
        keys = {(each.check, each.found.key) for each in left}
        unseen = {each.check for each in left if each.found.matter == UNSEEN}
        repaired = [
            replace(each, repaired=True)
            for each in mended
            if (each.check, each.found.key) not in keys and each.check not in unseen
        ]
        return Findings(case.after, (*repaired, *left))

    def of(self, scene: Scene) -> Findings:
        """Return what is wrong with a design by itself: nothing of it was so before."""
        pages = tuple(replace(page, fill=None, blocks=()) for page in scene.pages)
        case = Case(replace(scene, pages=pages), scene, looks=self.looks)
        with patience(self.seconds):
            return Findings(scene, tuple(self._found(case)))

    def _found(self, case: Case) -> list[Finding]:
        found, missed = list[Finding](), list[str]()
        for row in self.rows:
            with as_far_as_seen(missed, row.name):
                for each in row.check(case):
                    found.append(Finding(row.name, each))
        return found + [Finding(name, self._unseen(name)) for name in missed]

    def _unseen(self, name: str) -> Found:
        severity = Severity.ERROR if self.strict else Severity.WARNING
        return Found("", UNSEEN.format(name, self.seconds), severity, UNSEEN)
