"""Settings as a table: frozen dataclasses as groups, and a row for each of their fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, get_type_hints

from msgspec import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")
ANY: Final = Meta()
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
"""What operators may call what they name."""
RANGED: Final[Any] = Annotated
"""For types that are known only now."""


def setting(default: T, about: str, within: Meta = ANY, *, secret: bool = False) -> T:
    """Declare a setting: its default, the sentence that documents it, and its range."""
    return field(default=default, metadata={"about": about, "within": within, "secret": secret})


def named(about: str, within: Meta = ANY, *, secret: bool = False) -> Mapping[str, str]:
    """Declare a group whose settings are texts that the operator names."""
    said = {"about": about, "within": within, "secret": secret, "named": True}
    return field(default_factory=dict, metadata=said)


@dataclass(frozen=True, slots=True)
class Row:
    """One setting, as those see it who read settings or document them."""

    group: str
    """Empty outside of the groups."""
    key: str
    kind: Any
    """Its type and range."""
    default: object
    about: str
    secret: bool
    """Whether its value must not be shown."""

    @property
    def name(self) -> str:
        """Return the full name, such as `limits.max_bytes`."""
        return f"{self.group}.{self.key}" if self.group else self.key


@dataclass(frozen=True, slots=True)
class Table:
    """Every setting that there is, in the order in which they are declared."""

    groups: Mapping[str, Any]
    """The dataclasses by name; the first, without a name, holds the others."""
    rows: Mapping[str, Row]
    """By full name."""

    named: Mapping[str, Row]
    """What each setting is in a group whose settings the operator names, by that group."""

    def row(self, name: str) -> Row | None:
        """Return what is set under a full name. Raises ValueError for what cannot be one."""
        group, dot, key = name.partition(".")
        if not dot or group not in self.named:
            return self.rows.get(name)
        if not NAME.fullmatch(key):
            raise ValueError(f"expected a name of letters, digits, - and _ after {group}")
        return replace(self.named[group], key=key)

    def folded(self, name: str) -> str:
        """Return a full name as it is kept: what operators name is the same in capitals."""
        return name.lower() if name.partition(".")[0] in self.named else name

    def of(self, group: str) -> Iterator[Row]:
        """Return the rows of one group."""
        return (row for row in self.rows.values() if row.group == group)


def table_of(root: type) -> Table:
    """Return what a dataclass of settings and of groups declares."""
    hints = get_type_hints(root).items()
    groups: dict[str, Any] = {"": root}
    groups |= {name: kind for name, kind in hints if is_dataclass(kind)}
    rows = (row for name, group in groups.items() for row in _rows(name, group))
    free = {each.name: each.metadata for each in fields(root) if each.metadata.get("named")}
    named = {
        name: Row(name, "<NAME>", RANGED[str, said["within"]], "", said["about"], said["secret"])
        for name, said in free.items()
    }
    return Table(groups, {row.name: row for row in rows}, named)


def _rows(name: str, group: Any) -> Iterator[Row]:  # noqa: ANN401 - a dataclass
    hints = get_type_hints(group, include_extras=True)
    for each in fields(group):
        said = each.metadata
        if said and not said.get("named"):
            kind = RANGED[hints[each.name], said["within"]]
            yield Row(name, each.name, kind, each.default, said["about"], said["secret"])
