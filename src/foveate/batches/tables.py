"""What a batch writes beside its renditions: the manifest, and what is known of each picture.

Rows come in the order of the sources, and nothing in them depends on how many workers there were.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from foveate.batches.description import TableFormat
from foveate.batches.destination import Placing
from foveate.batches.made import Status
from foveate.batches.parquet import write_texts
from foveate.batches.unwritten import writing
from foveate.errors import NotWritten
from foveate.service.analyse import offered
from foveate.service.parts import OFFERED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from foveate.batches.description import Description
    from foveate.batches.destination import Destination
    from foveate.batches.manifest import Manifest
    from foveate.batches.records import Record

MANIFEST: Final = "manifest.jsonl"
ABOUT: Final = ("row", "source", "digest", "width", "height")


def write_tables(manifest: Manifest, destination: Destination, asked: Description) -> None:
    """Write what this run knows of all its rows. Raises NotWritten, DiskFull."""
    with writing(destination.home):
        placings = [_lines(destination.home, MANIFEST, map(_row, manifest.told()))]
        if asked.parts or asked.crops:
            placings.append(_analysis(manifest, destination.home, asked))
    whys = list(filter(None, destination.place(placings)))
    if whys:
        raise NotWritten(whys[0])


def _lines(home: Path, name: str, rows: Iterable[dict[str, Any]]) -> Placing:
    file = home / f"{name}.new"
    with file.open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    return Placing(file, name)


def _row(told: Record) -> dict[str, Any]:
    outputs = [
        {
            "rendition": each.rendition,
            "name": each.name,
            "bytes": each.bytes,
            "digest": each.digest.hex(),
            "width": each.width,
            "height": each.height,
        }
        for each in (told.outputs if told.status == Status.DONE else ())
    ]
    wrong = {"error": told.error, "message": told.message} if told.error else {}
    about = {"row": told.number, "source": told.source, "status": told.status}
    facts = {"digest": told.digest, "bytes": told.bytes}
    size = {"width": told.width, "height": told.height}
    return {**about, **facts, **size, **wrong, "outputs": outputs}


def _analysis(manifest: Manifest, home: Path, asked: Description) -> Placing:
    rows = _known(manifest.told())
    name = f"analysis.{asked.tables}"
    if asked.tables is TableFormat.JSONL:
        return _lines(home, name, ({**about, **known} for about, known in rows))
    words = columns(asked)
    file = home / f"{name}.new"
    told = ((*about.values(), *(_text(known.get(each)) for each in words)) for about, known in rows)
    write_texts(file, (*ABOUT, *words), told)
    return Placing(file, name)


def _known(rows: Iterator[Record]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for told in rows:
        if told.known:
            values = (told.number, told.source, told.digest, told.width, told.height)
            yield dict(zip(ABOUT, values, strict=True)), json.loads(told.known)


def columns(asked: Description) -> list[str]:
    """Return what is known of each picture, by its words in JSON: parts, and those they need."""
    parts = offered(asked.parts) if asked.parts else []
    told = {*parts, *(need for part in parts for need in part.needs)}
    names = [name for name, part in OFFERED.items() if part in told]
    return [*names, *(["switched_off"] if parts else []), *(["crops"] if asked.crops else [])]


def _text(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
