"""What clicks mean, with a network that knows colours and a head that a test can follow."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.geometry.box import Box
from foveate.vision.affinity import like_clicked
from foveate.vision.clicks import Click
from foveate.vision.look import WINDOWS, overlap
from foveate.vision.select_head import Unfitted
from foveate.vision.selector import Selector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.vision.select_head import Field

    Floats = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

HIGH_WIDE = (336, 448)
"""Of the pictures: as they are looked at, so that things can end where patches do."""
RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 160, 40), (30, 40, 190), (120, 120, 120)


class Colours:
    """A gaze that knows the mean colour of each patch, and counts its looks."""

    name = "colours"

    def __init__(self) -> None:
        self.looks: list[tuple[int, int]] = []

    def tokens(self, rgb: Pixels) -> Floats:
        self.looks.append(rgb.shape[:2])
        rows, columns = rgb.shape[0] // 14, rgb.shape[1] // 14
        patches = rgb.reshape(rows, 14, columns, 14, 3).mean((1, 3))
        return (patches / 255).astype(np.float32)


def painted(*spots: tuple[tuple[int, int, int], Box], size: tuple[int, int] = HIGH_WIDE) -> Pixels:
    rgb = np.full((*size, 3), GREY, np.uint8)
    for colour, box in spots:
        top, left = int(box.top), int(box.left)
        rgb[top : top + int(box.height), left : left + int(box.width)] = colour
    return rgb


def where(box: Box, size: tuple[int, int] = HIGH_WIDE) -> NDArray[np.bool_]:
    return painted((RED, box), size=size)[..., 0] == RED[0]


LEFT, RIGHT = Box(42, 56, 126, 168), Box(280, 84, 112, 168)
TWO = painted((RED, LEFT), (BLUE, RIGHT))


def iou(matte: Floats, truth: NDArray[np.bool_]) -> float:
    return overlap(matte, truth.astype(np.float32))


@pytest.fixture
def gaze() -> Colours:
    return Colours()


@pytest.fixture
def selector(gaze: Colours) -> Selector:
    return Selector(gaze, Unfitted())


def test_a_click_selects_the_thing_under_it(selector: Selector) -> None:
    look = selector.look(TWO)
    for box in (LEFT, RIGHT):
        x, y = box.middle
        matte = selector.mask(look, [Click(x / 448, y / 336)]).matte
        assert matte.shape == (336, 448)
        assert matte.dtype == np.float32
        assert iou(matte, where(box)) > 0.9


def test_edges_are_those_of_the_picture(selector: Selector) -> None:
    x, y = LEFT.middle
    matte = selector.mask(selector.look(TWO), [Click(x / 448, y / 336)]).matte
    wrong = (matte > 0.5) != where(LEFT)
    assert wrong.mean() < 0.008
    assert ((matte > 0.05) & (matte < 0.95)).mean() < 0.03


def test_things_far_apart_are_one_by_two_clicks(selector: Selector) -> None:
    clicks = [Click(box.middle[0] / 448, box.middle[1] / 336) for box in (LEFT, RIGHT)]
    matte = selector.mask(selector.look(TWO), clicks).matte
    assert iou(matte, where(LEFT) | where(RIGHT)) > 0.9


def test_a_negative_click_takes_what_is_like_it_away(selector: Selector) -> None:
    orange = (200, 90, 30)
    rgb = painted((RED, Box(112, 70, 112, 168)), (orange, Box(224, 70, 112, 168)))
    look, click = selector.look(rgb), Click(0.375, 0.46)
    both = where(Box(112, 70, 224, 168))
    assert iou(selector.mask(look, [click]).matte, both) > 0.9
    without = selector.mask(look, [click, Click(0.625, 0.46, positive=False)]).matte
    assert iou(without, where(Box(112, 70, 112, 168))) > 0.9


def test_a_box_says_where_to_look(selector: Selector) -> None:
    box = Box(LEFT.left / 448, LEFT.top / 336, LEFT.width / 448, LEFT.height / 336)
    assert iou(selector.mask(selector.look(TWO), [], box).matte, where(LEFT)) > 0.9


def test_a_small_thing_is_looked_at_closer_once(gaze: Colours, selector: Selector) -> None:
    small = Box(300, 200, 36, 36)
    look = selector.look(painted((RED, small)))
    before = look.nbytes
    clicks = [Click(318 / 448, 218 / 336)]
    matte = selector.mask(look, clicks).matte
    assert iou(matte, where(small)) > 0.85
    assert gaze.looks == [(336, 448), (336, 336)]
    assert look.nbytes > before
    selector.mask(look, [*clicks, Click(310 / 448, 210 / 336), Click(0.1, 0.1, positive=False)])
    assert len(gaze.looks) == 2


def test_a_mask_depends_on_its_clicks_and_not_on_those_before(selector: Selector) -> None:
    rgb = painted((RED, Box(40, 40, 40, 40)), (BLUE, Box(300, 200, 36, 36)))
    clicks = [Click(318 / 448, 218 / 336)]
    used = selector.look(rgb)
    selector.mask(used, [Click(60 / 448, 60 / 336)])
    selector.mask(used, [Click(60 / 448, 60 / 336), Click(310 / 448, 210 / 336)])
    fresh = selector.mask(selector.look(rgb), clicks).matte
    assert (selector.mask(used, clicks).matte == fresh).all()


def test_of_many_windows_the_last_are_kept(gaze: Colours, selector: Selector) -> None:
    spots = [Box(20 + 60 * k, 40 + 90 * (k % 2), 24, 24) for k in range(WINDOWS + 1)]
    look = selector.look(painted(*((RED, box) for box in spots), size=(300, 460)))
    sizes = []
    for box in spots:
        selector.mask(look, [Click(box.middle[0] / 460, box.middle[1] / 300)])
        sizes.append(look.nbytes)
    assert len(gaze.looks) == 1 + len(spots)
    assert sizes[-1] == sizes[-2]


def test_one_look_serves_many_threads(gaze: Colours, selector: Selector) -> None:
    look = selector.look(painted((RED, Box(300, 200, 36, 36))))
    found: list[Floats] = []

    def click() -> None:
        found.append(selector.mask(look, [Click(318 / 448, 218 / 336)]).matte)

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all((matte == found[0]).all() for matte in found)
    assert len(gaze.looks) == 2


def test_a_part_is_offered_beside_the_object(selector: Selector) -> None:
    shade = (170, 60, 30)
    rgb = painted((RED, Box(70, 84, 140, 140)), (shade, Box(210, 84, 140, 140)))
    chosen = selector.mask(selector.look(rgb), [Click(140 / 448, 154 / 336)])
    assert list(chosen.alternatives) == ["part", "object"]
    assert (chosen.alternatives["object"] == chosen.matte).all()
    assert iou(chosen.alternatives["part"], where(Box(70, 84, 140, 140))) > 0.8
    assert iou(chosen.matte, where(Box(70, 84, 280, 140))) > 0.9


def test_what_is_all_alike_has_no_part(selector: Selector) -> None:
    x, y = LEFT.middle
    chosen = selector.mask(selector.look(TWO), [Click(x / 448, y / 336)])
    assert list(chosen.alternatives) == ["object"]


def test_nothing_is_meant_where_nothing_was_clicked_and_no_head_is_used(
    selector: Selector,
) -> None:
    chosen = selector.mask(selector.look(TWO), [])
    assert not chosen.matte.any()
    assert not selector.mask(selector.look(TWO), [Click(0.2, 0.5, positive=False)]).matte.any()


class Upper(Unfitted):
    """A head for subjects: whatever lies in the upper half."""

    name = "upper"

    def answer(self, read: Field, clicks: Sequence[Click], box: Box | None) -> Floats:
        assert not clicks
        assert box is None
        rows, columns = read.grid
        logs = np.full((2, rows * 4, columns * 4), -9, np.float32)
        logs[:, : rows * 2] = 9
        return logs


def test_without_a_click_the_head_for_subjects_is_asked(gaze: Colours) -> None:
    selector = Selector(gaze, Unfitted(), Upper())
    look = selector.look(TWO)
    x, y = LEFT.middle
    assert iou(selector.mask(look, [Click(x / 448, y / 336)]).matte, where(LEFT)) > 0.9
    matte = selector.mask(look, []).matte
    assert matte[:145].min() > 0.9
    assert matte[190:].max() < 0.1
    assert gaze.looks[-1] == (448, 560)  # all of it, more finely than for clicks
    assert "upper" in selector.name


def test_a_name_tells_what_an_answer_depends_on(gaze: Colours) -> None:
    assert Selector(gaze, Unfitted()).name.startswith("alike-0.35")
    assert "colours" in Selector(gaze, Unfitted()).name


def test_what_is_alike_and_hangs_together_belongs_to_a_click() -> None:
    tokens = np.zeros((6, 8, 3), np.float32)
    tokens[1:4, 1:3] = tokens[1:4, 6:8] = (1, 0, 0)
    logs = like_clicked(tokens, [Click(2 / 8, 2.5 / 6)])
    assert logs.shape == (24, 32)
    inside = logs > 0
    assert inside[4:16, 4:12].mean() > 0.95
    assert not inside[:, 20:].any()
