"""What a terminal is told of datasets before any server is asked."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from foveate.cli.dataset import lines
from foveate.cli.main import app
from foveate.datasets.described import Described
from foveate.errors import BadOption


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
