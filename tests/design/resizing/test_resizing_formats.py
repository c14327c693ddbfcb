from __future__ import annotations

import pytest

from foveate.design.resizing.formats import FORMATS, page_size
from foveate.errors import BadRequest


@pytest.mark.parametrize("name", [row.name for row in FORMATS])
def test_every_name_is_a_page(name: str) -> None:
    width, height = page_size(name, 96)
    assert width >= 16
    assert height >= 16


def test_paper_is_as_large_as_the_design_s_inch_says() -> None:
    assert page_size("a5", 254) == (1480, 2100)
    assert page_size("youtube-thumbnail", 254) == (1280, 720)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("youtube-thumbnial", "did you mean youtube-thumbnail"),
        ("0:1", "ratio"),
        ("100:1", "30 times"),
        ("99999x10", "20000 pixels"),
        ("1.2.3x4", "size"),
        ("", "ratio"),
    ],
)
def test_a_size_that_there_is_not_is_refused_with_what_was_meant(said: str, expected: str) -> None:
    with pytest.raises(BadRequest, match=expected):
        page_size(said, 96)
