"""Which options somebody may ask for: the bearer of one signing key, or anybody on a server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import OptionNotAllowed
from foveate.options.grammar import pairs_of, preset_names
from foveate.options.rows_preset import PRESET
from foveate.options.table import canonical
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Allowed:
    """A list of options, `NAME` with any value or `NAME=VALUE`; a group such as `trim` is whole.

    What a preset says needs no leave of its own: the operator wrote it.
    """

    entries: frozenset[str]
    who: str
    """Who may ask for them, as the end of the sentence that refuses the others."""

    def check(self, text: str, presets: Iterable[str] = ()) -> None:
        """Raise OptionNotAllowed for the first option in a URL's text that is not on the list."""
        self.check_pairs(pairs_of(text, presets))

    def check_pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Raise OptionNotAllowed for the first name and value that are not on the list.

        Where presets alone are, one must be named: no option at all is the picture as it is.
        """
        said = [each for pair in pairs for each in _said(*pair)]
        if not said and all(entry.partition("=")[0] == PRESET for entry in self.entries):
            raise OptionNotAllowed(f"Expected {self._listed} {self.who}, got no preset.")
        for name, value in said:
            if self.entries.isdisjoint(_covering(name, value)):
                what = f"{name}={value}" if self._knows(name) else name
                raise OptionNotAllowed(
                    f"Expected {self._listed} alone {self.who}, got {shown(what)}."
                )

    @property
    def _listed(self) -> str:
        return ", ".join(sorted(self.entries))

    def _knows(self, name: str) -> bool:
        return any(entry.startswith(f"{name}=") for entry in self.entries)


ONLY_PRESETS: Final = Allowed(frozenset({PRESET}), "on this server")


def _said(name: str, value: str) -> Iterator[tuple[str, str]]:
    name, value = canonical(name.strip().lower()), value.strip().lower()
    if name == PRESET:
        yield from ((name, preset) for preset in preset_names(value))
    else:
        yield name, value


def _covering(name: str, value: str) -> set[str]:
    """Return the entries any of which allows that option."""
    groups = {name[:place] for place, letter in enumerate(name) if letter == "."}
    return {name, f"{name}={value}", *groups}
