"""The pictures that are measured on: 12 MP JPEGs made from free samples, always the same.

Real photos of that size cannot be shipped. These are samples that Foveate itself pulls, enlarged
and composed, with noise of several scales on top so that a JPEG of them has a camera's bytes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips

from foveate.models.supply.cards import CARDS
from foveate.models.supply.fetch import pull
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PEERS: Final = Path(__file__).parent / ".peers"
FOLDER: Final = PEERS / "corpus"
SHAPES: Final = {"4x3": (4000, 3000), "3x2": (4242, 2828), "phone": (4032, 3024)}
"""12 MP as phones and as cameras cut it. 400x300 is a plain resize of one, a crop of the other.
`phone` is 4:3 to the pixel of what phones give."""
SAMPLES: Final = ("astronaut", "chelsea", "coffee", "rocket")
NOISE: Final = ((1, 3.0), (3, 4.0), (12, 4.0), (60, 3.0))
"""Grain as (size in pixels, standard deviation in levels)."""


@dataclass(frozen=True, slots=True)
class Paste:
    """A sample laid over the picture: its height as a share of the picture's, centre at x, y."""

    sample: str
    height: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Scene:
    """A sample that fills the picture, and what lies over it."""

    name: str
    ground: str
    pastes: tuple[Paste, ...] = ()


SCENES: Final = (
    Scene("portrait", "astronaut"),
    Scene("cat", "chelsea"),
    Scene("cup", "coffee", (Paste("astronaut", 0.35, 0.85, 0.25),)),
    Scene("launch", "rocket", (Paste("astronaut", 0.5, 0.2, 0.7),)),
    Scene(
        "group",
        "coffee",
        tuple(Paste("astronaut", 0.45 + 0.1 * n, 0.2 + 0.3 * n, 0.6) for n in range(3)),
    ),
    Scene("far", "chelsea", (Paste("astronaut", 0.22, 0.6, 0.3),)),
)


def _grain(rng: np.random.Generator, size: int, sigma: float, like: pyvips.Image) -> pyvips.Image:
    shape = (like.height // size + 2, like.width // size + 2, 3)
    grains = pyvips.Image.new_from_array(rng.normal(0, sigma, shape).astype(np.float32))
    return grains.resize(size, kernel="linear").crop(0, 0, like.width, like.height)


def _laid(picture: pyvips.Image, paste: Paste, sample: Path) -> pyvips.Image:
    side = round(paste.height * picture.height)
    top = pyvips.Image.thumbnail(str(sample), 10 * side, height=side)
    left, above = paste.x * picture.width - top.width / 2, paste.y * picture.height - side / 2
    return picture.insert(top, round(left), round(above))


def _paint(
    scene: Scene, samples: Mapping[str, Path], shape: tuple[int, int], seed: int
) -> pyvips.Image:
    """Return the scene in full size, noise included."""
    ground, (width, height) = str(samples[scene.ground]), shape
    picture = pyvips.Image.thumbnail(ground, width, height=height, crop="low")
    for paste in scene.pastes:
        picture = _laid(picture, paste, samples[paste.sample])
    rng = np.random.default_rng(seed)
    for size, sigma in NOISE:
        picture = picture + _grain(rng, size, sigma, picture)
    return picture.cast("uchar")


def samples() -> dict[str, Path]:
    """Return where the sample pictures lie, after pulling those that are missing."""
    settings = load().models
    cards = {card.name: card for card in CARDS}
    return {name: pull(cards[name], settings) for name in SAMPLES}


def build(shape: str = "4x3") -> list[Path]:
    """Return six JPEGs of quality 90, one a scene, made on the first call."""
    folder = FOLDER / shape
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{scene.name}.jpg" for scene in SCENES]
    sources: dict[str, Path] | None = None
    for seed, (scene, path) in enumerate(zip(SCENES, paths, strict=True)):
        if path.exists():
            continue
        sources = sources or samples()
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(_paint(scene, sources, SHAPES[shape], seed).jpegsave_buffer(Q=90))
        unfinished.replace(path)
    return paths


def links(folder: Path, originals: list[Path]) -> Iterator[str]:
    """Yield new file names in `folder` without end, each a hard link to the next original.

    Every request of a measurement gets a name, so a URL, of its own: no cache can answer it,
    and the work is exactly the same for everybody.
    """
    number = 0
    while True:
        original = originals[number % len(originals)]
        name = f"{number:06d}{original.suffix}"
        os.link(original, folder / name)
        yield name
        number += 1
