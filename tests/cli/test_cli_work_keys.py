"""Keys for long work, made as a user makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from foveate.cli.work_keys import keys_app
from foveate.errors import BadOption
from foveate.people.keys import Keys, Scope

if TYPE_CHECKING:
    from pathlib import Path

SCOPES = {Scope.WRITE: "its own", Scope.ADMIN: "everybody's"}


def test_a_key_for_nothing_is_refused_and_others_open_what_was_asked_for(tmp_path: Path) -> None:
    app = keys_app("jobs", SCOPES, lambda _: tmp_path)
    with pytest.raises(BadOption, match="Expected write or admin"):
        CliRunner().invoke(app, ["add", "eye", "--scope", "read"], catch_exceptions=False)
    secret = CliRunner().invoke(app, ["add", "shop"], catch_exceptions=False).stdout.strip()
    key = Keys(tmp_path).of(secret)
    assert key is not None
    assert (key.name, key.scope) == ("shop", Scope.WRITE)
