"""Who may call: whoever has the token, where one is set. Probes need none."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, Final

from foveate.enrolled import COLLECTION
from foveate.errors import BadToken, KeyNeeded
from foveate.remote.library import grpc
from foveate.rpc.door import abort
from foveate.service.access import Visit, is_loopback

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from foveate.app import App
    from foveate.settings import Settings

OPEN: Final = "/grpc.health.v1.Health/"
"""Orchestrators ask it, who cannot be given tokens."""
SCHEME: Final = "bearer "
BY: Final = "grpc"
"""Whom the audit log names: callers share one token."""


def tokens_of(settings: Settings) -> tuple[str, ...]:
    """Return the tokens of which callers need one: as the HTTP API, where none is set for them."""
    return (settings.rpc.token,) if settings.rpc.token else settings.signing.keys


def is_known(authorization: str, tokens: Sequence[str]) -> bool:
    """Return whether a header holds one of the tokens; it takes as long whichever is not."""
    named = authorization[: len(SCHEME)].lower() == SCHEME
    given = authorization[len(SCHEME) :].strip().encode()
    # All of them are compared, whichever is right.
    right = sum(hmac.compare_digest(given, token.encode()) for token in tokens)
    return named and right > 0


def searching(app: App, verb: str, collection: str) -> Visit:
    """Return a search of the face index, to be noted. Raises KeyNeeded.

    Strangers may not search: that takes a token, or an address that only this machine reaches.
    """
    if not tokens_of(app.settings) and not is_loopback(app.settings.server.host):
        raise KeyNeeded("The face index answers only this machine until FOVEATE_RPC__TOKEN is set.")
    return Visit(
        audit=app.access.audit, by=BY, verb=verb, collection=collection or COLLECTION, request=""
    )


def interceptors(settings: Settings) -> Sequence[Any]:
    """Return what stands before all services."""
    tokens = tokens_of(settings)
    if not tokens:
        return ()

    async def refuse(_request: object, context: Any) -> None:  # noqa: ANN401
        await abort(context, BadToken())

    refusing = grpc().unary_unary_rpc_method_handler(refuse)

    class Guard(grpc().aio.ServerInterceptor):  # type: ignore[misc]
        async def intercept_service(
            self,
            continuation: Callable[[Any], Awaitable[Any]],
            call: Any,  # noqa: ANN401
        ) -> Any:  # noqa: ANN401
            held = dict(call.invocation_metadata).get("authorization", "")
            if call.method.startswith(OPEN) or is_known(str(held), tokens):
                return await continuation(call)
            return refusing

    return (Guard(),)
