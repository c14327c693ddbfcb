"""Settings as somebody gave them, in a TOML file or the environment, and what he called them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foveate.configuration.file import small_text
from foveate.configuration.ranges import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from foveate.configuration.table import Table

PREFIX: Final = "FOVEATE_"
FILE: Final = f"{PREFIX}CONFIG"
CLIENTS: Final = frozenset({f"{PREFIX}SERVER", f"{PREFIX}KEY"})
"""By what clients find a server, which may be elsewhere: no settings of it."""
_OF_KUBERNETES: Final = re.compile(
    PREFIX + r"(SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)"
)
"""What it tells every pod of a Service that is called `foveate`; these are no settings of ours."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value, the name that somebody gave it under, and how he would write another name."""

    value: object
    written: str
    spell: Callable[[str], str]
    others: tuple[str, ...] = ()
    """Names that mean something there and are no settings."""


def variable(name: str) -> str:
    """Return the variable that sets `limits.max_bytes`: FOVEATE_LIMITS__MAX_BYTES."""
    return PREFIX + name.replace(".", "__", 1).upper()


def key(name: str) -> str:
    """Return how a TOML file speaks of `limits.max_bytes`, which is just that."""
    return name


def from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, Given]]:
    """Yield what FOVEATE_* variables set, each with its full name."""
    for written, text in environment.items():
        if (
            written.startswith(PREFIX)
            and written not in {FILE, *CLIENTS}
            and not _OF_KUBERNETES.fullmatch(written)
        ):
            name = written.removeprefix(PREFIX).lower().replace("__", ".", 1)
            yield name, Given(text, written, variable, others=("config",))


def from_file(path: str, table: Table) -> list[tuple[str, Given]]:
    """Return what a TOML file sets, each with its full name, in which names of operators are lower.

    Raises ValueError when it cannot be read, or is no regular file of a usual size.
    """
    try:
        tables = tomllib.loads(small_text(Path(path), "utf-8"))
    except (OSError, ValueError, RecursionError) as why:
        reason = getattr(why, "strerror", None) or why
        raise ValueError(f"expected a TOML file, got {shown(path)}: {reason}") from why
    named = (pair for name, value in tables.items() for pair in _flat(name, value, table))
    return [(table.folded(name), Given(value, name, key)) for name, value in named]


def _flat(name: str, value: object, table: Table) -> Iterator[tuple[str, object]]:
    # A group may be empty; a table that is nobody's is named, and by what is in it if there is.
    group = name in table.groups or name in table.named
    if isinstance(value, dict) and name not in table.rows and (value or group):
        yield from ((f"{name}.{inner}", held) for inner, held in value.items())
    else:
        yield name, value
