"""`foveate select`, as people and programs read it."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from typer.testing import CliRunner

from foveate.background import forget_settings
from foveate.cli.main import app
from foveate.cli.select import numbers_of, tell
from foveate.errors import BadOption
from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.models.supply.weights import FileState, catalogue, verify
from foveate.service.select import SelectedMask, Selection
from foveate.settings import load

if TYPE_CHECKING:
    from pathlib import Path

ONE, OTHER = "a" * 26, "b" * 26


def mask(name: str, known_as: str, box: Box | None) -> SelectedMask:
    matte = np.zeros((3, 4), np.float32)
    return SelectedMask(name=name, mask=known_as, matte=matte, area=0.1312, box=box)


def test_it_is_a_line_for_each_mask_to_be_copied(capsys: pytest.CaptureFixture[str]) -> None:
    masks = (mask("object", ONE, Box(166, 61, 107, 140)), mask("part", OTHER, None))
    tell("a.jpg", Selection(size=Size(512, 400), masks=masks, expires=time.time() + 60))
    first, *rows = capsys.readouterr().out.splitlines()
    assert first.startswith("a.jpg  512x400  masks are kept until ")
    assert rows[0].split() == [f"mask={ONE}", "object", "13.1%", "107x140", "at", "166,61"]
    assert rows[1].split() == [f"mask={OTHER}", "part", "13.1%"]


def test_until_when_masks_are_kept_has_its_day(capsys: pytest.CaptureFixture[str]) -> None:
    expires = dt.datetime(2026, 5, 4, 3, 2).astimezone().timestamp()
    tell("a.jpg", Selection(size=Size(4, 3), masks=(mask("object", ONE, None),), expires=expires))
    assert "masks are kept until 2026-05-04 03:02" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--stroke", "0.4,0.3 0.5"], "Expected numbers such as 0.4,0.3, got '0.5'"),
        (["--not-stroke", " "], "Expected numbers such as 0.4,0.3, got ''"),
    ],
)
def test_strokes_are_read_before_a_picture_is(words: list[str], sentence: str) -> None:
    done = CliRunner().invoke(app, ["select", "nowhere.jpg", *words])
    assert sentence in str(done.exception or done.output)


@pytest.mark.parametrize("text", ["0.4", "0.4,0.3,0.2", "a,b", ""])
def test_what_is_no_place_is_refused_with_one_that_is(text: str) -> None:
    with pytest.raises(BadOption, match=r"Expected numbers such as 0.4,0.3, got"):
        numbers_of(text, "0.4,0.3")
    assert numbers_of("1, .5", "0.4,0.3") == [1.0, 0.5]


def test_a_click_on_a_face_is_a_mask_of_it_in_the_size_of_the_picture(
    portrait: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = load().models
    if verify({card.name: card for card in catalogue(models)}["gaze"], models) is not FileState.OK:
        pytest.skip("gaze is not here: foveate models pull")
    monkeypatch.setenv("FOVEATE_SELECT__HEAD", "none")
    forget_settings()
    out, draw = tmp_path / "mask.png", tmp_path / "seen.png"
    words = ["select", portrait, "--stroke", "0.42,0.25 0.42,0.26", "--not", "0.9,0.9", "--json"]
    words += ["--not-stroke", "0.9,0.1 0.95,0.1"]
    done = CliRunner().invoke(
        app, [*words, "--out", str(out), "--draw", str(draw)], catch_exceptions=False
    )
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["name"] == "object"
    assert 0.01 < told["area"] < 0.2
    mask = Image.new_from_file(str(out))
    assert (mask.width, mask.height) == (told["width"], told["height"]) == (512, 512)
    assert [mask(x, y)[0] for x, y in ((215, 128), (20, 20), (460, 460))] == [255, 0, 0]
    seen = Image.new_from_file(str(draw))
    assert seen.width == 512
    assert max(seen(20, 500)) < 110
