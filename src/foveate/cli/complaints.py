"""What the command line says when something is wrong, and the exit code that goes with it.

Whoever sits at a terminal is the operator: he hears what strangers to a server do not.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Final

from rich.console import Console
from rich.text import Text

from foveate import errors
from foveate.errors import FoveateError

EXIT: Final[dict[type[FoveateError], int]] = {
    errors.BadRequest: 2,
    errors.BadSettings: 2,
    errors.UnknownModel: 2,
    FoveateError: 1,
}
"""2 is about what was asked, 1 about everything else. The nearest ancestor decides."""

REMEDIES: Final[dict[type[FoveateError], str]] = {
    errors.SourceNotFound: "Look at how the name is written.",
    errors.SourceTooLarge: "Raise FOVEATE_LIMITS__MAX_BYTES to take it.",
    errors.SourceUnreachable: "Try it again in a moment.",
    errors.SourceUnresolved: "Look at how the host is written.",
    errors.SourceTimeout: "Try again, or raise FOVEATE_ORIGINS__READ_TIMEOUT_S.",
    errors.SourceFailed: "Try again in a moment.",
    errors.SourceRefused: "Download it by other means and name the file.",
    errors.DestinationAway: "Run the same command again once it is there: what was done is not "
    "done again.",
    errors.BucketRefused: "Look at the keys, whether they have expired, and at what they may do.",
    errors.TooManyRedirects: "Name the address at which they end.",
    errors.NotAnImage: "Look at what is in the file.",
    errors.BrokenImage: "Export or download it anew.",
    errors.EmptyImage: "Export or download it anew.",
    errors.TooManyPixels: "To take it, raise FOVEATE_LIMITS__MAX_PIXELS or "
    "FOVEATE_LIMITS__MAX_SIDE.",
    errors.AnimationTooLarge: "Ask for one frame (anim=false), or raise "
    "what bounds them: FOVEATE_LIMITS__MAX_ANIMATION_PIXELS, FOVEATE_LIMITS__TIMEOUT_S "
    "or FOVEATE_LOAD__MEMORY_BYTES.",
    errors.OutputTooLarge: "Ask for a smaller width and height, or raise "
    "FOVEATE_LIMITS__MAX_OUTPUT_PIXELS or FOVEATE_LIMITS__MAX_OUTPUT_SIDE.",
    errors.MemoryBudgetSpent: "Ask for a smaller one, or raise FOVEATE_LOAD__MEMORY_BYTES.",
    errors.TimedOut: "Ask for a smaller one, or raise FOVEATE_LIMITS__TIMEOUT_S.",
    errors.UnknownModel: "foveate models list shows all of them.",
}
"""What to do, where the sentence does not say so itself."""
OF_PICTURES: Final = (
    errors.SourceNotFound,
    errors.SourceRefused,
    errors.BucketRefused,
    errors.SourceUnreachable,
    errors.SourceTimeout,
    errors.SourceFailed,
)
GENERAL: Final = frozenset(kind.summary for kind in OF_PICTURES)
"""What is said where no name is that of a picture, or an origin does not hand it out."""


def exit_code(kind: type[FoveateError]) -> int:
    """Return the exit code of the nearest ancestor that has one."""
    return next(EXIT[cls] for cls in kind.__mro__ if cls in EXIT)


def sentences(error: FoveateError) -> str:
    """Return what is the case, what was expected and came, and what to do about it."""
    detail, said = str(error).strip(), error.public
    parts = [said] if detail == said.strip() else [said, _sentence(detail)]
    if isinstance(error, errors.ModelError):
        parts = parts[-1:]  # strangers only hear that something is not there; the rest says it all
    remedy = next((REMEDIES[cls] for cls in type(error).__mro__ if cls in REMEDIES), "")
    if _is_of_no_picture(error, detail):
        remedy = ""  # the sentence says what is to be done
    if isinstance(error, errors.UnknownCollection):
        remedy = _collections()
    return " ".join(filter(None, [*parts, remedy]))


def _is_of_no_picture(error: FoveateError, detail: str) -> bool:
    """Return whether it was no picture that was not had, or took too long."""
    if isinstance(error, errors.TimedOut):
        # Of a picture the log hears which one; who waits for a dataset is told all there is.
        return detail == error.public != errors.TimedOut.summary
    return isinstance(error, OF_PICTURES) and error.public not in GENERAL


def _collections() -> str:
    from foveate.cli.people_words import collections_there

    try:
        there = ", ".join(collections_there())
    except FoveateError:
        return ""
    return f"-c names one; there is: {there}." if there else "There is none yet."


def _sentence(detail: str) -> str:
    text = " ".join(detail.split())
    return text if not text or text[-1] in ".?!" else f"{text}."


@cache
def aside() -> Console:
    """Return standard error: one console for bars and sentences, which then go above the bar."""
    return Console(stderr=True)


def warn(text: str) -> None:
    """Say on standard error what should be known of what is done all the same."""
    said = Text.assemble(("foveate: warning:", "bold yellow"), " ", _lines(text))
    aside().print(said, soft_wrap=True, highlight=False)


def complain(error: FoveateError | OSError, *, about: str = "") -> None:
    """Say on standard error what is wrong, and with which picture, if it is one of several."""
    complain_of(about, told(error))


def complain_of(about: str, text: str, console: Console | None = None) -> None:
    """Say on standard error, or on that console, what is wrong with a picture."""
    console = console or aside()
    said = Text.assemble(("foveate:", "bold red"), " ", _about(about), _lines(text))
    console.print(said, soft_wrap=True, highlight=False)


def _about(name: str) -> str:
    return f"{printable(name)}: " if name else ""


def printable(text: str) -> str:
    """Return text without what a terminal would obey: names of files may hold anything."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def told(error: FoveateError | OSError) -> str:
    """Return an error, ours or of a file, as people read it."""
    if isinstance(error, FoveateError):
        return sentences(error)
    if error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, FileNotFoundError) and not _is_somewhere():
        return "Expected a working directory, got one that was deleted."
    return error.strerror or str(error)


def _is_somewhere() -> bool:
    """Return whether the folder that the command was called in is there still."""
    try:
        os.getcwd()  # noqa: PTH109 - the same
    except FileNotFoundError:
        return False
    return True
