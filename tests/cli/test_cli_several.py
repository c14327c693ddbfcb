"""Many pictures in one command, and pictures through pipes."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import PIL.Image
import pytest
from typer.testing import CliRunner

from foveate.cli.main import app
from foveate.cli.several import stem_of
from foveate.errors import BadOption, WeightsMissing
from foveate.imaging import Image

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

COPYRIGHT, MAKE = 0x8298, 0x010F
COMMAND = (sys.executable, "-c", "from foveate.cli import main; main()")


def run(*words: object, given: bytes | None = None) -> Result:
    return CliRunner().invoke(
        app, [str(word) for word in words], input=given, catch_exceptions=False
    )


@pytest.fixture
def files(tmp_path: Path, photo: Image) -> list[Path]:
    paths = [tmp_path / "in" / name for name in ("a.png", "b.jpg", "c.tif")]
    paths[0].parent.mkdir()
    for path in paths:
        photo.write_to_file(str(path))
    return paths


def width(file: Path) -> int:
    return Image.new_from_file(str(file)).width


@pytest.mark.parametrize("way", ["option", "folder", "slash"])
def test_each_picture_becomes_a_file_named_after_it(
    files: list[Path], tmp_path: Path, way: str
) -> None:
    out = tmp_path / "out"
    if way == "folder":
        out.mkdir()
    where = {"option": ["--to", out], "folder": [out], "slash": [f"{out}/"]}[way]
    done = run("render", *files, *where, "-o", "width=40")
    assert done.exit_code == 0
    assert {file.name: width(file) for file in out.iterdir()} == {
        "a.png": 40,
        "b.jpg": 40,
        "c.jpg": 40,
    }
    assert len(done.stderr.splitlines()) == 3


def test_what_fails_is_a_line_and_the_rest_is_made(files: list[Path], tmp_path: Path) -> None:
    files[1].write_bytes(b"no picture")
    out = tmp_path / "out"
    done = run("render", *files, tmp_path / "none.jpg", "--to", out, "-o", "width=40", "--json")
    assert done.exit_code == 1
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["source"], row["file"], row["width"]) for row in rows] == [
        (str(files[0]), str(out / "a.png"), 40),
        (str(files[2]), str(out / "c.jpg"), 40),
    ]
    broken, missing = done.stderr.splitlines()
    assert broken.startswith(f"foveate: {files[1]}: The original is not an image.")
    assert missing.startswith(f"foveate: {tmp_path}/none.jpg: Expected a picture file")


def test_a_broken_picture_is_one_line_and_nothing_of_a_library(
    files: list[Path], tmp_path: Path
) -> None:
    whole = files[1].read_bytes()
    files[1].write_bytes(whole[: len(whole) // 2])
    words = ["render", str(files[1]), str(tmp_path / "x.png")]
    done = subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("foveate: The original is broken and cannot be decoded.")


def test_an_original_is_never_written_over(files: list[Path]) -> None:
    before = [file.read_bytes() for file in files]
    done = run("render", *files, "--to", files[0].parent, "-o", "width=40")
    assert done.exit_code == 1
    assert [file.read_bytes() for file in files] == before
    # Of c.tif there is a JPEG now, beside it.
    assert "c.jpg" in done.stderr
    with pytest.raises(BadOption, match="picture to read"):
        run("render", files[0], files[0], "-o", "width=40")
    assert files[0].read_bytes() == before[0]


def test_two_pictures_of_one_name_are_not_written_into_one_file(
    files: list[Path], tmp_path: Path
) -> None:
    done = run("render", *files, "--to", tmp_path / "out", "-o", "width=40,format=webp", files[0])
    assert done.exit_code == 1
    assert "twice" in done.stderr
    twins = [files[0], files[0].with_suffix(".webp")]
    run("render", twins[0], twins[1], "-o", "width=99")
    done = run("render", *twins, "--to", tmp_path / "o", "-o", "width=40,format=webp")
    assert (done.exit_code, width(tmp_path / "o" / "a.webp")) == (1, 40)


def test_several_pictures_need_a_folder(files: list[Path]) -> None:
    with pytest.raises(BadOption, match="--to FOLDER for several pictures"):
        run("render", *files, "-o", "width=40")
    with pytest.raises(BadOption, match="--to FOLDER"):
        run("render", files[0])


def test_one_drawing_is_of_one_picture(files: list[Path], tmp_path: Path) -> None:
    for words in (["faces"], ["analyse"]):
        with pytest.raises(BadOption, match="one picture with --draw, got 3"):
            run(*words, *files, "--draw", tmp_path / "x.png")
    with pytest.raises(BadOption, match="one picture with --sheet, got 3"):
        run("crops", *files, "--set", "social", "--sheet", tmp_path / "x.png")


def test_what_every_picture_would_meet_ends_it_at_once(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOVEATE_MODELS__FOLDER", str(tmp_path / "none"))
    with pytest.raises(WeightsMissing, match="foveate models pull retinaface"):
        run("faces", *files)


def test_a_picture_goes_through_pipes(files: list[Path], tmp_path: Path) -> None:
    given = files[0].read_bytes()
    done = run("render", "-", "-", "-o", "width=40,format=webp", given=given)
    assert Image.new_from_buffer(done.stdout_bytes, "").width == 40
    assert done.stderr == ""
    run("render", "-", "--to", tmp_path, "-o", "width=30", given=given)
    assert width(tmp_path / "stdin.png") == 30
    with pytest.raises(BadOption, match="once, got it twice"):
        run("render", "-", "-", "--to", tmp_path, given=given)


def test_a_jpeg_keeps_whose_it_is_and_not_what_it_was_made_with(tmp_path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[COPYRIGHT], exif[MAKE] = "Me, 2026", "Camera"
    PIL.Image.new("RGB", (80, 60), "tomato").save(tmp_path / "a.jpg", exif=exif)
    run("render", tmp_path / "a.jpg", "--to", tmp_path / "out", "-o", "width=40")
    kept = (tmp_path / "out" / "a.jpg").read_bytes()
    assert b"Me, 2026" in kept
    assert b"Camera" not in kept


def on_a_terminal(*words: object, stdin: bool = False) -> tuple[int, bytes]:
    """Run a command whose standard output, and input if asked for, is a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = subprocess.Popen(
        [*COMMAND, *map(str, words)],
        stdin=theirs if stdin else subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=environment,
    )
    os.close(theirs)
    said = io.BytesIO()
    while True:
        try:
            said.write(os.read(ours, 65_536))
        except OSError:  # what Linux says when nobody holds the other end
            break
    os.close(ours)
    return process.wait(), said.getvalue()


def test_bytes_never_go_to_a_terminal_nor_are_read_from_one(files: list[Path]) -> None:
    code, said = on_a_terminal("render", files[0], "-", "-o", "width=40")
    assert code == 2
    assert b"got a terminal" in said
    assert b"PNG" not in said
    code, said = on_a_terminal("render", "-", "x.png", stdin=True)
    assert code == 2
    assert b"Pipe one in" in said


def test_a_bar_shows_how_far_it_is_and_leaves_nothing_behind(
    files: list[Path], tmp_path: Path
) -> None:
    files[1].write_bytes(b"no picture")
    code, said = on_a_terminal("render", *files, "--to", tmp_path / "out", "-o", "width=40")
    assert code == 1
    assert b"/3" in said
    # What is left of each line after the bar in it was erased.
    lines = [line.rpartition(b"\x1b[2K")[2] for line in said.split(b"\r\n")]
    for words in (b"out/a.png", b"foveate:", b"out/c.jpg"):
        (line,) = (line for line in lines if words in line)
        assert b"/3" not in line


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("in/a b.jpg", "a b"),
        ("https://b.com/x/c%20d.jpg?v=1.5", "c d"),
        ("https://b.com/", "picture"),
        ("-", "stdin"),
    ],
)
def test_files_are_named_after_pictures(name: str, stem: str) -> None:
    assert stem_of(name) == stem
