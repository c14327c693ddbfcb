"""An SVG as a scene of one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.importing.checked import checked
from foveate.design.importing.imported import BLIND, Eyes, Imported, Notes
from foveate.design.importing.letters import Lettering
from foveate.design.importing.names import plain
from foveate.design.importing.svg.lengths import length, numbers
from foveate.design.importing.svg.paints import Paints
from foveate.design.importing.svg.properties import style_of
from foveate.design.importing.svg.reading import read
from foveate.design.importing.svg.shapes import View
from foveate.design.importing.svg.styles import sheet
from foveate.design.importing.svg.texts import Texts
from foveate.design.importing.svg.transforms import fitted
from foveate.design.importing.svg.walking import Around, Walk
from foveate.design.scene.model import Page, Scene
from foveate.design.scene.words import MOST_SIDE
from foveate.errors import DesignTooLarge

if TYPE_CHECKING:
    from foveate.design.nodes.node import Node

_USUAL: Final = (300.0, 150.0)
"""Of an SVG that says no size, as browsers have it."""


def import_svg(data: bytes, eyes: Eyes = BLIND) -> Imported:
    """Return the design that an SVG is. Raises BadDesign, DesignTooLarge."""
    root, notes = read(data), Notes()
    defined = {node.id: node for node in reversed(list(root.walk())) if node.id}
    rules = sheet("\n".join(each.letters for each in root.walk() if each.tag == "style"), notes)
    width, height = _size(root)
    lang = root.said.get("xml:lang") or root.said.get("lang") or ""
    texts = Texts(rules, notes, Lettering(eyes, notes, lang))
    walk = Walk(defined, Paints(defined, rules, notes), texts, notes, (width, height))
    page = walk.names.give("page")
    fit = fitted(root.said.get("viewBox", ""), root.said.get("preserveAspectRatio"), width, height)
    inner = (width / fit.sides[0], height / fit.sides[1])
    around = Around(style_of(root, rules, {}), fit, View(*inner))
    blocks = walk.blocks_of_root(root, around)
    title = next((each.letters for each in root.nodes if each.tag == "title"), "")
    name = plain(root.said.get("aria-label") or title)
    made = Page(id=page, width=width, height=height, fill=None, blocks=tuple(blocks))
    scene = Scene(name=name, lang=lang[:35], pages=(made,))
    return Imported(checked(scene), notes.told, walk.pictures)


def _size(root: Node) -> tuple[float, float]:
    box = numbers(root.said.get("viewBox", ""))
    usual = (box[2], box[3]) if len(box) == 4 and min(box[2:]) > 0 else _USUAL  # noqa: PLR2004
    said = [root.said.get(name, "") for name in ("width", "height")]
    got = [None if not each or each.strip().endswith("%") else length(each) for each in said]
    if got[0] is None and got[1] is None:
        wide, high = usual
    elif got[0] is None:
        high = got[1] or usual[1]
        wide = high * usual[0] / usual[1]
    else:
        wide = got[0] or usual[0]
        high = got[1] or wide * usual[1] / usual[0]
    if not all(1 <= side <= MOST_SIDE for side in (wide, high)):
        raise DesignTooLarge(
            f"Expected an SVG of 1 to {MOST_SIDE:.0f} pixels a side, got {wide:g} x {high:g}."
        )
    return round(wide, 4), round(high, 4)
