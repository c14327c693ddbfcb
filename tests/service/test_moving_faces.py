"""What hides the faces of animations, with a detector that takes red squares for faces."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from service_networks import Detector, analyses, picture, soon

from foveate.deadline import Deadline
from foveate.errors import ClientDisconnected, TimedOut
from foveate.geometry.box import Box
from foveate.imaging.frames import frames_of
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.pixels import from_array
from foveate.service.moving_faces import hidden_in, told
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.service.analysis import Analysis
    from foveate.transform.patch import RedactionPatch

    Place = tuple[int, int, int]
    """Left, top and side of a face."""

RED = (230, 20, 30)
LOW = {"score": 0.5, "gravity_score": 0.5, "redact_score": 0.3}


class RedDetector(Detector):
    """Sees a red square, and blinks in the looks that it is told."""

    def __init__(self, blinks: Sequence[int] = ()) -> None:
        super().__init__()
        self.blinks, self.asked = blinks, 0
        self.lock = threading.Lock()

    def __call__(self, rgb: NDArray[np.uint8]) -> Any:
        height, width, _ = rgb.shape
        red = (rgb[..., 0] > 180) & (rgb[..., 1:].max(-1) < 90)
        with self.lock:
            self.asked += 1
            if not red.any() or (self.asked - 1) // 2 in self.blinks:
                return ()
            rows, columns = np.flatnonzero(red.any(1)), np.flatnonzero(red.any(0))
            self.box = Box(
                columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]
            ).scaled(320 / width, 240 / height)
            return super().__call__(rgb)


class HalfBlind(Detector):
    """Sees a giant, as sure as the corner of a frame is light."""

    GIANT = Box(60, 20, 180, 200)

    def __call__(self, rgb: NDArray[np.uint8]) -> Any:
        self.box, self.score = self.GIANT, float(rgb[0, 0, 0]) / 255
        return tuple(face for face in super().__call__(rgb) if face.score > 0.01)


def sure_of(score: float) -> NDArray[np.uint8]:
    frame = scene()
    frame[:12, :12] = round(score * 255)
    return frame


def scene(seed: int = 0) -> NDArray[np.uint8]:
    """Return one of several meadows, 320x240."""
    y, x = np.mgrid[0:240, 0:320].astype(np.float64)
    waves = [np.sin(x / (7 + seed)) * np.cos(y / 9), np.sin((x + y) / 8), np.cos(x / 11 - y / 6)]
    return (np.array([60, 120, 120]) + 40 * np.stack(waves, -1) * (-1) ** seed).astype(np.uint8)


def shown(at: Place | None, seed: int = 0) -> NDArray[np.uint8]:
    frame = scene(seed)
    if at is not None:
        left, top, side = at
        frame[max(top, 0) : top + side, max(left, 0) : left + side] = RED
    return frame


def watched(
    frames: Sequence[NDArray[np.uint8]],
    detector: Detector | None = None,
    deadline: Deadline | None = None,
) -> tuple[list[tuple[RedactionPatch, ...]], int]:
    """Return what hides the faces of each frame, and how many were looked at."""
    detector = detector or RedDetector()
    analysis, tall = opened(frames, detector, deadline)
    hidden = hidden_in(analysis, frames_of(tall))
    return hidden, detector.asked // 2 if isinstance(detector, RedDetector) else 0


def opened(
    frames: Sequence[NDArray[np.uint8]],
    detector: Detector | None = None,
    deadline: Deadline | None = None,
) -> tuple[Analysis, Image]:
    """Return the analysis of an animation, and its frames above each other."""
    tall = from_array(np.concatenate(frames)).copy()
    tall.set_type(tall.get_typeof("width"), "page-height", 240)
    source = picture(from_array(frames[0]).pngsave_buffer())
    pixels = PixelSource(source, deadline or soon(), Trace())
    return analyses(detector or RedDetector(), scores=LOW).open(pixels), tall


def covered(at: Place, patches: Sequence[RedactionPatch]) -> bool:
    """Return whether every pixel of a face lies in a core."""
    left, top, side = at
    places = [
        (x, y)
        for x in range(max(left, 0), min(left + side, 320))
        for y in range(max(top, 0), min(top + side, 240))
    ]
    # The corners of a square are no part of a head: the middle nine tenths of an ellipse are.
    middle, radius = (left + side / 2, top + side / 2), 0.45 * side
    inner = [p for p in places if abs(complex(p[0] - middle[0], p[1] - middle[1])) < radius]
    return all(any(patch.core.reach(*p) <= 1 for patch in patches) for p in inner)


def along(start: Place, step: tuple[int, int, int], count: int) -> list[Place | None]:
    return [
        (start[0] + i * step[0], start[1] + i * step[1], start[2] + i * step[2])
        for i in range(count)
    ]


WAYS: dict[str, list[Place | None]] = {
    "still": along((40, 60, 20), (0, 0, 0), 13),
    "slow": along((40, 60, 20), (2, 1, 0), 13),
    "tiny": [(40 + 4 * (i % 4 > 1), 60, 7) for i in range(13)],
    "fast": along((10, 10, 30), (19, 11, 0), 13),
    "zoom": along((150, 100, 12), (-1, -1, 2), 13),
    "enters": along((-40, 100, 40), (7, 0, 0), 13),
    "leaves": along((280, 100, 40), (5, 0, 0), 13),
    "jumps": [(i * 61 % 280, i * 37 % 200, 16) for i in range(13)],
    "one frame": [(100, 100, 10) if i == 6 else None for i in range(13)],
    "odd frame": [(100, 100, 10) if i == 5 else None for i in range(13)],
    "comes": [(100, 100, 10) if i >= 7 else None for i in range(13)],
    "goes": [(100, 100, 10) if i < 6 else None for i in range(13)],
    "winks": [(100, 100, 10) if i % 2 else None for i in range(13)],
}


@pytest.mark.parametrize("way", WAYS)
def test_the_face_of_each_frame_is_hidden(way: str) -> None:
    places = WAYS[way]
    hidden, _ = watched([shown(at) for at in places])
    for at, patches in zip(places, hidden, strict=True):
        assert at is None or at[0] <= -at[2] or covered(at, patches)


@pytest.mark.parametrize(("way", "most"), [("still", 4), ("slow", 4), ("one frame", 5)])
def test_few_frames_of_a_calm_animation_are_looked_at(way: str, most: int) -> None:
    _, looks = watched([shown(at) for at in WAYS[way]])
    assert looks <= most


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_cut_to_another_scene_hides_the_faces_of_both(cut: int) -> None:
    places = [(40, 60, 20) if number < cut else (200, 120, 24) for number in range(9)]
    hidden, _ = watched([shown(at, int(n >= cut)) for n, at in enumerate(places)])
    assert all(map(covered, places, hidden))


def test_a_flash_between_frames_uncovers_nobody() -> None:
    white, at = np.full((240, 320, 3), 255, np.uint8), (40, 60, 20)
    hidden, _ = watched([white if n in {2, 4, 5} else shown(at) for n in range(9)])
    assert all(covered(at, hidden[n]) for n in range(9) if n not in {2, 4, 5})


@pytest.mark.parametrize("blink", range(4))
def test_a_detector_that_blinks_uncovers_nobody(blink: int) -> None:
    hidden, looks = watched([shown(at) for at in WAYS["still"]], RedDetector([blink]))
    assert looks == 4
    assert all(covered((40, 60, 20), patches) for patches in hidden)


def hidden_by(scores: Sequence[float]) -> list[int]:
    """Return the frames in which a giant is hidden that the detector believes in so much."""
    hidden, _ = watched([sure_of(score) for score in scores], HalfBlind())
    return [number for number, patches in enumerate(hidden) if patches]


def test_a_giant_that_one_frame_hardly_believes_in_hides_nothing_of_the_others() -> None:
    assert hidden_by([0.02] * 4 + [0.4] + [0.02] * 8) == [4]


def test_a_giant_that_one_frame_is_sure_of_is_hidden_beside_it_too() -> None:
    assert hidden_by([0.02] * 4 + [0.9] + [0.02] * 8) == list(range(9))


def test_a_poor_face_is_hidden_wherever_a_trace_of_it_is_left() -> None:
    assert hidden_by([0.4, 0.15, 0.15, 0.15, 0.4, 0.15, 0.15, 0.02, 0.02]) == list(range(7))


def test_it_is_told_how_much_of_an_animation_is_hidden() -> None:
    giant, _ = watched([sure_of(score) for score in (0.02, 0.02, 0.4)], HalfBlind())
    assert told(giant) == (
        "something is hidden in 1 of 3 frames, in 1 of them a large face that may be none"
    )
    faces, _ = watched([shown((40, 60, 20))] * 3)
    assert told(faces) == "something is hidden in 3 of 3 frames"
    assert told([(), ()]) == ""


def test_nothing_is_hidden_where_nobody_is() -> None:
    hidden, _ = watched([scene()] * 6)
    assert hidden == [()] * 6


def test_short_animations_are_looked_at_as_well() -> None:
    for count in (1, 2, 3):
        hidden, _ = watched([shown((40, 60, 20))] * count)
        assert [covered((40, 60, 20), patches) for patches in hidden] == [True] * count


def test_frames_are_looked_at_two_by_two() -> None:
    both = threading.Barrier(2, timeout=10)

    class Meeting(RedDetector):
        def __call__(self, rgb: NDArray[np.uint8]) -> Any:
            both.wait()
            return super().__call__(rgb)

    _, looks = watched([shown(at) for at in WAYS["still"]], Meeting())
    assert looks == 4


def test_looking_ends_when_nobody_waits_any_more() -> None:
    gone = threading.Event()

    class Leaving(RedDetector):
        def __call__(self, rgb: NDArray[np.uint8]) -> Any:
            gone.set()
            return super().__call__(rgb)

    detector = Leaving()
    with pytest.raises(ClientDisconnected):
        watched([shown(at) for at in WAYS["fast"]], detector, Deadline(time.monotonic() + 20, gone))
    assert detector.asked <= 4


def test_letters_as_thin_as_the_grass_are_looked_for_where_text_is_hidden() -> None:
    grass = np.random.default_rng(0).integers(40, 160, (240, 320, 3)).astype(np.uint8)
    frames = [grass.copy() for _ in range(9)]
    frames[5][100:106, 40:100:6] = 130
    looked: list[bool] = []

    def look(frame: Image) -> tuple[RedactionPatch, ...]:
        looked.append(bool((frame.numpy()[100:106, 40:100:6] == 130).all()))
        return ()

    analysis, tall = opened(frames)
    hidden_in(analysis, frames_of(tall), look)
    assert looked == [False] * 3
    looked.clear()
    hidden_in(analysis, frames_of(tall), look, fine=True)
    assert looked.count(True) == 1
    assert len(looked) == 4


@pytest.mark.parametrize("fine", [False, True])
def test_what_only_shows_on_black_is_new_as_well(*, fine: bool) -> None:
    empty = np.full((240, 320, 4), (255, 255, 255, 0), np.uint8)
    frames = [empty.copy() for _ in range(9)]
    frames[5][100:140, 40:100, 3] = 255
    looked: list[bool] = []

    def look(frame: Image) -> tuple[RedactionPatch, ...]:
        looked.append(bool(frame.numpy()[120, 60, 3] == 255))
        return ()

    analysis, tall = opened(frames)
    hidden_in(analysis, frames_of(tall), look, fine=fine)
    assert looked.count(True) == 1


def test_whoever_waits_in_vain_is_told_how_far_it_came_and_what_helps() -> None:
    late = Deadline(time.monotonic() + 0.2)

    class Slow(RedDetector):
        def __call__(self, rgb: NDArray[np.uint8]) -> Any:
            time.sleep(0.06)
            return super().__call__(rgb)

    with pytest.raises(TimedOut) as caught:
        watched([shown(at) for at in WAYS["fast"]], Slow(), late)
    for word in ("frames of an animation of 13", "anim=false", "FOVEATE_LIMITS__TIMEOUT_S"):
        assert word in caught.value.public
