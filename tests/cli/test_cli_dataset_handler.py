"""Handlers, installed from a terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM")
def test_an_installation_that_is_terminated_leaves_nothing(tmp_path: Path) -> None:
    folder, wheels = tmp_path / "handlers", f"wheels:{tmp_path}"
    settings = {"HANDLERS_FOLDER": str(folder), "HANDLERS_FROM": wheels}
    environment = os.environ | {f"FOVEATE_DATASETS__{name}": to for name, to in settings.items()}
    install = ("dataset", "handler", "install", "shout", "1.0", wheels)
    with subprocess.Popen([sys.executable, "-m", "foveate", *install], env=environment) as child:
        while child.poll() is None and not list(folder.glob(".making-*")):
            time.sleep(0.001)
        child.terminate()
        assert child.wait() == 128 + signal.SIGTERM
    assert not list(folder.iterdir())
