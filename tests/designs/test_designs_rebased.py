"""Designs that are written into another folder find their pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foveate.design.xml import reading
from foveate.designs.design import Design
from foveate.designs.rebased import rebased

if TYPE_CHECKING:
    from pathlib import Path

DESIGN = """<design version="1">
  <page id="p" width="90" height="90" fill="url('back.png', 'blur=9')">
    <group id="g" width="90" height="90">
      <image id="near" width="9" height="9" src="photos/a.jpg"/>
      <image id="word" width="9" height="9" src="{{photo}}"/>
      <image id="part" width="9" height="9" src="{{sku}}.jpg"/>
    </group>
    <rect id="filled" width="9" height="9" fill="url('b.png')"/>
    <image id="web" width="9" height="9" src="https://example.com/a.jpg"/>
    <image id="root" width="9" height="9" src="/pictures/a.jpg"/>
    <image id="url" width="9" height="9" src="source:"/>
  </page>
</design>"""


def test_what_lies_beside_a_design_is_named_from_where_it_is_written(tmp_path: Path) -> None:
    made = Design(reading.loads(DESIGN), tmp_path).xml_in(tmp_path / "sizes" / "wide")
    for src in (
        "../../photos/a.jpg",
        "{{photo}}",
        "../../{{sku}}.jpg",
        "https://example.com/a.jpg",
        "/pictures/a.jpg",
        "source:",
    ):
        assert f'src="{src}"' in made
    assert "url('../../back.png', 'blur=9')" in made
    assert "url('../../b.png')" in made


@pytest.mark.parametrize("folder", [".", "../same"])
def test_in_its_own_folder_nothing_is_changed(tmp_path: Path, folder: str) -> None:
    own = tmp_path / "same"
    own.mkdir()
    scene = reading.loads(DESIGN)
    assert rebased(scene, own, own / folder) is scene
