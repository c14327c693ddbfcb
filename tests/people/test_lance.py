"""The extra that the face index needs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from foveate.errors import BadInstallation
from foveate.people.store import LanceStore

if TYPE_CHECKING:
    from pathlib import Path


def test_without_the_extra_the_command_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lancedb", None)
    store = LanceStore(str(tmp_path))
    with pytest.raises(BadInstallation, match=r"pip install 'foveate\[people\]'"):
        store.collections()
    with pytest.raises(BadInstallation):
        store.create("staff", "model")


def test_a_server_that_nobody_asks_for_people_does_not_load_it() -> None:
    code = (
        "import sys; from foveate.app import create; from foveate.settings import Settings\n"
        "create(Settings()); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"lancedb", "pyarrow"}.isdisjoint(done.stdout.split())
