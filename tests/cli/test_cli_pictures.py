"""The commands about pictures, run as a user runs them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from foveate import errors
from foveate.background import forget_settings
from foveate.cli.main import app, run_commands
from foveate.imaging import Image
from foveate.models.supply.card import Task
from foveate.models.supply.cards import CARDS
from foveate.models.supply.weights import FileState, verify, where
from foveate.settings import load

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture
def file(tmp_path: Path, photo: Image) -> Path:
    path = tmp_path / "scene.png"
    photo.write_to_file(str(path))
    return path


@pytest.mark.parametrize("command", ["", "serve", "render", "faces", "crops", "analyse", "models"])
def test_every_command_explains_itself(command: str) -> None:
    done = run(*command.split(), "--help")
    assert done.exit_code == 0
    assert "Usage" in done.output


@pytest.mark.parametrize(
    ("ending", "loader"),
    [
        ("jpg", "jpegload"),
        ("webp", "webpload"),
        ("avif", "heifload"),
        ("gif", "gifload"),
        ("TIF", "tiffload"),
    ],
)
def test_render_takes_the_format_from_the_files_ending(
    ending: str, loader: str, file: Path, tmp_path: Path
) -> None:
    dest = tmp_path / f"small.{ending}"
    assert run("render", file, dest, "-o", "width=60").exit_code == 0
    image = Image.new_from_file(str(dest))
    assert (image.width, image.get("vips-loader")) == (60, loader)


def test_render_takes_presets(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOVEATE_PRESETS__TINY", "width=30")
    forget_settings()
    dest = tmp_path / "tiny.png"
    assert run("render", file, dest, "-o", "preset=tiny").exit_code == 0
    assert Image.new_from_file(str(dest)).width == 30


def test_render_writes_to_standard_output(file: Path) -> None:
    done = run("render", file, "-", "-o", "width=40,format=png")
    assert Image.new_from_buffer(done.stdout_bytes, "").width == 40


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("small.bmp", "width=40,format=png"),
        ("small.svg", "width=40"),
        ("small.ico", "width=40,format=png"),
    ],
)
def test_a_file_name_must_not_lie_about_the_picture(
    name: str, options: str, file: Path, tmp_path: Path
) -> None:
    with pytest.raises(errors.BadOption, match="image/png"):
        run("render", file, tmp_path / name, "-o", options)
    assert not (tmp_path / name).exists()


def test_a_folder_that_is_not_there_is_one_sentence(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["foveate", "render", str(file), "/nowhere/at/all.png", "-o", "width=40"]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit) as stopped:
        run_commands()
    assert stopped.value.code == 1
    assert capsys.readouterr().err == "foveate: /nowhere/at/all.png: No such file or directory\n"


def test_errors_raise_what_main_turns_into_a_sentence(file: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.BadOption, match="width"):
        run("render", file, tmp_path / "x.png", "-o", "width=wide")


def test_missing_weights_name_the_command_that_fetches_them(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOVEATE_MODELS__FOLDER", str(tmp_path / "none"))
    forget_settings()
    with pytest.raises(errors.WeightsMissing, match="foveate models pull retinaface"):
        run("faces", file)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("analyse", "--parts", "objects"), ["centernet", "nanodet"]),
        (("analyse", "--parts", "text"), ["text-detection", "text-reading"]),
        (("analyse", "--parts", "objects,tags"), ["centernet", "nanodet", "efficientnet-lite0"]),
        (("analyse", "--parts", "saliency"), ["gaze-int8", "retinaface"]),
    ],
)
def test_all_weights_that_the_parts_lack_are_named_at_once(
    words: tuple[str, ...],
    named: list[str],
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOVEATE_MODELS__FOLDER", str(tmp_path / "none"))
    monkeypatch.setenv("FOVEATE_RUNTIME__ENGINE", "onnxruntime")
    forget_settings()
    with pytest.raises(errors.WeightsMissing) as missing:
        run(*words, file)
    assert sorted(missing.value.names) == sorted(named)
    pull = str(missing.value).rpartition("foveate models pull ")[2]
    assert sorted(pull.split()) == sorted(named)


@pytest.mark.models
@pytest.mark.parametrize("part", ["objects", "text"])
def test_a_drawing_of_things_or_text_needs_no_other_weights(
    part: str, portrait: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = load().models
    here = tmp_path / "models"
    here.mkdir()
    task = {"objects": Task.OBJECTS, "text": Task.TEXT}[part]
    for card in (card for card in CARDS if card.task is task):
        if verify(card, models) is not FileState.OK:
            pytest.skip(f"{card.name} is not here: foveate models pull {card.name}")
        weights = where(card, models)
        for each in weights.parent.glob(f"{weights.name}*"):
            (here / each.name).symlink_to(each)
    monkeypatch.setenv("FOVEATE_MODELS__FOLDER", str(here))
    forget_settings()
    drawn = tmp_path / "seen.png"
    told = json.loads(run("analyse", portrait, "--parts", part, "--draw", drawn, "--json").stdout)
    assert "crops" not in told
    assert Image.new_from_file(str(drawn)).width >= 512


@pytest.mark.models
def test_faces_prints_a_table_json_and_a_picture(portrait: str, tmp_path: Path) -> None:
    seen = tmp_path / "seen.png"
    done = run("faces", portrait, "--json", "--draw", seen)
    (face,) = json.loads(done.stdout)["faces"]
    assert face["score"] > 0.99
    assert abs(face["box"]["left"] - 178) < 2
    drawn = Image.new_from_file(str(seen))
    assert drawn.width > 512
    assert drawn.height > 512
    assert "1 face" in run("faces", portrait).stdout


@pytest.mark.models
def test_crops_writes_one_picture_per_aspect(portrait: str, tmp_path: Path) -> None:
    done = run(
        "crops", portrait, "--aspect", "1:1", "--aspect", "9:16", "--out", tmp_path, "--json"
    )
    rows = json.loads(done.stdout)["crops"]
    assert [row["aspect"] for row in rows] == ["1:1", "9:16"]
    tall = Image.new_from_file(rows[1]["file"])
    assert (tall.width, tall.height) == (288, 512)
    assert "face" in run("crops", portrait, "--aspect", "9:16").stdout


@pytest.mark.models
def test_analyse_tells_people_and_programs_and_draws(portrait: str, tmp_path: Path) -> None:
    told = json.loads(run("analyse", portrait, "--parts", "faces,saliency", "--json").stdout)
    assert (told["width"], len(told["faces"])) == (512, 1)
    assert set(told["saliency"]) == {"point", "width", "height", "png"}
    drawn = tmp_path / "seen.png"
    said = run("analyse", portrait, "--draw", drawn, "--aspect", "9:16").stdout
    assert "The eye goes to" in said
    assert "The subject covers" in said
    assert Image.new_from_file(str(drawn)).width > 512


@pytest.mark.models
def test_what_is_switched_off_is_said(portrait: str) -> None:
    said = run("analyse", portrait, "--parts", "attributes").stdout
    assert "quality" in said
    assert "Not guessed: age, gender, emotion, race. FOVEATE_ATTRIBUTES" in " ".join(said.split())
