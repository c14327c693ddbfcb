"""A batch that goes on: new and changed pictures are taken as they settle."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from foveate.batches.run import Batch
from foveate.batches.sources import STANDARD
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.app import App
    from foveate.batches.description import Description
    from foveate.batches.report import BatchReport
    from foveate.batches.run import Going, Unread

LOOK_S: Final = 1.0
SHARE: Final = 5
"""How much longer it rests than a look took: a folder of millions is not read all the time."""


def watch(app: App, description: Description, going: Going) -> BatchReport:
    """Do a batch again and again until `going.stopped` is set, and return how all of it went.

    Files that were changed a moment ago are left for the next look, and so is what cannot be read
    then: a list that is half written, a folder that is away. Raises as `batch`, and at the first
    look for what cannot be read either.
    """
    if STANDARD in description.sources:
        raise BadOption("Expected sources that can be looked at again, got standard input.")
    work, told, written = Batch(app, description, going), "", 0
    look: Callable[[], Unread | None] = work.go
    with work.opened():
        while not going.stopped.is_set():
            began, unread = time.monotonic(), look()
            if unread is None and work.report.worked > written and not going.stopped.is_set():
                work.write_tables()
                written = work.report.worked
            if unread is not None and str(unread) != told:
                going.missed(unread)
            look, told = work.look, str(unread or "")
            going.stopped.wait(max(LOOK_S, SHARE * (time.monotonic() - began)))
    work.report.stopped = True
    return work.report
