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
from foveate.service.parts.shown import AS_IT_IS, Shown, ways
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits
from foveate.values import Face, TextLine, Thing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.ports import Thumbnailer

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


@given(st.integers(0, 3), st.floats(0.25, 4), st.floats(0, 90), st.floats(0, 50))
def test_what_is_found_comes_back_to_its_place(
    turns: int, stretch: float, left: float, top: float
) -> None:
    shown, size = Shown(turns, stretch), Size(300, 200)
    seen = shown.size(size)
    box = Box(left, top, 30, 20)
    plain = shown.orientation.inverse().size(seen)
    across, down = plain.width / size.width, plain.height / size.height
    turned = Thing("car", box.scaled(across, down), 0.9).oriented(shown.orientation, plain)
    back = shown.back(turned, seen, size).box
    assert [back.left, back.top, back.width, back.height] == pytest.approx([left, top, 30, 20])
