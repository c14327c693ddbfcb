from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest
import pyvips
from service_networks import SCORES, analyses, picture, soon

from foveate.geometry.box import Box, Size
from foveate.imaging.pixel_source import PixelSource
from foveate.service.parts.faces import FACES
from foveate.trace import Trace
from foveate.values import Face
from foveate.vision.faces import fit_long_side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

LARGE = Size(2400, 1600)
TINY = Box(1600, 1000, 36, 36)
"""10 pixels in the first look."""


@dataclass
class Greens:
    """Takes what is green for one face: of which it is sure from 20 pixels on."""

    name: str = "greens"
    seen: list[tuple[int, ...]] = field(default_factory=list)

    def input_size(self, size: Size) -> Size:
        return fit_long_side(size, 640, 2.0)

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        self.seen.append(rgb.shape)
        rows, columns = np.nonzero((rgb[..., 1] > 150) & (rgb[..., 0] < 100))
        if not rows.size:
            return ()
        box = Box(*map(float, (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)))
        return (Face(box, 0.95 if box.height > 20 else 0.02, (box.middle,) * 5),)


def faces_in(
    boxes: list[Box], size: Size = LARGE, settings: Mapping[str, float] = SCORES
) -> tuple[tuple[Face, ...], Greens, Greens]:
    image = pyvips.Image.black(size.width, size.height, bands=3).copy(interpretation="srgb")
    image += [60, 40, 50]
    for box in boxes:
        sides = map(int, (box.left, box.top, box.width, box.height))
        image = image.draw_rect([0, 220, 0], *sides, fill=True)
    data = image.cast("uchar").jpegsave_buffer(Q=90)
    first, again = Greens(), Greens()
    seeing = analyses(None, scores=settings, **{"doubtful-faces": first, "faces": again})
    found = seeing.open(PixelSource(picture(data), soon(), Trace())).get(FACES)
    return found, first, again


def test_what_may_be_a_small_face_of_a_large_picture_is_looked_at_again() -> None:
    (face,), first, again = faces_in([TINY])
    assert face.score == 0.95
    sides = (face.box.left, face.box.top, face.box.width, face.box.height)
    assert sides == pytest.approx((1600, 1000, 36, 36), abs=4)
    assert (len(first.seen), len(again.seen)) == (1, 1)
    assert max(again.seen[0]) < 640


@pytest.mark.parametrize(
    ("box", "size", "settings"),
    [
        (Box(900, 400, 500, 500), LARGE, {}),  # a large face is what the picture is about
        (TINY.scaled(0.5), Size(1200, 800), {}),  # the first look is fine enough
        (TINY, LARGE, {"second_look": 0}),
    ],
)
def test_nobody_looks_again_where_that_finds_nothing(
    box: Box, size: Size, settings: dict[str, float]
) -> None:
    found, first, again = faces_in([box], size, SCORES | settings)
    assert len(first.seen) + len(again.seen) == 1
    assert len(found) == (box.width == 500)


def test_a_large_picture_without_anything_is_looked_at_once() -> None:
    found, _, again = faces_in([])
    assert found == ()
    assert again.seen == []
