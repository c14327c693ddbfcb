"""What Figma answers of a file, as a scene: each frame that stands by itself is a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.importing.checked import checked
from foveate.design.importing.figma.layers import FRAMES, Layers
from foveate.design.importing.figma.paints import Paints
from foveate.design.importing.figma.reading import Item, read, tops
from foveate.design.importing.figma.texts import Texts
from foveate.design.importing.imported import BLIND, Eyes, Imported, Notes
from foveate.design.importing.letters import Lettering
from foveate.design.importing.names import plain
from foveate.design.scene.model import Page, Scene
from foveate.design.scene.words import MOST_SIDE
from foveate.errors import BadDesign, DesignTooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_PAGES: Final = 100


def import_figma(data: bytes, eyes: Eyes = BLIND) -> Imported:
    """Return the design that a file of Figma is. Raises BadDesign, DesignTooLarge."""
    file, notes = read(data), Notes()
    paints = Paints(_images(file), notes, eyes.beside)
    lettering = Lettering(eyes, notes)
    layers = Layers(paints, Texts(paints, lettering, notes), notes)
    pages = [_page(item, layers) for item in _frames(file, notes)]
    scene = Scene(name=plain(file.text("name")), pages=tuple(pages))
    return Imported(checked(scene), notes.told)


def _images(file: Item) -> Mapping[str, str]:
    """Return where pictures are, as `GET /v1/files/KEY/images` says it, put into the same file."""
    rows = file.item("meta").item("images").said or file.item("images").said
    return {name: src for name, src in rows.items() if isinstance(src, str) and len(src) <= 2048}  # noqa: PLR2004


def _frames(file: Item, notes: Notes) -> list[Item]:
    found = list(tops(file))
    frames = [each for each in found if each.kind in FRAMES and each.visible]
    if not frames:
        raise BadDesign("Expected a frame that is seen, got none: what stands beside is no page.")
    for _ in range(len(found) - len(frames)):
        notes.add("What stands beside frames, and frames that are hidden, are left out.")
    if len(frames) > MOST_PAGES:
        raise DesignTooLarge(f"Expected at most {MOST_PAGES} frames, got {len(frames)}.")
    return frames


def _page(item: Item, layers: Layers) -> Page:
    box = item.item("absoluteBoundingBox")
    width, height = box.number("width"), box.number("height")
    if not all(1 <= side <= MOST_SIDE for side in (width, height)):
        raise DesignTooLarge(
            f"Expected a frame of 1 to {MOST_SIDE:.0f} pixels a side, got {width:g} x {height:g}."
        )
    layers.origin = (box.number("x"), box.number("y"))
    name = plain(item.text("name"))
    return Page(
        id=layers.names.give(name.lower(), "page"),
        name=name,
        width=width,
        height=height,
        fill=layers.paints.fill(item.items("fills"), (width, height)),
        blocks=tuple(layers.inside(item)),
    )
