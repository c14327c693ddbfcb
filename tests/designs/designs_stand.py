"""What tests of designs share: a small poster with a picture beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drawings import need_fonts

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.imaging import Image

POSTER = """<design version="1" name="Poster" lang="en">
  <page id="sheet" width="120" height="90">
    <image id="photo" role="photo" width="120" height="60" src="scene.png"/>
    <rect id="mark" x="100" y="70" width="10" height="10" fill="#ff0000"/>
  </page>
</design>
"""
LETTERS = """<design version="1" lang="en">
  <page id="sheet" width="200" height="60">
    <text id="title" role="title" x="10" y="10" width="180" height="40" size="20">Summer sale</text>
  </page>
</design>
"""


def poster_in(folder: Path, photo: Image, text: str = POSTER) -> Path:
    photo.write_to_file(str(folder / "scene.png"))
    file = folder / "poster.xml"
    file.write_text(text)
    return file


def need_letters() -> None:
    need_fonts("inter-400")
