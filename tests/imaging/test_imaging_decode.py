from __future__ import annotations

import pytest
import pyvips
from imaging_pictures import (
    BLUE,
    GREEN,
    GREY,
    HEIC,
    RED,
    SVG,
    animation,
    close,
    corners,
    files,
    opened,
    plain,
    quarters,
    with_orientation,
)

from foveate.errors import BrokenImage, EncodeFailed, FoveateError, Unavailable
from foveate.imaging import Image
from foveate.imaging.colour import to_srgb
from foveate.imaging.decode import guard, to_memory
from foveate.imaging.fields import blob


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "gif", "avif", "tiff"])
def test_every_format_shows_its_colours(name: str) -> None:
    image = to_srgb(to_memory(opened(files()[name]))).extract_band(0, n=3)
    assert close(corners(image), [RED, GREEN, BLUE, GREY])


def test_heic_shows_its_colours_upright() -> None:
    image = opened(HEIC)
    assert (image.width, image.height) == (48, 64)
    assert close(corners(image), [BLUE, RED, GREY, GREEN])


def test_heic_metadata_is_kept_without_the_turn_that_is_done() -> None:
    image = opened(HEIC)
    assert b"rgen" in blob(image, "exif-data")
    assert image.autorot().height == 64


def test_svg_is_drawn_at_any_scale() -> None:
    image = opened(SVG, svg_scale=2.5)
    assert (image.width, image.height, image.bands) == (100, 75, 4)
    assert corners(image)[:2] == [(*RED, 255), (0, 0, 0, 0)]


@pytest.mark.parametrize("shrink", [1, 2, 4, 8])
@pytest.mark.parametrize("name", ["jpeg", "webp"])
def test_shrinking_happens_while_decoding(name: str, shrink: int) -> None:
    image = opened(files(quarters(160, 80))[name], shrink=shrink)
    assert (image.width, image.height) == (160 // shrink, 80 // shrink)
    assert close(corners(to_memory(image)), [RED, GREEN, BLUE, GREY])


def test_other_formats_ignore_shrink() -> None:
    assert opened(files()["png"], shrink=4).width == 64


def test_the_picture_stays_as_it_lies_in_the_file_even_for_operations_that_turn() -> None:
    image = opened(with_orientation(quarters(), 6).jpegsave_buffer(Q=95))
    assert (image.width, image.height) == (64, 48)
    assert image.autorot().width == 64


@pytest.mark.parametrize(("frames", "height"), [(1, 10), (2, 20), (-1, 30), (99, 30)])
def test_frames_come_as_one_tall_picture(frames: int, height: int) -> None:
    image = opened(animation([100] * 3).gifsave_buffer(), frames=frames)
    assert (image.width, image.height, image.get_page_height()) == (20, height, 10)


def test_a_single_frame_is_never_saved_as_an_animation() -> None:
    first = opened(animation([100] * 3).gifsave_buffer()).resize(2)
    again = Image.webpload_buffer(first.webpsave_buffer(), n=-1)
    assert (again.height, again.get_n_pages()) == (20, 1)


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "gif", "avif", "tiff", "heic"])
def test_truncated_files_are_broken(name: str) -> None:
    noisy = (quarters(200, 200) + Image.gaussnoise(200, 200, sigma=20, seed=1)).cast("uchar")
    data = files(noisy.copy(interpretation="srgb"))[name]
    with pytest.raises(BrokenImage):
        to_memory(opened(data[: len(data) * 2 // 3]))


def test_a_wrong_checksum_is_broken() -> None:
    data = bytearray(files()["png"])
    data[data.index(b"IDAT") + 12] ^= 1
    with pytest.raises(BrokenImage):
        to_memory(opened(bytes(data)))


def test_pixels_in_memory_can_be_read_again() -> None:
    image = to_memory(opened(files()["png"]))
    assert corners(image) == corners(image) == [RED, GREEN, BLUE, GREY]


def test_guard_names_the_failure_in_one_line() -> None:
    with pytest.raises(EncodeFailed, match=r"^[^\n]*crop[^\n]*$"), guard(EncodeFailed):
        plain(4, 4, 1, 1, 1).crop(0, 0, 9, 9)


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("unable to call affine\n  affine: output coordinates out of range\n", FoveateError),
        ("unable to call crop\n  extract_area: bad extract area\n", FoveateError),
        ("unable to call resize\n  VipsJpeg: premature end\n  affine: stopped\n", BrokenImage),
        ("unable to call tiffload_buffer\n  tiffload_buffer: bad strip\n", BrokenImage),
        ("unable to call resize\n  vips_tracked: out of memory -- size == 9MB\n", Unavailable),
        ("unable to call jpegsave_buffer\n  glib: Error creating thread: Resource", Unavailable),
    ],
)
def test_only_what_is_wrong_with_a_file_is_told_as_its_fault(
    detail: str, expected: type[FoveateError]
) -> None:
    with pytest.raises(FoveateError) as caught, guard():
        raise pyvips.Error(detail)
    assert type(caught.value) is expected


@pytest.mark.parametrize(
    "detail",
    ["unable to copy to memory\n", "unable to write to memory\n  vipspng: libpng read error"],
)
def test_a_file_that_is_cut_off_is_said_to_end_too_early(detail: str) -> None:
    with pytest.raises(BrokenImage, match="ends before it is whole"), guard():
        raise pyvips.Error(detail)


def test_guard_decorates_functions() -> None:
    @guard()
    def fail() -> None:
        raise pyvips.Error("VipsJpeg: premature end")

    with pytest.raises(BrokenImage, match="premature end"):
        fail()
