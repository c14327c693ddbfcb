"""Batches for programs that have an engine of their own: rows in, rows of what became of them out.

Spark, Dask and Ray Data say which rows are worked on where, and what was done already. So there is
no manifest: a file is written whole or not at all, and a row that is done again finds its own.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from foveate.background import default_app
from foveate.batches.asides import APART, ASIDE, FolderAsides, sweep_apart
from foveate.batches.asked import Asking
from foveate.batches.budget import Budget
from foveate.batches.destination import Placing, open_destination
from foveate.batches.equals import Equals
from foveate.batches.library import description_of, words_of
from foveate.batches.lists import row_of
from foveate.batches.made import Status
from foveate.batches.parquet import arrow_of, records
from foveate.batches.reach import Everywhere
from foveate.batches.row import stored
from foveate.batches.unwritten import writing
from foveate.batches.worker import Worker
from foveate.configuration.folder import state_folder
from foveate.errors import NameTaken, NotWritten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from os import PathLike

    from foveate.batches.description import Description
    from foveate.batches.destination import Destination
    from foveate.batches.made import Made, Output

T = TypeVar("T")
NUMBERS: Final = ("bytes", "width", "height")
TEXTS: Final = ("source", "status", "error", "message", "digest", "outputs", "known")
REMEMBERED: Final = 4


def map_batches(
    frame: T,
    out: str | PathLike[str],
    options: str | Sequence[str] = (),
    *,
    names: str | Sequence[str] = (),
    parts: str | Sequence[str] = (),
    crops: str | Sequence[str] = (),
) -> T:
    """Return what became of the pictures of a batch of rows, a row for each, in their order.

    `frame` is a `pandas.DataFrame`, or a `pyarrow.Table` or `RecordBatch`, with the columns of a
    list: `source`, and `options` and others if there are any. What comes back is another of its
    kind, with `source`, `status`, `error`, `message`, `digest`, `outputs`, `known`, `bytes`,
    `width` and `height`. Renditions are written into `out`, under names that nothing else has.
    Raises FoveateError for what no picture can have.
    """
    asked = description_of(
        ["-"],
        str(out),
        [options] if isinstance(options, str) else options,
        names=[names] if isinstance(names, str) else names,
        parts=words_of(parts),
        crops=words_of(crops),
    )
    rows = _records(frame)
    with _apart(_worker(asked)) as worker:
        told = [_told(_placed(worker, worker(row_of(row, Path())))) for row in rows]
    return _like(frame, told)


@lru_cache(REMEMBERED)
def _worker(asked: Description) -> Worker:
    app = default_app()
    load = app.settings.load
    return Worker(
        app=app,
        asking=Asking(app, asked),
        budget=Budget(load.memory_bytes, app.held_bytes, app.make_room),
        destination=open_destination(asked.out, app.settings.origins, state_folder("batches")),
        equals=Equals(None),
        reach=Everywhere(),
    )


@contextmanager
def _apart(worker: Worker) -> Iterator[Worker]:
    """Give a worker whose unfinished files no other one meets, and delete what is left of them."""
    destination = copy(worker.destination)
    with writing(destination.home):
        destination.home.mkdir(parents=True, exist_ok=True)
        sweep_apart(destination.home)
        apart = TemporaryDirectory(prefix=APART, dir=destination.home, ignore_cleanup_errors=True)
    with apart as place:
        home = Path(place)
        with writing(home):
            (home / ASIDE).mkdir()
        destination.asides = FolderAsides(home)
        yield replace(worker, destination=destination)


def _placed(worker: Worker, made: Made) -> Made:
    """Return what was made once it has its names, or that it failed, and none of them."""
    placed: list[str] = []
    try:
        for output in made.outputs:
            placed += _place(worker.destination, output)
    except (NameTaken, NotWritten) as why:
        for name in placed:
            worker.destination.remove(name)
        failed = replace(made, status=Status.FAILED, outputs=(), known="")
        return replace(failed, error=type(why).__name__, message=str(why))
    return made


def _place(destination: Destination, output: Output) -> list[str]:
    """Bring a rendition to its name, and return that, or none where it is there already.

    What is there with the same bytes is it, done before.
    """
    if output.aside is None:
        return []
    try:
        destination.claim(Placing(output.aside, output.name))
    except NameTaken:
        there = destination.read(output.name)
        if there is None or sha256(there).digest() != output.digest:
            raise
        return []
    return [output.name]


def _told(made: Made) -> dict[str, Any]:
    outputs = [
        {"name": each.name, "bytes": each.bytes, "width": each.width, "height": each.height}
        for each in made.outputs
    ]
    return {
        "source": stored(made.row.key),
        "status": str(made.status),
        "error": made.error,
        "message": stored(made.message),
        "digest": made.digest,
        "outputs": json.dumps(outputs, separators=(",", ":")),
        "known": made.known,
        **{name: getattr(made, name) for name in NUMBERS},
    }


def _records(frame: Any) -> list[Mapping[Any, Any]]:  # noqa: ANN401 - pandas, or pyarrow
    """Return the rows of a frame, without what is missing in them."""
    rows = records(frame) if hasattr(frame, "to_pylist") else frame.to_dict("records")
    return [{k: v for k, v in row.items() if not _is_missing(v)} for row in rows]


def _is_missing(value: Any) -> bool:  # noqa: ANN401
    """Return whether a value is None or, as numbers have it, not equal to itself."""
    try:
        return value is None or bool(value != value)  # noqa: PLR0124
    except TypeError:  # pandas.NA is neither equal nor not
        return True
    except ValueError:  # an array
        return False


def _like(frame: T, told: list[dict[str, Any]]) -> T:
    """Return rows as a frame of the same kind."""
    made: Any = type(frame)
    if hasattr(frame, "to_pylist"):
        return cast("T", arrow_of(made, TEXTS, NUMBERS, told))
    columns = {name: [row[name] for row in told] for name in (*TEXTS, *NUMBERS)}
    kinds = {**dict.fromkeys(TEXTS, "str"), **dict.fromkeys(NUMBERS, "Int64")}
    return cast("T", made(columns).astype(kinds))
