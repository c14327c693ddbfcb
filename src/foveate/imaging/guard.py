"""The boundary: nothing of pyvips' own errors leaves this package."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pyvips

from foveate.errors import BrokenImage, FoveateError, TimedOut, Unavailable
from foveate.forks import begin_work

if TYPE_CHECKING:
    from collections.abc import Iterator

_KILLED: Final = re.compile(r"\bkilled\b")
_NO_ROOM: Final = re.compile(
    r"\bvips_tracked: out of memory\b|\b(unable to create|Error creating) thread\b"
)
"""What this machine has too little of at the moment: memory, or threads."""
_OURS: Final = re.compile(
    r"unable to call \w+\s+"
    r"(affine|resize|reduce[hv]?|shrink[hv]?|extract_area|embed|insert|replicate|composite2?"
    r"|flip|rot|gaussblur|sharpen|convsep|linear|bandjoin): "
)
"""An operation that refuses what we ask of it; of what is wrong with a file, its loader tells."""
_CUT: Final = re.compile(r"premature end|libpng read error|unexpected end of file", re.IGNORECASE)
"""What loaders say of a file that ends before its picture is whole."""
_UNSAID: Final = re.compile(r"unable to (copy|write) to memory")
"""All that is said where a loader tells it to another thread."""


@contextmanager
def guard(failure: type[FoveateError] = BrokenImage) -> Iterator[None]:
    """Turn libvips errors raised inside into what they mean, about a file into `failure`.

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
    """Return what a message of libvips means, on one line: `failure` where a file is the reason.

    A stopped write is TimedOut, and what is no picture's fault Unavailable or FoveateError itself.
    """
    sentence = " ".join(detail.split())
    if _KILLED.search(sentence):
        return TimedOut(sentence)
    if _NO_ROOM.search(sentence):
        return Unavailable(sentence)
    if failure is not BrokenImage:
        return failure(sentence)
    return FoveateError(sentence) if _OURS.match(sentence) else BrokenImage(_of_file(sentence))


def _of_file(sentence: str) -> str:
    """Return what is wrong with a file, where a message of libvips leaves that open.

    >>> _of_file("unable to copy to memory")
    'Expected a whole picture, got one that ends before it is whole, or is damaged.'
    """
    if _UNSAID.fullmatch(sentence):
        return "Expected a whole picture, got one that ends before it is whole, or is damaged."
    if _CUT.search(sentence):
        return f"Expected a whole picture, got one that ends before it is whole: {sentence}."
    return sentence
