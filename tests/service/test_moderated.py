"""Flagged pictures are shown to nobody, whichever way they might get out."""

from __future__ import annotations

import json
import logging
from dataclasses import fields, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from moderation_stand import (
    BLUE,
    GREEN,
    RED,
    Reds,
    Service,
    frames,
    pixels_of,
    plain,
    png,
    render,
    renderer,
    stripes,
)
from PIL import Image as PilImage
from service_networks import done, picture, soon

from foveate.errors import AnimationTooLarge, PictureBlocked, StageAway, WeightsMissing
from foveate.geometry.box import Size
from foveate.imaging.unrecognisable import COLOURS
from foveate.metrics import MODERATED, Metrics
from foveate.options.addresses import Addresses
from foveate.options.grammar import parse_options
from foveate.options.model import Fit, Moderate, Overlay, Segment, TransformOptions
from foveate.service.analyse import Analyser
from foveate.service.crops import Cropper
from foveate.service.moderated import shows_other
from foveate.service.responsive import Srcset, read_asked
from foveate.service.score import Scored, Scorer
from foveate.service.srcset import Srcsets
from foveate.settings import Limits
from foveate.trace import Trace
from foveate.values import Opinion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.service.render import Renderer

BLOCK = TransformOptions(moderate=Moderate.BLOCK)


def drawn_over(url: str, **asked: Moderate) -> TransformOptions:
    return TransformOptions(draw=(Overlay(url=url, options=TransformOptions(**asked)),))  # type: ignore[arg-type]


# What is not flagged


def test_what_is_not_flagged_looks_as_if_nobody_had_asked() -> None:
    for text in ("width=50,format=png", "width=20,height=20,fit=cover,format=png"):
        made = render(plain(GREEN), f"moderate=block,{text}")
        assert made.data == render(plain(GREEN), text).data
        assert "Foveate-Moderated" not in made.headers


def test_who_does_not_ask_has_nobody_look() -> None:
    reds = Reds()
    render(plain(RED), "width=50", renderer(lambda: reds))
    assert reds.runs == 0


def test_a_picture_is_looked_at_once_for_all_its_sizes() -> None:
    reds = Reds()
    shared = renderer(lambda: reds)
    for width in (30, 40, 50):
        render(plain(GREEN), f"width={width},moderate=block", shared)
    assert reds.runs == 1


# Blocked


def test_block_refuses_and_tells_the_score_to_the_log_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(PictureBlocked) as refused:
        render(plain(RED), "width=50,moderate=block")
    assert "moderate=block" in refused.value.public
    assert not any(letter.isdigit() for letter in refused.value.public)
    assert "scores 1.0000 of 0.8000" in caplog.text


@pytest.mark.parametrize("text", ["format=json", "format=json,explain=true", "anim=false"])
def test_no_answer_of_any_kind_is_made_of_it(text: str) -> None:
    with pytest.raises(PictureBlocked):
        render(plain(RED), f"moderate=block,{text}")


def test_the_threshold_decides() -> None:
    half = np.concatenate([np.full((32, 96, 3), RED), np.full((32, 96, 3), GREEN)]).astype(np.uint8)
    render(png(half), BLOCK)
    with pytest.raises(PictureBlocked):
        render(png(half), BLOCK, renderer(threshold=0.4))


@pytest.mark.parametrize("colour", ["#dc1414", "green"])
def test_a_drawing_is_judged_and_answered_as_pixels(colour: str) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40">'
        f'<rect width="80" height="40" fill="{colour}"/></svg>'
    ).encode()
    if colour == "green":
        # What moves or depends on its size could show more than was looked at.
        assert render(svg, BLOCK).content_type == "image/png"
        return
    with pytest.raises(PictureBlocked):
        render(svg, BLOCK)


def drawn_by_alpha(colour: tuple[int, int, int], alpha: int) -> bytes:
    """Return a picture whose pixels are all of one colour, and as transparent as can be seen."""
    return png(np.full((64, 96, 4), (*colour, alpha), np.uint8))


def test_what_alpha_hides_on_one_ground_is_seen_on_the_other() -> None:
    # On white it is too bright a red for the network, on black it is too dark.
    for colour, alpha in (((255, 0, 0), 160), ((200, 0, 0), 230)):
        shown = [alpha / 255 * np.array(colour) + (1 - alpha / 255) * on for on in (255, 0)]
        red = [rgb[0] > 150 and rgb[1] < 90 for rgb in shown]
        assert any(red)
        with pytest.raises(PictureBlocked):
            render(drawn_by_alpha(colour, alpha), "moderate=block,format=png")
    made = render(drawn_by_alpha((255, 0, 0), 160), "moderate=blur,format=png")
    assert "A" not in PilImage.open(BytesIO(made.data)).getbands()
    render(drawn_by_alpha(GREEN, 160), "moderate=block,format=png")


@pytest.mark.parametrize("alpha", [1, 40, 128])
def test_what_a_file_keeps_under_little_opacity_is_judged_as_whoever_drops_alpha_sees_it(
    alpha: int,
) -> None:
    with pytest.raises(PictureBlocked):
        render(drawn_by_alpha((200, 0, 0), alpha), BLOCK)
    half = np.full((64, 96, 4), (200, 0, 0, 0), np.uint8)
    half[:32, :, 3] = alpha
    render(png(half), BLOCK)  # no file that is answered keeps the colours below
    with pytest.raises(PictureBlocked):
        render(png(half), BLOCK, renderer(threshold=0.4))


def test_a_cut_out_with_smooth_edges_costs_no_third_look() -> None:
    pixels = np.full((200, 200, 4), (*GREEN, 0), np.uint8)
    pixels[50:150, 50:150, 3] = 255
    pixels[50:150, (49, 150), 3] = pixels[(49, 150), 50:150, 3] = 128
    for alpha, runs in ((255, 2), (128, 3)):
        reds = Reds()
        pixels[60:140, 60:140, 3] = alpha
        render(png(pixels), BLOCK, renderer(lambda reds=reds: reds))  # type: ignore[misc]
        assert reds.runs == runs


def test_a_frame_that_alpha_draws_is_seen_on_black() -> None:
    out = BytesIO()
    first, more = (PilImage.new("RGBA", (40, 40), (*rgb, 160)) for rgb in (GREEN, (255, 0, 0)))
    first.save(out, "WEBP", save_all=True, append_images=[more], duration=50, lossless=True)
    with pytest.raises(PictureBlocked):
        render(out.getvalue(), "moderate=block")


@pytest.mark.parametrize(
    ("colour", "asked"),
    [
        ((11, 1, 1), "brightness=20"),
        ((240, 110, 110), "contrast=4"),
        ((125, 94, 94), "saturation=5"),
    ],
)
def test_other_colours_than_those_of_the_source_are_judged(
    colour: tuple[int, int, int], asked: str
) -> None:
    render(plain(colour), BLOCK)
    render(plain(colour), asked)
    with pytest.raises(PictureBlocked):
        render(plain(colour), f"moderate=block,{asked}")
    assert render(plain(colour), f"moderate=blur,{asked}").headers["Foveate-Moderated"] == "blur"


def test_what_a_background_makes_of_transparency_is_judged() -> None:
    clear = drawn_by_alpha(GREEN, 0)
    render(clear, BLOCK)
    with pytest.raises(PictureBlocked):
        render(clear, "moderate=block,background=rgb(220%2C20%2C20)")


@pytest.mark.parametrize("asked", ["rotate=90", "fit=squeeze,width=90,height=9"])
def test_whatever_changes_the_look_has_the_answer_judged(asked: str) -> None:
    reds = Reds()
    render(plain(GREEN), f"moderate=block,{asked}", renderer(lambda: reds))
    assert reds.runs == 2


@pytest.mark.parametrize("field", [each.name for each in fields(TransformOptions)])
def test_whatever_is_not_known_to_show_no_more_has_the_answer_judged(field: str) -> None:
    harmless = {
        *("width", "auto_width", "height", "dpr", "adapt", "gravity", "zoom", "faces", "objects"),
        *("quality", "slow_connection_quality", "max_bytes", "format", "accepts", "compression"),
        *("adaptive", "anim", "metadata", "gamut", "border", "redact", "moderate", "exempt"),
        *("upscale", "redirect_on_error", "explain"),
    }
    other: dict[str, Any] = {field: "other than it is where nobody asks"}
    assert shows_other(replace(TransformOptions(), **other)) == (field not in harmless)


@pytest.mark.parametrize("fit", Fit)
def test_a_fit_that_cuts_or_squeezes_has_the_answer_judged(fit: Fit) -> None:
    cutting = {Fit.COVER, Fit.CROP, Fit.ASPECT_CROP, Fit.SQUEEZE, Fit.SQUEEZE_DOWN}
    assert shows_other(TransformOptions(fit=fit)) == (fit in cutting)


def test_one_frame_among_those_that_are_looked_at_is_enough() -> None:
    render(frames(GREEN, BLUE, (20, 20, 20)), BLOCK)
    for still in ("moderate=block", "moderate=block,anim=false"):
        with pytest.raises(PictureBlocked):
            render(frames(GREEN, BLUE, RED), still)


@pytest.mark.parametrize("across", [True, False])
def test_a_part_of_a_long_picture_is_judged_as_a_picture_is(across: bool) -> None:
    pixels = np.full((200, 2000, 3), GREEN, np.uint8)
    pixels[:, 1850:] = RED
    long = png(pixels if across else pixels.transpose(1, 0, 2))
    with pytest.raises(PictureBlocked):
        render(long, BLOCK, renderer(threshold=0.5))


@pytest.mark.parametrize(
    ("width", "asked", "runs"), [(250, "", 1), (200, ",height=20,fit=cover", 2)]
)
def test_what_is_no_longer_than_usual_is_judged_whole_and_so_is_an_answer(
    width: int, asked: str, runs: int
) -> None:
    reds = Reds()
    render(plain(GREEN, width, 100), f"moderate=block,width=200{asked}", renderer(lambda: reds))
    assert reds.runs == runs


def test_a_long_animation_does_not_pass_unseen() -> None:
    many = frames(*[(number, 200, 40) for number in range(6)])
    short = Limits(max_frames=4)
    with_ = replace(renderer(), limits=short)
    data = picture(many, short)
    assert done(with_.prepare(data, TransformOptions())).data == many
    with pytest.raises(AnimationTooLarge):
        done(with_.prepare(data, BLOCK))


def test_previews_and_the_file_itself_stay_here(photo_with_preview: bytes) -> None:
    kept = render(photo_with_preview, "metadata=keep")
    assert PilImage.open(BytesIO(kept.data)).getexif().get(0x010E) == "a preview of something"
    made = render(photo_with_preview, "metadata=keep,moderate=block")
    assert PilImage.open(BytesIO(made.data)).getexif().get(0x010E) is None


@pytest.fixture
def photo_with_preview() -> bytes:
    out = BytesIO()
    exif = PilImage.Exif()
    exif[0x010E] = "a preview of something"
    PilImage.new("RGB", (64, 48), GREEN).save(out, "JPEG", exif=exif)
    return out.getvalue()


# Other pictures


@pytest.mark.parametrize(
    "options",
    [
        replace(drawn_over("x"), moderate=Moderate.BLOCK),
        drawn_over("x", moderate=Moderate.BLOCK),
        TransformOptions(moderate=Moderate.BLOCK, segment=Segment(background="x")),
    ],
    ids=["over", "asked of the overlay", "behind"],
)
def test_other_pictures_are_judged_too(options: TransformOptions) -> None:
    with pytest.raises(PictureBlocked):
        render(plain(GREEN), options, x=plain(RED))
    render(plain(GREEN), options, x=plain(BLUE))


def test_a_flagged_overlay_is_blurred_where_the_picture_below_stays() -> None:
    item = Overlay(url="x", options=TransformOptions(), top=0, left=0)
    options = TransformOptions(moderate=Moderate.BLUR, draw=(item,))
    checks = png(stripes(32, 32))
    made = render(plain(GREEN), options, x=checks)
    pixels = pixels_of(made)
    assert np.abs(pixels[40:, 40:] - GREEN).max() <= 3
    assert np.abs(np.diff(pixels[2:30, 2:30], axis=0)).max() <= 6


# Parts


def srcset(data: bytes, text: str, with_: Renderer) -> Srcset:
    options = parse_options(text).options
    work = Srcsets(renderer=with_).prepare(
        picture(data), options, asked=read_asked(), address=Addresses(source="a.png")
    )
    return done(work)


def score(data: bytes, text: str, with_: Renderer) -> Scored:
    options = parse_options(f"{text},format=png").options
    return done(Scorer(renderer=with_).prepare(picture(data), options))


def corner(width: int = 400, height: int = 300) -> bytes:
    """A green picture of which a tenth is flagged."""
    pixels = np.full((height, width, 3), GREEN, np.uint8)
    pixels[:100, :120] = stripes(120, 100)
    return png(pixels)


def test_a_crop_to_the_part_that_is_flagged_is_blocked() -> None:
    render(corner(), "moderate=block")
    with pytest.raises(PictureBlocked):
        render(corner(), "moderate=block,trim=0;280;200;0")


def test_a_crop_to_the_part_that_is_flagged_shows_no_more_than_the_whole_blurred_would() -> None:
    trace = Trace()
    made = render(corner(), "moderate=blur,trim=0;280;200;0,format=png", trace=trace)
    pixels = pixels_of(made)
    assert pixels.shape == (100, 120, 3)
    assert np.abs(np.diff(pixels, axis=0)).max() <= 8
    assert trace.moderated == ("blur",)
    assert made.headers["Foveate-Moderated"] == "blur"


@pytest.mark.parametrize("cut", ["trim=0;280;200;0", "brightness=20"])
@pytest.mark.parametrize("verb", [srcset, score])
def test_what_is_told_of_an_answer_is_told_of_none_that_is_not_shown(
    verb: Callable[[bytes, str, Renderer], object], cut: str
) -> None:
    data = corner() if cut.startswith("trim") else plain((11, 1, 1))
    with_ = renderer(enforce="block")
    assert verb(data, "", with_)
    with pytest.raises(PictureBlocked):
        verb(data, cut, with_)


def test_a_placeholder_of_a_covered_answer_has_nothing_of_the_part_that_is_flagged() -> None:
    pixels = np.full((300, 400, 3), GREEN, np.uint8)
    pixels[:20, :20] = RED
    spot, cut, blurred = png(pixels), "trim=0;380;280;0", renderer(enforce="blur")
    placeholder = srcset(spot, cut, blurred).placeholder
    assert placeholder is not None
    red, green, _ = bytes.fromhex(placeholder.colour[1:])
    assert green > red
    assert score(spot, cut, blurred).size == Size(20, 20)


def test_an_overlay_that_is_cut_to_the_part_that_is_flagged_is_blocked() -> None:
    part = parse_options("trim=0;280;200;0").options
    for own, refused in ((TransformOptions(), False), (part, True)):
        item = Overlay(url="x", options=own, width=96, height=64)
        options = replace(BLOCK, draw=(item,))
        if refused:
            with pytest.raises(PictureBlocked):
                render(plain(GREEN), options, x=corner())
        else:
            render(plain(GREEN), options, x=corner())


@pytest.mark.parametrize("name", ["avif", "webp", "jpeg", "png", "gif", "tiff"])
def test_crops_are_judged_in_every_format(name: str) -> None:
    text = f"width=40,height=40,fit=cover,format={name},moderate=block"
    render(plain(GREEN), text)
    with pytest.raises(PictureBlocked):
        render(corner(), f"trim=0;280;200;0,format={name},moderate=block")


# Blurred


def test_blur_leaves_a_few_colours_that_flow_into_each_other() -> None:
    made = render(png(stripes()), "moderate=blur,format=png")
    pixels = pixels_of(made)
    assert pixels.shape == (64, 96, 3)
    assert np.abs(np.diff(pixels, axis=0)).max() <= 6
    assert np.abs(pixels.mean((0, 1)) - stripes().mean((0, 1))).max() <= 6


def test_what_few_colours_do_not_tell_is_in_no_rendition() -> None:
    """Two pictures of the same six by four means are the same when they are blurred."""
    one = np.full((64, 96, 3), RED, np.uint8)
    other = one.copy()
    cell = one.reshape(4, 16, 6, 16, 3)[1, :, 2, :]
    assert cell.shape == (16, 16, 3)
    other[20:28:2, 36:44] = (250, 40, 40)
    other[21:28:2, 36:44] = (190, 0, 0)
    far = np.abs(pixels_of(render(png(other), "moderate=blur,format=png")) -
                 pixels_of(render(png(one), "moderate=blur,format=png"))).max()  # fmt: skip
    assert np.abs(one.astype(int) - other).max() >= 30
    assert far <= 2


def test_tiles_of_a_blurred_picture_are_tiles_of_its_few_colours() -> None:
    """Whoever collects many crops has no more than the one blurred picture."""
    pixels = np.full((64, 96, 3), RED, np.uint8)
    pixels[:, 48:] = (200, 60, 60)
    pixels[24:40, 40:56] = (255, 0, 0)
    whole = pixels_of(render(png(pixels), "moderate=blur,format=png"))
    for left, top in ((0, 0), (40, 24), (80, 48)):
        trim = f"trim={top};{96 - left - 16};{64 - top - 16};{left}"
        tile = pixels_of(render(png(pixels), f"moderate=blur,{trim},format=png"))
        assert np.abs(tile - whole[top : top + 16, left : left + 16]).max() <= 12
    assert COLOURS <= 6


def test_what_stands_in_the_place_of_a_picture_is_known_as_such() -> None:
    moderator, options = renderer().moderator, TransformOptions(moderate=Moderate.BLUR)
    for colour, covered in ((RED, True), (GREEN, False)):
        shown = moderator.source(picture(plain(colour)), options, soon(), Trace())
        assert shown.covered is covered


def test_a_blurred_animation_stands_still() -> None:
    made = render(frames(RED, GREEN, BLUE), "moderate=blur")
    assert getattr(PilImage.open(BytesIO(made.data)), "n_frames", 1) == 1


def test_geometry_stays_that_of_the_original() -> None:
    told = json.loads(render(plain(RED, 200, 100), "moderate=blur,width=80,format=json").data)
    assert (told["width"], told["height"]) == (80, 40)


# Enforced


def test_what_is_enforced_holds_for_renditions_that_do_not_ask() -> None:
    with pytest.raises(PictureBlocked):
        render(plain(RED), "width=50", renderer(enforce="block"))
    made = render(png(stripes()), "format=png", renderer(enforce="blur"))
    assert np.abs(np.diff(pixels_of(made), axis=0)).max() <= 6


def test_an_answer_is_held_to_no_bound_of_originals() -> None:
    original, usual = plain(BLUE), renderer(enforce="block")
    for limits in (Limits(max_bytes=100), Limits(max_pixels=10), Limits(max_side=10)):
        bounded = renderer(enforce="block", limits=limits)
        asked = "width=60,height=40,fit=cover,format=png"
        assert render(original, asked, bounded).data == render(original, asked, usual).data


def test_a_url_may_ask_for_more_than_is_enforced_and_not_for_less() -> None:
    for enforced, asked in (("blur", "moderate=block"), ("block", "moderate=blur")):
        with pytest.raises(PictureBlocked):
            render(plain(RED), asked, renderer(enforce=enforced))


def test_whom_a_door_exempts_is_shown_the_picture() -> None:
    exempt = replace(parse_options("format=png").options, exempt=True)
    made = render(plain(RED), exempt, renderer(enforce="block"))
    assert np.abs(pixels_of(made) - RED).max() == 0
    with pytest.raises(PictureBlocked):
        render(plain(RED), replace(exempt, moderate=Moderate.BLOCK), renderer(enforce="block"))


def test_crops_in_an_archive_are_moderated() -> None:
    for enforce, refused in (("off", False), ("block", True)):
        with_ = renderer(enforce=enforce)
        cropper = Cropper(analyses=with_.analyses, limits=Limits(), renderer=with_)
        work = cropper.prepare_pictures(picture(plain(RED)), ["1:1"])
        if refused:
            with pytest.raises(PictureBlocked):
                done(work)
        else:
            assert len(done(work)) == 1


def test_without_its_network_nothing_is_shown() -> None:
    def missing() -> Reds:
        raise WeightsMissing("opennsfw")

    for text in ("moderate=block", "moderate=blur"):
        with pytest.raises(WeightsMissing, match="foveate models pull opennsfw"):
            render(plain(GREEN), text, renderer(missing))


def test_what_decides_is_part_of_the_key_and_costs_others_nothing() -> None:
    def prints(**settings: object) -> str:
        return renderer(**settings).moderator.fingerprint(BLOCK)  # type: ignore[arg-type]

    assert renderer().moderator.fingerprint(TransformOptions()) == ""
    keys = {
        prints(),
        prints(threshold=0.5),
        prints(parts_threshold=0.4),
        prints(url="http://127.0.0.1/"),
        prints(url="http://127.0.0.1/", when_away="local"),
        renderer().moderator.fingerprint(TransformOptions(moderate=Moderate.BLUR)),
    }
    assert len(keys) == 6
    enforced = renderer(enforce="block").moderator
    assert enforced.fingerprint(TransformOptions()) == prints()
    assert enforced.fingerprint(TransformOptions(exempt=True)) == ""


def test_outcomes_are_counted() -> None:
    metrics, trace = Metrics(), Trace()
    with pytest.raises(PictureBlocked):
        render(plain(RED), BLOCK, trace=trace)
    metrics.observe_trace(trace)
    assert metrics.counters[MODERATED, ("block",)] == 1


# A service elsewhere


URL = "http://moderation.internal/"


def test_a_service_flags_what_the_network_does_not_and_sees_a_thumbnail() -> None:
    service = Service(Opinion(flagged=True, labels=("violence",)))
    with pytest.raises(PictureBlocked):
        render(plain(GREEN, 1600, 400), BLOCK, renderer(service=service, url=URL))
    (jpeg,) = service.sent
    assert PilImage.open(BytesIO(jpeg)).size == (640, 160)


def test_what_is_not_nude_is_not_called_so_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    service = Service(Opinion(flagged=True, labels=("violence",)))
    with caplog.at_level(logging.WARNING), pytest.raises(PictureBlocked):
        render(plain(GREEN), BLOCK, renderer(service=service, url=URL))
    said = ": your service flags it for violence (it scores 0.0000 of 0.8000 for nudity)"
    assert caplog.messages[0].endswith(said)


def test_nothing_is_sent_unless_a_service_is_set_and_then_once() -> None:
    service = Service(Opinion(flagged=False))
    render(plain(GREEN), BLOCK, renderer(service=service))
    assert service.sent == []
    shared = renderer(service=service, url=URL)
    for width in (20, 30):
        render(plain(GREEN), replace(BLOCK, width=width), shared)
    assert len(service.sent) == 1


def test_a_service_is_sent_frame_after_frame_until_it_flags_one() -> None:
    moving = frames(*[(30, 20 * number, 200) for number in range(10)])
    for opinions, sent in (((), 8), ((True,), 1), ((False, False, True), 3)):
        service = Service([*(Opinion(flagged=each) for each in opinions), Opinion(flagged=False)])
        told = told_of(moving, service=service, url=URL)
        assert (len(service.sent), told["flagged"]) == (sent, any(opinions))


def test_without_its_opinion_nothing_is_shown_unless_the_settings_say_so() -> None:
    away = Service(StageAway("nobody there"))
    with pytest.raises(StageAway):
        render(plain(GREEN), BLOCK, renderer(service=away, url=URL))
    lenient = renderer(service=away, url=URL, when_away="local")
    made = render(plain(GREEN), BLOCK, lenient)
    assert made.provisional  # nobody keeps it: the service may say otherwise
    with pytest.raises(PictureBlocked):
        render(plain(RED), BLOCK, lenient)


# What is told


def told_of(data: bytes, **settings: object) -> Mapping[str, object]:
    with_ = renderer(**settings)  # type: ignore[arg-type]
    analyser = Analyser(analyses=with_.analyses)
    told = done(analyser.prepare(picture(data), ["moderation"])).to_json()["moderation"]
    assert isinstance(told, dict)
    return told


def test_the_answer_says_what_nobody_looked_for() -> None:
    told = told_of(plain(RED), threshold=0.7)
    assert told["nsfw"] == 1.0
    assert (told["flagged"], told["threshold"]) == (True, 0.7)
    assert {"violence", "gore", "hate", "drugs"} <= set(told["unseen"])  # type: ignore[call-overload]
    assert "parts" not in told
    assert "service" not in told


def test_the_answer_has_the_words_of_the_service() -> None:
    service = Service(Opinion(flagged=True, labels=("weapons",)))
    told = told_of(plain(GREEN), service=service, url=URL)
    assert told["flagged"] is True
    assert told["service"] == {"flagged": True, "labels": ["weapons"]}
