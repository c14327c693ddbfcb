"""What is seen of Windows on another system: nothing that it lacks is needed.

Whoever serves takes the signals of its process: all of it is done in one of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.skipif(sys.platform != "linux", reason="the locks that stand in are Linux'")
def test_everything_is_imported_and_works_a_little_without_what_windows_lacks(
    tmp_path: Path,
) -> None:
    home = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    programs = [HERE / "as_windows.py", HERE / "windows_pass.py"]
    command = [sys.executable, "-W", "error", *programs, tmp_path]
    done = subprocess.run(
        command,
        env=os.environ | home | {"PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
