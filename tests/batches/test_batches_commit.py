"""How what was made becomes what is there, where its place does not take it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from foveate.batches.commit import Committer
from foveate.batches.destination import FolderDestination
from foveate.batches.made import Made, Output
from foveate.batches.manifest import Manifest
from foveate.batches.row import Row

if TYPE_CHECKING:
    from pathlib import Path


def output(aside: Path, name: str, number: int = 1) -> Output:
    size = {"bytes": 1, "width": 1, "height": 1}
    return Output(rendition=number, name=name, ext="png", digest=b"x", aside=aside, **size)


def test_a_file_that_another_picture_shares_outlives_a_row_that_cannot_be_placed(
    tmp_path: Path,
) -> None:
    destination = FolderDestination(tmp_path)
    destination.home.mkdir()
    first, second, gone = (tmp_path / f"{each}.aside" for each in ("a", "b", "gone"))
    for aside in (first, second):
        aside.write_bytes(b"x")
    one = Made(row=Row(key="a", path="a"), asked=b"", outputs=(output(first, "x.png"),))
    outputs = (output(second, "x.png"), output(gone, "b.png", 2))
    other = Made(row=Row(key="b", path="b"), asked=b"", outputs=outputs)
    with closing(Manifest(destination.home)) as manifest:
        committer = Committer(manifest, destination)
        committed = [made for each in (one, other) for made in committer.commit([each])]
    assert [made.error for made in committed] == ["", "NotWritten"]
    assert (tmp_path / "x.png").read_bytes() == b"x"
