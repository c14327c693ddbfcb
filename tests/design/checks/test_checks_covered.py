"""What is hidden by a change, seen by the pixels of a page with it and without it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from checkings import block, changed, text
from drawings import need_fonts

from foveate.design.checks.checking import Checks
from foveate.design.checks.drawn import Drawn
from foveate.design.checks.model import Looks
from foveate.design.drawing.engine import installed
from foveate.design.fonts.shelf import shelf
from foveate.design.scene.model import (
    Blend,
    Ellipse,
    Group,
    Line,
    Page,
    Path,
    Picture,
    Rectangle,
    Role,
    Run,
    Scene,
)
from foveate.design.scene.paint import BLACK, Linear, Shadow, Solid, Stop, Stroke
from foveate.options.colours import WHITE, colour

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.design.checks.model import Findings
    from foveate.design.scene.model import Block

if not installed():
    pytest.skip("pip install 'foveate[design]'", allow_module_level=True)

from foveate.design.drawing.typefaces import Typefaces
from foveate.designs.looks import measured
from foveate.settings import load

PRICE = text("price", "49 EUR", role=Role.PRICE, x=40.0, y=40.0, width=300.0, size=32.0)
LOGO = Picture(id="logo", role=Role.LOGO, x=500, y=40, width=100, height=60, src="logo.png")
PHOTO = Picture(id="photo", role=Role.PHOTO, x=40, y=140, width=500, height=200, src="a.jpg")
CODE = Picture(id="code", x=640, y=260, width=90, height=90, src="code.png")
SEAL = Ellipse(
    id="seal", x=640, y=140, width=80, height=80, fill=Solid(colour("#060")), locked=True
)
OVER = {"x": 30.0, "y": 30.0, "width": 320.0, "height": 60.0}
PAPER = Solid(WHITE)


def shown(_: str, options: str, width: int, height: int) -> NDArray[np.uint8]:
    """A picture with a dark half, and none of that where it is told to be dark or blurred."""
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[: height // 2, :, :3] = 20
    if options:
        pixels[..., :3] = 90
    return pixels


@pytest.fixture(scope="module", autouse=True)
def _fonts() -> None:
    need_fonts("inter-400")


@cache
def typefaces() -> Typefaces:
    return Typefaces(shelf(load().models))


def scene(*others: Block, below: tuple[Block, ...] = ()) -> Scene:
    blocks = (*below, PHOTO, PRICE, LOGO, SEAL, *others)
    return Scene(
        lang="en", pages=(Page(id="page", width=800, height=400, fill=PAPER, blocks=blocks),)
    )


def held(before: Scene, after: Scene, request: str = "make it fresher") -> Findings:
    drawn = Drawn(typefaces(), shown)
    measures = partial(measured, typefaces())
    looks = Looks(measures=measures, below=drawn, near=drawn.near)
    return Checks(looks)(before, after, request)


BARS = {
    "a bar": Rectangle(id="bar", fill=PAPER, **OVER),
    "nearly opaque": Rectangle(id="bar", fill=PAPER, opacity=0.98, **OVER),
    "a veil": Rectangle(id="bar", fill=PAPER, opacity=0.8, **OVER),
    "an ellipse": Ellipse(id="bar", x=0, y=0, width=400, height=130, fill=PAPER),
    "a gradient": Rectangle(
        id="bar", fill=Linear(90, (Stop(WHITE, 0), Stop(colour("#ddd"), 1))), **OVER
    ),
    "a picture": Picture(id="bar", src="a.jpg", options="blur=9", **OVER),
    "screen": Rectangle(id="bar", fill=PAPER, blend=Blend.SCREEN, **OVER),
    "multiply": Rectangle(id="bar", fill=Solid(colour("#000")), blend=Blend.MULTIPLY, **OVER),
    "a path": Path(id="bar", d="M0 0H100V100H0Z", fill=PAPER, **OVER),
    "a stroke": Line(
        id="bar", x=30, y=60, width=320, height=0, stroke=Stroke(colour=WHITE, width=60)
    ),
    "a shadow": Rectangle(
        id="bar", x=30, y=330, width=320, height=60, fill=PAPER, shadow=Shadow(y=-300, colour=WHITE)
    ),
    "a part of it": Rectangle(id="bar", x=30, y=30, width=50, height=60, fill=PAPER),
    "turned, in a group": Group(
        id="group",
        rotation=8,
        blocks=(Rectangle(id="bar", width=320, height=60, fill=PAPER),),
        **OVER,
    ),
}


@pytest.mark.parametrize("bar", BARS.values(), ids=BARS)
def test_what_would_hide_a_text_is_refused(bar: Block) -> None:
    found = held(scene(), scene(bar), "add a badge")
    assert len(found.refused) == 1
    assert found.refused[0].startswith("price is hidden by bar: expected it seen as it was")


RED = Solid(colour("#c00"))
SIGNS = {
    "a comma": Rectangle(id="bar", x=53, y=65, width=9, height=18, fill=PAPER),
    "a line through it": Rectangle(id="bar", x=36, y=58, width=130, height=3, fill=RED),
    "a line in its ink": Line(
        id="bar", x=36, y=58, width=130, height=0, stroke=Stroke(colour=BLACK, width=3)
    ),
    "across": Line(
        id="bar", x=36, y=40, width=130, height=36, stroke=Stroke(colour=BLACK, width=3)
    ),
}


@pytest.mark.parametrize("bar", SIGNS.values(), ids=SIGNS)
def test_what_makes_another_sign_of_a_price_is_refused(bar: Block) -> None:
    before = changed(scene(), "price", runs=(Run(text="1,49 EUR"),))
    after = changed(scene(bar), "price", runs=(Run(text="1,49 EUR"),))
    refused = held(before, after, "add a badge").refused
    assert [each[:22] for each in refused] == ["price is hidden by bar"]


@pytest.mark.parametrize(
    "bar",
    [
        Rectangle(id="bar", x=40, y=100, width=300, height=30, fill=PAPER),
        Rectangle(id="bar", stroke=Stroke(colour=colour("#000")), **OVER),
        Rectangle(id="bar", fill=PAPER, opacity=0.05, **OVER),
        Rectangle(id="bar", fill=Solid(colour("#ffc")), blend=Blend.MULTIPLY, **OVER),
    ],
    ids=["beside it", "a frame", "a breath", "a light marker"],
)
def test_what_leaves_a_text_to_be_read_may_be(bar: Block) -> None:
    assert held(scene(), scene(bar), "add a badge").findings == ()


def test_what_lay_over_a_text_before_may_stay() -> None:
    before = scene(BARS["a part of it"])
    assert held(before, changed(before, "price", x=42.0)).findings == ()
    assert held(before, changed(before, "price", runs=(Run(text="59 EUR"),))).refused == ()


def test_who_asks_for_something_in_front_gets_it_and_hears_what_is_hidden() -> None:
    bar = Rectangle(id="bar", fill=PAPER, **OVER)
    after = scene(replace(bar, z=1), below=())
    before = scene(below=(bar,))
    found = held(before, after, "bring the bar to the front")
    assert (found.refused, len(found.warned)) == ((), 1)


@pytest.mark.parametrize("name", ["logo", "photo", "seal"])
def test_logos_photos_and_locked_blocks_are_not_hidden(name: str) -> None:
    what = block(scene(), name)
    bar = Rectangle(
        id="bar", x=what.x, y=what.y, width=what.width * 0.9, height=what.height, fill=PAPER
    )
    assert (
        held(scene(), scene(bar), "add a badge").refused[0].startswith(f"{name} is hidden by bar")
    )
    small = replace(bar, width=what.width * 0.2)
    assert held(scene(), scene(small), "add a badge").findings == ()


@pytest.mark.parametrize(
    "said", [{"width": 5.0, "height": 2.0}, {"opacity": 0.02}], ids=["tiny", "faded"]
)
def test_a_photo_that_is_as_good_as_gone_is_refused(said: dict[str, Any]) -> None:
    assert held(scene(), changed(scene(), "photo", **said)).refused[0].startswith("photo is hidden")


VEILS: dict[str, dict[str, Any]] = {
    "a veil": {"opacity": 0.9},
    "a negative": {"blend": Blend.DIFFERENCE},
}


@pytest.mark.parametrize("name", ["logo", "photo", "seal", "code"])
@pytest.mark.parametrize("said", VEILS.values(), ids=VEILS)
def test_what_is_seen_faintly_or_in_negative_is_hidden(name: str, said: dict[str, Any]) -> None:
    before = scene(CODE)
    what = block(before, name)
    over = {"x": what.x, "y": what.y, "width": what.width, "height": what.height}
    bar = Rectangle(id="bar", fill=PAPER, **over, **said)
    found = held(before, scene(CODE, bar), "add a badge")
    assert found.refused[0].startswith(f"{name} is hidden by bar")


@pytest.mark.parametrize("said", [{"opacity": 0.1}, {"blend": Blend.DIFFERENCE}])
def test_a_photo_that_is_faint_or_in_negative_is_refused(said: dict[str, Any]) -> None:
    assert held(scene(), changed(scene(), "photo", **said)).refused[0].startswith("photo is hidden")


def test_a_photo_is_not_hidden_bit_by_bit() -> None:
    strips = [
        Rectangle(id=f"n{at}", x=40 + 50 * at, y=140, width=50, height=200, fill=PAPER)
        for at in range(8)
    ]
    refused = [
        held(scene(*strips[:at]), scene(*strips[: at + 1]), "add a badge").refused
        for at in range(8)
    ]
    assert [bool(each) for each in refused] == [False] * 5 + [True] * 3


def test_a_photo_that_shows_nothing_by_its_options_is_told_unless_somebody_wants_it() -> None:
    after = changed(scene(), "photo", options="brightness=0")
    sharper = held(scene(), after, "make the photo sharper")
    assert sharper.warned == ("photo shows hardly anything any more.",)
    assert held(scene(), after, "blur the photo").findings == ()


def test_a_copy_of_a_logo_may_lie_over_it_in_part() -> None:
    copy = replace(LOGO, id="logo-copy", x=520.0, y=50.0)
    assert held(scene(), scene(copy), "copy the logo").findings == ()


@pytest.mark.parametrize("blend", [Blend.SCREEN, Blend.LIGHTEN, Blend.COLOR_DODGE])
def test_a_blend_by_which_letters_vanish_is_taken_back(blend: Blend) -> None:
    before = scene()
    found = held(before, changed(before, "price", blend=blend))
    assert found.scene == before
    assert found.repaired[0].startswith("The contrast of price is 1.0:1")


def test_letters_are_looked_at_where_they_are_and_not_their_whole_box() -> None:
    dark = Rectangle(id="dark", x=260, y=30, width=90, height=60, fill=Solid(colour("#000")))
    assert held(scene(), scene(below=(dark,)), "add a box").findings == ()


def test_a_logo_in_letters_that_could_be_read_and_cannot_is_told() -> None:
    before = changed(scene(), "price", role=Role.LOGO)
    pale = held(before, changed(before, "price", colour=colour("#aaa")))
    assert (pale.refused, pale.repaired, len(pale.warned)) == ((), (), 1)
    gone = held(before, changed(before, "price", colour=colour("#eee")))
    assert len(gone.repaired) == 1


@pytest.mark.parametrize(("request_", "told"), [("make it fresher", 1), ("rotate the price", 0)])
def test_a_text_on_its_head_is_told_unless_somebody_turns_it(request_: str, told: int) -> None:
    found = held(scene(), changed(scene(), "price", rotation=180.0), request_)
    assert len(found.warned) == told
    assert found.refused == ()


@pytest.mark.parametrize(
    "said",
    [
        {"letter_spacing": -16.0},
        {"line_height": 0.2, "width": 90.0, "height": 80.0},
    ],
    ids=["letters", "lines"],
)
def test_letters_over_each_other_are_refused(said: dict[str, Any]) -> None:
    assert "lie over each other" in held(scene(), changed(scene(), "price", **said)).refused[0]


def test_a_new_text_that_nobody_can_read_is_refused() -> None:
    tiny = text("new", "Nobody reads this", x=40.0, y=350.0, size=1.0)
    assert "too small to be read" in held(scene(), scene(tiny), "add a line").refused[0]
