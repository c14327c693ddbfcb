"""The Python of the page for those who come from elsewhere runs as it stands there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import foveate

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).parents[2] / "docs/guides/coming-from-compreface-and-deepface.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_python_on_the_page_runs(
    portrait: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOVEATE_PEOPLE__FOLDER", str(tmp_path / "index"))
    monkeypatch.setenv("FOVEATE_ATTRIBUTES", "")
    monkeypatch.chdir(tmp_path)
    for name in ("ann.jpg", "ann-again.jpg", "party.jpg"):
        shutil.copy(portrait, name)
    foveate.forget_settings()
    told: dict[str, Any] = {}
    try:
        for code in BLOCK.findall(PAGE.read_text("utf-8")):
            exec(compile(code, PAGE.name, "exec"), told)  # noqa: S102 - it is our own page
    finally:
        foveate.forget_settings()
    assert told["verified"] is True
    assert told["who"].subject == "Ann"
    assert [part.shape[2] for part in told["cut"]] == [3]
    assert "liveness" in told["told"]
