"""`foveate stage`: which there are, where they listen, and what is said without gRPC."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from foveate.app import create
from foveate.cli.main import app
from foveate.cli.stage import StageName, listening
from foveate.errors import BadInstallation, BadSettings
from foveate.rpc.services import STAGES
from foveate.settings import Caching, Rpc, Server, Settings, Stages, load

if TYPE_CHECKING:
    from pathlib import Path


def test_every_stage_that_there_is_can_be_run() -> None:
    assert [str(name) for name in StageName] == list(STAGES)
    assert CliRunner().invoke(app, ["stage", "cook"]).exit_code == 2


def test_flags_win_and_what_was_not_said_stays() -> None:
    settings = Settings(rpc=Rpc(port=7), server=Server(host="::1"))
    assert listening(settings, None, None) == settings
    changed = listening(settings, 0, "127.0.0.1")
    assert (changed.rpc.port, changed.server.host) == (0, "127.0.0.1")


def test_without_the_extra_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "grpc", None)
    ran = CliRunner().invoke(app, ["stage", "embedder"])
    assert isinstance(ran.exception, BadInstallation)
    settings = Settings(
        caching=Caching(folder=str(tmp_path)), stages=Stages(embedder="127.0.0.1:1")
    )
    with pytest.raises(BadInstallation) as caught:
        create(settings)
    assert "pip install 'foveate[rpc]'" in caught.value.public


def test_a_program_without_stages_elsewhere_imports_no_grpc(tmp_path: Path) -> None:
    code = f"""
import sys
from foveate.app import create
from foveate.settings import Caching, Settings
create(Settings(caching=Caching(folder={str(tmp_path)!r})))
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"grpc", "google.protobuf"}.isdisjoint(done.stdout.split())


@pytest.mark.parametrize("target", ["host", "host:", ":80", "http://host:80", "a b:80"])
def test_what_is_no_address_of_a_stage_is_a_problem_of_the_settings(target: str) -> None:
    with pytest.raises(BadSettings, match="HOST:PORT"):
        load({"FOVEATE_STAGES__EMBEDDER": target})
    assert load({"FOVEATE_STAGES__EMBEDDER": "[::1]:80"}).stages.named == {"embedder": "[::1]:80"}
