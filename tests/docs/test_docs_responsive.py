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


SET = """
import astro from './astro.mjs';
const asked = { src: '/a.jpg', width: 300, height: 200, quality: 'mid', densities: [1, '1.5x'] };
const set = astro.getSrcSet({ ...asked, widths: [150] });
console.log(JSON.stringify(set.map((each) => [astro.getURL(each.transform), each.descriptor])));
"""


def asked_for(folder: Path, sources: Sequence[str]) -> list[list[str]]:
    """Return what the loaders make of each source."""
    return called(folder, CALLS.replace("SOURCES", json.dumps(sources)))


def called(folder: Path, calls: str) -> list[list[str]]:
    """Return what comes of calls of the loaders that the guide shows."""
    blocks = re.findall(r"```js\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    for name, code in zip(("next", "astro"), blocks, strict=True):
        (folder / f"{name}.mjs").write_text(code)
    (folder / "calls.mjs").write_text(calls)
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


@pytest.mark.skipif(NODE is None, reason="needs node")
def test_astro_has_its_densities_and_its_words_of_quality(tmp_path: Path) -> None:
    mount = "https://pics.example.com/cdn-cgi/image/width={},height={},format=auto,{}/a.jpg"
    sizes = ((150, 100, "150w"), (300, 200, "1x"), (450, 300, "1.5x"))
    assert called(tmp_path, SET) == [
        [mount.format(width, height, "quality=medium-high"), descriptor]
        for width, height, descriptor in sizes
    ]
