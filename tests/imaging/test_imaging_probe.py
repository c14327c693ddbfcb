from __future__ import annotations

import struct
import zlib
from dataclasses import replace

import pytest
from imaging_pictures import (
    HEIC,
    LIMITS,
    RED,
    animation,
    files,
    plain,
    quarters,
    with_orientation,
)

from foveate.errors import (
    BrokenImage,
    EmptyImage,
    SourceTooLarge,
    TooManyPixels,
)
from foveate.geometry.box import Size
from foveate.geometry.orientation import Orientation
from foveate.imaging import Image
from foveate.imaging.decode import open_image
from foveate.imaging.probe import probe
from foveate.values import ImageFormat


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9))


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "gif", "avif", "tiff"])
def test_the_header_tells_format_and_size(name: str) -> None:
    data = files()[name]
    facts = probe(data, LIMITS)
    assert (facts.format, facts.size, facts.frames) == (ImageFormat(name), Size(64, 48), 1)
    assert (facts.bytes, facts.animated, facts.pixels) == (len(data), False, 64 * 48)


def test_alpha_is_noticed() -> None:
    assert probe(plain(4, 4, 1, 2, 3, 4).pngsave_buffer(), LIMITS).alpha is True
    assert probe(plain(4, 4, 1, 2, 3).pngsave_buffer(), LIMITS).alpha is False


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_a_pose_and_decides_the_size(orientation: int) -> None:
    facts = probe(with_orientation(quarters(), orientation).jpegsave_buffer(), LIMITS)
    assert facts.stored == Size(64, 48)
    assert facts.orientation == Orientation.exif(orientation)
    assert facts.size == (Size(48, 64) if orientation >= 5 else Size(64, 48))


def test_heic_is_upright_whatever_its_exif_says() -> None:
    facts = probe(HEIC, LIMITS)
    assert (facts.stored, facts.size, facts.orientation) == (
        Size(48, 64),
        Size(48, 64),
        Orientation(),
    )


@pytest.mark.parametrize("name", ["gif", "webp"])
def test_animations_tell_frames_delays_and_loop(name: str) -> None:
    tall = animation([100, 200, 300])
    data = tall.gifsave_buffer() if name == "gif" else tall.webpsave_buffer(lossless=True)
    facts = probe(data, LIMITS)
    assert (facts.size, facts.frames, facts.animated) == (Size(20, 10), 3, True)
    assert (facts.delays_ms, facts.loop, facts.pixels) == ((100, 200, 300), 3, 600)


def test_pages_of_other_formats_are_no_animation() -> None:
    assert probe(animation([10, 10]).tiffsave_buffer(page_height=10), LIMITS).frames == 1


def test_pixels_and_sides_are_limited_before_anything_is_decoded() -> None:
    lie = png_header(30_000, 30_000)
    with pytest.raises(TooManyPixels, match="30000x30000"):
        probe(lie, LIMITS)
    with pytest.raises(TooManyPixels):
        probe(png_header(70_000, 10), LIMITS)


def test_the_largest_allowed_picture_passes() -> None:
    limits = replace(LIMITS, max_pixels=64 * 48, max_side=64)
    assert probe(files()["png"], limits).size == Size(64, 48)
    with pytest.raises(TooManyPixels):
        probe(files()["png"], replace(limits, max_pixels=64 * 48 - 1))
    with pytest.raises(TooManyPixels):
        probe(files()["png"], replace(limits, max_side=63))


@pytest.mark.parametrize("name", ["gif", "webp"])
def test_frames_are_counted_up_to_a_limit_and_the_first_one_can_still_be_read(name: str) -> None:
    tall = animation([10] * 9)
    data = tall.gifsave_buffer(dither=0) if name == "gif" else tall.webpsave_buffer(lossless=True)
    facts = probe(data, replace(LIMITS, max_frames=4))
    assert (facts.frames, facts.size, facts.bytes) == (5, Size(20, 10), len(data))
    first = open_image(data, facts)
    assert (first.height, tuple(first(10, 5)[:3])) == (10, RED)
    assert 0 < facts.first_frame_end < len(data)


def test_a_frame_that_no_decoder_gives_is_missed() -> None:
    data = animation([10] * 3).gifsave_buffer()
    assert probe(data, LIMITS).frames == 3
    last = data.rindex(b"\x21\xf9\x04")
    with pytest.raises(BrokenImage, match="frame"):
        probe(data[: last + 8], LIMITS)


def test_bytes_are_limited() -> None:
    data = files()["png"]
    with pytest.raises(SourceTooLarge):
        probe(data, replace(LIMITS, max_bytes=len(data) - 1))


def test_no_bytes_and_no_pixels_are_empty() -> None:
    with pytest.raises(EmptyImage):
        probe(b"", LIMITS)
    with pytest.raises(EmptyImage):
        probe(b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="5"/>', LIMITS)


def test_a_header_that_is_cut_off_is_broken() -> None:
    with pytest.raises(BrokenImage):
        probe(files()["png"][:20], LIMITS)
    with pytest.raises(BrokenImage):
        probe(HEIC[:40], LIMITS)


def test_wide_samples_and_alpha_count_in_full() -> None:
    deep = plain(4, 4, 1, 2, 3, 4).cast("ushort").copy(interpretation="rgb16")
    assert probe(deep.pngsave_buffer(bitdepth=16), LIMITS).pixel_bytes == 8
    assert probe(files()["jpeg"], LIMITS).pixel_bytes == 3


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("jpegsave_buffer", {"interlace": True, "subsample_mode": "off", "Q": 10}),
        ("pngsave_buffer", {"bitdepth": 16}),
        ("webpsave_buffer", {"lossless": True, "effort": 0}),
        ("heifsave_buffer", {"compression": "av1", "effort": 0, "Q": 10}),
    ],
)
def test_what_decoding_holds_is_limited_with_the_pixels(
    name: str, options: dict[str, object]
) -> None:
    image = Image.black(1000, 1000, bands=3).copy(interpretation="srgb")
    if "bitdepth" in options:
        image = image.cast("ushort").copy(interpretation="rgb16")
    data = bytes(getattr(image, name)(**options))
    assert probe(data, replace(LIMITS, max_pixels=4_000_000)).size == Size(1000, 1000)
    with pytest.raises(TooManyPixels, match="decode in"):
        probe(data, replace(LIMITS, max_pixels=1_000_000))


def test_a_picture_may_take_much_when_its_file_is_large() -> None:
    deep = Image.gaussnoise(300, 300, mean=30_000, sigma=9_000).cast("ushort")
    data = deep.bandjoin([deep, deep]).copy(interpretation="rgb16").pngsave_buffer(bitdepth=16)
    assert probe(data, replace(LIMITS, max_pixels=300 * 300)).pixel_bytes == 6
