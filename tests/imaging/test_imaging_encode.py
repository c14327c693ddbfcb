from __future__ import annotations

import numpy as np
import pytest
from imaging_pictures import (
    BLUE,
    GREEN,
    GREY,
    LIMITS,
    RED,
    animation,
    close,
    corners,
    files,
    opened,
    plain,
    quarters,
    with_blob,
)
from test_imaging_exif import ARTIST, MAKE, block

from foveate.errors import BrokenImage, EncodeFailed, OutputTooLarge
from foveate.imaging import Image
from foveate.imaging.colour import PROFILE, to_srgb
from foveate.imaging.encode import EncodeOptions, OutputFormat, content_type, encode, failure_of
from foveate.imaging.pixels import from_array
from foveate.imaging.probe import probe
from foveate.options.model import Gamut, Metadata

STILL: tuple[OutputFormat, ...] = ("jpeg", "png", "webp", "avif")
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="6" dc:creator="Me"/></x:xmpmeta>'
EXIF = block("<", {MAKE: b"Camera\0", ARTIST: "Jürgen\0".encode()})


def noise(width: int = 200, height: int = 150) -> Image:
    rough = quarters(width, height) + Image.gaussnoise(width, height, sigma=25, seed=4)
    return rough.cast("uchar").copy(interpretation="srgb").copy_memory()


def tagged() -> Image:
    return with_blob(with_blob(quarters(), "exif-data", EXIF), "xmp-data", XMP)


@pytest.mark.parametrize("name", [*STILL, "gif", "tiff", "jxl"])
@pytest.mark.parametrize("fast", [False, True])
def test_every_format_keeps_size_and_colours(name: OutputFormat, fast: bool) -> None:
    data = encode(quarters(), EncodeOptions(format=name, quality=90, fast=fast))
    image = opened(data)
    assert probe(data, LIMITS).format == name
    assert (image.width, image.height) == (64, 48)
    assert close(corners(image.extract_band(0, n=3)), [RED, GREEN, BLUE, GREY], distance=14)


def detailed() -> Image:
    """Strong detail on the left, a slope of colours on the right."""
    y, x = np.mgrid[:96, :192]
    pixels = np.stack([60 + x / 2, 90 + y, 160 - x / 3], axis=-1)
    pixels[:, :96] += np.random.default_rng(3).normal(0, 30, (96, 96, 1))
    return from_array(pixels.clip(0, 255).astype(np.uint8))


def lost(quality: int, *, smoothed: bool) -> float:
    """How far detail is off in a WebP, in levels."""
    image = detailed()
    data = encode(image, EncodeOptions(format="webp", quality=quality, smoothed=smoothed))
    return float((opened(data) - image).abs().crop(0, 0, 96, 96).avg())


def test_a_smoothed_webp_keeps_more_of_the_detail_that_is_left() -> None:
    assert lost(85, smoothed=True) < 0.97 * lost(85, smoothed=False)


def test_a_coarse_webp_has_its_blocks_filtered_whatever_was_smoothed() -> None:
    assert lost(50, smoothed=True) == lost(50, smoothed=False)


@pytest.mark.parametrize("name", ["jpeg", "webp", "avif", "jxl"])
def test_more_quality_is_more_bytes(name: OutputFormat) -> None:
    image = noise()
    sizes = [len(encode(image, EncodeOptions(format=name, quality=q))) for q in (30, 60, 90)]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(
    ("name", "quality", "most"), [("jpeg", 85, 0.6), ("webp", 85, 0.9), ("avif", 60, 0.6)]
)
def test_letters_keep_their_colour(name: OutputFormat, quality: int, most: float) -> None:
    """Thin red strokes on blue: at half the resolution both turn to violet."""
    strokes = np.zeros((64, 96, 3), np.uint8)
    strokes[:, :, 2] = 255
    strokes[:, ::7] = (255, 0, 0)
    image = from_array(strokes)
    off = []
    for lettered in (False, True):
        data = encode(image, EncodeOptions(format=name, quality=quality, lettered=lettered))
        shown = opened(data).extract_band(0, n=3)
        off.append(float(image.colourspace("lab").dE00(shown.colourspace("lab")).avg()))
    assert off[1] < most * off[0]


@pytest.mark.parametrize("name", ["png", "webp", "avif", "tiff", "jxl"])
def test_alpha_is_kept_where_there_is_room_for_it(name: OutputFormat) -> None:
    image = opened(encode(plain(16, 16, *RED, 128), EncodeOptions(format=name, quality=95)))
    assert close([tuple(image(8, 8))], [(*RED, 128)])


def test_jpeg_shows_what_is_left_of_transparency_on_white() -> None:
    image = opened(encode(plain(16, 16, 0, 0, 0, 0), EncodeOptions(format="jpeg")))
    assert tuple(image(8, 8)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(49, 51, False), (50, 50, True), (200, 150, True), (3001, 3000, False)],
)
def test_progressive_is_for_middling_sizes(width: int, height: int, expected: bool) -> None:
    data = encode(plain(width, height, *RED), EncodeOptions(format="jpeg", progressive=True))
    assert (b"\xff\xc2" in data) is expected
    assert (b"\xff\xc0" in data) is not expected


def test_jpeg_is_baseline_unless_asked() -> None:
    assert b"\xff\xc0" in encode(noise(), EncodeOptions(format="jpeg"))


@pytest.mark.parametrize("name", ["webp", "jxl"])
def test_the_top_quality_is_lossless(name: OutputFormat) -> None:
    image = noise().bandjoin(noise()[0])
    exact = opened(encode(image, EncodeOptions(format=name, quality=100)))
    assert (exact - image).abs().max() == 0
    assert (opened(encode(image, EncodeOptions(format=name, quality=99))) - image).abs().max() > 0


@pytest.mark.parametrize("fast", [False, True])
def test_tiff_loses_nothing_and_is_smaller_than_its_pixels(fast: bool) -> None:
    smooth = quarters(200, 200).gaussblur(8).cast("uchar").copy(interpretation="srgb")
    data = encode(
        smooth, EncodeOptions(format="tiff", quality=10, explicit_quality=True, fast=fast)
    )
    assert (opened(data) - smooth).abs().max() == 0
    assert len(data) < 200 * 200 * 3 / 4


def test_gif_mixes_its_colours_where_it_has_too_few() -> None:
    place = Image.xyz(256, 256)
    image = place.bandjoin(place[0].rot90()).cast("uchar").copy(interpretation="srgb")
    made = opened(encode(image, EncodeOptions(format="gif"))).extract_band(0, n=3)
    assert made[0].hist_find().crop(0, 0, 256, 1).numpy().astype(bool).sum() < 256
    blurred = (made.gaussblur(6) - image.gaussblur(6)).abs()
    # Without dots the mean would be off by 3.
    assert blurred.crop(32, 32, 192, 192).max() <= 2


def test_lossless_avif_is_exact() -> None:
    image = noise(48, 48)
    assert (
        opened(encode(image, EncodeOptions(format="avif", lossless=True))) - image
    ).abs().max() == 0


def test_png_has_256_colours_only_if_the_quality_was_named() -> None:
    image = noise()
    exact = encode(image, EncodeOptions(format="png", quality=70))
    indexed = encode(image, EncodeOptions(format="png", quality=70, explicit_quality=True))
    whole = encode(image, EncodeOptions(format="png", quality=100, explicit_quality=True))
    assert (opened(exact) - image).abs().max() == (opened(whole) - image).abs().max() == 0
    assert indexed[25] == 3  # the colour type in the header: a palette
    assert len(indexed) < len(exact)


@pytest.mark.parametrize("name", ["gif", "webp"])
def test_animations_keep_delays_and_loop(name: OutputFormat) -> None:
    facts = probe(encode(animation([100, 200, 300]), EncodeOptions(format=name)), LIMITS)
    assert (facts.frames, facts.delays_ms, facts.loop) == (3, (100, 200, 300), 3)


@pytest.mark.parametrize(("brief", "kept"), [(10, (10, 10, 50)), (20, (40, 50))])
def test_equal_frames_of_a_gif_are_joined_where_that_takes_no_time_from_them(
    brief: int, kept: tuple[int, ...]
) -> None:
    tall = animation([brief, brief, 50])
    same = tall.insert(tall.crop(0, 0, 20, 10), 0, 10)
    facts = probe(encode(same, EncodeOptions(format="gif")), LIMITS)
    assert facts.delays_ms == kept


@pytest.mark.parametrize(
    ("name", "side"),
    [("webp", 16_384), ("jpeg", 65_501), ("avif", 16_385), ("gif", 65_536), ("jxl", 262_145)],
)
def test_sides_that_a_format_cannot_say_are_too_large(name: OutputFormat, side: int) -> None:
    with pytest.raises(OutputTooLarge, match=str(side)):
        encode(plain(side, 1, 0, 0, 0), EncodeOptions(format=name))


def test_copyright_keeps_the_artist_and_nothing_else() -> None:
    data = encode(tagged(), EncodeOptions(format="jpeg", metadata=Metadata.COPYRIGHT))
    assert "Jürgen".encode() in data
    assert b"Camera" not in data
    assert b"xmpmeta" not in data
    assert "Jürgen" in str(opened(data).get("exif-ifd0-Artist"))  # libvips sees a valid block


def test_keep_keeps_all_but_orientation_and_thumbnail() -> None:
    data = encode(tagged(), EncodeOptions(format="jpeg", metadata=Metadata.KEEP))
    assert b"Camera" in data
    assert b'tiff:Orientation="1" dc:creator="Me"' in data
    assert b"THUMB" not in data
    assert probe(data, LIMITS).orientation.turns == 0


@pytest.mark.parametrize("name", [*STILL, "jxl"])
def test_none_keeps_nothing(name: OutputFormat) -> None:
    data = encode(tagged(), EncodeOptions(format=name, metadata=Metadata.NONE))
    for word in (b"Exif", b"Camera", b"xmpmeta"):
        assert word not in data


@pytest.mark.parametrize("name", ["png", "webp", "avif", "jxl"])
@pytest.mark.parametrize("metadata", Metadata)
def test_only_jpeg_keeps_metadata(name: OutputFormat, metadata: Metadata) -> None:
    data = encode(tagged(), EncodeOptions(format=name, metadata=metadata))
    assert b"Camera" not in data
    assert b"xmpmeta" not in data


@pytest.mark.parametrize("name", STILL)
@pytest.mark.parametrize("gamut", Gamut)
def test_a_profile_is_embedded_only_for_p3(name: OutputFormat, gamut: Gamut) -> None:
    wide = to_srgb(quarters(), Gamut.P3)
    image = opened(encode(wide, EncodeOptions(format=name, gamut=gamut)))
    assert bool(image.get_typeof(PROFILE)) is (gamut is Gamut.P3)


def test_a_source_that_breaks_while_encoding_is_broken() -> None:
    data = noise().jpegsave_buffer()
    with pytest.raises(BrokenImage):
        encode(opened(data[: len(data) // 2]), EncodeOptions(format="png"))


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("unable to call webpsave_buffer\n  webpsave_buffer: out of memory", EncodeFailed),
        ("unable to call heifsave_buffer\n  heifsave: Invalid input", EncodeFailed),
        ("unable to call pngsave_buffer\n  VipsJpeg: premature end of JPEG image", BrokenImage),
        ("unable to call jpegsave_buffer\n  gifload_buffer: no frames in GIF", BrokenImage),
    ],
)
def test_failures_are_the_sources_unless_the_encoder_says_so(
    detail: str, expected: type[Exception]
) -> None:
    assert failure_of(detail) is expected


@pytest.mark.parametrize("name", files())
def test_every_format_has_a_media_type(name: str) -> None:
    assert content_type(name).startswith("image/")
