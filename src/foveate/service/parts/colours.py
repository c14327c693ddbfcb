"""Colours: the palette of a picture, its average, and placeholders of a few bytes."""

from __future__ import annotations

import math
from base64 import b64encode
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.options.srgb import from_light, to_light
from foveate.service.part import Offer, Part, json_codec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.service.analysis import Analysis

    Numbers = NDArray[np.float64]

SIDE: Final = 100
"""Long side of what is looked at: as much as a ThumbHash may be made of."""
MOST: Final = 6
ROUNDS: Final = 10
SAME: Final = 0.03
"""Colours nearer to each other than this in OKLab look like one."""
DIGITS: Final = (
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
)
_LMS: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
"""From sRGB in linear light to OKLab (Ottosson, "A perceptual color space", 2020)."""


@dataclass(frozen=True, slots=True)
class Swatch:
    """One colour of a palette, as `#rrggbb`, and the share of the picture nearest to it."""

    colour: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """The colours of a picture; what is transparent counts as white."""

    average: str
    """In linear light, as `#rrggbb`."""
    palette: tuple[Swatch, ...]
    """One to six colours, the most frequent first; their shares sum to 1."""
    blurhash: str
    """A placeholder as text: github.com/woltapp/blurhash, 4 x 3 or 3 x 4 components."""
    thumbhash: str
    """A placeholder that knows its aspect ratio, in base64: evanw.github.io/thumbhash."""


_LIGHT: Final = np.array([to_light(level / 255) for level in range(256)])


def linear(rgb: NDArray[np.uint8]) -> Numbers:
    """Return sRGB 0..255 in linear light, 0..1."""
    light: Numbers = _LIGHT[rgb]
    return light


def to_srgb(light: Sequence[float] | Numbers) -> list[int]:
    """Return a few channels of linear light as sRGB, 0..255."""
    return [int(from_light(float(value)) * 255 + 0.5) for value in light]


def _hex(light: Numbers) -> str:
    return "#" + "".join(f"{value:02x}" for value in to_srgb(light))


def palette(light: Numbers) -> tuple[Swatch, ...]:
    """Return the colours that stand for all of (pixels, 3) in linear light."""
    lab = np.cbrt(light @ _LMS.T) @ _LAB.T
    centres = _clustered(lab)
    nearest = _nearest(lab, centres)
    counts = np.bincount(nearest, minlength=len(centres))
    order = [index for index in np.argsort(-counts, kind="stable") if counts[index]]
    means = [light[nearest == index].mean(0) for index in order]
    shares = [float(counts[index]) / len(lab) for index in order]
    return tuple(Swatch(_hex(mean), share) for mean, share in zip(means, shares, strict=True))


def _clustered(lab: Numbers) -> Numbers:
    """Return up to `MOST` centres: the widest group is divided until there are enough."""
    centres: Numbers = lab.mean(0)[None]
    while len(centres) < MOST:
        nearest = _nearest(lab, centres)
        spread = [((lab[nearest == n] - c) ** 2).sum() for n, c in enumerate(centres)]
        widest = int(np.argmax(spread))
        group = lab[nearest == widest] - centres[widest]
        step = _widest_way(group)
        if np.linalg.norm(step) < SAME:
            break
        halves = np.stack([centres[widest] - step, centres[widest] + step])
        centres = np.concatenate([np.delete(centres, widest, axis=0), halves])
        centres = _settled(lab, centres)
    return centres


def _widest_way(group: Numbers) -> Numbers:
    """Return one standard deviation along the principal axis of (pixels, 3) around their mean."""
    variances, axes = np.linalg.eigh(group.T @ group / len(group))
    axis: Numbers = axes[:, -1] * math.sqrt(max(0.0, variances[-1]))
    # Which way it points is chance; a palette must not be.
    return axis if axis[np.abs(axis).argmax()] > 0 else -axis


def _settled(lab: Numbers, centres: Numbers) -> Numbers:
    """Return centres moved to the middle of what is nearest to them (Lloyd's algorithm)."""
    for _ in range(ROUNDS):
        nearest = _nearest(lab, centres)
        groups = [lab[nearest == number] for number in range(len(centres))]
        centres = np.stack([group.mean(0) for group in groups if len(group)])
    return centres


def _nearest(lab: Numbers, centres: Numbers) -> NDArray[np.intp]:
    # |x - c|^2 less what is the same for all centres.
    far = (centres**2).sum(1) - 2 * (lab @ centres.T)
    nearest: NDArray[np.intp] = far.argmin(1)
    return nearest


def _waves(length: int, count: int, start: float) -> Numbers:
    """Return (count, length): cosines of 0, 1, ... half turns along a side, from `start` px on."""
    waves: Numbers = np.cos(
        np.pi * np.outer(np.arange(count), (np.arange(length) + start) / length)
    )
    return waves


def blurhash(light: Numbers) -> str:
    """Return the BlurHash of a (height, width, 3) picture in linear light."""
    height, width, _ = light.shape
    down, across = (3, 4) if width >= height else (4, 3)
    factors = np.einsum("yh,xw,hwc->yxc", _waves(height, down, 0), _waves(width, across, 0), light)
    factors *= 2 / (width * height)
    mean, rest = factors[0, 0] / 2, factors.reshape(-1, 3)[1:]
    most = float(np.abs(rest).max())
    level = int(max(0, min(82, most * 166 - 0.5)))
    red, green, blue = to_srgb(mean)
    top = (level + 1) / 166
    steps = (np.sign(rest) * np.sqrt(np.abs(rest) / top) * 9 + 9.5).clip(0, 18).astype(int)
    head = _in83(across - 1 + (down - 1) * 9, 1) + _in83(level, 1)
    head += _in83(red << 16 | green << 8 | blue, 4)
    return head + "".join(_in83(int(r * 361 + g * 19 + b), 2) for r, g, b in steps)


def _in83(value: int, digits: int) -> str:
    return "".join(DIGITS[value // 83**place % 83] for place in reversed(range(digits)))


def thumbhash(rgb: NDArray[np.uint8]) -> bytes:
    """Return the ThumbHash of an opaque (height, width, 3) picture of at most 100 x 100."""
    height, width, _ = rgb.shape
    red, green, blue = np.moveaxis(rgb / 255, 2, 0)
    across, down = (max(1, _round(7 * side / max(width, height))) for side in (width, height))
    light = _channel((red + green + blue) / 3, max(3, across), max(3, down))
    yellow, red_green = _channel((red + green) / 2 - blue, 3, 3), _channel(red - green, 3, 3)
    wide = int(width > height)
    head: int = _round(63 * light[0]) | _round(31.5 + 31.5 * yellow[0]) << 6
    head |= _round(31.5 + 31.5 * red_green[0]) << 12 | _round(31 * light[1]) << 18
    shape = down if wide else across
    shape |= _round(63 * yellow[1]) << 3 | _round(63 * red_green[1]) << 9 | wide << 15
    nibbles = [_round(15 * value) for _, _, rest in (light, yellow, red_green) for value in rest]
    pairs = zip(nibbles[::2], [*nibbles[1::2], 0][: len(nibbles[::2])], strict=True)
    rest = bytes(low | high << 4 for low, high in pairs)
    return head.to_bytes(3, "little") + shape.to_bytes(2, "little") + rest


def _channel(values: Numbers, across: int, down: int) -> tuple[float, float, list[float]]:
    """Return mean, largest wave, and the other waves of a channel, each 0..1 of the largest."""
    height, width = values.shape
    waves = _waves(height, down, 0.5) @ values @ _waves(width, across, 0.5).T / values.size
    rest = [float(waves[place]) for place in _kept(across, down)[1:]]
    most = max(map(abs, rest), default=0.0)
    return float(waves[0, 0]), most, [0.5 + 0.5 * (value / most if most else 0) for value in rest]


def picture_of(thumbhash: bytes, side: int = 32) -> NDArray[np.uint8]:
    """Return (height, width, 3) of what an opaque ThumbHash stands for; `side` is the longer."""
    head = int.from_bytes(thumbhash[:3], "little")
    shape = int.from_bytes(thumbhash[3:5], "little")
    wide, short = shape >> 15, max(1, shape & 7)
    across, down = (7, short) if wide else (short, 7)
    width, height = (max(1, _round(side * part / 7)) for part in (across, down))
    nibbles = iter([part for byte in thumbhash[5:] for part in (byte & 15, byte >> 4)])
    channel = partial(_shown, nibbles, (height, width))
    light = channel((head & 63) / 63, (head >> 18 & 31) / 31, (max(3, down), max(3, across)))
    # As its author's decoder has it, which makes up for what the steps take of colour.
    yellow = channel((head >> 6 & 63) / 31.5 - 1, 1.25 * (shape >> 3 & 63) / 63, (3, 3))
    red_green = channel((head >> 12 & 63) / 31.5 - 1, 1.25 * (shape >> 9 & 63) / 63, (3, 3))
    blue = light - yellow * 2 / 3
    red = (3 * light - blue + red_green) / 2
    rgb = np.stack([red, red - red_green, blue], axis=2).clip(0, 1)
    shown: NDArray[np.uint8] = (rgb * 255 + 0.5).astype(np.uint8)
    return shown


def _shown(
    nibbles: Iterator[int], size: tuple[int, int], mean: float, most: float, turns: tuple[int, int]
) -> Numbers:
    """Return (height, width): what the waves of a channel make together."""
    (height, width), (down, across) = size, turns
    waves = np.zeros(turns)
    for place in _kept(across, down)[1:]:
        # Every wave but the mean stands for itself and for its mirror image.
        waves[place] = (next(nibbles) / 7.5 - 1) * most * 2
    waves[0, 0] = mean
    shown: Numbers = _waves(height, down, 0.5).T @ waves @ _waves(width, across, 0.5)
    return shown


def _kept(across: int, down: int) -> list[tuple[int, int]]:
    """Return which waves of a channel there are, those of few turns."""
    return [(y, x) for y in range(down) for x in range(across) if x * down < across * (down - y)]


def _round(value: float) -> int:
    """Return the nearest whole number, halves upwards, as both formats round."""
    return math.floor(value + 0.5)


def _compute(analysis: Analysis) -> Colours:
    rgb = analysis.thumbnail(analysis.size.within(SIDE))
    light = linear(rgb)
    return Colours(
        average=_hex(light.mean((0, 1))),
        # Every second pixel tells as much, for a quarter of the time.
        palette=palette(light[::2, ::2].reshape(-1, 3)),
        blurhash=blurhash(light),
        thumbhash=b64encode(thumbhash(rgb)).decode(),
    )


def _from_row(row: Mapping[str, Any]) -> Colours:
    return Colours(**{**row, "palette": tuple(Swatch(**each) for each in row["palette"])})


def _to_json(found: Colours) -> dict[str, Any]:
    rounded = [{**asdict(each), "share": round(each.share, 4)} for each in found.palette]
    return {**asdict(found), "palette": rounded}


def _sentence(found: Colours) -> str:
    shown = ", ".join(f"{each.colour} {each.share:.0%}" for each in found.palette)
    return f"Its colours are {shown}; on average {found.average}."


COLOURS: Final[Part[Colours]] = Part(
    name="colours",
    compute=_compute,
    codec=json_codec(asdict, _from_row),
    input_size=lambda _, size: size.within(SIDE),
    offer=Offer(
        "a palette of up to six colours with their shares, the average colour, and placeholders "
        "as BlurHash and ThumbHash",
        {
            "average": "#8a7766",
            "palette": [{"colour": "#e3d4c6", "share": 0.41}, {"colour": "#3a2d28", "share": 0.22}],
            "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
            "thumbhash": "3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
        },
        _to_json,
        _sentence,
    ),
)
