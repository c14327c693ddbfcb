"""Which rows of a batch are left to be worked on, and what is noted of the others."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from foveate.batches.again import AGAIN
from foveate.batches.commit import TAKEN, UNWRITTEN, sentence, shares
from foveate.batches.made import Status
from foveate.batches.template import claim_of
from foveate.errors import FoveateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.batches.asked import Asking
    from foveate.batches.destination import Destination
    from foveate.batches.manifest import Manifest
    from foveate.batches.records import Before, Rival, Wish
    from foveate.batches.report import BatchReport
    from foveate.batches.row import Row
    from foveate.batches.run import Going

MANY: Final = 1024
"""So many rows that are not worked on take a moment."""


@dataclass(slots=True, kw_only=True)
class Left:
    """What one look at all rows leaves to be done."""

    manifest: Manifest
    destination: Destination
    asking: Asking
    going: Going
    report: BatchReport
    underway: set[bytes] = field(default_factory=set)
    """Rows that are worked on, by their identity: whoever commits them takes them out."""
    _repeated: int = 0

    def of(self, rows: Iterator[Row | None]) -> Iterator[Row | None]:
        """Yield the rows that are to be worked on, and note the others.

        After many of these it yields a moment, so that what is underway does not wait for them.
        """
        passed = 0
        for row in rows:
            if self.going.stopped.is_set():
                return
            if row is not None and self._is_left(row, self.manifest.before(row.id)):
                self.underway.add(row.id)
                yield row
                passed = 0
                continue
            passed += 1
            if row is None or passed % MANY == 0:
                yield None

    def freed(self, rows: Iterator[Row | None]) -> Iterator[Row | None]:
        """Yield the rows that failed in this run for a name that is nobody's before them now."""
        for passed, row in enumerate(rows, 1):
            if self.going.stopped.is_set():
                return
            before = None if row is None else self.manifest.before(row.id)
            if row is not None and before is not None and self._is_freed(row, before):
                self.report.try_again(before.error, now=before.worked >= self.manifest.first)
                self.underway.add(row.id)
                yield replace(row, number=before.number)
            if row is None or passed % MANY == 0:
                yield None

    def _is_freed(self, row: Row, before: Before) -> bool:
        failed = before.error == TAKEN and before.run == self.manifest.run
        underway = row.id in self.underway
        return failed and not underway and self._is_free(replace(row, number=before.number))

    def holds(self, row: Row, before: Before) -> bool:
        """Return whether what is known of a row still holds."""
        if before.asked != self.asked(row) or before.version != row.version:
            return False
        if before.status is Status.FAILED:
            # Of what passes: once for each time that a batch is begun, also where it watches.
            earlier = not self.manifest.first or before.run < self.manifest.first
            passed = before.error in AGAIN and earlier
            free = before.error == TAKEN and self._is_free(row)
            return not (self.going.retry_failed or passed or free or before.error == UNWRITTEN)
        holds = self.destination.holds
        return all(holds(output.name, output.bytes) for output in before.outputs)

    def _is_free(self, row: Row) -> bool:
        """Return whether no other has any more what a row failed for, or comes after it now."""
        wishes = self.manifest.names.wishes(row.id)
        return bool(wishes) and not any(self._is_taken(row, wish) for wish in wishes)

    def _is_taken(self, row: Row, wish: Wish) -> bool:
        if any(self._before(row, wish)):
            return True
        owns = self.manifest.names.owns(claim_of(wish.name))
        return not owns and self.destination.seems_taken(wish.name)

    def _before(self, row: Row, wish: Wish) -> Iterator[Rival]:
        rivals = self.manifest.names.rivals(claim_of(wish.name), row.id)
        return (each for each in rivals if self._goes_before(each, row, wish))

    def _why(self, row: Row) -> str:
        """Return why a row failed for a name, as it is now: who has it may be another one."""
        for wish in self.manifest.names.wishes(row.id):
            rivals = self._before(row, wish)
            if rival := min(rivals, key=lambda each: each.number, default=None):
                return sentence(wish.name, rival.source, rival.name)
        return ""

    def _goes_before(self, rival: Rival, row: Row, wish: Wish) -> bool:
        if shares(rival, wish):
            return False
        if not self.manifest.run:  # nobody notes which rows there are still
            return bool(rival.live)
        return rival.id in self.underway or self.manifest.goes_before(rival, row)

    def asked(self, row: Row) -> bytes:
        """Return what stands for all that is asked of a row; nothing, where that cannot be read."""
        try:
            return self.asking.of(row.options).digest
        except FoveateError:
            return b""

    def _is_left(self, row: Row, before: Before | None) -> bool:
        if row.id in self.underway or (before and before.run == self.manifest.run):
            self._repeated += 1
            self.report.repeated = max(self.report.repeated, self._repeated)
            return False
        if before is not None and self.holds(row, before):
            self._pass(row, before)
            return False
        if not self._is_settled(row):
            return False
        if before is not None and before.error == TAKEN and before.run >= self.manifest.first:
            self._count_once(row, before)
        return True

    def _count_once(self, row: Row, before: Before) -> None:
        """Count a row no more that failed for a name in an earlier look, unless it has changed."""
        if (before.asked, before.version) == (self.asked(row), row.version):
            self.report.try_again(before.error, now=before.worked >= self.manifest.first)

    def _pass(self, row: Row, before: Before) -> None:
        self.manifest.pass_over(row, self._why(row) if before.error == TAKEN else "")
        if before.run >= self.manifest.first:
            return  # counted by an earlier look of this batch
        if before.status is Status.DONE:
            self.report.before += 1
        else:
            self.report.failed_before += 1
            self.report.errors[before.error] += 1

    def _is_settled(self, row: Row) -> bool:
        """Return whether nobody seems to be writing to a file any more."""
        if not self.going.settle_s or not row.key or "://" in row.key:
            return True
        try:
            found = os.stat(row.key)  # noqa: PTH116
        except OSError:
            return False
        except ValueError:  # no file can be called so
            return True
        # Not the time of modification alone: who copies a file may set it back.
        return time.time() - max(found.st_mtime, found.st_ctime) >= self.going.settle_s
