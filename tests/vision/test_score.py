"""The score: what others say of the same pictures, and what must hold of any."""

from __future__ import annotations

import math
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from score_oracle import kernel, oracle
from score_pictures import blocky, posterised, scene, softened, tinted, within

from foveate.deadline import Deadline
from foveate.errors import BadOption, ClientDisconnected
from foveate.imaging import Image
from foveate.imaging.pixels import to_array
from foveate.models.supply.score_graph import KERNEL
from foveate.vision.score import Score, word

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Change = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]

PHOTO = Path(__file__).parents[2] / "docs" / "images" / "astronaut.jpg"
CHANGES: dict[str, Change] = {
    "posterised": partial(posterised, step=24),
    "softened": softened,
    "blocky": blocky,
    "tinted": tinted,
}


@pytest.mark.parametrize(
    ("change", "theirs"),
    [
        (partial(posterised, step=24), 73.83),
        (partial(posterised, step=8), 91.82),
        (softened, 76.01),
        (blocky, 68.42),
        (tinted, 87.93),
    ],
)
def test_it_says_what_another_implementation_says(change: Change, theirs: float) -> None:
    """vszip 23.1.0, in Zig, said so. It mirrors a picture at its border, and libjxl has nothing
    there; what differs lies within, so that both are alike."""
    whole = scene()
    assert Score(whole)(within(change(whole), whole)) == pytest.approx(theirs, abs=0.12)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("size", [(240, 320), (257, 333), (129, 131), (37, 41), (8, 8), (120, 17)])
def test_it_is_what_the_definition_gives_at_any_size(size: tuple[int, int], change: Change) -> None:
    whole = scene(*size)
    assert Score(whole)(change(whole)) == pytest.approx(oracle(whole, change(whole)), abs=0.01)


@pytest.mark.parametrize("size", [(240, 320), (129, 131)])
def test_what_is_most_looked_at_has_to_look_as_good_as_all_of_it(size: tuple[int, int]) -> None:
    whole, (height, width) = scene(*size), size
    looked_at = np.zeros(size, np.float32)
    looked_at[height // 4 : height // 2, width // 4 : width // 2] = 1
    good = whole.copy()
    bad = whole.copy()
    inside = looked_at > 0
    good[~inside] = blocky(whole)[~inside]
    bad[inside] = blocky(whole)[inside]
    score = Score(whole, most_looked_at=looked_at)
    assert score(good) == pytest.approx(Score(whole)(good), abs=1e-3)
    assert score(bad) == pytest.approx(oracle(whole, bad, looked_at.astype(float)), abs=0.02)
    assert score(bad) < Score(whole)(bad) - 1
    assert score.each(bad) == pytest.approx((Score(whole)(bad), score(bad)), abs=1e-3)
    assert score.each(whole) == (100, 100)


def test_where_nothing_is_looked_at_most_all_of_it_counts() -> None:
    whole = scene(100, 130)
    nothing = Score(whole, most_looked_at=np.zeros((100, 130), np.float32))
    assert nothing(blocky(whole)) == Score(whole)(blocky(whole))


def test_the_blur_is_the_recursive_one_of_libjxl() -> None:
    np.testing.assert_allclose(KERNEL, kernel(), atol=1e-8)


def test_a_picture_is_identical_to_itself_alone() -> None:
    whole = scene(100, 130)
    assert Score(whole)(whole.copy()) == 100
    other = whole.copy()
    other[50, 60] += 20
    assert 90 < Score(whole)(other) < 100


def test_more_bytes_of_a_photo_look_better() -> None:
    # At its own size a JPEG meets its own quantisation, and qualities leave their order.
    small = Image.thumbnail(str(PHOTO), 300).copy_memory()
    score = Score(to_array(small))
    told = [score(_as_jpeg(small, quality)) for quality in range(15, 100, 10)]
    assert told == sorted(told)
    assert told[0] < 50
    assert told[-1] > 90


def _as_jpeg(image: Image, quality: int) -> NDArray[np.uint8]:
    return to_array(Image.new_from_buffer(image.jpegsave_buffer(Q=quality), ""))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_lying_or_standing_it_is_one_score(change: Change) -> None:
    whole = scene(150, 210)
    changed = change(whole)
    lying = Score(whole.transpose(1, 0, 2))(changed.transpose(1, 0, 2))
    assert lying == pytest.approx(Score(whole)(changed), abs=0.01)


@pytest.mark.parametrize("rows", [32, 34, 50, 64])
def test_strips_make_no_difference(rows: int) -> None:
    whole = scene(211, 301)
    expected = Score(whole)(softened(whole))
    score = Score(whole, strip_pixels=rows * 301)
    assert score(softened(whole)) == pytest.approx(expected, abs=1e-3)
    top = np.zeros((211, 301), np.float32)
    top[:70] = 1
    told = [Score(whole, most_looked_at=top, strip_pixels=n * 301) for n in (rows, 211)]
    assert told[0](softened(whole)) == pytest.approx(told[1](softened(whole)), abs=1e-3)


def test_a_picture_too_large_to_be_kept_has_the_same_score() -> None:
    whole = scene(120, 150)
    expected = Score(whole)(blocky(whole))
    score = Score(whole, kept_pixels=0)
    assert [score(blocky(whole)) for _ in range(2)] == [expected, expected]


def test_one_colour_is_told_from_another_and_from_itself() -> None:
    grey = np.full((64, 64, 3), 128, np.uint8)
    assert Score(grey)(grey) == 100
    told = [Score(grey)(np.full((64, 64, 3), level, np.uint8)) for level in (129, 140, 255)]
    assert told == sorted(told, reverse=True)
    assert np.isfinite(told).all()


def test_black_and_white_have_a_score() -> None:
    black, white = (np.full((48, 80, 3), level, np.uint8) for level in (0, 255))
    assert Score(black)(white) < 0
    assert Score(white)(black) < 0


def test_what_cannot_be_scored_is_said() -> None:
    with pytest.raises(BadOption, match="at least 8x8 pixels to score, got 100x7"):
        Score(np.zeros((7, 100, 3), np.uint8))
    with pytest.raises(BadOption, match="Expected 20x10, as the other one has, got 10x20"):
        Score(np.zeros((10, 20, 3), np.uint8))(np.zeros((20, 10, 3), np.uint8))


def test_it_ends_with_its_deadline() -> None:
    whole = scene(1200, 1600)
    score = Score(whole)
    gone = threading.Event()
    changed = softened(whole)
    with Deadline(math.inf, gone):
        gone.set()
        with pytest.raises(ClientDisconnected):
            score(changed)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (100, "identical"),
        (99.999, "nobody tells apart"),
        (80, "very good"),
        (79.99, "good"),
        (50, "medium"),
        (30, "poor"),
        (-3, "very poor"),
    ],
)
def test_a_score_has_a_word(number: float, said: str) -> None:
    assert word(number) == said
