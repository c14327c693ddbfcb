"""Clicks to masks: one look a picture, ids that say what they are of, and where they may lie."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from operator import attrgetter
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from clicked import ByColour, Meant, Seen
from service_networks import analyses, done, picture, soon

from foveate.errors import BadOption, UnknownMask
from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.imaging.maps import map_from_png
from foveate.imaging.pixels import from_array
from foveate.options.grammar import parse_options
from foveate.options.masks import ID
from foveate.service.annotate import prepare_selection
from foveate.service.pointed import EXAMPLE, Pointed, pointed, pointed_in
from foveate.service.render import Renderer
from foveate.service.select import Selecting, Selection
from foveate.settings import Encoding, Limits
from foveate.storage.masks import MaskStore
from foveate.storage.memory import MemoryCache
from foveate.storage.source import Source, uploaded
from foveate.values import Lifetime

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from foveate.vision.clicks import Click
    from foveate.vision.look import Look

RED, BLUE = (0.1875, 0.5), (0.78, 0.5)


@pytest.fixture
def source() -> Source:
    """A red and a blue block on sand."""
    rgb = np.full((240, 320, 3), (190, 170, 120), np.uint8)
    rgb[80:160, 30:90], rgb[80:160, 220:280] = (250, 10, 10), (10, 10, 250)
    return picture(from_array(rgb).pngsave_buffer())


class Desk:
    """What selects, with all that it has made visible."""

    def __init__(self, folder: Path, look_bytes: int = 10_000_000) -> None:
        self.folder, self.selector = folder, ByColour()
        self.analyses = analyses(selector=self.selector)
        self.masks = MaskStore(folder=folder, ttl_s=60, max_bytes=1 << 20, private_bytes=1 << 20)
        looks: Any = MemoryCache(look_bytes, attrgetter("nbytes"))
        self.verb = Selecting(analyses=self.analyses, masks=self.masks, looks=looks)

    def select(self, source: Source, *points: tuple[float, float], **more: Any) -> Selection:
        return done(self.verb.prepare(source, pointed(points, **more)))

    @property
    def files(self) -> list[Path]:
        return [file for file in self.folder.rglob("*") if file.is_file()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_click_is_a_mask_with_its_area_its_box_and_what_else_may_be_meant(
    desk: Desk, source: Source
) -> None:
    found = desk.select(source, RED)
    assert ID.fullmatch(found.mask)
    assert found.best.name == "object"
    assert found.best.area == pytest.approx(4800 / 76800)
    assert found.best.box == Box(30, 80, 60, 80)
    assert [each.name for each in found.alternatives] == ["part"]
    assert found.alternatives[0].box == Box(30, 80, 29, 80)
    told = found.to_json()
    assert told["mask"] == found.mask
    assert told["box"] == {"left": 30, "top": 80, "width": 60, "height": 80}
    assert (told["width"], told["height"]) == (320, 240)
    assert isinstance(told["expires"], int)
    assert told["alternatives"][0].keys() == {"name", "mask", "area", "box"}


def test_who_follows_a_finger_gets_the_same_mask_alone(desk: Desk, source: Source) -> None:
    quick = done(desk.verb.prepare(source, pointed([RED]), alternatives=False))
    assert [each.name for each in quick.masks] == ["object"]
    assert len(desk.files) == 1
    assert desk.select(source, RED).mask == quick.mask


def test_a_picture_is_looked_at_once_however_often_it_is_clicked_at(
    desk: Desk, source: Source
) -> None:
    for _ in range(3):
        desk.select(source, RED)
    desk.select(source, BLUE)
    assert desk.selector.looks == 1


class Waiting(ByColour):
    """Says what is meant once it is told to: by then others look."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.told = Event(), Event()

    def mask(self, look: Seen | Look, clicks: Sequence[Click], box: Box | None = None) -> Meant:
        self.asked.set()
        assert self.told.wait(9)
        return super().mask(look, clicks, box)


def test_who_clicks_while_another_waits_for_a_mask_does_not_look_again(
    desk: Desk, source: Source
) -> None:
    desk.selector = selector = Waiting()
    desk.verb = replace(desk.verb, analyses=analyses(selector=selector))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(desk.select, source, RED)
        assert selector.asked.wait(9)
        selector.asked.clear()
        second = pool.submit(desk.select, source, BLUE)
        assert selector.asked.wait(9)
        selector.told.set()
        assert first.result().mask != second.result().mask
    assert selector.looks == 1


def test_what_was_seen_is_bounded_in_bytes(tmp_path: Path, source: Source) -> None:
    desk = Desk(tmp_path, look_bytes=1000)
    desk.select(source, RED)
    desk.select(source, RED)
    assert desk.selector.looks == 2


def test_the_same_clicks_have_the_same_id_and_others_another(desk: Desk, source: Source) -> None:
    one = desk.select(source, RED).mask
    assert desk.select(source, RED).mask == one
    others = [
        desk.select(source, BLUE),
        desk.select(source, RED, BLUE),
        desk.select(source, RED, but=[BLUE]),
        desk.select(source, RED, boxes=[Box(0, 0, 9, 9)]),
        desk.select(picture(source.data + b" "), RED),
    ]
    assert len({one, *(each.mask for each in others)}) == 6


def test_places_that_do_not_belong_to_it_are_left_out(desk: Desk, source: Source) -> None:
    found = desk.select(source, RED, BLUE, but=[BLUE])
    assert found.best.box == Box(30, 80, 60, 80)


def test_strokes_are_many_clicks_and_boxes_are_in_pixels(desk: Desk, source: Source) -> None:
    assert desk.select(source, strokes=[[RED, BLUE]]).best.box == Box(30, 80, 250, 80)
    desk.select(source, boxes=[Box(32, 24, 160, 120)])
    box = desk.selector.boxes[-1]
    assert box is not None
    assert (box.left, box.top, box.width, box.height) == pytest.approx((0.1, 0.1, 0.5, 0.5))


def test_several_boxes_are_a_group(desk: Desk, source: Source) -> None:
    found = desk.select(source, boxes=[Box(0, 0, 32, 24), Box(288, 216, 32, 24)])
    assert [each.name for each in found.masks] == ["group"]
    assert found.best.box == Box(0, 0, 320, 240)


def test_a_click_says_what_is_meant_in_its_own_box_and_no_other(desk: Desk, source: Source) -> None:
    red, blue = Box(20, 70, 80, 100), Box(210, 70, 80, 100)
    near_blue = (0.9, 0.9)
    desk.select(source, RED, boxes=[red, blue], but=[near_blue])
    assert [[(c.x, c.y) for c in clicks] for clicks in desk.selector.clicks] == [[RED], [near_blue]]
    alone = desk.select(source, RED, boxes=[red, blue]).best.matte[:, 160:]
    assert (alone == desk.select(source, boxes=[blue]).best.matte[:, 160:]).all()


def test_boxes_that_overlap_share_a_click_and_one_box_has_all(desk: Desk, source: Source) -> None:
    whole, part = Box(0, 0, 320, 240), Box(20, 70, 80, 100)
    desk.select(source, RED, BLUE, boxes=[whole, part])
    desk.select(source, RED, BLUE, boxes=[part])
    assert [len(clicks) for clicks in desk.selector.clicks] == [2, 1, 2]


def test_without_a_click_it_is_the_subject(desk: Desk, source: Source) -> None:
    found = desk.select(source)
    assert [each.name for each in found.masks] == ["subject"]
    assert found.best.box is None


def test_the_subject_is_people_where_there_surely_are_some(desk: Desk) -> None:
    rgb = np.full((240, 320, 3), (190, 170, 120), np.uint8)
    rgb[40:240, 100:200] = (10, 200, 10)
    found = desk.select(picture(from_array(rgb).pngsave_buffer()))
    assert [each.name for each in found.masks] == ["subject"]
    assert found.best.box == Box(100, 40, 100, 200)


class AllButSand(ByColour):
    """Takes both blocks for the subject, or the red one alone."""

    alone = False

    def mask(self, look: Seen | Look, clicks: Sequence[Click], box: Box | None = None) -> Meant:
        if clicks:
            return super().mask(look, clicks, box)
        red, blue = look.rgb[..., 0] > 200, look.rgb[..., 2] > 200
        matte = (red | (blue & (not self.alone))).astype(np.float32)
        return Meant(matte, {"object": matte})


def test_what_is_left_out_alone_is_left_out_of_the_subject(desk: Desk, source: Source) -> None:
    desk.verb = replace(desk.verb, analyses=analyses(selector=AllButSand()))
    found = desk.select(source, but=[BLUE])
    assert [each.name for each in found.masks] == ["subject"]
    assert found.best.box == Box(30, 80, 60, 80)


def test_all_of_the_subject_is_never_left_out_where_a_part_of_it_is_meant(
    desk: Desk, source: Source
) -> None:
    selector = AllButSand()
    selector.alone = True
    desk.verb = replace(desk.verb, analyses=analyses(selector=selector))
    assert desk.select(source, but=[RED]).best.box == Box(59, 80, 31, 80)


def test_a_selection_is_told_in_a_line_without_its_pixels(desk: Desk, source: Source) -> None:
    found = desk.select(source, RED)
    assert f"SelectedMask(name='object', mask='{found.mask}', area=0.0625, box=" in repr(found)
    assert "array" not in repr(found)


def test_what_is_kept_is_the_matte_and_renditions_are_changed_by_it(
    desk: Desk, source: Source
) -> None:
    found = desk.select(source, BLUE)
    matte = map_from_png(desk.masks.get(found.mask).png)
    assert matte.shape == (240, 320)
    assert (matte[120, 250], matte[120, 60]) == (1, 0)
    verb = Renderer(analyses=desk.analyses, limits=Limits(), encoding=Encoding(), masks=desk.masks)
    options = parse_options(f"width=160,format=png,mask={found.mask},effect.grayscale=true").options
    pixels = Image.new_from_buffer(verb(source, options, deadline=soon()).data, "").numpy()
    assert np.ptp(pixels[60, 125]) == 0 < np.ptp(pixels[60, 30].astype(int))


def test_what_is_sent_along_leaves_nothing_on_a_disk(desk: Desk, source: Source) -> None:
    found = desk.select(uploaded(source), RED)
    assert desk.files == []
    assert desk.masks.get(found.mask).size == Size(320, 240)
    desk.select(source, RED)
    assert len(desk.files) == 2


def test_of_what_nobody_may_keep_nothing_that_was_seen_is_kept(desk: Desk, source: Source) -> None:
    private = replace(source, lifetime=Lifetime(private=True))
    desk.select(private, RED)
    desk.select(private, RED)
    assert desk.selector.looks == 2
    assert desk.files == []


def test_json_says_what_is_pointed_at() -> None:
    asked = pointed_in(EXAMPLE)
    assert [click.positive for click in asked.clicks] == [True, True, True, True, False]
    assert asked.boxes == (Box(166, 61, 107, 140),)
    assert pointed_in(None) == pointed_in({}) == Pointed()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ([[0.5, 0.5]], "clicks as an object with points, not, strokes"),
        ({"point": []}, "Expected only .* got 'point'"),
        ({"x" * 9999: [], "y": []}, "got '.{60}...', 'y'.$"),
        ({"points": 3}, "clicks.points as a list, got '3'"),
        ({"points": [[0.5] * 9999]}, r"two numbers from 0 to 1, got '.{,60}'.$"),
        ({"points": [[0.5]]}, r"clicks.points\[0\] as \[x, y\]"),
        ({"points": [[0.1, 0.2], [0.5, "a"]]}, r"clicks.points\[1\]"),
        ({"points": [[True, 0]]}, r"clicks.points\[0\]"),
        ({"not": [[1.5, 0]]}, "from 0 to 1 .* got 1.5,0"),
        ({"points": [[float("nan"), 0]]}, "from 0 to 1"),
        ({"points": [[10**400, 0]]}, "from 0 to 1"),
        ({"boxes": [{"left": 1, "top": 1, "width": float("nan"), "height": 9}]}, "in pixels"),
        ({"boxes": [{"left": 10**400, "top": 1, "width": 9, "height": 9}]}, "in pixels"),
        ({"strokes": [[]]}, r"places in clicks.strokes\[0\], got none"),
        ({"strokes": [[0.5, 0.5]]}, r"clicks.strokes\[0\]\[0\]"),
        ({"boxes": [{"left": 0, "top": 0, "width": 0, "height": 9}]}, "0.001 or more, got 0,0,0,9"),
        ({"boxes": [{"left": 0, "top": 0, "width": 9}]}, r"clicks.boxes\[0\]"),
        ({"points": [[0, 0]] * 2001}, "up to 2000 in clicks.points, got 2001"),
        ({"points": [[0, 0]] * 1500, "not": [[0, 0]] * 1500}, "up to 2000 places"),
        ({"boxes": [{"left": 0, "top": 0, "width": 9, "height": 9}] * 9}, "8 boxes, got 0 and 9"),
    ],
)
def test_what_points_at_nothing_is_refused(said: object, sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        pointed_in(said)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"points": (0.5, 0.5)}, r"Expected points\[0\] as \[x, y\], .* got '0.5'"),
        ({"points": "0.5,0.5"}, "Expected points as a list, got "),
        ({"points": [(True, 0)]}, r"points\[0\] as \[x, y\]"),
        ({"but": [(0.5, np.bool_(1))]}, r"but\[0\] as \[x, y\]"),
        ({"strokes": [[]]}, r"Expected places in strokes\[0\], got none"),
        ({"but_strokes": [[(0.5, 0.5)], []]}, r"Expected places in but_strokes\[1\], got none"),
        ({"boxes": [(1, 2, 3, 4)]}, r"boxes\[0\] with left, .*, got '\(1, 2, 3, 4\)'"),
        ({"boxes": Box(1, 2, 3, 4)}, "Expected boxes as a list, got 'Box"),
        ({"boxes": [Box(10, 10, 5e-324, 50)]}, "0.001 or more, got 10,10,4.94066e-324,50"),
    ],
)
def test_what_is_no_place_from_python_is_refused_by_its_name_there(
    said: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadOption, match=sentence):
        pointed(**said)


@pytest.mark.parametrize("number", [0, 0.0, -0.0, np.float32(0), np.float64(-0.0), np.int64(0)])
def test_the_same_places_have_one_id_whatever_their_numbers_are_made_of(
    desk: Desk, source: Source, number: Any
) -> None:
    said = {"points": [RED], "not": [[0, 0]]}
    said["boxes"] = [{"left": 0, "top": 0, "width": 100, "height": 240}]  # type: ignore[dict-item]
    known = done(desk.verb.prepare(source, pointed_in(said))).mask
    more = {"but": np.array([[number, number]]), "boxes": [Box(number, 0, np.float32(100), 240)]}
    assert desk.select(source, [np.float64(RED[0]), np.float32(RED[1])], **more).mask == known


@pytest.mark.parametrize("sides", ["nan,10,50,50", "10,-inf,50,50", "10,10,-50,50", "1,1,50,inf"])
def test_a_box_that_is_none_is_refused_whoever_says_it(sides: str) -> None:
    with pytest.raises(BadOption, match=f"boxes in pixels .* got {sides}"):
        pointed(boxes=[Box(*map(float, sides.split(",")))])


def test_a_box_beside_the_picture_is_refused_before_any_work(desk: Desk, source: Source) -> None:
    with pytest.raises(BadOption, match="lie in the picture of 320x240"):
        desk.verb.prepare(source, pointed(boxes=[Box(400, 0, 10, 10)]))
    assert desk.selector.looks == 0


def test_a_drawing_shows_what_is_selected_and_darkens_the_rest(desk: Desk, source: Source) -> None:
    asked = pointed([RED], [(0.5, 0.1)])
    found = done(desk.verb.prepare(source, asked))
    drawn = Image.new_from_buffer(done(prepare_selection(source, known=found, asked=asked)), "")
    assert (drawn.width, drawn.height) == (320, 240)
    assert tuple(drawn(40, 90)) == (250, 10, 10)
    assert max(drawn(250, 120)) < 70
    red, green, blue = drawn(60, 120)
    assert green > red > 40
    red, green, blue = drawn(160, 24)
    assert red > 240 > green > 60 < blue


def test_an_id_that_nobody_was_given_is_unknown(desk: Desk) -> None:
    with pytest.raises(UnknownMask):
        desk.masks.get("a" * 26)
