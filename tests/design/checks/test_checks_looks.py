"""Room, fonts, sources, faces and contrast: what is asked of others, and mended by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from checkings import PHOTO, block, changed, checked, scene, text, without
from design_measures import measured

from foveate.design.scene.model import Fit, Picture, Rectangle, Role, Run
from foveate.design.scene.paint import PictureFill, Solid
from foveate.design.tones import contrast
from foveate.design.tree import spots
from foveate.errors import UnknownFont
from foveate.geometry.box import Box
from foveate.options.colours import Colour, colour

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.design.scene.model import Page


def test_letters_shrink_where_they_do_not_fit() -> None:
    before = scene()
    after = changed(before, "title", runs=(Run(text="Summer sale for everybody"),))
    found = checked(before, after, measures=measured)
    assert block(found.scene, "title").fit is Fit.SHRINK
    assert found.repaired[0].startswith("The text of title is ")


def test_a_text_that_would_become_too_small_is_refused() -> None:
    before = scene()
    after = changed(before, "title", runs=(Run(text="Summer sale for everybody " * 9),))
    found = checked(before, after, measures=measured)
    assert found.scene == after
    assert "expected fewer words" in found.refused[0]


@pytest.mark.parametrize(
    "said",
    [
        {"size": 0.2},
        {"runs": (Run(text="Summer "), Run(text="sale", size=0.2))},
        {"width": 8.0, "fit": Fit.SHRINK},
    ],
    ids=["its size", "that of a run", "a box in which it shrinks"],
)
def test_letters_that_became_too_small_to_be_read_are_refused(said: dict[str, object]) -> None:
    before = scene()
    found = checked(before, changed(before, "title", **said), measures=measured)
    assert "expected 5 points at least" in found.refused[0]


def test_letters_that_were_tiny_already_may_be_and_grow() -> None:
    before = changed(scene(), "line", size=3.0)
    for size in (3.0, 4.0):
        after = changed(before, "line", size=size, x=30.0)
        assert checked(before, after, measures=measured).findings == ()


@dataclass(frozen=True)
class Matched:
    nearest: bool


class Shelf:
    def match(self, family: str, weight: int = 400, *, italic: bool = False) -> Matched:
        if family != "Inter":
            raise UnknownFont(f"Expected a font of Inter; got {family}.")
        return Matched(nearest=weight == 900 or italic)


def test_a_font_that_there_is_not_gives_way_to_the_one_before() -> None:
    before = scene()
    runs = (Run(text="Summer ", font="Comic"), Run(text="sale"))
    found = checked(before, changed(before, "title", font="Impact", runs=runs), fonts=Shelf())
    made = block(found.scene, "title")
    assert made.font == "Inter"
    assert made.runs[0].font is None
    assert "title: Expected a font of Inter; got Impact." in found.repaired


def test_a_new_text_takes_the_font_of_most_others() -> None:
    found = checked(scene(), scene(text("new", "New", font="Impact", y=300.0)), fonts=Shelf())
    assert block(found.scene, "new").font == "Inter"
    assert found.refused == ()


def test_a_weight_that_there_is_not_is_said() -> None:
    before = scene()
    after = changed(before, "title", weight=900)
    found = checked(before, after, fonts=Shelf())
    assert (found.scene, found.refused) == (after, ())
    assert found.warned == ("Inter has no 900: title is drawn with what is nearest.",)


def sources(src: str) -> str:
    return "" if src == "a.jpg" else f"There is no picture {src}."


def test_a_picture_that_there_is_not_gives_way_to_the_one_before() -> None:
    before = scene()
    found = checked(before, changed(before, "photo", src="b.jpg"), sources=sources)
    assert found.scene == before
    assert found.repaired == ("photo: There is no picture b.jpg.",)


def test_a_new_picture_that_there_is_not_is_refused() -> None:
    new = Picture(id="new", width=10, height=10, src="c.jpg")
    found = checked(scene(), scene(new), sources=sources)
    assert found.refused == ("new: There is no picture c.jpg.",)


def test_fills_are_pictures_as_well() -> None:
    before = changed(scene(), "back", fill=PictureFill("a.jpg", "blur=3"))
    after = changed(before, "back", fill=PictureFill("http://10.0.0.1/x", "blur=4"))
    found = checked(before, after, sources=sources)
    assert block(found.scene, "back").fill == PictureFill("a.jpg", "blur=3")


@pytest.mark.parametrize("options", ["blur=many", "sparkle=1", "width"])
def test_options_that_are_not_read_give_way_to_those_before(options: str) -> None:
    before = changed(scene(), "photo", options="blur=2")
    found = checked(before, changed(before, "photo", options=options))
    assert block(found.scene, "photo").options == "blur=2"


def face(_: str, __: str, width: int, height: int) -> list[Box]:
    return [Box(width * 0.4, height * 0.25, width * 0.2, height * 0.5)]


def test_a_title_over_a_face_moves_to_the_nearest_free_place() -> None:
    before = scene()
    after = changed(before, "title", x=100.0, y=250.0)
    found = checked(before, after, faces=face, measures=measured)
    assert found.repaired == ("title lies over a face in photo: expected it beside the face.",)
    title, seen = spots(found.scene)["title"].box, Box(160, 250, 80, 100)
    assert title.top + 24 * 1.2 <= seen.top or title.top >= seen.bottom
    assert 0 <= title.top <= 360


def test_a_title_that_gives_way_to_a_face_is_all_on_its_page() -> None:
    before = scene()
    white = Solid(Colour(255, 255, 255))
    # Left of the face there is room for all of it but a third of a pixel.
    place = {"x": 60.0, "y": 230.0, "width": 102.3, "height": 80.0}
    faces = lambda *_: [Box(110, 0, 290, 200)]  # noqa: E731 - one line
    found = checked(before, changed(before, "title", fill=white, **place), faces=faces)
    assert found.repaired
    assert spots(found.scene)["title"].box.left == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", ["page", "back"])
def test_faces_are_looked_for_in_what_fills_a_page_and_a_block(name: str) -> None:
    before, filled = without(scene(), "photo"), PictureFill("a.jpg")
    if name == "page":
        before = without(before, "back")
        before = replace(before, pages=(replace(before.pages[0], fill=filled),))
    else:
        before = changed(before, name, fill=filled)
    found = checked(
        before, changed(before, "title", x=100.0, y=180.0), faces=face, measures=measured
    )
    assert found.repaired == (f"title lies over a face in {name}: expected it beside the face.",)


def test_a_title_without_a_free_place_is_refused() -> None:
    before = scene()
    after = changed(before, "title", y=250.0, runs=(Run(text="Summer\n" * 8),), height=140.0)
    faces = lambda *_: [Box(0, 0, 400, 200)]  # noqa: E731 - one line
    assert checked(before, after, faces=faces).refused


def test_other_letters_over_a_face_are_said() -> None:
    before = scene()
    found = checked(before, changed(before, "line", x=150.0, y=260.0, width=120.0), faces=face)
    assert found.refused == ()
    assert found.warned == ("line lies over a face in photo: expected it beside the face.",)


def test_a_title_that_lay_over_a_face_before_may_stay() -> None:
    before = changed(scene(), "title", y=250.0)
    assert checked(before, changed(before, "title", size=26.0), faces=face).findings == ()


@pytest.mark.parametrize(("ink", "seen"), [("#fff", False), ("#fffa", True)])
def test_a_face_behind_a_panel_is_not_lain_over(ink: str, *, seen: bool) -> None:
    panel = Rectangle(id="panel", width=400, height=400, fill=Solid(colour(ink)))
    words = text("words", "Summer sale", role=Role.TITLE, x=150, y=260, width=120, size=24)
    found = checked(scene(panel), scene(panel, words), faces=face, measures=measured)
    assert any(each.check == "faces" for each in found.findings) == seen


def paper(page: Page, _: str) -> NDArray[np.uint8]:
    """White above, black below."""
    pixels = np.full((round(page.height), round(page.width), 3), 255, np.uint8)
    pixels[200:] = 0
    return pixels


@pytest.mark.parametrize(
    ("y", "said", "lighter"), [(80.0, "#aaaaaa", False), (300.0, "#333333", True)]
)
def test_letters_become_as_light_or_dark_as_they_need_to_be(
    y: float, said: str, *, lighter: bool
) -> None:
    before = scene()
    after = changed(before, "line", y=y, colour=colour(said))
    found = checked(before, after, below=paper)
    made, below = block(found.scene, "line").colour, Colour(*([0] * 3 if lighter else [255] * 3))
    assert found.repaired[0].startswith("The contrast of line is ")
    assert 4.5 <= contrast(made, below) < 5
    assert (made.red > colour(said).red) is lighter


def test_large_letters_need_less() -> None:
    before = scene()
    after = changed(before, "title", colour=colour("#8c8c8c"))
    assert checked(before, after, below=paper).findings == ()
    assert checked(before, changed(after, "title", size=16.0), below=paper).findings


def test_letters_over_black_and_white_are_refused() -> None:
    before = scene()
    after = changed(before, "line", y=180.0)
    assert "expected 4.5:1" in checked(before, after, below=paper).refused[0]


def test_runs_keep_their_hue() -> None:
    before = scene()
    runs = (Run(text="Linen, "), Run(text="hats", colour=colour("#ffcc88")))
    found = checked(before, changed(before, "line", runs=runs), below=paper)
    orange = block(found.scene, "line").runs[1].colour
    assert contrast(orange, colour("#fff")) >= 4.5
    assert orange.red > orange.green > orange.blue


def test_contrast_that_was_low_before_is_let_be_and_that_of_logos_told() -> None:
    low = changed(scene(), "line", colour=colour("#ccc"))
    assert checked(low, changed(low, "line", x=30.0), below=paper).findings == ()
    logo = changed(scene(), "line", role=Role.LOGO)
    found = checked(logo, changed(logo, "line", colour=colour("#aaa")), below=paper)
    assert (found.scene, len(found.warned)) == (changed(logo, "line", colour=colour("#aaa")), 1)
    pale = changed(logo, "line", colour=colour("#bbb"))
    assert checked(pale, changed(pale, "line", colour=colour("#eee")), below=paper).findings == ()


def test_a_picture_under_letters_counts_with_what_is_on_it() -> None:
    panel = replace(PHOTO, id="panel", y=70, height=60)
    before = scene()
    after = scene(panel, text("over", "Over it", x=20.0, y=80.0))
    seen = []

    def below(page: Page, language: str) -> NDArray[np.uint8]:
        seen.append({each.id for each in page.blocks})
        return paper(page, language)

    checked(before, after, below=below)
    assert any({"panel", "over"} <= ids for ids in seen)
    assert any("line" in ids and "panel" not in ids for ids in seen)
