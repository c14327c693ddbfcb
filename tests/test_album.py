"""A folder of pictures: what repeats in it, what is like another one, and words."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageOps
from service_networks import analyses
from typer.testing import CliRunner

from foveate.album import Album
from foveate.app import create
from foveate.cli.main import app as commands
from foveate.errors import BadOption, NotAnImage, WeightsMissing
from foveate.imaging.pixels import from_array
from foveate.models import sentences
from foveate.models.supply.cards import CARDS, choose
from foveate.models.supply.weights import FileState, verify
from foveate.service.analyse import Analyser
from foveate.settings import load
from foveate.storage.anywhere import Anywhere

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.app import App

RED, ORANGE, GREEN, BLUE = (200, 20, 10), (200, 40, 10), (10, 200, 20), (10, 20, 200)


def draw(file: Path, colour: tuple[int, int, int], side: int) -> Path:
    file.parent.mkdir(exist_ok=True)
    pixels = np.full((side, side, 3), colour, np.uint8)
    from_array(pixels).write_to_file(str(file))
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    album = tmp_path / "album"
    draw(album / "red.png", RED, 30)
    draw(album / "in" / "larger.png", ORANGE, 60)
    draw(album / "green.JPG", GREEN, 40)
    (album / "notes.txt").write_text("no picture")
    return album


@pytest.fixture
def app() -> App:
    """A service whose network finds a picture as red, green and blue as it is."""
    made, seeing = create(load(), Anywhere), analyses()
    return replace(made, analyses=seeing, analyser=Analyser(analyses=seeing))


def names(likes: list[object]) -> list[str]:
    return [like.picture.name for like in likes]  # type: ignore[attr-defined]


def test_copies_are_grouped_and_the_largest_comes_first(folder: Path, app: App) -> None:
    (group,) = Album(folder, app=app).duplicates()
    assert names(group) == ["larger.png", "red.png"]
    assert group[0].score == 1
    assert 0.98 < group[1].score < 1
    assert Album(folder, app=app).duplicates(threshold=0.9999) == []


def test_the_most_like_come_first(folder: Path, app: App, tmp_path: Path) -> None:
    blue = draw(tmp_path / "x.png", (150, 30, 20), 10)
    found = Album(folder, app=app).like(str(blue), limit=2)
    assert names(found) == ["larger.png", "red.png"]
    assert names(Album(folder, app=app).like(str(blue), threshold=0.9)) == ["larger.png", "red.png"]


def test_words_find_what_tags_say(folder: Path, app: App) -> None:
    found = Album(folder, app=app).search("coffee")
    assert len(found) == 3
    assert found[0].score > 0.9
    assert Album(folder, app=app).search("dogs") == []


@pytest.mark.parametrize("words", ["person", "a dog and two women"])
def test_people_are_no_tags_and_cannot_be_searched_for(words: str, folder: Path, app: App) -> None:
    with pytest.raises(BadOption, match=r"beside people, got (person|women): tags know nobody"):
        Album(folder, app=app).search(words)


@pytest.mark.skipif(not sentences.installed(), reason="needs the extra: pip install 'foveate[see]'")
def test_people_are_refused_in_other_languages_too(folder: Path, app: App) -> None:
    with pytest.raises(BadOption, match="beside people, got femme"):
        Album(folder, app=app).search("une femme")


def test_what_cannot_be_read_is_left_out_and_told(folder: Path, app: App) -> None:
    (folder / "broken.jpg").write_text("no picture")
    seen: list[Path] = []
    album = Album(folder, app=app, progress=seen.append)
    assert len(album.duplicates()) == 1
    (unread,) = album.unread
    assert unread.picture.name == "broken.jpg"
    assert isinstance(unread.error, NotAnImage)
    assert len(seen) == 4


@pytest.mark.models
def test_the_command_says_once_what_is_wrong_with_a_picture_cut_short(folder: Path) -> None:
    models = load().models
    (card,) = choose(CARDS, ["efficientnet-lite0"])
    if verify(card, models) is not FileState.OK:
        pytest.skip(f"{card.name} is not here: foveate models pull {card.name}")
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), np.uint8)
    (folder / "cut.png").write_bytes(from_array(noise).pngsave_buffer()[:90_000])
    command = "from foveate.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "duplicates", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "cut.png" in line


def test_what_is_no_folder_or_no_share_is_refused(folder: Path, app: App) -> None:
    with pytest.raises(BadOption, match="Expected a folder"):
        Album(folder / "red.png", app=app)
    with pytest.raises(BadOption, match="threshold from 0 to 1"):
        Album(folder, app=app).duplicates(1.5)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused_before_anything_is_looked_at(
    folder: Path, app: App, limit: int
) -> None:
    album = Album(folder, app=app)
    with pytest.raises(BadOption, match=f"limit from 1, got {limit}"):
        album.like(folder / "red.png", limit=limit)
    with pytest.raises(BadOption, match=f"limit from 1, got {limit}"):
        album.search("cat", limit=limit)


def test_missing_weights_end_it_at_once_and_name_the_command(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FOVEATE_MODELS__FOLDER", str(tmp_path / "none"))
    with pytest.raises(WeightsMissing, match="foveate models pull efficientnet-lite0"):
        Album(folder, app=create(load(), Anywhere)).duplicates()


def test_an_empty_folder_has_nothing(tmp_path: Path, app: App) -> None:
    album = Album(tmp_path, app=app)
    blue = draw(tmp_path / "x.bin.png", BLUE, 10)
    assert album.duplicates() == []
    blue.rename(tmp_path / "x.bin")
    assert album.search("dog") == []


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(commands, [str(word) for word in words], catch_exceptions=False)
    return done.exit_code, done.stdout


@pytest.mark.models
def test_the_commands_say_it_to_people_and_to_programs(portrait: str, tmp_path: Path) -> None:
    models = load().models
    (card,) = choose(CARDS, ["efficientnet-lite0"])
    if verify(card, models) is not FileState.OK:
        pytest.skip(f"{card.name} is not here: foveate models pull {card.name}")
    photo = Image.open(portrait)
    photo.save(tmp_path / "a.png")
    ImageOps.mirror(photo).resize((300, 300)).convert("RGB").save(tmp_path / "b.jpg", quality=80)
    draw(tmp_path / "c.png", GREEN, 50)
    code, told = run("duplicates", tmp_path)
    assert code == 0
    assert told.endswith("1 picture is nearly the same as a larger one, in 1 group.\n")
    (group,) = json.loads(run("duplicates", tmp_path, "--json")[1])["groups"]
    assert [one["picture"].rpartition("/")[2] for one in group] == ["a.png", "b.jpg"]
    assert group[1]["score"] > 0.8
    nearest = json.loads(run("like", portrait, tmp_path, "--limit", "1", "--json")[1])["pictures"]
    assert nearest == [{"picture": str(tmp_path / "a.png"), "score": 1.0}]
    code, told = run("search", "lighthouse", tmp_path)
    assert code == 0
    assert told.startswith("Nothing was found: no picture has such a tag.")
