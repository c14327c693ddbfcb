from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.sandboxed.bmp import decode, read_header

if TYPE_CHECKING:
    from numpy.typing import NDArray

RED, GREEN, BLUE = (220, 30, 30), (30, 200, 40), (40, 50, 220)
PALETTE = b"".join(bytes([*colour[::-1], 0]) for colour in (RED, GREEN, BLUE))
RGB, RLE8, RLE4, BITFIELDS, ALPHA_BITFIELDS = 0, 1, 2, 3, 6


def bmp(
    bits: int,
    rows: bytes,
    *,
    size: tuple[int, int] = (2, 2),
    kind: int = RGB,
    header: int = 40,
    masks: bytes = b"",
    palette: bytes = b"",
) -> bytes:
    """Return a bitmap; newer headers hold the masks in themselves."""
    used = len(palette) // 4
    info = struct.pack("<IiiHHIIiiII", header, *size, 1, bits, kind, 0, 0, 0, used, 0)
    info = (info + masks).ljust(header, b"\0") + palette
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, 14 + len(info)) + info + rows


def decoded(data: bytes, capsysbinary: pytest.CaptureFixture[bytes]) -> NDArray[np.uint8]:
    head = read_header(data)
    decode(data, "bmp", str(head.width), str(head.height), "1")
    line, _, body = capsysbinary.readouterr().out.partition(b"\n")
    said = json.loads(line)
    return np.frombuffer(body, np.uint8).reshape(said["height"], said["width"], said["bands"])


def shown(data: bytes, capsysbinary: pytest.CaptureFixture[bytes]) -> list[list[tuple[Any, ...]]]:
    return [[tuple(pixel) for pixel in row] for row in decoded(data, capsysbinary).tolist()]


def row(bits: int, *numbers: int) -> bytes:
    """Return a row of numbers, filled up to four bytes."""
    packed = "".join(f"{number:0{bits}b}" for number in numbers).ljust(32, "0")
    return int(packed, 2).to_bytes(4, "big")


def whole(code: str, *numbers: int) -> bytes:
    packed = struct.pack(f"<{len(numbers)}{code}", *numbers)
    return packed + bytes(-len(packed) % 4)


def b565(colour: tuple[int, int, int]) -> int:
    red, green, blue = colour
    return red >> 3 << 11 | green >> 2 << 5 | blue >> 3


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_indexes_of_any_width_are_looked_up(
    bits: int, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    data = bmp(bits, row(bits, 2, 0) + row(bits, 0, 1), palette=PALETTE)
    assert shown(data, capsysbinary) == [[RED, GREEN], [BLUE, RED]]  # from the bottom up


def test_one_bit_has_any_two_colours(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    data = bmp(1, row(1, 1, 0) + row(1, 0, 1), palette=PALETTE[:8])
    assert shown(data, capsysbinary) == [[RED, GREEN], [GREEN, RED]]


def test_a_negative_height_is_from_the_top_down(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    data = bmp(8, row(8, 2, 0) + row(8, 0, 1), size=(2, -2), palette=PALETTE)
    assert shown(data, capsysbinary) == [[BLUE, RED], [RED, GREEN]]


def test_an_index_beyond_the_palette_is_black(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    data = bmp(8, row(8, 9), size=(1, 1), palette=PALETTE)
    assert shown(data, capsysbinary) == [[(0, 0, 0)]]


def test_the_oldest_header_has_a_palette_of_three_bytes(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    palette = b"".join(bytes(colour[::-1]) for colour in (RED, GREEN, BLUE)) + bytes(13 * 3)
    info = struct.pack("<IHHHH", 12, 2, 1, 1, 4) + palette
    data = b"BM" + struct.pack("<IHHI", 0, 0, 0, 14 + len(info)) + info + row(4, 1, 2)
    assert shown(data, capsysbinary) == [[GREEN, BLUE]]


@pytest.mark.parametrize("bits", [24, 32])
def test_bytes_are_blue_green_red(bits: int, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    pixel = bytes(RED[::-1]) + bytes(bits // 8 - 3)
    data = bmp(bits, pixel + bytes(-len(pixel) % 4), size=(1, 1))
    assert shown(data, capsysbinary) == [[RED]]


@pytest.mark.parametrize(
    ("bits", "masks", "number", "expected"),
    [
        (16, (0x7C00, 0x03E0, 0x001F), 0x7FFF, (255, 255, 255)),
        (16, (0xF800, 0x07E0, 0x001F), b565((255, 0, 0)), (255, 0, 0)),
        (16, (0xF800, 0x07E0, 0x001F), b565((0, 255, 0)), (0, 255, 0)),
        (16, (0x0F00, 0x00F0, 0x000F), 0x0F80, (255, 136, 0)),
        (32, (0xFF000000, 0xFF0000, 0xFF00), 0xDC1E1E00, RED),
        (32, (0x3FF00000, 0xFFC00, 0x3FF), 0x3FF << 20 | 512 << 10, (255, 128, 0)),
        (32, (0xE0, 0x1C, 0x03), 0xE0, (255, 0, 0)),
    ],
)
@pytest.mark.parametrize("header", [40, 52, 56, 108, 124])
def test_masks_say_where_the_colours_are(
    header: int,
    bits: int,
    masks: tuple[int, ...],
    number: int,
    expected: tuple[int, ...],
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    packed = struct.pack("<III", *masks)
    inside, behind = (packed, b"") if header > 40 else (b"", packed)
    pixels = whole("H" if bits == 16 else "I", number)
    data = bmp(bits, behind + pixels, size=(1, 1), kind=BITFIELDS, header=header, masks=inside)
    start = struct.pack("<I", 14 + header + len(behind))
    data = data[:10] + start + data[14:]
    assert shown(data, capsysbinary) == [[expected]]


@pytest.mark.parametrize(("header", "kind"), [(56, BITFIELDS), (124, BITFIELDS)])
def test_a_mask_of_alpha_says_how_opaque(
    header: int, kind: int, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    data = bmp(32, whole("I", 0x80DC1E1E), size=(1, 1), kind=kind, header=header, masks=masks)
    assert read_header(data).alpha
    assert shown(data, capsysbinary) == [[(*RED, 128)]]


def test_runs_leaps_and_literals_of_bytes(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    lines = bytes([3, 1, 0, 0])  # three greens, next row
    lines += bytes([0, 3, 2, 1, 2, 0, 0, 0])  # three literals and their filling, next row
    lines += bytes([0, 2, 2, 0, 1, 2, 0, 1])  # leap over two, a blue, end
    data = bmp(8, lines, size=(3, 3), kind=RLE8, palette=PALETTE)
    bottom, middle, top = [GREEN] * 3, [BLUE, GREEN, BLUE], [RED, RED, BLUE]
    assert shown(data, capsysbinary) == [top, middle, bottom]


def test_runs_of_half_bytes_take_turns(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    lines = bytes([5, 0x12, 0, 0, 0, 5, 0x21, 0x02, 0x10, 0, 0, 1])
    data = bmp(4, lines, size=(5, 2), kind=RLE4, palette=PALETTE)
    runs, literals = [GREEN, BLUE, GREEN, BLUE, GREEN], [BLUE, GREEN, RED, BLUE, GREEN]
    assert shown(data, capsysbinary) == [literals, runs]


def test_runs_beyond_the_edge_and_the_end_stay_inside(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    data = bmp(8, bytes([200, 1, 0, 2, 250, 250, 9, 1]), kind=RLE8, palette=PALETTE)
    assert shown(data, capsysbinary) == [[RED, RED], [GREEN, GREEN]]


@pytest.mark.parametrize(("bits", "kind"), [(3, RGB), (24, 4), (24, 5), (8, 9)])
def test_what_wraps_another_format_or_makes_no_sense_is_refused(bits: int, kind: int) -> None:
    with pytest.raises(ValueError, match="Expected a bitmap"):
        read_header(bmp(bits, b"", kind=kind))


def test_missing_rows_are_refused(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    with pytest.raises(ValueError, match="buffer"):
        decoded(bmp(24, bytes(8)), capsysbinary)
