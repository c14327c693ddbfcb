"""A design that tests change, with one of each element."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foveate.design.xml.reading import loads

if TYPE_CHECKING:
    from foveate.design.scene.model import Scene

pytest.importorskip("lxml", reason="pip install 'foveate[design]'")

# ruff: noqa: E501 - a text with its runs is one line
STORY = """<design version="1" name="Summer" lang="en">
  <page id="story" width="1080" height="1920" fill="linear-gradient(180deg, #ffffff 0, #99ccff 1)">
    <image id="photo" role="photo" width="1080" height="1152" src="beach.jpg" options="gravity=face" alt="A woman on a beach"/>
    <text id="title" role="title" x="90" y="1240" width="900" height="220" size="96" weight="700" align="center" fit="shrink">Summer <run color="#ff6347">sale</run><br/>50 % off &amp; more</text>
    <group id="offer" x="90" y="1500" width="900" height="300">
      <rect id="card" width="900" height="300" fill="#ffffff" shadow="0 4 12 #00000088" radius="24"/>
      <text id="price" role="price" x="40" y="40" width="400" height="120" size="64">9.99</text>
      <line id="rule" x="40" y="180" width="820" height="0" stroke="#000000 2 dash(8 4) cap(round)"/>
      <ellipse id="dot" x="800" y="40" width="60" height="60" fill="#ff0000"/>
      <path id="star" x="700" y="200" width="60" height="60" fill="#ffcc00" d="M50 0 L100 100 L0 50 Z"/>
    </group>
  </page>
</design>
"""
"""As it is written in its one spelling."""


def story() -> Scene:
    """Return that design."""
    return loads(STORY)


def with_words(old: str, new: str) -> Scene:
    """Return that design with something else in its XML."""
    assert old in STORY
    return loads(STORY.replace(old, new))
