"""The command as a module."""

from __future__ import annotations

import subprocess
import sys


def test_the_command_is_there_where_its_script_is_not_on_the_path() -> None:
    words = [sys.executable, "-m", "foveate", "--version"]
    told = subprocess.run(words, check=True, capture_output=True, text=True)
    assert told.stdout.startswith("foveate ")
