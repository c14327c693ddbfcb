"""Every error has a code of gRPC, and comes through a call as what it was."""

from __future__ import annotations

from types import SimpleNamespace

import grpc
import pytest

from foveate import errors
from foveate.remote.failures import DETAILS, error_from, error_message, failure_of, kinds
from foveate.rpc.errors import CODES, code_of
from foveate.server.errors import status_of, when_again

KINDS = list(kinds())


WORDS: dict[type[errors.FoveateError], tuple[object, ...]] = {
    errors.OtherModel: ("team", "this", "that"),
    errors.RateExceeded: (2.5,),
    errors.QuotaSpent: (60.0,),
    errors.AllowanceSpent: (60.0,),
    errors.BudgetSpent: (2.5,),
    errors.WeightsMissing: ("faces",),
    errors.FontsMissing: ("Sans", "sans-400"),
    errors.SealedCollection: ("team", "k1", ()),
}
"""What those are made with that are not made with a sentence."""
AS_OVER_HTTP = {
    401: {"UNAUTHENTICATED"},
    404: {"NOT_FOUND"},
    409: {"FAILED_PRECONDITION", "ALREADY_EXISTS"},
    422: {"INVALID_ARGUMENT"},
    429: {"RESOURCE_EXHAUSTED"},
    500: {"INTERNAL"},
}
"""What a status is in gRPC, for those that are one thing there."""


def a(kind: type[errors.FoveateError]) -> errors.FoveateError:
    return kind(*WORDS.get(kind, ("an inner word",)))  # type: ignore[arg-type]


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
    gone = a(kind)
    message = error_message(gone)
    if not issubclass(kind, errors.BadRequest | errors.BadSettings):
        assert b"inner" not in message.SerializeToString()
    came = error_from(message)
    assert (type(came), came.public) == (kind, gone.public)
    assert not gone.__dict__.keys() - set(dir(came))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_from_elsewhere_is_answered_as_one_from_here(
    kind: type[errors.FoveateError],
) -> None:
    here, there = a(kind), error_from(error_message(a(kind)))
    assert when_again(there, 3).keys() == when_again(here, 3).keys()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_code_says_what_the_status_over_http_says(kind: type[errors.FoveateError]) -> None:
    code = code_of(kind)
    assert code in AS_OVER_HTTP.get(status_of(kind).http, {code})


def test_an_error_that_we_do_not_know_keeps_its_sentence() -> None:
    message = error_message(errors.BadOption("A sentence for all."))
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
