"""The graphs of the score at work: written and opened when the first score is asked for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from foveate.models.runtime.onnx_engine import open_graph

if TYPE_CHECKING:
    from foveate.models.runtime.onnx_engine import OnnxSession
    from foveate.models.supply.score_planes import Planes

# onnx takes 0.1 s and 20 MB to import: whoever asks for no score has neither.


@cache
def reference_session(planes: Planes) -> OnnxSession:
    """Return what makes maps of a strip of the reference."""
    from foveate.models.supply.score_graph import reference_graph  # noqa: PLC0415

    return open_graph(reference_graph(planes))


@cache
def score_session(planes: Planes) -> OnnxSession:
    """Return what sums over a strip how far a picture is from those."""
    from foveate.models.supply.score_graph import score_graph  # noqa: PLC0415

    return open_graph(score_graph(planes))
