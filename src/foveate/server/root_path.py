"""Requests under a path prefix, which some proxies strip and some leave (ASGI, `root_path`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope


def below(scope: Scope, root: str) -> Scope:
    """Return a request whose path lacks the prefix: that of the server below us, then `root`."""
    # uvicorn puts its own in front of what a proxy may have left.
    for prefix in (scope.get("root_path", ""), root or scope.get("root_path", "")):
        scope = _stripped(scope, prefix.rstrip("/"))
    return scope


def _stripped(scope: Scope, prefix: str) -> Scope:
    path, raw_path = scope["path"], scope["raw_path"]
    bare, raw_bare = path.removeprefix(prefix), raw_path.removeprefix(prefix.encode())
    whole = bare[:1] in {"", "/"} and raw_bare[:1] in {b"", b"/"}
    if not prefix or bare == path or raw_bare == raw_path or not whole:
        return scope
    return {**scope, "path": bare or "/", "raw_path": raw_bare or b"/"}


def under(scope: Scope, root: str) -> Scope:
    """Return the request as a framework wants it, which looks for the prefix in the path too."""
    prefix = root or scope.get("root_path", "").rstrip("/")
    return {**scope, "root_path": prefix, "path": prefix + scope["path"]}
