"""The boundary: nothing of pyvips' own errors leaves this package."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pyvips

from foveate.errors import BrokenImage, FoveateError, TimedOut
from foveate.imaging.forks import begin_work

if TYPE_CHECKING:
    from collections.abc import Iterator

_KILLED: Final = re.compile(r"\bkilled\b")


@contextmanager
def guard(failure: type[FoveateError] = BrokenImage) -> Iterator[None]:
    """Turn libvips errors raised inside into `failure`, and a stopped write into TimedOut.

    Also works as a decorator. libvips is lazy: a broken file often shows only while it is encoded.
    Raises Unavailable in a child that was forked too late for libvips.
    """
    begin_work()
    try:
        yield
    except pyvips.Error as why:
        raise error_for(str(why), failure) from why
    except UnicodeDecodeError as why:
        # pyvips reads names and messages of libvips as UTF-8, and a file can put anything there.
        raise failure(f"Expected text in UTF-8 inside the picture, got {why.object!r}") from why


def error_for(detail: str, failure: type[FoveateError]) -> FoveateError:
    """Return what a message of libvips means, on one line."""
    sentence = " ".join(detail.split())
    return TimedOut(sentence) if _KILLED.search(sentence) else failure(sentence)
