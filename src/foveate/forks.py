"""libvips and `fork`: its threads are not in the child, which would wait for them for ever."""

from __future__ import annotations

import os
import sys
from typing import Final

from foveate.errors import Unavailable

FORKED: Final = (
    "This process was forked after its parent had worked on pictures, and libvips does not survive "
    "that. Start children with multiprocessing's `spawn` or `forkserver`, or fork before the first "
    "picture."
)


class _Forks:
    """Whether this process has worked on pictures, and whether an ancestor had when it forked."""

    def __init__(self) -> None:
        self.worked = False
        self.too_late = False

    def note(self) -> None:
        """Look back, in a child that has just been forked."""
        self.too_late = self.too_late or self.worked


_forks: Final = _Forks()
if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forks.note)


def begin_work() -> None:
    """Note that libvips works in this process from now on. Raises Unavailable where it cannot."""
    if _forks.too_late:
        raise Unavailable(FORKED, public=FORKED)
    _forks.worked = True
