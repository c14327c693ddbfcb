"""Colours that a file explains by code points or chunks, looked at after all is done."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from heif_files import HVCC, Item, box, cut, heif, ispe
from imaging_pictures import RED, close, corners, opened, plain, quarters, with_blob

from foveate.imaging import Image
from foveate.imaging.colour import PROFILE, to_srgb
from foveate.imaging.fields import blob
from foveate.imaging.pixels import from_array
from foveate.imaging.signal import FIELD
from foveate.options.srgb import from_light, to_light

if TYPE_CHECKING:
    from collections.abc import Sequence

CODES = {
    "bt709": 1,
    "bt2020": 9,
    "p3": 12,
    "gamma22": 4,
    "linear": 8,
    "srgb": 13,
    "pq": 16,
    "hlg": 18,
}
TO_BT2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.088, 0.8956]])
"""Source: ITU-R BT.2087."""
TO_P3 = np.array([[0.8225, 0.1774, 0.0], [0.0332, 0.9669, 0.0], [0.0171, 0.0724, 0.9108]])
"""Source: Apple, Display P3."""
WHITE_203, TEN_NITS = 0.58069, 0.30103
"""Numbers of PQ. Source: BT.2408, and ST 2084 by hand."""
SRGB_CHRM = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
P3_CHRM = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(image: Image, *chunks: bytes) -> bytes:
    """Return a PNG with these chunks behind its header."""
    data: bytes = image.pngsave_buffer(keep="icc")
    return data[:33] + b"".join(chunks) + data[33:]


def gama(gamma: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000)))


def chrm(*values: int) -> bytes:
    return chunk(b"cHRM", struct.pack(">8I", *values))


def cicp(primaries: int, transfer: int, full_range: int = 1) -> bytes:
    return chunk(b"cICP", bytes([primaries, transfer, 0, full_range]))


def avif(
    image: Image, primaries: int, transfer: int, bits: int = 10, *, profile: bytes = b""
) -> bytes:
    """Return an AVIF that names its code points, lossless but for YCbCr."""
    data = image.heifsave_buffer(
        compression="av1", Q=100, effort=0, subsample_mode="off", bitdepth=bits, keep="none"
    )
    named = box(b"colr", b"nclx", struct.pack(">HHHB", primaries, transfer, 6, 128))
    embedded = (box(b"colr", b"prof", profile),) if profile else ()
    item = Item(
        kind=b"av01",
        properties=(cut(b"av1C", data), ispe(image.width, image.height), named, *embedded),
        data=cut(b"mdat", data)[8:],
    )
    return heif({1: item}, brands=b"avif" + bytes(4) + b"mif1avif")


def deep(*shares: float) -> Image:
    """Return 16 x 16 pixels of one colour, in 16 bits."""
    pixel = [round(65_535 * share) for share in shares]
    image = (Image.black(16, 16, bands=len(pixel)) + pixel).cast("ushort")
    return image.copy(interpretation="rgb16" if len(pixel) > 2 else "grey16")


def middle(image: Image) -> tuple[int, ...]:
    assert (image.format, image.interpretation) == ("uchar", "srgb")
    return tuple(round(value) for value in image(image.width // 2, image.height // 2))


def seen(data: bytes, gamut: str = "srgb") -> tuple[int, ...]:
    return middle(to_srgb(opened(data), gamut))


def in_primaries(matrix: np.ndarray, rgb: Sequence[int]) -> list[float]:
    """Return a colour of sRGB in other primaries, with the curve of sRGB."""
    return [from_light(light) for light in matrix @ [to_light(value / 255) for value in rgb]]


@pytest.mark.parametrize("rgb", [RED, (40, 200, 60), (30, 60, 210), (128, 128, 128)])
@pytest.mark.parametrize(("primaries", "matrix"), [("bt2020", TO_BT2020), ("p3", TO_P3)])
@pytest.mark.parametrize("write", [avif, lambda image, *codes: png(image, cicp(*codes))])
def test_wide_primaries_come_out_as_the_colour_that_was_meant(
    rgb: tuple[int, ...], primaries: str, matrix: np.ndarray, write: object
) -> None:
    image = deep(*in_primaries(matrix, rgb))
    data = write(image, CODES[primaries], CODES["srgb"])  # type: ignore[operator]
    assert close([seen(data)], [rgb], distance=3)


@pytest.mark.parametrize("transfer", ["linear", "gamma22"])
def test_a_curve_of_its_own_comes_out_as_the_light_that_was_meant(transfer: str) -> None:
    light = np.array([to_light(value / 255) for value in (200, 120, 60)])
    numbers = light if transfer == "linear" else light ** (1 / 2.2)
    data = avif(deep(*numbers), CODES["bt709"], CODES[transfer])
    assert close([seen(data)], [(200, 120, 60)], distance=3)


@pytest.mark.parametrize("transfer", [1, 6, 13, 14, 2])
def test_what_screens_show_as_srgb_stays_as_it_is(transfer: int) -> None:
    image = opened(avif(quarters(), CODES["bt709"], transfer, bits=8))
    assert not image.get_typeof(FIELD)


@pytest.mark.parametrize("write", [avif, lambda image, *codes: png(image, cicp(*codes))])
def test_dark_pq_keeps_its_light_and_bright_pq_rolls_off_to_white(write: object) -> None:
    def grey(number: float) -> int:
        red, green, blue = seen(write(deep(*[number] * 3), CODES["bt2020"], CODES["pq"]))  # type: ignore[operator]
        assert max(red, green, blue) - min(red, green, blue) <= 2
        return green

    ten = round(255 * from_light(10 / 203))
    assert abs(grey(TEN_NITS) - ten) <= 2
    steps = [grey(number) for number in (0.0, TEN_NITS, 0.44, WHITE_203, 0.75, 0.9026)]
    assert steps == sorted(set(steps))
    assert steps[0] == 0
    assert 190 <= steps[3] <= 235
    assert steps[-1] == 255


def test_pq_is_decoded_in_all_its_bits() -> None:
    ramp = np.linspace(0.40, 0.42, 64)
    row = (np.tile(ramp, (16, 1))[..., None].repeat(3, 2) * 65_535).astype(np.uint16)
    height, width, _ = row.shape
    image = Image.new_from_memory(row.tobytes(), width, height, 3, "ushort")
    data = avif(image.copy(interpretation="rgb16"), CODES["bt2020"], CODES["pq"])
    levels = to_srgb(opened(data)).numpy()[8, :, 1]
    assert np.diff(levels.astype(int)).min() >= -1
    assert len(set(levels.tolist())) >= 6


def test_hlg_white_is_bright_its_peak_white_and_its_hue_is_kept() -> None:
    def of(*numbers: float) -> tuple[int, ...]:
        return seen(avif(deep(*numbers), CODES["bt2020"], CODES["hlg"]))

    paper = of(0.75, 0.75, 0.75)
    assert max(paper) - min(paper) <= 2
    assert 205 <= paper[1] <= 245
    assert min(of(1, 1, 1)) >= 253
    assert of(0.0, 0.0, 0.0) == (0, 0, 0)
    red, green, blue = of(0.7, 0.4, 0.4)
    assert red > green + 60
    assert abs(green - blue) < 30


def test_a_bright_colour_of_pq_keeps_its_hue() -> None:
    red, green, blue = seen(png(deep(0.80, 0.65, 0.50), cicp(CODES["bt709"], CODES["pq"])))
    assert red > 235
    assert red > green + 60
    assert green > blue + 60


def test_a_profile_stands_above_the_code_points_of_avif() -> None:
    p3 = plain(16, 16, *RED).icc_transform("p3", input_profile="srgb")
    data = avif(p3, CODES["bt2020"], CODES["pq"], bits=8, profile=blob(p3, PROFILE))
    assert close([seen(data)], [RED], distance=4)


def test_p3_answers_keep_what_p3_holds() -> None:
    data = png(plain(16, 16, 0, 255, 0), cicp(CODES["p3"], CODES["srgb"]))
    wide = to_srgb(opened(data), "p3")
    assert middle(wide) == (0, 255, 0)
    assert blob(wide, PROFILE)
    assert middle(to_srgb(wide)) == (0, 255, 0)
    assert not blob(to_srgb(opened(data)), PROFILE)


def test_the_narrow_range_of_png_is_stretched() -> None:
    for number, expected in ((16, 0), (235, 255), (126, 128)):
        data = png(plain(16, 16, *[number] * 3), cicp(CODES["bt709"], CODES["srgb"], 0))
        assert close([seen(data)], [(expected,) * 3], distance=1)


@pytest.mark.parametrize("gamma", [0.35, 0.4, 0.45455, 0.55, 0.7, 2.5])
@pytest.mark.parametrize("image", [plain(16, 16, 90, 160, 230), plain(16, 16, 150)])
def test_pictures_of_any_gamma_come_out_alike(gamma: float, image: Image) -> None:
    shares = (np.array(image.numpy()[:1, :1]).reshape(-1) / 255) ** (2.2 * gamma)
    written = deep(*shares)
    expected = middle(to_srgb(image))
    assert close([seen(png(written, gama(gamma)))], [expected], distance=1)


def test_a_gamma_of_1_with_primaries_is_light_itself() -> None:
    for rgb in ((90, 160, 230), (8, 3, 20)):
        light = deep(*(to_light(value / 255) for value in rgb))
        assert close([seen(png(light, gama(1.0), chrm(*SRGB_CHRM)))], [rgb], distance=1)


def test_the_gamma_of_1_6_of_old_macs_is_lightened() -> None:
    assert seen(png(plain(16, 16, 255, 255, 188), gama(1 / 1.6))) == (255, 255, 204)


@pytest.mark.parametrize(
    "chunks",
    [
        (gama(0.45455), chrm(*SRGB_CHRM)),
        (gama(0.45),),
        (chunk(b"sRGB", b"\0"), gama(1.0), chrm(*P3_CHRM)),
        (cicp(CODES["bt709"], CODES["srgb"]), gama(1.0)),
        (gama(1.0),),
        (gama(0.0),),
        (gama(0.01), chrm(*[0] * 8)),
        (chrm(*[31270, 32900] * 4),),
        (chunk(b"gAMA", b"\0"), chunk(b"cHRM", b"\0" * 31)),
        (),
    ],
)
def test_png_that_is_srgb_or_talks_nonsense_stays_as_it_is(chunks: tuple[bytes, ...]) -> None:
    image = opened(png(quarters(), *chunks))
    assert not image.get_typeof(FIELD)
    assert close(corners(to_srgb(image)), corners(quarters()), distance=0)


def test_chromaticities_of_png_count() -> None:
    image = deep(*in_primaries(TO_P3, RED))
    for chunks in ([chrm(*P3_CHRM)], [gama(0.45455), chrm(*P3_CHRM)]):
        assert close([seen(png(image, *chunks))], [RED], distance=2)


def test_a_profile_stands_above_gamma_and_below_code_points() -> None:
    p3 = plain(16, 16, *RED).icc_transform("p3", input_profile="srgb")
    assert close([seen(png(p3, gama(1.0), chrm(*SRGB_CHRM)))], [RED], distance=2)
    plain_red = with_blob(plain(16, 16, *RED), PROFILE, blob(p3, PROFILE))
    assert seen(png(plain_red, cicp(CODES["bt709"], CODES["srgb"]))) == RED


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (plain(16, 16, 255, 255, 188, 77), (255, 255, 204, 77)),
        (plain(16, 16, 188, 77), (204, 204, 204, 77)),
        (deep(188 / 255, 1, 1, 0.5), (204, 255, 255, 127)),
    ],
)
def test_alpha_is_no_light(image: Image, expected: tuple[int, ...]) -> None:
    assert close([seen(png(image, gama(1 / 1.6)))], [expected], distance=1)


def test_heic_has_code_points_too() -> None:
    def named(primaries: int, transfer: int) -> bytes:
        colr = box(b"colr", b"nclx", struct.pack(">HHHB", primaries, transfer, 6, 128))
        return heif({1: Item(properties=(HVCC, ispe(), colr))})

    as_srgb = to_srgb(opened(named(1, 13))).numpy().astype(int)
    as_linear = to_srgb(opened(named(1, 8))).numpy().astype(int)
    expected = [255 * from_light(value / 255) for value in as_srgb[20, 20]]
    assert close([as_linear[20, 20]], [expected], distance=1)


def test_a_gallery_of_deep_pixels_is_shrunk_before_it_is_shown() -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, 32:] = 188
    image = opened(png(from_array(pixels), gama(1 / 1.6))).resize(0.25)
    assert close([tuple(to_srgb(image)(12, 4))], [(204, 204, 204)], distance=1)
