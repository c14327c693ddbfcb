"""What the composition root says of the service that it put together."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from foveate.app import create
from foveate.errors import BadSettings
from foveate.settings import Caching, Models, Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("licences", "state"), [((), "unacknowledged"), (("AGPL-3.0",), "idle")])
def test_a_network_is_idle_only_under_a_licence_that_may_be_used(
    tmp_path: Path, licences: tuple[str, ...], state: str
) -> None:
    (tmp_path / "isnet.onnx").touch()
    models = Models(folder=str(tmp_path), acknowledged_licences=licences)
    app = create(Settings(models=models, caching=Caching(folder=str(tmp_path))))
    status = app.status()
    assert (status["isnet"], status["retinaface"]) == (state, "missing")


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("caching.folder", Settings(caching=Caching(folder="~nosuchuser/cache"))),
        ("models.folder", Settings(models=Models(folder="~nosuchuser"))),
    ],
)
def test_a_home_that_there_is_not_is_a_problem_of_the_settings(
    name: str, settings: Settings
) -> None:
    with pytest.raises(BadSettings, match=rf"{name}: expected a folder, got '~nosuchuser"):
        create(settings)


def test_trimming_memory_lets_go_of_what_only_knows_itself(tmp_path: Path) -> None:
    class Held:
        def __init__(self) -> None:
            self.itself = self

    gc.collect()
    gc.disable()
    try:
        gone = weakref.ref(Held())
        assert gone() is not None
        create(Settings(caching=Caching(folder=str(tmp_path)))).trim_memory()
        assert gone() is None
    finally:
        gc.enable()
