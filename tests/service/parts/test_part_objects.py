"""Things: what is told of them, what crops go by, and what is hidden, in pixels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from service_networks import Things, analyses, done, picture, soon

from foveate.errors import BadOption
from foveate.geometry.box import Box
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.options.grammar import parse_options
from foveate.service.aims import read_gravity, read_objects
from foveate.service.analyse import Analyser
from foveate.service.annotate import prepare_annotated
from foveate.service.crops import Cropper
from foveate.service.parts import PARTS
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits
from foveate.trace import Trace
from foveate.values import Thing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses

CAR, DOG = (20, 60, 80, 60), (240, 120, 40, 60)
"""Left, top, width and height of the blocks in `street`."""
PNG = "format=png"


def street(shift: int = 0, *, dog: bool = True) -> NDArray[np.uint8]:
    """A red and a blue block, each a little uneven, on grey waves, 320 x 240."""
    y, x = np.mgrid[0:240, 0:320]
    waves = (120 + 20 * np.sin(x / 9) * np.cos(y / 7))[..., None].repeat(3, 2)
    for (left, top, width, height), colour in ((CAR, (220, 30, 20)), (DOG, (20, 30, 220))):
        if colour[2] > 100 and not dog:
            continue
        part = waves[top : top + height, left + shift : left + shift + width]
        part[...] = np.array(colour) + part[..., :1] % 9
    return waves.astype(np.uint8)


@pytest.fixture
def png() -> bytes:
    data: bytes = from_array(street()).pngsave_buffer()
    return data


def render(data: bytes, text: str, with_: Analyses | None = None) -> Rendition:
    verb = Renderer(analyses=with_ or analyses(), limits=Limits(), encoding=Encoding())
    return verb(picture(data), parse_options(text).options, deadline=soon(), trace=Trace())


def opened(made: Rendition, **how: Any) -> NDArray[np.uint8]:
    pixels: NDArray[np.uint8] = Image.new_from_buffer(made.data, "", **how).numpy()[..., :3]
    return pixels


def inside(place: tuple[int, int, int, int], shift: int = 0) -> tuple[slice, slice]:
    left, top, width, height = place
    return np.s_[top : top + height, left + shift : left + shift + width]


def test_things_are_told_by_class_score_and_box(png: bytes) -> None:
    known = done(Analyser(analyses=analyses()).prepare(picture(png), ["objects"]))
    car, dog = known.to_json()["objects"]
    assert (car["label"], car["score"]) == ("car", 0.8)
    assert car["box"] == dict(zip(("left", "top", "width", "height"), CAR, strict=True))
    assert (dog["label"], dog["box"]["left"]) == ("dog", 240)


def test_all_boxes_are_told_and_a_part_of_a_thing_is_not_counted() -> None:
    offer = PARTS["objects"].offer
    assert offer is not None
    assert offer.sentence is not None
    whole = Thing("pizza", Box(0, 0, 200, 100), 0.7)
    slice_ = Thing("pizza", Box(10, 10, 80, 80), 0.6)
    other = Thing("pizza", Box(300, 0, 100, 100), 0.5)
    told = offer.to_json((whole, slice_, other))
    assert [row["counted"] for row in told] == [True, False, True]
    assert offer.sentence((whole, slice_, other)) == "Seen: 2 x pizza."


def test_what_is_less_sure_than_the_setting_says_is_not_told_and_still_hidden(png: bytes) -> None:
    unsure = analyses(objects=Things(0.2))
    known = done(Analyser(analyses=unsure).prepare(picture(png), ["objects"]))
    assert known["objects"] == ()
    hidden = opened(render(png, f"redact=object:car,{PNG}", unsure))
    assert (hidden[inside(CAR)] != street()[inside(CAR)]).any()
    crop = render(png, "width=60,height=120,fit=cover,gravity=object:car", unsure)
    assert dict(crop.headers)["Foveate-Gravity"] == "saliency"


@pytest.mark.parametrize(("name", "place"), [("car", CAR), ("dog", DOG)])
def test_a_crop_goes_around_the_class_that_is_named(
    png: bytes, name: str, place: tuple[int, int, int, int]
) -> None:
    made = render(png, f"width=100,height=100,fit=cover,gravity=object:{name},zoom=1,{PNG}")
    assert dict(made.headers)["Foveate-Gravity"] == "object"
    middle = opened(made)[50, 50].astype(int)
    expected = street()[inside(place)].mean((0, 1))
    assert np.abs(middle - expected).max() < 12


def test_a_crop_says_which_things_decided(png: bytes) -> None:
    asked = "width=100,height=200,fit=cover,gravity=object:dog,format=json,explain=true"
    told = json.loads(render(png, asked).data)["foveate"]
    assert [thing["label"] for thing in told["objects"]] == ["dog"]
    assert (told["gravity"], told["fallback"], told["model"]) == ("object", False, "blocks")
    none = asked.replace("dog", "zebra")
    told = json.loads(render(png, none).data)["foveate"]
    assert (told["objects"], told["gravity"], told["fallback"]) == ([], "saliency", True)


def test_crops_of_many_shapes_go_around_things(png: bytes) -> None:
    seen = analyses()
    renderer = Renderer(analyses=seen, limits=Limits(), encoding=Encoding())
    cropper = Cropper(analyses=seen, limits=Limits(), renderer=renderer)
    work = cropper.prepare(picture(png), ["9:16", "1:1"], read_gravity("object:dog"))
    assert all(crop.gravity == "object" for crop in done(work).crops)
    (largest,) = done(
        cropper.prepare(picture(png), ["9:16"], objects=read_objects("largest"))
    ).crops
    assert largest.box.left < 60
    with pytest.raises(BadOption, match="gravity object with objects, got face"):
        cropper.prepare(picture(png), ["1:1"], read_gravity("face"), objects=1)
    with pytest.raises(BadOption, match=r"a class of COCO.*mean object:dog\?"):
        read_gravity("object:dogs")
    for text in ("dog", "dgo"):
        with pytest.raises(BadOption, match=r"gravity face, .*\(did you mean object:dog\?\)"):
            read_gravity(text)
    with pytest.raises(BadOption, match="Option objects: expected all, largest"):
        read_objects("few")


@pytest.mark.parametrize("method", ["blur", "pixelate", "solid"])
def test_only_what_is_named_is_hidden(png: bytes, method: str) -> None:
    before = street()
    after = opened(render(png, f"redact=object:car,redact.method={method},{PNG}"))
    car = after[inside(CAR)].reshape(-1, 3)
    assert (car != before[inside(CAR)].reshape(-1, 3)).any(1).mean() > 0.9
    assert np.array_equal(after[inside(DOG)], before[inside(DOG)])
    both = opened(render(png, f"redact=object:dog|car,redact.method={method},{PNG}"))
    assert not np.array_equal(both[inside(DOG)], before[inside(DOG)])


def test_any_thing_and_faces_are_hidden_together(photo: Image) -> None:
    data = photo.pngsave_buffer()
    faces, things, both = (
        opened(render(data, f"redact={what},redact.method=solid,{PNG}"))
        for what in ("faces", "object", "faces|object")
    )
    assert (faces[90, 230] == 0).all()
    assert not np.array_equal(faces, both) or not np.array_equal(things, both)
    assert (both[90, 230] == 0).all()


def test_what_is_hidden_is_the_same_in_every_size_and_is_found_once(png: bytes) -> None:
    seen, things = analyses(objects=(detector := Things())), []
    for width in (320, 160):
        made = render(png, f"width={width},redact=object,redact.method=pixelate,{PNG}", seen)
        things.append(opened(made)[90 * width // 320, 60 * width // 320])
    assert np.array_equal(*things)
    assert detector.calls == 1


def test_a_thing_is_hidden_in_every_frame_of_an_animation() -> None:
    shifts = (0, 4, 60, 120, 124)
    frames = [from_array(street(shift, dog=False)) for shift in shifts]
    rows = Image.arrayjoin(frames, across=1).copy()
    rows.set_type(rows.get_typeof("width"), "page-height", 240)
    moving: bytes = rows.webpsave_buffer(lossless=True, keep="all")
    made = render(moving, "redact=object:car,redact.method=solid,format=webp,quality=100")
    shown = opened(made, n=-1).reshape(len(shifts), 240, 320, 3)
    for frame, shift in zip(shown, shifts, strict=True):
        assert frame[inside(CAR, shift)].max() < 60
    assert shown[0, 200:, 250:].min() > 60


def test_a_drawing_names_what_was_seen(png: bytes) -> None:
    source, verb = picture(png), Analyser(analyses=analyses())
    known = done(verb.prepare(source, ["objects"]))
    bare = done(verb.prepare(source, ["colours"]))
    drawn, plain = (
        Image.new_from_buffer(done(prepare_annotated(source, each)), "").numpy()
        for each in (known, bare)
    )
    assert drawn.shape[0] > plain.shape[0]
    changed = (drawn[: plain.shape[0]] != plain[: drawn.shape[0]]).any(2)
    assert changed.mean() > 0.01


def test_people_read_what_was_seen() -> None:
    offer = PARTS["objects"].offer
    assert offer is not None
    assert offer.sentence is not None
    assert offer.sentence(()) == "No thing of a known class was found."
