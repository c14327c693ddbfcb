"""Renditions in a style, whole: what they need, and what is said of them."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image as PilImage
from service_networks import HEAD, Detector, Matting, analyses, picture, soon

from foveate.geometry.box import Box
from foveate.imaging import Image
from foveate.options.grammar import cache_key, parse_options
from foveate.service.generation import looking
from foveate.service.render import Renderer
from foveate.service.rendering import STILL, WHOLE
from foveate.settings import Encoding, Limits
from foveate.transform.layout import parts_of
from foveate.transform.steps.style import BYTES

if TYPE_CHECKING:
    from foveate.rendition import Rendition

STRIP = "trim=0;0;0;200,width=60,format=png"
"""A narrow part with the head in it: it takes a third of the time."""


@pytest.fixture
def png(photo: Image) -> bytes:
    data: bytes = photo.pngsave_buffer()
    return data


def render(data: bytes, text: str, **others: bytes) -> Rendition:
    verb = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding())
    others_ = {key: picture(value) for key, value in others.items()}
    return verb(picture(data), parse_options(text).options, deadline=soon(), others=others_)


def pixels(made: Rendition) -> np.ndarray:
    return Image.new_from_buffer(made.data, "").numpy().astype(int)


def test_a_style_is_painted_around_the_subject_and_nothing_is_said(png: bytes) -> None:
    made = render(png, f"style=duotone,{STRIP}")
    assert "Foveate-Note" not in made.headers
    assert made.size.width == 60
    assert np.abs(pixels(made) - pixels(render(png, STRIP))).mean() > 10


def test_where_no_subject_is_shown_that_is_said(png: bytes) -> None:
    made = render(png, "style=duotone,trim=0;250;200;0,width=70,format=png")
    assert made.headers["Foveate-Note"] == WHOLE


def test_where_no_subject_is_found_that_is_said(png: bytes) -> None:
    nothing = {
        f"matte-{level}": Matting(None, Box(9000, 9000, 1, 1)) for level in ("fast", "balanced")
    }
    verb = Renderer(analyses=analyses(**nothing), limits=Limits(), encoding=Encoding())
    options = parse_options(f"style=duotone,{STRIP}").options
    assert verb(picture(png), options, deadline=soon()).headers["Foveate-Note"] == WHOLE


def test_an_animation_becomes_its_first_frame() -> None:
    frames = [PilImage.new("RGB", (40, 4), colour) for colour in ("red", "blue", "lime")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    made = render(out.getvalue(), "style=duotone")
    assert made.content_type == "image/gif"
    assert STILL in made.headers["Foveate-Note"]
    assert Image.new_from_buffer(made.data, "", n=-1).height == 4


def test_a_drawing_is_answered_as_pixels() -> None:
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="6"><path d="M0 0h9v9"/></svg>'
    )
    assert render(svg, "style=duotone").content_type == "image/png"


def test_a_border_is_drawn_around_what_is_painted(png: bytes) -> None:
    made = render(png, f"style=duotone,{STRIP},border.color=lime,border.width=3")
    assert (pixels(made)[:3] == (0, 255, 0)).all()


def test_a_cut_out_in_a_style_is_transparent_where_the_subject_is_not(png: bytes) -> None:
    cut, plain = (
        pixels(render(png, f"{text}segment=foreground,{STRIP}")) for text in ("style=duotone,", "")
    )
    assert (cut[..., 3] == plain[..., 3]).all()
    assert np.abs(cut - plain)[cut[..., 3] == 255].mean() > 10


def test_a_cut_out_poster_has_no_margin_at_the_edge_that_its_subject_reaches(png: bytes) -> None:
    low = {f"matte-{each}": Matting(None, Box(60, 80, 200, 240)) for each in ("fast", "balanced")}
    verb = Renderer(analyses=analyses(**low), limits=Limits(), encoding=Encoding())
    whole, cut = (
        pixels(verb(picture(png), parse_options(text).options, deadline=soon()))[-4:, 140:180]
        for text in ("style=poster,format=png", "style=poster,segment=foreground,format=png")
    )
    margin = np.array([0xF6, 0xEA, 0xD2])
    assert np.abs(whole - margin).max() < 40
    assert cut[..., 3].min() == 255
    assert np.abs(cut[..., :3] - margin).mean() > 60


def test_the_second_picture_of_a_double_exposure_is_another_source(png: bytes) -> None:
    flat = PilImage.new("RGB", (30, 30), "white")
    out = BytesIO()
    flat.save(out, "PNG")
    text = f"style=double-exposure,style.background=b.png,{STRIP}"
    light, same = (pixels(render(png, text, **{"b.png": b})) for b in (out.getvalue(), png))
    assert light.mean() > same.mean() + 2


def test_a_style_looks_for_the_subject_and_its_answer_goes_by_all_it_says() -> None:
    options = parse_options("style=ink").options
    assert parts_of(options) == {"matte"}
    assert looking(options) == {"level": "balanced"}
    assert parts_of(parse_options("style=poster").options) == {"matte", "faces"}
    keys = {
        cache_key(parse_options(text).options)
        for text in (
            "style=ink",
            "style=neon",
            "style=ink,style.seed=1",
            "style=ink,style.color=red",
        )
    }
    assert len(keys) == 4


def test_a_face_has_tones_of_its_own_and_nothing_else_is_changed(png: bytes) -> None:
    seen, unseen = (
        pixels(
            Renderer(analyses=analyses(faces=Detector(head)), limits=Limits(), encoding=Encoding())(
                picture(png),
                parse_options("style=poster,width=160,format=png").options,
                deadline=soon(),
            )
        )
        for head in (HEAD, None)
    )
    rows, columns = np.nonzero((seen != unseen).any(-1))
    across, down = 160 / 320, 120 / 240
    assert len(rows)
    assert HEAD.top * down - 12 < rows.min() <= rows.max() < (HEAD.top + HEAD.height) * down + 12
    assert HEAD.left * across - 12 < columns.min()
    assert columns.max() < (HEAD.left + HEAD.width) * across + 12


def test_painting_counts_in_what_a_rendition_takes(png: bytes) -> None:
    verb = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding())
    plain, styled = (
        verb.prepare(picture(png), parse_options(text).options).memory_bytes
        for text in ("width=80,format=png", "width=80,format=png,style=ink")
    )
    assert styled >= plain + BYTES
