"""Fixtures that more than one folder uses."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings

from foveate.background import forget_settings
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.models.supply.weights import FileState, catalogue, verify, where
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable

TESTS = Path(__file__).parent
GOLDEN = TESTS / "golden"
TILE = 16

# What the tests of a folder share is imported by its bare name, from wherever pytest was started.
sys.path[:0] = sorted({str(file.parent) for file in TESTS.rglob("*.py")})

# A busy machine is slow now and then; that says nothing about the example at hand.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the goldens anew")


@pytest.fixture
def anyio_backend() -> str:
    """Run the tests marked `anyio` on asyncio, the loop that we serve on."""
    return "asyncio"


@pytest.fixture
def photo() -> Image:
    """A drawn 320x240 scene: sky, ground, a round head in the right third, a red mark."""
    y, x = np.mgrid[0:240, 0:320].astype(np.float64)
    pixels = np.stack([80 + y / 3, 130 + y / 4, 220 - y / 3], axis=-1)
    pixels[160:] = (90, 120, 60)
    pixels += 6 * np.sin(x / 3)[..., None] * np.sin(y / 5)[..., None]
    pixels[(x - 230) ** 2 / 900 + (y - 90) ** 2 / 1600 < 1] = (224, 172, 140)
    pixels[20:40, 20:50] = (200, 20, 30)
    return from_array(pixels.clip(0, 255).astype(np.uint8))


@pytest.fixture
def portrait() -> str:
    """The file of the astronaut, where the weights and the sample are there."""
    models = load().models
    cards = {card.name: card for card in catalogue(models)}
    for name in ("retinaface", "astronaut"):
        if verify(cards[name], models) is not FileState.OK:
            pytest.skip(f"{name} is not here: foveate models pull")
    return str(where(cards["astronaut"], models))


@pytest.fixture
def assert_like(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[bytes, str], None]:
    """Compare lossless output with tests/golden/<name>.png: facts, mean and worst tile of dE00.

    A grey hash would pass swapped channels, so colours are compared. `--update-golden` rewrites;
    a failure leaves what came beside what was expected.
    """

    def check(actual: bytes, name: str, mean: float = 0.5, worst_tile: float = 1.5) -> None:
        file = GOLDEN / f"{name}.png"
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(actual)
        expected, image = (Image.new_from_buffer(data, "") for data in (file.read_bytes(), actual))
        facts = [(i.width, i.height, i.bands, i.interpretation) for i in (image, expected)]
        assert facts[0] == facts[1]
        delta = image.colourspace("lab").dE00(expected.colourspace("lab"))
        tiles = delta.shrink(min(TILE, delta.width), min(TILE, delta.height))
        got = (delta.avg(), float(tiles.numpy().max()))
        if got[0] > mean or got[1] > worst_tile:
            (tmp_path / f"{name}-actual.png").write_bytes(actual)
            (tmp_path / f"{name}-expected.png").write_bytes(file.read_bytes())
            delta.linear([10], [0]).cast("uchar").write_to_file(str(tmp_path / f"{name}-diff.png"))
        assert got[0] <= mean, f"{name}: mean dE00 {got[0]:.2f}; pictures in {tmp_path}"
        assert got[1] <= worst_tile, f"{name}: worst tile {got[1]:.2f}; pictures in {tmp_path}"

    return check


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep a developer's own FOVEATE_* and caches out of the tests; weights stay where they are."""
    for name in [name for name in os.environ if name.startswith("FOVEATE_")]:
        if name != "FOVEATE_MODELS__FOLDER":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    forget_settings()
