"""From the environment and a TOML file to settings, or to all that is wrong with them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.configuration.given import FILE, from_environment, from_file
from foveate.configuration.nearest import hint, nearest
from foveate.configuration.ranges import MAX_SHOWN, expected, read, shown
from foveate.configuration.table import NAME, table_of
from foveate.errors import BadSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from foveate.configuration.given import Given
    from foveate.configuration.table import Row, Table

T = TypeVar("T")
HIDDEN: Final = "what is not shown"
"""Said in place of a value that is, or may hold, a secret."""
MAX_PROBLEMS: Final = 50
"""Somebody reads them, and finding what each name meant takes time."""


def read_settings(
    root: type[T], environment: Mapping[str, str], further: Callable[[T], Iterable[str]]
) -> T:
    """Return the settings declared by `root`. Raises BadSettings, a line for each problem.

    `further` finds what their ranges cannot say: lines that begin with the full name of a setting.
    """
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
    settings = _made(root, table, values)
    # Where something is wrong already, this is about what is right, and defaults for the rest.
    lines = islice(further(settings), max(0, MAX_PROBLEMS - len(problems)))
    problems += [_as_written(line, everything) for line in lines]
    if problems:
        raise BadSettings("\n".join(problems))
    return settings


def _made(root: type[T], table: Table, values: dict[str, dict[str, Any]]) -> T:
    own = values.pop("")
    kinds = {**table.groups, **dict.fromkeys(table.named, dict)}
    return root(**own, **{name: kinds[name](**held) for name, held in values.items()})


def _as_written(line: str, everything: Mapping[str, Given]) -> str:
    name, colon, why = line.partition(":")
    return f"{_printable(everything[name].written)}{colon}{why}" if name in everything else line


def is_given(root: type, environment: Mapping[str, str], name: str) -> bool:
    """Return whether somebody set what has that full name, even to its default."""
    return name in _given(table_of(root), environment, [])


def _printable(name: str) -> str:
    return name if name.isprintable() and len(name) <= MAX_SHOWN else shown(name)


def _given(table: Table, environment: Mapping[str, str], problems: list[str]) -> dict[str, Given]:
    """Return what was given by full name: the environment wins over the file that it names."""
    file: list[tuple[str, Given]] = []
    if path := environment.get(FILE):
        try:
            file = from_file(path, table)
        except ValueError as why:
            problems.append(f"{FILE}: {why}")
    return _once(file, problems) | _once(from_environment(environment), problems)


def _once(given: Iterable[tuple[str, Given]], problems: list[str]) -> dict[str, Given]:
    """Return what one place sets by full name; two that differ in capitals alone are a problem."""
    found: dict[str, Given] = {}
    for name, each in given:
        if name in found:
            wanted = f"expected another name than {_printable(found[name].written)}"
            problems.append(f"{_printable(each.written)}: {wanted}, which is the same in capitals")
        found[name] = each
    return found


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
    if own := _named_by_operators(table, name):
        return hint(given.spell(own))
    groups = [] if "." in name else filter(None, table.groups)
    near = nearest(name, [*table.rows, *groups, *given.others])
    if near is None:
        return ""
    if near in table.groups:
        return hint(f"one such as {given.spell(next(table.of(near)).name)}")
    return hint(given.spell(near))


def _named_by_operators(table: Table, name: str) -> str | None:
    """Return the setting that was meant in a group that any name may be in, such as presets.x."""
    group, dot, key = name.partition(".")
    if not dot:
        groups = (each for each in table.named if name.startswith(f"{each}_"))
        group = next(groups, "")
        key = name.removeprefix(f"{group}_")
    near = nearest(group, [*table.groups, *table.named])
    return f"{near}.{key}" if near in table.named and NAME.fullmatch(key) else None
