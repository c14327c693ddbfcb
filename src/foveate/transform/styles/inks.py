"""Colours: palettes that turn to what is asked for, and ramps between them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.options.srgb import channels_of, lights_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.transform.styles.study import Paint, Plane, Rgb, Study

    Lab = NDArray[np.float32]
    """(..., 3) of Oklab: lightness 0..1, green to red, blue to yellow."""

STEPS: Final = 256
_HUES: Final = 72
_GREY: Final = 0.02
"""Chroma below which a colour has no hue."""

# Ottosson, "A perceptual color space for image processing" (2020).
_LMS: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)


def ink(text: str) -> Rgb:
    """Return a colour `rrggbb` as three numbers in 0..1.

    >>> ink("ff0000").tolist()
    [1.0, 0.0, 0.0]
    """
    return np.array(list(bytes.fromhex(text)), np.float32) / np.float32(255)


def oklab(rgb: Rgb) -> Lab:
    """Return colours as Oklab."""
    lab: Lab = (np.cbrt(lights_of(rgb).astype(np.float32) @ _LMS.T) @ _LAB.T).astype(np.float32)
    return lab


def of_oklab(lab: Lab) -> Rgb:
    """Return Oklab as colours, those that no screen has clipped."""
    light = (lab @ np.linalg.inv(_LAB).T.astype(np.float32)) ** 3
    light = (light @ np.linalg.inv(_LMS).T.astype(np.float32)).clip(0, 1)
    return channels_of(light).clip(0, 1).astype(np.float32)


def lch(lightness: float, chroma: float, hue: float) -> Rgb:
    """Return the colour of an Oklab lightness, a chroma and a hue in radians."""
    lab = [lightness, chroma * math.cos(hue), chroma * math.sin(hue)]
    return of_oklab(np.array(lab, np.float32))


def hue_of(colour: Rgb) -> float | None:
    """Return the hue of a colour in radians; None of a grey."""
    _, a, b = oklab(colour)
    return math.atan2(b, a) if math.hypot(a, b) > _GREY else None


def grey_of(colour: Rgb) -> Rgb:
    """Return the grey that is as light as a colour."""
    return lch(float(oklab(colour)[0]), 0, 0)


def turned(palette: Sequence[Rgb], leading: Rgb, asked: Rgb | None) -> list[Rgb]:
    """Return a palette turned so that its leading ink has the hue and the strength that are asked.

    The lightness of each ink stays, so that what was told apart still is; the leading ink itself
    becomes what was asked for.
    """
    if asked is None:
        return list(palette)
    was, now = oklab(leading), oklab(asked)
    strength = min(1.5, math.hypot(*now[1:]) / max(math.hypot(*was[1:]), _GREY))
    angle = math.atan2(now[2], now[1]) - math.atan2(was[2], was[1])
    cos, sin = math.cos(angle) * strength, math.sin(angle) * strength
    turn = np.array([[1, 0, 0], [0, cos, sin], [0, -sin, cos]], np.float32)
    return [
        asked if np.array_equal(colour, leading) else of_oklab(oklab(colour) @ turn)
        for colour in palette
    ]


def ramp(*stops: Rgb) -> Rgb:
    """Return (STEPS, 3): colours from the first stop to the last, even to the eye."""
    labs = np.stack([oklab(stop) for stop in stops])
    places = np.linspace(0, len(stops) - 1, STEPS)
    mixed = [np.interp(places, range(len(stops)), labs[:, plane]) for plane in range(3)]
    return of_oklab(np.stack(mixed, -1).astype(np.float32))


def between(dark: Rgb, light: Rgb) -> Rgb:
    """Return what two inks make together: on the way between their hues, and as strong as they."""
    one, other = oklab(dark), oklab(light)
    strengths = [math.hypot(*lab[1:]) for lab in (one, other)]
    if min(strengths) < _GREY:
        return of_oklab((one + other) / np.float32(2))
    hues = [math.atan2(lab[2], lab[1]) for lab in (one, other)]
    turn = (hues[1] - hues[0] + math.pi) % (2 * math.pi) - math.pi
    return lch(float(one[0] + other[0]) / 2, max(strengths), hues[0] + 0.6 * turn)


def mapped(tone: Plane, colours: Rgb) -> Paint:
    """Return the colour of a ramp at each tone of 0..1."""
    steps = (tone * np.float32(len(colours) - 1) + np.float32(0.5)).clip(0, len(colours) - 1)
    places = steps.astype(np.uint8)
    return np.stack([plane.take(places) for plane in np.ascontiguousarray(colours.T)])


def sheet(colour: Rgb, like: Plane) -> Paint:
    """Return a plane full of one colour."""
    return np.broadcast_to(colour[:, None, None], (3, *like.shape))


def over(ground: Paint, colour: Rgb | Paint, share: Plane) -> Paint:
    """Return a ground with a colour over it, as much as `share` says at each place."""
    ink = colour[:, None, None] if colour.ndim == 1 else colour
    mixed: Paint = ground + (ink - ground) * share
    return mixed


def hue_of_picture(study: Study, usual: float) -> float:
    """Return the hue, in radians, that most of what is coloured in a picture has.

    `usual` is that of a picture without colours.
    """
    lab = oklab(study.rgb[::4, ::4]).reshape(-1, 3)
    chroma, hue = np.hypot(lab[:, 1], lab[:, 2]), np.arctan2(lab[:, 2], lab[:, 1])
    counts, edges = np.histogram(hue, _HUES, (-math.pi, math.pi), weights=chroma**2)
    if chroma.mean() < _GREY:
        return usual
    wide = counts + np.roll(counts, 1) + np.roll(counts, -1)
    return float(edges[int(wide.argmax())]) + math.pi / _HUES
