"""`foveate select`, as people and programs read it."""

from __future__ import annotations

import time

import numpy as np
import pytest

from foveate.cli.select import numbers_of, tell
from foveate.errors import BadOption
from foveate.geometry.box import Box, Size
from foveate.service.select import SelectedMask, Selection

ONE, OTHER = "a" * 26, "b" * 26


def mask(name: str, known_as: str, box: Box | None) -> SelectedMask:
    matte = np.zeros((3, 4), np.float32)
    return SelectedMask(name=name, mask=known_as, matte=matte, area=0.1312, box=box)


def test_it_is_a_line_for_each_mask_to_be_copied(capsys: pytest.CaptureFixture[str]) -> None:
    masks = (mask("object", ONE, Box(166, 61, 107, 140)), mask("part", OTHER, None))
    tell("a.jpg", Selection(size=Size(512, 400), masks=masks, expires=time.time() + 60))
    first, *rows = capsys.readouterr().out.splitlines()
    assert first.startswith("a.jpg  512x400  masks are kept until ")
    assert rows[0].split() == [f"mask={ONE}", "object", "13.1%", "107x140", "at", "166,61"]
    assert rows[1].split() == [f"mask={OTHER}", "part", "13.1%"]


@pytest.mark.parametrize("text", ["0.4", "0.4,0.3,0.2", "a,b", ""])
def test_what_is_no_place_is_refused_with_one_that_is(text: str) -> None:
    with pytest.raises(BadOption, match=r"Expected numbers such as 0.4,0.3, got"):
        numbers_of(text, "0.4,0.3")
    assert numbers_of("1, .5", "0.4,0.3") == [1.0, 0.5]
