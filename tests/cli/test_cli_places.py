"""Where commands write: never over an original, whatever it is called there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from foveate.cli.main import app
from foveate.cli.places import Places
from foveate.errors import BadOption


@pytest.fixture
def original(tmp_path: Path) -> Path:
    file = tmp_path / "a b.png"
    file.write_bytes(b"original")
    return file


def linked(original: Path, how: str) -> Path:
    """Return another name of the file."""
    link = original.with_name(f"{how}.png")
    if how == "hard":
        link.hardlink_to(original)
    elif how == "symbolic":
        link.symlink_to(original)
    else:
        link = original.parent / "." / ".." / original.parent.name / original.name
    return link


@pytest.mark.parametrize("how", ["hard", "symbolic", "around"])
def test_an_original_is_known_by_all_its_names(original: Path, how: str) -> None:
    link = linked(original, how)
    for read, dest in ((original, link), (link, original)):
        with pytest.raises(BadOption, match="picture to read"):
            Places.of([str(read)]).deliver(b"made", dest)
    assert original.read_bytes() == b"original"


def test_an_original_is_known_as_an_address_and_by_the_home_folder(
    original: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(original.parent))
    for name in (original.as_uri(), f"FILE://{original}", f"~/{original.name}"):
        with pytest.raises(BadOption, match="picture to read"):
            Places.of([name]).check(original)
    for name in ("https://b.com/a%20b.png", "~nobody-of-that-name/a.png", "file:///%00"):
        Places.of([name]).check(original)


def test_an_original_is_known_through_standard_input(original: Path) -> None:
    kept = os.dup(0)
    with original.open("rb") as file:
        os.dup2(file.fileno(), 0)
    try:
        with pytest.raises(BadOption, match="picture to read"):
            Places.of(["-"]).check(original)
    finally:
        os.dup2(kept, 0)
        os.close(kept)


def test_what_was_made_is_not_written_over_under_another_name(tmp_path: Path) -> None:
    places, first = Places.of([]), tmp_path / "a.png"
    assert places.deliver(b"first", first)
    for how in ("hard", "symbolic", "around"):
        with pytest.raises(BadOption, match="twice"):
            places.deliver(b"second", linked(first, how))
    assert first.read_bytes() == b"first"
    assert Places.of([]).deliver(b"anew", first)
    assert first.read_bytes() == b"anew"


@pytest.mark.parametrize(
    "words",
    [("faces", "--draw"), ("analyse", "--draw"), ("crops", "--aspect", "1:1", "--sheet")],
)
def test_a_drawing_never_takes_the_place_of_its_picture(
    words: tuple[str, ...], original: Path
) -> None:
    command, *options = words
    asked = [command, str(original), *options, str(linked(original, "hard"))]
    with pytest.raises(BadOption, match="picture to read"):
        CliRunner().invoke(app, asked, catch_exceptions=False)
    assert original.read_bytes() == b"original"


def test_a_link_where_a_file_is_to_be_written_gives_way_and_is_not_followed(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere.png", tmp_path / "real"
    elsewhere.write_bytes(b"somebody's")
    folder.mkdir()
    (tmp_path / "out").symlink_to(folder)
    (folder / "a.png").symlink_to(elsewhere)
    (folder / "b.png").symlink_to(tmp_path / "not there yet.png")
    for name in ("a.png", "b.png"):
        assert Places.of([]).deliver(b"made", tmp_path / "out" / name)
    assert elsewhere.read_bytes() == b"somebody's"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["elsewhere.png", "out", "real"]
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
        "a.png": b"made",
        "b.png": b"made",
    }
    assert not any(file.is_symlink() for file in folder.iterdir())


def test_a_link_to_itself_gives_way_as_well_and_as_a_folder_is_what_is_wrong(
    tmp_path: Path,
) -> None:
    loop = tmp_path / "loop.png"
    loop.symlink_to(loop)
    with pytest.raises(OSError, match="symbolic links") as caught:
        Places.of([]).deliver(b"made", loop / "a.png")
    assert caught.value.filename == str(loop / "a.png")
    assert Places.of([str(loop)]).read == {loop}
    assert Places.of([]).deliver(b"made", loop)
    assert loop.read_bytes() == b"made"
    assert not loop.is_symlink()


def test_a_file_that_is_written_anew_keeps_who_may_read_it(tmp_path: Path) -> None:
    file, new = tmp_path / "a.png", tmp_path / "b.png"
    file.touch(mode=0o640)
    file.chmod(0o640)
    for dest in (file, new):
        Places.of([]).deliver(b"made", dest)
    (tmp_path / "c.png").touch()
    assert file.stat().st_mode & 0o777 == 0o640
    assert new.stat().st_mode == (tmp_path / "c.png").stat().st_mode


def test_pipes_take_bytes_and_folders_do_not(tmp_path: Path) -> None:
    read, write = os.pipe()
    try:
        assert Places.of([]).deliver(b"made", Path(f"/dev/fd/{write}"))
        assert os.read(read, 9) == b"made"
    finally:
        os.close(read)
        os.close(write)
    (tmp_path / "a.png").mkdir()
    (tmp_path / "file.jpg").touch()
    for dest in (tmp_path / "a.png", tmp_path / "none" / "a.png", tmp_path / "file.jpg" / "a.png"):
        with pytest.raises(OSError, match="directory") as caught:
            Places.of([]).deliver(b"made", dest)
        assert caught.value.filename == str(dest)
