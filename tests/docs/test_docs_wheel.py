"""A wheel has the documents, and what pages link to."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from foveate.server.docs import library, tree

ROOT = Path(__file__).parents[2]


def test_a_wheel_shows_the_pages_that_the_repository_shows(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    package = tmp_path / "site/foveate"
    packed = library.read(tree.Tree(package / tree.PACKED))
    ours = library.read(tree.Tree(ROOT))
    assert packed == ours
    for name in ("studio/base.css", "studio/docs/page.html", "studio/docs/search.js"):
        assert (package / name).read_bytes() == (ROOT / "src/foveate" / name).read_bytes()
