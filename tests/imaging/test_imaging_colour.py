from __future__ import annotations

import pytest
from imaging_pictures import RED, close, plain, quarters, with_blob

from foveate.imaging import Image
from foveate.imaging.colour import PROFILE, to_srgb
from foveate.imaging.fields import blob


def pixel(image: Image) -> tuple[float, ...]:
    assert (image.format, image.interpretation) == ("uchar", "srgb")
    return tuple(image(0, 0))


def numbers(values: list[float], kind: str, interpretation: str) -> Image:
    return (
        (Image.black(4, 4, bands=len(values)) + values)
        .cast(kind)
        .copy(interpretation=interpretation)
    )


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (numbers([10, 20, 30], "uchar", "srgb"), (10, 20, 30)),
        (numbers([10, 20, 30, 40], "uchar", "srgb"), (10, 20, 30, 40)),
        (numbers([77], "uchar", "b-w"), (77, 77, 77)),
        (numbers([77, 128], "uchar", "b-w"), (77, 77, 77, 128)),
        (numbers([0x8000, 0x4000, 0xFFFF], "ushort", "rgb16"), (128, 64, 255)),
        (numbers([0xFFFF, 0, 0, 0x8000], "ushort", "rgb16"), (255, 0, 0, 128)),
        (numbers([0x8000], "ushort", "grey16"), (128, 128, 128)),
        (numbers([0x8000, 0x4000], "ushort", "grey16"), (128, 128, 128, 64)),
        (numbers([54.29, 80.8, 69.89], "float", "lab"), (255, 0, 0)),
        (numbers([1.0, 0.0, 0.0], "float", "scrgb"), (255, 0, 0)),
        (numbers([10, 20, 30], "uchar", "multiband"), (10, 20, 30)),
        (numbers([10, 20, 30, 40, 50], "uchar", "srgb"), (10, 20, 30, 40)),
        (numbers([300.0, -5.0, 30.4], "float", "srgb"), (255, 0, 30)),
    ],
)
def test_every_kind_of_number_becomes_8_bit_srgb(image: Image, expected: tuple[int, ...]) -> None:
    assert close([pixel(to_srgb(image))], [expected], distance=1)


def test_cmyk_without_a_profile_is_read_as_ink() -> None:
    no_ink, cyan = numbers([0] * 4, "uchar", "cmyk"), numbers([255, 0, 0, 0], "uchar", "cmyk")
    assert close([pixel(to_srgb(no_ink))], [(255, 255, 255)], distance=2)
    red, green, blue = pixel(to_srgb(cyan))
    assert red < 60 < green < blue


def test_an_embedded_profile_is_applied_and_dropped() -> None:
    p3 = plain(4, 4, *RED).icc_transform("p3", input_profile="srgb")
    assert not close([tuple(p3(0, 0))], [RED])
    srgb = to_srgb(p3)
    assert close([pixel(srgb)], [RED], distance=2)
    assert not srgb.get_typeof(PROFILE)


@pytest.mark.parametrize("bands", [[0x8000] * 3, [0x8000] * 3 + [0x4000]])
def test_a_profile_works_on_16_bits_and_leaves_alpha_alone(bands: list[float]) -> None:
    deep = numbers(bands, "ushort", "rgb16")
    profile = plain(1, 1, 0, 0, 0).icc_transform("srgb", input_profile="srgb")
    expected = (128, 128, 128, 64)[: len(bands)]
    assert close(
        [pixel(to_srgb(with_blob(deep, PROFILE, blob(profile, PROFILE))))], [expected], distance=1
    )


@pytest.mark.parametrize("profile", [b"junk" * 100, b"", b"\0" * 200, b"\xff" * 140])
def test_a_broken_profile_is_ignored(profile: bytes) -> None:
    image = to_srgb(with_blob(plain(4, 4, *RED), PROFILE, profile))
    assert pixel(image) == RED
    assert not image.get_typeof(PROFILE)


def test_a_profile_for_other_colours_is_ignored() -> None:
    cmyk = numbers([0] * 4, "uchar", "cmyk").icc_import(input_profile="cmyk", embedded=False)
    profile = blob(cmyk.icc_export(output_profile="cmyk"), PROFILE)
    assert pixel(to_srgb(with_blob(plain(4, 4, *RED), PROFILE, profile))) == RED


def test_plain_srgb_passes_untouched() -> None:
    image = quarters()
    assert to_srgb(image) is image


def test_srgb_by_name_is_not_computed_again() -> None:
    description = b"desc\0\0\0\0\0\0\0\x12sRGB IEC61966-2.1\0"
    table = (1).to_bytes(4, "big") + b"desc" + (144).to_bytes(4, "big") + bytes([0, 0, 0, 30])
    # Not usable as a profile: if it were applied after all, the name would not help.
    named = with_blob(plain(4, 4, *RED), PROFILE, bytes(128) + table + description)
    assert pixel(to_srgb(named)) == RED


def test_p3_carries_its_profile_and_looks_the_same() -> None:
    for image in (plain(4, 4, *RED), plain(4, 4, 99), plain(4, 4, *RED, 128)):
        wide = to_srgb(image, "p3")
        assert wide.get_typeof(PROFILE)
        assert wide.bands == (4 if image.hasalpha() else 3)
        assert close([pixel(to_srgb(wide))], [pixel(to_srgb(image))], distance=2)


def test_p3_keeps_colours_that_srgb_has_not() -> None:
    wide = to_srgb(numbers([0, 255, 0], "uchar", "srgb"), "p3").copy()
    vivid = wide.new_from_image([0, 255, 0]).copy(interpretation="srgb")
    vivid = with_blob(vivid, PROFILE, blob(wide, PROFILE))
    assert pixel(to_srgb(vivid, "p3")) == (0, 255, 0)
    assert pixel(to_srgb(vivid)) == (0, 255, 0)
    assert tuple(wide(0, 0)) != (0, 255, 0)


def test_colours_are_right_after_a_resize_too() -> None:
    deep = quarters().colourspace("rgb16").resize(0.5)
    assert close([pixel(to_srgb(deep))], [RED], distance=1)
