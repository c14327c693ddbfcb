"""LanceDB, imported on first use: an extra that takes a second and 100 MB.

It calls nobody by itself: its telemetry is a facade without an exporter. Its warnings on standard
error, of partitions of an index that are empty, say nothing to whoever reads them.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.util import find_spec
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.errors import BadInstallation

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

R = TypeVar("R")

CURE: Final = "pip install 'foveate[people]'"
LOADER: Final = "foveate-lancedb"
"""The thread that imports it."""
_LOG: Final = "LANCEDB_LOG"


def installed() -> bool:
    """Return whether the extra is here, without importing it."""
    return find_spec("lancedb") is not None


def lancedb() -> Any:  # noqa: ANN401 - an extra
    """Return the library. Raises BadInstallation where the extra is not installed."""
    os.environ.setdefault(_LOG, "error")
    try:
        import lancedb as library  # noqa: PLC0415
    except ModuleNotFoundError as why:
        raise BadInstallation(
            f"Expected lancedb for the face index, got no package of that name. Install it: {CURE}"
        ) from why
    return library


def load_soon() -> Thread:
    """Import it in a thread, for nobody to wait for who asks first; what is wrong he is told."""
    thread = Thread(target=_load, name=LOADER)
    thread.start()
    return thread


def _load() -> None:
    with suppress(BadInstallation):
        lancedb()


def at_once(table: Any, ask: Callable[[Any], Coroutine[Any, Any, R]]) -> R:  # noqa: ANN401
    """Return what `ask` awaits of the asynchronous table that is behind a table.

    Whatever the table itself is asked waits for another thread, and a search would eight times.
    """
    lancedb()
    from lancedb.background_loop import LOOP  # noqa: PLC0415

    loop: Any = LOOP  # its methods have no types
    found: R = loop.run(ask(table._table))  # noqa: SLF001 - there is no other way to it
    return found


def arrow() -> Any:  # noqa: ANN401
    """Return pyarrow, which comes with it. Raises BadInstallation."""
    lancedb()
    import pyarrow as pa  # noqa: PLC0415

    return pa
