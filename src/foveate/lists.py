"""Lists of pictures as people and programs write them: names, JSON lines, and CSV."""

from __future__ import annotations

import csv
import json
import math
import re
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Final

from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    Reader = csv.DictReader[str]
else:
    Reader = csv.DictReader

SOURCE_COLUMNS: Final = ("source", "file", "path", "image", "filename", "url")
"""Under which of them a list says where a picture is, the first that it has."""
DELIMITERS: Final = ",;\t"
LONGEST: Final = 1_000_000
"""Characters of a line."""
UNDECODED: Final = re.compile(r"[\udc80-\udcff]")
"""What stands for bytes that are no UTF-8."""
MOST_DIGITS: Final = 4300
"""Of a number that Python reads."""


@contextmanager
def opened(place: Path) -> Iterator[IO[str]]:
    """Yield the text of a list. Raises BadOption for what is none, also from within."""
    try:
        # Its lines are looked at one by one: a decoder would fail all of a block for one of them.
        with place.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as text:
            yield text
    except OSError as why:
        raise BadOption(f"Expected a list at {place}, got {why.strerror or why}.") from why
    except csv.Error as why:
        raise BadOption(f"{place.name}: expected a list as CSV, got none: {why}.") from why


class Table(Reader):
    """Rows of CSV. Of one that is none it says with which line that begins."""

    def __init__(self, lines: Iterator[str], place: str, delimiter: str) -> None:
        # Strictly: a quote that is not closed would take all that follows as one value.
        super().__init__(lines, delimiter=delimiter, strict=True)
        self._place = place

    def __next__(self) -> dict[str, str]:
        """Return the next row. Raises BadOption."""
        begun = self.line_num + 1
        try:
            return super().__next__()
        except csv.Error as why:
            wanted = f"{self._place} line {begun}: expected a row of CSV"
            raise BadOption(f"{wanted}, got none: {why}.") from why


def table(text: IO[str], place: str) -> Table:
    """Return the rows of CSV, whatever its columns are parted by, each by the names of its header.

    Reading it raises BadOption for lines without end, and for quotes without.
    """
    lines = bounded(text, place)
    header = next(lines, "")
    return Table(_again(header, lines), place, delimiter_of(header))


def delimiter_of(header: str) -> str:
    """Return what parts the columns of a list: spreadsheets of many countries write semicolons.

    >>> delimiter_of("file,subject"), delimiter_of("file;subject"), delimiter_of("file")
    (',', ';', ',')
    """
    return max(DELIMITERS, key=header.count)


def column_of(names: Iterable[str], wanted: Sequence[str] = SOURCE_COLUMNS) -> str | None:
    """Return the first wanted column that is there, as it is written; None if there is none.

    >>> column_of(["Subject", " File "]), column_of(["a", "b"])
    (' File ', None)
    """
    by_lower = {name.strip().lower(): name for name in names}
    return next((by_lower[each] for each in wanted if each in by_lower), None)


def of_lines(text: IO[str], place: str) -> Iterator[Mapping[str, Any]]:
    """Yield what each line says: a name, or an object of JSON."""
    for number, line in enumerate(bounded(text, place), 1):
        if line.startswith("{"):
            yield _object(line, f"{place} line {number}")
        elif name := line.rstrip("\r\n"):
            yield {"source": name}


def of_json_lines(text: IO[str], place: str) -> Iterator[Any]:
    """Yield what each line of JSON says, whatever that is; a line that is none is a name."""
    for number, line in enumerate(bounded(text, place), 1):
        if line.startswith("{"):
            yield _object(line, f"{place} line {number}")
        elif name := line.rstrip("\r\n"):
            yield _said(name)


def _said(line: str) -> Any:  # noqa: ANN401 - whatever JSON can be
    try:
        return json.loads(line, parse_int=_whole)
    except (ValueError, RecursionError):
        return line


def bounded(text: IO[str], place: str) -> Iterator[str]:
    """Yield lines with their ends. Raises BadOption for one that is too long, or no UTF-8."""
    for number, line in enumerate(iter(lambda: text.readline(LONGEST + 1), ""), 1):
        if len(line) > LONGEST:
            got = f"line {number} is longer"
            raise BadOption(f"{place}: expected lines of at most {LONGEST} characters, {got}.")
        if not line.isascii() and UNDECODED.search(line):
            raise BadOption(f"{place} line {number}: expected a list in UTF-8, got other bytes.")
        yield line


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _object(line: str, place: str) -> Mapping[str, Any]:
    try:
        said = json.loads(line, parse_int=_whole)
    except (ValueError, RecursionError) as why:
        raise BadOption(f"{place}: expected JSON, got what is none.") from why
    if not isinstance(said, dict):
        raise BadOption(f"{place}: expected an object of JSON, got {type(said).__name__}.")
    return said


def _whole(digits: str) -> float:
    """Return a whole number; of one that is too long nothing is known."""
    return int(digits) if len(digits) <= MOST_DIGITS else math.nan
