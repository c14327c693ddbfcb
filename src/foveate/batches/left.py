"""Which rows of a batch are left to be worked on, and what is noted of the others."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.batches.again import AGAIN
from foveate.batches.commit import UNWRITTEN
from foveate.batches.made import Status
from foveate.errors import FoveateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.batches.asked import Asking
    from foveate.batches.destination import Destination
    from foveate.batches.manifest import Manifest
    from foveate.batches.records import Before
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

    def holds(self, row: Row, before: Before) -> bool:
        """Return whether what is known of a row still holds."""
        if before.asked != self.asked(row) or before.version != row.version:
            return False
        if before.status is Status.FAILED:
            # Of what passes: once for each time that a batch is begun, also where it watches.
            earlier = not self.manifest.first or before.run < self.manifest.first
            passed = before.error in AGAIN and earlier
            return not (self.going.retry_failed or passed or before.error == UNWRITTEN)
        holds = self.destination.holds
        return all(holds(output.name, output.bytes) for output in before.outputs)

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
        if before is None or not self.holds(row, before):
            return self._is_settled(row)
        self._pass(row, before)
        return False

    def _pass(self, row: Row, before: Before) -> None:
        self.manifest.pass_over(row)
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
