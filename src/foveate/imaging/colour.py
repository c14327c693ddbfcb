"""Any colours in, 8-bit sRGB (or Display P3) out."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import pyvips

from foveate.imaging.engine import Image
from foveate.imaging.fields import blob, with_blobs, without
from foveate.imaging.rounding import rounded
from foveate.imaging.signal import FIELD, signal_of
from foveate.options.colours import Colour
from foveate.options.model import Gamut
from foveate.options.srgb import from_light, to_light

PROFILE: Final = "icc-profile-data"

_RGB, _RGBA = 3, 4
_MEANINGLESS: Final = frozenset({"multiband", "histogram", "matrix", "fourier", "error"})
_DEVICE_COLOURS: Final = frozenset({"srgb", "rgb", "rgb16", "b-w", "grey16", "cmyk"})
"""Numbers that a profile explains; the others, such as Lab, explain themselves."""

_LABS: Final = frozenset({"lab", "labs", "labq"})
_D50: Final = [96.422, 100.0, 82.521]
_TO_D65: Final = [
    [0.9555766, -0.0230393, 0.0631636],
    [-0.0282895, 1.0099416, 0.0210077],
    [0.0122982, -0.0204830, 1.3299098],
]
"""Bradford's adaptation of white. Source: ICC.1:2022, annex E."""
_SRGB_BY_NAME: Final = re.compile(rb"sRGB IEC61966-2[.-]1|sRGB built-in")
_SMALL_PROFILE: Final = 4096
"""Larger ones hold tables, and do something else than sRGB even when they bear its name."""
_TAGS, _TAG_BYTES = 132, 12
"""Where the tag table of an ICC profile begins, and the length of a row."""


_TO_P3: Final = (
    (0.82246197, 0.17753803, 0.0),
    (0.03319420, 0.96680580, 0.0),
    (0.01708263, 0.07239744, 0.91051993),
)
"""Linear sRGB to linear Display P3: both have the white of D65 and the curve of sRGB."""


def in_gamut(colour: Colour, gamut: str) -> Colour:
    """Return an sRGB colour in the numbers of the gamut that pictures are brought to.

    Source: SMPTE EG 432-1 (the primaries).
    """
    if gamut != Gamut.P3:
        return colour
    linear = [to_light(channel / 255) for channel in colour.rgb]
    shares = (sum(w * c for w, c in zip(row, linear, strict=True)) for row in _TO_P3)
    red, green, blue = (round(255 * from_light(share)) for share in shares)
    return Colour(red, green, blue, colour.alpha)


def to_srgb(image: Image, gamut: str = Gamut.SRGB) -> Image:
    """Return the picture as 8-bit RGB or RGBA (alpha 0..255), of any size, lazily.

    An embedded profile is applied and dropped, or else the signal; a broken profile is ignored.
    With `p3` the result is Display P3 and carries that profile, for the encoder to embed. May
    raise pyvips.Error.
    """
    image = _with_meaning(image)
    if image.interpretation in _LABS:
        image = _from_lab(image)
    if image.get_typeof(FIELD):
        return _from_signal(image, gamut)
    if gamut == Gamut.P3:
        return _to_p3(image)
    if _is_bytes(image) and not _needs_profile(image):
        return without_profile(image)
    return without_profile(_eight_bit(_applied(image, "srgb") or image.colourspace("srgb")))


def _from_signal(image: Image, gamut: str) -> Image:
    """Return what a signal explains, in the gamut, with alpha as it was."""
    from foveate.imaging.light import shown  # noqa: PLC0415 - numpy, for what few pictures need

    signal, wide = signal_of(image), gamut == Gamut.P3
    image = without(image, [PROFILE, FIELD])
    image = image.colourspace("rgb16" if image.format == "ushort" else "srgb")
    if signal is None:
        return to_srgb(image, gamut)
    seen = shown(image.extract_band(0, n=min(image.bands, _RGBA)), signal, wide=wide)
    return with_blobs(seen, {PROFILE: _p3_profile()}) if wide else seen


def _from_lab(image: Image) -> Image:
    """Return CIELAB as sRGB. Files mean the white of print, D50, and libvips that of screens."""
    lab = without_profile(image).colourspace("lab")
    light = lab.extract_band(0, n=_RGB).Lab2XYZ(temp=_D50).recomb(Image.new_from_array(_TO_D65))
    seen = light.copy(interpretation="xyz").colourspace("srgb")
    return seen.bandjoin(rounded(lab.extract_band(_RGB))) if lab.bands > _RGB else seen


@cache
def _p3_profile() -> bytes:
    return bytes(pyvips.Image.profile_load("p3"))


def without_profile(image: Image) -> Image:
    """Return the picture with the same numbers and no profile."""
    return without(image, [PROFILE])


def _to_p3(image: Image) -> Image:
    applied = _applied(image, "p3")
    if applied:
        return applied
    plain = _eight_bit(without_profile(image).colourspace("srgb"))
    return plain.icc_transform("p3", input_profile="srgb", depth=8)


def _with_meaning(image: Image) -> Image:
    """Return the picture with an interpretation that colours can be made from."""
    if image.interpretation not in _MEANINGLESS:
        return image
    deep = image.format in {"ushort", "short"}
    if image.bands >= _RGB:
        return image.copy(interpretation="rgb16" if deep else "srgb")
    return image.copy(interpretation="grey16" if deep else "b-w")


def is_plain(image: Image) -> bool:
    """Return whether a picture is without alpha and `to_srgb` leaves its numbers as they are."""
    explained = image.get_typeof(FIELD) or _needs_profile(image)
    return _is_bytes(image) and image.bands == _RGB and not explained


def _is_bytes(image: Image) -> bool:
    return (
        image.interpretation == "srgb" and image.format == "uchar" and image.bands in {_RGB, _RGBA}
    )


def _needs_profile(image: Image) -> bool:
    """Return whether a profile is embedded that is not sRGB under its usual names.

    Most photographs carry sRGB itself, and applying it costs 6 ms at 800x600 for no change.
    """
    profile = blob(image, PROFILE)
    if not profile:
        return False
    return len(profile) > _SMALL_PROFILE or not _SRGB_BY_NAME.search(_description(profile))


def _description(profile: bytes) -> bytes:
    """Return the `desc` tag of an ICC profile, or nothing."""
    rows = int.from_bytes(profile[_TAGS - 4 : _TAGS], "big")
    for at in range(_TAGS, min(_TAGS + rows * _TAG_BYTES, len(profile)), _TAG_BYTES):
        if profile[at : at + 4] == b"desc":
            start = int.from_bytes(profile[at + 4 : at + 8], "big")
            length = int.from_bytes(profile[at + 8 : at + 12], "big")
            # Version 4 profiles write UTF-16, of which this leaves the Latin letters.
            return profile[start : start + length].replace(b"\0", b"")
    return b""


def _applied(image: Image, target: str) -> Image | None:
    """Return the picture in the target profile, or None without a profile that is usable."""
    if not blob(image, PROFILE) or image.interpretation not in _DEVICE_COLOURS:
        return None
    try:
        return image.icc_transform(
            target, embedded=True, intent="perceptual", black_point_compensation=True, depth=8
        )
    except pyvips.Error:
        return None


def _eight_bit(image: Image) -> Image:
    """Return what a conversion left as 8-bit numbers, without bands past alpha."""
    image = image if image.format == "uchar" else image.cast("uchar")
    return image.extract_band(0, n=_RGBA) if image.bands > _RGBA else image
