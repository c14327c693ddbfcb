"""Folders that settings name."""

from __future__ import annotations

from pathlib import Path

from foveate.configuration.ranges import shown
from foveate.errors import BadSettings


def named_folder(setting: str, written: str) -> Path:
    """Return the folder, with `~` and `~user` as the home that they mean. Raises BadSettings."""
    try:
        return Path(written).expanduser()
    except RuntimeError as why:
        got = f"got {shown(written)}, and there is no such home"
        raise BadSettings(f"{setting}: expected a folder, {got}.") from why
