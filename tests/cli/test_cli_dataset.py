"""What a terminal is told of datasets before any server is asked."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from foveate.cli.dataset import app as commands
from foveate.cli.dataset import lines
from foveate.cli.main import app
from foveate.datasets.described import Described
from foveate.errors import BadOption, DatasetFailed


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("[]", r"as a JSON object, got '\[\]'"),
        ("{", "as JSON, got '{'"),
        ("nothing.json", "or a file that holds it, got 'nothing.json'"),
    ],
)
def test_a_configuration_that_is_none_is_refused(config: str, said: str) -> None:
    with pytest.raises(BadOption, match=said):
        CliRunner().invoke(
            app, ["dataset", "request", "cats", "--config", config], catch_exceptions=False
        )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"state": "queued"}, "cats is queued."),
        ({"state": "running"}, "cats is being made."),
        (
            {"state": "running", "progress": {"samples": 20, "of_samples": 1300, "eta_s": 7.4}},
            "cats is being made: 20 of 1,300 pictures, 7 s left.",
        ),
        (
            {"state": "running", "progress": {"chunks": 1}},
            "cats is being made: 1 chunk finished.",
        ),
        (
            {"state": "queued", "progress": {"samples": 20, "of_samples": 1300, "waits": "room"}},
            "cats is queued: 20 of 1,300 pictures, waits for room.",
        ),
        (
            {"state": "queued", "progress": {"waits": "raw data"}},
            "cats is queued, waits for raw data.",
        ),
        (
            {"state": "failed", "error": {"error": "BadRaw", "message": "No."}},
            "cats failed. BadRaw: No.",
        ),
        (
            {"state": "ready", "samples": 1, "bytes": 9000, "downloads": 1, "pinned": False},
            "cats is ready: 1 sample, 9,000 bytes, 1 download.",
        ),
    ],
)
def test_how_a_dataset_stands_is_said_with_how_far_it_is(told: dict[str, Any], said: str) -> None:
    assert " ".join(lines(Described({"id": "cats", **told}))) == said


class Served:
    """A server with one dataset, by what it tells of it."""

    def __init__(self, state: str) -> None:
        self.state = state

    def request(self, *_: object, **__: object) -> Described:
        return self._told(self.state)

    def get(self, _: str) -> Described:
        return self._told(self.state)

    def wait(self, *_: object) -> Described:
        if self.state == "failed":
            said = "HandlerFailed: a.jpg: oh no"
            raise DatasetFailed(said, public=said, log="Traceback\n  \x1b[2Jin prepare\n")
        return self._told("ready")

    def manifest(self, _: object) -> dict[str, Any]:
        told = {"request": {"config": CONFIG}, "splits": {"train": {"samples": 2}}}
        return {**told, "classes": [], "shards": [], "format": "parquet"}

    def close(self) -> None:
        pass

    def _told(self, state: str) -> Described:
        counts = {"samples": 2, "bytes": 9, "downloads": 0, "pinned": False}
        return Described({"id": "cats", "state": state, "config": CONFIG, **counts})


CONFIG = {"splits": {"train": 0.9, "val": 0.1, "test": 0.0}}


@pytest.fixture
def served(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    there = Served(request.param)
    monkeypatch.setattr("foveate.datasets.client.Client", lambda *_: there)


@pytest.mark.parametrize("served", ["failed"], indirect=True)
@pytest.mark.parametrize("words", [["wait", "cats"], ["request", "cats", "--wait"]])
@pytest.mark.usefixtures("served")
def test_who_waits_for_a_dataset_that_fails_sees_the_log_of_its_handler(words: list[str]) -> None:
    done = CliRunner().invoke(commands, words)
    assert isinstance(done.exception, DatasetFailed)
    assert done.stderr.endswith("Traceback\n  \\x1b[2Jin prepare\n")


@pytest.mark.parametrize("served", ["ready"], indirect=True)
@pytest.mark.parametrize("words", [["describe", "cats"], ["request", "cats"]])
@pytest.mark.usefixtures("served")
def test_a_split_that_is_asked_for_and_got_nothing_is_told_of(words: list[str]) -> None:
    done = CliRunner().invoke(commands, words)
    assert "nothing in: val, which `splits` ask for\n" in done.output
