"""A wheel has the documents, and what pages link to."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from foveate.server.docs import library, tree

ROOT = Path(__file__).parents[2]


def built(kind: str, folder: Path) -> zipfile.ZipFile:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return zipfile.ZipFile(wheel)


def test_a_wheel_shows_the_pages_that_the_repository_shows(tmp_path: Path) -> None:
    built("wheel", tmp_path).extractall(tmp_path / "site")
    package = tmp_path / "site/foveate"
    packed = library.read(tree.Tree(package / tree.PACKED))
    assert packed == library.read(tree.Tree(ROOT))
    for name in ("studio/base.css", "studio/docs/page.html", "studio/docs/search.js"):
        assert (package / name).read_bytes() == (ROOT / "src/foveate" / name).read_bytes()


def test_who_edits_the_code_sees_the_documents_that_he_edits(tmp_path: Path) -> None:
    assert not [name for name in built("wheel:editable", tmp_path).namelist() if "docs" in name]
    assert tree.found().root == ROOT
