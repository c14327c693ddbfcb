"""What checks see of pictures: each asked for once, and faces also of those that are open."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.designs.looks import Pictured
from foveate.errors import SourceNotFound, TimedOut, WeightsMissing
from foveate.geometry.box import Box
from foveate.imaging import Image
from foveate.service.draw import Pixels

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.design.drawing.asked import Asked
    from foveate.errors import FoveateError

FACE = Box(3, 4, 5, 6)


class Easel:
    """Has one picture, and sees one face in what is a file of it."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.looked = 0
        limits = SimpleNamespace(timeout_s=5)
        self.core = SimpleNamespace(settings=SimpleNamespace(limits=limits))
        self.fails: FoveateError | None = None

    async def picture(self, asked: Asked) -> Pixels:
        self.asked.append(asked)
        if self.fails is not None and asked.src == "lost.jpg":
            raise self.fails
        return Pixels(array=np.full((asked.height, asked.width, 4), 255, np.uint8))

    async def seen(self, data: bytes, names: list[str]) -> Any:
        assert names == ["faces"]
        self.looked += 1
        if self.fails is not None:
            raise self.fails
        seen = Image.new_from_buffer(data, "")
        return {"faces": [SimpleNamespace(box=FACE)] if seen.width == 20 else []}


def seen(work: Callable[[Pictured], Any], fails: FoveateError | None = None) -> tuple[Easel, Any]:
    """Return what a thread sees that works while the loop runs."""
    easel = Easel()
    easel.fails = fails

    async def look() -> Any:
        pictured = Pictured(easel, asyncio.get_running_loop())  # type: ignore[arg-type]
        return await asyncio.to_thread(work, pictured)

    return easel, asyncio.run(look())


def test_faces_are_seen_in_pictures_that_are_pixels_already() -> None:
    assert seen(lambda pictured: pictured.faces("a.jpg", "", 20, 10))[1] == [FACE]


def test_a_picture_is_asked_for_once_and_looked_at_once() -> None:
    def work(pictured: Pictured) -> None:
        for _ in range(3):
            assert pictured("a.jpg", "", 20, 10).shape == (10, 20, 4)
            assert pictured.faces("a.jpg", "", 20, 10) == [FACE]
            assert pictured.source("a.jpg") == ""

    easel, _ = seen(work)
    assert len(easel.asked) == 2, "as it is shown, and small to see whether it is there"
    assert easel.looked == 1


def test_a_picture_that_is_not_there_is_transparent() -> None:
    _, pixels = seen(lambda pictured: pictured("lost.jpg", "", 20, 10), SourceNotFound("lost"))
    assert pixels.shape == (10, 20, 4)
    assert not pixels.any()


def test_who_has_no_time_for_a_picture_says_so_and_not_that_there_is_nothing() -> None:
    late = TimedOut("late")
    with pytest.raises(TimedOut):
        seen(lambda pictured: pictured("lost.jpg", "", 20, 10), late)
    with pytest.raises(TimedOut):
        seen(lambda pictured: pictured.faces("a.jpg", "", 20, 10), late)


def test_nobody_sees_faces_without_networks() -> None:
    missing = WeightsMissing("none")
    assert seen(lambda pictured: pictured.faces("a.jpg", "", 20, 10), missing)[1] == []


@pytest.mark.parametrize("opened", [False, True])
def test_pixels_are_a_file_whether_they_are_open_or_not(opened: bool) -> None:
    data = Pixels(array=np.full((2, 3, 4), 128, np.uint8)).file()
    pixels = Pixels(data)
    if opened:
        pixels()
    image = Image.new_from_buffer(pixels.file(), "")
    assert (image.width, image.height, image(0, 0)) == (3, 2, [255, 255, 255, 128])
