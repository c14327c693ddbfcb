"""Formats that libvips does not read, written by other libraries and read through the sandbox."""

from __future__ import annotations

import struct
import warnings
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from imaging_pictures import BLUE, GREEN, GREY, LIMITS, RED, close, corners, opened
from PIL import Image as Pillow
from PIL import ImageCms

from foveate.errors import BrokenImage, TooManyPixels
from foveate.geometry.box import Size
from foveate.imaging import foreign
from foveate.imaging.colour import to_srgb
from foveate.imaging.decode import open_image
from foveate.imaging.fields import blob
from foveate.imaging.probe import probe
from foveate.settings import Limits
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

COLOURS = [RED, GREEN, BLUE, GREY]


def quarters() -> NDArray[np.uint8]:
    pixels = np.empty((48, 64, 3), np.uint8)
    pixels[:24, :32], pixels[:24, 32:], pixels[24:, :32], pixels[24:, 32:] = COLOURS
    return pixels


RGB = quarters()
RGBA = np.dstack([RGB, np.full((48, 64), 130, np.uint8)])
GREYS = RGB[..., 0]
DEEP = RGB.astype(np.uint16) * 257


def saved(format_: str, pixels: NDArray[Any] = RGB, mode: str = "", **options: Any) -> bytes:
    out, image = BytesIO(), Pillow.fromarray(pixels)
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        # Pillow is going to forget some of these, and files of them stay.
        (image.convert(mode) if mode else image).save(out, format_, **options)
    return out.getvalue()


def encoded(encode: Callable[..., Any], pixels: NDArray[Any] = RGB, **options: Any) -> bytes:
    return bytes(encode(pixels, **options))


def pam(pixels: NDArray[Any], most: int) -> bytes:
    height, width, depth = pixels.shape
    head = (
        f"P7\nWIDTH {width}\n# a comment\nHEIGHT {height}\nDEPTH {depth}\nMAXVAL {most}\nENDHDR\n"
    )
    return head.encode() + pixels.tobytes()


def psd(mode: int, planes: NDArray[Any], packing: int = 0) -> bytes:
    """Return a document of nothing but its flattened picture, (bands, height, width)."""
    bands, height, width = planes.shape
    bits = planes.itemsize * 8
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, bands, height, width, bits, mode)
    pixels = planes.astype(planes.dtype.newbyteorder(">")).tobytes()
    if packing == 1:
        row = width * planes.itemsize
        rows = [
            bytes(imagecodecs.packbits_encode(pixels[at : at + row]))
            for at in range(0, len(pixels), row)
        ]
        pixels = b"".join([struct.pack(">H", len(each)) for each in rows] + rows)
    if packing == 2:
        pixels = zlib.compress(pixels)
    return head + bytes(12) + struct.pack(">H", packing) + pixels


XPM = (
    b'/* XPM */\nstatic char *x[] = {\n"2 2 2 1",\n"a c #dc1e1e",\n"b c #28c828",\n"ab",\n"ba"};\n'
)
IN_COLOUR: dict[str, tuple[ImageFormat, bytes]] = {
    "tga": (ImageFormat.TGA, saved("TGA")),
    "packed tga": (ImageFormat.TGA, saved("TGA", compression="tga_rle")),
    "pcx": (ImageFormat.PCX, saved("PCX")),
    "ppm": (ImageFormat.PNM, saved("PPM")),
    "sgi": (ImageFormat.SGI, saved("SGI")),
    "qoi": (ImageFormat.QOI, saved("QOI")),
    "dds": (ImageFormat.DDS, saved("DDS")),
    "im": (ImageFormat.IM, saved("IM")),
    "icon": (ImageFormat.ICO, saved("ICO", sizes=[(64, 48)])),
    "jpeg 2000": (ImageFormat.JP2, saved("JPEG2000")),
    "jpeg 2000, 16 bits": (ImageFormat.JP2, encoded(imagecodecs.jpeg2k_encode, DEEP, level=0)),
    "jpeg xl": (ImageFormat.JXL, encoded(imagecodecs.jpegxl_encode, lossless=True)),
    "jpeg xl, 16 bits": (ImageFormat.JXL, encoded(imagecodecs.jpegxl_encode, DEEP, lossless=True)),
    "jpeg xl, 10 bits": (
        ImageFormat.JXL,
        encoded(imagecodecs.jpegxl_encode, DEEP >> 6, lossless=True, bitspersample=10),
    ),
    "jpeg xl, lossy": (ImageFormat.JXL, encoded(imagecodecs.jpegxl_encode, level=95)),
    "moving jpeg xl": (
        ImageFormat.JXL,
        encoded(imagecodecs.jpegxl_encode, np.stack([RGB, RGB[::-1]]), lossless=True),
    ),
    "jpeg xr": (ImageFormat.JXR, encoded(imagecodecs.jpegxr_encode, level=1.0)),
    "jpeg xr, 16 bits": (ImageFormat.JXR, encoded(imagecodecs.jpegxr_encode, DEEP, level=1.0)),
    "jpeg, 12 bits": (
        ImageFormat.JPEG,
        encoded(imagecodecs.jpeg8_encode, DEEP >> 4, level=95, bitspersample=12),
    ),
    "jpeg without loss": (ImageFormat.JPEG, encoded(imagecodecs.jpeg8_encode, lossless=True)),
    "jpeg without loss, 16 bits": (
        ImageFormat.JPEG,
        encoded(imagecodecs.jpeg8_encode, DEEP, lossless=True, bitspersample=16),
    ),
    "pam": (ImageFormat.PAM, pam(RGB, 255)),
    "pam, 16 bits": (ImageFormat.PAM, pam(DEEP.astype(">u2"), 65_535)),
    "pfm": (
        ImageFormat.PFM,
        b"PF\n64 48\n-1.0\n" + (RGB[::-1] / 255).astype("<f4").tobytes(),
    ),
    "photoshop": (ImageFormat.PSD, psd(3, np.moveaxis(RGB, -1, 0))),
    "photoshop, 16 bits": (ImageFormat.PSD, psd(3, np.moveaxis(DEEP, -1, 0))),
    "photoshop, packed": (ImageFormat.PSD, psd(3, np.moveaxis(DEEP, -1, 0), packing=1)),
    "photoshop, zipped": (ImageFormat.PSD, psd(3, np.moveaxis(DEEP, -1, 0), packing=2)),
}


@pytest.mark.parametrize("name", IN_COLOUR)
def test_it_is_read_in_its_colours(name: str) -> None:
    kind, data = IN_COLOUR[name]
    facts = probe(data, LIMITS)
    assert (facts.format, facts.size, facts.alpha, facts.frames) == (kind, Size(64, 48), False, 1)
    assert close(corners(to_srgb(opened(data))), COLOURS, 4)


@pytest.mark.parametrize(
    "data",
    [
        saved("TGA", RGBA),
        saved("SGI", RGBA),
        saved("QOI", RGBA),
        saved("DDS", RGBA),
        saved("ICO", RGBA, sizes=[(64, 48)]),
        saved("JPEG2000", RGBA),
        encoded(imagecodecs.jpegxl_encode, RGBA, lossless=True),
        encoded(imagecodecs.jpegxr_encode, RGBA, level=1.0),
        pam(RGBA, 255),
        psd(3, np.moveaxis(RGBA, -1, 0)),
    ],
    ids=["tga", "sgi", "qoi", "dds", "icon", "jp2", "jxl", "jxr", "pam", "psd"],
)
def test_alpha_is_kept_and_announced(data: bytes) -> None:
    assert probe(data, LIMITS).alpha
    assert close(corners(opened(data)), [(*colour, 130) for colour in COLOURS], 2)


@pytest.mark.parametrize(
    "data",
    [
        saved("PPM", GREYS.astype(np.uint16) * 257),
        saved("JPEG2000", GREYS.astype(np.uint16) * 257),
        saved("IM", GREYS.astype(np.float32)),
        saved("SPIDER", GREYS.astype(np.float32)),
        encoded(imagecodecs.jpegxl_encode, GREYS, lossless=True),
        pam(GREYS[..., np.newaxis] // 17, 15),
        psd(1, GREYS[np.newaxis]),
        b"Pf\n64 48\n1.0\n" + (GREYS[::-1] / 255).astype(">f4").tobytes(),
    ],
    ids=["pgm 16", "jp2 16", "im float", "spider", "jxl", "pam 4", "psd", "pfm"],
)
def test_greys_of_any_depth_are_as_bright_as_they_were(data: bytes) -> None:
    expected = [(colour[0],) * 3 for colour in COLOURS]
    assert close(corners(to_srgb(opened(data))), expected, 17)


@pytest.mark.parametrize(("mode", "format_"), [("1", "XBM"), ("1", "MSP"), ("P", "PCX")])
def test_few_colours_are_what_pillow_shows(mode: str, format_: str) -> None:
    data = saved(format_, RGB, mode)
    with Pillow.open(BytesIO(data)) as image:
        expected = np.asarray(image.convert("RGB"))
    assert np.array_equal(to_srgb(opened(data)).numpy(), expected)


def test_a_pixel_map_of_letters_is_read() -> None:
    image = to_srgb(opened(XPM))
    assert [image(0, 0), image(1, 0)] == [list(RED), [40, 200, 40]]


def test_the_light_of_a_document_becomes_levels() -> None:
    middle = np.full((3, 8, 8), 0.2140, np.float32)
    assert close([to_srgb(opened(psd(3, middle)))(4, 4)], [(127, 127, 127)], 1)


@pytest.mark.parametrize("number", [np.uint8, np.uint16])
def test_the_ink_of_a_document_becomes_colour(number: type[np.unsignedinteger[Any]]) -> None:
    cyan, none = np.zeros((8, 8), number), np.full((8, 8), np.iinfo(number).max, number)
    red, green, blue = to_srgb(opened(psd(4, np.stack([cyan, none, none, none]))))(4, 4)
    assert red < 60
    assert min(green, blue) > 130


def test_the_largest_picture_of_an_icon_is_taken() -> None:
    icon = saved("ICO", np.tile(RGB, (2, 2, 1)), sizes=[(16, 16), (64, 64), (32, 32)])
    assert probe(icon, LIMITS).size == Size(64, 48)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_an_apple_icon_is_what_lies_in_it(mode: str) -> None:
    side = np.tile(RGB, (2, 1, 1))[:64]
    expected = np.asarray(Pillow.fromarray(side).convert(mode).convert("RGB"))
    shown = to_srgb(opened(saved("ICNS", side, mode, sizes=[(64, 64)]))).extract_band(0, n=3)
    # Pillow puts larger and smaller copies beside it, and the largest is taken.
    assert (
        np.abs(shown.resize(64 / shown.width).numpy()[8, 8].astype(int) - expected[8, 8]).max() < 3
    )


def test_a_cursor_is_an_icon_with_a_place_to_point_with() -> None:
    cursor = bytearray(saved("ICO", RGBA, sizes=[(64, 48)], bitmap_format="bmp"))
    cursor[2] = 2
    struct.pack_into("<HH", cursor, 10, 5, 7)
    facts = probe(bytes(cursor), LIMITS)
    assert (facts.format, facts.size, facts.alpha) == (ImageFormat.CUR, Size(64, 48), True)
    assert close(corners(opened(bytes(cursor))), [(*colour, 130) for colour in COLOURS])


def moving_avif() -> bytes:
    frames = [Pillow.new("RGB", (32, 24), colour) for colour in (RED, GREEN, BLUE)]
    out = BytesIO()
    frames[0].save(
        out, "AVIF", save_all=True, append_images=frames[1:], duration=[100, 200, 300], quality=95
    )
    return out.getvalue()


def test_an_avif_moves() -> None:
    data = moving_avif()
    facts = probe(data, LIMITS)
    assert (facts.format, facts.size, facts.frames) == (ImageFormat.AVIF, Size(32, 24), 3)
    first, tall = opened(data), opened(data, frames=-1)
    assert close([first(3, 3)], [RED], 8)
    assert (tall.width, tall.height, tall.get_page_height()) == (32, 72, 24)
    assert close([tall(3, y) for y in (3, 27, 51)], [RED, GREEN, BLUE], 8)
    assert tall.get("delay") == [100, 200, 300]


EIGHT_BITS = ("webp", "zstd", "lzma", "lerc", "jpeg2000", "jpegxl", "png", "jpegxr")


@pytest.mark.parametrize(
    ("compression", "pixels"),
    [(name, RGB) for name in EIGHT_BITS] + [(name, DEEP) for name in EIGHT_BITS[1:]],
)
def test_tiffs_of_any_compression_are_read(compression: str, pixels: NDArray[Any]) -> None:
    out = BytesIO()
    tifffile.imwrite(out, pixels, photometric="rgb", compression=compression)
    assert close(corners(read_tiff(out.getvalue())), COLOURS, 4)


@pytest.mark.parametrize(
    ("pixels", "how"),
    [
        ((RGB / 255).astype(np.float32), {"photometric": "rgb", "predictor": True}),
        (np.moveaxis(RGB, -1, 0), {"photometric": "rgb", "planarconfig": "separate"}),
        (DEEP, {"photometric": "rgb", "tile": (16, 16), "predictor": True}),
    ],
    ids=["floats", "planes", "tiles"],
)
def test_tiffs_of_any_layout_are_read(pixels: NDArray[Any], how: dict[str, Any]) -> None:
    out = BytesIO()
    tifffile.imwrite(out, pixels, compression="zstd", **how)
    assert close(corners(read_tiff(out.getvalue())), COLOURS, 2)


def test_a_tiff_that_counts_from_white_is_no_negative() -> None:
    out = BytesIO()
    tifffile.imwrite(out, 255 - GREYS, photometric="miniswhite", compression="zstd")
    expected = [(colour[0],) * 3 for colour in COLOURS]
    assert close(corners(read_tiff(out.getvalue())), expected, 2)


def read_tiff(data: bytes) -> Any:
    facts = foreign.read_header(data, ImageFormat.TIFF)
    assert facts.stored == Size(64, 48)
    return to_srgb(open_image(data, facts))


def test_a_profile_comes_along() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    out = BytesIO()
    tifffile.imwrite(out, RGB, photometric="rgb", compression="zstd", iccprofile=profile)
    data = out.getvalue()
    image = open_image(data, foreign.read_header(data, ImageFormat.TIFF))
    assert blob(image, "icc-profile-data") == profile


@pytest.mark.parametrize("name", ["qoi", "jpeg xl", "jpeg 2000", "jpeg, 12 bits", "pam"])
def test_limits_hold_before_pixels(name: str) -> None:
    with pytest.raises(TooManyPixels):
        probe(IN_COLOUR[name][1], Limits(max_pixels=64 * 48 - 1))


@pytest.mark.parametrize("name", ["packed tga", "ppm", "qoi", "jpeg xl", "jpeg 2000", "photoshop"])
def test_what_is_cut_off_is_broken(name: str) -> None:
    data = IN_COLOUR[name][1]
    with pytest.raises(BrokenImage):
        opened(data[: len(data) * 2 // 3])


@pytest.mark.parametrize("bits", [10, 12, 16])
@pytest.mark.parametrize("bands", [3, 4])
def test_white_of_a_deep_jpeg_2000_is_white_and_opaque(bits: int, bands: int) -> None:
    white = np.full((8, 8, bands), (1 << bits) - 1, np.uint16)
    white[:4, :, :3] = 0
    made = to_srgb(opened(encoded(imagecodecs.jpeg2k_encode, white, level=0, bitspersample=bits)))
    alpha = [255] * (bands - 3)
    assert [made(2, 2), made(2, 6)] == [[0, 0, 0, *alpha], [255, 255, 255, *alpha]]


def in_tiff(pixels: NDArray[Any], **options: Any) -> bytes:
    out = BytesIO()
    tifffile.imwrite(out, pixels, **options)
    return out.getvalue()


@pytest.mark.parametrize("compression", [None, "lzw", "zlib", "zstd"])
def test_ycbcr_in_tiff_is_no_rgb(compression: str | None) -> None:
    mixed = np.asarray(Pillow.fromarray(RGB).convert("YCbCr"))
    data = in_tiff(mixed, photometric="ycbcr", compression=compression)
    assert close(corners(to_srgb(opened(data))), COLOURS, 4)


@pytest.mark.parametrize("compression", [None, "zstd", "lzma"])
def test_cielab_in_tiff_is_no_rgb_whoever_unpacks_it(compression: str | None) -> None:
    red = np.full((16, 16, 3), (138, 81, 70), np.uint8)
    data = in_tiff(red, photometric="cielab", compression=compression)
    assert close([to_srgb(opened(data))(4, 4)], [[255, 0, 0]], 6)


@pytest.mark.parametrize("compression", [None, "zstd", "lzma"])
@pytest.mark.parametrize("full", [255, 65_535])
def test_premultiplied_alpha_in_tiff_is_undone(compression: str | None, full: int) -> None:
    kind = np.uint8 if full == 255 else np.uint16
    quarter = np.array((full // 4, 0, 0, full // 4), kind)
    clear = np.broadcast_to(quarter, (20, 20, 4)).copy()
    data = in_tiff(clear, photometric="rgb", extrasamples=["assocalpha"], compression=compression)
    assert close([to_srgb(opened(data))(4, 4)], [[255, 0, 0, 63]], 2)


def test_exif_is_read_although_files_are_shut() -> None:
    exif = Pillow.Exif()
    exif[0x010E] = "a cat"
    moving = [Pillow.fromarray(RGB), Pillow.fromarray(RGB[::-1])]
    out = BytesIO()
    moving[0].save(out, "AVIF", save_all=True, append_images=moving[1:], exif=exif.tobytes())
    facts = probe(out.getvalue(), LIMITS)
    assert (facts.decoder, facts.frames) == ("pillow", 2)


def test_a_bitmap_whose_alpha_was_left_out_is_opaque() -> None:
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    header = struct.pack("<IiiHHIIiiII", 124, 2, 1, 1, 32, 3, 8, 0, 0, 0, 0) + masks
    for alpha, shown in ((0, 255), (9, 9)):
        pixels = bytes((30, 20, 10, alpha)) * 2
        body = header.ljust(124, b"\0") + pixels
        data = struct.pack("<2sIII", b"BM", 14 + len(body), 0, 14 + 124) + body
        assert opened(data)(0, 0) == [10, 20, 30, shown]


@pytest.mark.parametrize("pixels", [RGB, DEEP, RGBA], ids=["rgb", "rgb16", "rgba"])
def test_planes_in_tiles_are_put_together(pixels: NDArray[Any]) -> None:
    planes = np.moveaxis(pixels, -1, 0)
    extra = ["unassalpha"] if len(planes) > 3 else None
    data = in_tiff(
        planes, photometric="rgb", planarconfig="separate", tile=(16, 16), extrasamples=extra
    )
    assert close([colour[:3] for colour in corners(to_srgb(opened(data)))], COLOURS, 2)


def test_what_is_too_large_for_a_decoder_is_told_so_though_the_decoder_calls_it_broken() -> None:
    flat = encoded(imagecodecs.jpeg2k_encode, np.zeros((5000, 5000, 3), np.uint8), level=30)
    assert len(flat) < 10_000
    with pytest.raises(TooManyPixels, match="may need"):
        opened(flat)
    with pytest.raises(BrokenImage):
        opened(encoded(imagecodecs.jpeg2k_encode, quarters(), level=0)[:-200])
