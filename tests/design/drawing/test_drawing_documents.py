"""PDF and SVG: what is in the file, and that it shows what the pixels show."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from drawings import NO_FONTS, chart, linear, page, solid, text

from foveate.design.drawing.document import pdf
from foveate.design.drawing.raster import draw
from foveate.design.drawing.svg import svg
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.scene.model import (
    Blend,
    Ellipse,
    Group,
    Line,
    Path,
    Picture,
    Rectangle,
    Scene,
    Text,
)
from foveate.design.scene.paint import PictureFill, Radial, Shadow, Stop, Stroke
from foveate.errors import DrawingTooLarge
from foveate.imaging import Image
from foveate.options.colours import colour

if TYPE_CHECKING:
    from foveate.design.scene.model import Page

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = page(
    Rectangle(
        id="d1", x=8, y=8, width=40, height=40, fill=linear(45, "#f00", "#00f8"), radius=(9,) * 4
    ),
    Ellipse(
        id="b",
        x=40,
        y=10,
        width=50,
        height=30,
        fill=Radial((Stop(colour("#fff"), 0), Stop(colour("#080"), 1))),
        stroke=Stroke(width=2, dash=(4,)),
    ),
    Picture(
        id="c",
        x=10,
        y=50,
        width=36,
        height=36,
        src="chart",
        alt="four <colours>",
        rotation=10,
        radius=(18,) * 4,
        shadow=Shadow(x=2, y=3, blur=6),
    ),
    Group(
        id="g",
        x=50,
        y=50,
        width=40,
        height=40,
        opacity=0.6,
        blocks=(
            Path(id="p", width=40, height=40, d="M0 0 H100 V100 z", fill=PictureFill("chart")),
            Line(id="l", width=40, height=40, rising=True, stroke=Stroke(width=3)),
        ),
    ),
    Rectangle(id="m", x=60, width=20, height=96, fill=solid("#fc0"), blend=Blend.MULTIPLY),
    fill=linear(180, "#fff", "#cde"),
)
NONE = Typefaces(NO_FONTS)
GREETING = text("Grüße, שלום & <b>", size=18, weight=700, rotation=8)


def scene(*pages: Page, dpi: float = 96.0) -> Scene:
    return Scene(name="Sommer: drei Größen", lang="de", dpi=dpi, pages=pages)


def text_of(data: bytes) -> str:
    """Return what a PDF says, its streams unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    said = [data]
    for stream in streams:
        try:
            said.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(said).decode("latin-1")


def test_a_pdf_is_the_same_bytes_each_time_and_knows_no_date() -> None:
    first, second = (pdf(scene(SHAPES), NONE, chart).data for _ in range(2))
    assert first == second
    assert b"Date" not in first
    assert b"/Producer (Foveate)" in first


def test_a_pdf_has_its_name_and_pages_of_their_size_in_whole_points() -> None:
    data = pdf(scene(SHAPES, page(side=300), dpi=150), NONE, chart).data
    assert "Sommer: drei Größen".encode("utf-16-be").hex().upper() in data.decode("latin-1")
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert [float(side) for box in boxes for side in box] == [46, 46, 144, 144]


@pytest.mark.models
def test_letters_of_a_pdf_are_letters(typefaces: Typefaces) -> None:
    shadowed = text("cast", size=30, shadow=Shadow(blur=8))
    data = pdf(scene(page(GREETING), page(shadowed)), typefaces, chart).data
    said = text_of(data)
    assert re.search(r"/BaseFont /[A-Z]+\+Inter-Bold", said)
    assert "Heebo" in said
    assert said.count("/ToUnicode") >= 2


@pytest.mark.models
def test_a_pdf_says_what_was_noticed(typefaces: Typefaces) -> None:
    found = pdf(scene(page(text("much too long", size=60))), typefaces, chart)
    assert found.texts["text"].over[0] > 0
    assert [remark.block for remark in found.remarks] == ["text"]


def tree_of(drawn: Page, typefaces: Typefaces = NONE) -> ET.Element:
    return ET.fromstring(svg(drawn, typefaces, chart).data)  # noqa: S314 - of what we wrote


def shown(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    image = Image.svgload_buffer(data)
    return image.flatten(background=[255, 255, 255]).colourspace("lab").numpy().astype(np.float64)


def distance(drawn: Page, typefaces: Typefaces) -> tuple[float, float]:
    """Return how far an SVG is off the pixels: mean, and worst mean of a tile."""
    pixels = draw(drawn, typefaces, chart).pixels[..., :3]
    expected = Image.new_from_array(pixels, interpretation="srgb").colourspace("lab").numpy()
    off = np.sqrt(((shown(svg(drawn, typefaces, chart).data) - expected) ** 2).sum(-1))
    return off.mean(), off.reshape(6, 16, 6, 16).mean((1, 3)).max()


def test_an_svg_shows_what_the_pixels_show() -> None:
    mean, worst = distance(SHAPES, NONE)
    assert mean < 1.5
    assert worst < 9


@pytest.mark.models
@pytest.mark.parametrize("block", [GREETING, text("你好\n🎉", size=30, align="center")])
def test_letters_of_an_svg_need_no_font(typefaces: Typefaces, block: Text) -> None:
    drawn = page(block)
    assert distance(drawn, typefaces)[0] < 2
    tree = tree_of(drawn, typefaces)
    assert not list(tree.iter(f"{SVG}text"))
    (said,) = [each for each in tree.iter() if each.get("aria-label")]
    assert said.get("aria-label") == block.words
    assert said.get("role") == "img"


def test_an_svg_asks_for_no_other_file_and_says_what_pictures_show() -> None:
    tree = tree_of(SHAPES)
    hrefs = [each.get("href") for each in tree.iter(f"{SVG}image")]
    assert len(hrefs) == 2
    assert all(str(href).startswith("data:image/jpeg;base64,") for href in hrefs)
    assert "four <colours>" in {each.get("aria-label") for each in tree.iter()}


def test_ids_of_an_svg_are_those_of_blocks_and_each_is_used_once() -> None:
    tree = tree_of(SHAPES)
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(set(ids)) == len(ids)
    assert {"d1", "b", "c", "g", "p", "l", "m"} <= set(ids)


def test_an_svg_is_the_same_bytes_each_time() -> None:
    assert svg(SHAPES, NONE, chart).data == svg(SHAPES, NONE, chart).data


@pytest.mark.parametrize("kind", ["pdf", "svg"])
def test_documents_have_the_bounds_of_pixels(kind: str) -> None:
    huge = page(side=60_000)
    with pytest.raises(DrawingTooLarge):
        pdf(scene(huge), NONE, chart) if kind == "pdf" else svg(huge, NONE, chart)


@pytest.mark.models
def test_what_xml_cannot_hold_does_not_break_an_svg(typefaces: Typefaces) -> None:
    odd = text("a\x00b\ud800c", size=20)
    said = {each.get("aria-label") for each in tree_of(page(odd), typefaces).iter()}
    assert "a\ufffdb\ufffdc" in said
