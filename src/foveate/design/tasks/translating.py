"""Whether a translation is one: other words, and nothing else; what is no word stays."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Picture, Role, Text, joined
from foveate.design.tasks.views import changed_fields, view
from foveate.design.tree import mapped

if TYPE_CHECKING:
    from foveate.design.scene.model import Block, Scene

REQUEST: Final = "Translate this design into German"
PLACE: Final = re.compile(r"\{\{\s*[\w.-]+\s*\}\}")
"""What a row of a batch fills in."""
_WORDS: Final = re.compile(r"[^\W\d_]{4,}")
_DIGITS: Final = re.compile(r"\d")
MOST_SAME: Final = 0.5
"""Of texts with words, those that may stay: names are the same in any language."""
_MAY: Final = {Text: {"runs", "size", "fit"}, Picture: {"alt"}}
"""What may change of a block: letters may be smaller, so that the words fit."""


def with_places(scene: Scene) -> Scene:
    """Return a scene in which prices are filled in later, as `{{price}}`."""

    def opened(block: Block) -> Block:
        if not isinstance(block, Text) or block.role is not Role.PRICE or not block.runs:
            return block
        return replace(block, runs=joined((replace(block.runs[0], text="{{price}}"),)))

    return mapped(scene, opened)


def wrong(before: Scene, after: Scene) -> str:
    """Return what is wrong with a translation; empty where nothing is."""
    old, new = view(before), view(after)
    if old.keys() != new.keys():
        return "Expected the same blocks, got others."
    for name, seen in old.items():
        was, now = seen.block, new[name].block
        if changed_fields(was, now) - _MAY.get(type(was), set()):
            return f"Expected other words in {name} alone, got something else changed."
        if isinstance(was, Text) and isinstance(now, Text) and (said := _lost(was, now)):
            return f"{name}: {said}"
    return _untranslated(before, after)


def _lost(was: Text, now: Text) -> str:
    for kept, what in ((PLACE, "places that are filled in"), (_DIGITS, "numbers")):
        if sorted(kept.findall(was.words)) != sorted(kept.findall(now.words)):
            return f"Expected the same {what}, got others."
    return ""


def _untranslated(before: Scene, after: Scene) -> str:
    new = {name: seen.block for name, seen in view(after).items()}
    pairs = [
        (was.words, now.words)
        for name, seen in view(before).items()
        if isinstance(was := seen.block, Text)
        and isinstance(now := new[name], Text)
        and _WORDS.search(PLACE.sub("", was.words))
    ]
    same = sum(was == now for was, now in pairs)
    if pairs and same > MOST_SAME * len(pairs):
        return f"Expected other words, got {same} of {len(pairs)} texts as they were."
    return ""
