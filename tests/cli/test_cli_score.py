"""`foveate score`, as people and programs read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from foveate.cli.main import app
from foveate.errors import BadOption
from foveate.vision.score import WORDS

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.imaging import Image


@pytest.fixture
def files(tmp_path: Path, photo: Image) -> list[str]:
    names = [str(tmp_path / name) for name in ("a.png", "a.jpg")]
    photo.write_to_file(names[0])
    photo.jpegsave(names[1], Q=60)
    return names


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["score", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_it_is_a_number_and_a_word(files: list[str]) -> None:
    number, _, word = run(*files).partition("  ")
    assert 40 < float(number) < 90
    assert word.strip() in [word for _, word in WORDS]
    assert run(files[0], files[0]) == "100.00  identical\n"


def test_json_names_the_metric(files: list[str]) -> None:
    told = json.loads(run(*files, "--json"))
    assert told == {"metric": "ssimulacra2", "score": float(run(*files).split()[0])}


def test_other_sizes_are_refused(files: list[str], tmp_path: Path, photo: Image) -> None:
    photo.resize(0.5).write_to_file(str(tmp_path / "half.png"))
    with pytest.raises(BadOption, match="of one size"):
        run(files[0], str(tmp_path / "half.png"))
