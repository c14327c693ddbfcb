"""Who is asked about the subject of a picture, and how answers are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.geometry.box import Box, Size
from foveate.vision.matting import Selfie
from foveate.vision.select_head import Field
from foveate.vision.selector import Selector
from foveate.vision.subject import OwnSubject, subject_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.vision.clicks import Click

    Floats = NDArray[np.float32]


class Greens:
    """A gaze, and a head: what is green is the subject."""

    name = "greens"

    def __init__(self) -> None:
        self.looks = 0

    def tokens(self, rgb: NDArray[np.uint8]) -> Floats:
        self.looks += 1
        rows, columns = rgb.shape[0] // 14, rgb.shape[1] // 14
        means = rgb.reshape(rows, 14, columns, 14, 3).mean((1, 3))
        return (means[..., 1:2] - means[..., :1]).astype(np.float32)

    def read(self, tokens: Floats, rgb: NDArray[np.uint8]) -> Field:
        assert rgb.shape[:2] == (tokens.shape[0] * 14, tokens.shape[1] * 14)
        return Field((), tokens.astype(np.float16))

    def answer(self, read: Field, clicks: Sequence[Click], box: Box | None) -> Floats:
        assert not clicks
        assert box is None
        logs = np.where(read.tokens[..., 0] > 60, 3.0, -3.0).repeat(4, 0).repeat(4, 1)
        return np.stack([logs, logs]).astype(np.float32)


class Reds:
    """MediaPipe's network: red is a person."""

    provider = "fake"
    shapes = ()

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[Floats]:
        rgb = inputs["input_1"].astype(np.float32)
        return [np.where(rgb[..., :1] - rgb[..., 1:2] > 0.3, 0.99, 0.01).astype(np.float32)]


def painted(red: Box | None, green: Box | None, size: Size) -> NDArray[np.uint8]:
    rgb = np.full((size.height, size.width, 3), 110, np.uint8)
    for box, colour in ((red, (220, 40, 60)), (green, (30, 200, 60))):
        if box:
            left, top = round(box.left * size.width), round(box.top * size.height)
            right, bottom = round(box.right * size.width), round(box.bottom * size.height)
            rgb[top:bottom, left:right] = colour
    return rgb


LEFT, RIGHT = Box(0.1, 0.2, 0.3, 0.6), Box(0.6, 0.2, 0.25, 0.5)


@pytest.fixture
def eyes() -> Greens:
    return Greens()


def test_people_are_the_subject_beside_what_our_head_would_cut_out(eyes: Greens) -> None:
    matte = OwnSubject(Selfie(Reds), Selector(eyes, eyes))(painted(LEFT, RIGHT, Size(800, 600)))
    assert matte.shape == (600, 800)
    assert matte[300, 200] > 0.99
    assert matte[280, 580] < 0.01


@pytest.mark.parametrize(("red", "at"), [(LEFT, 80), (None, 230)])
def test_what_was_looked_at_has_the_same_subject_with_its_edges(
    eyes: Greens, red: Box | None, at: int
) -> None:
    selector = Selector(eyes, eyes)
    look = selector.look(painted(red, RIGHT, Size(336, 252)))
    matte = subject_of(look, Selfie(Reds), selector)
    assert matte.shape == (252, 336)
    assert [round(float(matte[120, x])) for x in (80, 230)] == [x == at for x in (80, 230)]


@pytest.mark.parametrize("small", [True, False])
def test_a_small_subject_is_looked_at_again(eyes: Greens, small: bool) -> None:
    own = OwnSubject(Selfie(Reds), Selector(eyes, eyes))
    box = Box(0.6, 0.3, 0.15, 0.2) if small else Box(0.1, 0.1, 0.7, 0.8)
    rgb = painted(None, box, own.input_size(Size(1600, 1200)))
    matte = own(rgb)
    assert eyes.looks == (2 if small else 1)
    assert matte.shape == rgb.shape[:2] == (600, 800)
    truth = rgb[..., 1] > 190
    # Of the larger one edges are as fine as this head's patches.
    assert ((matte > 0.5) != truth).mean() < (0.003 if small else 0.04)


def test_what_is_not_the_subject_is_left_out(eyes: Greens) -> None:
    own = OwnSubject(Selfie(Reds), Selector(eyes, eyes))
    thin = Box(0.1, 0.2, 0.01, 0.3)  # too little of a person to be one
    matte = own(painted(thin, RIGHT, Size(448, 336)))
    assert (matte[130, 320], matte[130, 46], matte[300, 200]) == (1, 0, 0)


def test_a_picture_without_a_subject_is_cut_to_nothing(eyes: Greens) -> None:
    own = OwnSubject(Selfie(Reds), Selector(eyes, eyes))
    assert not own(painted(None, None, Size(400, 300))).any()


def test_its_name_tells_all_that_answers_depend_on(eyes: Greens) -> None:
    name = OwnSubject(Selfie(Reds), Selector(eyes, eyes)).name
    assert "greens" in name
    assert "selfie" in name
