"""Eight designs in ten formats: is anything off its page, cut, over a face, or too small to read?

    python benchmarks/design_sizes.py [--quick] [--sheet FOLDER]

The designs of `design/tasks`, with sample pictures in the places of their photos: of people the
astronaut, and who sees faces is the network that renditions have. Faces count as covered by a text
that did not lie over one in the design. `--sheet` writes a contact sheet for each design.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from results import Check, Outcome, Table, tell

import foveate
from foveate.background import default_app, waited
from foveate.design.checks.checking import Checks
from foveate.design.checks.table import CHECKS
from foveate.design.drawing.engine import installed
from foveate.design.resizing.formats import legible_dpi
from foveate.design.resizing.lettering import NEEDED, Lettering
from foveate.design.scene.model import Picture, Role, Text
from foveate.design.scene.paint import PictureFill
from foveate.design.tasks.task import DESIGNS, scene
from foveate.design.tree import mapped, painted
from foveate.designs.easel import OwnEasel
from foveate.designs.looks import looks_of
from foveate.imaging import Image
from foveate.models.supply.weights import FileState, catalogue, verify, where
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.checks.model import Looks
    from foveate.design.scene.model import Block, Scene

NAME, TITLE = "design_sizes", "Designs: eight in ten formats"
SIZES: Final = (
    *("youtube-thumbnail", "instagram-post", "instagram-square", "instagram-story"),
    *("facebook-cover", "leaderboard", "medium-rectangle", "skyscraper", "a5", "presentation"),
)
PEOPLE: Final = frozenset({"sax", "ana", "ben", "miriam", "mira", "class", "couple"})
OTHERS: Final = ("coffee", "rocket")
NEEDED_CARDS: Final = ("astronaut", *OTHERS, "inter-400", "inter-700", "bebas-neue-400")
LOOKED: Final = {"edges": "off the page", "fits": "cut", "faces": "over a face"}
SLACK: Final = 0.98
"""Of the least size of letters, from which they are as large."""
LOGO: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}"><rect width="{0}" '
    'height="{1}" rx="12" fill="#8a5a2b"/><circle cx="{2}" cy="{2}" r="{3}" fill="#fff"/></svg>'
)
CELL: Final = 420
"""Pixels of the longer side of a design on a sheet."""


def _pictured(design: Scene, folder: Path) -> Scene:
    """Return a design with pictures that there are."""

    def shown(block: Block) -> Block:
        if isinstance(block, Picture):
            return replace(block, src=_source(block.src, block, folder))
        fill = getattr(block, "fill", None)
        if isinstance(fill, PictureFill):
            return replace(block, fill=replace(fill, src=_source(fill.src, block, folder)))  # type: ignore[call-arg]
        return block

    return mapped(design, shown)


def _source(src: str, block: Block, folder: Path) -> str:
    stem = Path(src).stem
    if not src.startswith("photos/"):
        file = folder / f"{stem}.svg"
        sides = round(block.width), round(block.height)
        middle = min(sides) / 2
        file.write_text(LOGO.format(*sides, middle, middle * 0.6))
        return str(file)
    models = load().models
    cards = {card.name: card for card in catalogue(models)}
    name = "astronaut" if stem in PEOPLE else OTHERS[len(stem) % 2]
    return str(where(cards[name], models))


async def _looks(folder: Path) -> Looks:
    easel = OwnEasel.of(default_app(), folder)
    return await asyncio.to_thread(looks_of, easel, asyncio.get_running_loop())


def _wrong(before: Scene, after: Scene, looks: Looks) -> list[str]:
    """Return the blocks of which each of `LOOKED` is so."""
    rows = tuple(replace(row, repair=None) for row in CHECKS if row.name in LOOKED)
    checks = Checks(looks, rows)
    found = [each for each in checks.of(after).findings if each.check != "faces"]
    found += [each for each in checks(before, after).findings if each.check == "faces"]
    return [" ".join(each.found.block for each in found if each.check == name) for name in LOOKED]


def _too_small(scene: Scene, to: str, looks: Looks) -> str:
    """Return texts that have to be read, and are too small for it."""
    assert looks.measures is not None
    lettering = Lettering(looks.measures, scene.lang, legible_dpi(to, scene.dpi))
    return " ".join(
        spot.block.id
        for page in scene.pages
        for spot in painted(page)
        if isinstance(spot.block, Text)
        and spot.block.role in NEEDED - {Role.LOGO}
        and lettering.extent(spot.block).size < SLACK * lettering.least(spot.block)
    )


def _sheet(drawn: Sequence[tuple[str, bytes]], file: Path) -> None:
    cells = []
    for name, data in drawn:
        small = Image.thumbnail_buffer(data, CELL, height=CELL, size="both")
        flat = small.flatten(background=[255, 255, 255]) if small.hasalpha() else small
        cell = flat[:3].gravity("centre", CELL, CELL, extend="background", background=[200] * 3)
        label = Image.text(name, dpi=110).gravity("centre", CELL, 26)
        cells.append(cell.join(label.bandjoin([label, label]), "vertical").copy_memory())
    Image.arrayjoin(cells, across=5, shim=8).write_to_file(str(file))


def design_sizes(*, quick: bool = False, sheet: Path | None = None) -> Outcome:
    """Measure, and return what came of it."""
    models = load().models
    cards = {card.name: card for card in catalogue(models)}
    lacking = [name for name in NEEDED_CARDS if verify(cards[name], models) is not FileState.OK]
    if lacking or not installed():
        return Outcome(NAME, TITLE, skipped=f"needs foveate[design], and {', '.join(lacking)}")
    with tempfile.TemporaryDirectory() as place:
        rows = [
            (name, to, *each)
            for name in DESIGNS[: 2 if quick else None]
            for to, each in _of(name, Path(place), sheet).items()
        ]
    checks = []
    for place_, what in enumerate((*LOOKED.values(), "too small"), 2):
        count = sum(len(row[place_].split()) for row in rows)
        checks.append(Check(f"{what}, of {len(rows)} renditions", "0", str(count), count == 0))
    told = [row for row in rows if any(row[2:6])]
    head = ("design", "to", *LOOKED.values(), "too small", "told")
    return Outcome(NAME, TITLE, checks=checks, tables=[Table("what is wrong", head, told)])


def _of(name: str, folder: Path, sheet: Path | None) -> dict[str, tuple[str, ...]]:
    """Return what is wrong with a design in each format."""
    design, looks = foveate.Design(_pictured(scene(name), folder), folder), waited(_looks(folder))
    made: dict[str, tuple[str, ...]] = {}
    drawn: list[tuple[str, bytes]] = []
    if sheet is not None:
        sheet.mkdir(parents=True, exist_ok=True)
        drawn.append((name, design.render("png").data))
    for to in SIZES:
        sized, remarks = design.resized(to)
        wrong = _wrong(design.scene, sized.scene, looks)
        made[to] = (*wrong, _too_small(sized.scene, to, looks), str(len(remarks)))
        if sheet is not None:
            drawn.append((to, sized.render("png").data))
    if sheet is not None:
        _sheet(drawn, sheet / f"{name}.png")
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="two designs")
    parser.add_argument("--sheet", type=Path, help="a folder for contact sheets")
    said = parser.parse_args()
    tell(design_sizes(quick=said.quick, sheet=said.sheet))
