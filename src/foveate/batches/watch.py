"""A batch that goes on: new and changed pictures are taken as they settle."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from foveate.batches.run import Batch
from foveate.batches.sources import STANDARD
from foveate.errors import BadOption

if TYPE_CHECKING:
    from foveate.app import App
    from foveate.batches.description import Description
    from foveate.batches.report import BatchReport
    from foveate.batches.run import Going

LOOK_S: Final = 1.0
SHARE: Final = 5
"""How much longer it rests than a look took: a folder of millions is not read all the time."""


def watch(app: App, description: Description, going: Going) -> BatchReport:
    """Do a batch again and again until `going.stopped` is set, and return how all of it went.

    Files that were changed a moment ago are left for the next look. Raises as `batch`.
    """
    if STANDARD in description.sources:
        raise BadOption("Expected sources that can be looked at again, got standard input.")
    work = Batch(app, description, going)
    with work.opened():
        while not going.stopped.is_set():
            began, before = time.monotonic(), work.report.worked
            work.go()
            if work.report.worked > before and not going.stopped.is_set():
                work.write_tables()
            going.stopped.wait(max(LOOK_S, SHARE * (time.monotonic() - began)))
    return work.report
