"""The libraries of the engines, imported so that they call nobody.

onnxruntime, from 1.29 on, writes a device id into the user's cache folder during its import and
seconds later looks up a host of Microsoft's. It reads its switch once, during that import: by the
time its `disable_telemetry_events` can be called, both are under way. openvino, during its import,
writes a client id into the home folder and forks a process that looks up Google Analytics; without
the package that does so it goes on in silence. Ruff bans their import everywhere else.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Final

_SWITCH: Final = "ORT_DISABLE_TELEMETRY"
_CALLER: Final = "openvino_telemetry"


def _hush() -> None:
    """Switch both off, in our children too and whatever the user's own environment says."""
    if os.environ.get(_SWITCH) != "1":  # no write while other threads may be reading
        os.environ[_SWITCH] = "1"
    sys.modules[_CALLER] = None  # type: ignore[assignment]  # how Python marks what is not there


_hush()  # early, while there is one thread and no child


def onnxruntime() -> Any:  # noqa: ANN401 - it comes without types
    """Return onnxruntime. The first time takes half a second and 40 MB."""
    _hush()
    import onnxruntime as library  # type: ignore[import-untyped]  # noqa: PLC0415, TID251

    # For a program that imported it before it called us: at least our networks are not told of.
    library.disable_telemetry_events()
    return library


def quantization() -> Any:  # noqa: ANN401
    """Return onnxruntime.quantization."""
    onnxruntime()
    import onnxruntime.quantization as library  # type: ignore[import-untyped]  # noqa: PLC0415, TID251

    return library


def openvino() -> Any:  # noqa: ANN401
    """Return openvino. The first time takes 0.2 s and 50 MB."""
    _hush()
    import openvino as library  # type: ignore[import-untyped]  # noqa: PLC0415, TID251

    return library
