"""The settings of this machine, and whether they fit each other and their options: one report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate import settings
from foveate.errors import BadSettings
from foveate.options.presets import read_presets
from foveate.options.signing import read_limited

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.settings import Settings

LONGEST_MONTH: Final = 31
"""What is spent of a month is known by the ledger alone once a server starts anew."""


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this machine. Raises BadSettings naming every problem at once."""
    return settings.load(environment, _problems)


def _problems(loaded: Settings) -> Iterator[str]:
    """Yield a line for each preset and limited key whose options are wrong, and a lost budget."""
    for read in (
        lambda: read_presets(loaded.presets),
        lambda: read_limited(loaded.limited_keys, loaded.presets),
    ):
        try:
            read()
        except BadSettings as why:
            yield from str(why).split("\n")
    costs = loaded.costs
    if costs.budget_month and costs.keep_days < LONGEST_MONTH:
        yield (
            f"costs.keep_days: expected {LONGEST_MONTH} or more with costs.budget_month, "
            f"got {costs.keep_days}"
        )
