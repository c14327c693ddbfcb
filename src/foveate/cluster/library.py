"""Ray itself, which is an extra: imported when somebody works on a cluster."""

from __future__ import annotations

import os
from typing import Any, Final

from foveate.errors import BadInstallation

CURE: Final = "pip install 'foveate[cluster]'"


def ray() -> Any:  # noqa: ANN401 - an extra
    """Return ray, with serve, which calls nobody. Raises BadInstallation. Takes two seconds."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray as library  # noqa: PLC0415
        import ray.serve  # noqa: PLC0415
    except ImportError as why:
        sentence = f"{why.name} is not installed, which a cluster needs. Install it: {CURE}"
        raise BadInstallation(sentence, public=sentence) from why
    return library
