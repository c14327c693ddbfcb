from __future__ import annotations

import struct
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from handler_stand import InMemory, a_sample, prepared
from moderation_stand import RED, renderer

from foveate.app import App, create
from foveate.datasets.drawn import drawn
from foveate.datasets.handlers.builtin.child import InFrames
from foveate.datasets.handlers.builtin.chosen import BACKGROUNDS
from foveate.datasets.handlers.builtin.handler import Foveate
from foveate.datasets.handlers.builtin.installed import BuiltIn
from foveate.datasets.handlers.builtin.schema import SCHEMA
from foveate.datasets.handlers.installed import handlers_of
from foveate.datasets.handlers.limits import Limits
from foveate.datasets.making import Halted
from foveate.datasets.masks import runs_of
from foveate.datasets.sample import Instance, Made, Polygons, Sample
from foveate.datasets.schema import filled
from foveate.datasets.wire import MOST_ATTRIBUTES, sample_to_json
from foveate.errors import (
    BadConfiguration,
    BrokenImage,
    HandlerFailed,
    NotAnImage,
    PictureBlocked,
    TooManyPixels,
    UnknownHandler,
    UnknownPreset,
)
from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.imaging.pixels import from_array, to_array
from foveate.settings import Caching, Datasets, Moderation, Origins, Settings, load
from foveate.settings import Limits as OfPictures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MARK = Box(20, 20, 30, 20)
"""The red one in the drawn scene."""
OUTLINE = Polygons((((20.0, 20.0), (50.0, 20.0), (50.0, 40.0), (20.0, 40.0)),))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = str(tmp_path_factory.mktemp("caches"))
    return Settings(caching=Caching(folder=folder), models=load().models)


@pytest.fixture(scope="module")
def app(settings: Settings) -> App:
    return create(settings)


def config(**more: Any) -> dict[str, Any]:
    return filled(more, SCHEMA)


def marked(data: bytes) -> Sample:
    known = Instance(label="mark", box=MARK, mask=OUTLINE)
    return replace(a_sample(data=data), instances=(known,))


def made_of(app: App, data: bytes, **more: Any) -> list[Made]:
    handler = Foveate(app, config(format="png", **more))
    return list(handler.prepare(marked(data), data, InMemory({}).read, 1))


def pixels_of(made: Made) -> NDArray[np.uint8]:
    return to_array(Image.new_from_buffer(made.data, ""))


def red_in(made: Made) -> Box:
    pixels = pixels_of(made).astype(int)
    red = (pixels[..., 0] > 120) & (pixels[..., 1] < 80) & (pixels[..., 2] < 80)
    rows, columns = np.nonzero(red)
    return Box(columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)


def test_a_picture_itself_comes_back_as_it_is(app: App, photo: Image) -> None:
    (made,) = made_of(app, photo.pngsave_buffer())
    assert (made.key, made.ext, made.size) == ("cats/7-000", "png", Size(320, 240))
    assert (pixels_of(made) == to_array(photo)).all()
    assert made.instances[0].box == MARK


@pytest.mark.parametrize(
    "options",
    [
        "width=160",
        "width=200,height=200,fit=cover,gravity=left",
        "width=100,height=200,fit=cover,gravity=0.1x0.1",
        "width=100,height=90,fit=crop,gravity=right,flip=hv",
        "rotate=90,width=90",
        "trim=10;0;0;15,width=100",
        "flip=h,rotate=270,width=300,height=300,fit=squeeze",
        "width=640",
    ],
)
def test_boxes_and_outlines_follow_option_strings(app: App, photo: Image, options: str) -> None:
    for data in (photo.pngsave_buffer(), _turned(photo)):
        (made,) = made_of(app, data, options=[options])
        known = made.instances[0]
        assert known.box is not None
        assert isinstance(known.mask, Polygons)
        red = red_in(made)
        for side in ("left", "top", "right", "bottom"):
            assert getattr(known.box, side) == pytest.approx(getattr(red, side), abs=1.1), side
        xs = [x for x, _ in known.mask.rings[0]]
        assert (min(xs), max(xs)) == pytest.approx((known.box.left, known.box.right), abs=1e-6)


@pytest.mark.parametrize("cut", ["width=120,height=120,fit=cover", "trim=0;150;0;30"])
def test_no_label_lies_on_what_fills_where_an_option_string_cuts_and_a_turn_shows_more(
    app: App, cut: str
) -> None:
    """All of the picture is the thing: what of it was cut off would lie on the black."""
    data = from_array(np.full((160, 320, 3), 255, np.uint8)).pngsave_buffer()
    pixels = np.ones((160, 320), bool)
    ring = ((0.0, 0.0), (320.0, 0.0), (320.0, 160.0), (0.0, 160.0))
    things = tuple(Instance(label="a", mask=mask) for mask in (Polygons((ring,)), runs_of(pixels)))
    sample = replace(a_sample(data=data), instances=things)
    asked = {"options": [cut], "rotate": 30.0, "fill": "000000", "variations_per_sample": 6}
    handler = Foveate(app, config(format="png", min_visible=0.0, **asked))
    for made in handler.prepare(sample, data, InMemory({}).read, 3):
        seen = pixels_of(made)[..., 0] > 127
        assert seen.mean() < 0.97
        for each in made.instances:
            assert each.mask is not None
            known = drawn(each.mask, made.size)
            assert (known & ~seen).mean() < 0.005
            assert (known != seen).mean() < 0.02


@pytest.mark.parametrize("crop", ["face", "saliency"])
def test_a_picture_longer_than_any_crop_is_cut_to_the_longest_one(app: App, crop: str) -> None:
    strip = from_array(np.full((2, 600, 3), 200, np.uint8)).pngsave_buffer()
    (made,) = made_of(app, strip, crop=crop)
    assert made.size == Size(200, 2)


def _turned(photo: Image) -> bytes:
    """Return the scene as a camera held on its side writes it."""
    stored = photo.rot270().copy()
    stored.set_type(pytest.importorskip("pyvips").GValue.gint_type, "orientation", 6)
    data: bytes = stored.jpegsave_buffer(Q=98, subsample_mode="off", keep="exif")
    return data


def test_each_option_string_has_its_variations(app: App, photo: Image) -> None:
    asked = {"options": ["", "width=100"], "variations_per_sample": 3, "crop": "random"}
    made = made_of(app, photo.pngsave_buffer(), **asked, rotate=20.0, flip="both", exposure=1.0)
    assert [each.key[-3:] for each in made] == ["000", "001", "002", "003", "004", "005"]
    assert len({each.data for each in made}) == 6
    assert made[3].size.width <= 100 < made[0].size.width


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ("sparkle=1", BadConfiguration),
        ("preset=avatar", UnknownPreset),
        ("border=5px", BadConfiguration),
        ("upscale=generate,width=900", BadConfiguration),
        ("width=100,height=100,fit=pad", BadConfiguration),
    ],
)
def test_options_that_points_cannot_follow_are_refused(
    app: App, photo: Image, options: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        made_of(app, photo.pngsave_buffer(), options=[options])


def test_pictures_are_left_out_for_what_they_are(app: App, photo: Image) -> None:
    data = photo.pngsave_buffer()
    for filtered in ({"min_width": 400}, {"min_sharpness": 900.0}, {"max_light": 0.1}):
        assert made_of(app, data, **filtered) == []
    assert len(made_of(app, data, min_width=320, min_sharpness=1.0, max_light=0.9)) == 1


def test_what_is_no_picture_is_an_error_of_its_picture(app: App, photo: Image) -> None:
    with pytest.raises(NotAnImage):
        made_of(app, b"no picture")
    with pytest.raises(BrokenImage):
        made_of(app, photo.pngsave_buffer()[:2000])


def selected(app: App, samples: Sequence[Sample], **more: Any) -> list[Sample]:
    read = InMemory({each.source: each.key.encode() for each in samples}).read
    return list(Foveate(app, config(**more)).select(samples, read, 1))


def test_another_sample_of_the_same_split_is_picked_as_background(app: App) -> None:
    samples = [a_sample(str(number)) for number in range(40)]
    chosen = selected(app, samples, backgrounds="others", splits={"train": 0.5, "val": 0.5})
    assert [each.key for each in chosen] == [each.key for each in samples]
    splits = {each.source: each.split for each in chosen}
    for each in chosen:
        backgrounds = {str(each.attributes[name]) for name in BACKGROUNDS}
        assert len(backgrounds - {each.source}) == len(BACKGROUNDS)
        assert {splits[background] for background in backgrounds} == {each.split}
    assert set(splits.values()) == {"train", "val"}


def test_a_configuration_that_leaves_no_sample_is_told_so(app: App) -> None:
    with pytest.raises(BadConfiguration, match="leaves samples, got one without"):
        selected(app, [])


def test_a_class_that_no_sample_has_is_named_with_the_one_that_was_meant(app: App) -> None:
    samples = [a_sample("1", labels=("person", "cat"))]
    with pytest.raises(BadConfiguration, match=r"got 'persn' \(did you mean person\?\)\."):
        selected(app, samples, classes=["person", "persn"])


def test_repeats_are_left_out_and_the_first_stays(app: App, photo: Image) -> None:
    pictures = {
        "a.jpg": photo.pngsave_buffer(),
        "b.jpg": photo.jpegsave_buffer(Q=60),
        "c.jpg": photo.rot90().pngsave_buffer(),
        "d.jpg": b"no picture",
    }
    samples = [a_sample(name[0], data) for name, data in pictures.items()]
    for hands in (1, 3):
        handler = Foveate(app, config(duplicates=4), hands)
        kept = handler.select(samples, InMemory(pictures).read, 1)
        assert [each.key for each in kept] == ["a", "c", "d"]


@pytest.mark.skipif(sys.platform == "win32", reason="datasets are made on Linux and macOS")
def test_its_process_makes_the_same_and_outlives_a_picture_that_is_none(
    app: App, settings: Settings, photo: Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A name of a setting means the same in the process, which starts in another folder.
    (tmp_path / "origin").mkdir()
    monkeypatch.chdir(tmp_path)
    settings = replace(settings, origins=Origins(folder="origin"))
    data = photo.pngsave_buffer()
    asked = config(crop="random", rotate=20.0, width=90, hue=30.0, blur=2.0, jpeg_artefacts=9)
    here = list(Foveate(app, asked).prepare(marked(data), data, InMemory({}).read, 1))
    with BuiltIn(settings, Limits()).start(asked, InMemory({})) as handler:
        with pytest.raises(NotAnImage):
            prepared(handler, marked(b"no picture"), b"no picture", 1)
        assert prepared(handler, marked(data), data, 1) == here


def test_the_newest_version_is_meant_where_none_is_said(tmp_path: Path) -> None:
    handlers = handlers_of(Settings(datasets=Datasets(handlers_folder=str(tmp_path))))
    assert handlers.of("foveate", "") is handlers.of("foveate", "1.4")
    with pytest.raises(UnknownHandler, match=r"of foveate that is installed, 1\.4, got 0\.9\."):
        handlers.of("foveate", "0.9")
    with pytest.raises(UnknownHandler, match=r"that is installed, foveate, got nobody\."):
        handlers.of("nobody", "")


def red(photo: Image, box: Box | None = None) -> bytes:
    """Return a picture of which all, or a box, must not be shown."""
    pixels = to_array(photo).copy()
    place = box or Box(0, 0, photo.width, photo.height)
    left, top, right, bottom = map(int, (place.left, place.top, place.right, place.bottom))
    pixels[top:bottom, left:right] = RED
    png: bytes = from_array(pixels).pngsave_buffer()
    return png


@pytest.fixture(params=["block", "blur"])
def strict(app: App, request: pytest.FixtureRequest) -> App:
    return replace(app, renderer=renderer(enforce=request.param))


@pytest.mark.parametrize(
    "more", [{}, {"options": ["width=200"]}, {"options": ["segment=foreground"]}, {"rotate": 9.0}]
)
def test_where_moderation_is_enforced_nothing_is_made_of_what_it_flags(
    strict: App, photo: Image, more: dict[str, Any]
) -> None:
    with pytest.raises(PictureBlocked):
        made_of(strict, red(photo), **more)
    assert len(made_of(strict, photo.pngsave_buffer(), **more)) == 1


@pytest.mark.parametrize(
    "more", [{"crop": "centre", "aspect": "9:16"}, {"options": ["trim.width=80,trim.left=120"]}]
)
def test_a_part_that_moderation_flags_leaves_its_picture_out(
    strict: App, photo: Image, more: dict[str, Any]
) -> None:
    spot = red(photo, Box(100, 0, 120, 240))
    assert len(made_of(strict, spot)) == 1
    with pytest.raises(PictureBlocked):
        made_of(strict, spot, **more)


@pytest.mark.parametrize("more", [{}, {"crop": "saliency"}])
def test_what_is_drawn_of_a_picture_is_held_to_no_bound_of_originals(
    settings: Settings, photo: Image, more: dict[str, Any]
) -> None:
    data = photo.jpegsave_buffer(Q=10)
    asked = {"options": ["width=640,fit=scale-up"], "width": 32, "height": 32, **more}
    made = made_of(create(settings), data, **asked)
    original = Size(photo.width, photo.height)
    for limits in (
        OfPictures(max_bytes=len(data)),
        OfPictures(max_pixels=original.area),
        OfPictures(max_side=original.long_side),
    ):
        assert made_of(create(replace(settings, limits=limits)), data, **asked) == made
    strict = replace(create(settings), renderer=renderer(enforce="block", limits=limits))
    assert made_of(strict, data, **asked)


def test_what_a_subject_is_put_on_is_read_once_for_all_variations(app: App, photo: Image) -> None:
    data, asked = photo.pngsave_buffer(), config(backgrounds="others", variations_per_sample=3)
    sample, read = a_sample(data=data, attributes={BACKGROUNDS[0]: "other.jpg"}), list[str]()

    def behind(source: str) -> bytes:
        read.append(source)
        return data

    assert len(list(Foveate(app, asked).prepare(sample, data, behind, 1))) == 3
    assert read == ["other.jpg"]


def test_who_would_stand_before_a_broken_picture_gets_another_one(app: App, photo: Image) -> None:
    data = photo.pngsave_buffer()
    pictures = {f"{key}.jpg": data for key in "123"} | {"4.jpg": data[:2000], "5.jpg": b"none"}
    samples = [a_sample(source[0], picture) for source, picture in pictures.items()]
    handler = Foveate(app, config(backgrounds="others", format="png"))
    for seed in range(3):
        read = InMemory(pictures).read
        chosen = {each.key: each for each in handler.select(samples, read, seed)}
        for key in "123":
            (made,) = handler.prepare(chosen[key], data, read, seed)
            assert made.attributes == {}


def test_where_all_others_are_broken_a_picture_stays_as_it_is(app: App, photo: Image) -> None:
    pictures = {"1.jpg": photo.pngsave_buffer(), "2.jpg": b"none"}
    samples = [a_sample(source[0], picture) for source, picture in pictures.items()]
    handler = Foveate(app, config(backgrounds="others", format="png"))
    read = InMemory(pictures).read
    first, _ = handler.select(samples, read, 1)
    (made,) = handler.prepare(first, pictures["1.jpg"], read, 1)
    assert (pixels_of(made) == to_array(photo)).all()


def test_a_sample_of_as_many_attributes_as_there_may_be_is_put_on_another(
    app: App, photo: Image
) -> None:
    data, most = photo.pngsave_buffer(), {f"a{number}": "b" for number in range(MOST_ATTRIBUTES)}
    samples = [sample_to_json(a_sample(key, data, attributes=most)) for key in ("1", "2")]
    handler = InFrames(Foveate(app, config(backgrounds="others")))
    first, _ = handler.select(handler.kept(samples), {}, None, 1)
    (made,) = handler.prepare(first, {"1.jpg": data, "2.jpg": data}, None, 1)
    assert made["attributes"] == most


def test_nobody_is_put_on_a_picture_that_moderation_flags(strict: App, photo: Image) -> None:
    data, handler = photo.pngsave_buffer(), Foveate(strict, config(backgrounds="others"))
    for behind, refused in ((data, False), (red(photo), True)):
        sample = a_sample(data=data, attributes={BACKGROUNDS[0]: "other.jpg"})
        made = handler.prepare(sample, data, InMemory({"other.jpg": behind}).read, 1)
        if refused:
            with pytest.raises(PictureBlocked):
                list(made)
        else:
            assert len(list(made)) == 1


def test_what_is_asked_to_be_blocked_leaves_its_picture_out(app: App, photo: Image) -> None:
    lenient = replace(app, renderer=renderer())
    assert len(made_of(lenient, red(photo))) == 1
    with pytest.raises(PictureBlocked):
        made_of(lenient, red(photo), options=["moderate=block"])


def test_what_is_enforced_and_by_which_rules_is_part_of_the_id() -> None:
    def pin(**said: Any) -> str:
        return BuiltIn(Settings(moderation=Moderation(**said)), Limits()).pin

    assert pin() == pin(threshold=0.5)
    assert pin(enforce="block") == pin(enforce="blur", when_away="refuse")
    assert len({pin(), pin(enforce="block"), pin(enforce="block", threshold=0.5)}) == 3


def test_limits_by_which_other_pictures_are_left_out_are_part_of_the_id() -> None:
    def pin(**said: Any) -> str:
        return BuiltIn(Settings(limits=OfPictures(**said)), Limits()).pin

    assert pin() == pin(timeout_s=5.0) == pin(max_pixels=OfPictures().max_pixels)
    assert len({pin(), pin(max_pixels=100), pin(max_side=100), pin(max_frames=100)}) == 4


@pytest.mark.models
def test_its_process_leaves_out_what_is_flagged_and_its_log_has_no_score(
    settings: Settings, photo: Image
) -> None:
    settings = replace(settings, moderation=Moderation(enforce="block", threshold=0.0))
    data = photo.pngsave_buffer()
    with BuiltIn(settings, Limits()).start(config(), InMemory({})) as handler:
        with pytest.raises(PictureBlocked):
            prepared(handler, marked(data), data, 1)
        handler.end()
        with pytest.raises(HandlerFailed) as failed:
            prepared(handler, marked(data), data, 1)
    assert "nudity" not in failed.value.log


def test_what_is_said_without_running_it_is_what_it_says_itself() -> None:
    samples = [a_sample(str(number), labels=("cat", "dog")[: number % 3]) for number in range(30)]
    asked = config(classes=["dog"], splits={"train": 0.5, "val": 0.5}, backgrounds="others")
    installed = BuiltIn(Settings(), Limits())
    told = installed.selected(asked, samples, 1, lambda: None)
    assert told is not None
    with installed.start(asked, InMemory({})) as handler:
        assert [*handler.select(samples, 1)] == [*told]
    assert len(told) == 10
    assert installed.selected(config(duplicates=1), samples, 1, lambda: None) is None


@pytest.mark.parametrize(
    "of",
    [{}, {"classes": ["cat"]}, {"splits": {"train": 1.0}}, {"backgrounds": "others"}],
    ids=lambda of: "".join(of) or "nothing",
)
def test_where_nothing_is_chosen_samples_are_those_of_the_raw_data(of: dict[str, Any]) -> None:
    samples = [a_sample(str(number), labels=("cat",), split="test") for number in range(3)]
    told = BuiltIn(Settings(), Limits()).selected(config(**of), samples, 1, lambda: None)
    assert told is not None
    assert (told is samples) == (not of)
    assert [each.split for each in told] == ["train" if "splits" in of else "test"] * 3


def test_what_is_said_without_running_it_ends_when_somebody_asks_to_stop() -> None:
    def halt() -> None:
        raise Halted

    asked = config(splits={"train": 1.0})
    with pytest.raises(Halted):
        BuiltIn(Settings(), Limits()).selected(asked, [a_sample("1")], 1, halt)


def test_a_class_that_no_picture_has_is_a_mistake_of_who_asked_and_no_crash() -> None:
    with (
        BuiltIn(Settings(), Limits()).start(config(classes=["cow"]), InMemory({})) as handler,
        pytest.raises(BadConfiguration, match=r"^config\.classes: expected labels"),
    ):
        handler.select([a_sample(labels=("cat",))], 1)


@pytest.mark.models
def test_crops_backgrounds_and_redaction_see_faces(app: App, portrait: str) -> None:
    data = Path(portrait).read_bytes()
    sample = a_sample(data=data)

    def made(**more: Any) -> Made:
        return next(Foveate(app, config(**more)).prepare(sample, data, InMemory({}).read, 1))

    face = made(crop="face", aspect="1:1", zoom=1.0)
    assert face.size.width == pytest.approx(face.size.height, abs=1)
    assert face.size.width < 300
    behind = made(backgrounds="colours", matte=True, format="png")
    matte = to_array(Image.new_from_buffer(behind.targets["matte.png"], ""))
    pixels = pixels_of(behind)
    assert 0.2 < (matte > 127).mean() < 0.9
    assert len(np.unique(pixels[matte[..., 0] == 0], axis=0)) == 1
    hidden = made(redact="faces", format="png")
    differ = np.abs(pixels_of(hidden).astype(int) - pixels_of(made(format="png"))).max(axis=2)
    assert differ.max() > 60


@pytest.mark.models
@pytest.mark.parametrize(
    ("options", "left"),
    [
        ("segment=foreground", ["person"]),
        ("segment=foreground,width=200,brightness=0.3", ["person"]),
        ("segment=foreground,segment.background=white,rotate=90", ["person"]),
        ("segment=foreground,segment.background=blur", ["person", "wall"]),
        ("segment=foreground,segment.output=matte", ["person", "wall"]),
        ("width=200", ["person", "wall"]),
    ],
)
def test_what_an_option_string_erases_is_no_thing_any_more(
    app: App, portrait: str, options: str, left: list[str]
) -> None:
    data = Path(portrait).read_bytes()
    size = app.source_of(data).facts.size
    person = Instance(label="person", box=Box(0.3, 0.3, 0.5, 0.5).scaled(*_sides(size)))
    wall = Instance(label="wall", box=Box(0, 0, 0.1, 0.1).scaled(*_sides(size)))
    sample = replace(a_sample(data=data), instances=(person, wall))
    handler = Foveate(app, config(options=[options]))
    (made,) = handler.prepare(sample, data, InMemory({}).read, 1)
    assert [each.label for each in made.instances] == left


def _sides(size: Size) -> tuple[int, int]:
    return size.width, size.height


def test_a_bomb_is_left_out_before_it_is_decoded(app: App) -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    parts = {b"IHDR": head, b"IDAT": zlib.compress(bytes(2**20)), b"IEND": b""}
    chunks = [
        len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
        for name, body in parts.items()
    ]
    with pytest.raises(TooManyPixels):
        made_of(app, b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def test_a_large_photo_is_decoded_no_finer_than_it_is_shown(app: App, photo: Image) -> None:
    large = photo.resize(8, kernel="nearest").jpegsave_buffer(Q=95)
    (made,) = made_of(app, large, crop="centre", width=100, height=100)
    (small,) = made_of(app, photo.pngsave_buffer(), crop="centre", width=100, height=100)
    assert np.abs(pixels_of(made).astype(int) - pixels_of(small)).mean() < 4
