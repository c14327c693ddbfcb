"""The settings of this machine with what they say of options read as well: one report on all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate import settings
from foveate.errors import BadSettings
from foveate.options.presets import read_presets
from foveate.options.signing import read_limited

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.settings import Settings


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this machine. Raises BadSettings naming every problem at once."""
    return settings.load(environment, _problems)


def _problems(loaded: Settings) -> Iterator[str]:
    """Yield a line for each preset and limited key whose options are wrong."""
    for read in (
        lambda: read_presets(loaded.presets),
        lambda: read_limited(loaded.limited_keys, loaded.presets),
    ):
        try:
            read()
        except BadSettings as why:
            yield from str(why).split("\n")
