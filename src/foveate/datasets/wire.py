"""Samples, and what is made of them, as JSON says them: to handlers and back, and in files.

Numbers stay what they are, to the last bit: what is carried through is not rounded on its way.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from foveate.datasets.sample import Bitmap, Instance, Made, Polygons, Sample
from foveate.datasets.spelling import told_of
from foveate.errors import BadOption
from foveate.geometry.box import Box, Size

if TYPE_CHECKING:
    from foveate.datasets.sample import Mask, Ring

TOLD: Final = ("key", "source", "digest", "group", "split")
SIDES: Final = ("left", "top", "width", "height")
MOST_INSTANCES: Final = 10_000
MOST_NUMBERS: Final = 1_000_000
"""Corners, runs or labels of one thing."""
MOST_ATTRIBUTES: Final = 1000
HANDED_ON: Final = 1004
"""Attributes of a sample once a handler chose it, which may note some of its own."""
MOST_LETTERS: Final = 256 * 1024
"""Of the names and texts of all attributes of one thing."""
FARTHEST: Final = 1e9
"""From the corner of a picture: formats write coordinates in 32 bits, and areas are computed."""
MOST_SIDE: Final = 1_000_000
LONGEST: Final = 4096
"""Characters of a text."""
LARGEST: Final = sys.float_info.max
_HALF: Final = re.compile("[\ud800-\udfff]")
"""Half of a pair, which no file can hold."""


def sample_to_json(sample: Sample) -> dict[str, Any]:
    """Return a sample; what is empty is left out."""
    told: dict[str, Any] = {"key": sample.key, "source": sample.source, "digest": sample.digest}
    told |= {"group": sample.group, "split": sample.split}
    return _without_empty(told | _known(sample))


def sample_from_json(said: object, most: int = MOST_ATTRIBUTES) -> Sample:
    """Return the sample that JSON tells, of so many attributes. Raises BadOption for none."""
    row = _object(said, "a sample")
    texts: dict[str, Any] = {name: _text(row, name) for name in TOLD}
    return Sample(**texts, **_knowledge(row, most))


def made_to_json(made: Made) -> dict[str, Any]:
    """Return what was made of a sample, without its bytes; what is empty is left out."""
    told: dict[str, Any] = {"key": made.key, "ext": made.ext, "group": made.group}
    told |= {"size": [made.size.width, made.size.height]}
    return _without_empty(told | _known(made))


def made_from_json(said: object, data: bytes, targets: Mapping[str, bytes]) -> Made:
    """Return what was made, from JSON and the bytes beside it. Raises BadOption for what is none.

    That the bytes are a picture of that size is not looked at here.
    """
    row = _object(said, "what was made")
    texts: dict[str, Any] = {name: _text(row, name) for name in ("key", "ext", "group")}
    size = _size(row.get("size"))
    return Made(**texts, size=size, data=data, targets=targets, **_knowledge(row))


def _known(told: Sample | Made) -> dict[str, Any]:
    return {
        "labels": list(told.labels),
        "instances": [_instance_to_json(each) for each in told.instances],
        "attributes": dict(told.attributes),
    }


def _without_empty(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in ("", [], {}, None)}


def _instance_to_json(instance: Instance) -> dict[str, Any]:
    box = instance.box
    told = {
        "label": instance.label,
        "box": [box.left, box.top, box.width, box.height] if box else None,
        "mask": _mask_to_json(instance.mask) if instance.mask else None,
        "attributes": dict(instance.attributes),
    }
    return _without_empty(told)


def _mask_to_json(mask: Mask) -> dict[str, Any]:
    if isinstance(mask, Polygons):
        return {"rings": [[*ring] for ring in mask.rings]}
    return {"size": [mask.size.width, mask.size.height], "counts": list(mask.counts)}


def _knowledge(row: Mapping[str, Any], most: int = MOST_ATTRIBUTES) -> dict[str, Any]:
    labels = _list(row.get("labels", []), "labels", MOST_NUMBERS)
    instances = _list(row.get("instances", []), "instances", MOST_INSTANCES)
    return {
        "labels": tuple(_checked_text(each, "a label") for each in labels),
        "instances": tuple(_instance(number, each) for number, each in enumerate(instances)),
        "attributes": _attributes(row.get("attributes", {}), most),
    }


def _instance(number: int, said: object) -> Instance:
    try:
        return _thing(_object(said, "an instance"))
    except BadOption as why:
        raise BadOption(told_of(f"instances[{number}]", str(why))) from why


def _thing(row: Mapping[str, Any]) -> Instance:
    box, mask = row.get("box"), row.get("mask")
    return Instance(
        label=_text(row, "label"),
        box=None if box is None else _box(box),
        mask=None if mask is None else _mask(mask),
        attributes=_attributes(row.get("attributes", {})),
    )


def _box(said: object) -> Box:
    sides = [_coordinate(each, "a box") for each in _list(said, "a box", len(SIDES))]
    if len(sides) != len(SIDES) or min(sides[2:]) < 0:
        raise BadOption(f"Expected a box as {', '.join(SIDES)}, got {sides}.")
    return Box(*sides)


def _mask(said: object) -> Mask:
    row = _object(said, "a mask")
    if "rings" in row:
        rings = _list(row["rings"], "rings", MOST_NUMBERS)
        return Polygons(tuple(map(_ring, rings)))
    size, counts = _size(row.get("size")), _list(row.get("counts"), "counts")
    runs = tuple(_whole(each, "a run", size.area) for each in counts)
    if sum(runs) != size.area:
        raise BadOption(f"Expected runs of {size.area} pixels in all, got {sum(runs)}.")
    return Bitmap(size, runs)


def _ring(said: object) -> Ring:
    ring = _list(said, "a ring")
    if _is_plain(ring):
        return tuple(map(tuple, ring))
    return tuple(map(_corner, ring))


def _is_plain(ring: Sequence[Any]) -> bool:
    """Return whether all corners are as they ought to be: of millions, none is looked at twice."""
    if not {*map(type, ring)} <= {list, tuple} or {*map(len, ring)} - {2}:
        return False
    numbers = [*chain.from_iterable(ring)]
    return {*map(type, numbers)} <= {int, float} and all(map(FARTHEST.__ge__, map(abs, numbers)))


def _corner(said: object) -> tuple[float, float]:
    pair = [_coordinate(each, "a corner") for each in _list(said, "a corner", 2)]
    if len(pair) != 2:  # noqa: PLR2004 - x and y
        raise BadOption(f"Expected a corner as x and y, got {pair}.")
    return pair[0], pair[1]


def _size(said: object) -> Size:
    pair = [_whole(each, "a size", MOST_SIDE) for each in _list(said, "a size", 2)]
    if len(pair) != 2 or min(pair) < 1:  # noqa: PLR2004 - width and height
        raise BadOption(f"Expected a size as width and height, got {pair}.")
    return Size(*pair)


def _attributes(said: object, most: int = MOST_ATTRIBUTES) -> dict[str, str | float | bool]:
    row = _object(said, "attributes")
    if len(row) > most:
        raise BadOption(f"Expected at most {most} attributes, got {len(row)}.")
    found = {_checked_text(name, "a name"): _value(name, value) for name, value in row.items()}
    letters = sum(len(each) for pair in found.items() for each in pair if isinstance(each, str))
    bound = MOST_LETTERS + 2 * LONGEST * (most - MOST_ATTRIBUTES)
    if letters > bound:
        raise BadOption(f"Expected attributes of at most {bound} letters, got {letters}.")
    return found


def _value(name: str, said: object) -> str | float | bool:
    if isinstance(said, bool):
        return said
    if isinstance(said, str):
        return _checked_text(said, f"the attribute {name!r:.40}")
    if not _is_number(said):
        wanted = f"the attribute {name!r:.40} as a text, a number, true or false"
        raise BadOption(f"Expected {wanted}, got {said!r:.40}.")
    return said


def _coordinate(said: object, what: str) -> float:
    number = _number(said, what)
    if abs(number) > FARTHEST:
        raise BadOption(f"Expected {what} of numbers up to {FARTHEST:g}, got {said!r:.40}.")
    return number


def _number(said: object, what: str) -> float:
    if not _is_number(said):
        raise BadOption(f"Expected {what} of numbers, got {said!r:.40}.")
    return said


def _is_number(said: object) -> TypeGuard[int | float]:
    # Whole numbers may have any number of digits, and what is none is not below anything.
    return isinstance(said, int | float) and not isinstance(said, bool) and abs(said) <= LARGEST


def _whole(said: object, what: str, most: int) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said <= most:
        raise BadOption(f"Expected {what} of whole numbers from 0 to {most}, got {said!r:.40}.")
    return said


def _text(row: Mapping[str, Any], name: str) -> str:
    return _checked_text(row.get(name, ""), name)


def _checked_text(said: object, what: str) -> str:
    if not isinstance(said, str) or len(said) > LONGEST:
        raise BadOption(f"Expected {what} as a text up to {LONGEST} letters, got {said!r:.40}.")
    if _HALF.search(said):
        raise BadOption(f"Expected {what} as text of Unicode, got half of a pair: {said!a:.40}.")
    return said


def _list(said: object, what: str, most: int = MOST_NUMBERS) -> Sequence[Any]:
    if not isinstance(said, list | tuple) or len(said) > most:
        raise BadOption(f"Expected {what} as a list of up to {most}, got {said!r:.40}.")
    return said


def _object(said: object, what: str) -> Mapping[str, Any]:
    if not isinstance(said, Mapping) or not all(isinstance(name, str) for name in said):
        raise BadOption(f"Expected {what} as an object, got {said!r:.40}.")
    return said
