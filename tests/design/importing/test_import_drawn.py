"""What is imported is drawn as it was: our own SVG, one of any kind, and letters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from drawings import NO_FONTS, chart, linear, need_fonts, page, solid

from foveate.design.drawing.engine import installed
from foveate.design.drawing.raster import draw
from foveate.design.drawing.svg import svg
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.fonts.shelf import shelf
from foveate.design.importing.svg.document import import_svg
from foveate.design.scene import model
from foveate.design.scene.paint import Cap, Join, Radial, Shadow, Stop, Stroke
from foveate.designs.looks import eyes_of
from foveate.imaging import Image
from foveate.options.colours import colour
from foveate.settings import load

if TYPE_CHECKING:
    from foveate.design.drawing.raster import Drawn

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)

HARD = Path(__file__).parent / "hard.svg"
DASHED = Stroke(colour=colour("#26c"), width=3, dash=(6, 3), cap=Cap.ROUND, join=Join.ROUND)
ROUND = Radial((Stop(colour("#fff"), 0.0), Stop(colour("#282"), 1.0)), 0.3, 0.4)
BOX: dict[str, Any] = {"x": 12.0, "y": 16.0, "width": 60.0, "height": 40.0}
SHAPES = {
    "a rectangle": model.Rectangle(id="a", fill=solid("#e33"), radius=(8, 8, 8, 8), **BOX),
    "corners": model.Rectangle(id="a", fill=solid("#e33"), radius=(0, 8, 16, 4), **BOX),
    "turned": model.Rectangle(id="a", fill=linear(60, "#e33", "#fc3", "#26c"), rotation=25, **BOX),
    "an ellipse": model.Ellipse(id="a", fill=ROUND, stroke=DASHED, **BOX),
    "a line": model.Line(id="a", rising=True, stroke=DASHED, **BOX),
    "a path": model.Path(
        id="a", d="M50 0 C90 10 100 60 60 90 A40 40 0 0 1 0 50 Q10 10 50 0Z", fill=ROUND, **BOX
    ),
    "a shadow": model.Rectangle(
        id="a", fill=solid("#fff"), shadow=Shadow(x=3, y=5, blur=6, colour=colour("#0008")), **BOX
    ),
    "a group": model.Group(
        id="a",
        opacity=0.5,
        rotation=15,
        blocks=(
            model.Rectangle(id="b", width=40, height=30, fill=solid("#e33")),
            model.Ellipse(id="c", x=20, y=10, width=40, height=30, fill=solid("#26c")),
        ),
        **BOX,
    ),
    "a blend": model.Rectangle(id="a", fill=solid("#e33"), blend=model.Blend.MULTIPLY, **BOX),
}


def on_white(drawn: Drawn) -> Image:
    """Return a drawing on paper; its colours are multiplied by their alpha already."""
    found = drawn.pixels.astype(np.uint16)
    return Image.new_from_array((found[..., :3] + 255 - found[..., 3:]).astype(np.uint8))


def apart(one: Image, other: Image) -> tuple[float, float]:
    """Return by how much two pictures differ: on the whole, and in the worst 16 pixels' square."""
    delta = one.colourspace("lab").dE00(other.colourspace("lab"))
    tiles = delta.shrink(16, 16).numpy()
    return float(delta.avg()), float(np.max(tiles))


@pytest.mark.parametrize("name", SHAPES)
def test_our_own_svg_is_the_same_picture_again(name: str) -> None:
    faces = Typefaces(NO_FONTS)
    first = page(SHAPES[name], fill=linear(0, "#fff", "#cde"))
    written = svg(first, faces, chart).data
    made = import_svg(written)
    assert made.remarks == ()
    images = [on_white(draw(each, faces, chart)) for each in (first, made.scene.pages[0])]
    assert apart(*images) < (0.2, 1.5)


def test_our_own_letters_are_the_same_picture_again() -> None:
    need_fonts("inter-400", "inter-700")
    faces = Typefaces(shelf(load().models))
    text = model.Text(id="t", size=20, runs=(model.Run(text="Sale now"),), rotation=10, **BOX)
    first = page(text)
    made = import_svg(svg(first, faces, chart).data)
    images = [on_white(draw(each, faces, chart)) for each in (first, made.scene.pages[0])]
    # Outlines are smoothed a little otherwise than letters of a font.
    assert apart(*images) < (0.6, 6.0)


def test_an_svg_of_all_kinds_is_drawn_as_librsvg_draws_it() -> None:
    need_fonts("inter-400", "inter-700")
    if not hasattr(Image, "svgload_buffer"):
        pytest.skip("this libvips reads no SVG")
    faces = Typefaces(shelf(load().models))
    data = HARD.read_bytes()
    made = import_svg(data, eyes_of(faces))
    drawn = on_white(draw(made.scene.pages[0], faces, chart))
    theirs = Image.svgload_buffer(data).flatten(background=[255, 255, 255])[:3]
    theirs = theirs.copy(interpretation="srgb").resize(
        drawn.width / theirs.width, vscale=drawn.height / theirs.height
    )
    # Letters are of another font there, so their part is left out.
    shapes = [each.crop(0, 0, drawn.width, int(drawn.height * 0.84)) for each in (drawn, theirs)]
    # Ovals with a gradient are most of it.
    assert apart(*shapes)[0] < 2.0
    assert made.remarks == (
        "An oval gradient is round.",
        "A stroke that is wider in one direction is even.",
    )


def test_a_line_of_letters_stands_where_its_anchor_is() -> None:
    need_fonts("inter-400")
    faces = Typefaces(shelf(load().models))
    words = '<text x="48" y="60" text-anchor="middle" font-size="20">mmm</text>'
    space = 'xmlns="http://www.w3.org/2000/svg" width="96" height="96"'
    made = import_svg(f"<svg {space}>{words}</svg>".encode(), eyes_of(faces))
    drawn = draw(made.scene.pages[0], faces, chart).pixels[..., 3]
    rows, columns = (np.flatnonzero(drawn.max(axis=axis) > 128) for axis in (1, 0))
    assert abs(int(rows.max()) - 59) <= 1
    assert abs((int(columns.min()) + int(columns.max())) / 2 - 48) <= 1.5
