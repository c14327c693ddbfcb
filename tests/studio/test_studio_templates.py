"""Designs that the page begins with: each can be drawn, and nothing is to be said of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from designs_stand import need_letters

from foveate import Design, studio
from foveate.design.drawing.engine import installed

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)

ROOM = Path(studio.__file__).parent
FILES = sorted((ROOM / "designs/templates").glob("*.xml"))


def test_the_page_offers_each_of_them() -> None:
    listed = (ROOM / "panels/designs/templates.js").read_text("utf-8")
    assert set(re.findall(r"\{ id: '(\w+)'", listed)) == {file.stem for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_is_wrong_with_it(file: Path) -> None:
    need_letters()
    design = Design.open(file)
    assert not design.check()
    assert "Foveate-Note" not in design.render("png", scale=0.25).headers
