"""Who asks the face index: the bearer of a key or, as long as there is none, this machine."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.errors import KeyNeeded
from foveate.people.keys import SIGNED, Scope
from foveate.server.exchange import exchange_of
from foveate.service.access import FORWARDED as NAMES
from foveate.service.access import RENDER, Caller, Naming, bearer, is_known, is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.types import Scope as AsgiScope

    from foveate.enrolled import Named
    from foveate.server.core import Core
    from foveate.service.access import Visit

ELSEWHERE: Final = frozenset({b"cross-site", b"same-site"})
"""What browsers say of requests that pages of other sites make them send (Fetch Metadata)."""
FORWARDED: Final = frozenset(name.encode() for name in NAMES)
OPERATORS: Final = (
    "Expected `Authorization: Bearer KEY` with one of FOVEATE_SIGNING__KEYS; where there are none, "
    "only this machine is answered."
)
HOST: Final = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::[0-9]*)?")
"""A name or an address, and a port: whatever else stands in such a header names nobody."""


def caller(core: Core, request: Request) -> Caller:
    """Return who asks. Raises KeyNeeded, RateExceeded."""
    return _caller(core, request.scope)


def _caller(core: Core, scope: AsgiScope) -> Caller:
    said = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    return charged(scope, core.access.caller(bearer(said), local=is_local(scope)))


def charged(scope: AsgiScope, who: Caller) -> Caller:
    """Return who asks, once the ledger knows whose key is charged for the request."""
    if who.key is not None:
        exchange_of(scope).key = who.key.name
    return who


def visiting(core: Core, request: Request, scope: Scope, collection: str, verb: str) -> Visit:
    """Return what somebody does who may. Raises KeyNeeded, RateExceeded, ScopeNotAllowed."""
    own = exchange_of(request.scope).id
    return caller(core, request).visit(scope, collection, verb=verb, request=own)


def check_allowed(core: Core, request: Request, scope: Scope, collection: str) -> None:
    """Do nothing for somebody who may do what is not noted.

    Raises KeyNeeded, RateExceeded, ScopeNotAllowed.
    """
    caller(core, request).check(scope, collection)


def check_operator(core: Core, request: Request) -> None:
    """Do nothing for who operates the server: bearers of a signing key, or else this machine.

    Raises KeyNeeded.
    """
    said = request.headers.get("authorization", "")
    keys = core.settings.signing.keys
    if not (is_known(said, keys) if keys else is_local(request.scope)):
        raise KeyNeeded(OPERATORS)


def may_post(core: Core, request: Request) -> bool:
    """Return whether anybody may, since no URL is signed here, or the bearer of a signing key."""
    said = request.headers.get("authorization", "")
    return not core.signer.needed or is_known(said, core.settings.signing.keys)


def naming(
    core: Core, scope: AsgiScope, named: tuple[Named, ...], *, signed: bool = False
) -> Naming:
    """Return what somebody does who names people in options; nothing where nobody is named.

    Whoever signed the URL did so for him. Raises KeyNeeded, RateExceeded, ScopeNotAllowed.
    """
    if not named:
        return Naming()
    who = Caller(audit=core.access.audit, unkeyed=SIGNED) if signed else _caller(core, scope)
    visit = partial(who.visit, Scope.READ, verb=RENDER, request=exchange_of(scope).id)
    return Naming(tuple(map(visit, dict.fromkeys(each.collection for each in named))), named)


def is_local(scope: AsgiScope) -> bool:
    """Return whether a program on this machine asks for itself.

    The socket says so, never a header; headers can only say that it is otherwise: that a proxy
    asks for somebody, or a browser for a page of another site, be it under a name of its own for
    our address (DNS rebinding).
    """
    names, headers = [name for name, _ in scope["headers"]], dict(scope["headers"])
    client = scope.get("client")
    if client is None or not is_loopback(client[0]) or FORWARDED & headers.keys():
        return False
    # Of two hosts nobody knows which one others believed.
    return names.count(b"host") == 1 and _asks_for_itself(headers)


def _asks_for_itself(headers: Mapping[bytes, bytes]) -> bool:
    host = headers.get(b"host", b"").decode("latin-1").lower()
    if headers.get(b"sec-fetch-site") in ELSEWHERE:
        return False
    origin = headers.get(b"origin")
    if origin is not None and origin.decode("latin-1").lower().partition("://")[2] != host:
        return False
    return is_loopback(_name(host))


def _name(host: str) -> str:
    found = HOST.fullmatch(host)
    return (found[1] or found[2]) if found else ""
