"""What a batch is to do, as plain data: what the command line, a program and JSON say alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Final

from foveate.batches.sources import has_columns
from foveate.batches.template import Template
from foveate.errors import BadOption

MOST_RENDITIONS: Final = 50
OF_ONE: Final = "{path}.{ext}"
OF_SEVERAL: Final = "{path}-{rendition}.{ext}"


class OnError(StrEnum):
    """What a picture that fails does to the others."""

    CONTINUE = "continue"
    STOP = "stop"


class TableFormat(StrEnum):
    """How what is known of pictures is written."""

    JSONL = "jsonl"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One of the renditions that are made of every picture."""

    options: str = ""
    """As in the URL."""
    name: str = ""
    """A template for the name; empty is `{path}.{ext}`, or `{path}-{rendition}.{ext}` of several.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is to be made of which pictures, and where it goes."""

    sources: tuple[str, ...]
    """Files, folders, patterns, lists (.txt, .csv, .jsonl, .parquet), http(s) addresses,
    s3://BUCKET/PREFIX/, or - for a list on standard input."""
    out: str
    """A folder, or s3://BUCKET/PREFIX."""
    renditions: tuple[Rendered, ...] = ()
    parts: tuple[str, ...] = ()
    """What is to be known of each picture, by the names of parts of an analysis."""
    crops: tuple[str, ...] = ()
    """Aspect ratios and names of formats of which the best crop is to be known."""
    tables: TableFormat = TableFormat.JSONL
    on_error: OnError = OnError.CONTINUE

    def __post_init__(self) -> None:
        """Raise BadOption for what no batch can do."""
        if not self.sources or not all(self.sources):
            raise BadOption("Expected a source or several, got none.")
        if not self.out:
            raise BadOption("Expected where to write, got nothing: a folder or s3://BUCKET/PREFIX.")
        if not (self.renditions or self.parts or self.crops):
            told = "say options such as width=800"
            raise BadOption(f"Expected renditions, parts or crops, got none of them: {told}.")
        if len(self.renditions) > MOST_RENDITIONS:
            got = f"got {len(self.renditions)}"
            raise BadOption(f"Expected at most {MOST_RENDITIONS} renditions, {got}.")
        self._check_names()

    def _check_names(self) -> None:
        templates = self.templates
        if len({template.text for template in templates}) < len(templates):
            told = "use {width}, {rendition} or other words in it"
            raise BadOption(f"Expected a name for each rendition, got one for two: {told}.")
        for template in templates:
            template.check_place()
        if not any(map(has_columns, self.sources)):
            for template in templates:
                template.check_own()

    @property
    def templates(self) -> tuple[Template, ...]:
        """Return how each rendition is named, its own number and width filled in."""
        usual = OF_ONE if len(self.renditions) == 1 else OF_SEVERAL
        return tuple(
            Template.read(each.name or usual, each.options, number)
            for number, each in enumerate(self.renditions, 1)
        )

    def to_json(self) -> dict[str, Any]:
        """Return the description as JSON says it."""
        return asdict(self)


def description_from_json(said: object) -> Description:
    """Return the description that JSON says. Raises BadOption for words that it does not have."""
    told = dict(_known(said, Description, "a batch"))
    renditions = _each(told.pop("renditions", ()), "renditions")
    words: dict[str, Any] = {
        name: tuple(_texts(told[name], name))
        for name in ("sources", "parts", "crops")
        if name in told
    }
    words["sources"] = words.get("sources", ())
    try:
        told["tables"] = TableFormat(told.get("tables", TableFormat.JSONL))
        told["on_error"] = OnError(told.get("on_error", OnError.CONTINUE))
    except ValueError as why:
        raise BadOption(f"Expected tables and on_error in words of theirs: {why}.") from why
    told["out"] = _text(told.get("out", ""), "out")
    made = tuple(_rendered(each) for each in renditions)
    told.update(words)
    return Description(**told, renditions=made)


def _rendered(said: object) -> Rendered:
    told = _known(said, Rendered, "a rendition")
    return Rendered(**{name: _text(value, name) for name, value in told.items()})


def _known(said: object, kind: type, what: str) -> Mapping[str, Any]:
    names = [each.name for each in fields(kind)]
    if not isinstance(said, Mapping):
        raise BadOption(f"Expected {what} as an object, got {type(said).__name__}.")
    if odd := [str(name) for name in said if name not in names]:
        raise BadOption(f"Expected {what} with {', '.join(names)}, got {odd[0][:40]!r}.")
    return said


def _each(said: object, name: str) -> Sequence[object]:
    if isinstance(said, str) or not isinstance(said, Sequence):
        raise BadOption(f"Expected {name} as a list, got {type(said).__name__}.")
    return said


def _texts(said: object, name: str) -> list[str]:
    return [_text(each, name) for each in _each(said, name)]


def _text(said: object, name: str) -> str:
    if not isinstance(said, str):
        raise BadOption(f"Expected {name} as text, got {type(said).__name__}.")
    return said
