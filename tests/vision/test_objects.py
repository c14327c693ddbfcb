"""Things: peaks of heat and bins of distances become boxes, and two detectors one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from vision_fakes import Network

from foveate.classes import CLASSES
from foveate.geometry.box import Box, Size
from foveate.imaging.pixels import brought_to, from_array, to_array
from foveate.vision import centernet, nanodet
from foveate.vision.centernet import CenterNet, peaks
from foveate.vision.labelled import Labelled
from foveate.vision.nanodet import NanoDet, expected
from foveate.vision.nms import ious
from foveate.vision.objects import FRAME, SAME, MergedDetector, merged, things_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.ports import Session

Array = np.ndarray[Any, np.dtype[Any]]
DOG, CAT = CLASSES.index("dog"), CLASSES.index("cat")
LEAST = 0.3


def labelled(*rows: tuple[Sequence[float], float, int]) -> Labelled:
    edges, scores, classes = zip(*rows, strict=True) if rows else ((), (), ())
    return Labelled(
        np.array(edges, np.float32).reshape(-1, 4),
        np.array(scores, np.float32),
        np.array(classes, np.intp),
    )


def slowly(heat: Array, least: float) -> set[tuple[int, int, int]]:
    """Peaks as they are defined: above `least`, and no neighbour of the class is higher."""
    return {
        (row, column, kind)
        for row, column, kind in np.ndindex(heat.shape)
        if heat[row, column, kind] > least
        and heat[row, column, kind]
        >= heat[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2, kind].max()
    }


@settings(deadline=None)
@given(arrays(np.float32, (5, 6, 2), elements=st.sampled_from([0.0, 0.2, 0.4, 0.5, 0.9])))
def test_a_peak_is_what_no_neighbour_of_its_class_exceeds(heat: Array) -> None:
    assert set(zip(*(at.tolist() for at in peaks(heat, LEAST)), strict=True)) == slowly(heat, LEAST)


def test_a_peak_of_heat_reaches_as_many_pixels_as_the_network_says() -> None:
    heat, reach = np.zeros((128, 128, 80), np.float32), np.zeros((128, 128, 4), np.float32)
    heat[20, 30, DOG], heat[20, 31, DOG], heat[20, 31, CAT] = 0.8, 0.5, 0.6
    reach[20, 30], reach[20, 31] = (10, 20, 30, 40), (5, 5, 5, 5)
    found = centernet.boxes_at(heat, reach, LEAST)
    assert found.classes.tolist() == [DOG, CAT]
    np.testing.assert_allclose(found.edges, [[110, 60, 150, 120], [119, 75, 129, 85]])
    np.testing.assert_allclose(found.scores, [0.8, 0.6])


def test_distances_are_the_means_of_their_bins() -> None:
    logits = np.full((1, 4, 11), -30, np.float32)
    logits[0, 0, 0] = logits[0, 1, 10] = 30
    logits[0, 2, [2, 4]] = 30
    logits[0, 3] = 5.0
    np.testing.assert_allclose(expected(logits.reshape(1, 44)), [[0, 10, 3, 5]], atol=1e-5)


def grids(stride: int, row: int, column: int, kind: int, score: float) -> list[Array]:
    """What NanoDet says where one cell of one grid sees something two cells around it."""
    scores, distances = [], []
    for each, side in zip(nanodet.STRIDES, (52, 26, 13), strict=True):
        cells, logits = np.zeros((side * side, 80), np.float32), np.zeros((side * side, 4, 11))
        logits[..., 2] = 40
        if each == stride:
            cells[row * side + column, kind] = score
        scores.append(cells)
        distances.append(logits.astype(np.float32).reshape(-1, 44))
    return [each[None] for each in (*scores, *distances)]


@pytest.mark.parametrize("stride", nanodet.STRIDES)
def test_a_cell_of_each_grid_sees_around_its_centre(stride: int) -> None:
    answer = [each[0] for each in grids(stride, 3, 5, DOG, 0.7)]
    found = nanodet.boxes_at(answer[:3], answer[3:], LEAST)
    x, y, reach = 5.5 * stride, 3.5 * stride, 2 * stride
    np.testing.assert_allclose(found.edges, [[x - reach, y - reach, x + reach, y + reach]])
    assert found.classes.tolist() == [DOG]


def test_nanodet_sees_blue_green_red_with_the_mean_around_it() -> None:
    rgb = np.zeros((208, 416, 3), np.uint8)
    rgb[...] = (200, 116, 50)
    planes = nanodet.tensor(rgb)
    assert planes.shape == (1, 3, 416, 416)
    mean = [(50 - 103.53) / 57.375, (116 - 116.28) / 57.12, (200 - 123.675) / 58.395]
    np.testing.assert_allclose(planes[0, :, 100, 100], mean, atol=1e-5)
    assert not planes[0, :, 208:].any()


def test_of_boxes_of_one_class_one_stays_and_those_of_others_are_left_alone() -> None:
    box = (10, 10, 50, 50)
    found = labelled(
        (box, 0.5, DOG), (box, 0.9, DOG), (box, 0.4, CAT), ((60, 10, 90, 50), 0.3, DOG)
    )
    kept = found.best().one_for_each(0.5)
    assert kept.classes.tolist() == [DOG, CAT, DOG]
    np.testing.assert_allclose(kept.scores, [0.9, 0.4, 0.3])
    np.testing.assert_allclose(kept.edges[0], box)


def test_a_thousand_things_are_found_and_none_crowds_out_another() -> None:
    heat, reach = np.zeros((128, 128, 80), np.float32), np.full((128, 128, 4), 6, np.float32)
    heat[::4, ::4, DOG] = 0.6
    found = CenterNet(lambda: Network(lambda _: [reach[None], heat[None]]))
    assert len(found(np.zeros((512, 512, 3), np.uint8), LEAST).scores) == 32 * 32
    crowd = grids(8, 3, 5, DOG, 0.9)
    crowd[0][0, 500:900, CAT] = 0.8  # 400 boxes that mean fewer things, and are surer
    crowd[2][0, 168, DOG] = 0.4
    seen = NanoDet(lambda: Network(lambda _: crowd))(np.zeros((416, 416, 3), np.uint8), LEAST)
    assert np.isclose(seen.scores, 0.4).sum() == 1


def test_what_both_see_is_surer_and_lies_between_and_what_one_sees_is_kept() -> None:
    one = labelled(((10, 10, 50, 50), 0.6, DOG), ((200, 200, 240, 240), 0.3, DOG))
    other = labelled(((12, 10, 54, 52), 0.5, DOG), ((60, 60, 90, 90), 0.6, CAT))
    found = merged(one, other)
    assert found.classes.tolist() == [DOG, CAT, DOG]
    np.testing.assert_allclose(found.scores, [1 - 0.4 * 0.6, 0.48, 0.3], atol=1e-6)
    np.testing.assert_allclose(found.edges[0], [10.8, 10, 51.6, 50.8], atol=1e-4)


def test_of_two_names_for_one_place_the_less_sure_one_is_doubted() -> None:
    one = labelled(((10, 10, 50, 50), 0.6, DOG), ((11, 10, 50, 50), 0.5, CAT))
    found = merged(one, labelled())
    assert found.classes.tolist() == [DOG, CAT]
    np.testing.assert_allclose(found.scores, [0.6, 0.25])
    apart = merged(labelled(((10, 10, 50, 50), 0.6, DOG), ((30, 10, 80, 50), 0.5, CAT)), labelled())
    np.testing.assert_allclose(apart.scores, [0.6, 0.5])


LABELLED = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 80), st.integers(0, 80), st.integers(1, 40), st.integers(1, 40)),
        st.floats(0.1, 0.9),
        st.integers(0, 2),
    ),
    max_size=6,
).map(lambda rows: labelled(*(((x, y, x + w, y + h), s, kind) for (x, y, w, h), s, kind in rows)))


@settings(deadline=None)
@given(LABELLED, LABELLED)
def test_nothing_is_found_twice_and_no_score_leaves_its_range(
    one: Labelled, other: Labelled
) -> None:
    found = merged(one, other)
    assert len(found.scores) <= len(one.scores) + len(other.scores)
    assert bool(len(found.scores)) == bool(len(one.scores) + len(other.scores))
    assert (np.diff(found.scores) <= 0).all()
    assert ((found.scores > 0) & (found.scores < 1)).all()
    for kind in range(3):
        edges = found.edges[found.classes == kind]
        assert (np.triu(ious(edges, edges), 1) <= SAME + 1e-6).all()


def test_things_lie_in_the_picture_and_what_is_outside_is_none() -> None:
    found = labelled(((-100, 500, 500, 1200), 0.6, DOG), ((1001, 0, 1100, 50), 0.5, CAT))
    (thing,) = things_of(found, Size(400, 200))
    assert (thing.label, thing.box) == ("dog", Box(0, 100, 200, 100))
    assert thing.score == pytest.approx(0.6)


def test_each_network_sees_the_picture_as_it_wants_it() -> None:
    heat, reach = np.zeros((1, 128, 128, 80), np.float32), np.zeros((1, 128, 128, 4), np.float32)
    heat[0, 64, 64, DOG], reach[0, 64, 64] = 0.8, 128
    one, other = Network(lambda _: [reach, heat]), Network(lambda _: grids(32, 3, 6, CAT, 0.9))
    asked: list[Size] = []

    def thumbnail(size: Size) -> Array:
        asked.append(size)
        return np.full((size.height, size.width, 3), 7, np.uint8)

    dog, cat = MergedDetector(lambda: one, lambda: other)(thumbnail, Size(800, 400))
    assert asked == [Size(512, 512), Size(416, 208)]
    assert (one.names, other.names) == (["tower_0/images"], ["input_1"])
    assert one.seen[0].max() == 7
    assert (dog.label, dog.box) == ("dog", Box(200, 100, 400, 200))
    assert cat.label == "cat"
    assert cat.score == pytest.approx(0.72)
    times = 800 / 416
    assert cat.box.middle == pytest.approx((208 * times, 112 * times))


def test_the_same_thing_is_found_in_a_picture_of_any_size() -> None:
    boxes = labelled(((100, 200, 300, 400), 0.5, DOG), ((110, 200, 300, 400), 0.4, DOG))
    for size in (Size(40, 30), Size(20_000, 15_000)):
        (thing,) = things_of(merged(boxes, labelled()), size)
        share = thing.box.left / size.width, thing.box.bottom / size.height
        assert share == pytest.approx((100 / FRAME, 400 / FRAME))


@pytest.mark.models
def test_people_are_found_where_they_are(
    network: Callable[[str], Session], portrait: Array
) -> None:
    one = CenterNet(lambda: network("centernet"))(portrait, 0.4)
    assert one.classes.tolist() == [0]
    np.testing.assert_allclose(one.edges[0], [8.3, 8.8, 368.9, 519.6], atol=0.5)
    assert one.scores[0] == pytest.approx(0.6096, abs=2e-3)


@pytest.mark.models
def test_the_second_detector_finds_them_as_well(
    network: Callable[[str], Session], portrait: Array
) -> None:
    rgb = to_array(brought_to(from_array(portrait), Size(416, 416)))
    other = NanoDet(lambda: network("nanodet"))(rgb, 0.4)
    assert other.classes[0] == 0
    np.testing.assert_allclose(other.edges[0] * 512 / 416, [14.9, 14.5, 364.4, 507.6], atol=4)
    assert other.scores[0] == pytest.approx(0.7343, abs=0.02)
