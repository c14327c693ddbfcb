"""What lies below letters, drawn: gradients by their worst part, pictures by their pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from checkings import block, changed, checked, text

from foveate.design.checks.checking import Checks
from foveate.design.checks.drawn import SIDE, Drawn
from foveate.design.checks.model import Looks
from foveate.design.drawing.engine import installed
from foveate.design.fonts.shelf import Shelf
from foveate.design.scene.model import Group, Page, Picture, Rectangle, Scene
from foveate.design.scene.paint import Linear, Solid, Stop
from foveate.design.tones import contrast
from foveate.options.colours import WHITE, Colour, colour

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.design.scene.model import Block

if not installed():
    pytest.skip("pip install 'foveate[design]'", allow_module_level=True)

from foveate.design.drawing.typefaces import Typefaces

TITLE = text("title", "Summer", x=20.0, y=20.0, width=200.0, size=16.0, colour=colour("#fff"))


def dark(_: str, __: str, width: int, height: int) -> NDArray[np.uint8]:
    """A picture that is dark on its left half, and light on its right one."""
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[:, : width // 2, :3] = 20
    return pixels


def drawn() -> Drawn:
    return Drawn(Typefaces(Shelf(())), dark)


def scene(*below: Block) -> Scene:
    page = Page(
        id="page", width=800, height=400, fill=Solid(colour("#000")), blocks=(*below, TITLE)
    )
    return Scene(lang="en", pages=(page,))


def test_a_page_is_drawn_small_on_white() -> None:
    glass = Solid(Colour(0, 0, 0, 0.5))
    pixels = drawn()(Page(id="page", width=800, height=400, fill=glass), "en")
    assert pixels.shape == (SIDE // 2, SIDE, 3)
    assert pixels[0, 0].tolist() == pytest.approx([127] * 3, abs=1)


def test_a_page_is_drawn_once() -> None:
    below, page = drawn(), scene().pages[0]
    page = Page(id=page.id, width=page.width, height=page.height, fill=page.fill)
    assert below(page, "en") is below(page, "en")


def test_of_a_gradient_the_worst_part_below_letters_counts() -> None:
    fade = Linear(90, (Stop(colour("#000"), 0), Stop(WHITE, 1)))
    panel = Rectangle(id="panel", width=220, height=80, fill=fade)
    found = checked(scene(), scene(panel), below=drawn())
    assert found.refused[0].startswith("The contrast of title is 1.")
    wide = Rectangle(id="panel", width=2200, height=80, fill=fade)
    assert checked(scene(), scene(wide), below=drawn()).refused == ()


def test_of_a_picture_the_pixels_below_letters_count() -> None:
    photo = Picture(id="photo", width=800, height=400, src="a.jpg")
    assert checked(scene(), scene(photo), below=drawn()).findings == ()
    after = changed(scene(photo), "title", x=500.0)
    found = checked(scene(photo), after, below=drawn())
    assert contrast(block(found.scene, "title").colour, WHITE) >= 4.5
    assert found.repaired


def asked_for(ink: str, request: str) -> Any:
    """Return what is found of a title on white that becomes of a colour."""
    paper = Rectangle(id="paper", width=800, height=400, fill=Solid(WHITE))
    before = changed(scene(paper), "title", colour=colour("#000"))
    after = changed(before, "title", colour=colour(ink))
    return Checks(Looks(below=drawn()))(before, after, request)


@pytest.mark.parametrize("request_", ["make the title red", "Titel rot", "title in #ff0000"])
def test_a_colour_that_somebody_says_is_kept_and_its_contrast_told(request_: str) -> None:
    found = asked_for("#ff0000", request_)
    assert block(found.scene, "title").colour == colour("#ff0000")
    assert found.refused == found.repaired == ()
    assert found.warned[0].startswith("The contrast of title is 4.0:1: expected 4.5:1")


@pytest.mark.parametrize(
    ("ink", "request_"),
    [("#ffff00", "make the title yellow"), ("#ff0000", "a warmer title"), ("#fa1111", "title red")],
)
def test_what_nobody_could_read_or_nobody_said_is_mended(ink: str, request_: str) -> None:
    found = asked_for(ink, request_)
    assert contrast(block(found.scene, "title").colour, WHITE) >= 4.5
    assert len(found.repaired) == 1


FAINT = Rectangle(id="paper", width=800, height=400, fill=Solid(WHITE))


def test_letters_that_are_faded_have_less_contrast_and_become_what_they_were() -> None:
    before = changed(scene(FAINT), "title", colour=colour("#000"))
    found = Checks(Looks(below=drawn()))(
        before, changed(before, "title", opacity=0.02), "a softer look"
    )
    assert block(found.scene, "title").opacity == 1
    assert len(found.repaired) == 1


def test_letters_in_a_group_that_is_faded_are_refused() -> None:
    title = text("title", "Summer", width=200.0, size=16.0, colour=colour("#000"))
    group = Group(id="call", x=20, y=20, width=200, height=40, blocks=(title,))
    page = Page(id="page", width=800, height=400, fill=Solid(WHITE), blocks=(group,))
    before = Scene(lang="en", pages=(page,))
    found = checked(before, changed(before, "call", opacity=0.1), below=drawn())
    assert found.refused[0].startswith("The contrast of title is 1.")


@pytest.mark.parametrize(("opacity", "kept"), [(0.4, True), (0.1, False)])
def test_letters_that_somebody_wants_faded_are_and_that_is_told(
    opacity: float, *, kept: bool
) -> None:
    before = changed(scene(FAINT), "title", colour=colour("#000"))
    after = changed(before, "title", opacity=opacity)
    found = Checks(Looks(below=drawn()))(before, after, "make the title more transparent")
    assert (block(found.scene, "title").opacity == opacity) is kept
    assert bool(found.warned) is kept
