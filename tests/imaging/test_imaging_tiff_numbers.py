"""TIFFs of every kind of number, looked at after all is done."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from imaging_pictures import close, opened, plain

from foveate.errors import BrokenImage
from foveate.imaging.colour import to_srgb
from foveate.imaging.probe import probe
from foveate.imaging.tiff_numbers import readable
from foveate.settings import Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, CMYK, CIELAB, ICCLAB = 0, 1, 2, 5, 8, 9
FORMATS = {"u": 1, "i": 2, "f": 3}
LARGEST = {"u1": 255, "u2": 65_535, "u4": 2**32 - 1, "i2": 32_767, "i4": 2**31 - 1}
GREY = np.array([[0.0, 0.2, 0.5, 0.8, 1.0]] * 4)
COLOURS = np.array([[(0.0, 0.5, 1.0), (0.8, 0.2, 0.2), (1.0, 1.0, 1.0)]] * 4)


def tiff(
    pixels: NDArray[np.generic], photometric: int, *, order: str = "<", big: bool = False
) -> bytes:
    """Return an uncompressed TIFF of one strip; a fourth band of RGB or Lab is alpha."""
    height, width, bands = (*pixels.shape, 1)[:3]
    bits = pixels.dtype.itemsize * 8
    rows = {
        256: [width],
        257: [height],
        258: [bits] * bands,
        259: [1],
        262: [photometric],
        273: [0],
        277: [bands],
        278: [height],
        279: [pixels.nbytes],
        339: [FORMATS[pixels.dtype.kind]] * bands,
    }
    if bands == 4 and photometric != CMYK:
        rows[338] = [2]
    return _written(dict(sorted(rows.items())), pixels, order, big=big)


def _written(
    rows: dict[int, list[int]], pixels: NDArray[np.generic], order: str, *, big: bool
) -> bytes:
    long, count, inline = ("Q", "Q", 8) if big else ("I", "H", 4)
    start = 16 if big else 8
    table = struct.calcsize(order + count) + len(rows) * (20 if big else 12) + inline
    extra, directory = b"", struct.pack(order + count, len(rows))
    rows[273] = [start + table + sum(4 * len(v) for v in rows.values() if 4 * len(v) > inline)]
    for tag, values in rows.items():
        body = struct.pack(f"{order}{len(values)}I", *values)
        directory += struct.pack(order + ("HHQ" if big else "HHI"), tag, 4, len(values))
        if len(body) <= inline:
            directory += body.ljust(inline, b"\0")
        else:
            directory += struct.pack(order + long, start + table + len(extra))
            extra += body
    magic = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    head = magic + (struct.pack(order + "HHQ", 8, 0, 16) if big else struct.pack(order + "I", 8))
    data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    return head + directory + bytes(inline) + extra + data


def row(data: bytes) -> list[list[int]]:
    """Return the colours of the first row."""
    pixels = to_srgb(opened(data)).numpy()
    assert pixels.dtype == np.uint8
    colours: list[list[int]] = pixels[0].tolist()
    return colours


@pytest.mark.parametrize("kind", sorted(LARGEST))
@pytest.mark.parametrize("photometric", [WHITE_IS_ZERO, BLACK_IS_ZERO])
def test_greys_of_whole_numbers_span_black_to_white(kind: str, photometric: int) -> None:
    shares = GREY if photometric == BLACK_IS_ZERO else 1 - GREY
    pixels = (shares * LARGEST[kind]).round().astype(kind)
    assert close(row(tiff(pixels, photometric)), [[255 * v] * 3 for v in GREY[0]], distance=2)


@pytest.mark.parametrize("kind", sorted(LARGEST))
def test_colours_of_whole_numbers_span_black_to_white(kind: str) -> None:
    pixels = (COLOURS * LARGEST[kind]).round().astype(kind)
    assert close(row(tiff(pixels, RGB)), (COLOURS[0] * 255).tolist(), distance=2)


@pytest.mark.parametrize("photometric", [WHITE_IS_ZERO, BLACK_IS_ZERO])
def test_signed_bytes_are_bytes_as_everybody_shows_them(photometric: int) -> None:
    shares = GREY if photometric == BLACK_IS_ZERO else 1 - GREY
    pixels = (shares * 255).round().astype("u1").view("i1")
    assert close(row(tiff(pixels, photometric)), [[255 * v] * 3 for v in GREY[0]], distance=2)


@pytest.mark.parametrize(
    ("kind", "white"), [("f2", 1), ("f2", 255), ("f4", 1), ("f4", 255), ("f4", 65_535)]
)
@pytest.mark.parametrize("photometric", [WHITE_IS_ZERO, BLACK_IS_ZERO])
def test_greys_of_floats_are_what_a_screen_shows(kind: str, white: int, photometric: int) -> None:
    shares = GREY if photometric == BLACK_IS_ZERO else 1 - GREY
    pixels = (shares * white).astype(kind)
    assert close(row(tiff(pixels, photometric)), [[255 * v] * 3 for v in GREY[0]], distance=1)


@pytest.mark.parametrize("white", [1, 255, 65_535, 5e6])
def test_colours_of_floats_are_what_a_screen_shows(white: float) -> None:
    pixels = (COLOURS * white).astype("f4")
    assert close(row(tiff(pixels, RGB)), (COLOURS[0] * 255).tolist(), distance=1)


def test_floats_brighter_than_white_are_white_and_below_black_black() -> None:
    pixels = np.array([[-1.0, 0.0, 0.5, 1.0, 4.0]], "f4")
    assert [grey for grey, _, _ in row(tiff(pixels, BLACK_IS_ZERO))] == [0, 0, 128, 255, 255]


def test_infinite_floats_do_not_make_the_rest_black() -> None:
    pixels = np.array([[0.0, 0.5, np.inf]], "f4")
    assert close([row(tiff(pixels, BLACK_IS_ZERO))[1]], [[128] * 3], distance=1)


def test_negative_whole_numbers_are_black() -> None:
    pixels = np.array([[-32_768, -1, 0, 32_767]], "i2")
    assert [grey for grey, _, _ in row(tiff(pixels, BLACK_IS_ZERO))] == [0, 0, 0, 255]


def test_alpha_is_scaled_with_the_colours() -> None:
    pixels = np.array([[(1.0, 0.5, 0.0, 0.25)]], "f4")
    assert close(row(tiff(pixels, RGB)), [(255, 128, 0, 64)], distance=1)


LAB = np.array([[(54.29, 80.80, 69.89), (87.82, -79.27, 80.99), (29.57, 68.30, -112.03)]] * 2)
"""Red, green and blue of sRGB, seen in the light of print, D50. Source: CIE 15, by hand."""


def lab_of(kind: int, bits: int) -> NDArray[np.generic]:
    """Return `LAB` as TIFF writes it."""
    lightness, colours = LAB[..., :1], LAB[..., 1:]
    if kind == CIELAB:
        steps = 1 if bits == 8 else 256
        numbers = np.dstack([lightness / 100 * (2**bits - 1), colours * steps])
    else:
        full, steps = (255, 1) if bits == 8 else (0xFF00, 256)
        numbers = np.dstack([lightness / 100 * full, (colours + 128) * steps])
    return (numbers.round().astype(int) % 2**bits).astype(f"u{bits // 8}")


@pytest.mark.parametrize("photometric", [CIELAB, ICCLAB])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("order", ["<", ">"])
def test_cielab_becomes_the_picture(photometric: int, bits: int, order: str) -> None:
    made = row(tiff(lab_of(photometric, bits), photometric, order=order))
    for colour, most in zip(made, range(3), strict=True):
        assert colour[most] >= 250
        assert max(colour[:most] + colour[most + 1 :]) <= 25


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_cielab_of_8_bits_is_read_in_every_form_of_tiff(order: str, big: bool) -> None:
    white = np.array([[(255, 0, 0), (0, 0, 0), (136, 0, 0)]], "u1")
    made = row(tiff(white, CIELAB, order=order, big=big))
    assert close(made, [[255] * 3, [0] * 3, [127] * 3], distance=2)


@pytest.mark.parametrize("photometric", [CIELAB, ICCLAB])
def test_cielab_keeps_its_alpha(photometric: int) -> None:
    centre = 0 if photometric == CIELAB else 128
    data = tiff(np.array([[(255, centre, centre, 77)]], "u1"), photometric)
    assert probe(data, Limits()).alpha
    assert row(data) == [[255, 255, 255, 77]]


def test_cmyk_is_ink() -> None:
    for kind in ("u1", "u2"):
        pixels = (np.array([[(0, 0, 0, 0), (0, 1, 1, 0)]]) * LARGEST[kind]).astype(kind)
        white, red = row(tiff(pixels, CMYK))
        assert close([white], [[255] * 3], distance=2)
        assert red[0] > 200
        assert max(red[1:]) < 80


def test_what_libvips_reads_by_itself_is_not_copied() -> None:
    for data in (plain(4, 4, 9, 9, 9).tiffsave_buffer(), tiff(lab_of(CIELAB, 16), CIELAB)):
        assert readable(data) is data


@pytest.mark.parametrize("keep", [5, 9, 12, 40, 100])
def test_a_tiff_that_ends_early_is_refused_as_ever(keep: int) -> None:
    data = tiff(lab_of(CIELAB, 8), CIELAB)[:keep]
    with pytest.raises(BrokenImage):
        opened(data)


@pytest.mark.parametrize("kind", ["f2", "f4"])
def test_floats_of_ink_are_shares_of_it(kind: str) -> None:
    pixels = np.array([[(0, 0, 0, 0), (0, 1, 1, 0)]], kind)
    white, red = row(tiff(pixels, CMYK))
    assert close([white], [[255] * 3], distance=2)
    assert red[0] > 200
    assert max(red[1:]) < 70
