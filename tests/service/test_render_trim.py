"""What a trim cuts off is not seen, not even as a shade at the edges of what it leaves."""

from __future__ import annotations

import numpy as np
import pytest
from service_networks import analyses, picture, soon

from foveate.imaging import Image
from foveate.imaging.fields import with_numbers
from foveate.imaging.pixels import from_array
from foveate.options.grammar import parse_options
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits

WIDTH, HEIGHT = 200, 120
FRAME = 4
WITHIN = "trim=4;4;4;4"
RED, WHITE = (255, 0, 0), (255, 255, 255)


def framed(frame: tuple[int, ...] = RED, inside: tuple[int, ...] = WHITE) -> Image:
    pixels = np.empty((HEIGHT, WIDTH, len(frame)), np.uint8)
    pixels[:] = frame
    pixels[FRAME:-FRAME, FRAME:-FRAME] = inside
    return from_array(pixels)


def render(data: bytes, text: str) -> np.ndarray:
    verb = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding())
    options = parse_options(f"{text},format=png").options
    made = verb(picture(data), options, deadline=soon())
    pixels: np.ndarray = Image.new_from_buffer(made.data, "").numpy()
    return pixels


@pytest.mark.parametrize(
    "trim",
    [
        WITHIN,
        "trim=border",
        "trim.left=4,trim.top=4,trim.width=192,trim.height=112",
        "trim=2;2;2;2,dpr=2",
    ],
)
@pytest.mark.parametrize("size", ["width=100", "width=77", "width=191", "width=640,fit=contain"])
def test_nothing_of_the_frame_is_seen_at_any_scale(trim: str, size: str) -> None:
    assert render(framed().pngsave_buffer(), f"{trim},{size}").min() == 255


@pytest.mark.parametrize(
    "rest",
    [
        "width=50,height=50,fit=cover",
        "width=60,height=90,fit=squeeze",
        "width=90,rotate=90",
        "width=50,height=80,fit=crop,gravity=0.9x0.1",
        "width=31,flip=hv",
    ],
)
def test_nothing_of_the_frame_is_seen_whatever_else_is_asked(rest: str) -> None:
    assert render(framed().pngsave_buffer(), f"{WITHIN},{rest}").min() == 255


@pytest.mark.parametrize("orientation", range(1, 9))
def test_nothing_of_the_frame_is_seen_in_any_orientation(orientation: int) -> None:
    turned = with_numbers(framed(), {"orientation": orientation})
    data = turned.jpegsave_buffer(Q=100, subsample_mode="off")
    for size in ("width=64", "width=25", "width=500,fit=contain"):
        assert render(data, f"{WITHIN},{size}").min() >= 250


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_one_edge_alone_is_cut_between_pixels(side: str) -> None:
    pixels = framed().numpy().copy()
    edge = {"left": np.s_[:, 0], "top": np.s_[0], "right": np.s_[:, -1], "bottom": np.s_[-1]}[side]
    made = render(from_array(pixels).pngsave_buffer(), f"trim.{side}=4,width=90")
    assert made[edge].reshape(-1, 3)[20:-20].min() == 255


@pytest.mark.parametrize("name", ["webp", "tiff", "gif"])
def test_decoders_that_shrink_mix_nothing_in(name: str) -> None:
    save = {
        "webp": lambda image: image.webpsave_buffer(lossless=True),
        "tiff": lambda image: image.tiffsave_buffer(),
        "gif": lambda image: image.gifsave_buffer(dither=0),
    }[name]
    for width in (24, 48, 100):
        assert render(save(framed()), f"{WITHIN},width={width}").min() >= 254


def test_a_drawing_is_cut_at_its_own_pixels() -> None:
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="70"><rect width="90"'
        b' height="70" fill="red"/><rect x="5" y="5" width="80" height="60" fill="white"/></svg>'
    )
    for width in (33, 127, 500):
        assert render(svg, f"trim=5;5;5;5,width={width},fit=contain").min() == 255


@pytest.mark.parametrize(
    ("frame", "inside"),
    [
        ((255, 0, 0, 255), (255, 255, 255, 255)),
        ((255, 0, 0, 0), (255, 255, 255, 255)),
        ((0, 0, 0, 255), (255, 255, 255, 128)),
    ],
)
def test_alpha_does_not_bleed_in_either(frame: tuple[int, ...], inside: tuple[int, ...]) -> None:
    made = render(framed(frame, inside).pngsave_buffer(), f"{WITHIN},width=73")
    assert np.abs(made.reshape(-1, 4).astype(int) - inside).max() <= 1


def test_what_is_kept_lies_where_it_lay() -> None:
    pixels = framed().numpy().copy()
    pixels[FRAME:-FRAME, FRAME : FRAME + 96] = (0, 0, 255)
    made = render(from_array(pixels).pngsave_buffer(), f"{WITHIN},width=96")
    blue = made[:, :46].reshape(-1, 3).astype(int)
    assert np.abs(blue - (0, 0, 255)).max() <= 3
    assert made[:, 51:].min() >= 252
