"""Redaction: nothing of a face remains, wherever and however large it is answered."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foveate.geometry.box import Box, Point, Size
from foveate.geometry.orientation import Orientation
from foveate.imaging import Image
from foveate.imaging.fields import blob, with_blobs
from foveate.imaging.pixels import from_array
from foveate.options.colours import Colour
from foveate.options.model import (
    Edges,
    Fit,
    Gamut,
    Gravity,
    GravityKind,
    Redact,
    RedactMethod,
    TransformOptions,
    Trim,
)
from foveate.settings import Limits
from foveate.transform.cores import Block, Core, Ellipse
from foveate.transform.layout import lay_out
from foveate.transform.patch import GRID, RedactionPatch, patch_over_box, patches_over
from foveate.transform.pipeline import run
from foveate.transform.placed import placed
from foveate.transform.plan import make_plan
from foveate.transform.state import State
from foveate.transform.steps.colour import colour
from foveate.transform.steps.place import place
from foveate.transform.steps.redact import (
    BAND_PIXELS,
    WEIGHTS,
    kept_across,
    redact,
    reduced,
)
from foveate.values import Face

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.transform.plan import Plan

WIDTH, HEIGHT = 320, 240
STEPS = (place, colour, redact)
BLUR, PIXELATE, SOLID = RedactMethod.BLUR, RedactMethod.PIXELATE, RedactMethod.SOLID
METHODS = pytest.mark.parametrize("method", [BLUR, PIXELATE, SOLID])
HEAD = Ellipse(200, 110, 40, 52, 0.3)
THING = Block(200, 110, 40, 52, 0.3)
SHAPES = pytest.mark.parametrize("shape", [HEAD, THING], ids=["ellipse", "block"])
PLACES: list[dict[str, Any]] = [
    {},
    {"width": 37},
    {"width": 101, "height": 64, "fit": Fit.COVER},
    {"width": 640, "fit": Fit.CONTAIN},
    {
        "width": 90,
        "height": 200,
        "fit": Fit.COVER,
        "gravity": Gravity(GravityKind.POINT, Point(0.6, 0.4)),
    },
    {"width": 300, "height": 60, "fit": Fit.SQUEEZE},
    {"width": 3, "height": 200, "fit": Fit.SQUEEZE},
    {"trim": Trim(edges=Edges(90, 60, 70, 190))},
    {"trim": Trim(edges=Edges(110, 110, 120, 200))},
    {"width": 150, "rotate": 90},
    {"width": 150, "rotate": 180, "flip_horizontal": True},
    {"width": 150, "rotate": 270, "flip_vertical": True},
]
"""Answers: whole, small, cut beside and through the face, enlarged, squeezed, turned."""


class Unseen:
    """An analysis that must not be asked."""

    def __init__(self, size: Size) -> None:
        self.size = size


def plan_for(options: TransformOptions, size: Size) -> Plan:
    limits = Limits()
    return make_plan(lay_out(options, size, limits), Unseen(size), limits)  # type: ignore[arg-type]


def noise(seed: int = 0, size: Size = Size(WIDTH, HEIGHT)) -> NDArray[np.uint8]:  # noqa: B008
    shape = (size.height, size.width, 3)
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def patch_at(core: Core = HEAD, seed: int = 5) -> RedactionPatch:
    return RedactionPatch(
        core, np.random.default_rng(seed).integers(0, 256, GRID * GRID * 3, np.uint8).tobytes()
    )


def answered(
    pixels: NDArray[np.uint8] | Image,
    patches: tuple[RedactionPatch, ...] | None,
    asked: Redact | None = None,
    stored: Orientation | None = None,
    **options: Any,
) -> tuple[Image, Plan]:
    image = pixels if isinstance(pixels, Image) else from_array(pixels)
    stored = stored or Orientation()
    wanted = TransformOptions(redact=asked or Redact(), **options)
    size = stored.size(Size(image.width, image.height))
    plan = plan_for(wanted, size)
    state = State(image=image, options=wanted, plan=plan, stored=stored, patches=patches)
    return run(state, STEPS).image, plan


def reach(plan: Plan, core: Core) -> NDArray[np.float64]:
    """Return how far out of the core each pixel of the answer lies, found the other way round."""
    size, box = plan.orientation.size(plan.out), plan.framing.box
    y, x = np.mgrid[0 : size.height, 0 : size.width] + 0.5
    at = plan.orientation.inverse().point(Point(x / size.width, y / size.height))  # type: ignore[arg-type]
    x, y = box.left + at.x * box.width - core.x, box.top + at.y * box.height - core.y
    turned = (x + 1j * y) * np.exp(-1j * core.lean)
    across, along = turned.real / core.across, turned.imag / core.along
    both: NDArray[np.float64] = (
        np.maximum(np.abs(across), np.abs(along))
        if isinstance(core, Block)
        else np.hypot(across, along)
    )
    return both


@SHAPES
@METHODS
@pytest.mark.parametrize("place_", PLACES, ids=str)
def test_not_a_bit_of_the_core_depends_on_the_picture(
    method: RedactMethod, place_: dict[str, Any], shape: Core
) -> None:
    asked = Redact(method=method, strength=0.0)
    one, plan = answered(noise(1), (patch_at(shape),), asked, **place_)
    other, _ = answered(noise(2), (patch_at(shape),), asked, **place_)
    core = reach(plan, shape) <= 1
    assert core.any()
    assert np.array_equal(one.numpy()[core], other.numpy()[core])


@SHAPES
@METHODS
@pytest.mark.parametrize("place_", PLACES[:-1], ids=str)
def test_outside_of_the_soft_edge_the_picture_is_as_it_was(
    method: RedactMethod, place_: dict[str, Any], shape: Core
) -> None:
    hidden, plan = answered(noise(), (patch_at(shape),), Redact(method=method), **place_)
    shown, _ = answered(noise(), (), **place_)
    patch = placed(shape, plan)
    rows, columns = np.mgrid[0 : hidden.height, 0 : hidden.width] + 0.5
    box = patch.bounds
    outside = (columns < box.left) | (columns > box.right) | (rows < box.top) | (rows > box.bottom)
    assert np.array_equal(hidden.numpy()[outside], shown.numpy()[outside])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_patches_lies_on_the_face_however_the_picture_was_stored(orientation: int) -> None:
    stored = Orientation.exif(orientation)
    back = stored.inverse()
    lying = from_array(noise())
    lying = lying.fliphor() if back.mirrored else lying
    for _ in range(back.turns):
        lying = lying.copy_memory().rot90()
    upright, plan = answered(lying, (patch_at(),), Redact(method=SOLID), stored, width=160)
    core = reach(plan, HEAD) <= 1
    assert (upright.numpy()[core] == 0).all()
    assert (upright.numpy()[~core] != 0).mean() > 0.8


def test_all_sizes_and_turns_together_show_no_more_colours_than_one() -> None:
    seen: set[tuple[int, ...]] = set()
    for width in (100, 333, 2000):
        for place_ in ({}, {"rotate": 90}, {"flip_horizontal": True}):
            asked = Redact(method=PIXELATE, strength=0.0)
            image, plan = answered(
                noise(), (patch_at(),), asked, width=width, fit=Fit.CONTAIN, **place_
            )
            size = plan.orientation.size(plan.out)
            middle = placed(patch_at().core, plan).middle
            half = round(0.5 * HEAD.across * plan.scale[0])
            x, y = round(middle.real), round(middle.imag)
            assert half < min(size.width, size.height) / 2
            part = image.numpy()[y - half : y + half, x - half : x + half]
            seen |= set(map(tuple, part.reshape(-1, 3).tolist()))
    colours = set(map(tuple, patch_at().grid.reshape(-1, 3).tolist()))
    assert seen <= colours
    assert len(seen) >= 9


@METHODS
def test_the_answer_is_made_of_the_colours_alone(method: RedactMethod) -> None:
    grey = RedactionPatch(HEAD, bytes([77]) * GRID * GRID * 3)
    image, plan = answered(noise(), (grey,), Redact(method=method, colour=Colour(77, 77, 77)))
    core = reach(plan, HEAD) <= 1
    assert (image.numpy()[core] == 77).all()


def test_more_strength_keeps_fewer_colours() -> None:
    kept = []
    for strength in (0.0, 0.5, 1.0):
        asked = Redact(method=PIXELATE, strength=strength)
        image, plan = answered(noise(), (patch_at(),), asked)
        part = image.numpy()[reach(plan, HEAD) <= 1]
        kept.append(len(np.unique(part, axis=0)))
    assert kept == sorted(kept, reverse=True)
    assert [kept_across(strength) for strength in (0.0, 0.5, 1.0)] == [8, 5, 3]
    assert kept[-1] <= 9


@given(st.floats(0, 1))
def test_fewer_colours_are_means_of_the_many(strength: float) -> None:
    grid = patch_at().grid
    few = reduced(grid, kept_across(strength))
    assert np.allclose(few.mean(axis=(0, 1)), grid.mean(axis=(0, 1)), atol=1e-3)
    assert few.std() <= grid.std()


@given(st.integers(1, GRID), st.lists(st.floats(0, 1), min_size=1, max_size=20))
@pytest.mark.parametrize("method", list(WEIGHTS))
def test_weights_sum_to_one_everywhere(method: RedactMethod, count: int, at: list[float]) -> None:
    weights = WEIGHTS[method](np.array(at, np.float32) * count, count)
    assert weights.shape == (len(at), count)
    assert np.allclose(weights.sum(axis=1), 1, atol=1e-5)
    assert weights.min() >= 0


def test_blur_has_no_edges_inside() -> None:
    core = Ellipse(500, 500, 350, 400)
    # Taller than one band, so that seams would show.
    assert 2 * core.along * 2 * core.across > 2 * BAND_PIXELS
    image, _ = answered(noise(size=Size(1000, 1000)), (patch_at(core),), Redact(strength=0.0))
    part = image.numpy()[250:750, 300:700].astype(int)
    assert max(np.abs(np.diff(part, axis=axis)).max() for axis in (0, 1)) <= 5
    assert part.std() > 5


def test_where_two_faces_overlap_neither_shows_through() -> None:
    near = Ellipse(250, 120, 40, 52, -0.3)
    patches = (patch_at(), patch_at(near, seed=6))
    one, plan = answered(noise(1), patches, Redact(strength=0.0))
    other, _ = answered(noise(2), patches, Redact(strength=0.0))
    hidden = (reach(plan, HEAD) <= 1) | (reach(plan, near) <= 1)
    assert np.array_equal(one.numpy()[hidden], other.numpy()[hidden])


def steps_of_alpha() -> NDArray[np.uint8]:
    return np.tile(np.arange(WIDTH, dtype=np.uint8)[None, :, None], (HEIGHT, 1, 1))


@SHAPES
@METHODS
@pytest.mark.parametrize("place_", PLACES, ids=str)
def test_not_a_bit_of_the_alpha_under_a_patch_is_left(
    method: RedactMethod, place_: dict[str, Any], shape: Core
) -> None:
    asked, patches = Redact(method=method, strength=0.0), (patch_at(shape),)
    made = []
    for seed in (1, 2):
        clear = np.concatenate([noise(seed), noise(seed + 2)[..., :1]], axis=2)
        image, plan = answered(clear, patches, asked, **place_)
        made.append(image.numpy()[reach(plan, shape) <= 1])
    assert np.array_equal(*made)
    assert (made[0][:, 3] == 255).all()


def test_beside_a_patch_alpha_stays_and_in_its_soft_edge_it_rises() -> None:
    clear = np.concatenate([noise(), steps_of_alpha()], axis=2)
    image, plan = answered(clear, (patch_at(),), Redact(method=SOLID, colour=Colour(9, 8, 7)))
    core, far = reach(plan, HEAD) <= 1, reach(plan, HEAD) > 1.4
    assert (image.numpy()[core] == (9, 8, 7, 255)).all()
    assert np.array_equal(image.numpy()[far][:, 3], clear[far][:, 3])
    edge = image.numpy()[~core & ~far][:, 3].astype(int)
    assert (edge >= clear[~core & ~far][:, 3]).all()
    assert len(np.unique(edge)) > 20


def test_in_the_soft_edge_over_nothing_there_is_the_colour_of_the_patch_alone() -> None:
    clear = np.concatenate([noise(), np.zeros((HEIGHT, WIDTH, 1), np.uint8)], axis=2)
    image, _ = answered(clear, (patch_at(),), Redact(method=SOLID, colour=Colour(9, 8, 7)))
    pixels = image.numpy()
    soft = (pixels[..., 3] > 0) & (pixels[..., 3] < 255)
    assert soft.sum() > 100
    assert (pixels[soft][:, :3] == (9, 8, 7)).all()


def test_a_block_has_its_corners_hidden_and_soft_edges_around_them() -> None:
    box = Block.over(Box(60, 40, 120, 80))
    image, _ = answered(
        np.full((HEIGHT, WIDTH, 3), 255, np.uint8), (patch_at(box),), Redact(method=SOLID)
    )
    pixels = image.numpy()[..., 0].astype(int)
    assert (pixels[40:120, 60:180] == 0).all()
    assert (pixels[30:34] == 255).all()
    edge = pixels[80, 180:192]
    assert (np.diff(edge) >= 0).all()
    assert edge[-1] == 255
    # The soft corner is round: on its diagonal the picture is back earlier than straight out.
    assert pixels[125, 185] > pixels[80, 185]


def test_a_box_is_hidden_with_some_room_around_it_and_in_its_own_colours() -> None:
    rgb = np.zeros((120, 160, 3), np.uint8)
    rgb[30:90, 40:120] = (200, 40, 40)
    patch = patch_over_box(rgb, Box(80, 60, 160, 120), Size(320, 240))
    bounds = patch.core.bounds
    assert bounds.left < 80 - 0.05 * 120
    assert bounds.right > 240 + 0.05 * 120
    assert patch.grid[4, 4].tolist() == [200, 40, 40]
    assert RedactionPatch.from_json(patch.to_json()) == patch
    assert patch.core.scaled(2).bounds == bounds.scaled(2)


def test_solid_is_black_unless_told_otherwise() -> None:
    image, _ = answered(noise(), (patch_at(),), Redact(method=SOLID))
    assert image(200, 110) == [0, 0, 0]


@METHODS
def test_colours_are_said_in_the_numbers_of_the_gamut(method: RedactMethod) -> None:
    red = RedactionPatch(HEAD, bytes([255, 0, 0]) * GRID * GRID)
    asked = Redact(method=method, colour=Colour(255, 0, 0))
    image, _ = answered(noise(), (red,), asked, gamut=Gamut.P3)
    assert np.allclose(image(200, 110), (234, 51, 35), atol=1)
    assert blob(image, "icc-profile-data")


def test_the_picture_keeps_what_is_attached_to_it() -> None:
    image = with_blobs(from_array(noise()), {"exif-data": b"Exif\0\0II*\0"})
    assert blob(answered(image, (patch_at(),))[0], "exif-data") == b"Exif\0\0II*\0"


@pytest.mark.parametrize("side", [1, 3, 7])
def test_tiny_faces_are_hidden(side: int) -> None:
    core = Ellipse(100, 100, side / 2, side / 2)
    one, plan = answered(noise(1), (patch_at(core),), width=160)
    other, _ = answered(noise(2), (patch_at(core),), width=160)
    same = (one.numpy() == other.numpy()).all(axis=2)
    assert same[49:52, 49:52].all()
    assert plan.out.width == 160


def test_a_face_outside_of_the_crop_changes_nothing() -> None:
    corner = {"trim": Trim(edges=Edges(), width=60, height=60)}
    hidden, _ = answered(noise(), (patch_at(),), **corner)
    shown, _ = answered(noise(), (), **corner)
    assert np.array_equal(hidden.numpy(), shown.numpy())


def test_without_redact_and_without_faces_the_picture_is_passed_on() -> None:
    image = from_array(noise())
    plan = plan_for(TransformOptions(), Size(WIDTH, HEIGHT))
    untouched = State(image=image, options=TransformOptions(), plan=plan, stored=Orientation())
    assert redact(untouched) is untouched
    empty = State(
        image=image,
        options=TransformOptions(redact=Redact()),
        plan=plan,
        stored=Orientation(),
        patches=(),
    )
    assert redact(empty) is empty


def test_when_nobody_looked_for_faces_none_are_shown() -> None:
    with pytest.raises(ValueError, match="look for what is hidden first"):
        answered(noise(), None)


@settings(deadline=None, max_examples=40)
@given(
    st.floats(-60, 380),
    st.floats(-60, 300),
    st.floats(0.5, 400),
    st.floats(0.5, 400),
    st.floats(-math.pi, math.pi),
    st.sampled_from(PLACES),
)
def test_any_place_of_a_face_is_hidden(
    x: float, y: float, across: float, along: float, lean: float, place_: dict[str, Any]
) -> None:
    core = Ellipse(x, y, across, along, lean)
    image, plan = answered(noise(), (patch_at(core),), Redact(method=SOLID), **place_)
    assert (image.numpy()[reach(plan, core) <= 1] == 0).all()


def drawn_face() -> tuple[NDArray[np.uint8], Face]:
    """Return a drawn face that leans, before stripes: eyes, brows, nose, mouth, hair."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    pixels = np.stack([90 + 60 * ((x // 16) % 2), 120 + y / 4, 200 - y / 3], axis=-1)
    turned = ((x - 160) + 1j * (y - 125)) * np.exp(-0.25j)
    u, v = turned.real, turned.imag

    def spot(at: complex, wide: float, high: float) -> NDArray[np.bool_]:
        return ((u - at.real) / wide) ** 2 + ((v - at.imag) / high) ** 2 < 1

    shapes: list[tuple[complex, float, float, tuple[int, int, int]]] = [
        (-12j, 66, 78, (60, 40, 30)), (0j, 56, 72, (224, 176, 144)),
        (-24 - 12j, 9, 6, (30, 40, 60)), (24 - 12j, 9, 6, (30, 40, 60)),
        (-24 - 26j, 13, 4, (60, 40, 30)), (24 - 26j, 13, 4, (60, 40, 30)),
        (10j, 6, 12, (190, 130, 110)), (38j, 24, 8, (180, 40, 50)),
    ]  # fmt: skip
    for at, wide, high, ink in shapes:
        pixels[spot(at, wide, high)] = ink
    marks = [
        160 + 125j + at * np.exp(0.25j) for at in (-24 - 12j, 24 - 12j, 10j, -20 + 38j, 20 + 38j)
    ]
    box = Ellipse(160, 125, 56, 72, 0.25).bounds
    face = Face(box, 0.99, tuple((mark.real, mark.imag) for mark in marks))
    return pixels.clip(0, 255).astype(np.uint8), face


@METHODS
def test_golden(method: RedactMethod, assert_like: Callable[[bytes, str], None]) -> None:
    pixels, face = drawn_face()
    patches = patches_over(pixels, [face], Size(WIDTH, HEIGHT))
    asked = Redact(method=method, colour=Colour(40, 44, 52))
    image, _ = answered(pixels, patches, asked, width=128)
    assert_like(image.pngsave_buffer(), f"redact-{method}")
