"""What docs/guides/designs.md shows is a design, is filled in as it says, and is drawn."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from foveate.design.filling import Filling
from foveate.design.xml import reading

pytest.importorskip("lxml", reason="lxml is not here: pip install 'foveate[design]'")
GUIDE = (Path(__file__).parents[2] / "docs/guides/designs.md").read_text("utf-8")


def block(kind: str) -> str:
    return GUIDE.split(f"```{kind}\n")[1].split("```")[0]


def test_the_list_fits_the_design_once_it_has_a_price() -> None:
    scene = reading.loads(block("xml"))
    fill = Filling.of(scene, Path())
    rows = list(csv.DictReader(block("csv").splitlines()))
    fill.check(rows[0], ["sku"])
    assert [each.id for each in scene.pages[0].blocks] == ["photo", "title", "price", "legal"]
    filled = fill(rows[0]).pages[0].blocks
    assert getattr(filled[1], "words", "") == "New shoes"
    assert getattr(filled[2], "words", "") == "49 €"
