"""Fonts of other programs by the families that there are, and how large a text becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.design.scene.model import FONT
from foveate.design.words.measure import line_width
from foveate.errors import FontsMissing, UnknownFont

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.design.importing.imported import Eyes, Notes
    from foveate.design.scene.model import Text

_KINDS: Final = {
    "sans-serif": FONT,
    "system-ui": FONT,
    "ui-sans-serif": FONT,
    "serif": "Lora",
    "ui-serif": "Lora",
    "monospace": "JetBrains Mono",
    "ui-monospace": "JetBrains Mono",
    "cursive": "Caveat",
    "fantasy": "Bebas Neue",
}
"""What stands for each of CSS's kinds of fonts."""
_SAME: Final = {
    "georgia": "Lora",
    "times": "Lora",
    "times new roman": "Lora",
    "garamond": "Lora",
    "courier": "JetBrains Mono",
    "courier new": "JetBrains Mono",
    "consolas": "JetBrains Mono",
    "menlo": "JetBrains Mono",
    "impact": "Oswald",
}
"""What is the nearest to fonts that are on many machines, and on none of ours."""
BASELINE: Final = 0.96
"""Of the size of letters, with lines of 1.2 times that: from the top of a line to its baseline."""


class Laid(NamedTuple):
    """How wide a line is, and where its letters stand."""

    width: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Lettering:
    """Finds fonts and sizes."""

    eyes: Eyes
    notes: Notes
    language: str = ""
    _found: dict[str, str] = field(default_factory=dict)

    def family(self, wanted: Iterable[str]) -> str:
        """Return the first of these families that there is, or what stands in for them."""
        names = [each.strip(" \t\r\n\"'")[:100] for each in wanted]
        names = list(filter(None, names))
        key = ",".join(names)
        if key not in self._found:
            self._found[key] = self._family(names)
        return self._found[key]

    def _family(self, names: list[str]) -> str:
        known = self.eyes.fonts.families if self.eyes.fonts is not None else None
        if known is None:
            return _KINDS.get(names[0].lower(), names[0]) if names else FONT
        by_name = {name.casefold(): name for name in known}
        for name in names:
            if found := by_name.get(name.casefold()):
                return found
        if not names:
            return FONT
        near = (_KINDS.get(n.lower()) or _SAME.get(n.lower()) for n in names)
        instead = next((each for each in near if each and each in known), FONT)
        if names[0].lower() not in _KINDS:
            self.notes.add(f"The font {names[0]} is not here: {instead} stands in for it.")
        return instead

    def laid(self, text: Text) -> Laid:
        """Return how large a line becomes: about, where nobody can lay it out."""
        if self.eyes.measures is not None:
            try:
                found = self.eyes.measures(text, self.language)
            except (UnknownFont, FontsMissing):
                pass
            else:
                return Laid(found.width, found.baseline)
        size = max([text.size, *(run.size or 0.0 for run in text.runs)])
        return Laid(line_width(text, text.words, size), size * BASELINE)
