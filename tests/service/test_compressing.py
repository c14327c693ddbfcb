"""Which file is the answer: the bytes that it may have, and the smallest of formats."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from service_networks import Detector, analyses, done, picture

from foveate.deadline import Deadline
from foveate.imaging import Image
from foveate.imaging.encode import EncodeOptions
from foveate.imaging.pixels import from_array, to_array
from foveate.options.grammar import parse_options
from foveate.options.model import AutoQuality, Format
from foveate.service.compressing import A_HAIR, nearest
from foveate.service.press import HEADER, NO_QUALITIES, TOO_HARD, TOO_LARGE, Compressed, Press
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits
from foveate.trace import Trace
from foveate.vision.score import Score

if TYPE_CHECKING:
    from foveate.rendition import Rendition

PHOTO = Path(__file__).parents[2] / "docs" / "images" / "astronaut.jpg"
BOTH = frozenset({Format.AVIF, Format.WEBP})


def renderer() -> Renderer:
    return Renderer(analyses=analyses(Detector(box=None)), limits=Limits(), encoding=Encoding())


def rendered(
    data: bytes,
    text: str,
    accepts: frozenset[Format] = frozenset(),
    by: Renderer | None = None,
) -> Rendition:
    options = replace(parse_options(text).options, accepts=accepts)
    return done((by or renderer()).prepare(picture(data), options))


def score_of(made: Rendition) -> float:
    return float(made.headers[HEADER].partition("score=")[2].partition(";")[0])


def quality_of(made: Rendition) -> int:
    return int(made.headers[HEADER].partition(";")[0])


@pytest.fixture
def png(photo: Image) -> bytes:
    """The scene in grain, as a camera sees it: without any it is smallest as PNG."""
    noise = np.random.default_rng(7).normal(0, 4, (240, 320, 1))
    grainy = from_array((to_array(photo) + noise).clip(0, 255).astype(np.uint8))
    data: bytes = grainy.pngsave_buffer()
    return data


@pytest.mark.parametrize("format_", ["jpeg", "webp", "avif", "jxl"])
@pytest.mark.parametrize("share", [0.8, 0.35])
def test_an_answer_has_about_the_quality_that_its_bytes_allow(format_: str, share: float) -> None:
    photo = PHOTO.read_bytes()
    free = rendered(photo, f"width=240,format={format_},quality=85")
    most = round(len(free.data) * share)
    made = rendered(photo, f"width=240,format={format_},quality=85,max-bytes={most}")
    assert most * 0.8 <= len(made.data) <= most
    again = rendered(photo, f"width=240,format={format_},quality={quality_of(made)}")
    assert made.data == again.data
    assert "Foveate-Note" not in made.headers


def test_what_has_few_enough_bytes_stays_as_it_is(png: bytes) -> None:
    free = rendered(png, "format=webp,quality=70")
    made = rendered(png, f"format=webp,quality=70,max-bytes={len(free.data)}")
    assert made.data == free.data
    assert HEADER not in made.headers


def test_bytes_that_nothing_has_are_said_and_the_fewest_answered(png: bytes) -> None:
    made = rendered(png, "format=jpeg,max-bytes=1")
    assert made.headers["Foveate-Note"] == TOO_LARGE
    # Encoders leave out a colour now and then: the least quality is not always the fewest bytes.
    assert len(made.data) <= len(rendered(png, "format=jpeg,quality=5").data)


def test_formats_without_qualities_say_that_nothing_was_done(png: bytes) -> None:
    made = rendered(png, "format=png,max-bytes=100")
    assert made.headers["Foveate-Note"] == NO_QUALITIES
    assert made.data == rendered(png, "format=png").data


def test_bytes_come_before_the_score(png: bytes) -> None:
    free = rendered(png, "format=webp,quality=auto:75")
    most = len(free.data) // 2
    made = rendered(png, f"format=webp,quality=auto:75,max-bytes={most}")
    assert len(made.data) <= most
    assert quality_of(made) < quality_of(free)
    assert "score" not in made.headers[HEADER]  # nobody looked at what was found for its bytes


def test_the_best_format_is_the_smallest_of_those_that_look_alike(png: bytes) -> None:
    by = renderer()
    best = rendered(png, "format=best,quality=auto:70", BOTH, by)
    sizes = {
        name: len(rendered(png, f"format={name},quality=auto:70", by=by).data)
        for name in ("avif", "webp", "jpeg")
    }
    assert len(best.data) <= min(sizes.values())
    assert best.content_type == f"image/{min(sizes, key=lambda name: sizes[name])}"


def test_jpeg_xl_is_tried_beside_avif_where_it_is_accepted(png: bytes) -> None:
    encoding = Encoding(jxl_max_side_auto=1200)
    by = Renderer(analyses=analyses(Detector(box=None)), limits=Limits(), encoding=encoding)
    best = rendered(png, "format=best,quality=auto:80", BOTH | {Format.JXL}, by)
    sizes = [
        len(rendered(png, f"format={name},quality=auto:80", by=by).data) for name in ("avif", "jxl")
    ]
    assert len(best.data) <= min(sizes)
    auto = rendered(png, "format=auto", frozenset({Format.JXL}), by)
    assert auto.content_type == "image/jxl"


def test_the_best_format_is_one_that_the_client_takes(png: bytes) -> None:
    assert rendered(png, "format=best,quality=auto:60").content_type == "image/jpeg"


def test_the_best_format_of_a_drawing_is_one_that_loses_nothing(photo: Image) -> None:
    flat = np.full_like(to_array(photo), 200)
    flat[60:120, 60:200] = (250, 30, 30)
    made = rendered(from_array(flat).pngsave_buffer(), "format=best,quality=90", BOTH)
    assert len(made.data) < 1000


def test_a_number_of_quality_means_how_a_jpeg_of_it_looks(png: bytes) -> None:
    one, other = (rendered(png, f"format=best,quality={q}", BOTH) for q in (60, 85))
    assert len(one.data) < len(other.data)
    assert "score" in one.headers[HEADER]


def test_the_best_format_of_what_is_transparent_keeps_it_so(photo: Image) -> None:
    half = photo.bandjoin(128).copy(interpretation="srgb").pngsave_buffer()
    assert rendered(half, "format=best,quality=60").content_type == "image/png"
    made = rendered(half, "format=best,quality=60", frozenset({Format.WEBP}))
    assert Image.new_from_buffer(made.data, "").hasalpha()


@pytest.fixture
def noise() -> Image:
    """Coloured noise, which no JPEG of half the colour comes near."""
    return from_array(np.random.default_rng(7).integers(0, 256, (96, 128, 3), np.uint8))


def test_the_best_format_of_what_none_else_comes_near_loses_nothing(noise: Image) -> None:
    made = rendered(noise.pngsave_buffer(), "format=best,quality=auto")
    assert made.content_type == "image/png"
    assert np.array_equal(to_array(Image.new_from_buffer(made.data, "")), to_array(noise))
    assert "Foveate-Note" not in made.headers


def test_where_no_format_looks_as_good_as_was_asked_for_the_nearest_is_answered_and_that_said(
    noise: Image,
) -> None:
    source = noise.webpsave_buffer(lossless=True)
    made = rendered(source, "format=best,quality=auto:85", BOTH)
    scores = {
        name: score_of(rendered(source, f"format={name},quality=auto:85"))
        for name in ("avif", "webp", "jpeg")
    }
    assert max(scores.values()) < 80
    assert score_of(made) >= max(scores.values()) - A_HAIR
    assert made.headers["Foveate-Note"] == TOO_HARD


def test_where_time_was_short_nobody_says_that_no_quality_is_good_enough() -> None:
    short = Compressed(b"12", "jpeg", 71, 20.0, hasty=True)
    far = Compressed(b"1", "avif", 99, 50.0)
    exact = Compressed(b"1234", "png")
    assert nearest([short, far, exact], AutoQuality(75)) == short
    assert nearest([far, exact], AutoQuality(75)) == exact
    assert nearest([far], AutoQuality(75)) == far._replace(note=TOO_HARD)
    assert nearest([far], AutoQuality(52)) == far


def test_auto_takes_a_jpeg_that_was_made_and_is_smaller(png: bytes) -> None:
    webp = frozenset({Format.WEBP})
    by = renderer()
    alone = rendered(png, "format=auto,quality=auto:70", webp, by)
    assert alone.content_type == "image/webp"
    jpeg = rendered(png, "format=jpeg,quality=auto:70", by=by)
    taken = rendered(png, "format=auto,quality=auto:70", webp, by)
    smaller = "jpeg" if len(jpeg.data) < len(alone.data) else "webp"
    assert taken.content_type == f"image/{smaller}"


def test_of_formats_that_fit_by_less_quality_alone_the_one_that_looks_best_is_taken(
    png: bytes,
) -> None:
    by, most = renderer(), 3000
    asked = f"format=best,quality=auto,max-bytes={most}"
    best = rendered(png, asked, BOTH, by)
    score = Score(to_array(Image.new_from_buffer(png, "")))
    made = [rendered(png, asked.replace("best", name), by=by) for name in ("avif", "webp", "jpeg")]
    assert all(len(each.data) <= most for each in made)
    scores = {
        each.content_type: score(to_array(Image.new_from_buffer(each.data, ""))) for each in made
    }
    assert max(scores.values()) - min(scores.values()) > 1
    assert best.content_type == max(scores, key=lambda name: scores[name])
    told = float(best.headers[HEADER].partition("score=")[2].partition(";")[0])
    assert told == pytest.approx(scores[best.content_type], abs=0.06)


def test_where_time_is_short_what_fits_is_enough(png: bytes) -> None:
    settings = EncodeOptions(format="jpeg", quality=95)
    image = Image.new_from_buffer(png, "")
    free = Press(image, settings, Trace()).plain()
    most = len(free.data) // 8

    def tries(until: float) -> int:
        press = Press(image, settings, Trace())
        made = press.within(most, free, moves=False, deadline=Deadline(until))
        assert len(made.data) <= most
        return made.encodes

    assert tries(0.0) < tries(math.inf)
