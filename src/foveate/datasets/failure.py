"""Why a dataset could not be made, as whoever asked for it is told."""

from __future__ import annotations

from typing import Final, NamedTuple

from foveate.errors import DatasetCancelled, DatasetsAway, FoveateError, NotWritten


class Failure(NamedTuple):
    """Why a dataset cannot be made."""

    error: str
    message: str
    log: str = ""


CANCELLED: Final = Failure(DatasetCancelled.__name__, DatasetCancelled.summary)


def unwritable(why: DatasetsAway) -> NotWritten:
    """Return what a dataset met of which a file is refused where datasets are, for good."""
    return NotWritten(str(why), public=_unwritten(why.refused))


def failure_of(why: Exception) -> Failure:
    """Return what is told of a dataset that met this."""
    if isinstance(why, FoveateError):
        return Failure(type(why).__name__, why.public, getattr(why, "log", ""))
    if isinstance(why, OSError):
        return Failure(NotWritten.__name__, _unwritten(why.strerror or type(why).__name__))
    return Failure(FoveateError.__name__, FoveateError.summary)


def _unwritten(got: str) -> str:
    return f"{NotWritten.summary.removesuffix('.')}: {got}."
