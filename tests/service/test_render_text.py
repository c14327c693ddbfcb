"""Renditions that go by text: crops that keep it or spare it, text hidden, text kept sharp."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from service_networks import Detector, Letters, Spelling, Things, analyses, picture, soon

from foveate.app import create
from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.options.grammar import parse_options
from foveate.options.model import Gravity, GravityKind
from foveate.service.analyse import Analyser
from foveate.service.crops import Cropper
from foveate.service.render import Renderer
from foveate.settings import MIB, Encoding, Limits, Settings, Text
from foveate.trace import Trace

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions
    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses

LINE = Box(20, 180, 120, 24)
"""In the lower left of the drawn photo, far from its head."""
SPARING = Text(crops=True)


@pytest.fixture
def png(photo: Image) -> bytes:
    data: bytes = photo.pngsave_buffer()
    return data


def render(data: bytes, text: str, with_: Analyses, trace: Trace | None = None) -> Rendition:
    verb = Renderer(analyses=with_, limits=Limits(), encoding=Encoding())
    return verb(picture(data), parse_options(text).options, deadline=soon(), trace=trace)


def pixels(made: Rendition) -> Any:
    return Image.new_from_buffer(made.data, "").numpy().astype(int)


def explained(data: bytes, text: str, with_: Analyses) -> dict[str, Any]:
    made = render(data, f"{text},fit=cover,format=json,explain=true", with_)
    told: dict[str, Any] = json.loads(made.data)["foveate"]
    return told


def generations(options: TransformOptions) -> set[str]:
    """What decides over a rendition, where other crops spare text and where they do not."""
    apps = [create(Settings(text=text)) for text in (Text(), SPARING)]
    return {app.generation(options) for app in apps}


def test_a_crop_about_text_holds_it_and_says_so(png: bytes) -> None:
    seen, trace = analyses(letters=Letters(LINE)), Trace()
    made = render(png, "width=120,height=240,fit=cover,gravity=text", seen, trace)
    assert made.headers["Foveate-Gravity"] == "text"
    assert "text-lines" in trace.total_ms()
    assert "faces" not in trace.total_ms()
    told = explained(png, "width=160,height=240,gravity=text", seen)
    box = Box(**told["crop"]["box"])
    assert box.contains(LINE, 0.6)
    assert [Box(**one) for one in told["text"]] == [LINE]
    assert told["timings_ms"].keys() <= {"text-lines"}


def test_where_nothing_is_written_it_goes_to_what_draws_the_eye(png: bytes) -> None:
    for letters, reading in ((Letters(), 1.0), (Letters(LINE, score=0.55), 0.7)):
        seen, trace = analyses(letters=letters, text=Spelling(reading)), Trace()
        made = render(png, "width=120,height=240,fit=cover,gravity=text", seen, trace)
        assert made.headers["Foveate-Gravity"] == "saliency"
        assert "gravity" in trace.fallbacks


def test_what_is_hardly_found_and_surely_read_is_text_where_there_is_no_other(png: bytes) -> None:
    seen = analyses(letters=Letters(LINE, score=0.55), text=Spelling())
    told = explained(png, "width=160,height=240,gravity=text", seen)
    assert told["gravity"] == "text"
    assert Box(**told["crop"]["box"]).contains(LINE, 0.6)
    assert [Box(**one) for one in told["text"]] == [LINE]
    surely = Spelling()
    render(png, "width=160,height=240,gravity=text", analyses(letters=Letters(LINE), text=surely))
    assert surely.shapes == [], "nobody reads where lines are surely found"
    by_face = "width=160,height=240,gravity=auto"
    unread = Spelling()
    doubtful = analyses(letters=Letters(LINE, score=0.55), text=unread, writing=SPARING)
    explained(png, by_face, doubtful)
    assert unread.shapes == [], "nor for a crop by anything else"


@pytest.mark.parametrize(
    ("gravity", "line"), [("face", Box(90, 10, 60, 20)), ("auto", Box(60, 10, 60, 20))]
)
def test_other_crops_spare_text_only_where_that_is_set(png: bytes, gravity: str, line: Box) -> None:
    usual, sparing = Letters(line), Letters(line)
    asked = f"width=200,height=240,gravity={gravity}"
    plain = explained(png, asked, analyses(letters=usual))
    assert usual.calls == 0
    assert "text" not in plain
    spared = explained(png, asked, analyses(letters=sparing, writing=SPARING))
    assert sparing.calls == 1
    boxes = [Box(**one["crop"]["box"]) for one in (plain, spared)]
    head = Box(200, 50, 60, 80)
    letters = Box(line.left + 3, line.top + 3, line.width - 6, line.height - 6)
    whole = [box.contains(letters) or box.overlap(letters) is None for box in boxes]
    assert whole == [False, True]
    assert all(box.contains(head, 0.6) for box in boxes)


@pytest.mark.parametrize("gravity", ["face", "auto", "object"])
def test_a_setting_that_changes_crops_changes_what_is_kept_of_them(gravity: str) -> None:
    options = parse_options(f"width=9,height=9,fit=cover,gravity={gravity}").options
    assert len(generations(options)) == 2


@pytest.mark.parametrize(
    "asked",
    [
        *(f"fit=cover,gravity={kind}" for kind in ("center", "0.5x0.5", "left", "top")),
        *(f"fit=cover,gravity={kind}" for kind in ("attention", "entropy", "text")),
        "fit=scale-down,gravity=face",
    ],
)
def test_what_the_setting_leaves_alone_it_leaves_bit_for_bit(photo: Image, asked: str) -> None:
    jpeg = photo.jpegsave_buffer(Q=95)
    usual, sparing = Letters(LINE), Letters(LINE)
    asked = f"width=200,height=200,format=jpeg,{asked}"
    plain = render(jpeg, asked, analyses(letters=usual))
    spared = render(jpeg, asked, analyses(letters=sparing, writing=SPARING))
    assert spared.data == plain.data
    assert sparing.calls == usual.calls
    assert len(generations(parse_options(asked).options)) == 1


@pytest.mark.parametrize("asked", ["gravity=left", "gravity=attention", "gravity=center"])
def test_an_explanation_looks_for_no_text_either(png: bytes, asked: str) -> None:
    letters = Letters(LINE)
    told = explained(png, f"width=99,height=99,{asked}", analyses(letters=letters, writing=SPARING))
    assert letters.calls == 0
    assert "text" not in told


def test_a_crop_that_cuts_nothing_off_looks_for_no_text(png: bytes) -> None:
    letters = Letters(LINE)
    seen = analyses(letters=letters, writing=SPARING)
    render(png, "width=160,height=120,fit=cover,gravity=face", seen)
    assert letters.calls == 0


def test_what_a_trim_leaves_to_be_cut_spares_text_too(photo: Image) -> None:
    white = photo.embed(0, 40, 320, 320, extend="white")
    data = white.pngsave_buffer()
    letters = Letters(LINE, size=Size(320, 320))
    seen = analyses(letters=letters, writing=SPARING)
    made = render(data, "width=100,height=100,fit=cover,gravity=auto,trim=border", seen)
    assert made.headers["Foveate-Gravity"] == "saliency"
    assert letters.calls == 1


def test_a_look_for_text_is_counted_in_the_memory_of_a_crop(png: bytes) -> None:
    asked = parse_options("width=200,height=240,fit=cover,gravity=face").options
    need = [
        Renderer(analyses=analyses(writing=text), limits=Limits(), encoding=Encoding())
        .prepare(picture(png), asked)
        .memory_bytes
        for text in (Text(), SPARING, replace(SPARING, long_side=1280))
    ]
    looks = need[1] - need[0], need[2] - need[0]
    assert looks[0] >= 64 * MIB
    assert looks[1] == pytest.approx(4 * looks[0], rel=0.01)


def test_crops_of_many_shapes_go_by_text(png: bytes) -> None:
    seen = analyses(letters=Letters(LINE))
    renderer = Renderer(analyses=seen, limits=Limits(), encoding=Encoding())
    cropper = Cropper(analyses=seen, limits=Limits(), renderer=renderer)
    work = cropper.prepare(picture(png), ["1:1", "9:16"], Gravity(GravityKind.TEXT))
    found = work.run(soon(), Trace())
    assert {crop.gravity for crop in found.crops} == {"text"}
    assert found.crops[0].box.contains(LINE, 1)


@pytest.mark.parametrize("method", ["blur", "pixelate", "solid"])
def test_hidden_text_is_gone_and_all_else_stays(png: bytes, method: str) -> None:
    seen = analyses(letters=Letters(LINE))
    made = pixels(render(png, f"redact=text,redact.method={method},format=png", seen))
    plain = pixels(render(png, "format=png", seen))
    top, left = int(LINE.top), int(LINE.left)
    inside = np.s_[top : top + 24, left : left + 120]
    ground = (0, 0, 0) if method == "solid" else (90, 120, 60)
    assert np.abs(made[inside] - ground).max() <= 3
    assert np.array_equal(made[:150], plain[:150])
    assert np.array_equal(made[:, 180:], plain[:, 180:])


def test_text_is_hidden_beside_faces_and_in_every_frame(photo: Image) -> None:
    tall = photo.join(photo.invert(), "vertical").join(photo, "vertical").copy()
    tall.set_type(photo.get_typeof("width"), "page-height", 240)
    data = tall.webpsave_buffer(lossless=True)
    letters = Letters(LINE)
    asked = "redact=faces|text,redact.method=solid,format=webp,quality=100"
    moving = render(data, asked, analyses(letters=letters))
    made = Image.new_from_buffer(moving.data, "", n=-1).numpy()
    assert made.shape[0] == 720
    for start in (0, 240, 480):
        assert made[start + 190, 80, :3].max() < 30
        assert made[start + 90, 230, :3].max() < 30
    assert letters.calls >= 2


def test_hidden_text_is_looked_for_twice_and_kept(png: bytes) -> None:
    letters = Letters(LINE)
    seen = analyses(letters=letters)
    for width in (100, 200):
        render(png, f"width={width},redact=text", seen)
    assert letters.calls == 2


def test_text_in_reading_order_is_told_as_json(png: bytes) -> None:
    letters = Letters(LINE, Box(20, 20, 100, 30))
    known = (
        Analyser(analyses=analyses(letters=letters))
        .prepare(picture(png), ["text"])
        .run(soon(), Trace())
    )
    told = known.to_json()["text"]
    assert [row["text"] for row in told] == ["20,20", "20,180"]
    assert told[0]["box"] == {"left": 20, "top": 20, "width": 100, "height": 30}
    assert told[0]["quad"] == [[20, 20], [120, 20], [120, 50], [20, 50]]
    assert (told[0]["score"], told[0]["detection_score"]) == (0.95, 0.9)
    assert known["text"][1].box == LINE


def test_a_picture_is_read_as_fine_as_its_lines_need() -> None:
    small = np.full((3000, 4000, 3), 200, np.uint8)
    data = from_array(small).jpegsave_buffer(Q=60)
    size = Size(4000, 3000)
    shapes = []
    for height in (20, 400):
        spelling = Spelling()
        letters = Letters(Box(100, 100, 800, height), size=size, small=8)
        looks = analyses(letters=letters, text=spelling)
        Analyser(analyses=looks).prepare(picture(data), ["text"]).run(soon(), Trace())
        shapes.append(max(spelling.shapes[0]))
    assert shapes[0] >= 2560
    assert shapes[1] <= 1000


@pytest.mark.parametrize(("line", "sampling"), [(Box(20, 180, 60, 10), "4:2:0"), (LINE, "4:4:4")])
def test_where_much_is_text_colour_is_kept_at_full_resolution(
    photo: Image, line: Box, sampling: str
) -> None:
    jpeg = photo.jpegsave_buffer(Q=95)
    asked = "width=200,height=200,fit=cover,gravity=text,format=jpeg"
    made = render(jpeg, asked, analyses(letters=Letters(line)))
    shown = Image.new_from_buffer(made.data, "")
    assert shown.get("jpeg-chroma-subsample") == sampling


class Dark(Letters):
    """Sees its lines on black alone."""

    def __call__(self, rgb: Any) -> Any:
        return super().__call__(rgb) if rgb[0, 0].max() < 128 else ()


class Fleeting(Things):
    """Sees blocks on black alone."""

    def __call__(self, thumbnail: Any, size: Size) -> Any:
        seen = super().__call__(thumbnail, size)
        return seen if thumbnail(size)[0, 0].max() < 128 else ()


def clear(alpha: int = 0) -> bytes:
    """A picture that is white on nothing, or almost, with a red block in its lower left."""
    rgba = np.full((240, 320, 4), 255, np.uint8)
    rgba[..., 3] = alpha
    rgba[180:204, 20:140] = (255, 0, 0, 255)
    made: bytes = from_array(rgba).pngsave_buffer()
    return made


@pytest.mark.parametrize("anim", [False, True])
@pytest.mark.parametrize("target", ["text", "object:car", "faces"])
def test_what_shows_on_black_alone_is_hidden_as_well(target: str, anim: bool) -> None:
    head = Detector(LINE)
    seen = analyses(DarkHead(head), letters=Dark(LINE), objects=Fleeting())
    data = clear()
    if anim:
        frame = Image.new_from_buffer(data, "")
        tall = frame.join(frame.invert(), "vertical").copy()
        tall.set_type(frame.get_typeof("width"), "page-height", 240)
        data = tall.webpsave_buffer(lossless=True)
    asked = f"redact={target},redact.method=solid,format={'webp' if anim else 'png'},quality=100"
    middle = pixels(render(data, asked, seen))[192, 80]
    assert middle[:3].max() < 30
    assert middle[3] == 255


class DarkHead(Detector):
    """Sees its head on black alone."""

    def __init__(self, head: Detector) -> None:
        super().__init__(head.box, head.size)

    def __call__(self, rgb: Any) -> Any:
        return super().__call__(rgb) if rgb[0, 0].max() < 128 else ()


def test_what_is_opaque_is_looked_at_on_one_ground(png: bytes) -> None:
    for data in (png, clear(255)):
        letters = Letters(LINE)
        render(data, "redact=text,format=png", analyses(letters=letters))
        assert letters.calls == 2
    letters = Letters(LINE)
    render(clear(), "redact=text,format=png", analyses(letters=letters))
    assert letters.calls == 4


@pytest.mark.parametrize("asked", ["redact=text", "moderate=block", "redact=object:dog"])
def test_no_colour_is_left_where_nothing_shows(asked: str) -> None:
    made = pixels(render(clear(), f"{asked},format=png", analyses()))
    assert not made[:170].any()
    plain = pixels(render(clear(), "format=png", analyses()))
    assert plain[:170, :, :3].any()
