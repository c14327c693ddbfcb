"""The Python of the page for those who come from Rekognition runs as it stands there."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server_fakes import listening

from foveate.app import create
from foveate.people.access_keys import AccessKeys
from foveate.people.keys import Scope
from foveate.server.rekognition.app import ROWS
from foveate.settings import Caching, People, Rekognition, load

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).parents[2] / "docs/guides/coming-from-rekognition.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_python_on_the_page_runs(
    portrait: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = AccessKeys(tmp_path / "keys").add("app", "*", Scope.ADMIN)
    settings = replace(
        load({}),
        people=People(folder=str(tmp_path / "index")),
        caching=Caching(folder=str(tmp_path / "cache")),
        rekognition=Rekognition(key_file=str(tmp_path / "keys")),
    )
    monkeypatch.chdir(tmp_path)
    for name in ("ann.jpg", "party.jpg"):
        shutil.copy(portrait, name)
    told: dict[str, Any] = {}
    with listening(create(settings)) as port:  # type: ignore[arg-type]
        monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key.id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key.secret)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        for code in BLOCK.findall(PAGE.read_text("utf-8")):
            exec(compile(code, PAGE.name, "exec"), told)  # noqa: S102 - it is our own page
    (record,) = told["kept"]["FaceRecords"]
    assert told["match"]["Face"]["FaceId"] == record["Face"]["FaceId"]
    assert told["match"]["Face"]["ExternalImageId"] == "ann.jpg"
    assert told["match"]["Similarity"] > 99


def test_the_page_names_every_call_that_is_answered() -> None:
    text = PAGE.read_text("utf-8")
    assert [name for name in ROWS if f"`{name}`" not in text] == []
