"""The page that documents settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.configuration.given import FILE, variable
from foveate.configuration.ranges import expected, number
from foveate.configuration.table import table_of

if TYPE_CHECKING:
    from foveate.configuration.table import Row

HEAD: Final = ("| variable | default | expected | what it does |", "| --- | --- | --- | --- |")
ABOUT: Final = f"""\
A variable sets one value; a list is separated by commas or spaces, or is written as JSON \
(`["a.com", "b.com"]`), where an item may hold them. `{FILE}=foveate.toml` names a TOML file \
with a table for each group, and a variable wins over it:

```toml
%s```

Digits may be grouped, as in `1_000_000`. Whatever is wrong is reported at start, all of it."""


def page(root: type, example: str) -> str:
    """Return how to set, with that example, and a table for each group below `root`."""
    table, lines = table_of(root), [ABOUT % example]
    for name, group in table.groups.items():
        about = str(group.__doc__).split("\n")[0]
        lines += ["", *((f"## {name}", "", about, "") if name else ()), *HEAD]
        lines += map(_line, table.of(name))
    for name, row in table.named.items():
        lines += ["", f"## {name}", "", "As many as there are names.", "", *HEAD, _line(row)]
    return "\n".join(lines)


def _line(row: Row) -> str:
    cells = f"`{variable(row.name)}`", _default(row), expected(row.kind), row.about
    return f"| {' | '.join(cells)} |"


def _default(row: Row) -> str:
    if row.default in {"", ()}:
        return "none"
    if isinstance(row.default, bool):
        return f"`{str(row.default).lower()}`"
    return f"`{number(row.default) if isinstance(row.default, int) else row.default}`"
