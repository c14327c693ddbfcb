"""Boxes and masks go where pixels go: against a recomputation, pixel by pixel."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.datasets.drawn import drawn
from foveate.datasets.handlers.builtin.carry import carried
from foveate.datasets.handlers.builtin.chance import draws
from foveate.datasets.handlers.builtin.frame import Frame, framed, window_of
from foveate.datasets.masks import area_of, pixels_of, runs_of
from foveate.datasets.sample import Bitmap, Instance, Polygons
from foveate.geometry.affine import Affine
from foveate.geometry.box import Box, Size
from foveate.imaging.warp import warped

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPTIONS = {"aspect": "", "width": 0, "height": 0, "flip": "none", "rotate": 0.0}
OPTIONS |= {"crop": "whole", "crop_area": [0.3, 0.9]}


def frame_of(size: Size, number: int, **config: Any) -> Frame:
    chance = draws("test", number)
    asked = OPTIONS | config
    return framed(asked, window_of(asked, size, None, chance), chance)


def by_hand(mask: NDArray[Any], matrix: Affine, size: Size) -> NDArray[Any]:
    """Ask each pixel where its middle came from."""
    made = np.zeros((size.height, size.width), mask.dtype)
    area = matrix.a * matrix.d - matrix.b * matrix.c
    for y, x in product(range(size.height), range(size.width)):
        across, down = x + 0.5 - matrix.left, y + 0.5 - matrix.top
        column = math.floor((matrix.d * across - matrix.b * down) / area + 1e-6)
        row = math.floor((matrix.a * down - matrix.c * across) / area + 1e-6)
        if 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]:
            made[y, x] = mask[row, column]
    return made


@pytest.mark.parametrize("number", range(12))
def test_a_bitmap_follows_every_geometric_step_exactly(number: int) -> None:
    mask = draws("mask", number).random((37, 53)) < 0.5
    flips = ["none", "horizontal", "vertical", "both"][number % 4]
    size = Size(53, 37)
    frame = frame_of(size, number, crop="random", flip=flips, rotate=30.0, width=41, height=29)
    instance = Instance(label="a", mask=runs_of(mask))
    (moved,) = carried([instance], frame.matrix, frame.size, 0.0)
    assert isinstance(moved.mask, Bitmap)
    assert (pixels_of(moved.mask) == by_hand(mask, frame.matrix, frame.size)).all()


@pytest.mark.parametrize("flip", ["none", "horizontal", "vertical", "both"])
def test_pixels_boxes_and_outlines_lie_where_the_mask_does(flip: str) -> None:
    """Cut and mirrored, nothing is resampled: a box of red is a box of red."""
    for number in range(8):
        mask = np.zeros((40, 60), bool)
        mask[10:25, 20:50] = True
        picture = np.full((40, 60, 3), 200, np.uint8)
        picture[mask] = (200, 0, 0)
        frame = frame_of(Size(60, 40), number, crop="random", crop_area=[0.4, 0.9], flip=flip)
        seen = warped(picture, frame.matrix, frame.size)[..., 1] == 0
        outline = Polygons((((20.0, 10.0), (50.0, 10.0), (50.0, 25.0), (20.0, 25.0)),))
        known = [
            Instance(label="box", box=Box(20, 10, 30, 15)),
            Instance(label="bitmap", box=Box(20, 10, 30, 15), mask=runs_of(mask)),
            Instance(label="outline", box=Box(20, 10, 30, 15), mask=outline),
        ]
        rows, columns = np.nonzero(seen)
        expected = Box(columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
        box, bitmap, polygons = carried(known, frame.matrix, frame.size, 0.0)
        assert {each.box for each in (box, bitmap, polygons)} == {expected}
        assert isinstance(bitmap.mask, Bitmap)
        assert isinstance(polygons.mask, Polygons)
        assert (pixels_of(bitmap.mask) == seen).all()
        assert area_of(polygons.mask.rings[0]) == pytest.approx(seen.sum())


@pytest.mark.parametrize("degrees", [-77.0, -20.0, 5.0, 45.0])
def test_what_is_turned_lies_where_its_pixels_do(degrees: float) -> None:
    """Turned, pixels are between others: within one of them."""
    mask = np.zeros((120, 160), bool)
    mask[40:80, 60:110] = True
    picture = np.where(mask[..., None], (255, 0, 0), (0, 0, 255)).astype(np.uint8)
    size = Size(160, 120)
    about = Affine.moved(-80, -60).then(Affine.turned(degrees)).then(Affine.moved(80, 60))
    seen = warped(picture, about, size)[..., 0] > 127
    instance = Instance(label="a", box=Box(60, 40, 50, 40), mask=runs_of(mask))
    (moved,) = carried([instance], about, size, 0.0)
    assert isinstance(moved.mask, Bitmap)
    assert (pixels_of(moved.mask) != seen).mean() < 0.005
    rows, columns = np.nonzero(seen)
    assert moved.box is not None
    assert moved.box.left == pytest.approx(columns.min(), abs=1.5)
    assert moved.box.bottom == pytest.approx(rows.max() + 1, abs=1.5)


def test_pixels_are_shrunk_about_the_same_middle_as_points() -> None:
    y, x = np.mgrid[0:90, 0:120]
    blob = 255 * np.exp(-((x + 0.5 - 70) ** 2 + (y + 0.5 - 30) ** 2) / 128)
    picture = np.repeat(blob[..., None], 3, axis=2).astype(np.uint8)
    for frame in (
        frame_of(Size(120, 90), 1, width=60),
        frame_of(Size(120, 90), 1, width=60, rotate=25.0),
        frame_of(Size(120, 90), 3, width=240, rotate=25.0),
        frame_of(Size(120, 90), 2, crop="random", crop_area=[1, 1], width=80, height=70),
    ):
        made = warped(picture, frame.matrix, frame.size)[..., 0].astype(float)
        down, across = np.mgrid[0 : frame.size.height, 0 : frame.size.width] + 0.5
        middle = [(where * made).sum() / made.sum() for where in (across, down)]
        assert middle == pytest.approx(frame.matrix(70, 30), abs=0.15)


def test_things_hardly_seen_are_left_out() -> None:
    moved = Affine.moved(-9, 0)
    things = [Instance(label="cut", box=Box(0, 0, 10, 10)), Instance(label="said")]
    assert [each.label for each in carried(things, moved, Size(20, 20), 0.2)] == ["said"]
    assert len(carried(things, moved, Size(20, 20), 0.1)) == 2


def test_of_what_has_a_mask_alone_the_box_around_it_counts() -> None:
    square = np.zeros((20, 20), bool)
    square[:10, :10] = True
    outline = Polygons((((0, 0), (10, 0), (10, 10), (0, 10)),))
    things = [Instance(label=str(n), mask=m) for n, m in enumerate((outline, runs_of(square)))]
    for matrix in (Affine.moved(-9, 0), Affine.turned(90).then(Affine.moved(1, 0))):
        assert carried(things, matrix, Size(20, 20), 0.2) == ()
        seen = carried(things, matrix, Size(20, 20), 0.1)
        assert [(each.label, each.box) for each in seen] == [("0", None), ("1", None)]


def shape_l(*, filled: bool) -> Polygons | Bitmap:
    """Return a tall bar at the left and a flat one at the bottom, of 40 by 40 pixels."""
    bars = np.zeros((40, 40), bool)
    bars[:, :4] = bars[36:] = True
    ring = ((0.0, 0.0), (4.0, 0.0), (4.0, 36.0), (40.0, 36.0), (40.0, 40.0), (0.0, 40.0))
    return runs_of(bars) if filled else Polygons((ring,))


@pytest.mark.parametrize("filled", [False, True])
def test_the_box_of_what_is_cut_is_around_what_is_left_of_its_mask(*, filled: bool) -> None:
    """The bar at the bottom is cut off: the box is as narrow as the one at the left."""
    thing = Instance(label="a", box=Box(0, 0, 40, 40), mask=shape_l(filled=filled))
    (cut,) = carried([thing], Affine(), Size(40, 30), 0.1)
    assert cut.box == Box(0, 0, 4, 30)
    (turned,) = carried([thing], Affine.turned(90).then(Affine.moved(30, 0)), Size(30, 40), 0.1)
    assert turned.box is not None
    assert (turned.box.left, turned.box.bottom) == pytest.approx((0, 4))


@pytest.mark.parametrize("filled", [False, True])
def test_of_what_has_a_mask_the_share_of_the_mask_counts(*, filled: bool) -> None:
    """Half of its box is cut off, and 80 of its 304 pixels are left."""
    thing = Instance(label="a", box=Box(0, 0, 40, 40), mask=shape_l(filled=filled))
    for matrix in (Affine(), Affine.scaled(0.5, 0.5)):
        size = Size(40, 20) if matrix == Affine() else Size(20, 10)
        assert carried([thing], matrix, size, 80 / 304 + 0.01) == ()
        assert len(carried([thing], matrix, size, 80 / 304)) == 1


def test_an_outline_that_crosses_itself_is_cut_as_any_other() -> None:
    ring = ((0.0, 0.0), (40.0, 40.0), (40.0, 0.0), (0.0, 40.0))
    thing = Instance(label="a", box=Box(0, 0, 40, 40), mask=Polygons((ring,)))
    (cut,) = carried([thing], Affine(), Size(20, 40), 0.5)
    assert cut.box == Box(0, 0, 20, 40)


def test_the_box_of_what_is_whole_stays_as_it_was_drawn() -> None:
    thing = Instance(label="a", box=Box(1, 0.5, 38.25, 39), mask=shape_l(filled=False))
    (moved,) = carried([thing], Affine.scaled(2, 2), Size(80, 80), 1.0)
    assert moved.box == Box(2, 1, 76.5, 78)


def bars(across: int, down: int) -> list[tuple[int, int, int, int]]:
    """Return left, top, width and height of bars that lie everywhere in a raster of 16 pixels."""
    return [(100 + at, 60 + 3 * at, across, down) for at in range(16)]


@pytest.mark.parametrize(
    "bar", [*bars(1, 1), *bars(3, 3), *bars(5, 90), *bars(90, 2)], ids=lambda bar: f"{bar}"
)
def test_what_is_small_or_thin_is_not_lost_where_a_picture_is_shrunk(
    bar: tuple[int, int, int, int],
) -> None:
    """Of a sixteenth of its pixels, each is sampled in one: all lie within one of the bar."""
    left, top, width, height = bar
    pixels = np.zeros((320, 480), bool)
    pixels[top : top + height, left : left + width] = True
    box = Box(left, top, width, height)
    thing = Instance(label="a", box=box, mask=runs_of(pixels))
    (moved,) = carried([thing], Affine.scaled(1 / 16, 1 / 16), Size(30, 20), 1.0)
    assert moved.box == box.scaled(1 / 16)
    assert isinstance(moved.mask, Bitmap)
    rows, columns = np.nonzero(pixels_of(moved.mask))
    assert {*columns} <= {*range(left // 16, (left + width - 1) // 16 + 1)}
    assert {*rows} <= {*range(top // 16, (top + height - 1) // 16 + 1)}
    # As long as it is, without gaps.
    assert len(rows) >= max(width, height) // 16


def test_a_line_of_which_a_few_pixels_are_sampled_is_carried_as_long_as_it_is() -> None:
    """It leans by a pixel in sixty: middles lie in it for an eighth of the way."""
    down, across = np.mgrid[:320, :480]
    pixels = abs(across - 100 - down // 60) < 1
    thing = Instance(label="a", mask=runs_of(pixels))
    (moved,) = carried([thing], Affine.scaled(1 / 16, 1 / 16), Size(30, 20), 1.0)
    assert isinstance(moved.mask, Bitmap)
    assert np.argwhere(pixels_of(moved.mask)).tolist() == [[row, 6] for row in range(20)]


def test_of_what_falls_between_pixels_those_count_that_get_much_of_it() -> None:
    pixels = np.zeros((40, 40), bool)
    pixels[8:13, 8:11] = True
    shrunk = Affine.scaled(0.1, 0.1)
    (moved,) = carried([Instance(label="a", mask=runs_of(pixels))], shrunk, Size(4, 4), 1.0)
    # Two rows are in the first pixel down, three in the second; as many columns, and one.
    assert isinstance(moved.mask, Bitmap)
    assert np.argwhere(pixels_of(moved.mask)).tolist() == [[0, 0], [1, 0], [1, 1]]


@pytest.mark.parametrize("filled", [False, True])
def test_what_is_cut_before_a_turn_does_not_come_back(*, filled: bool) -> None:
    """Of the bar at the left 30 rows are left, and of the one at the bottom none."""
    thing = Instance(label="a", box=Box(0, 0, 40, 40), mask=shape_l(filled=filled))
    part, size = Box(0, 0, 40, 30), Size(40, 40)
    about = Affine.moved(-20, -20).then(Affine.turned(10)).then(Affine.moved(20, 20))
    seen = carried([thing], about, size, 0.2, part)[0]
    (alone,) = carried([replace(thing, mask=cut_l(filled=filled))], about, size, 0.2)
    assert seen.mask is not None
    assert alone.mask is not None
    assert (drawn(seen.mask, size) == drawn(alone.mask, size)).all()
    assert seen.box == alone.box
    assert carried([thing], about, size, 0.45, part) == ()
    assert len(carried([thing], about, size, 0.45)) == 1


def cut_l(*, filled: bool) -> Polygons | Bitmap:
    bar = np.zeros((40, 40), bool)
    bar[:30, :4] = True
    ring = ((0.0, 0.0), (4.0, 0.0), (4.0, 30.0), (0.0, 30.0))
    return runs_of(bar) if filled else Polygons((ring,))


def test_of_a_box_that_was_cut_before_what_is_left_is_turned() -> None:
    thing = Instance(label="a", box=Box(0, 0, 20, 10))
    upright = Affine.turned(90).then(Affine.moved(20, 0))
    (seen,) = carried([thing], upright, Size(20, 20), 0.5, Box(0, 0, 10, 20))
    assert seen.box == Box(10, 0, 10, 10)
    assert carried([thing], upright, Size(20, 20), 0.51, Box(0, 0, 10, 20)) == ()
    assert carried([thing], upright, Size(20, 20), 0.0, Box(30, 0, 10, 20)) == ()
