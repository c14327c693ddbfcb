"""The loaders in docs/guides/responsive.md: what they ask for is what the server reads."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from foveate.options.addresses import sent

if TYPE_CHECKING:
    from collections.abc import Sequence

GUIDE = Path(__file__).parents[2] / "docs/guides/responsive.md"
NODE = shutil.which("node")
SOURCES = (
    "/dogs/a.jpg",
    "a b#1.jpg",
    "a%20b.jpg?id=5",
    '\u00e4"<>.jpg',
    "https://b.com/x y.jpg",
    "https://b.com/x.jpg?exp=1",
)
CALLS = """
import next from './next.mjs';
import astro from './astro.mjs';
const urls = (src) => [next({ src, width: 80 }), astro.getURL({ src: { src }, width: 80 })];
console.log(JSON.stringify(SOURCES.map(urls)));
"""


def asked_for(folder: Path, sources: Sequence[str]) -> list[list[str]]:
    """Return what the loaders make of each source."""
    blocks = re.findall(r"```js\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    for name, code in zip(("next", "astro"), blocks, strict=True):
        (folder / f"{name}.mjs").write_text(code)
    (folder / "calls.mjs").write_text(CALLS.replace("SOURCES", json.dumps(sources)))
    done = subprocess.run(
        [str(NODE), str(folder / "calls.mjs")], check=True, capture_output=True, text=True
    )
    made: list[list[str]] = json.loads(done.stdout)
    return made


@pytest.mark.skipif(NODE is None, reason="needs node")
def test_loaders_name_a_source_as_the_server_does(tmp_path: Path) -> None:
    mount = "https://pics.example.com/cdn-cgi/image/width=80,format=auto/"
    for source, made in zip(SOURCES, asked_for(tmp_path, SOURCES), strict=True):
        assert made == [mount + sent(source)] * 2
