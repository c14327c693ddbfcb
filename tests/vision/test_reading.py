from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from vision_fakes import Network, written

from foveate.geometry.box import Box
from foveate.values import TextLine
from foveate.vision.align import Pyramid
from foveate.vision.reading import (
    HEIGHT,
    MOST_WIDTH,
    TextReader,
    crop,
    decoded,
    in_reading_order,
    tensor,
    width_of,
)
from foveate.vision.text import TextDetector

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.ports import Session

Array = np.ndarray[Any, np.dtype[Any]]
LETTERS = "abc"


def line(box: Box, text: str = "", score: float = 0.9) -> TextLine:
    corners = (box.left, box.top), (box.right, box.top), (box.right, box.bottom)
    return TextLine((*corners, (box.left, box.bottom)), score, text)


def said(*best: int, sure: float = 0.9) -> Array:
    """Probabilities of blank, three letters and the space, place by place."""
    values = np.full((len(best), 5), (1 - sure) / 4, np.float32)
    values[np.arange(len(best)), best] = sure
    return values


@pytest.mark.parametrize(
    ("best", "text"),
    [
        ((1, 1, 0, 1, 2), "aab"),
        ((0, 3, 4, 4, 1), "c a"),
        ((4, 1, 4), "a"),
        ((0, 0), ""),
        ((4, 0, 4), ""),
    ],
)
def test_letters_are_told_apart_by_blanks(best: tuple[int, ...], text: str) -> None:
    read = decoded(said(*best), LETTERS)
    assert read.text == text
    assert read.score == pytest.approx(0.9 if text else 0)


def test_a_line_is_read_as_wide_as_it_is_high() -> None:
    assert width_of(line(Box(0, 0, 100, 24))) == 200
    assert width_of(line(Box(0, 0, 10, 24))) == HEIGHT
    assert width_of(line(Box(0, 0, 9000, 24))) == MOST_WIDTH


def quarters() -> Array:
    """Red, green above; blue, white below."""
    rgb = np.zeros((80, 160, 3), np.uint8)
    rgb[:40, :80], rgb[:40, 80:], rgb[40:, :80], rgb[40:] = 0, 0, 0, 0
    rgb[:40, :80, 0] = rgb[:40, 80:, 1] = rgb[40:, :80, 2] = 255
    rgb[40:, 80:] = 255
    return rgb


def colours(cut: Array) -> list[str]:
    """The corners of a crop: upper left, upper right, lower left, lower right."""
    names = {(255, 0, 0): "red", (0, 255, 0): "green", (0, 0, 255): "blue"}
    inner = [(8, 8), (8, -8), (-8, 8), (-8, -8)]
    return [names.get(tuple(int(v) for v in cut[place]), "white") for place in inner]


@pytest.mark.parametrize(
    ("quarters_", "expected"),
    [
        (0, ["red", "green", "blue", "white"]),
        (1, ["green", "white", "red", "blue"]),
        (2, ["white", "blue", "green", "red"]),
        (3, ["blue", "red", "white", "green"]),
    ],
)
def test_a_crop_begins_at_the_first_corner(quarters_: int, expected: list[str]) -> None:
    turned = line(Box(0, 0, 160, 80)).turned(quarters_)
    cut = crop(Pyramid(quarters()), turned.quad, width_of(turned))
    assert cut.shape == (HEIGHT, width_of(turned), 3)
    assert colours(cut) == expected


def test_crops_of_a_batch_end_in_grey() -> None:
    planes = tensor(
        [np.full((HEIGHT, 48, 3), 255, np.uint8), np.zeros((HEIGHT, 64, 3), np.uint8)], 2
    )
    assert planes.shape == (2, 3, HEIGHT, 64)
    assert planes[0, 0, 0, 47] == 1
    assert not planes[0, :, :, 48:].any()
    assert (planes[1] == -1).all()


class Bright(Network):
    """Reads 'ab' where the first pixels are bright, and is unsure elsewhere."""

    def __init__(self, provider: str = "CPUExecutionProvider") -> None:
        super().__init__(self._read)
        self.provider = provider

    def _read(self, planes: Array) -> Sequence[Array]:
        bright = planes[:, :, :, :8].mean((1, 2, 3)) > 0
        rows = [said(1, 2, sure=0.9) if each else said(3, 3, sure=0.4) for each in bright]
        return [np.stack(rows), np.array([*map(ord, LETTERS)], np.float32)]


def test_lines_that_run_down_or_stand_on_their_head_are_read_from_where_they_begin() -> None:
    rgb = np.zeros((200, 300, 3), np.uint8)
    rgb[150:, :40] = 255  # the lower end of a line that runs up
    rgb[:40, 250:] = 255  # the right end of one on its head
    up, head, plain = Box(0, 40, 40, 160), Box(100, 0, 200, 40), Box(100, 100, 100, 40)
    read = TextReader(Bright)(rgb, [line(up), line(head), line(plain)])
    assert [each.text for each in read] == ["ab", "ab", "c"]
    assert read[0].quad[0] == (0, 200)
    assert read[1].quad[0] == (300, 40)
    assert read[2].quad[0] == (100, 100)
    assert read[2].score == pytest.approx(0.4)


def test_a_device_reads_lines_of_about_one_length_together() -> None:
    fake = Bright("CUDAExecutionProvider")
    boxes = [Box(0, 0, width, 20) for width in (300, 40, 290, 50)] * 12
    rgb = np.full((20, 300, 3), 255, np.uint8)
    read = TextReader(lambda: fake)(rgb, [line(box) for box in boxes])
    assert [one.box for one in read] == boxes
    assert all(one.text == "ab" for one in read)
    assert [len(planes) for planes in fake.seen] == [32, 16]
    assert fake.seen[0].shape[3] < fake.seen[1].shape[3] or len(set(map(width_of, read))) == 1


def test_no_lines_load_no_network() -> None:
    def never() -> Session:
        raise AssertionError

    assert TextReader(never)(np.zeros((9, 9, 3), np.uint8), ()) == ()


def test_lines_are_read_row_by_row_from_the_left() -> None:
    places = {"d": Box(10, 60, 50, 10), "b": Box(80, 12, 40, 9), "a": Box(5, 10, 60, 12)}
    places |= {"c": Box(5, 30, 60, 10)}
    read = in_reading_order(line(box, text) for text, box in places.items())
    assert "".join(each.text for each in read) == "abcd"


@pytest.mark.models
@pytest.mark.parametrize("turn", [0, 12, -90, 90, 180])
def test_what_is_written_is_read_however_it_is_turned(
    network: Callable[[str], Session], turn: float
) -> None:
    rgb = written(("Hello world", 160, 150, 48), ("SALE 50% off", 160, 300, 60), turn=turn)
    lines = TextDetector(lambda: network("text-detection"))(rgb)
    read = TextReader(lambda: network("text-reading"))(rgb, lines)
    texts = {one.text.replace(" ", "") for one in read}
    assert texts == {"Helloworld", "SALE50%off"}
    assert all(one.score > 0.8 for one in read)
