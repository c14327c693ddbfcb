"""How long a batch waits: for a picture, and for origins that have too much to do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from foveate.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE: Final = 30
"""How much longer a picture may take than in a request, for which somebody waits: also of a job,
whose worker lets everybody else go first.
"""
TIMES: Final = 3
"""How often a busy origin is asked again for one picture."""
LONGEST_S: Final = 30.0
"""Whoever wants to be left alone for longer fails the picture: others wait for the worker."""


def patiently(read: Callable[[], bytes], sleep: Callable[[float], object] = time.sleep) -> bytes:
    """Return what `read` does, once its origin has time. Blocks; raises what `read` raises."""
    for _ in range(TIMES):
        try:
            return read()
        except SourceError as why:
            if why.again_s is None or why.again_s > LONGEST_S:
                raise
            sleep(why.again_s)
    return read()
