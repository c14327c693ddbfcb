"""Changing values in a TOML file of settings: all else in it stays, comments too."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUE: Final = r"""(?:"[^"]*"|'[^']*'|[^#"']*?)"""


def with_values(text: str, values: Mapping[str, float | str]) -> str:
    """Return the file with settings by their full names, such as `load.workers`, in their groups.

    Raises BadSettings for a file that says them in a way that lines cannot be changed in.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    # Not splitlines, which knows ends of lines that TOML does not.
    split = text.removesuffix("\n").split("\n") if text else []
    lines = [line.removesuffix("\r") for line in split]
    for name, value in values.items():
        group, _, key = name.partition(".")
        _put(lines, group, key, _written(value))
    changed = end.join(lines) + end
    _check(text, changed, values)
    return changed


def _put(lines: list[str], group: str, key: str, value: str) -> None:
    headers = [at for at, line in enumerate(lines) if re.match(r"\s*\[", line)]
    top = headers[0] if headers else len(lines)
    dotted = re.compile(rf"\s*{_name(group)}\s*\.")
    beside = next((at for at in range(top) if dotted.match(lines[at])), None)
    if beside is not None:
        _put_between(lines, (beside, top), rf"{_name(group)}\s*\.\s*", f"{group}.", key, value)
        return
    own = re.compile(rf"\s*\[\s*{_name(group)}\s*\]")
    start = next((at for at in headers if own.match(lines[at])), None)
    if start is None:
        lines += [*([""] if lines else []), f"[{group}]", f"{key} = {value}"]
        return
    end = next((at for at in headers if at > start), len(lines))
    _put_between(lines, (start, end), "", "", key, value)


def _put_between(
    lines: list[str], between: tuple[int, int], said_before: str, before: str, key: str, value: str
) -> None:
    """Change a value in those lines, or add one after the first of them."""
    start, end = between
    said = re.compile(rf"(\s*{said_before}{_name(key)}\s*=\s*){VALUE}(\s*#.*|\s*)$")
    for at in range(start, end):
        if found := said.match(lines[at]):
            lines[at] = f"{found[1]}{value}{found[2]}"
            return
    lines.insert(start + 1, f"{before}{key} = {value}")


def _name(bare: str) -> str:
    """Return how a name may be written: in quotes or without."""
    return rf"(?:{bare}|\"{bare}\"|'{bare}')"


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
