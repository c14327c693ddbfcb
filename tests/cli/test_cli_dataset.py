"""What a terminal is told of datasets before any server is asked."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from foveate.cli.main import app
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
