"""What `bounds` and `hits` stand on inside uvicorn, looked up before anything is served.

Where a name is missing, an import may fail, or, worse, a method of ours is never called: a server
would run without its bounds and nobody would know.
"""

from __future__ import annotations

import dis
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Final

from foveate.errors import BadInstallation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WORKS: Final = "0.54.0"
"""The version of uvicorn that all tests ran with."""
_FLOW: Final = "uvicorn.protocols.http.flow_control"
_SOCKET: Final = "uvicorn.protocols.websockets.websockets_sansio_impl"
_HTTP: Final = "uvicorn.protocols.http.httptools_impl"
NEEDED: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    (_FLOW, ""): ("HIGH_WATER_LIMIT",),
    (_HTTP, ""): ("STATUS_LINE",),
    (_HTTP, "HttpToolsProtocol"): (
        "_start_asgi_task",
        "connection_lost",
        "connection_made",
        "connections",
        "client",
        "cycle",
        "data_received",
        "expect_100_continue",
        "flow",
        "handle_websocket_upgrade",
        "headers",
        "loop",
        "on_body",
        "on_headers_complete",
        "on_message_begin",
        "on_message_complete",
        "on_response_complete",
        "parser",
        "pipeline",
        "pause_writing",
        "resume_writing",
        "send_400_response",
        "server_state",
        "timeout_keep_alive_handler",
        "transport",
        "url",
    ),
    (_HTTP, "RequestResponseCycle"): (
        "disconnected",
        "keep_alive",
        "message_event",
        "response_complete",
        "scope",
        "transport",
    ),
    (_SOCKET, "WebSocketsSansIOProtocol"): ("connection_lost",),
    ("uvicorn.server", "ServerState"): ("default_headers",),
}
"""Names by module, and by class where they are of one or of its instances."""


def check() -> None:
    """Raise BadInstallation, with what to install, where connections could not be bounded."""
    try:
        import_module("httptools")
    except ImportError as why:
        raise _refusal(f"httptools cannot be imported ({why})", "Install it", "httptools") from why
    missing = next(_missing(), None)
    if missing is not None:
        version = import_module("uvicorn").__version__
        cure = f"uvicorn {WORKS} is known to work"
        raise _refusal(f"uvicorn {version} has no {missing}", cure, f"uvicorn=={WORKS}")


def _refusal(lack: str, cure: str, package: str) -> BadInstallation:
    sentence = f"{lack}, and the bounds of connections need it. {cure}: pip install {package}"
    return BadInstallation(sentence, public=sentence)


def _missing() -> Iterator[str]:
    """Yield the full name of all that is not there."""
    for (module, kind), names in NEEDED.items():
        there = _names(module, kind)
        home = f"{module}.{kind}" if kind else module
        yield from (f"{home}.{name}" for name in names if name not in there)


def _names(module: str, kind: str) -> set[str]:
    try:
        found = import_module(module)
    except ImportError:
        return set()
    return names_of(getattr(found, kind, None)) if kind else set(dir(found))


def names_of(kind: object) -> set[str]:
    """Return the names of a class, and those that its methods give to its instances."""
    methods = [
        own for own in getattr(kind, "__dict__", {}).values() if isinstance(own, FunctionType)
    ]
    steps = (step for method in methods for step in dis.get_instructions(method))
    return {*dir(kind), *(step.argval for step in steps if step.opname == "STORE_ATTR")}
