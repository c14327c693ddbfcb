from __future__ import annotations

import json
import logging
import re
import time

import pytest

from foveate import errors
from foveate.configuration.table import table_of
from foveate.server.advice import ADVICE, advice
from foveate.server.errors import (
    TABLE,
    Seldom,
    error_answer,
    explained,
    leaves,
    reference,
    status_of,
)
from foveate.settings import Settings

LEAVES = list(leaves(errors.FoveateError))


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_error_that_is_raised_has_a_row_nearer_than_the_root(
    kind: type[errors.FoveateError],
) -> None:
    nearest = next(base for base in kind.__mro__ if base in TABLE)
    assert nearest is not errors.FoveateError


@pytest.mark.parametrize(
    ("kind", "http", "code"),
    [
        (errors.BadOption, 400, 9401),
        (errors.OriginNotAllowed, 403, 9401),
        (errors.BadUrl, 403, 9406),
        (errors.ResizingLoop, 508, 9403),
        (errors.SourceTooLarge, 413, 9402),
        (errors.SourceUnresolved, 523, 9407),
        (errors.SourceTimeout, 524, 9504),
        (errors.NotAnImage, 415, 9412),
        (errors.BrokenImage, 422, 9516),
        (errors.QueueFull, 503, 9522),
        (errors.ServerBusy, 503, 9522),
        (errors.MemoryBudgetSpent, 503, 9527),
        (errors.TimedOut, 504, 9529),
        (errors.WeightsMissing, 503, 9523),
        (errors.EncodeFailed, 500, 9516),
    ],
)
def test_errors_have_cloudflares_status_and_code(
    kind: type[errors.FoveateError], http: int, code: int
) -> None:
    assert status_of(kind) == (http, code)


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_what_to_do_is_said_of_every_error_that_is_raised(kind: type[errors.FoveateError]) -> None:
    assert advice(kind) != ADVICE[errors.FoveateError]


def test_advice_names_settings_that_there_are() -> None:
    known = {f"FOVEATE_{name.replace('.', '__', 1).upper()}" for name in table_of(Settings).rows}
    named = set(re.findall(r"FOVEATE_\w+", " ".join(each.advice for each in explained())))
    assert named <= known
    assert len(named) > 10


@pytest.mark.parametrize("door", ["people", "jobs", "dataset"])
def test_where_a_key_is_missing_the_advice_has_the_command_of_each_door(door: str) -> None:
    assert f"`foveate {door} key add`" in advice(errors.KeyNeeded)
    assert "face index" not in errors.KeyNeeded.summary


def test_an_error_tells_the_client_one_sentence_and_the_log_the_rest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "foveate")
    error = errors.SourceUnreachable("10.0.0.7:443 refused\nby firewall")
    answer = error_answer(error, "/cdn-cgi/image/w=1/x\x1b", retry_after_s=2)
    assert answer.status == 502
    assert json.loads(answer.body) == {
        "error": "SourceUnreachable",
        "code": 9402,
        "message": "The original could not be fetched.",
    }
    assert (b"cf-resized", b"err=9402") in answer.headers
    assert (b"cache-control", b"no-store") in answer.headers
    (line,) = caplog.messages
    assert "10.0.0.7:443 refused" in line
    assert line.isprintable()


def test_a_bug_answers_500_without_its_text_and_logs_where_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = error_answer(KeyError("secret"), "/x", retry_after_s=2)
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert (b"cf-resized", b"err=9523") in answer.headers
    assert "KeyError: 'secret'" in caplog.text


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (errors.ClientDisconnected(), "DEBUG"),
        (errors.SourceNotFound(), "INFO"),
        (errors.EncodeFailed(), "WARNING"),
    ],
)
def test_the_log_tells_our_failures_from_those_of_clients(
    error: errors.FoveateError, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "foveate")
    error_answer(error, "/x", retry_after_s=2)
    assert [record.levelname for record in caplog.records] == [level]


def test_only_503_says_when_to_come_back_and_of_no_picture_that_is_too_large() -> None:
    busy = error_answer(errors.QueueFull(), "/x", retry_after_s=7)
    assert (b"retry-after", b"7") in busy.headers
    for error in (errors.TimedOut(), errors.MemoryBudgetSpent()):
        again = error_answer(error, "/x", retry_after_s=7)
        assert b"retry-after" not in dict(again.headers)


def test_the_reference_lists_every_error_with_its_row() -> None:
    table = reference()
    assert "| `QueueFull` | 503 | 9522 | Busy. Try again in a moment. |" in table
    assert all(f"`{kind.__name__}`" in table for kind in LEAVES)
    assert "| `NotFound` | 404 | 9404 | There is no such route. See /docs. |" in table
    assert "| `MethodNotAllowed` | 405 | 9401 |" in table


def test_what_happens_all_the_time_is_said_once_in_a_while() -> None:
    seldom = Seldom(every_s=0.2)
    assert [seldom.due() for _ in range(4)] == [1, 0, 0, 0]
    time.sleep(0.25)
    assert [seldom.due() for _ in range(2)] == [4, 0]
