"""skia, imported when it is first needed."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any, Final

from foveate.errors import BadInstallation

CURE: Final = "pip install 'foveate[design]'"


def installed() -> bool:
    """Return whether the extra is here, without importing it."""
    return find_spec("skia") is not None


@cache
def skia() -> Any:  # noqa: ANN401 - an extra, without types
    """Return the module. Raises BadInstallation."""
    try:
        import skia as module  # noqa: PLC0415
    except ImportError as why:
        raise BadInstallation(
            f"Expected skia-python to draw designs, got no package of that name that works here. "
            f"Install it: {CURE}"
        ) from why
    return module
