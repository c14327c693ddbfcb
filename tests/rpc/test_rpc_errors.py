"""Every error has a code of gRPC, and comes through a call as what it was."""

from __future__ import annotations

from types import SimpleNamespace

import grpc
import pytest

from foveate import errors
from foveate.remote.failures import DETAILS, error_from, error_message, failure_of, kinds
from foveate.rpc.errors import CODES, code_of

KINDS = list(kinds())


def a(kind: type[errors.FoveateError]) -> errors.FoveateError:
    error = kind.__new__(kind)
    errors.FoveateError.__init__(error, "an inner word", public="A sentence for all.")
    return error


def failed(code: str, said: errors.FoveateError | None = None) -> SimpleNamespace:
    metadata = ((DETAILS, error_message(said).SerializeToString()),) if said else ()
    return SimpleNamespace(
        code=lambda: getattr(grpc.StatusCode, code),
        details=lambda: "of gRPC",
        trailing_metadata=lambda: metadata,
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_code_that_there_is(kind: type[errors.FoveateError]) -> None:
    row = next(base for base in kind.__mro__ if base in CODES)
    assert (row is errors.FoveateError) == (kind is errors.FoveateError)
    assert hasattr(grpc.StatusCode, code_of(kind))


def test_the_table_names_only_errors_that_there_are() -> None:
    assert set(CODES) <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_comes_through_a_call_with_its_sentence_alone(
    kind: type[errors.FoveateError],
) -> None:
    message = error_message(a(kind))
    assert b"inner" not in message.SerializeToString()
    came = error_from(message)
    assert (type(came), came.public) == (kind, "A sentence for all.")


def test_an_error_that_we_do_not_know_keeps_its_sentence() -> None:
    message = error_message(a(errors.BadOption))
    message.error = "OfAnotherRelease"
    came = error_from(message)
    assert (type(came), came.public) == (errors.FoveateError, "A sentence for all.")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("UNAVAILABLE", errors.StageAway),
        ("DEADLINE_EXCEEDED", errors.TimedOut),
        ("RESOURCE_EXHAUSTED", errors.QueueFull),
        ("UNIMPLEMENTED", errors.StageAway),
        ("UNKNOWN", errors.StageAway),
    ],
)
def test_what_grpc_says_by_itself_is_an_error_of_ours(
    code: str, kind: type[errors.FoveateError]
) -> None:
    assert type(failure_of("embedder", failed(code))) is kind


def test_a_stage_that_refuses_our_token_is_away_and_not_the_fault_of_who_asked() -> None:
    came = failure_of("embedder", failed("UNAUTHENTICATED", errors.BadToken()))
    assert type(came) is errors.StageAway
    assert came.public == "The stage embedder is away. Try again in a moment."
