"""The handler that docs/guides/datasets.md shows makes something of whatever a picture may be."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

GUIDE = (Path(__file__).parents[2] / "docs/guides/datasets.md").read_text("utf-8")


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    (code,) = re.findall(r"```python\n(import io\n.*?)```", GUIDE, re.DOTALL)
    named: dict[str, Any] = {}
    exec(code, named)  # noqa: S102 - our own words
    return named


def made(shown: dict[str, Any], data: bytes) -> dict[str, Any]:
    (one,) = shown["prepare"]({"source": "a"}, {"a": data}, {"side": 8}, 1)
    read = Image.open(io.BytesIO(one["data"]))
    assert [*read.size] == one["size"]
    return {**one, "mode": read.mode}


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGB", "1"])
def test_a_picture_of_any_colours_is_made_small(shown: dict[str, Any], mode: str) -> None:
    data = io.BytesIO()
    Image.new(mode, (32, 16)).save(data, "TIFF" if mode == "1" else "JPEG")
    one = made(shown, data.getvalue())
    assert (one["size"], one["mode"]) == ([8, 4], "RGB")


def test_a_picture_that_lies_on_its_side_is_upright(shown: dict[str, Any]) -> None:
    data, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (32, 16)).save(data, "JPEG", exif=exif)
    assert made(shown, data.getvalue())["size"] == [4, 8]


def test_what_is_no_picture_is_left_out(shown: dict[str, Any]) -> None:
    with pytest.raises(shown["Unreadable"]):
        made(shown, b"none")
