"""Crops for names, and what renders them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from service_networks import HEAD, Detector, analyses, done, picture

from foveate.errors import BadOption
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.options.model import Gravity, GravityKind
from foveate.service.aims import read_gravity
from foveate.service.crops import MOST_ASPECTS, Crop, Cropper, sheet_of
from foveate.service.formats import FORMATS, SETS, wanted
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

FACE, MIDDLE = Gravity(GravityKind.FACE), Gravity(GravityKind.CENTRE)
LARGE = Size(320 * 12, 240 * 12)


@pytest.fixture
def png(photo: Image) -> bytes:
    return photo.pngsave_buffer()


@pytest.fixture(scope="module")
def large() -> bytes:
    """A 3840x2880 picture, larger than every named format is wide."""
    rows = np.linspace(0, 255, LARGE.height).astype(np.uint8)
    return Image.new_from_array(np.repeat(rows[:, None], LARGE.width, 1)).jpegsave_buffer()


def cropper(detector: Detector | None = None) -> Cropper:
    seeing = analyses(detector)
    renderer = Renderer(analyses=seeing, limits=Limits(), encoding=Encoding())
    return Cropper(analyses=seeing, limits=Limits(), renderer=renderer)


def crops_of(
    data: bytes,
    names: Sequence[str],
    detector: Detector | None = None,
    gravity: Gravity | None = FACE,
    *,
    zoom: float | None = 0.0,
    native: bool = False,
) -> tuple[Crop, ...]:
    seeing = cropper(detector)
    work = seeing.prepare(picture(data), names, gravity, zoom=zoom, native=native)
    return done(work).crops


def test_formats_keep_what_they_are_for_unless_something_else_is_asked_for(png: bytes) -> None:
    avatar, square, goods = crops_of(png, ["avatar", "square", "product"], gravity=None, zoom=None)
    assert [crop.gravity for crop in (avatar, square, goods)] == ["face", "face", "saliency"]
    assert avatar.box.width < square.box.width
    assert avatar.box.contains(HEAD)
    assert goods.box.contains(HEAD)
    assert goods.box.width < square.box.width
    (wide,) = crops_of(png, ["avatar"], gravity=None, zoom=0.0)
    assert wide.box == square.box
    for name in ("product", "avatar"):
        (kept,) = crops_of(png, [name], gravity=FACE, zoom=None)
        assert (kept.gravity, kept.box) == ("face", square.box)
    (tight,) = crops_of(png, ["product"], gravity=None, zoom=1.0)
    assert tight.gravity == "saliency"
    assert tight.box.width < goods.box.width


def test_a_name_says_so_and_a_ratio_does_not(png: bytes) -> None:
    named, plain = crops_of(png, ["story", "9:16"])
    assert plain.to_json() == {"aspect": "9:16", "box": plain.to_json()["box"], "gravity": "face"}
    assert named.to_json().items() >= {**plain.to_json(), "name": "story"}.items()
    assert named.box == plain.box
    assert (named.box.width, named.box.height) == (135, 240)
    assert named.box.contains(HEAD)


def test_what_a_platform_lays_nothing_over_is_told_of_formats_that_have_it(png: bytes) -> None:
    story, avatar, square = (
        crop.to_json() for crop in crops_of(png, ["story", "avatar", "square"])
    )
    free, box = story["safe_area"]["box"], story["box"]  # type: ignore[index]
    assert free["top"] - box["top"] == pytest.approx(0.14 * box["height"], abs=0.02)
    assert free["height"] == pytest.approx(0.66 * box["height"], abs=0.02)
    assert (free["left"], free["width"]) == (box["left"], box["width"])
    assert avatar["safe_area"] == {"box": avatar["box"], "round": True}
    assert "safe_area" not in square


def test_a_whole_set_is_looked_at_once(png: bytes) -> None:
    detector = Detector()
    crops = crops_of(png, wanted([], SETS), detector)
    assert detector.calls == 1
    assert [crop.label for crop in crops] == wanted([], SETS)


def test_repeats_do_not_count_as_too_many(png: bytes) -> None:
    (crop,) = crops_of(png, ["1:1"] * (MOST_ASPECTS + 1))
    assert crop.aspect == "1:1"
    with pytest.raises(
        BadOption, match=f"1 to {MOST_ASPECTS} aspect ratios, got {MOST_ASPECTS + 1}"
    ):
        crops_of(png, [f"{n}:7" for n in range(1, MOST_ASPECTS + 2)])


@pytest.mark.parametrize("name", wanted([], SETS))
def test_a_format_is_brought_down_to_its_own_pixels(name: str, large: bytes) -> None:
    (crop,) = crops_of(large, [name], Detector(None), MIDDLE)
    asked = Size(crop.options.width or 0, crop.options.height or 0)
    smaller = FORMATS[name].size.height <= LARGE.height
    assert (asked == FORMATS[name].size) is smaller
    assert asked.aspect == pytest.approx(FORMATS[name].size.aspect, rel=0.002)


def test_a_format_is_never_enlarged_and_stays_native_on_request(png: bytes, large: bytes) -> None:
    (small,) = crops_of(png, ["square"])
    assert (small.options.width, small.options.height) == (240, 240)
    (native,) = crops_of(large, ["square"], gravity=MIDDLE, native=True)
    assert (native.options.width, native.options.height) == (2880, 2880)
    (ratio,) = crops_of(large, ["1:1"], gravity=MIDDLE)
    assert (ratio.options.width, ratio.options.height) == (2880, 2880)


def test_zoom_is_as_tight_as_asked_and_enlarges_nothing(png: bytes) -> None:
    boxes = [crops_of(png, ["1:1"], zoom=zoom)[0].box for zoom in (0.0, 0.4, 1.0)]
    assert boxes[0].width == 240
    assert boxes[0].width > boxes[1].width > boxes[2].width >= HEAD.width
    work = cropper().prepare_pictures(picture(png), ["1:1", "square"], zoom=1.0)
    for crop, made in done(work):
        assert made.size == Size(int(crop.box.width), int(crop.box.height))
        assert crop.box.width == crop.box.height == boxes[2].width


@pytest.mark.parametrize("zoom", [-0.1, 1.01, float("nan")])
def test_a_zoom_that_is_none_is_refused(png: bytes, zoom: float) -> None:
    with pytest.raises(BadOption, match="zoom from 0 to 1"):
        crops_of(png, ["1:1"], zoom=zoom)


def test_the_gravity_can_be_chosen(png: bytes) -> None:
    detector = Detector()
    (crop,) = crops_of(png, ["1:1"], detector, MIDDLE)
    assert (crop.box.left, crop.gravity, detector.calls) == (40, "center", 0)


def test_what_no_crop_of_many_shapes_keeps_is_refused() -> None:
    assert read_gravity("auto") == Gravity(GravityKind.AUTO)
    with pytest.raises(BadOption, match=r"face, auto, .* got 'left'"):
        read_gravity("left")


def test_pictures_are_named_as_they_were_asked_for(png: bytes) -> None:
    names = ["avatar", "square", "1:1"]
    made = done(cropper().prepare_pictures(picture(png), names))
    assert [crop.label for crop, _ in made] == names


def test_a_sheet_shows_every_crop(png: bytes) -> None:
    made = done(cropper().prepare_pictures(picture(png), ["square", "story"]))
    sheet, half = (Image.new_from_buffer(sheet_of(part, Limits()), "") for part in (made, made[:1]))
    assert sheet.width == 1600
    # The head is in both crops, so its skin is in two places beside each other.
    skin = np.abs(sheet.numpy()[..., :3].astype(int) - (224, 172, 140)).max(axis=2) < 12
    columns = np.flatnonzero(skin.any(axis=0))
    assert np.diff(columns).max() > 20
    assert not np.array_equal(sheet.numpy()[:50], half.numpy()[:50])


def test_a_sheet_of_nothing_is_refused() -> None:
    with pytest.raises(BadOption, match="at least one picture"):
        sheet_of([], Limits())
