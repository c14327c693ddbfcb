"""Folders of tiny pictures, and batches over them."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from foveate.app import create
from foveate.batches.library import description_of
from foveate.batches.run import Going, batch
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.settings import Limits, Settings

if TYPE_CHECKING:
    from foveate.batches.report import BatchReport

INKS = {"red": (250, 0, 0), "green": (0, 250, 0), "blue": (0, 0, 250)}


def drawn(file: Path, ink: str = "red", size: tuple[int, int] = (40, 30)) -> Path:
    """Write a picture of one colour, and return its file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full((size[1], size[0], 3), INKS[ink], np.uint8)
    from_array(pixels).write_to_file(str(file))
    return file


def batch_without_time(photos: Path, out: Path) -> BatchReport:
    """Do a batch in which no picture is done in its time."""
    app = create(Settings(limits=Limits(timeout_s=1e-9)))
    return batch(app, description_of([str(photos)], str(out), ["width=20"]), Going(workers=1))


def ink_of(file: Path) -> str:
    """Return which colour a picture has in its middle."""
    image = Image.new_from_file(str(file))
    seen = np.array(image(image.width // 2, image.height // 2)[:3])
    return min(INKS, key=lambda ink: float(np.abs(seen - INKS[ink]).sum()))


def width_of(file: Path) -> int:
    return Image.new_from_file(str(file)).width


def table(out: Path, name: str = "manifest.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / name).read_text().splitlines()]


def made(out: Path) -> dict[str, bytes]:
    """Return all files that a batch wrote for others, by their names."""
    files = (file for file in out.rglob("*") if file.is_file())
    names = ((file.relative_to(out).as_posix(), file) for file in files)
    return {name: file.read_bytes() for name, file in names if not name.startswith(".")}


def batch_children() -> list[int]:
    """Return the processes of this one that work on rows."""
    children: list[str] = []
    with suppress(OSError):  # a thread that has just ended
        for task in Path("/proc/self/task").iterdir():
            children += (task / "children").read_text().split()
    return [int(child) for child in children if _works_on_rows(child)]


def _works_on_rows(pid: str) -> bool:
    try:
        return b"foveate.batches.process" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
