"""Files that come with Foveate: networks and readouts of our own."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from foveate.models.runtime.onnx_engine import open_graph

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.ports import Session


@cache
def opened(graph: Path) -> Session:
    """Return a network of the package, opened once for all."""
    return open_graph(graph.read_bytes())


@cache
def digest(*files: Path) -> str:
    """Return what names files of the package and every number in them: 8 hex digits."""
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]
