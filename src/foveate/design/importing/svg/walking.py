"""The elements of an SVG, one after the other, as blocks of a page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from foveate.design.importing.grouping import grouped
from foveate.design.importing.matrix import UNIT, Matrix, moving
from foveate.design.importing.names import Names, plain
from foveate.design.importing.roles import role_of
from foveate.design.importing.svg.blocks import Makes
from foveate.design.importing.svg.clips import Clips
from foveate.design.importing.svg.lengths import length, share
from foveate.design.importing.svg.paints import REFERENCE, href
from foveate.design.importing.svg.properties import Style, style_of
from foveate.design.importing.svg.shapes import MOST_LETTERS, SHAPES, View
from foveate.design.importing.svg.transforms import fitted, transform
from foveate.design.nodes.limits import USUAL, check
from foveate.design.scene.model import Blend, Painted, Role
from foveate.design.scene.paint_kinds import MOST_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.design.importing.imported import Notes
    from foveate.design.importing.svg.paints import Paints
    from foveate.design.importing.svg.texts import Texts
    from foveate.design.nodes.node import Node
    from foveate.design.scene.model import Block

MOST_STEPS: Final = 50_000
"""Elements that are looked at, each time that one is used counted."""
MOST_OUTLINES: Final = 2_000_000
"""Letters of paths that are read, each time that one is used counted; a design has fewer."""
MOST_USES: Final = 12
"""Of `use` within `use`."""
NOT_DRAWN: Final = frozenset(
    {
        *("defs", "style", "title", "desc", "metadata", "symbol", "marker", "clipPath", "mask"),
        *("filter", "pattern", "linearGradient", "radialGradient", "view", "cursor"),
        *("font", "font-face", "color-profile"),
    }
)
_LABEL: Final = "http://www.inkscape.org/namespaces/inkscape:label"
_MARKERS: Final = ("marker-start", "marker-mid", "marker-end")


@dataclass(frozen=True, slots=True)
class Around:
    """What an element stands in."""

    style: Style = field(default_factory=dict)
    matrix: Matrix = UNIT
    view: View = View(100.0, 100.0)  # noqa: RUF009 - it is never changed
    uses: int = 0


@dataclass(slots=True)
class Walk:
    """Goes through elements. What cannot be said is noted."""

    defined: Mapping[str, Node]
    paints: Paints
    texts: Texts
    notes: Notes
    page: tuple[float, float]
    names: Names = field(default_factory=Names)
    pictures: dict[str, bytes] = field(default_factory=dict)
    steps: int = 0
    outlines: int = 0
    written: int = 0
    letters: int = 0

    def all(self, node: Node, around: Around) -> list[Block]:
        """Return the blocks that the elements inside are."""
        return [block for each in node.nodes for block in self.blocks(each, around)]

    def blocks_of_root(self, root: Node, around: Around) -> list[Block]:
        """Return the blocks of the page, with what is said of it as a whole."""
        return self._looks(root, around.style, around.matrix, self.all(root, around))

    def blocks(self, node: Node, around: Around) -> list[Block]:
        """Return the blocks that an element is. Raises DesignTooLarge."""
        self.steps += 1
        check("elements that are used", self.steps, MOST_STEPS)
        check("blocks", len(self.names.taken), USUAL.elements)
        if node.tag in NOT_DRAWN or node.tag.startswith("http"):
            return []
        draw = self._kinds.get(node.tag)
        if draw is None:
            self.notes.add(f"<{node.tag[:30]}> is left out.")
            return []
        style = style_of(node, self.paints.sheet, around.style)
        try:
            own = transform(style.get("transform") or node.said.get("transform"))
        except ValueError:
            self.notes.add(f"{node}: its transform is none, and is left out.")
            own = UNIT
        matrix = around.matrix.after(own)
        if not matrix.area:
            return []
        made = draw(self, node, replace(around, style=style, matrix=matrix))
        return self._looks(node, style, matrix, [each for each in made if self._near(each)])

    def _near(self, block: Block) -> bool:
        """Return whether a block is where one can be; what is farther is off the page by far."""
        near = max(abs(block.x), abs(block.y), block.width, block.height) <= MOST_LENGTH
        if not near:
            self.notes.add("What is too large, or too far from the page, is left out.")
        return near

    @property
    def _kinds(self) -> Mapping[str, Callable[[Walk, Node, Around], list[Block]]]:
        return _KINDS

    def group(self, node: Node, around: Around) -> list[Block]:
        """Return the blocks inside."""
        return self.all(node, around)

    def first(self, node: Node, around: Around) -> list[Block]:
        """Return the first of the children that is anything: of a switch by language and such."""
        found = (
            self.blocks(each, around) for each in node.nodes if "systemLanguage" not in each.said
        )
        return next(filter(None, found), [])

    def nested(self, node: Node, around: Around) -> list[Block]:
        """Return the blocks of a plane within the page."""
        view = around.view
        x, y = view.across(node, "x"), view.down(node, "y")
        wide, high = view.across(node, "width", view.width), view.down(node, "height", view.height)
        return self.all(node, self._seen(node, around, moving(x, y), (wide, high)))

    def _seen(self, node: Node, around: Around, at: Matrix, size: tuple[float, float]) -> Around:
        """Return what stands around elements within a plane of its own."""
        matrix, inner = around.matrix.after(at), size
        if box := node.said.get("viewBox"):
            fit = fitted(box, node.said.get("preserveAspectRatio"), *size)
            matrix = matrix.after(fit)
            across, down = fit.sides
            inner = (size[0] / (across or 1.0), size[1] / (down or 1.0))
        return replace(around, matrix=matrix, view=View(*inner, around.view.em))

    def use(self, node: Node, around: Around) -> list[Block]:
        """Return the blocks of what is used."""
        meant = self.defined.get(href(node).removeprefix("#"))
        if meant is None or around.uses >= MOST_USES:
            self.notes.add("A <use> of what is not in the file, or of itself, is left out.")
            return []
        view = around.view
        at = moving(view.across(node, "x"), view.down(node, "y"))
        inner = replace(around, uses=around.uses + 1)
        if meant.tag not in {"symbol", "svg"}:
            return self.blocks(meant, replace(inner, matrix=around.matrix.after(at)))
        sides = [
            length(node.said.get(name) or meant.said.get(name), whole, whole=whole, em=view.em)
            for name, whole in (("width", view.width), ("height", view.height))
        ]
        style = style_of(meant, self.paints.sheet, around.style)
        inner = replace(inner, style=style)
        return self.all(meant, self._seen(meant, inner, at, (sides[0], sides[1])))

    def shape(self, node: Node, around: Around) -> list[Block]:
        """Return the block of a shape."""
        view = around.view._replace(em=self.texts.size(around.style))
        self.outlined(node)
        try:
            shape = SHAPES[node.tag](node, view)
        except ValueError as why:
            self.notes.add(f"{node}: {why}. It is left out.")
            return []
        if any(around.style.get(name, "none") != "none" for name in _MARKERS):
            self.notes.add("Markers of lines are left out.")
        return self._makes.shape(node, shape, around) if shape is not None else []

    def outlined(self, node: Node) -> None:
        """Count the letters of an outline before it is read. Raises DesignTooLarge."""
        letters = len(node.said.get("d", "")) + len(node.said.get("points", ""))
        # What is longer is left out without a look.
        self.outlines += letters if letters <= MOST_LETTERS else 0
        check("letters of paths that are used", self.outlines, MOST_OUTLINES)

    def image(self, node: Node, around: Around) -> list[Block]:
        """Return the block of a picture."""
        return self._makes.image(node, around)

    def text(self, node: Node, around: Around) -> list[Block]:
        """Return a block for each line of a text."""
        view = around.view
        self.letters += len(node.letters)
        check("letters", self.letters, USUAL.letters)
        lines = self.texts.lines(node, around.style, view)
        made = [self._makes.text(node, line, around.matrix) for line in lines]
        return [each for each in made if each is not None]

    @property
    def _makes(self) -> Makes:
        return Makes(self)

    def _looks(self, node: Node, style: Style, matrix: Matrix, made: list[Block]) -> list[Block]:
        """Return blocks with what is said of their element as a whole."""
        if not made:
            return made
        made = self._cut(style, matrix, made)
        made = self._shadowed(style, matrix, made)
        if style.get("mask", "none") != "none":
            self.notes.add("A mask is left out: all of what it covers is seen.")
        said = self._said(node, style)
        alone = len(made) == 1 and not (made[0].opacity < 1 and said.get("opacity", 1) < 1)
        role = role_of(self._named(node))
        said |= {"role": role} if role is not Role.NONE else {}
        if alone and (node.tag in SHAPES or node.tag in {"image", "text"} or not self._named(node)):
            return [replace(made[0], **said)]
        if not said and not self._named(node):
            return made
        name = self._named(node)
        return [grouped(made, self.names.give(node.id, "group"), name=name, **said)]

    def _said(self, node: Node, style: Style) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if (opacity := share(style.get("opacity"))) < 1:
            said["opacity"] = opacity
        blend = style.get("mix-blend-mode", "normal")
        if blend in set(Blend):
            said |= {"blend": Blend(blend)} if blend != Blend.NORMAL else {}
        else:
            self.notes.add(f"The blend {blend[:30]} is left out.")
        if style.get("display") == "none":
            said["hidden"] = True
        elif node.tag in SHAPES or node.tag in {"image", "text"}:
            said |= {"hidden": True} if style.get("visibility") in {"hidden", "collapse"} else {}
        return said

    def _named(self, node: Node) -> str:
        """Return what people call an element: a label, its title, or its id."""
        title = next((each.letters for each in node.nodes if each.tag == "title"), "")
        label = node.said.get(_LABEL) or node.said.get("aria-label") or title
        return plain(label or node.id)

    def _cut(self, style: Style, matrix: Matrix, made: list[Block]) -> list[Block]:
        found = REFERENCE.match(style.get("clip-path", ""))
        if not found:
            return made
        clip = self.defined.get(found[1].strip())
        for each in clip.nodes if clip else ():
            self.outlined(each)
        cut = Clips(self.page, self.paints.sheet).cut(clip, matrix, made) if clip else None
        if cut is None:
            self.notes.add("A clip is left out: what lies beyond it is seen.")
        return made if cut is None else cut

    def _shadowed(self, style: Style, matrix: Matrix, made: list[Block]) -> list[Block]:
        found = REFERENCE.match(style.get("filter", ""))
        if not found:
            if style.get("filter", "none") != "none":
                self.notes.add("A filter is left out.")
            return made
        shadow = self.paints.shadow(found[1].strip(), matrix)
        first = made[0]
        if shadow is None or not isinstance(first, Painted):
            self.notes.add("A filter is left out.")
            return made
        return [replace(first, shadow=shadow), *made[1:]]


_KINDS: Final[Mapping[str, Callable[[Walk, Node, Around], list[Block]]]] = {
    "g": Walk.group,
    "a": Walk.group,
    "svg": Walk.nested,
    "switch": Walk.first,
    "use": Walk.use,
    "image": Walk.image,
    "text": Walk.text,
    **dict.fromkeys(SHAPES, Walk.shape),
}
