"""`foveate crops`, run as a user runs it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from typer.testing import CliRunner

from foveate.cli.crops import asked, crop_table, row, write
from foveate.cli.main import app
from foveate.cli.places import Places
from foveate.errors import BadOption
from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.options.model import TransformOptions
from foveate.rendition import Rendition
from foveate.service.crops import Crop

if TYPE_CHECKING:
    from click.testing import Result

STORY = Crop("9:16", Box(10, 0, 90, 160), "face", TransformOptions(), "story")
PLAIN = Crop("1:1", Box(0, 0, 160, 160), "saliency", TransformOptions())


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def shown(crops: list[Crop], files: dict[str, Path]) -> str:
    page = io.StringIO()
    Console(file=page, width=120).print(crop_table(crops, files))
    return page.getvalue()


def test_either_an_aspect_or_a_set_is_needed() -> None:
    with pytest.raises(BadOption, match="Expected --aspect or --set"):
        asked((), ())
    assert asked(["1:1"], ()) == ["1:1"]
    assert asked(["1:1"], ["print"])[-2:] == ["a4", "1:1"]


def test_files_are_named_after_the_format_or_the_ratio(tmp_path: Path) -> None:
    picture = Rendition(b"picture", "image/jpeg", Size(9, 16))
    files = write([(STORY, picture), (PLAIN, picture)], "me", tmp_path / "new", Places.of([]))
    assert [file.name for file in files.values()] == ["me-story.jpg", "me-1x1.jpg"]
    assert all(file.read_bytes() == b"picture" for file in files.values())
    assert row(STORY, files)["file"].endswith("me-story.jpg")
    assert "file" not in row(STORY, {})


def test_the_table_has_a_column_of_names_only_where_there_are_some() -> None:
    both = shown([STORY, PLAIN], {})
    assert "story" in both
    assert "name" in both
    assert "name" not in shown([PLAIN], {})


def test_a_sheet_is_a_png(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="image/png"):
        run("crops", "any.jpg", "--set", "social", "--sheet", tmp_path / "sheet.jpg")


@pytest.mark.models
def test_a_set_becomes_pictures_a_sheet_and_json(portrait: str, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    done = run(
        "crops", portrait, "--set", "shop", "--aspect", "9:16",
        "--out", tmp_path, "--sheet", sheet, "--json",
    )  # fmt: skip
    rows = json.loads(done.stdout)["crops"]
    assert [r.get("name", r["aspect"]) for r in rows][-2:] == ["swatch", "9:16"]
    kept = {r.get("name", r["aspect"]): r["gravity"] for r in rows}
    assert (kept["product"], kept["swatch"], kept["banner"]) == ("saliency", "saliency", "face")
    swatch, tall = (Image.new_from_file(r["file"]) for r in rows[-2:])
    assert (swatch.width, swatch.height) == (300, 300)
    assert (tall.width, tall.height) == (288, 512)
    assert Image.new_from_file(str(sheet)).width == 1600


def test_a_picture_is_never_written_over_another_one_or_over_an_original(tmp_path: Path) -> None:
    picture = Rendition(b"picture", "image/jpeg", Size(9, 16))
    original = tmp_path / "me-1x1.jpg"
    original.write_bytes(b"original")
    with pytest.raises(BadOption, match="picture to read"):
        write([(PLAIN, picture)], "me", tmp_path, Places.of([str(original)]))
    assert original.read_bytes() == b"original"
    places = Places.of([])
    write([(STORY, picture)], "me", tmp_path, places)
    with pytest.raises(BadOption, match="twice"):
        write([(STORY, picture)], "me", tmp_path, places)


@pytest.mark.models
def test_several_pictures_are_a_line_of_json_each(portrait: str, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(Path(portrait).read_bytes())
    names = [tmp_path / "a.png", tmp_path / "none.png", tmp_path / "b.png"]
    done = run("crops", *names, "--aspect", "1:1", "--zoom", "0.5", "--out", tmp_path, "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["source"] for row in rows] == [str(names[0]), str(names[2])]
    assert done.exit_code == 1
    assert "none.png: Expected a picture file" in done.stderr
    (crop,) = rows[0]["crops"]
    assert 150 < crop["box"]["width"] < 350
    made = Image.new_from_file(crop["file"])
    assert made.width == made.height == crop["box"]["width"]


@pytest.mark.models
def test_pixels_can_stay_native(portrait: str, tmp_path: Path) -> None:
    done = run(
        "crops", portrait, "--aspect", "swatch", "--size", "native", "--out", tmp_path, "--json"
    )
    (only,) = json.loads(done.stdout)["crops"]
    assert Image.new_from_file(only["file"]).width == 512
