"""Batches for programs: `foveate.batch("photos", "out", "width=400")`."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from foveate.background import default_app
from foveate.batches.description import Description, OnError, Rendered, TableFormat
from foveate.batches.executor import Where
from foveate.batches.ray_data import RayData
from foveate.batches.run import Going, untold
from foveate.batches.run import batch as run_batch
from foveate.batches.sources import has_columns
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.app import App
    from foveate.batches.executor import Engine
    from foveate.batches.made import Made
    from foveate.batches.report import BatchReport

    Place = str | PathLike[str]


def batch(  # noqa: PLR0913 - each is a word of the description
    sources: Place | Sequence[Place],
    out: Place,
    options: str | Sequence[str] = (),
    *,
    names: str | Sequence[str] = (),
    parts: str | Sequence[str] = (),
    crops: str | Sequence[str] = (),
    tables: str = TableFormat.JSONL,
    on_error: str = OnError.CONTINUE,
    retry_failed: bool = False,
    workers: int = 0,
    engine: str = Where.LOCAL,
    told: Callable[[Made, BatchReport], object] | None = None,
    app: App | None = None,
) -> BatchReport:
    """Make renditions of many pictures, and tables of what is known of them; return how it went.

    `options` are one text as in the URL, or several, each a rendition of every picture; `names` is
    a template for all of them, or one for each. What was done before is not done again, wherever it
    stopped: call it again with the same arguments. With `engine="ray"` a cluster works on it.
    `told` hears of each picture. Raises FoveateError for what no picture can have; what single ones
    met is in the report, and in
    `manifest.jsonl`.
    """
    asked = description_of(
        [str(sources)] if isinstance(sources, str | PathLike) else [str(each) for each in sources],
        str(out),
        [options] if isinstance(options, str) else options,
        names=[names] if isinstance(names, str) else names,
        parts=words_of(parts),
        crops=words_of(crops),
        tables=TableFormat(tables),
        on_error=OnError(on_error),
    )
    service = app or default_app()
    going = Going(
        workers=workers,
        engine=engine_of(Where(engine), service, workers),
        apart=app is None,
        retry_failed=retry_failed,
        told=told or untold,
    )
    return run_batch(service, asked, going)


def engine_of(where: Where, app: App, workers: int) -> Engine | None:
    """Return who has rows worked on, or None where that is this machine."""
    return RayData(app.settings.batches, workers) if where is Where.RAY else None


def description_of(  # noqa: PLR0913
    sources: Sequence[str],
    out: str,
    options: Sequence[str],
    *,
    names: Sequence[str] = (),
    parts: Sequence[str] = (),
    crops: Sequence[str] = (),
    tables: TableFormat = TableFormat.JSONL,
    on_error: OnError = OnError.CONTINUE,
) -> Description:
    """Return the description of a batch; one name, or none, is for all renditions.

    Without options names ask for a rendition by their ending, and rows of a list by their own.
    """
    asks = names or any(map(has_columns, sources))
    texts = options or ([""] if asks and not (parts or crops) else [])
    if len(names) not in {0, 1, len(texts)}:
        raise BadOption(f"Expected a name for all renditions or one for each, got {len(names)}.")
    templates = [*names] if len(names) == len(texts) else [*(names or [""])] * len(texts)
    pairs = zip(texts, templates, strict=True)
    return Description(
        sources=tuple(sources),
        out=out,
        renditions=tuple(Rendered(options=text, name=name) for text, name in pairs),
        parts=tuple(parts),
        crops=tuple(crops),
        tables=tables,
        on_error=on_error,
    )


def words_of(given: str | Sequence[str]) -> list[str]:
    """Return one word, several with commas between them, or a sequence of them, as a list."""
    listed = given.split(",") if isinstance(given, str) else given
    return [word.strip() for word in listed if word.strip()]
