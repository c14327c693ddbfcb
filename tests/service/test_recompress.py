"""What is encoded once more is smaller and looks as good, or stays as it is."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from service_networks import Detector, analyses, done, picture

from foveate.options.grammar import parse_options
from foveate.service.press import HEADER
from foveate.service.recompress import HAIR, WORTH
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits
from foveate.vision.score import Score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.rendition import Rendition

PHOTO = (Path(__file__).parents[2] / "docs" / "images" / "astronaut.jpg").read_bytes()
ROUNDED = 0.02


def renderer(*, hard: bool) -> Renderer:
    seen = analyses(Detector(box=None))
    return Renderer(analyses=seen, limits=Limits(), encoding=Encoding(), hard=hard)


def rendered(text: str, *, hard: bool) -> Rendition:
    options = parse_options(f"width=400,{text}").options
    return done(renderer(hard=hard).prepare(picture(PHOTO), options))


def pixels(made: Rendition) -> NDArray[np.uint8]:
    """Return what another decoder makes of it."""
    return np.asarray(Image.open(BytesIO(made.data)).convert("RGB"))


@pytest.mark.parametrize("text", ["format=jpeg,quality=80", "format=webp", "format=avif"])
def test_a_file_is_smaller_and_looks_as_good(text: str) -> None:
    first, again = (rendered(text, hard=hard) for hard in (False, True))
    assert len(again.data) <= len(first.data) * (1 - WORTH)
    assert again.content_type == first.content_type
    score = Score(pixels(rendered("format=png", hard=False)))
    assert score(pixels(again)) >= score(pixels(first)) - HAIR - ROUNDED
    assert HEADER not in again.headers


def test_a_quality_that_was_found_is_told_of_the_smaller_file() -> None:
    first, again = (rendered("format=webp,quality=auto", hard=hard) for hard in (False, True))
    assert len(again.data) < len(first.data)
    told = [each.headers[HEADER].split(";")[1].removeprefix("score=") for each in (first, again)]
    assert float(told[1]) >= float(told[0]) - HAIR - ROUNDED


@pytest.mark.parametrize(
    "text",
    [
        *("format=png", "format=webp,quality=100", "format=jxl"),
        *("format=baseline-jpeg", "format=jpeg,quality=95", "format=json"),
    ],
)
def test_what_cannot_be_smaller_stays_as_it_is(text: str) -> None:
    assert rendered(text, hard=True).data == rendered(text, hard=False).data


def test_its_memory_is_counted_before_the_work() -> None:
    options = parse_options("format=webp").options
    need = [renderer(hard=h).prepare(picture(PHOTO), options).memory_bytes for h in (False, True)]
    assert need[1] > need[0]
