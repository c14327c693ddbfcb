from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from foveate.cli.main import app
from foveate.errors import UnknownRaw
from foveate.imaging import Image

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["dataset", "raw", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_raw_data_is_found_from_any_folder_once_it_is_registered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pictures" / "cat").mkdir(parents=True)
    Image.black(8, 8).write_to_file(str(tmp_path / "pictures" / "cat" / "1.png"))
    monkeypatch.setenv("FOVEATE_DATASETS__BOOKS", str(tmp_path / "books"))
    monkeypatch.chdir(tmp_path)
    assert run("add", "mine", "pictures", "--kind", "imagefolder") == (
        "mine is registered; pictures: 1, things: 0, classes: 1.\n"
    )
    monkeypatch.chdir("/")
    assert f"imagefolder in {tmp_path / 'pictures'}; pictures: 1, things: 0" in run("show", "mine")
    told = json.loads(run("show", "mine", "--json"))
    assert (told["place"], told["classes"]) == (str(tmp_path / "pictures"), ["cat"])
    (tmp_path / "books" / "raw" / "his.json").write_text('{"kind":')
    told = json.loads(run("list", "--json"))
    assert told["raw"][0]["name"] == "mine"
    assert told["broken"][0]["name"] == "his"
    assert "broken" in run("list")
    assert "no more" in run("remove", "mine")
    with pytest.raises(UnknownRaw):
        run("show", "mine")


def test_pictures_that_cannot_be_read_are_counted_beside_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "pictures"
    place.mkdir()
    Image.black(8, 8).write_to_file(str(place / "1.png"))
    (place / "2.png").write_bytes(b"")
    (place / "all.csv").write_text("file,x,y,w,h\n1.png,0,0,4,4\n2.png,,,,\n")
    monkeypatch.setenv("FOVEATE_DATASETS__BOOKS", str(tmp_path / "books"))
    said = run("add", "mine", str(place), "--kind", "list", "--annotations", "all.csv")
    assert "pictures: 2 (1 cannot be read), things: 1, classes: 1." in said
    assert run("show", "mine").endswith("classes: (none)\n")


def test_what_of_raw_data_is_left_is_told_when_it_is_registered_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "pictures"
    place.mkdir()
    Image.black(8, 8).write_to_file(str(place / "1.png"))
    (place / "all.csv").write_text("file,label,weather,x,y,w,h\n1.png,cat,wet,0,0,4,0\n")
    monkeypatch.setenv("FOVEATE_DATASETS__BOOKS", str(tmp_path / "books"))
    said = run("add", "mine", str(place), "--kind", "list", "--annotations", "all.csv")
    left = "  all.csv: nobody reads weather.\n  Things without a pixel, left out: 1.\n"
    assert said == f"mine is registered; pictures: 1, things: 0, classes: 0.\n{left}"
    assert run("show", "mine").endswith(left)
