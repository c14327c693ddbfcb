"""Real servers for the browser, each in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.models.supply.weights import catalogue, where
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = (sys.executable, "-c", "from foveate.cli import main; main()", "serve")


@dataclass(frozen=True)
class Served:
    """A server that runs in a process of its own."""

    port: int
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serve(folder: Path, *, only: str = "", **environment: str) -> Iterator[Served]:
    """Yield a server whose files are all below a folder; `only` these weights are there."""
    (folder / "photos").mkdir()
    own = {
        "FOVEATE_CACHING__FOLDER": str(folder / "cache"),
        "FOVEATE_PEOPLE__FOLDER": str(folder / "people"),
        "FOVEATE_DESIGNS__FOLDER": str(folder / "designs"),
        "XDG_STATE_HOME": str(folder / "state"),
        **({"FOVEATE_MODELS__FOLDER": weights(folder / "models", only)} if only else {}),
        **environment,
    }
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--origin", str(folder / "photos")],
        env={**os.environ, **own},
        encoding="utf-8",  # whatever the locale is: names of files are in its log
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield Served(port_of(process), process)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def port_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
            return int(found[1])
    raise AssertionError("The server said no address.")


def weights(folder: Path, names: str) -> str:
    """Return a folder where some of the weights of this machine are, and no others."""
    folder.mkdir()
    for card in catalogue(load().models):
        if card.name in names.split():
            there = where(card, load().models)
            for each in there.parent.glob(f"{there.name}*"):
                (folder / each.name).symlink_to(each)
    return str(folder)
