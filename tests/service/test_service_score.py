"""Scores of renditions: against their own pixels, before they were compressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from service_networks import analyses, done, picture

from foveate.errors import BadOption, OutputTooLarge
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.pixels import to_array
from foveate.options.grammar import parse_options
from foveate.service.render import Renderer
from foveate.service.score import Scored, Scorer, prepare_pair
from foveate.settings import Encoding, Limits
from foveate.vision.score import Score

if TYPE_CHECKING:
    from foveate.service.work import Work


def work(data: bytes, text: str, **how: Any) -> Work[Scored]:
    renderer = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding())
    return Scorer(renderer=renderer, **how).prepare(picture(data), parse_options(text).options)


def scored(data: bytes, text: str) -> Scored:
    return done(work(data, text))


@pytest.fixture
def png(photo: Image) -> bytes:
    data: bytes = photo.pngsave_buffer()
    return data


@pytest.fixture
def gif(photo: Image) -> bytes:
    frames = Image.arrayjoin([photo, photo.invert()], across=1).copy()
    frames.set_type(Image.new_from_array([0]).get_typeof("width"), "page-height", photo.height)
    data: bytes = frames.gifsave_buffer()
    return data


def test_what_loses_nothing_is_identical_however_small_it_was_made(png: bytes) -> None:
    told = scored(png, "width=100,format=png")
    assert (told.score, told.size, told.format, told.quality) == (100, Size(100, 75), "png", None)


def test_it_is_the_score_of_the_very_rendition(png: bytes) -> None:
    renderer = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding())
    options = "width=160,format={},gravity=face,height=100,fit=cover"
    made = {
        name: done(renderer.prepare(picture(png), parse_options(options.format(name)).options))
        for name in ("png", "webp,quality=40")
    }
    plain, lossy = (to_array(Image.new_from_buffer(each.data, "")) for each in made.values())
    told = scored(png, options.format("webp,quality=40"))
    assert told.score == pytest.approx(Score(plain)(lossy), abs=1e-6)
    assert told.bytes == len(made["webp,quality=40"].data)
    assert (told.quality, told.format, told.first_frame) == (40, "webp", False)


@pytest.mark.parametrize("format_", ["jpeg", "webp", "avif"])
def test_more_quality_is_more_bytes_and_a_better_score(png: bytes, format_: str) -> None:
    told = [scored(png, f"format={format_},quality={quality}") for quality in (20, 50, 80)]
    assert [each.score for each in told] == sorted(each.score for each in told)
    assert [each.bytes for each in told] == sorted(each.bytes for each in told)


def test_of_a_quality_that_was_looked_for_it_says_which_it_is(png: bytes) -> None:
    told = scored(png, "format=webp,quality=auto:70")
    assert told.quality is not None
    assert scored(png, f"format=webp,quality={told.quality}").score == told.score


def test_what_is_transparent_is_seen_on_white(photo: Image) -> None:
    half = photo.bandjoin(128).copy(interpretation="srgb").pngsave_buffer()
    assert scored(half, "format=png").score == 100
    assert 60 < scored(half, "format=jpeg,quality=80").score < 100


def test_of_what_moves_the_first_frame_is_scored(gif: bytes) -> None:
    told = scored(gif, "format=webp,quality=60")
    assert told.first_frame
    assert told.size == Size(320, 240)
    assert told.to_json()["frame"] == 1


def test_json_says_the_metric_and_rounds(png: bytes) -> None:
    told = scored(png, "width=64,format=webp").to_json()
    assert told["metric"] == "ssimulacra2"
    assert list(told) == ["metric", "score", "bytes", "width", "height", "format", "quality"]
    assert told["score"] == round(float(str(told["score"])), 2)


@pytest.mark.parametrize("text", ["format=json", ""])
def test_what_has_no_pixels_has_no_score(text: str) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"/>'
    with pytest.raises(BadOption, match="Expected a picture of pixels to score"):
        work(svg, text)


def test_limits_come_before_the_work(png: bytes) -> None:
    with pytest.raises(BadOption, match="at least 8x8 pixels"):
        scored(png, "width=6")
    with pytest.raises(OutputTooLarge) as refused:
        work(png, "width=200", most_pixels=10_000)
    assert "at most 10000 pixels to score, got 30000. Ask for a smaller" in refused.value.public


def test_its_memory_is_counted_beside_that_of_rendering(png: bytes) -> None:
    renderer = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding())
    rendering = renderer.prepare(picture(png), parse_options("format=webp").options)
    assert work(png, "format=webp").memory_bytes > rendering.memory_bytes + 320 * 240 * 6


def test_two_pictures_are_scored_upright(photo: Image) -> None:
    turned = photo.rot90().copy()
    turned.set_type(Image.new_from_array([0]).get_typeof("width"), "orientation", 8)
    jpeg = turned.jpegsave_buffer(Q=95, keep="exif")
    told = done(prepare_pair(picture(photo.pngsave_buffer()), picture(jpeg)))
    assert 80 < told < 100


def test_two_pictures_have_to_have_one_size(photo: Image) -> None:
    other = photo.crop(0, 0, 100, 100).pngsave_buffer()
    with pytest.raises(BadOption, match="of one size to score, got 320x240 and 100x100"):
        prepare_pair(picture(photo.pngsave_buffer()), picture(other))
