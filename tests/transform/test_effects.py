"""Effects on drawn pictures, looked at as pixels: what they change, and what they leave."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.geometry.box import Box, Size
from foveate.geometry.orientation import Orientation
from foveate.gravity.framing import Framing
from foveate.imaging.pixels import from_array
from foveate.options.colours import Colour
from foveate.options.effects import EFFECTS, Duotone, Touch
from foveate.options.masks import Ellipse, Line, Shape
from foveate.options.model import Gamut, TransformOptions
from foveate.transform.effects import FOCUS, TONES
from foveate.transform.effects.focus import share_of
from foveate.transform.masked import Mask
from foveate.transform.plan import Plan
from foveate.transform.state import State
from foveate.transform.steps.adjust import LUMA
from foveate.transform.steps.effects import effects

if TYPE_CHECKING:
    from foveate.imaging import Image

SIZE = Size(400, 300)
RED, GREEN = (220, 20, 30), (30, 160, 60)
MIDDLE = (200, 150)
EVERY: dict[str, Any] = {
    "lens": 10.0,
    "blur": 10.0,
    "pixelate": 50.0,
    "brightness": 1.5,
    "contrast": 0.5,
    "saturation": 0.2,
    "grayscale": True,
    "duotone": Duotone(Colour(0, 0, 128), Colour(255, 217, 160)),
    "tint": Colour(200, 90, 20),
    "sharpen": 3.0,
}


def scene(size: Size = SIZE, alpha: int | None = None) -> Image:
    """A red disc before green, with fine stripes of lighter and darker."""
    y, x = np.mgrid[0 : size.height, 0 : size.width].astype(float) + 0.5
    far = np.hypot((x / size.width - 0.5) * 4 / 3, y / size.height - 0.5)
    rgb = np.where((far < 0.25)[..., None], RED, GREEN).astype(float)
    rgb += 20 * (np.sin(x / size.width * 300) > 0)[..., None]
    if alpha is not None:
        rgb = np.dstack([rgb, np.where(x < size.width / 2, alpha, 255)])
    return from_array(rgb.astype(np.uint8))


def disc(size: Size = SIZE, grown: float = 1.0) -> np.ndarray:
    y, x = np.mgrid[0 : size.height, 0 : size.width].astype(float) + 0.5
    far = np.hypot((x / size.width - 0.5) * 4 / 3, y / size.height - 0.5)
    return (far < 0.25 * grown).astype(np.float32)


def changed(
    image: Image | None = None,
    mask: Mask | None = None,
    gamut: Gamut = Gamut.SRGB,
    where: tuple[Shape, ...] = (),
    **asked: Any,
) -> np.ndarray:
    image = image or scene()
    size = Size(image.width, image.height)
    box = Box.of(size)
    framing = Framing(box=box, wanted=box, focus=box.centre(size), gravity="")
    state = State(
        image=image,
        options=TransformOptions(touch=Touch(mask=where, **asked), gamut=gamut),
        plan=Plan(source=size, framing=framing, out=size, orientation=Orientation(), canvas=size),
        stored=Orientation(),
        touched=mask,
    )
    done = effects(state).image
    assert done.interpretation == "srgb"
    assert done.format == "uchar"
    return done.numpy()


def step_edge() -> Image:
    rgb = np.zeros((120, 400, 3), np.uint8)
    rgb[:, :200], rgb[:, 200:] = RED, GREEN
    return from_array(rgb)


def test_every_effect_has_a_function_and_a_field() -> None:
    assert {*FOCUS, *TONES} == {*EFFECTS} == {*EVERY}


def test_nothing_is_done_unless_asked() -> None:
    before = scene()
    assert np.array_equal(changed(before), before.numpy())


@pytest.mark.parametrize("name", EFFECTS)
def test_each_effect_changes_what_is_masked_and_not_a_bit_of_the_rest(name: str) -> None:
    before = scene().numpy()
    after = changed(mask=Mask(shapes=(Ellipse(0.5, 0.5, 0.25, 0.3),)), **{name: EVERY[name]})
    assert after.shape == before.shape
    assert np.array_equal(after[:, :50], before[:, :50])
    assert np.abs(after[100:200, 150:250].astype(int) - before[100:200, 150:250]).max() >= 5


@pytest.mark.parametrize("name", EFFECTS)
def test_each_effect_leaves_size_and_alpha_as_they_were(name: str) -> None:
    before = scene(Size(101, 67), alpha=90)
    after = changed(before, Mask(shapes=(Line(0, 0, 1, 0),)), **{name: EVERY[name]})
    assert after.shape == (67, 101, 4)
    assert np.array_equal(after[..., 3], before.numpy()[..., 3])


@pytest.mark.parametrize("name", EFFECTS)
def test_each_effect_says_the_same_twice_and_works_on_a_single_pixel(name: str) -> None:
    mask = Mask(disc())
    one, other = (changed(mask=mask, **{name: EVERY[name]}) for _ in range(2))
    assert np.array_equal(one, other)
    assert changed(from_array(np.full((1, 1, 3), 90, np.uint8)), **{name: EVERY[name]}).shape == (
        1,
        1,
        3,
    )


def waves(width: int) -> Image:
    """A strip of red and green, with edges as wide as the strip is long."""
    x = (np.arange(width) + 0.5) / width
    wave = np.tanh(np.sin(x * 2 * np.pi * 8) * 15)
    rgb = np.stack([120 + 60 * wave, 130 - 50 * wave, 90 + 20 * wave], -1)
    return from_array(np.tile(rgb.round().astype(np.uint8), (width // 100, 1, 1)))


LENGTHS = [*({name: EVERY[name]} for name in ("lens", "blur", "pixelate", "sharpen"))]


@pytest.mark.parametrize("asked", [*LENGTHS, {"grayscale": True, "feather": 60.0}], ids=str)
def test_a_large_rendition_looks_as_a_small_one(asked: dict[str, Any]) -> None:
    mask = Mask(shapes=(Line(0.5, 0, 0.505, 0),)) if "feather" in asked else None
    small, large = (changed(waves(width), mask, **asked) for width in (1600, 3200))
    assert np.abs(small.astype(int) - waves(1600).numpy()).max() >= 9
    assert np.abs(from_array(large).shrink(2, 2).numpy().astype(int) - small).max() <= 4


@pytest.mark.parametrize("name", ["lens", "blur"])
def test_what_is_sharp_does_not_bleed_into_what_is_out_of_focus(name: str) -> None:
    right = np.zeros((120, 400), np.float32)
    right[:, 200:] = 1
    after = changed(step_edge(), Mask(right), **{name: 20.0})
    # The green side, right beside the edge, has no red in it; what a plain blur makes has.
    assert after[60, 205, 0] <= GREEN[0] + 6
    assert changed(step_edge(), **{name: 20.0})[60, 203, 0] > GREEN[0] + 40
    assert tuple(after[60, 190]) == RED


def test_a_lens_makes_discs_of_lights_and_a_blur_makes_none() -> None:
    dark = np.full((300, 400, 3), 12, np.uint8)
    dark[149:152, 199:202] = 255
    light = from_array(dark)
    lens = changed(light, lens=25.0)[150, 200:220, 0].astype(int)
    blur = changed(light, blur=25.0)[150, 200:220, 0].astype(int)
    assert lens[7] > 0.85 * lens[1] > 30
    assert lens[14] < lens[1] / 3
    assert blur[7] < 0.85 * blur[1]


def test_blurring_is_done_in_light() -> None:
    board = np.kron(np.indices((60, 80)).sum(0) % 2, np.ones((5, 5))).astype(np.uint8) * 255
    grey = changed(from_array(np.dstack([board] * 3)), blur=60.0)[150, 200, 0]
    assert grey == pytest.approx(188, abs=3)  # half of the light, not of the numbers


def test_where_a_mask_rises_slowly_the_radius_does() -> None:
    stripes = np.tile((np.arange(400) // 4 % 2 * 200)[None, :, None], (300, 1, 3)).astype(np.uint8)
    line = Line(0, 0.1, 0, 0.9)
    after = changed(from_array(stripes), Mask(shapes=(line,)), where=(line,), lens=20.0)
    swing = [int(np.ptp(after[row, 100:300, 0].astype(int))) for row in (5, 150, 220, 260, 295)]
    assert swing == sorted(swing)
    assert swing[0] < 10
    assert swing[-1] == 200


def test_shares_of_steps_hand_over_to_each_other() -> None:
    shares = [share_of(step, 3).astype(int) for step in (1, 2, 3)]
    for lower, upper in pairwise(shares):
        assert all(lower[upper > 0] == 255)
    assert shares[2][255] == 255
    assert shares[0][0] == 0


def test_squares_are_square_and_of_one_colour() -> None:
    after = changed(pixelate=50.0)
    assert np.ptp(after[20:40, 20:40].reshape(-1, 3), axis=0).max() == 0
    assert not np.array_equal(after[30, 30], after[30, 200])


def test_tones_are_those_of_the_options_of_that_name() -> None:
    flat = from_array(np.full((4, 4, 3), (60, 120, 200), np.uint8))
    assert tuple(changed(flat, brightness=1.5)[0, 0]) == (90, 180, 255)
    assert tuple(changed(flat, contrast=0.5)[0, 0]) == (94, 124, 164)
    assert tuple(changed(flat, saturation=0.0)[0, 0]) == pytest.approx((113, 113, 113), abs=1)


def test_greys_are_as_bright_as_the_colours_were() -> None:
    flat = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [128, 128, 128]]], np.uint8)
    grey = changed(from_array(flat), grayscale=True)
    assert [int(pixel[0]) for pixel in grey[0]] == pytest.approx([127, 220, 76, 128], abs=3)
    assert np.ptp(grey, axis=2).max() == 0


def test_two_tones_go_from_one_colour_to_the_other() -> None:
    ramp = from_array(np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (2, 1, 3)))
    inks = Duotone(Colour(10, 20, 90), Colour(250, 220, 160))
    after = changed(ramp, duotone=inks)[0]
    assert tuple(after[0]) == (10, 20, 90)
    assert tuple(after[255]) == (250, 220, 160)
    assert (np.diff(after[:, 0].astype(int)) >= 0).all()


def test_a_tint_keeps_black_and_white_and_gives_way_as_it_is_transparent() -> None:
    greys = from_array(np.array([[[0] * 3, [128] * 3, [255] * 3]], np.uint8))
    ink = Colour(200, 90, 20)
    black, middle, white = changed(greys, tint=ink)[0].astype(int)
    assert (tuple(black), tuple(white)) == ((0, 0, 0), (255, 255, 255))
    assert middle[0] > middle[1] > middle[2]
    half = changed(greys, tint=Colour(200, 90, 20, 0.5))[0, 1].astype(int)
    assert np.abs(half - (middle + 128) / 2).max() <= 1


def test_inks_are_in_the_numbers_of_the_gamut() -> None:
    white = from_array(np.full((2, 2, 3), 255, np.uint8))
    inks = Duotone(Colour(0, 0, 0), Colour(255, 0, 0))
    assert tuple(changed(white, duotone=inks, gamut=Gamut.P3)[0, 0]) == (234, 51, 35)


def test_the_inverse_is_all_but_the_mask_and_a_feather_spreads_its_edge() -> None:
    mask = Mask(disc())
    inside = changed(mask=mask, grayscale=True)
    outside = changed(mask=mask, grayscale=True, invert=True)
    assert np.ptp(inside[150, 200]) == 0 < np.ptp(inside[150, 20])
    assert np.ptp(outside[150, 20]) == 0 < np.ptp(outside[150, 200])

    def width(feather: float) -> int:
        row = np.ptp(
            changed(mask=mask, grayscale=True, feather=feather)[150, 200:].astype(int), axis=1
        )
        return int(((row > 15) & (row < 110)).sum())

    assert width(80) > width(0) + 10


@pytest.mark.parametrize("invert", [False, True])
def test_a_mask_of_nothing_changes_nothing_and_neither_does_its_inverse(*, invert: bool) -> None:
    before, nothing = scene(), Mask(np.zeros((30, 40), np.float32))
    after = changed(before, nothing, grayscale=True, blur=9.0, invert=invert)
    assert np.array_equal(after, before.numpy())


@pytest.mark.parametrize("name", EFFECTS)
@pytest.mark.parametrize("hidden", [(255, 0, 0), (0, 0, 0), (255, 255, 255)])
def test_colours_of_what_is_transparent_do_not_come_into_sight(
    name: str, hidden: tuple[int, ...]
) -> None:
    rgba = np.zeros((60, 400, 4), np.uint8)
    rgba[:, :190] = (*hidden, 0)
    rgba[:, 190:] = (30, 160, 60, 255)
    asked = {name: EVERY[name]}
    after = changed(from_array(rgba), **asked)[:, 190:, :3]
    whole = changed(from_array(np.full((60, 400, 3), (30, 160, 60), np.uint8)), **asked)
    assert np.abs(after.astype(int) - whole[:, 190:]).max() <= 2


def test_squares_at_the_border_have_the_colour_of_their_own_pixels() -> None:
    rgb = np.zeros((50, 30, 3), np.uint8)
    rgb[:, 29] = 240
    rgb[49] = 200
    for alpha in (None, 255):
        whole = rgb if alpha is None else np.dstack([rgb, np.full((50, 30), alpha, np.uint8)])
        after = changed(from_array(whole), pixelate=400.0)[..., 0]
        assert after[0, 0] == 0
        assert after[0, 29] == pytest.approx(rgb[:20, 20:].mean(), abs=1)
        assert after[49, 0] == pytest.approx(rgb[40:, :20].mean(), abs=1)
        assert after[49, 29] == pytest.approx(rgb[40:, 20:].mean(), abs=1)


def test_a_square_larger_than_the_picture_is_its_mean() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    after = changed(from_array(rgb), pixelate=1000.0)
    assert np.ptp(after, axis=(0, 1)).max() == 0
    assert after[0, 0] == pytest.approx(rgb.mean((0, 1)), abs=1)


@pytest.mark.parametrize("name", [name for name in EFFECTS if name != "pixelate"])
@pytest.mark.parametrize("feather", [0.0, 120.0])
def test_a_mirrored_picture_has_a_mirrored_answer(name: str, feather: float) -> None:
    size, mask = Size(300, 300), (Ellipse(0.5, 0.5, 0.25, 0.3),)
    before = scene(size).numpy()
    asked = {name: EVERY[name], "feather": feather}
    there = changed(from_array(before), Mask(shapes=mask), **asked)
    back = changed(from_array(before[:, ::-1]), Mask(shapes=mask), **asked)[:, ::-1]
    assert np.abs(there.astype(int) - back).max() <= 1


@pytest.mark.parametrize("name", EFFECTS)
def test_what_is_opaque_is_changed_as_if_it_had_no_alpha(name: str) -> None:
    rgba = scene(alpha=255)
    asked = {name: EVERY[name]}
    whole = changed(rgba, **asked).astype(int)
    apart = whole[..., :3] - changed(rgba.extract_band(0, n=3), **asked)
    assert np.abs(apart).max() <= 1
    assert abs(apart.mean()) < 0.1


def test_a_greyer_picture_is_no_darker() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    grey = (rgb @ np.array(LUMA))[..., None]
    after = changed(from_array(rgb), saturation=0.5)
    assert abs((after - (grey + (rgb - grey) * 0.5)).mean()) < 0.05
