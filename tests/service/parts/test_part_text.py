from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from service_networks import Letters, analyses, picture, soon

from foveate.errors import BadSettings
from foveate.geometry.box import Box
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.pixels import from_array
from foveate.service.parts.hidden_text import HIDDEN_TEXT
from foveate.service.parts.text import LINES, TEXT, letters_of
from foveate.settings import MIB, Text, load
from foveate.trace import Trace
from foveate.values import TextLine

if TYPE_CHECKING:
    from numpy.typing import NDArray


def test_a_look_is_estimated_by_the_area_that_it_looks_at() -> None:
    usual, fine = (analyses(writing=Text(long_side=side)) for side in (640, 1920))
    for part in (LINES, TEXT):
        assert usual.memory_bytes([part]) < 80 * MIB
        # Measured at 1920: 618 MiB.
        assert 618 * MIB < fine.memory_bytes([part]) < 700 * MIB
    # What hides looks twice, one after the other, and once with 1280 at least.
    hiding = [each.memory_bytes([HIDDEN_TEXT]) for each in (usual, fine)]
    assert hiding == [
        analyses(writing=Text(long_side=1280)).memory_bytes([LINES]),
        fine.memory_bytes([LINES]),
    ]


def test_a_look_that_takes_gigabytes_cannot_be_set() -> None:
    with pytest.raises(BadSettings, match="1920"):
        load({"FOVEATE_TEXT__LONG_SIDE": "4096"})


class Contrast(Letters):
    """Sees its line where what it is shown is not all of one colour."""

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        return super().__call__(rgb) if np.ptp(rgb) > 100 else ()


def test_white_letters_on_nothing_are_found_and_read() -> None:
    rgba = np.full((240, 320, 4), (255, 255, 255, 0), np.uint8)
    rgba[100:120, 60:160, 3] = 255
    seeing = analyses(letters=Contrast(Box(60, 100, 100, 20)))
    source = picture(from_array(rgba).pngsave_buffer())
    looking = seeing.open(PixelSource(source, soon(), Trace()))
    assert [line.box.left for line in looking.get(LINES)] == [60]
    assert len(looking.get(TEXT)) == 1
    opaque = from_array(rgba).flatten(background=0).pngsave_buffer()
    plain = seeing.open(PixelSource(picture(opaque), soon(), Trace()))
    assert len(plain.get(LINES)) == 1


def test_the_letters_of_an_upright_line_fill_it_as_those_of_a_level_one_do() -> None:
    level = TextLine(((0, 0), (160, 0), (160, 40), (0, 40)), 0.9)
    upright = TextLine(((0, 0), (40, 0), (40, 160), (0, 160)), 0.9)
    (across,), (down,) = letters_of([level]), letters_of([upright])
    assert (down.width, down.height) == (across.height, across.width)
    assert down.width > 25
