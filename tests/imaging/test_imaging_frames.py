from __future__ import annotations

from typing import TYPE_CHECKING

from imaging_pictures import BLUE, GREEN, RED, animation, opened, plain

from foveate.imaging.frames import per_frame

if TYPE_CHECKING:
    from foveate.imaging import Image


def test_each_frame_is_changed_and_the_animation_stays_one() -> None:
    seen: list[tuple[int, int]] = []

    def halve(frame: Image, _: int) -> Image:
        seen.append((frame.height, frame.get_page_height()))
        return frame.resize(0.5)

    whole = per_frame(animation([100, 200, 300]), halve)
    assert seen == [(10, 10)] * 3
    assert (whole.width, whole.height, whole.get_page_height()) == (10, 15, 5)
    assert (whole.get("delay"), whole.get("loop")) == ([100, 200, 300], 3)
    assert [tuple(whole(5, y)) for y in (2, 7, 12)] == [RED, GREEN, BLUE]


def test_a_stream_of_frames_can_be_read_once_through() -> None:
    data = animation([50] * 6, width=40, height=40).gifsave_buffer(dither=0)
    whole = per_frame(opened(data, frames=-1, sequential=True), lambda frame, _: frame.resize(0.5))
    pixels = whole.copy_memory()
    assert [tuple(pixels(10, 20 * i + 10)[:3]) for i in range(6)] == [RED, GREEN, BLUE] * 2


def test_frames_left_out_leave_out_their_delays() -> None:
    data = animation([100, 200, 300]).gifsave_buffer()
    assert per_frame(opened(data, frames=2), lambda frame, _: frame.invert()).get("delay") == [
        100,
        200,
    ]


def test_a_single_picture_goes_straight_in() -> None:
    image = plain(4, 4, *RED)
    assert per_frame(image, lambda whole, _: whole) is image
