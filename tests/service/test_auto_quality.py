"""quality=auto: the quality that a score needs, found by encoding and looking."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from service_networks import Detector, analyses, done, picture, soon

from foveate.deadline import Deadline
from foveate.errors import StageAway, WeightsCorrupt, WeightsMissing
from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.imaging.decode import open_image
from foveate.imaging.pixels import from_array, to_array
from foveate.imaging.probe import probe
from foveate.imaging.quality_search import usual_quality
from foveate.options.grammar import parse_options
from foveate.service.encoding import encoder_settings
from foveate.service.press import HEADER
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits
from foveate.trace import Trace
from foveate.vision.score import Score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses
    from foveate.values import Face


class Told(NamedTuple):
    """What the header says."""

    quality: int
    score: float
    encodes: int


class Blind(Detector):
    """Cannot look, for a reason."""

    def __init__(self, why: Exception) -> None:
        super().__init__()
        self.why = why

    def __call__(self, _: NDArray[np.uint8]) -> tuple[Face, ...]:
        raise self.why


def told(made: Rendition) -> Told:
    said = re.fullmatch(r"(\d+);score=(-?[\d.]+);encodes=(\d+)", made.headers[HEADER])
    assert said is not None
    return Told(int(said[1]), float(said[2]), int(said[3]))


def renderer(seen: Analyses | None = None) -> Renderer:
    nobody = analyses(Detector(box=None))
    return Renderer(analyses=seen or nobody, limits=Limits(), encoding=Encoding())


def rendered(data: bytes, text: str, by: Renderer | None = None) -> Rendition:
    return done((by or renderer()).prepare(picture(data), parse_options(text).options))


@pytest.fixture
def photo(photo: Image) -> Image:
    """The scene in grain, as a camera sees it: smooth pictures reach any score."""
    noise = np.random.default_rng(7).normal(0, 4, (240, 320, 1))
    return from_array((to_array(photo) + noise).clip(0, 255).astype(np.uint8))


@pytest.fixture
def png(photo: Image) -> bytes:
    data: bytes = photo.pngsave_buffer()
    return data


@pytest.mark.parametrize("format_", ["jpeg", "webp", "avif"])
@pytest.mark.parametrize("score", [60, 75])
def test_the_answer_has_the_score_that_was_asked_for(
    png: bytes, photo: Image, format_: str, score: int
) -> None:
    made = rendered(png, f"format={format_},quality=auto:{score}")
    shown = to_array(Image.new_from_buffer(made.data, ""))
    assert Score(to_array(photo))(shown) == pytest.approx(told(made).score, abs=0.06)
    assert score - 1 <= told(made).score <= score + 2
    assert told(made).encodes <= 3


def test_a_jpeg_xl_has_the_score_that_was_asked_for(png: bytes, photo: Image) -> None:
    made = rendered(png, "format=jxl,quality=auto:80")
    shown = to_array(open_image(made.data, probe(made.data, Limits())))
    assert Score(to_array(photo))(shown) == pytest.approx(told(made).score, abs=0.06)
    assert 79 <= told(made).score <= 82
    assert told(made).encodes <= 3


def test_it_is_the_very_answer_of_that_quality_by_number(png: bytes) -> None:
    made = rendered(png, "format=webp,quality=auto")
    assert made.data == rendered(png, f"format=webp,quality={told(made).quality}").data


def test_what_was_found_is_not_looked_for_again(png: bytes) -> None:
    by = renderer()
    first = rendered(png, "format=jpeg,quality=auto:70", by)
    again = rendered(png, "format=jpeg,quality=auto:70,metadata=none", by)
    assert told(again) == (*told(first)[:2], 1)
    assert again.data == first.data
    other = rendered(png, "format=jpeg,quality=auto:70,width=200", by)
    assert told(other).quality != told(first).quality or other.size != first.size


def test_what_one_format_taught_another_begins_with(png: bytes) -> None:
    by = renderer()
    jpeg = told(rendered(png, "format=jpeg,quality=auto:70", by))
    assert abs(jpeg.quality - usual_quality("jpeg", 70)) > 3  # else this test says nothing
    taught = told(rendered(png, "format=avif,quality=auto:70", by))
    alone = told(rendered(png, "format=avif,quality=auto:70"))
    assert taught.encodes < alone.encodes
    assert taught.score == pytest.approx(70, abs=1.2)


def test_a_jpeg_at_its_own_size_has_the_score_and_teaches_no_other_size(photo: Image) -> None:
    """At the quality that it has already it loses next to nothing."""
    jpeg, by = photo.jpegsave_buffer(Q=70, subsample_mode="on"), renderer()
    made = told(rendered(jpeg, "format=jpeg,quality=auto:80", by))
    assert made.score >= 79
    assert made.encodes <= 3
    taught = rendered(jpeg, "width=200,format=jpeg,quality=auto:70", by)
    assert taught.data == rendered(jpeg, "width=200,format=jpeg,quality=auto:70").data


def test_what_came_with_a_request_teaches_nobody(png: bytes) -> None:
    by = renderer()
    private = replace(picture(png), lifetime=replace(picture(png).lifetime, private=True))
    options = parse_options("format=jpeg,quality=auto:60").options
    encodes = [told(done(by.prepare(private, options))).encodes for _ in range(2)]
    assert encodes[0] == encodes[1] > 1


@pytest.mark.parametrize(
    ("text", "quality"),
    [
        ("width=60,format=webp,quality=auto:80", usual_quality("webp", 80)),
        ("compression=fast,quality=auto:80", usual_quality("jpeg", 80)),
    ],
)
def test_what_is_too_small_or_in_haste_takes_what_most_pictures_need(
    png: bytes, text: str, quality: int
) -> None:
    made = rendered(png, text)
    assert HEADER not in made.headers
    assert made.data == rendered(png, text.replace("auto:80", str(quality))).data


def test_formats_without_qualities_stay_as_they_are(png: bytes) -> None:
    assert rendered(png, "quality=auto").data == rendered(png, "format=png").data


def test_colour_has_half_the_resolution_at_any_quality_of_one_search(photo: Image) -> None:
    """Red on blue: with colour at full resolution the score leaps."""
    pixels = to_array(photo).copy()
    pixels[::2, ::2] = (255, 0, 0)
    data = from_array(pixels).pngsave_buffer()
    jpeg = rendered(data, "format=jpeg,quality=auto:85").data
    best = rendered(data, "format=jpeg,quality=auto:90").data
    assert [each[each.index(b"\xff\xc2\x00\x11") + 11] for each in (jpeg, best)] == [0x22, 0x11]


@pytest.mark.parametrize("format_", ["jpeg", "avif"])
def test_above_85_all_of_the_colour_is_kept_at_any_quality(format_: str) -> None:
    """One of a smooth picture reaches it by a quality at which others have half the colour."""
    options = parse_options(f"format={format_},quality=auto:86").options
    settings = encoder_settings(format_, options, Encoding())
    assert [replace(settings, quality=q).full_chroma for q in (70, 89, 95)] == [True] * 3


def test_a_face_has_to_look_as_good_as_the_whole(photo: Image) -> None:
    """All else is smooth, and suffers little."""
    pixels = np.full_like(to_array(photo), 128)
    pixels[50:130, 200:260] = to_array(photo)[50:130, 200:260]
    data = from_array(pixels).pngsave_buffer()
    whole = told(rendered(data, "format=jpeg,quality=auto:75"))
    by = renderer(analyses(Detector(box=Box(200, 50, 60, 80), size=Size(320, 240))))
    faces = told(rendered(data, "format=jpeg,quality=auto:75", by))
    assert faces.quality > whole.quality
    assert faces.score == pytest.approx(75, abs=2)


@pytest.mark.parametrize(
    ("why", "soon_again"),
    [(StageAway(), True), (WeightsMissing("retinaface"), False), (WeightsCorrupt(), False)],
    ids=str,
)
def test_a_quality_found_where_nobody_looks_for_faces_is_remembered_by_nobody(
    png: bytes, why: Exception, soon_again: bool
) -> None:
    blind = renderer(analyses(Blind(why)))
    for _ in range(2):
        made = rendered(png, "format=jpeg,quality=auto:70", blind)
        assert (told(made).encodes > 1, made.provisional) == (True, soon_again)
    seen = renderer(analyses(Detector(box=None), memo=blind.analyses.memo))
    made = rendered(png, "format=jpeg,quality=auto:70", seen)
    assert (told(made).encodes > 1, made.provisional) == (True, False)
    assert not rendered(png, "format=jpeg,quality=auto:70", blind).provisional


class Slow(Detector):
    """Takes most of the time that there is."""

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        time.sleep(0.4)
        return super().__call__(rgb)


def test_a_quality_found_in_haste_is_kept_by_nobody_until_it_is_found_in_peace(png: bytes) -> None:
    by = renderer(analyses(Slow(box=None)))
    work = by.prepare(picture(png), parse_options("format=jpeg,quality=auto:60").options)
    trace = Trace()
    hasty = work.run(Deadline(time.monotonic() + 1.0), trace)
    assert (told(hasty).encodes, hasty.provisional, trace.fallbacks) == (
        1,
        True,
        ("quality-hasty",),
    )
    assert not rendered(png, "format=jpeg,quality=auto:60", by).provisional


def test_its_memory_is_counted_before_the_work(png: bytes) -> None:
    need = {
        text: renderer().prepare(picture(png), parse_options(text).options).memory_bytes
        for text in ("format=webp,quality=80", "format=webp,quality=auto", "format=png")
    }
    assert need["format=webp,quality=auto"] > need["format=webp,quality=80"] + 320 * 240 * 6


def test_each_encode_and_each_look_is_told(png: bytes) -> None:
    trace = Trace()
    work = renderer().prepare(picture(png), parse_options("format=jpeg,quality=auto:60").options)
    made = work.run(soon(), trace)
    names = [span.name for span in trace.spans]
    assert names.count("encode") == told(made).encodes > 1
    assert {"decode", "compare"} <= set(names)
    assert sum(span.bytes for span in trace.spans if span.name == "encode") == len(made.data)


def test_what_was_found_for_pixels_with_a_hidden_face_is_not_told_of_others(photo: Image) -> None:
    """The same options of the same source: a setting says which faces are hidden."""
    data = photo.pngsave_buffer()
    head = Detector(box=Box(200, 50, 60, 80), size=Size(320, 240), score=0.4)
    hidden = analyses(head, scores={"redact_score": 0.3})
    shown = analyses(head, scores={"redact_score": 0.9}, memo=hidden.memo)
    asked = "format=jpeg,quality=auto:70,redact=faces"
    assert told(rendered(data, asked, renderer(hidden))).encodes > 1
    assert told(rendered(data, asked, renderer(shown))).encodes > 1
    assert told(rendered(data, asked, renderer(shown))).encodes == 1
