"""Forms that endpoints can hold a model to: JSON with a design in it, or the design's grammar."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from foveate.design.assistant.told import Form
from foveate.design.scene.elements import BLOCKS, BREAK, DESIGN, PAGE, RUN, Inside

if TYPE_CHECKING:
    from foveate.design.scene.elements import Tag

SCHEMA: Final = {
    "type": "object",
    "properties": {
        "design": {"type": "string", "description": "The XML of the whole design, <design ...>"}
    },
    "required": ["design"],
    "additionalProperties": False,
}
COMMON: Final = (
    r"ws ::= [ \n]*",
    r'value ::= "\"" [^"<&\x00-\x1f]* "\""',
    r'entity ::= "&" ("amp" | "lt" | "gt" | "quot" | "apos") ";"',
    r"letters ::= ([^<&\x00-\x1f] | entity)+",
    rf'line-end ::= "<{BREAK}/>"',
)
RUNS: Final = f"(letters | {RUN.name} | line-end)*"
INSIDE: Final = {
    Inside.NOTHING: "",
    Inside.PAGES: f"(ws {PAGE.name})+ ws",
    Inside.BLOCKS: "(ws block)* ws",
    Inside.RUNS: RUNS,
    Inside.LETTERS: "(letters | line-end)*",
}


@cache
def form(*, whole: bool = True) -> Form:
    """Return the forms of a design; what shows a part of one has no grammar."""
    return Form(schema=SCHEMA, grammar=gbnf() if whole else "")


def gbnf() -> str:
    """Return the grammar of designs as llama.cpp reads it: elements and attributes, closed."""
    blocks = " | ".join(tag.name for tag in BLOCKS)
    rules = [f"root ::= {DESIGN.name}", f"block ::= {blocks}"]
    rules += [line for tag in (DESIGN, PAGE, *BLOCKS, RUN) for line in _rules(tag)]
    return "\n".join((*rules, *COMMON))


def _rules(tag: Tag) -> tuple[str, str]:
    version = ["version"] if tag is DESIGN else []
    names = " | ".join(f'"{name}"' for name in (*version, *(word.name for word in tag.words)))
    said = rf'{tag.name}-said ::= (" " ({names}) "=" value)*'
    inside = INSIDE[tag.inside]
    if not inside:
        return said, rf'{tag.name} ::= "<{tag.name}" {tag.name}-said "/>"'
    closed = f'">" {inside} "</{tag.name}>"'
    return said, rf'{tag.name} ::= "<{tag.name}" {tag.name}-said ("/>" | {closed})'
