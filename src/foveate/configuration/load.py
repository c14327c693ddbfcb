"""From the environment and a TOML file to settings, or to all that is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.configuration.given import FILE, from_environment, from_file
from foveate.configuration.nearest import hint, nearest
from foveate.configuration.ranges import MAX_SHOWN, expected, read, shown
from foveate.configuration.table import table_of
from foveate.errors import BadSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.configuration.given import Given
    from foveate.configuration.table import Row, Table

T = TypeVar("T")
HIDDEN: Final = "what is not shown"
"""Said in place of a value that is, or may hold, a secret."""
MAX_PROBLEMS: Final = 50
"""Somebody reads them, and finding what each name meant takes time."""


def read_settings(root: type[T], environment: Mapping[str, str]) -> T:
    """Return the settings declared by `root`. Raises BadSettings, a line for each problem."""
    table, problems = table_of(root), list[str]()
    values: dict[str, dict[str, Any]] = {group: {} for group in (*table.groups, *table.named)}
    everything = _given(table, environment, problems)
    for place, (name, given) in enumerate(everything.items()):
        if len(problems) >= MAX_PROBLEMS:
            problems.append(f"{len(everything) - place} more settings were not looked at")
            break
        try:
            row, value = _value(table, name, given)
        except ValueError as why:
            problems.append(f"{_printable(given.written)}: {why}")
        else:
            values[row.group][row.key] = value
    if problems:
        raise BadSettings("\n".join(problems), public="\n".join(problems))
    own = values.pop("")
    kinds = {**table.groups, **dict.fromkeys(table.named, dict)}
    return root(**own, **{name: kinds[name](**held) for name, held in values.items()})


def is_given(root: type, environment: Mapping[str, str], name: str) -> bool:
    """Return whether somebody set what has that full name, even to its default."""
    return name in _given(table_of(root), environment, [])


def _printable(name: str) -> str:
    return name if name.isprintable() and len(name) <= MAX_SHOWN else shown(name)


def _given(table: Table, environment: Mapping[str, str], problems: list[str]) -> dict[str, Given]:
    """Return what was given by full name: the environment wins over the file that it names."""
    file: dict[str, Given] = {}
    if path := environment.get(FILE):
        try:
            file = from_file(path, table)
        except ValueError as why:
            problems.append(f"{FILE}: {why}")
    return file | from_environment(environment)


def _value(table: Table, name: str, given: Given) -> tuple[Row, object]:
    row = table.row(name)
    if row is None:
        raise ValueError(_no_setting(table, name, given))
    try:
        return row, read(row.kind, given.value)
    except ValueError:
        if row.secret:
            raise ValueError(f"expected {expected(row.kind)}, got {HIDDEN}") from None
        raise


def _no_setting(table: Table, name: str, given: Given) -> str:
    own = [table.named[name]] if name in table.named else list(table.of(name))
    if name and own:
        wanted = f"settings of this group, such as {given.spell(own[0].name)}"
        secret = any(row.secret for row in own)
        return f"expected {wanted}, got {HIDDEN if secret else shown(given.value)}"
    return f"there is no such setting{_meant(table, name, given)}"


def _meant(table: Table, name: str, given: Given) -> str:
    """Return which setting was meant, the whole group where its name is nearest."""
    groups = [] if "." in name else filter(None, table.groups)
    near = nearest(name, [*table.rows, *groups, *given.others])
    if near is None:
        return ""
    if near in table.groups:
        return hint(f"one such as {given.spell(next(table.of(near)).name)}")
    return hint(given.spell(near))
