"""`foveate srcset`, as people and programs read it; the library is what it calls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import foveate
from foveate.cli.main import app

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.imaging import Image


@pytest.fixture
def file(tmp_path: Path, photo: Image, monkeypatch: pytest.MonkeyPatch) -> str:
    photo.write_to_file(str(tmp_path / "a b.png"))
    monkeypatch.chdir(tmp_path)
    return "a b.png"


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["srcset", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_it_is_markup_and_for_programs_what_stands_in_it(file: str) -> None:
    how = ["-o", "quality=60", "--sizes", "50vw", "--base", "https://b.com", "--alt", "Sky"]
    html = run(file, *how)
    url = "https://b.com/cdn-cgi/image/width=160,format=auto,quality=60/a%20b.png"
    assert html.startswith(f'<img src="{url.replace("160", "320")}" srcset="{url} 160w, ')
    told = json.loads(run(file, *how, "--json"))
    assert (told["html"], told["sizes"]) == (html.rstrip("\n"), "50vw")
    assert told["sources"][0]["images"][0] == {"url": url, "width": 160, "height": 120}
    assert len(told["placeholder"]["thumbhash"]) < 40


def test_the_library_makes_the_same_of_bytes_with_an_address(photo: Image) -> None:
    made = foveate.srcset(photo.pngsave_buffer(), "quality=60", url="a%20b.png", format="webp")
    assert made.largest.url == "/cdn-cgi/image/width=320,format=webp,quality=60/a%20b.png"
    with pytest.raises(foveate.FoveateError, match="Expected url"):
        foveate.srcset(photo.pngsave_buffer())
