"""How what was made becomes what is there, where its place does not take it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from foveate.batches.asides import ASIDE
from foveate.batches.commit import Committer, aside_name
from foveate.batches.destination import FolderDestination
from foveate.batches.made import Made, Output, Status
from foveate.batches.manifest import Manifest
from foveate.batches.row import Row
from foveate.errors import NotWritten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from foveate.batches.destination import Placing


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


def laid(folder: Path, name: str, number: int = 1) -> Output:
    aside = folder / f"{name}.aside"
    aside.write_bytes(b"x")
    return output(aside, name, number)


def of(key: str, number: int, *outputs: Output) -> Made:
    return Made(row=Row(key=key, path=key, number=number), asked=b"", outputs=outputs)


class Full(Manifest):
    """A manifest on a disk that takes no row of a picture called "a"."""

    def write(self, made: Made) -> list[str]:
        if made.row.key == "a":
            raise sqlite3.OperationalError("disk I/O error")
        return super().write(made)


def test_a_name_that_could_not_be_taken_over_leaves_the_file_that_had_it(tmp_path: Path) -> None:
    destination = FolderDestination(tmp_path)
    destination.home.mkdir()
    late = of("b", 2, laid(tmp_path, "x.png"), laid(tmp_path, "b.png", 2))
    early = of("a", 1, laid(tmp_path, "X.png"))
    with closing(Full(destination.home)) as manifest:
        manifest.begin()
        committer = Committer(manifest, destination)
        committer.commit([late])
        with pytest.raises(NotWritten):
            committer.commit([early])
        known = manifest.before(late.row.id)
    assert known is not None
    assert known.status is Status.DONE
    assert {"x.png", "b.png"} <= {each.name for each in tmp_path.iterdir()}


def test_a_name_that_is_taken_over_takes_the_files_of_who_had_it(tmp_path: Path) -> None:
    destination = FolderDestination(tmp_path)
    destination.home.mkdir()
    late = of("b", 2, laid(tmp_path, "x.png"), laid(tmp_path, "b.png", 2))
    with closing(Manifest(destination.home)) as manifest:
        manifest.begin()
        committer = Committer(manifest, destination)
        committer.commit([late])
        committer.commit([of("a", 1, laid(tmp_path, "X.png"))])
    assert {each.name for each in tmp_path.glob("*.png")} == {"X.png"}


class Killed(BaseException):
    """The end of a process."""


class Ending(FolderDestination):
    """A folder whose process ends while it deletes the first file."""

    def place(self, placings: Sequence[Placing]) -> list[str]:
        whys = super().place(placings[:1])
        return [*whys, *("Expected room, got none." for _ in placings[1:])]

    def remove(self, name: str) -> None:
        super().remove(name)
        raise Killed


def test_who_is_killed_while_files_go_that_have_no_row_left_no_row_without_files(
    tmp_path: Path,
) -> None:
    destination = Ending(tmp_path)
    destination.home.mkdir()
    made = of("c", 3, laid(tmp_path, "c-1.png"), laid(tmp_path, "c-2.png", 2))
    with closing(Manifest(destination.home)) as manifest:
        manifest.begin()
        with pytest.raises(Killed):
            Committer(manifest, destination).commit([made])
        known = manifest.before(made.row.id)
    assert known is not None
    assert known.status is Status.FAILED


def test_a_name_that_is_a_folder_of_another_is_had_by_whoever_comes_first(tmp_path: Path) -> None:
    for late, early in (("x/y/z.png", "x"), ("x", "x/y.png"), ("x/a.png", "X")):
        destination = FolderDestination(tmp_path / f"{late} or {early}".replace("/", "-"))
        destination.home.mkdir(parents=True)
        with closing(Manifest(destination.home)) as manifest:
            manifest.begin()
            committer = Committer(manifest, destination)
            (tmp_path / "b.aside").write_bytes(b"x")
            (second,) = committer.commit([of("b", 2, output(tmp_path / "b.aside", late))])
            (tmp_path / "a.aside").write_bytes(b"x")
            (first,) = committer.commit([of("a", 1, output(tmp_path / "a.aside", early))])
            (tmp_path / "c.aside").write_bytes(b"x")
            (third,) = committer.commit([of("c", 3, output(tmp_path / "c.aside", late))])
            known = manifest.before(second.row.id)
        assert (first.error, third.error) == ("", "NameTaken")
        assert third.message.endswith("and nothing is a file and a folder.")
        assert known is not None
        assert known.error == "NameTaken"
        assert destination.read(early) == b"x"


def test_renditions_of_a_row_have_names_of_which_none_is_a_folder(tmp_path: Path) -> None:
    destination = FolderDestination(tmp_path)
    destination.home.mkdir()
    made = of("a", 1, laid(tmp_path, "x"), replace(laid(tmp_path, "t", 2), name="x/t"))
    with closing(Manifest(destination.home)) as manifest:
        manifest.begin()
        (settled,) = Committer(manifest, destination).commit([made])
    assert settled.message.endswith("of which none is a folder, got x, x/t.")


def test_a_folder_with_files_of_others_is_not_taken_for_a_name(tmp_path: Path) -> None:
    destination = FolderDestination(tmp_path)
    destination.home.mkdir()
    with closing(Manifest(destination.home)) as manifest:
        manifest.begin()
        committer = Committer(manifest, destination)
        committer.commit([of("b", 2, replace(laid(tmp_path, "b"), name="x/b"))])
        (tmp_path / "x" / "own").write_bytes(b"mine")
        (made,) = committer.commit([of("a", 1, laid(tmp_path, "x"))])
    assert made.message == "Expected a name that nothing has, got x, which is there already."
    assert {each.name for each in (tmp_path / "x").iterdir()} == {"own", "b"}


class Unplaced(FolderDestination):
    """A folder whose process ends before a file has its name."""

    def place(self, placings: Sequence[Placing]) -> list[str]:  # noqa: ARG002
        raise Killed


def test_what_is_in_the_way_of_a_committed_row_fails_that_row_alone(tmp_path: Path) -> None:
    destination = Unplaced(tmp_path)
    (destination.home / ASIDE).mkdir(parents=True)
    row = of("a", 1).row
    aside = destination.asides.write(aside_name(row.id, 1), b"x", "x/a")
    made = replace(of("a", 1, replace(output(tmp_path, "x/a"), aside=aside)), row=row)
    made = replace(made, outputs=(replace(made.outputs[0], digest=sha256(b"x").digest()),))
    with closing(Manifest(destination.home)) as manifest:
        manifest.begin()
        with pytest.raises(Killed):
            Committer(manifest, destination).commit([made])
    (tmp_path / "x").write_bytes(b"mine")
    with closing(Manifest(destination.home)) as manifest:
        Committer(manifest, FolderDestination(tmp_path)).sweep()
        known = manifest.before(row.id)
    assert known is not None
    assert (known.status, known.error) == (Status.FAILED, "NotWritten")
    assert (tmp_path / "x").read_bytes() == b"mine"
    assert not [*(destination.home / ASIDE).iterdir()]


class Keeping(FolderDestination):
    """A folder whose process ends before the first file goes."""

    def remove(self, name: str) -> None:  # noqa: ARG002
        raise Killed


def test_files_that_were_to_go_when_a_process_ended_go_with_the_next(tmp_path: Path) -> None:
    destination = Keeping(tmp_path)
    (destination.home / ASIDE).mkdir(parents=True)
    with closing(Manifest(destination.home)) as manifest:
        manifest.begin()
        committer = Committer(manifest, destination)
        committer.commit([of("b", 2, replace(laid(tmp_path, "b"), name="x/b"))])
        with pytest.raises(Killed):
            committer.commit([of("a", 1, laid(tmp_path, "x"))])
    assert (tmp_path / "x" / "b").exists()
    with closing(Manifest(destination.home)) as manifest:
        Committer(manifest, FolderDestination(tmp_path)).sweep()
        assert manifest.names.given_up() == []
    assert not (tmp_path / "x" / "b").exists()
