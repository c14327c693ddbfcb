"""Our errors on their way through a call, and what the failure of a call is to us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate import errors
from foveate.errors import BadRequest
from foveate.remote.stages_pb2 import Error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foveate.errors import FoveateError

T = TypeVar("T")
DETAILS: Final = "foveate-error-bin"
"""The trailing metadata that holds an `Error`."""
UNREACHED: Final = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED"})
"""Codes of a stage that is not there: too many in a row break the circuit."""
REFUSED: Final = "UNAUTHENTICATED"
"""The code of a stage that does not know our token."""
TRIED_AGAIN: Final = frozenset({"UNAVAILABLE", "RESOURCE_EXHAUSTED"})
"""Codes of what another attempt may mend."""
PLAIN: Final = {"RESOURCE_EXHAUSTED": errors.QueueFull, "DEADLINE_EXCEEDED": errors.TimedOut}
"""What codes are where nothing else is said."""


def kinds(kind: type[FoveateError] = errors.FoveateError) -> Iterator[type[FoveateError]]:
    """Yield a class and all below it."""
    yield kind
    for child in kind.__subclasses__():
        yield from kinds(child)


def error_message(error: FoveateError) -> Error:
    """Return the class of an error and its sentence for anybody."""
    return Error(error=type(error).__name__, message=error.public)


def error_from(said: Error) -> FoveateError:
    """Return the error that a stage raised; one that we do not know is a FoveateError."""
    kind = next((each for each in kinds() if each.__name__ == said.error), errors.FoveateError)
    error = kind.__new__(kind)
    errors.FoveateError.__init__(error, said.message, public=said.message)
    return error


def failure_of(stage: str, call: Any) -> FoveateError:  # noqa: ANN401 - a grpc.RpcError
    """Return what the failure of a call is to who asked: of our own errors, the same one."""
    code, said = call.code().name, _said(call.trailing_metadata() or ())
    if said is not None and said.error != errors.BadToken.__name__:
        return error_from(said)
    if said is None and code in PLAIN:
        return PLAIN[code](f"{stage}: {call.details()}")
    return away(stage, f"{code}: {call.details()}")


def was_reached(call: Any) -> bool:  # noqa: ANN401
    """Return whether a stage is there, by a call of it that has ended."""
    return call.code().name not in UNREACHED or speaks(call)


def was_refused(call: Any) -> bool:  # noqa: ANN401
    """Return whether a stage does not know our token, by a call of it that has ended."""
    said = _said(call.trailing_metadata() or ())
    if said is not None:
        return said.error == errors.BadToken.__name__
    return bool(call.code().name == REFUSED)


def speaks(call: Any) -> bool:  # noqa: ANN401
    """Return whether a stage itself said what failed: so it is there."""
    return _said(call.trailing_metadata() or ()) is not None


def away(stage: str, why: str) -> errors.StageAway:
    """Return the error that names the part which is missing."""
    sentence = f"The stage {stage} is away. Try again in a moment."
    return errors.StageAway(f"The stage {stage} is away: {why}", public=sentence)


def read_reply(stage: str, read: Callable[[], T]) -> T:
    """Return what a stage's reply holds. Raises StageAway for one that cannot be read.

    Values are refused as those of a request are, but nobody who asked can mend a reply.
    """
    try:
        return read()
    except BadRequest as why:
        raise away(stage, f"its reply cannot be read: {why}") from why


def _said(metadata: Sequence[tuple[str, bytes]]) -> Error | None:
    held = next((value for key, value in metadata if key == DETAILS), None)
    return None if held is None else Error.FromString(held)
