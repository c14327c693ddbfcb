"""Keys for long work, made as a user makes them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from foveate.cli.work_keys import keys_app
from foveate.errors import BadOption
from foveate.jobs.folders import folder_of
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
    listed = CliRunner().invoke(app, ["list", "--json"], catch_exceptions=False).stdout
    (told,) = json.loads(listed)["keys"]
    assert datetime.fromisoformat(told["added"]).timestamp() == pytest.approx(key.added, abs=0.01)


@pytest.mark.parametrize("names", [("Shop", folder_of("Shop")), (folder_of("Shop"), "Shop")])
def test_two_keys_have_no_folder_together(names: tuple[str, str], tmp_path: Path) -> None:
    app = keys_app("jobs", SCOPES, lambda _: tmp_path)
    CliRunner().invoke(app, ["add", names[0]], catch_exceptions=False)
    with pytest.raises(BadOption, match=names[0]):
        CliRunner().invoke(app, ["add", names[1]], catch_exceptions=False)
