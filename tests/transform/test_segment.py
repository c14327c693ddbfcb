"""Cut-outs of a drawn head by a drawn matte, looked at as pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.geometry.box import Box, Size
from foveate.geometry.orientation import Orientation
from foveate.gravity.framing import Framing
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.options.colours import Colour
from foveate.options.masks import Ellipse
from foveate.options.model import BLURRED, Segment, SegmentOutput, TransformOptions
from foveate.transform.masked import Mask
from foveate.transform.plan import Plan
from foveate.transform.state import State
from foveate.transform.steps.place import place
from foveate.transform.steps.segment import has_subject, placed_matte, segment, subject_box

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


WIDTH, HEIGHT = 320, 240
SKIN = (224, 172, 140)


def head(side: int = 128) -> NDArray[np.float32]:
    """Return a matte of the drawn photo's head, a little soft, stretched to a square."""
    y, x = np.mgrid[0:side, 0:side] + 0.5
    x, y = x * WIDTH / side, y * HEIGHT / side
    far = np.sqrt((x - 230) ** 2 / 900 + (y - 90) ** 2 / 1600)
    matte: NDArray[np.float32] = ((1.06 - far) / 0.12).clip(0, 1).astype(np.float32)
    return matte


def plan_of(
    box: Box | None = None,
    out: Size | None = None,
    orientation: Orientation | None = None,
    **more: Any,
) -> Plan:
    source = Size(WIDTH, HEIGHT)
    box, out, orientation = box or Box.of(source), out or source, orientation or Orientation()
    framing = Framing(box=box, wanted=box, focus=box.centre(source), gravity="")
    return Plan(
        source=source,
        framing=framing,
        out=out,
        orientation=orientation,
        canvas=orientation.size(out),
        **more,
    )


def cut(photo: Image, plan: Plan | None = None, **asked: Any) -> Image:
    """Return the photo after being placed and cut out."""
    state = State(
        image=photo,
        options=TransformOptions(segment=Segment(**asked)),
        plan=plan or plan_of(),
        stored=Orientation(),
        matte=head(),
    )
    return segment(place(state)).image


def pixel(image: Image, x: int, y: int) -> tuple[int, ...]:
    return tuple(int(value) for value in image.numpy()[y, x])


def png(image: Image) -> bytes:
    data: bytes = image.write_to_buffer(".png")
    return data


def test_nothing_is_done_unless_asked(photo: Image) -> None:
    state = State(
        image=photo, options=TransformOptions(), plan=plan_of(), stored=Orientation(), matte=head()
    )
    assert segment(state) is state


def test_the_subject_stays_and_the_rest_is_transparent(photo: Image) -> None:
    image = cut(photo)
    assert image.bands == 4
    assert pixel(image, 230, 90) == (*SKIN, 255)
    assert pixel(image, 35, 30)[3] == 0
    assert pixel(image, 300, 220)[3] == 0


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"background": Colour(30, 160, 90)}, "segment-colour"),
        ({"background": BLURRED}, "segment-blur"),
        ({"background": Colour(255, 255, 255), "shadow": 0.6}, "segment-shadow"),
        ({"output": SegmentOutput.MATTE}, "segment-matte"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_cut_outs_look_right(
    photo: Image, asked: dict[str, Any], name: str, assert_like: Callable[[bytes, str], None]
) -> None:
    assert_like(png(cut(photo, **asked)), name)


def test_a_shadow_on_nothing_is_in_the_alpha(photo: Image) -> None:
    image = cut(photo, shadow=0.6)
    below = pixel(image, 230, 134)
    assert below[:3] == (0, 0, 0)
    assert 20 < below[3] < 153
    assert pixel(image, 230, 90) == (*SKIN, 255)
    assert pixel(image, 20, 200)[3] == 0


def test_another_picture_can_be_the_background(photo: Image) -> None:
    stripes = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    stripes[::2] = 250
    state = State(
        image=photo,
        options=TransformOptions(segment=Segment(background="stripes.png")),
        plan=plan_of(),
        stored=Orientation(),
        matte=head(),
        backdrop=from_array(stripes),
    )
    image = segment(state).image
    assert image.bands == 3
    assert pixel(image, 5, 5) == (0, 0, 0)
    assert pixel(image, 5, 6) == (250, 250, 250)
    assert pixel(image, 230, 90) == SKIN


def test_a_translucent_background_stays_translucent(photo: Image) -> None:
    image = cut(photo, background=Colour(0, 0, 200, 0.5))
    assert pixel(image, 5, 5) == (0, 0, 200, 128)
    assert pixel(image, 230, 90) == (*SKIN, 255)


@pytest.mark.parametrize("asked", [{}, {"background": BLURRED}])
def test_the_alpha_that_was_there_counts(photo: Image, asked: dict[str, Any]) -> None:
    half = photo.bandjoin(100).copy(interpretation="srgb")
    image = cut(half, **asked)
    around = 100 if asked else 0
    assert pixel(image, 5, 5)[3] == around
    expected = 161 if asked else 100  # 100 over 100 of 255
    assert pixel(image, 230, 90)[3] == pytest.approx(expected, abs=1)


def test_a_picture_without_subject_is_left_alone_and_its_matte_is_black(photo: Image) -> None:
    state = State(
        image=photo,
        options=TransformOptions(segment=Segment(background=Colour(1, 2, 3))),
        plan=plan_of(),
        stored=Orientation(),
        matte=np.zeros((64, 64), np.float32),
    )
    assert segment(state) is state
    options = TransformOptions(segment=Segment(output=SegmentOutput.MATTE))
    assert segment(replace(state, options=options)).image.max() == 0


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(
    ("box", "out"),
    [
        (Box(0, 0, 320, 240), Size(320, 240)),
        (Box(170.5, 30.25, 120, 120), Size(600, 600)),
        (Box(150, 20, 160, 140), Size(80, 35)),
    ],
    ids=["whole", "enlarged", "squeezed"],
)
def test_the_matte_lies_as_the_picture_lies(
    photo: Image, rotate: int, flip: bool, box: Box, out: Size
) -> None:
    orientation = Orientation.flip(horizontal=flip, vertical=False).then(
        Orientation.rotation(rotate)
    )
    plan = plan_of(box, out, orientation)
    state = State(image=photo, options=TransformOptions(), plan=plan, stored=Orientation())
    picture = place(state).image
    known = placed_matte(head(), plan)
    grid = picture.resize(known.width / picture.width, vscale=known.height / picture.height).numpy()
    skin = np.abs(grid.astype(int) - SKIN).max(-1) < 40
    matte = known.numpy().reshape(known.height, known.width) > 0.5
    assert (skin & matte).sum() / (skin | matte).sum() > 0.93


def test_a_source_that_lies_on_its_side_is_cut_upright(photo: Image) -> None:
    stored = Orientation.exif(6)
    state = State(
        image=photo.rot270(),
        options=TransformOptions(segment=Segment()),
        plan=plan_of(),
        stored=stored,
        matte=head(),
    )
    assert pixel(segment(place(state)).image, 230, 90) == (*SKIN, 255)


@pytest.mark.parametrize("size", [Size(1, 1), Size(12_000, 3)])
def test_the_smallest_and_the_longest_pictures_work(size: Size) -> None:
    box = Box.of(size)
    framing = Framing(box=box, wanted=box, focus=box.centre(size), gravity="")
    state = State(
        image=from_array(np.full((size.height, size.width, 3), 77, np.uint8)),
        options=TransformOptions(segment=Segment(background=BLURRED, shadow=1.0)),
        plan=Plan(source=size, framing=framing, out=size, orientation=Orientation(), canvas=size),
        stored=Orientation(),
        matte=np.ones((64, 64), np.float32),
    )
    image = segment(state).image
    assert (image.width, image.height, image.bands) == (size.width, size.height, 3)
    assert (image.numpy() == 77).all()


def test_the_subjects_box_is_in_source_pixels_and_ignores_specks() -> None:
    matte = np.zeros((100, 200), np.float32)
    matte[20:60, 50:100] = 1
    matte[90, 190] = 1
    assert subject_box(matte, Size(400, 400), margin=0) == Box(100, 80, 100, 160)
    assert subject_box(matte, Size(400, 400), margin=0.25) == Box(60, 40, 180, 240)
    assert subject_box(matte, Size(400, 400), margin=9) == Box(0, 0, 400, 400)


def test_without_subject_the_box_is_the_whole_picture() -> None:
    assert subject_box(np.zeros((9, 9), np.float32), Size(30, 20)) == Box(0, 0, 30, 20)
    assert not has_subject(np.full((100, 100), 0.4, np.float32))
    assert subject_box(np.ones((9, 9), np.float32), Size(1, 1)) == Box(0, 0, 1, 1)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"background": BLURRED},
        {"background": Colour(0, 0, 255)},
        {"shadow": 0.5},
        {"background": BLURRED, "shadow": 0.5},
        {"background": BLURRED, "drop": ("person",)},
        {"output": SegmentOutput.MATTE},
    ],
)
@pytest.mark.parametrize("by_mask", [False, True])
def test_a_transparent_picture_that_is_read_once_is_cut_out(
    asked: dict[str, Any],
    by_mask: bool,
) -> None:
    rgba = np.dstack([np.full((HEIGHT, WIDTH, 3), SKIN, np.uint8), np.full((HEIGHT, WIDTH), 200)])
    data = png(from_array(rgba.astype(np.uint8)))
    read = Image.new_from_buffer(data, "", access="sequential")
    state = State(
        image=read,
        options=TransformOptions(segment=Segment(**asked)),
        plan=plan_of(),
        stored=Orientation(),
        matte=head(),
        cut_by=Mask(shapes=(Ellipse(0.7, 0.4, 0.1, 0.2),)) if by_mask else None,
    )
    made = segment(state).image.numpy()
    assert made.shape[:2] == (HEIGHT, WIDTH)
    if asked.get("background") == BLURRED and made.shape[2] == 4:
        assert abs(int(made[5, 5, 3]) - 200) <= 1
