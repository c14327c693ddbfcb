"""Which names of `foveate render` are read, and which is written."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from foveate.cli.main import app
from foveate.cli.render import Target, split
from foveate.errors import BadOption
from foveate.imaging import Image


@pytest.fixture
def pair(tmp_path: Path, photo: Image) -> list[str]:
    """Two pictures, as a pattern that matches just them gives them."""
    files = [str(tmp_path / name) for name in ("a.jpg", "b.jpg")]
    for file in files:
        photo.write_to_file(file)
    return files


def run(*words: str | Path) -> int:
    done = CliRunner().invoke(app, ["render", *map(str, words)], catch_exceptions=False)
    return done.exit_code


@pytest.mark.parametrize("options", [[], ["-o", "width=40"]])
def test_of_two_pictures_none_is_written_over(pair: list[str], options: list[str]) -> None:
    before = Path(pair[1]).read_bytes()
    with pytest.raises(BadOption, match=r"--to .*b\.jpg writes it anew, --to FOLDER"):
        run(*pair, *options)
    assert Path(pair[1]).read_bytes() == before


def test_what_is_there_is_written_anew_where_it_is_named_so(
    pair: list[str], tmp_path: Path
) -> None:
    for width in (40, 50):
        assert run(pair[0], "--to", tmp_path / "c.webp", "-o", f"width={width}") == 0
        made = Image.new_from_file(str(tmp_path / "c.webp"))
        assert (made.width, made.get("vips-loader")) == (width, "webpload")
    with pytest.raises(BadOption, match="picture to read"):
        run(pair[0], "--to", pair[0])
    with pytest.raises(BadOption, match="--to FOLDER for 2 pictures, got the file"):
        run(*pair, "--to", tmp_path / "c.webp")


def test_folders_may_be_called_as_pictures_are(pair: list[str], tmp_path: Path) -> None:
    (tmp_path / "of.jpg").mkdir()
    assert split(pair, tmp_path / "of.jpg", showing=False)[1].folder == tmp_path / "of.jpg"
    assert split(pair[:1], tmp_path / "new", showing=False)[1].folder == tmp_path / "new"


def test_what_holds_nothing_may_be_written_into(pair: list[str], tmp_path: Path) -> None:
    (tmp_path / "made-by-mktemp.jpg").touch()
    for name in (tmp_path / "made-by-mktemp.jpg", tmp_path / "new.jpg", Path(os.devnull)):
        assert split([pair[0], str(name)], None, showing=False) == (
            pair[:1],
            Target(file=name),
        )


def test_pictures_that_are_shown_are_not_written_over(pair: list[str], tmp_path: Path) -> None:
    assert split(pair, None, showing=True) == (pair, Target())
    new = tmp_path / "new.jpg"
    assert split([pair[0], str(new)], None, showing=True) == (pair[:1], Target(file=new))


def test_standard_output_is_never_a_file(
    pair: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").write_bytes(b"a file of that name")
    assert split([pair[0], "-"], None, showing=False)[1] == Target(file=Path("-"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--width", "300"], "-o width=300"),
        (["--height=20"], "-o height=20"),
        (["-w", "300"], "-o w=300"),
        (["-w300"], "-o w=300"),
        (["-w=300"], "-o w=300"),
        (["-width", "300"], "-o width=300"),
        (["-width=300"], "-o width=300"),
        (["--widht", "300"], "-o width=300"),
        (["--fit"], "-o fit=FIT"),
        (["--to-folder", "x"], "No such option: --to-folder"),
        (["--jsn"], "No such option: --jsn"),
    ],
)
def test_an_option_that_came_as_a_flag_is_shown_where_it_goes(words: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["render", "a.jpg", "b.jpg", *words], env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert said in done.stderr
    assert (" -o " in done.stderr) is said.startswith("-o")


@pytest.mark.parametrize("flag", ["-w300", "-width=300", "--width=300"])
def test_a_value_glued_to_a_flag_is_not_looked_for_in_the_next_word(flag: str) -> None:
    asked = ["render", flag, "a.jpg", "b.jpg"]
    done = CliRunner().invoke(app, asked, env={"COLUMNS": "200"})
    assert re.search(r"-o w(idth)?=300\b", done.stderr)


@pytest.mark.parametrize("others", [[], ["new.webp"]])
def test_a_folder_in_place_of_a_picture_is_told_how_to_take_it(
    pair: list[str], tmp_path: Path, others: list[str]
) -> None:
    with pytest.raises(BadOption, match=r"the folder .*: .*/\* --to FOLDER"):
        run(tmp_path, *others)
    assert run(pair[0], tmp_path, "--to", tmp_path / "out") == 1, "the picture is made all the same"
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["a.jpg"]


@pytest.mark.parametrize("name", ["new.bmp", "new.HEIC", "new.qoi", "new.jp2"])
def test_formats_that_are_not_written_are_answered_with_those_that_are(
    pair: list[str], tmp_path: Path, name: str
) -> None:
    with pytest.raises(BadOption, match=rf"\.avif, .*\.webp, which can be written, got '{name}'"):
        run(pair[0], tmp_path / name)
    assert not (tmp_path / name).exists()


def test_json_is_aside_where_the_picture_is_on_standard_output(
    pair: list[str], tmp_path: Path
) -> None:
    for words in (["render", pair[0], "-"], ["crops", pair[0], "--aspect", "2:1", "--sheet", "-"]):
        done = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
        assert Image.new_from_buffer(done.stdout_bytes, "").width > 0
        assert json.loads(done.stderr)
    done = CliRunner().invoke(app, ["render", pair[0], str(tmp_path / "c.jpg"), "--json"])
    assert json.loads(done.stdout)["file"] == str(tmp_path / "c.jpg")
