"""What is known of pictures as a list says it: CSV, JSON lines, Parquet, or names alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from foveate.batches.lists import READERS
from foveate.datasets.raw.places import as_file
from foveate.datasets.raw.raw import Noted
from foveate.datasets.sample import Instance
from foveate.datasets.wire import sample_from_json
from foveate.errors import BadOption, BadRaw
from foveate.geometry.box import Box
from foveate.lists import SOURCE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.datasets.raw.listing import Listing
    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.raw import Raw

LABELS: Final[tuple[str, ...]] = ("label", "class", "category", "labels")
BOXES: Final = (
    ("left", "top", "width", "height"),
    ("x", "y", "width", "height"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("x1", "y1", "x2", "y2"),
)
"""Columns of a box; those of the last three are corners."""
SIZED: Final = 2
NOTHING: Final = (None, "")
"""Compared one by one: values may be lists, which no set takes."""
MOST_ROWS: Final = 50_000_000


def listed(raw: Raw, place: Place, listing: Listing) -> dict[str, Noted]:
    """Return the pictures that lists name; several rows may be of one. Raises BadRaw."""
    if not raw.annotations:
        raise BadRaw(f"Expected a list ({', '.join(READERS)}), got none: name it as annotations.")
    noted: dict[str, Noted] = {}
    splits: dict[str, str] = {}
    for said in raw.annotations:
        split, _, file = said.rpartition("=")
        for where, row in _rows(place, file):
            source = _text(row, SOURCE_COLUMNS, where)
            name = listing.find(source, where).name
            splits[name] = _one("split", splits.get(name, ""), split, where)
            _add(noted.setdefault(name, Noted()), row, where)
    for name, found in noted.items():
        found.split = found.split or splits[name]
    return noted


def _rows(place: Place, file: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with as_file(place, file) as there:
        if there.suffix not in READERS:
            raise BadRaw(f"Expected a list ({', '.join(READERS)}), got {file}.")
        try:
            for number, row in enumerate(READERS[there.suffix](there), 1):
                if number > MOST_ROWS:
                    raise BadRaw(f"{file}: expected at most {MOST_ROWS} rows, got more.")
                told = {str(name).strip().lower(): value for name, value in row.items() if name}
                yield f"{file} row {number}", told
        except (BadOption, ValueError, OSError) as why:
            raise BadRaw(f"{file}: {why}") from why


def _one(what: str, known: str, said: str, where: str) -> str:
    """Return what either says. Raises BadRaw where they say two: a picture is on one side alone."""
    if known and said and known != said:
        got = f"{known!r:.40} and {said!r:.40}"
        raise BadRaw(f"{where}: expected one {what} of a picture, got {got}.")
    return known or said


def _add(noted: Noted, row: Mapping[str, Any], where: str) -> None:
    """Add what a row says to what is known of its picture."""
    noted.group = _one("group", noted.group, _text(row, ("group",), where), where)
    noted.split = _one("split", noted.split, _text(row, ("split",), where), where)
    labels = LABELS
    if isinstance(row.get("instances"), list) or isinstance(row.get("labels"), list):
        _add_whole(noted, row, where)
        labels = LABELS[:-1]
    label, box = _text(row, labels, where), _box(row, where)
    if box is not None:
        noted.instances.append(Instance(label=label, box=box))
    elif label:
        noted.labels.append(label)


def _add_whole(noted: Noted, row: Mapping[str, Any], where: str) -> None:
    """Add what an object of JSON says in the words of samples."""
    words = ("labels", "instances", "attributes")
    try:
        sample = sample_from_json({word: row[word] for word in words if row.get(word)})
    except BadOption as why:
        raise BadRaw(f"{where}: {why}") from why
    noted.labels += sample.labels
    noted.instances += sample.instances
    noted.attributes |= sample.attributes


def _box(row: Mapping[str, Any], where: str) -> Box | None:
    for number, columns in enumerate(BOXES):
        said = [row.get(column) for column in columns]
        if not any(value in NOTHING for value in said):
            left, top, third, fourth = (_number(value, where) for value in said)
            sides = (third, fourth) if number < SIZED else (third - left, fourth - top)
            if min(sides) < 0:
                raise BadRaw(f"{where}: expected a box, got {said!r:.80}.")
            return Box(left, top, *sides)
    return None


def _number(said: object, where: str) -> float:
    try:
        number = float(str(said))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadRaw(f"{where}: expected a number, got {said!r:.40}.")
    return number


def _text(row: Mapping[str, Any], columns: tuple[str, ...], where: str) -> str:
    """Return what the first of some columns says that says something."""
    said = _first(row, columns)
    if isinstance(said, dict | list | bytes):
        raise BadRaw(f"{where}: expected {columns[0]} as a text, got {said!r:.40}.")
    return "" if said is None else str(said)


def _first(row: Mapping[str, Any], columns: tuple[str, ...]) -> Any:  # noqa: ANN401
    return next((row[name] for name in columns if row.get(name) not in NOTHING), None)
