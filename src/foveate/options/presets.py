"""Presets: options that the operator gave a name, so that URLs can say `preset=avatar`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption, BadSettings
from foveate.options.grammar import asked_by, parse_options
from foveate.options.rows_preset import PRESET
from foveate.options.table import unknown_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.options.grammar import Presets

PUBLIC: Final = "public"
"""The variant of a hosted image that is there without anybody having named it."""


def read_presets(texts: Mapping[str, str]) -> Presets:
    """Return what each preset asks for, by its name and by the names of options.

    Raises BadSettings with a line for each that is wrong.
    """
    read: dict[str, Mapping[str, str]] = {}
    problems: list[str] = []
    for name, text in texts.items():
        try:
            read[name] = _read(text)
        except BadOption as why:
            problems.append(f"presets.{name}: {why}")
    if problems:
        raise BadSettings("\n".join(problems), public="\n".join(problems))
    return read


def _read(text: str) -> Mapping[str, str]:
    asked, named = asked_by(text)
    if named:
        raise BadOption(f"expected options, got {PRESET}={named[0]}: presets hold no others.")
    if unknown := parse_options(text).unknown:
        raise BadOption(f"there is no option {', '.join(map(unknown_option, unknown))}")
    return asked
