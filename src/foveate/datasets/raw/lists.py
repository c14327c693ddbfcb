"""What is known of pictures as a list says it: CSV, JSON lines, Parquet, or names alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from foveate.batches.lists import HEADERS, READERS, no_source
from foveate.datasets.raw.places import as_file
from foveate.datasets.raw.raw import Noted, check_split
from foveate.datasets.sample import Instance
from foveate.datasets.wire import sample_from_json
from foveate.errors import BadOption, BadRaw
from foveate.geometry.box import Box
from foveate.lists import SOURCE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from foveate.datasets.raw.listing import Listing
    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.raw import Raw

LABELS: Final[tuple[str, ...]] = ("label", "class", "category", "labels")
BOXES: Final = (
    ("left", "top", "width", "height"),
    ("x", "y", "w", "h"),
    ("x", "y", "width", "height"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("x1", "y1", "x2", "y2"),
)
"""Columns of a box, the first that are whole; those of the last three are corners. Beside `w` and
`h`, `width` and `height` are those of the picture."""
SIZED: Final = 3
SIZES: Final = {"width", "height", "w", "h"}
"""Alone they are those of the picture."""
WHOLE: Final = ("instances", "attributes")
"""What JSON says in the words of samples, beside `labels`; in a cell of CSV they mean nothing."""
LOST: Final = (
    *("box", "boxes", "bbox", "bboxes", "mask", "masks", "segmentation", "objects", "annotations"),
)
"""What others call things and where they are, and nobody reads here."""
OF_THINGS: Final = frozenset({"label", "box", "mask", "attributes"})
READ: Final = frozenset((*SOURCE_COLUMNS, *LABELS, *chain(*BOXES), *WHOLE, "group", "split"))
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
            listing.halt()
            listing.remarks.unread(file, _unread(row))
            source = _source(row, where)
            name = listing.find(source, where, file).name
            check_split(_text(row, ("split",), where), where)
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
            _check_columns(file, HEADERS.get(there.suffix, _unnamed)(there))
            for number, row in enumerate(READERS[there.suffix](there), 1):
                if number > MOST_ROWS:
                    raise BadRaw(f"{file}: expected at most {MOST_ROWS} rows, got more.")
                where = f"{file} row {number}"
                yield where, _row(row, where)
        except (BadOption, ValueError, OSError) as why:
            # It may begin with what the list is called here.
            rest = str(why).removeprefix(there.name)
            raise BadRaw(f"{file}: {why}" if rest == str(why) else f"{file}{rest}") from why


def _unnamed(there: Path) -> Sequence[str]:  # noqa: ARG001 - as others of HEADERS
    return ()


def _check_columns(file: str, columns: Sequence[str]) -> None:
    """Raise BadRaw for columns of one name, of which one alone would be read."""
    names = Counter(str(each).strip().lower() for each in columns if each)
    for name, many in names.items():
        if name and many > 1:
            raise BadRaw(f"{file}: expected each column once, got {name!r:.40} {many} times.")


def _row(said: object, where: str) -> Mapping[str, Any]:
    """Return what a row says, an object or a name, by small letters. Raises BadRaw."""
    if isinstance(said, str):
        said = {SOURCE_COLUMNS[0]: said}
    if not isinstance(said, Mapping):
        raise BadRaw(f"{where}: expected an object or a name, got {said!r:.40}.")
    beyond = said.get(None, ())  # cells of CSV for which its header has no names
    if any(map(str.strip, beyond)):
        wanted = len(said) - 1
        raise BadRaw(f"{where}: expected {wanted} cells, got {wanted + len(beyond)}.")
    return {str(name).strip().lower(): value for name, value in said.items() if name}


def _unread(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns of a row that mean nothing here; in a cell of CSV none of WHOLE does."""
    for name, said in row.items():
        if name not in READ or (name in WHOLE and isinstance(said, str) and said.strip()):
            yield name


def _source(row: Mapping[str, Any], where: str) -> str:
    """Return what a row calls its picture. Raises BadRaw."""
    source = _text(row, SOURCE_COLUMNS, where)
    if problem := no_source(source, row, row):
        raise BadRaw(f"{where}: {problem[:1].lower()}{problem[1:]}")
    return source


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
    if lost := [each for each in LOST if row.get(each)]:
        raise BadRaw(f"{where}: expected things as instances or in columns, got {lost[0]}.")
    in_json = any(not isinstance(row.get(word, ""), str | None) for word in WHOLE)
    if in_json or isinstance(row.get("labels"), list):
        _add_whole(noted, row, where)
        labels = LABELS[:-1]
    label, box = _text(row, labels, where), _box(row, where)
    if box is not None:
        noted.instances.append(Instance(label=label, box=box))
    elif label:
        noted.labels.append(label)


def _add_whole(noted: Noted, row: Mapping[str, Any], where: str) -> None:
    """Add what an object of JSON says in the words of samples."""
    said = {word: row[word] for word in WHOLE if not _is_nothing(row.get(word))}
    if isinstance(labels := row.get("labels"), list):
        said["labels"] = labels
    try:
        sample = sample_from_json(said)
    except BadOption as why:
        raise BadRaw(f"{where}: {why}") from why
    for at, each in enumerate(said.get("instances", ())):
        if lost := sorted(set(each) - OF_THINGS):
            got = f"expected label, box, mask or attributes, got {lost[0]!r:.40}"
            raise BadRaw(f"{where}: instances[{at}]: {got}.")
    for each in sample.instances:
        _check_pixels(each.box, where)
    noted.labels += sample.labels
    noted.instances.extend(sample.instances)
    noted.attributes |= sample.attributes


def _box(row: Mapping[str, Any], where: str) -> Box | None:
    some: list[str] = []
    for number, columns in enumerate(BOXES):
        if row.keys().isdisjoint(columns):
            continue
        there = [name for name in columns if not _is_nothing(row.get(name))]
        if len(there) == len(columns):
            return _box_of([row[name] for name in columns], where, is_sized=number < SIZED)
        some = max(some, [] if SIZES.issuperset(there) else there, key=len)
    if some:
        wanted = "; ".join(map(",".join, BOXES))
        raise BadRaw(f"{where}: expected all of a box ({wanted}), got {','.join(some)} alone.")
    return None


def _box_of(said: Sequence[object], where: str, *, is_sized: bool) -> Box:
    left, top, third, fourth = (_number(value, where) for value in said)
    sides = (third, fourth) if is_sized else (third - left, fourth - top)
    if min(sides) < 0:
        raise BadRaw(f"{where}: expected a box, got {said!r:.80}.")
    box = Box(left, top, *sides)
    _check_pixels(box, where)
    return box


def _check_pixels(box: Box | None, where: str) -> None:
    """Raise BadRaw for a box within the first pixel: somebody wrote shares of the picture."""
    if box is None or box.area == 0 or max(box.right, box.bottom) > 1:
        return
    numbers = (box.left, box.top, box.width, box.height)
    if not all(float(each).is_integer() for each in numbers):
        raise BadRaw(f"{where}: expected a box in pixels, got {numbers}, which are shares.")


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
    return "" if said is None else str(said).strip()


def _first(row: Mapping[str, Any], columns: tuple[str, ...]) -> Any:  # noqa: ANN401
    return next((row[name] for name in columns if not _is_nothing(row.get(name))), None)


def _is_nothing(said: object) -> bool:
    """Return whether a value is none, a cell of spaces, or what is written for no number."""
    if isinstance(said, float):
        return math.isnan(said)
    return said is None or (isinstance(said, str) and not said.strip())
