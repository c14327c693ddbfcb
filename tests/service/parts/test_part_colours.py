"""Palettes, and placeholders that must be read by decoders which are not ours."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from service_networks import analyses, done, picture

from foveate.imaging.pixels import from_array
from foveate.service.analyse import Analyser
from foveate.service.parts.colours import (
    MOST,
    Colours,
    blurhash,
    linear,
    palette,
    picture_of,
    thumbhash,
    to_srgb,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.imaging import Image

SIDES = st.integers(1, 12)


def patchwork(height: int, width: int) -> NDArray[np.uint8]:
    """Squares of five pixels in colours by chance, so that no wave of them is exactly zero."""
    fields = np.random.default_rng(7).integers(0, 256, (height // 5, width // 5, 3), np.uint8)
    return fields.repeat(5, axis=0).repeat(5, axis=1)


def colours_of(image: Image) -> Colours:
    work = Analyser(analyses=analyses()).prepare(picture(image.pngsave_buffer()), ["colours"])
    found: Colours = done(work)["colours"]
    return found


# What the encoders of the formats' own authors, ported to Python by others, say of them.
@pytest.mark.parametrize(
    ("size", "text", "thumb"),
    [
        ((30, 50), "LLI4SPz;M@x@nr#ak6rMT:KPbKIn", "3jcGHIoFW6apdk2LOar8YcqJCw=="),
        ((40, 30), "THIDzw21Gwo%g=vOy8Mo]-v.+@aU", "njcGJQjTaZmjxcd3mC2Z+DCkC3M0"),
    ],
)
def test_placeholders_are_those_of_other_encoders(
    size: tuple[int, int], text: str, thumb: str
) -> None:
    pixels = patchwork(*size)
    assert blurhash(linear(pixels)) == text
    assert thumbhash(pixels) == b64decode(thumb)


# Pixels that a decoder written in JavaScript, by the format's description, gives.
@pytest.mark.parametrize(
    ("thumb", "size", "pixels"),
    [
        ("3jcGHIoFW6apdk2LOar8YcqJCw==", (18, 32), ["#9c6e6f", "#8e6582", "#708655"]),
        ("njcGJQjTaZmjxcd3mC2Z+DCkC3M0", (32, 23), ["#66b8ce", "#a65a85", "#efebb5"]),
    ],
)
def test_a_thumbhash_is_shown_as_by_other_decoders(
    thumb: str, size: tuple[int, int], pixels: list[str]
) -> None:
    shown = picture_of(b64decode(thumb))
    assert shown.shape == (*size, 3)
    probes = [shown[0, 0], shown[12, 12], shown[-1, -1]]
    assert ["#" + "".join(f"{value:02x}" for value in probe) for probe in probes] == pixels


def test_two_colours_are_found_with_their_shares() -> None:
    pixels = np.zeros((40, 64, 3), np.uint8)
    pixels[:, :16], pixels[:, 16:] = (250, 10, 20), (10, 30, 200)
    found = colours_of(from_array(pixels))
    assert [(each.colour, each.share) for each in found.palette] == [
        ("#0a1ec8", 0.75),
        ("#fa0a14", 0.25),
    ]


def test_the_average_is_taken_in_linear_light() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:, 20:] = 255
    assert colours_of(from_array(pixels)).average == "#bcbcbc"


def test_a_small_spot_of_another_colour_has_its_place(photo: Image) -> None:
    found = colours_of(photo)
    assert 4 <= len(found.palette) <= MOST
    reds = [each for each in found.palette if int(each.colour[1:3], 16) > 180]
    assert reds, "the head and the red mark fill a twentieth of the picture"


def test_transparency_counts_as_white() -> None:
    pixels = np.zeros((10, 10, 4), np.uint8)
    assert colours_of(from_array(pixels)).palette[0].colour == "#ffffff"


def test_what_was_kept_is_what_was_computed(photo: Image) -> None:
    same, source = analyses(), picture(photo.pngsave_buffer())
    first, second = (done(Analyser(analyses=same).prepare(source, ["colours"])) for _ in range(2))
    assert first["colours"] == second["colours"]
    assert first.to_json()["colours"].keys() == {"average", "palette", "blurhash", "thumbhash"}


@given(st.tuples(SIDES, SIDES).flatmap(lambda sides: arrays(np.uint8, (*sides, 3))))
def test_any_picture_has_a_palette_and_placeholders(pixels: NDArray[np.uint8]) -> None:
    light = linear(pixels)
    found = palette(light.reshape(-1, 3))
    assert 1 <= len(found) <= MOST
    assert sum(each.share for each in found) == pytest.approx(1)
    assert [each.share for each in found] == sorted((each.share for each in found), reverse=True)
    assert len(blurhash(light)) == 28
    assert 15 <= len(thumbhash(pixels)) <= 25
    assert to_srgb(light.reshape(-1)) == pixels.reshape(-1).tolist()
