"""gRPC itself, which is an extra: imported when somebody listens or is called."""

from __future__ import annotations

import os
from typing import Any, Final

from foveate.errors import BadInstallation

CURE: Final = "pip install 'foveate[rpc]'"
_VERBOSITY: Final = "GRPC_VERBOSITY"
QUIET: Final = (
    # Whoever is behind a proxy does not reach his own stages through it.
    ("grpc.enable_http_proxy", 0),
    # No look-up of TXT records for how to call: that is said here.
    ("grpc.service_config_disable_resolution", 1),
)
"""Options of channels, so that only the address that was named is called."""


def grpc() -> Any:  # noqa: ANN401 - it comes without types
    """Return grpc. Raises BadInstallation. The first time takes 0.1 s and 20 MB."""
    # Its core writes to standard error by itself; what is wrong is said by who called it.
    os.environ.setdefault(_VERBOSITY, "NONE")
    try:
        import grpc as library  # noqa: PLC0415
        import grpc.aio  # noqa: PLC0415
        import grpc_health  # noqa: F401, PLC0415
        import grpc_reflection  # noqa: F401, PLC0415
    except ImportError as why:
        sentence = f"{why.name} is not installed, which gRPC needs. Install it: {CURE}"
        raise BadInstallation(sentence, public=sentence) from why
    return library
