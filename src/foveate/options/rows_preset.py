"""The row on options that the operator gave a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.options.option import Option, Slot

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions

PRESET: Final = "preset"
"""The option whose value names presets, with semicolons between them."""


def _as_they_are(options: TransformOptions, _: str) -> TransformOptions:
    """Return the options: what presets say was laid beneath them before any was read."""
    return options


def _unsaid(_: TransformOptions) -> None:
    """Say nothing: other rows show what presets asked for, whatever they were called."""


ROW: Final = Option(
    name=PRESET,
    usage="preset=NAME or preset=NAME;NAME",
    values="names of [presets](settings.md#presets), separated by `;`",
    default="none",
    help="Foveate's own. Ask for what these presets say, the later over the earlier; options "
    "beside it win over them.",
    slot=Slot(_as_they_are, _unsaid),
)
