"""What hides things looks at a picture as its answer shows it: turned, squeezed, lightened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_networks import analyses, picture, soon

from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.imaging.pixels import from_array, to_array
from foveate.options.grammar import parse_options
from foveate.service.parts.shown import AS_IT_IS, Shown, looks, ways
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits
from foveate.values import Face, TextLine, Thing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.ports import Thumbnailer
    from foveate.service.analysis import Analyses

SIDE = 240
HEAD = Box(150, 60, 40, 60)
HAIR, CHIN = (230, 40, 40), (40, 40, 230)
BRIGHT = 100


def place_of(rgb: NDArray[np.uint8]) -> Box | None:
    """Return where hair lies on a chin, both bright and of a head's shape, in pixels of `rgb`."""
    warm = rgb[..., 0].astype(int) - rgb[..., 2]
    red, blue = warm > BRIGHT, warm < -BRIGHT
    if not red.any() or not blue.any() or np.nonzero(red)[0].mean() > np.nonzero(blue)[0].min():
        return None
    down, across = np.nonzero(red | blue)
    box = Box(int(across.min()), int(down.min()), int(np.ptp(across)) + 1, int(np.ptp(down)) + 1)
    return box if 1 < box.height / box.width < 2 else None


class Picky:
    """Sees a head that stands, in the light, and in its own shape: faces, lines and things."""

    name = "picky"

    def input_size(self, size: Size) -> Size:
        return size

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        box = place_of(rgb)
        if box is None:
            return ()
        x, y = box.middle
        eyes = ((x - 5, y - 8), (x + 5, y - 8))
        return (Face(box, 0.9, (*eyes, (x, y), (x - 4, y + 8), (x + 4, y + 8))),)


class Lines(Picky):
    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[TextLine, ...]:  # type: ignore[override]
        return tuple(TextLine(corners(face.box), 0.9) for face in super().__call__(rgb))


class Cars(Picky):
    def __call__(self, thumbnail: Thumbnailer, size: Size) -> tuple[Thing, ...]:  # type: ignore[override]
        return tuple(Thing("car", face.box, 0.9) for face in super().__call__(thumbnail(size)))


def corners(box: Box) -> tuple[tuple[float, float], ...]:
    right, bottom = box.right, box.bottom
    return ((box.left, box.top), (right, box.top), (right, bottom), (box.left, bottom))


def head(gain: float = 1.0, turns: int = 0, wide: int = 1) -> bytes:
    rgb = np.full((SIDE, SIDE, 3), 90, np.uint8)
    left, top, right = (int(side) for side in (HEAD.left, HEAD.top, HEAD.right))
    rgb[top : top + 30, left:right] = HAIR
    rgb[top + 30 : top + 60, left:right] = CHIN
    shown = np.rot90((rgb * gain).astype(np.uint8), turns).repeat(wide, axis=1)
    data: bytes = from_array(np.ascontiguousarray(shown)).pngsave_buffer()
    return data


def rendered(data: bytes, text: str) -> NDArray[np.uint8]:
    seen = analyses(
        Picky(),
        letters=Lines(),
        objects=Cars(),  # type: ignore[arg-type]
    )
    verb = Renderer(analyses=seen, limits=Limits(), encoding=Encoding())
    asked = parse_options(f"{text},format=png,redact.method=solid,redact.color=lime").options
    return to_array(Image.new_from_buffer(verb(picture(data), asked, deadline=soon()).data, ""))


def is_hidden(rgb: NDArray[np.uint8]) -> bool:
    """Return whether the head's place, upright, shows nothing but lime."""
    left, top, right, bottom = (int(s) for s in (HEAD.left, HEAD.top, HEAD.right, HEAD.bottom))
    place = rgb[top + 6 : bottom - 6, left + 6 : right - 6].astype(int)
    return bool((abs(place - (0, 255, 0)).sum(-1) < BRIGHT).all())


TARGETS = ("faces", "text", "object:car")


@pytest.mark.parametrize("target", TARGETS)
def test_an_upright_one_is_hidden_as_ever(target: str) -> None:
    assert is_hidden(rendered(head(), f"redact={target}"))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_what_only_the_turned_answer_shows_upright_is_hidden(target: str, turns: int) -> None:
    assert is_hidden(rendered(head(turns=turns), f"redact={target},rotate={90 * turns}"))
    back = f"redact={target},flip=h,rotate={360 - 90 * turns}"
    assert is_hidden(rendered(head(turns=turns), back)[:, ::-1])


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_face_in_a_picture_that_lies_is_hidden_where_it_lies(turns: int) -> None:
    lying = rendered(head(turns=turns), "redact=faces")
    assert is_hidden(np.rot90(lying, -turns))


@pytest.mark.parametrize("target", TARGETS)
def test_what_only_brightness_shows_is_hidden(target: str) -> None:
    dark = rendered(head(gain=0.1), f"redact={target},brightness=8")
    assert is_hidden(dark)
    assert not is_hidden(rendered(head(gain=0.1), f"redact={target}")), "nobody sees it either"


@pytest.mark.parametrize("target", TARGETS)
def test_what_only_the_brightness_of_an_effect_shows_is_hidden(target: str) -> None:
    both = f"redact={target},effect.brightness=4,brightness=2,effect.mask=ellipse:0.7x0.4x0.3x0.4"
    assert is_hidden(rendered(head(gain=0.1), both))


@pytest.mark.parametrize("target", TARGETS)
def test_what_only_its_own_shape_shows_is_hidden(target: str) -> None:
    shape = f"fit=squeeze,width={SIDE},height={SIDE}"
    assert is_hidden(rendered(head(wide=4), f"redact={target},{shape}"))


def test_of_an_animation_each_frame_is_looked_at_so() -> None:
    frames = [to_array(Image.new_from_buffer(head(turns=2), "")).copy() for _ in range(3)]
    for number, frame in enumerate(frames):
        frame[:20, : 20 * number] = 200
    joined = from_array(np.concatenate(frames)).copy()
    joined.set_type(joined.get_typeof("width"), "page-height", SIDE)
    moving = joined.gifsave_buffer()
    seen = analyses(Picky())  # type: ignore[arg-type]
    verb = Renderer(analyses=seen, limits=Limits(), encoding=Encoding())
    text = "redact=faces,rotate=180,format=gif,redact.method=solid,redact.color=lime"
    made = verb(picture(moving), parse_options(text).options, deadline=soon())
    shown = to_array(Image.new_from_buffer(made.data, "", n=-1))
    assert all(is_hidden(frame) for frame in np.split(shown, 3))


def test_a_picture_that_is_shown_as_it_is_is_looked_at_once() -> None:
    assert ways(AS_IT_IS) == (AS_IT_IS,)
    assert ways(Shown(turns=1)) == (AS_IT_IS, Shown(turns=1))


class Coarse(Picky):
    """Sees pictures at a long side of 80 pixels at most, and in these heads above 16 pixels."""

    def __init__(self) -> None:
        self.looks = 0

    def input_size(self, size: Size) -> Size:
        return size.within(80)

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        self.looks += 1
        return tuple(face for face in super().__call__(rgb) if face.box.height > 16)


class CoarseLines(Coarse):
    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[TextLine, ...]:  # type: ignore[override]
        return tuple(TextLine(corners(face.box), 0.9) for face in super().__call__(rgb))


class CoarseCars(Coarse):
    def __call__(self, thumbnail: Thumbnailer, size: Size) -> tuple[Thing, ...]:  # type: ignore[override]
        seen = self.input_size(size)
        across, down = size.width / seen.width, size.height / seen.height
        faces = super().__call__(thumbnail(seen))
        return tuple(Thing("car", face.box.scaled(across, down), 0.9) for face in faces)


WIDE = 4
"""A head in the first of so many squares beside each other is too small to be seen."""
CROPS = (
    f"trim=0;{SIDE * (WIDE - 1)};0;0",
    f"fit=cover,width={SIDE},height={SIDE},gravity=left",
    f"fit=cover,width={SIDE},height={SIDE},gravity=0x0.5",
)


def panorama() -> NDArray[np.uint8]:
    rgb = to_array(Image.new_from_buffer(head(), ""))
    return np.pad(rgb, ((0, 0), (0, SIDE * (WIDE - 1)), (0, 0)), constant_values=90)


def of_panorama(
    text: str, data: bytes = b"", faces: Coarse | None = None, seen: Analyses | None = None
) -> NDArray[np.uint8]:
    """Return an answer, side by side with those of the other frames of an animation."""
    data = data or from_array(panorama()).pngsave_buffer()
    known = seen or analyses(
        faces or Coarse(),
        letters=CoarseLines(),
        objects=CoarseCars(),  # type: ignore[arg-type]
    )
    verb = Renderer(analyses=known, limits=Limits(), encoding=Encoding())
    asked = parse_options(f"format=png,redact.method=solid,redact.color=lime,{text}").options
    made = verb(picture(data), asked, deadline=soon())
    return to_array(Image.new_from_buffer(made.data, "", **({"n": -1} if "gif" in text else {})))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("crop", CROPS)
def test_what_is_only_large_in_the_part_that_is_answered_is_hidden(crop: str, target: str) -> None:
    assert is_hidden(of_panorama(f"redact={target},{crop}"))


@pytest.mark.parametrize("target", TARGETS)
def test_a_part_of_what_lies_on_its_side_is_found_where_it_is(target: str) -> None:
    lying = np.ascontiguousarray(np.rot90(panorama(), 1))
    image = from_array(lying).copy()
    image.set_type(image.get_typeof("width"), "orientation", 6)
    assert is_hidden(of_panorama(f"redact={target},{CROPS[0]}", image.jpegsave_buffer(Q=95)))


def test_the_part_is_looked_at_in_each_frame_of_an_animation() -> None:
    empty = np.full_like(panorama(), 90)
    joined = from_array(np.concatenate([empty, panorama(), empty])).copy()
    joined.set_type(joined.get_typeof("width"), "page-height", SIDE)
    shown = of_panorama(f"redact=faces,{CROPS[0]},format=gif", joined.gifsave_buffer())
    assert is_hidden(np.split(shown, 3)[1])


def test_two_parts_of_one_picture_are_looked_at_each_and_the_whole_once() -> None:
    faces = Coarse()
    seen = analyses(faces)  # type: ignore[arg-type]
    of_panorama("redact=faces,width=100", seen=seen)
    whole = faces.looks
    assert is_hidden(of_panorama(f"redact=faces,{CROPS[0]}", seen=seen))
    part = faces.looks - whole
    for crop in (CROPS[0], f"{CROPS[0]},width=60", CROPS[1]):
        of_panorama(f"redact=faces,{crop}", seen=seen)
    assert faces.looks == whole + part, "another size of the same part"
    of_panorama(f"redact=faces,fit=cover,width={SIDE},height={SIDE},gravity=right", seen=seen)
    assert faces.looks == whole + 2 * part


def test_only_a_part_of_which_more_is_seen_by_itself_is_looked_at_again() -> None:
    size = Size(1000, 500)
    half, most = (Shown(within=Box(0, 0, share, 1)) for share in (0.5, 0.8))
    assert looks(half, size, lambda each: each.within(400)) == (AS_IT_IS, half)
    assert looks(most, size, lambda each: each.within(400)) == (AS_IT_IS,)
    assert looks(half, size, lambda each: each) == (AS_IT_IS,)
    assert looks(Shown(turns=1), size, lambda each: each.within(400)) == (Shown(turns=1),)


PARTS = (None, Box(0.25, 0.1, 0.5, 0.8))


@given(
    st.integers(0, 3),
    st.floats(0.25, 4),
    st.floats(0, 90),
    st.floats(0, 50),
    st.sampled_from(PARTS),
)
def test_what_is_found_comes_back_to_its_place(
    turns: int, stretch: float, left: float, top: float, within: Box | None
) -> None:
    shown, size = Shown(turns, stretch, within=within), Size(300, 200)
    seen = shown.size(size)
    box = Box(left, top, 30, 20)
    plain = shown.orientation.inverse().size(seen)
    part = Box.of(size) if within is None else within.scaled(size.width, size.height)
    across, down = plain.width / part.width, plain.height / part.height
    there = Thing("car", box.moved(-part.left, -part.top).scaled(across, down), 0.9)
    turned = there.oriented(shown.orientation, plain)
    back = shown.back(turned, seen, size).box
    assert [back.left, back.top, back.width, back.height] == pytest.approx([left, top, 30, 20])
