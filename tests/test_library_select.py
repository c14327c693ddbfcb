"""Selecting from Python: clicks to an id, and the id in a rendition."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from clicked import ByColour
from service_networks import analyses

import foveate
from foveate.app import create, selecting_of
from foveate.errors import BadOption
from foveate.geometry.box import Box
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.settings import load
from foveate.storage.anywhere import Anywhere

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.app import App


@pytest.fixture
def app() -> App:
    made, settings = create(load(), Anywhere), load()
    return replace(
        made, selecting=selecting_of(settings, analyses(selector=ByColour()), made.masks)
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rgb = np.full((60, 80, 3), (190, 170, 120), np.uint8)
    rgb[20:40, 10:30] = (250, 10, 10)
    path = tmp_path / "block.png"
    from_array(rgb).write_to_file(str(path))
    return path


def test_a_click_is_an_id_that_renditions_take(app: App, file: Path) -> None:
    found = foveate.select(file, [(0.25, 0.5)], app=app)
    assert found.best.box == Box(10, 20, 20, 20)
    assert found.best.matte.shape == (60, 80)
    made = foveate.render(file, f"mask={found.mask},effect.grayscale=true,format=png", app=app)
    pixels = Image.new_from_buffer(made.data, "").numpy().astype(int)
    assert np.ptp(pixels[30, 20]) == 0 < np.ptp(pixels[5, 5])


def test_lines_of_places_say_what_does_not_belong_to_it_too(app: App, file: Path) -> None:
    one = foveate.select(file, [(0.25, 0.5)], but=[(0.9, 0.9), (0.8, 0.9)], app=app)
    line = [(0.9, 0.9), (0.8, 0.9)]
    assert foveate.select(file, [(0.25, 0.5)], but_strokes=[line], app=app).mask == one.mask
    work = foveate.select_async(file, [(0.25, 0.5)], but_strokes=[line], app=app)
    assert asyncio.run(work).mask == one.mask


def test_it_can_be_awaited_and_says_the_same(app: App, file: Path) -> None:
    one = foveate.select(file, [(0.25, 0.5)], but=[(0.9, 0.9)], app=app)
    work = foveate.select_async(file, [(0.25, 0.5)], but=[(0.9, 0.9)], app=app)
    assert asyncio.run(work).mask == one.mask


def test_places_beside_the_picture_are_refused(app: App, file: Path) -> None:
    with pytest.raises(BadOption, match="from 0 to 1"):
        foveate.select(file, [(20, 30)], app=app)
