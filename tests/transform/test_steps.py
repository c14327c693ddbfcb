"""Steps on a chart of four colours, looked at by single pixels."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

from foveate.deadline import Deadline
from foveate.errors import TimedOut
from foveate.geometry.box import Box, Point, Size
from foveate.geometry.orientation import Orientation
from foveate.gravity.framing import Framing
from foveate.imaging import Image
from foveate.imaging.decode import guard, to_memory
from foveate.imaging.pixels import from_array, to_array
from foveate.options.colours import Colour
from foveate.options.model import Border, Composite, Edges, Fit, Overlay, TransformOptions
from foveate.settings import Limits
from foveate.transform.layout import lay_out
from foveate.transform.pipeline import run
from foveate.transform.plan import Plan, make_plan
from foveate.transform.state import State
from foveate.transform.steps.adjust import tone_curve
from foveate.transform.steps.draw import drawn as steps_drawn
from foveate.transform.steps.draw import repeated

RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 0)
WIDTH, HEIGHT = 80, 40


def chart() -> Image:
    """Return red and green above blue and yellow."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:20, :40], pixels[:20, 40:] = RED, GREEN
    pixels[20:, :40], pixels[20:, 40:] = BLUE, YELLOW
    return from_array(pixels)


class Unseen:
    """An analysis that must not be asked."""

    def __init__(self, size: Size) -> None:
        self.size = size

    def faces(self) -> list[object]:
        raise AssertionError("nobody asked for faces")

    def salient_point(self, within: Box) -> Point:  # noqa: ARG002
        raise AssertionError("nobody asked for saliency")


def plan_for(options: TransformOptions, size: Size) -> Plan:
    limits = Limits()
    return make_plan(lay_out(options, size, limits), Unseen(size), limits)  # type: ignore[arg-type]


def rendered(
    image: Image | None = None, stored: Orientation | None = None, **options: object
) -> Image:
    image, stored = image or chart(), stored or Orientation()
    asked = TransformOptions(**options)  # type: ignore[arg-type]
    size = stored.size(Size(image.width, image.height))
    plan = plan_for(asked, size)
    return run(State(image=image, options=asked, plan=plan, stored=stored)).image


def at(image: Image, x: int, y: int) -> tuple[int, ...]:
    return tuple(round(v) for v in image.copy_memory()(x, y))


def corners(image: Image) -> list[tuple[int, ...]]:
    """Return the colours of the four corners, top left first, as we read."""
    right, bottom = image.width - 3, image.height - 3
    return [at(image, x, y) for y in (2, bottom) for x in (2, right)]


def test_nothing_asked_for_changes_nothing() -> None:
    assert corners(rendered()) == [RED, GREEN, BLUE, YELLOW]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"rotate": 90}, [BLUE, RED, YELLOW, GREEN]),
        ({"rotate": 180}, [YELLOW, BLUE, GREEN, RED]),
        ({"rotate": 270}, [GREEN, YELLOW, RED, BLUE]),
        ({"flip_horizontal": True}, [GREEN, RED, YELLOW, BLUE]),
        ({"flip_vertical": True}, [BLUE, YELLOW, RED, GREEN]),
        ({"flip_horizontal": True, "rotate": 90}, [YELLOW, GREEN, BLUE, RED]),
    ],
)
def test_flip_comes_before_rotate(options: dict[str, object], expected: list[object]) -> None:
    assert corners(rendered(**options)) == expected


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("more", [{}, {"rotate": 180}, {"zoom": 0.5}])
def test_what_is_cut_out_of_a_long_strip_is_enlarged_as_if_it_were_short(
    axis: int, more: dict[str, object]
) -> None:
    long = np.random.default_rng(1).integers(0, 256, (40_001, 1, 3), np.uint8)
    long[20_000] = GREEN
    asked = {"width": 1000, "height": 1000, "fit": Fit.COVER, **more}
    strips = (strip.swapaxes(0, axis) for strip in (long, long[19_990:20_011]))
    far, near = (rendered(from_array(strip), **asked) for strip in strips)
    assert at(far, 500, 500) == GREEN
    assert np.array_equal(far.numpy(), near.numpy())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(orientation: int) -> None:
    stored = Orientation.exif(orientation)
    lying = chart()
    back = stored.inverse()
    if back.mirrored:
        lying = lying.fliphor()
    for _ in range(back.turns):
        lying = lying.rot90()
    upright = rendered(lying, stored, width=60, height=30, fit=Fit.COVER)
    assert (upright.width, upright.height) == (60, 30)
    assert corners(upright) == [RED, GREEN, BLUE, YELLOW]


def test_a_crop_of_a_lying_picture_is_meant_upright() -> None:
    stored = Orientation.exif(6)
    lying = chart().rot270()
    plan = Plan(
        source=Size(80, 40),
        framing=Framing(
            box=Box(40, 0, 40, 20), wanted=Box(40, 0, 40, 20), focus=Point(0.7, 0.2), gravity=""
        ),
        out=Size(40, 20),
        orientation=Orientation(),
        canvas=Size(40, 20),
    )
    state = State(image=lying, options=TransformOptions(), plan=plan, stored=stored)
    assert set(corners(run(state).image)) == {GREEN}


def test_a_shrunk_decode_gives_the_same_crop() -> None:
    whole = rendered(chart().resize(8), width=40, height=40, fit=Fit.COVER)
    options = TransformOptions(width=40, height=40, fit=Fit.COVER)
    plan = plan_for(options, Size(640, 320))
    small = State(image=chart().resize(2), options=options, plan=plan, stored=Orientation())
    assert corners(run(small).image) == corners(whole) == [RED, GREEN, BLUE, YELLOW]


def test_pad_fills_with_white_unless_told_otherwise() -> None:
    assert at(rendered(width=80, height=80, fit=Fit.PAD), 40, 2) == (255, 255, 255)
    padded = rendered(width=80, height=80, fit=Fit.PAD, background=Colour(1, 2, 3))
    assert (at(padded, 40, 2), at(padded, 2, 22)) == ((1, 2, 3), RED)


def test_background_shows_through_transparency() -> None:
    clear = chart().bandjoin(0).copy(interpretation="srgb")
    assert at(rendered(clear, background=Colour(9, 8, 7)), 5, 5) == (9, 8, 7)
    half = rendered(clear, background=Colour(0, 0, 0, 0.5))
    assert at(half, 5, 5) == (0, 0, 0, 128)


def test_resizing_does_not_bleed_hidden_colours() -> None:
    pixels = np.zeros((40, 80, 4), np.uint8)
    pixels[:, :40] = (0, 0, 255, 255)
    pixels[:, 40:] = (255, 0, 0, 0)
    image = Image.new_from_array(pixels).copy(interpretation="srgb")
    small = rendered(image, width=20)
    assert all(at(small, x, 5)[0] < 30 for x in range(20) if at(small, x, 5)[3] > 10)


@pytest.mark.parametrize(
    ("options", "before", "after"),
    [
        ({"brightness": 2.0}, 60, 120),
        ({"brightness": 0.5}, 60, 30),
        ({"contrast": 2.0}, 100, 72),
        ({"gamma": 0.5}, 64, 128),
        ({"gamma": 2.0}, 128, 64),
    ],
)
def test_tone(options: dict[str, float], before: int, after: int) -> None:
    assert abs(int(tone_curve(TransformOptions(**options))[before]) - after) <= 1  # type: ignore[arg-type]


def test_saturation_zero_is_grey_and_leaves_alpha_alone() -> None:
    red, green, blue, alpha = at(
        rendered(chart().bandjoin(77).copy(interpretation="srgb"), saturation=0.0), 5, 5
    )
    assert red == green == blue == 54
    assert alpha == 77


def test_a_stronger_blur_is_smoother_and_keeps_the_size() -> None:
    def step(radius: float) -> int:
        image = rendered(blur=radius)
        assert (image.width, image.height) == (WIDTH, HEIGHT)
        row = [at(image, x, 5)[0] for x in range(WIDTH)]
        return max(abs(a - b) for a, b in pairwise(row))

    assert step(1) > step(4) > step(20) > step(100)


@pytest.mark.parametrize("radius", [2, 6, 9, 250])
def test_what_is_even_stays_what_it_is_under_a_blur(radius: float) -> None:
    for level in (1, 128, 254):
        even = from_array(np.full((40, 60, 3), level, np.uint8))
        made = to_array(rendered(even, blur=radius))
        assert made.min() == made.max() == level


def test_sharpen_raises_contrast_at_edges_only() -> None:
    pixels = np.full((40, 80, 3), 100, np.uint8)
    pixels[:, 40:] = 150
    crisp = rendered(from_array(pixels), sharpen=3.0)
    assert at(crisp, 39, 20)[0] < 95
    assert at(crisp, 40, 20)[0] > 155
    assert at(crisp, 5, 20) == (100, 100, 100)


def test_sharpen_sees_no_edge_of_colours_that_nobody_sees() -> None:
    pixels = np.full((40, 80, 4), (100, 120, 140, 255), np.uint8)
    pixels[:, :40] = 0
    pixels[:, 40] = (100, 120, 140, 9)
    crisp = rendered(from_array(pixels), sharpen=3.0)
    assert {at(crisp, x, 20) for x in range(41, 80)} == {(100, 120, 140, 255)}
    assert at(crisp, 40, 20) == (100, 120, 140, 9)
    assert at(crisp, 10, 20)[3] == 0


def test_a_border_is_added_around_the_answer() -> None:
    framed = rendered(width=40, border=Border(Colour(1, 2, 3), Edges(1, 2, 3, 4)))
    assert (framed.width, framed.height) == (40 + 2 + 4, 20 + 1 + 3)
    assert at(framed, 0, 10) == (1, 2, 3)
    assert at(framed, 5, 2) == RED


def drawn(overlay: Overlay, top: Image) -> Image:
    options = TransformOptions(draw=(overlay,))
    plan = plan_for(options, Size(WIDTH, HEIGHT))
    state = State(image=chart(), options=options, plan=plan, stored=Orientation())
    return run(replace(state, overlays=((overlay, top),))).image


def patch(colour: tuple[int, int, int] = (10, 20, 30), side: int = 8) -> Image:
    return from_array(np.full((side, side, 3), colour, np.uint8))


def overlay(**kwargs: object) -> Overlay:
    return Overlay(url="x", options=TransformOptions(), **kwargs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "inside", "outside"),
    [
        ({}, (40, 20), (30, 20)),
        ({"top": 0, "left": 0}, (0, 0), (9, 9)),
        ({"bottom": 2, "right": 3}, (80 - 4, 40 - 3), (79, 39)),
        ({"top": -4, "left": -4}, (3, 3), (5, 5)),
    ],
)
def test_an_overlay_lies_where_its_edges_say(
    place: dict[str, int], inside: tuple[int, int], outside: tuple[int, int]
) -> None:
    image = drawn(overlay(**place), patch())
    assert at(image, *inside)[:3] == (10, 20, 30)
    assert at(image, *outside)[:3] != (10, 20, 30)


def test_an_overlay_outside_the_picture_changes_nothing() -> None:
    assert corners(drawn(overlay(top=100, left=100), patch())) == [RED, GREEN, BLUE, YELLOW]


def test_opacity_mixes() -> None:
    image = drawn(overlay(top=0, left=0, opacity=0.5), patch((255, 255, 255)))
    assert at(image, 2, 2)[:3] == (255, 128, 128)


@pytest.mark.parametrize(
    ("repeat", "hit", "miss"),
    [("both", (1, 1), None), ("x", (1, 16), (1, 1)), ("y", (36, 1), (1, 1))],
)
def test_repeat_tiles_in_step(
    repeat: str, hit: tuple[int, int], miss: tuple[int, int] | None
) -> None:
    image = drawn(overlay(repeat=repeat), patch())
    assert at(image, *hit)[:3] == (10, 20, 30)
    assert miss is None or at(image, *miss)[:3] == RED


def test_out_erases_only_inside_the_overlays_box() -> None:
    image = drawn(overlay(top=0, left=0, composite=Composite.OUT), patch())
    assert at(image, 2, 2)[3] == 0
    assert at(image, 20, 10) == (*RED, 255)


def test_lighter_adds() -> None:
    image = drawn(overlay(top=0, left=0, composite=Composite.LIGHTER), patch((0, 60, 70)))
    assert at(image, 2, 2)[:3] == (255, 60, 70)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 2), (1, 90), (300, 7)])
def test_tiles_of_any_size_lie_seamlessly(width: int, height: int) -> None:
    rng = np.random.default_rng(2)
    tile = from_array(rng.integers(0, 256, (height, width, 3), np.uint8))
    tiles = repeated(tile, 9, 11)
    expected = np.tile(tile.numpy().reshape(height, width, 3), (11, 9, 1))
    assert (tiles.numpy()[: 11 * height, : 9 * width] == expected).all()


@pytest.mark.alone
def test_the_smallest_tiles_cost_no_more_than_large_ones() -> None:
    base, seconds = chart().resize(50).copy_memory(), []
    for side in (1, 250):
        started = time.process_time()
        to_memory(steps_drawn(base, patch(side=side), overlay(repeat="both")))
        seconds.append(time.process_time() - started)
    # One by one they take four times as long.
    assert seconds[0] < 2 * seconds[1]


def test_drawing_stops_at_the_deadline() -> None:
    image, tile, started = chart().resize(80).copy_memory(), patch(side=1), time.monotonic()

    def covered(under: Image, _: int) -> Image:
        return steps_drawn(under, tile, overlay(repeat="both"))

    with pytest.raises(TimedOut), Deadline(started + 0.2), guard():
        to_memory(reduce(covered, range(60), image))
    assert time.monotonic() - started < 2.2


@pytest.mark.parametrize("side", [400, 401])
@pytest.mark.parametrize("radius", [4, 20, 80, 160])
def test_a_blur_moves_nothing(side: int, radius: float) -> None:
    grey = np.full((side, side, 3), 30, np.uint8)
    middle = slice(side // 2 - 20, side // 2 + 20 + side % 2)
    grey[middle, middle] = 250
    blurred = rendered(from_array(grey), blur=radius).numpy()[..., 0].astype(int)
    assert np.abs(blurred - blurred[:, ::-1]).max() <= 2
    assert np.abs(blurred - blurred[::-1]).max() <= 2


@pytest.mark.parametrize(
    "options",
    [
        {"blur": 3.0},
        {"blur": 40.0},
        {"saturation": 0.5},
        {"sharpen": 3.0},
        {"gamma": 0.7},
        {"background": Colour(9, 9, 9, 0.5)},
    ],
)
def test_what_is_opaque_comes_out_as_if_it_had_no_alpha(options: dict[str, object]) -> None:
    rgb = np.random.default_rng(0).normal(128, 40, (200, 240, 3)).clip(0, 255).astype(np.uint8)
    rgba = np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])
    plain = rendered(from_array(rgb), **options).numpy().astype(int)
    whole = rendered(from_array(rgba), **options).numpy().astype(int)
    apart = whole[..., :3] - plain
    assert np.abs(apart).max() <= 1
    assert abs(apart.mean()) < 0.15
