"""Who may call: whoever has the token, where one is set; keys of the face index open searches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from foveate.enrolled import COLLECTION
from foveate.errors import BadToken, FoveateError, ScopeNotAllowed
from foveate.people.keys import OVER_GRPC, Scope
from foveate.remote.library import grpc
from foveate.remote.methods import RECOGNISE, SEARCH
from foveate.rpc.door import held
from foveate.rpc.ending import abort
from foveate.rpc.errors import ours
from foveate.service.access import ONLY_SEARCHES, Visit, bearer, is_known, is_loopback
from foveate.service.stages.search import SEARCHED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from foveate.app import App
    from foveate.people.keys import Keys
    from foveate.rpc.door import Door
    from foveate.service.told import Asked
    from foveate.settings import Settings

OPEN: Final = "/grpc.health.v1.Health/"
"""Orchestrators ask it, who cannot be given tokens."""
KEYED: Final = frozenset({SEARCH.path, RECOGNISE.path})
"""What a key of the face index opens, for searches, as it does over HTTP."""


def tokens_of(settings: Settings) -> tuple[str, ...]:
    """Return the tokens of which callers need one: as the HTTP API, where none is set for them."""
    return (settings.rpc.token,) if settings.rpc.token else settings.signing.keys


def searching(door: Door, verb: str, collection: str) -> Visit:
    """Return a search of the face index, to be noted.

    Whoever has the token may search everywhere, as servers in front do, who know whom they ask
    for. All others are let in by a key, or from this machine where there is none.

    Raises KeyNeeded, RateExceeded, ScopeNotAllowed.
    """
    app, name = door.app, collection or COLLECTION
    tokens = tokens_of(app.settings)
    if is_known(door.authorization, tokens):
        return Visit(audit=app.access.audit, by=OVER_GRPC, verb=verb, collection=name, request="")
    local = not tokens and not door.forwarded and is_loopback(app.settings.server.host)
    caller = app.access.caller(bearer(door.authorization), local=local)
    return caller.visit(Scope.READ, name, verb=verb, request="")


def recognising(door: Door, what: Asked) -> Visit | None:
    """Return the search that a recognition makes, to be noted; None where it makes none.

    That takes the token, where there is one. Raises as `searching`.
    """
    if SEARCHED in what.words:
        return searching(door, "recognise", what.collection)
    tokens = tokens_of(door.app.settings)
    if tokens and not is_known(door.authorization, tokens):
        raise ScopeNotAllowed(ONLY_SEARCHES)
    return None


def interceptors(app: App) -> Sequence[Any]:
    """Return what stands before all services."""
    may = allowed_by(app)
    return (_guard(may),) if may.tokens else ()


def allowed_by(app: App) -> Allowed:
    """Return who may call the services of an app."""
    return Allowed(tokens_of(app.settings), app.access.keys)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may call what: anybody where no token is set."""

    tokens: Sequence[str]
    keys: Keys

    def __call__(self, path: str, authorization: str) -> bool:
        """Return whether a call to that path is let in with that header. Raises BadSettings."""
        if not self.tokens or path.startswith(OPEN) or is_known(authorization, self.tokens):
            return True
        return path in KEYED and self.keys.of(bearer(authorization)) is not None


def _refusing(why: FoveateError) -> Any:  # noqa: ANN401 - a handler of gRPC's
    async def refuse(_messages: object, context: Any) -> None:  # noqa: ANN401
        await abort(context, why)

    # Of a stream nothing is read before it is asked for: what strangers send fills no memory.
    return grpc().stream_unary_rpc_method_handler(refuse)


def _guard(may: Allowed) -> Any:  # noqa: ANN401 - a class of gRPC's
    class Guard(grpc().aio.ServerInterceptor):  # type: ignore[misc]
        async def intercept_service(
            self,
            continuation: Callable[[Any], Awaitable[Any]],
            call: Any,  # noqa: ANN401
        ) -> Any:  # noqa: ANN401
            try:
                if may(call.method, held(call.invocation_metadata)):
                    return await continuation(call)
            except FoveateError as why:  # of keys that cannot be read
                return _refusing(ours(why, call.method))
            return _refusing(BadToken())

    return Guard()
