"""LanceDB, imported on first use: an extra that takes a second and 100 MB.

It calls nobody by itself: its telemetry is a facade without an exporter. Its warnings on standard
error, of partitions of an index that are empty, say nothing to whoever reads them.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any, Final

from foveate.errors import BadInstallation

CURE: Final = "pip install 'foveate[people]'"
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


def vector_query(table: Any, vector: Any, column: str) -> Any:  # noqa: ANN401
    """Return a query for the rows nearest to a vector, to be read by `to_batches`.

    What `table.search` makes, and `to_arrow`, ask for the schema four times in all, before and
    after: each time another thread is waited for. With row ids they need not know it.
    """
    lancedb()
    from lancedb.query import LanceVectorQueryBuilder  # noqa: PLC0415

    return LanceVectorQueryBuilder(table, vector, column).with_row_id(True)  # noqa: FBT003


def arrow() -> Any:  # noqa: ANN401
    """Return pyarrow, which comes with it. Raises BadInstallation."""
    lancedb()
    import pyarrow as pa  # noqa: PLC0415

    return pa
