"""From what somebody names to the rows of a batch: a stream, never a list in memory."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from foveate.batches.lists import check_columns, is_list, listed, named, row_count, row_of
from foveate.batches.row import Row
from foveate.batches.walk import in_folder, is_pattern, matching
from foveate.errors import BadOption
from foveate.lists import of_lines
from foveate.pictures import is_left_out, is_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foveate.batches.report import BatchReport
    from foveate.storage.bucket_folder import Found

    Lists = Callable[[str], Iterator[Found]]
    """What is below s3://BUCKET/PREFIX/."""

STANDARD: Final = "-"
SHOWN: Final = 5
"""Sources in a sentence."""


def rows_of(
    sources: Sequence[str], out: str, lists: Lists, standard: TextIO | None = None
) -> Iterator[Row]:
    """Yield the rows of all sources, numbered from 1 on. Raises BadOption and what reading raises.

    Pictures below `out`, when that is a folder, are none of them.
    """
    check_sources(sources, standard)
    number = 0
    for source in sources:
        for row in _rows(source, out, lists, standard or sys.stdin):
            number += 1
            yield replace(row, number=number)


def counted(sources: Sequence[str], out: str) -> int | None:
    """Return how many rows there will be; None where that takes asking others."""
    if any(source == STANDARD or is_bucket_folder(source) for source in sources):
        return None
    return sum(_count(source, out) for source in sources)


def _count(source: str, out: str) -> int:
    if "://" not in source and (said := row_count(source)) is not None:
        return said
    return sum(1 for _ in rows_of([source], out, lambda _: iter(())))


def check_sources(sources: Sequence[str], standard: TextIO | None = None) -> None:
    """Raise BadOption for a source that nothing can come from."""
    if sources.count(STANDARD) > 1:
        raise BadOption("Expected - for standard input once, got it twice.")
    if STANDARD in sources and standard is None and sys.stdin is None:
        raise BadOption("Expected lines on standard input for -, got none: it is closed.")
    for source in sources:
        if is_in_bucket(source) and "*" in source:
            wanted = "Expected s3://BUCKET/PREFIX/ as it is: patterns are for folders"
            raise BadOption(f"{wanted}, got {source}.")
        if is_in_bucket(source):
            check_no_list(source)
        remote = "://" in source or source == STANDARD
        if not (remote or is_pattern(source) or Path(source).exists()):
            raise BadOption(f"Expected a picture, a folder or a list, got {source}: nothing there.")
        if not remote and not is_pattern(source) and is_list(source) and Path(source).is_file():
            check_columns(source)


def check_found(sources: Sequence[str], report: BatchReport) -> None:
    """Raise BadOption where nothing was found in any of them."""
    if not (report.met or report.stopped or STANDARD in sources):
        named_ = ", ".join(sources[:SHOWN]) + (", ..." if len(sources) > SHOWN else "")
        raise BadOption(f"Expected pictures in {named_}, got none.")


def check_no_list(source: str) -> None:
    """Raise BadOption for a list that is an object: it is not read from a bucket."""
    if is_list(source) and not source.endswith("/"):
        raise BadOption(
            f"Expected pictures or a prefix of a bucket, got {source}: lists are read of folders. "
            "Where it is a prefix, write a slash behind it."
        )


def _rows(source: str, out: str, lists: Lists, standard: TextIO) -> Iterator[Row]:
    if source == STANDARD:
        for said in of_lines(standard, "standard input"):
            yield row_of(said, Path())
    elif is_bucket_folder(source):
        yield from _in_bucket(source, lists)
    elif "://" not in source and is_pattern(source):
        yield from matching(source, out)
    elif "://" not in source and Path(source).is_dir():
        yield from in_folder(source, out)
    elif "://" not in source and is_list(source):
        yield from listed(source)
    else:
        yield named(source, Path(), "", {})


def has_columns(source: str) -> bool:
    """Return whether rows of a source may say more than where a picture is.

    >>> has_columns("shop.csv"), has_columns("-"), has_columns("photos"), has_columns("*.csv")
    (True, True, False, False)
    """
    return source == STANDARD or (
        "://" not in source and not is_pattern(source) and is_list(source)
    )


def is_bucket_folder(source: str) -> bool:
    """Return whether a source is all that is below a prefix of a bucket, and no single object."""
    _, _, rest = source.partition("://")
    return is_in_bucket(source) and ("/" not in rest or not is_picture(rest))


def is_in_bucket(source: str) -> bool:
    """Return whether a source is in a bucket, whatever it is there."""
    return source.lower().startswith("s3://")


def _in_bucket(source: str, lists: Lists) -> Iterator[Row]:
    for found in lists(source):
        if found.problem:
            yield Row(key=found.key, path=found.path, problem=found.problem, missed=True)
        elif is_picture(found.path) and not any(map(is_left_out, found.path.split("/"))):
            path = found.path.rpartition(".")[0]
            yield Row(key=found.key, path=path, version=found.version)
