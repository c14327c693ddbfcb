from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parent


def test_folders_run_together_although_their_modules_have_the_same_names(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "conftest.py").touch()
        (tmp_path / folder / "test_it.py").write_text("def test_it(): pass\n")
    settings = ("-c", TESTS.parent / "pyproject.toml", "--rootdir", tmp_path)
    command = [sys.executable, "-m", "pytest", *settings, tmp_path / "two", tmp_path / "one"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_what_tests_share_is_told_apart_by_its_name() -> None:
    """All folders are on the path, so the first module of a name hides the others."""
    shared = [file.stem for file in TESTS.rglob("*.py") if not file.stem.startswith("test_")]
    repeated = {name for name, times in Counter(shared).items() if times > 1}
    assert repeated <= {"conftest"}
