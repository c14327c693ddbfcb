"""How a call that fails is ended: by the code, the class and the sentence of an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from foveate.remote.failures import DETAILS, error_message
from foveate.remote.library import grpc
from foveate.rpc.errors import code_of

if TYPE_CHECKING:
    from foveate.errors import FoveateError


async def abort(context: Any, error: FoveateError) -> None:  # noqa: ANN401
    """End a call, unless it has ended. Raises AbortError."""
    if context.done():
        return
    details = ((DETAILS, error_message(error).SerializeToString()),)
    await context.abort(
        getattr(grpc().StatusCode, code_of(type(error))), error.public, trailing_metadata=details
    )
