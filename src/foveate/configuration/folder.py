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
    return _users(setting, "XDG_DATA_HOME", "~/.local/share")


def state_folder(setting: str) -> Path:
    """Return our folder for what is noted while we run, for where that setting names none."""
    return _users(setting, "XDG_STATE_HOME", "~/.local/state")


def _users(setting: str, variable: str, usual: str) -> Path:
    # These variables belong to the desktop, not to us, so they are no rows of our settings.
    mac = "~/Library/Application Support" if sys.platform == "darwin" else usual
    return named_folder(setting, os.environ.get(variable) or mac) / "foveate"
