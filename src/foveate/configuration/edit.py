"""Changing values in a TOML file of settings: all else in it stays, comments too."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from foveate.errors import BadSettings

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_values(text: str, values: Mapping[str, float | str]) -> str:
    """Return the file with settings by their full names, such as `load.workers`, in their groups.

    Raises BadSettings for a file that says them in a way that lines cannot be changed in.
    """
    lines = text.splitlines()
    for name, value in values.items():
        group, _, key = name.partition(".")
        _put(lines, group, key, _written(value))
    changed = "\n".join(lines) + "\n"
    _check(text, changed, values)
    return changed


def _put(lines: list[str], group: str, key: str, value: str) -> None:
    headers = [at for at, line in enumerate(lines) if re.match(r"\s*\[", line)]
    own = re.compile(rf"\s*\[\s*{re.escape(group)}\s*\]")
    start = next((at for at in headers if own.match(lines[at])), None)
    if start is None:
        lines += [*([""] if lines else []), f"[{group}]", f"{key} = {value}"]
        return
    end = next((at for at in headers if at > start), len(lines))
    said = re.compile(rf"(\s*{re.escape(key)}\s*=\s*)[^#]*?(\s*#.*|\s*)$")
    for at in range(start + 1, end):
        if found := said.match(lines[at]):
            lines[at] = f"{found[1]}{value}{found[2]}"
            return
    lines.insert(start + 1, f"{key} = {value}")


def _written(value: float | str) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _check(before: str, after: str, values: Mapping[str, float | str]) -> None:
    """Raise BadSettings unless exactly these values differ."""
    try:
        wanted: dict[str, Any] = tomllib.loads(before)
        for name, value in values.items():
            group, _, key = name.partition(".")
            wanted.setdefault(group, {})[key] = value
        if tomllib.loads(after) == wanted:
            return
    except (AttributeError, TypeError, tomllib.TOMLDecodeError):
        pass
    said = "; ".join(f"{name} = {_written(value)}" for name, value in values.items())
    raise BadSettings(f"Expected a TOML file with a table for each group. Write into it: {said}")
