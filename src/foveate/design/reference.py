"""The reference of elements and attributes as Markdown, from their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.brand.model import FONT_ROLES, INSTEAD, Part
from foveate.design.checks.table import CHECKS
from foveate.design.nodes.limits import USUAL
from foveate.design.nodes.svg_words import NAMES, TAGS
from foveate.design.nodes.writing import default_text
from foveate.design.resizing.formats import FORMATS, SHORT
from foveate.design.scene import words
from foveate.design.scene.elements import BLOCKS, DESIGN, PAGE, RUN, Tag, needed
from foveate.design.scene.words import MOST_LETTERS, VERSION
from foveate.design.views.view import VIEWS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.design.scene.words import Word

_HEAD: Final = (
    "A design is XML, and the same words are its JSON. [design.xsd](design.xsd) is its schema, for "
    "editors that complete what is typed; [how designs are built](../design/designs.md) says why "
    "it is so."
)
_EXAMPLE: Final = """```xml
<design version="1" name="Summer" lang="en">
  <page id="story" width="1080" height="1920" fill="linear-gradient(180deg, #fff 0, #9cf 1)">
    <image id="photo" role="photo" width="100%" height="60%" src="https://example.com/beach.jpg"
           options="gravity=face" alt="A woman on a beach"/>
    <text id="title" role="title" x="90" y="1240" width="900" height="220" size="96" weight="bold"
          align="center" fit="shrink">Summer <run color="tomato">sale</run></text>
  </page>
</design>
```"""

_BRAND: Final = """```toml
name = "Nordlys"
tone = "Calm, and short."

[colours]
background = "#f4f7f9"
text = "#16242e"
primary = "#0b5d7a"
accent = "#e4572e"

[fonts]
title = "Montserrat"
body = "Inter"

[sizes]
legal = 6

[logo]
src = "brand/logo.svg"
on_dark = "brand/logo-white.svg"
```"""


def reference() -> str:
    """Return the page."""
    parts = [
        _HEAD,
        _EXAMPLE,
        _limits(),
        _section(DESIGN, DESIGN.words),
        _section(PAGE, PAGE.words),
        f"## Every block\n\nOf {_tags(BLOCKS)}.\n\n{_table(BLOCKS[0], words.COMMON)}",
        *(_section(tag, _own(tag)) for tag in BLOCKS),
        _section(RUN, RUN.words),
        _views(),
        _checks(),
        _sizes(),
        _brands(),
        _older(),
    ]
    return "\n\n".join(parts)


def _limits() -> str:
    return (
        f"At most {USUAL.bytes:,} bytes, {USUAL.elements:,} elements, {USUAL.depth} within each "
        f"other, {USUAL.letters:,} letters in all and {MOST_LETTERS:,} in one text, as it is "
        "written in its one spelling: the end of a line in a text is an element. Lengths are "
        "pixels, or have a unit, and are pixels from then on. What is missing is as said here; "
        "what is not in these tables is refused."
    )


def _tags(tags: Sequence[Tag]) -> str:
    return ", ".join(f"`{tag.name}`" for tag in tags)


def _own(tag: Tag) -> tuple[Word, ...]:
    return tuple(word for word in tag.words if word not in words.COMMON)


def _section(tag: Tag, own: Sequence[Word]) -> str:
    about = f"## `{tag.name}`\n\n{tag.help}"
    return f"{about}\n\n{_table(tag, own)}" if own else about


def _table(tag: Tag, some: Sequence[Word]) -> str:
    head = "| Attribute | Values | Default | What it is |\n| --- | --- | --- | --- |\n"
    return head + "\n".join(_row(tag, word) for word in some)


def _row(tag: Tag, word: Word) -> str:
    cells = (f"`{word.name}`", word.kind.values, _default(tag, word), word.help)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(tag: Tag, word: Word) -> str:
    if needed(tag, word):
        return "it has to be said"
    if word is words.ID:
        return "it is given"
    usual = default_text(tag, word)
    return f"`{usual}`" if usual else ("as the text's" if tag is RUN else "")


def _views() -> str:
    rows = "\n".join(f"| `{view.name}` | {view.help} |" for view in VIEWS)
    return (
        "## Views\n\nParts of a design that a person or a language model sees and edits alone.\n\n"
        f"| View | What it shows |\n| --- | --- |\n{rows}"
    )


def _checks() -> str:
    rows = "\n".join(
        f"| `{row.name}` | {'yes' if row.repair else 'no'} | {row.help} |" for row in CHECKS
    )
    return (
        "## Checks\n\nWhat a change is held against before it is made. What a design had wrong "
        "before is no reason against a change; what cannot be mended is.\n\n"
        f"| Check | Mends | What it asks |\n| --- | --- | --- |\n{rows}"
    )


def _sizes() -> str:
    rows = "\n".join(
        f"| `{row.name}` | {row.width:g} x {row.height:g} {'mm' if row.paper else 'px'} | "
        f"{row.help} |"
        for row in FORMATS
    )
    return (
        "## Sizes\n\nTo which a design is brought: by name, as a ratio such as `16:9`, whose "
        f"shorter side is {SHORT:.0f} pixels, or as two lengths such as `1280x720` and "
        f"`210mm x 297mm`.\n\n| Name | Size | What it is |\n| --- | --- | --- |\n{rows}"
    )


def _brands() -> str:
    rows = "\n".join(
        f"| `{part}` | {', '.join(f'`{each}`' for each in INSTEAD.get(part, ())) or 'none'} |"
        for part in Part
    )
    roles = ", ".join(f"`{role}`" for role in FONT_ROLES)
    return (
        "## Brands\n\nA file of TOML: `name`, `tone`, `[colours]`, `[fonts]` and `[sizes]` (the "
        f"least, in points) by role ({roles}; all others are as `body`), and `[logo]` with `src`, "
        "`on_dark` and `alt`. What it does not say stays as a design has it.\n\n"
        f"{_BRAND}\n\n| Colour | What stands in for it, the first that there is |\n"
        f"| --- | --- |\n{rows}"
    )


def _older() -> str:
    return (
        f"## Older words\n\nThe version is {VERSION}. A design that says none is read as "
        "version 0, with words of SVG and CSS in place of ours: "
        f"{_pairs(TAGS)}; {_pairs(NAMES)}; and `cx`, `cy`, `r`, `x1`, `stroke-width`, "
        "`text-anchor` and `font-style` by what they mean."
    )


def _pairs(table: Mapping[str, str]) -> str:
    return ", ".join(f"`{old}` for `{new}`" for old, new in table.items())
