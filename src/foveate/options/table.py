"""The table of options. Parser, canonical text and docs/reference/options.md all derive from it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from foveate.configuration.nearest import meant
from foveate.errors import BadOption
from foveate.options import (
    rows_analysis,
    rows_depth,
    rows_designed,
    rows_effects,
    rows_frame,
    rows_laid,
    rows_look,
    rows_preset,
    rows_size,
    rows_style,
)
from foveate.options.effects import check_touch
from foveate.options.model import GravityKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.options.model import TransformOptions
    from foveate.options.option import Option

GROUPS: Final[Mapping[str, tuple[Option, ...]]] = {
    "Presets": (rows_preset.ROW,),
    "Designs": (*rows_designed.DESIGNED, *rows_designed.VALUES),
    "Size": rows_size.SIZE,
    "Crop": rows_size.CROP,
    "Turn": rows_frame.ORIENTATION,
    "Trim": rows_frame.TRIMMING,
    "Frame": rows_frame.BORDER,
    "Watermark": rows_laid.WATERMARK,
    "Words": rows_laid.TEXT,
    "Cut out": rows_analysis.SEGMENT,
    "Styles": rows_style.STYLE,
    "Hide": rows_analysis.REDACT,
    "Moderate": rows_analysis.MODERATE,
    "Effects": rows_effects.EFFECTS,
    "Depth": rows_depth.DEPTH,
    "Look": rows_look.LOOK,
    "Format and bytes": rows_look.ENCODING,
    "Answer": rows_look.ANSWER,
}
"""What options are about, as pages part them."""

OPTIONS: Final[tuple[Option, ...]] = tuple(row for rows in GROUPS.values() for row in rows)
"""In the order of the canonical text, which is also the order in which they are applied."""

BY_NAME: Final = {
    name: row
    for row in OPTIONS
    if row not in rows_designed.VALUES
    for name in (row.name, *row.aliases)
}


def row_of(name: str) -> Option | None:
    """Return the row of an option by any of its names, or of a value of a design."""
    return BY_NAME.get(name) or rows_designed.value_row(name)


def canonical(name: str) -> str:
    """Return the name in the table of options by any of its names; others stay."""
    row = BY_NAME.get(name)
    return row.name if row else name


@lru_cache(maxsize=256)
def unknown_option(name: str) -> str:
    """Return what to say of a name that is no option: that one, and what was probably meant."""
    return f"{name}{meant(name, BY_NAME)}"


MODERATE: Final = "moderate"
HIDING: Final = ("redact", MODERATE)
"""How options begin that hide something."""
SEGMENT, DROP = "segment", "drop"
"""What leaves something out of a cut-out hides it as well."""
CHOOSING: Final = frozenset({"segment.keep", "segment.person"})
"""Options that leave out what they do not name: without a value they would leave nothing out."""
_NEARLY: Final = 0.75


@lru_cache(maxsize=256)
def means_to_hide(name: str) -> bool:
    """Return whether a name is, or was probably meant for, one of the options that hide something.

    >>> [means_to_hide(name) for name in ("redact.method", "redcat", "redirect", "width")]
    [True, True, False, False]
    >>> [means_to_hide(name) for name in ("moderate", "moderat", "metadata", "rotate")]
    [True, True, False, False]
    >>> [means_to_hide(name) for name in ("segment.drop", "segment.drpo", "segment.trim")]
    [True, True, False]
    """
    group, _, detail = name.partition(".")
    if any(_nearly(word, group) for word in HIDING):
        return True
    return _nearly(SEGMENT, group) and _nearly(DROP, detail)


def _nearly(word: str, said: str) -> bool:
    # Loaded only for those who made a mistake.
    from difflib import SequenceMatcher  # noqa: PLC0415

    return SequenceMatcher(None, word, said[: 2 * len(word)]).ratio() >= _NEARLY


def check_supported(options: TransformOptions) -> None:
    """Raise BadOption for what means nothing."""
    if isinstance(options.faces, tuple) and options.gravity.kind is not GravityKind.FACE:
        raise BadOption(
            "Expected gravity=face beside faces=subject:..., got "
            f"gravity={options.gravity.kind.value}: no crop goes by people then."
        )
    check_touch(options)
    for overlay in options.draw:
        check_supported(overlay.options)


def reference() -> str:
    """Return the options as Markdown tables, as docs/reference/options.md shows them."""
    return "\n".join(_group(title, rows) for title, rows in GROUPS.items())


def _group(title: str, rows: tuple[Option, ...]) -> str:
    head = "| Option | Also | Values | Default | What it does |\n| --- | --- | --- | --- | --- |\n"
    return f"## {title}\n\n{head}{''.join(map(_line, rows))}"


def _line(row: Option) -> str:
    also = ", ".join(f"`{alias}`" for alias in row.aliases)
    cells = (f"`{row.name}`", also, row.values, row.default, row.help)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
