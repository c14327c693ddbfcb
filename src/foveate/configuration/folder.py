"""Folders that settings name."""

from __future__ import annotations

import os
import sys
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


def data_folder(setting: str) -> Path:
    """Return our folder in the user's data folder, for where that setting names none."""
    # XDG_DATA_HOME belongs to the desktop, not to us, so it is no row of our settings.
    mac = "~/Library/Application Support" if sys.platform == "darwin" else "~/.local/share"
    return named_folder(setting, os.environ.get("XDG_DATA_HOME") or mac) / "foveate"
