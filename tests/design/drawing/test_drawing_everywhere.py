"""One picture on every machine: nothing of it is asked of the machine."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from drawings import chart, page, text

from foveate.design.drawing.raster import draw

if TYPE_CHECKING:
    from foveate.design.drawing.typefaces import Typefaces

WORK = """
import hashlib, sys
from drawings import chart, page, text
from foveate.design.drawing.raster import draw
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.fonts.shelf import shelf
from foveate.settings import Models

fonts = shelf(Models(folder=sys.argv[1]))
drawn = draw(page(text("Größe 你 שלום", size=24)), Typefaces(fonts), chart)
with open("/proc/self/maps") as maps:
    files = {line.split()[-1] for line in maps}
fonts = {file for file in files if file.endswith((".ttf", ".otf", ".ttc", ".pfb"))}
print(hashlib.sha256(drawn.pixels).hexdigest(), *fonts)
"""


@pytest.mark.models
@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")
def test_fonts_of_the_machine_are_never_opened_and_its_list_of_them_does_not_matter(
    typefaces: Typefaces, tmp_path: Path
) -> None:
    expected = draw(page(text("Größe 你 שלום", size=24)), typefaces, chart)
    folder = typefaces.shelf.fonts[0].path.parents[1]
    broken = tmp_path / "fonts.conf"
    broken.write_text("<fontconfig><dir>/</dir><match>")
    done = subprocess.run(
        [sys.executable, "-c", WORK, str(folder)],
        env={
            **os.environ,
            "FONTCONFIG_FILE": str(broken),
            "HOME": str(tmp_path),
            "LANG": "tr_TR.UTF-8",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    digest, *fonts = done.stdout.split()
    assert digest == hashlib.sha256(expected.pixels).hexdigest()
    assert fonts
    assert all(Path(font).is_relative_to(folder) for font in fonts)
    assert "ontconfig" not in done.stderr
