"""What an error of the operating system is to us: gone, failing, or our own want of means."""

from __future__ import annotations

import errno
from typing import Final

from foveate.errors import FoveateError, SourceFailed, SourceNotFound, Unavailable

SHORT: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})
"""We have no descriptor or memory left: it says nothing of the source, and passes."""
FAILING: Final = frozenset({errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN})
"""A disk or a file server that does not do its work."""


def of_file(why: OSError | ValueError) -> type[FoveateError]:
    """Return the noun for a file that cannot be opened or read.

    What is missing and what is forbidden are one, so that there is nothing to probe.
    """
    if is_shortage(why):
        return Unavailable
    return SourceFailed if getattr(why, "errno", None) in FAILING else SourceNotFound


def is_shortage(why: BaseException | None) -> bool:
    """Tell whether an error, or what led to it, is that we have no means left."""
    while why is not None:
        if isinstance(why, OSError) and why.errno in SHORT:
            return True
        why = why.__cause__ or why.__context__
    return False
