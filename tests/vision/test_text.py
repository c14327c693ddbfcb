from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from vision_fakes import Network, written

from foveate.geometry.box import Size
from foveate.vision.text import TextDetector, lines_in, tensor, thickened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.ports import Session

Array = np.ndarray[Any, np.dtype[Any]]


def seen(*places: tuple[int, int, int, int, float], shape: tuple[int, int] = (96, 160)) -> Array:
    """A map with top, bottom, left, right and probability of each place."""
    values = np.zeros(shape, np.float32)
    for top, bottom, left, right, share in places:
        values[top:bottom, left:right] = share
    return values


def test_the_network_sees_bgr_about_zero_and_grey_behind_the_picture() -> None:
    planes = tensor(np.full((33, 40, 3), (255, 0, 0), np.uint8))
    assert planes.shape == (1, 3, 64, 64)
    assert planes.dtype == np.float32
    assert planes[0, :, 32, 39].tolist() == [-1, -1, 1]
    assert not planes[0, :, 33:].any()
    assert not planes[0, :, :, 40:].any()


def test_a_shape_that_was_compiled_is_taken() -> None:
    rgb = np.zeros((30, 60, 3), np.uint8)
    assert tensor(rgb, [(1, 3, 640, 640), (1, 3, 32, 96)]).shape == (1, 3, 32, 96)


def test_a_line_is_larger_than_the_place_that_the_network_marks() -> None:
    (line,) = lines_in(seen((40, 50, 30, 130, 0.9)))
    box = line.box
    assert (box.left, box.right) == pytest.approx((23, 138), abs=2)
    assert (box.top, box.bottom) == pytest.approx((33, 58), abs=2)
    assert line.score == pytest.approx(0.83, abs=0.02)
    assert line.text == ""


def test_doubtful_and_thin_places_are_no_lines_and_the_largest_comes_first() -> None:
    places = [(10, 14, 10, 40, 0.9), (30, 50, 20, 150, 0.8), (70, 80, 10, 60, 0.45)]
    values = seen(*places, (90, 91, 20, 100, 0.9))
    assert [round(line.score, 1) for line in lines_in(values, score=0.5)] == [0.8, 0.7]
    assert len(lines_in(values, score=0.3)) == 3
    assert len(lines_in(values, score=0.3, ink=0.5)) == 2
    assert lines_in(seen()) == ()


def test_thickening_closes_gaps_of_a_cell() -> None:
    mask = np.array([[1, 0, 1, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 1]], bool)
    assert thickened(mask).astype(int).tolist() == [
        [1, 1, 1, 1, 0],
        [1, 1, 1, 1, 0],
        [0, 0, 0, 0, 1],
    ]


def test_what_is_behind_the_picture_is_not_looked_at() -> None:
    def everywhere(planes: Array) -> Sequence[Array]:
        return [np.ones((1, 1, *planes.shape[2:]), np.float32)]

    (line,) = TextDetector(lambda: Network(everywhere))(np.zeros((40, 70, 3), np.uint8))
    across, down = line.box.middle
    assert (across, down) == pytest.approx((35, 20), abs=1)


def test_what_names_it_changes_with_its_settings() -> None:
    def made(**settings: Any) -> TextDetector:
        return TextDetector(lambda: Network(list), **settings)

    names = {made().name, *(made(**one).name for one in ({"score": 0.3}, {"ink": 0.2}))}
    assert len(names | {made(long_side=1280).name, made(most=None).name}) == 5
    assert made().input_size(Size(4000, 3000)) == Size(640, 480)


@pytest.mark.models
@pytest.mark.parametrize("turn", [0, 12, -90])
def test_lines_are_found_however_they_are_turned(
    network: Callable[[str], Session], turn: float
) -> None:
    rgb = written(("Hello world", 160, 150, 48), ("SALE 50% off", 160, 300, 60), turn=turn)
    find = TextDetector(lambda: network("text-detection"))
    lines = find(rgb)
    assert len(lines) == 2
    assert all(line.score > 0.7 for line in lines)
    centre = [complex(*line.box.middle) - complex(320, 240) for line in lines]
    back = [at * np.exp(-1j * np.radians(turn)) + complex(320, 240) for at in centre]
    assert sorted(at.imag for at in back) == pytest.approx([133, 279], abs=9)


@pytest.mark.models
def test_on_a_photo_without_text_there_is_none(
    network: Callable[[str], Session], portrait: Array
) -> None:
    assert TextDetector(lambda: network("text-detection"))(portrait) == ()


def many() -> Array:
    """A map of 1,200 places that are text."""
    values = np.zeros((40 * 12, 30 * 16), np.float32)
    grid = values.reshape(40, 12, 30, 16)
    grid[:, 2:8, :, 2:12] = 0.9
    return values


@pytest.mark.parametrize(("most", "count"), [(None, 1200), (1000, 1000), (7, 7)])
def test_as_many_lines_are_found_as_are_wanted(most: int | None, count: int) -> None:
    values = many()
    detect = TextDetector(lambda: Network(lambda _: [values[None, None]]), most=most)
    assert len(detect(np.zeros((*values.shape, 3), np.uint8))) == count
