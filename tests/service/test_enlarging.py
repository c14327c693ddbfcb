"""Whole renditions that a network enlarges or cleans, with one that paints what it does."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image as PilImage
from service_networks import analyses, picture, soon
from test_render_gain_map import with_map

from foveate.deadline import Deadline
from foveate.errors import TimedOut, UpscaleTooLarge, WeightsMissing
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.imaging.probe import probe
from foveate.options.grammar import parse_options
from foveate.options.model import Upscale
from foveate.service.credentials import Done, actions
from foveate.service.enlarging import CARDS, enlarging_bytes, noise_of
from foveate.service.networks import Networks
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits, Settings
from foveate.trace import Trace
from foveate.transform.enlargement import Enlargement
from foveate.transform.layout import lay_out
from foveate.transform.plan import make_plan
from foveate.vision.doubler import Doubler
from foveate.vision.upscaler import CONTEXT, Noise, Waifu2x

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.rendition import Rendition

FILES = {Noise.NONE: 0.0, Noise.LIGHT: 0.2, Noise.STRONG: 0.4}
"""How much brighter each network makes red."""


class Painting:
    """Doubles what it is given, pixel by pixel, and makes it redder."""

    provider = "a test"
    shapes: Sequence[tuple[int, ...]] = ()

    def __init__(self, more: float, seen: list[tuple[float, tuple[int, ...]]]) -> None:
        self.more, self.seen = more, seen

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        (x,) = inputs.values()
        inner = x[..., CONTEXT:-CONTEXT, CONTEXT:-CONTEXT].astype(np.float32)
        self.seen.append((self.more, inner.shape[2:]))
        made = inner.repeat(2, 2).repeat(2, 3)
        made[:, 0] += np.float32(self.more)
        return [made]


class Looks:
    """A renderer, and what its networks were given."""

    def __init__(self, **limits: int) -> None:
        self.seen: list[tuple[float, tuple[int, ...]]] = []
        sessions = {
            noise: (lambda more=more: Painting(more, self.seen)) for noise, more in FILES.items()
        }
        seeing = analyses(upscaler=Waifu2x(sessions))
        self.renderer = Renderer(
            analyses=seeing,
            limits=Limits(**limits),  # type: ignore[arg-type]
            encoding=Encoding(),
        )

    def __call__(self, data: bytes, text: str) -> Rendition:
        return self.renderer(picture(data), parse_options(text).options, deadline=soon())

    @property
    def areas(self) -> list[int]:
        return [high * wide for _, (high, wide) in self.seen]


@pytest.fixture
def looks() -> Looks:
    return Looks()


@pytest.fixture
def png(photo: Image) -> bytes:
    return photo.pngsave_buffer()


def opened(rendition: Rendition) -> Image:
    return Image.new_from_buffer(rendition.data, "")


def redder(made: Image, plain: Image) -> float:
    """By how much more of 0..1, at most of the picture, red is there than in another one."""
    off = made.numpy()[..., :3].astype(float) - plain.numpy()[..., :3]
    assert abs(np.median(off[..., 1:])) <= 2
    return float(np.median(off[..., 0])) / 255


def test_twice_the_size_is_one_pass_over_what_is_shown(looks: Looks, png: bytes) -> None:
    made = opened(looks(png, "width=640,fit=contain,upscale=generate,format=png"))
    assert (made.width, made.height) == (640, 480)
    assert sum(looks.areas) == 320 * 240
    source = Image.new_from_buffer(png, "").numpy()
    assert np.abs(made.numpy().astype(int) - source.repeat(2, 0).repeat(2, 1)).max() <= 1


def test_more_is_two_passes_then_brought_to_its_size(looks: Looks, png: bytes) -> None:
    made = opened(looks(png, "width=960,fit=contain,upscale=generate,format=png"))
    assert (made.width, made.height) == (960, 720)
    assert sum(looks.areas) == 320 * 240 * 5
    plain = opened(looks(png, "width=960,fit=contain,format=png"))
    assert np.abs(made.numpy().astype(int) - plain.numpy()).mean() < 2


def test_beyond_four_times_interpolation_goes_on(looks: Looks, photo: Image) -> None:
    small = photo.crop(210, 50, 40, 30).pngsave_buffer()
    made = opened(looks(small, "width=400,fit=contain,upscale=generate,format=png"))
    assert (made.width, made.height) == (400, 300)
    assert sum(looks.areas) == 40 * 30 * 5


@pytest.mark.parametrize(
    "text", ["upscale=generate", "width=640,upscale=generate", "width=100,upscale=generate"]
)
def test_what_is_not_enlarged_is_as_without(looks: Looks, png: bytes, text: str) -> None:
    plain = looks(png, f"{text.replace('generate', 'interpolate')},format=png")
    assert looks(png, f"{text},format=png").data == plain.data
    assert looks.seen == []


def test_only_what_is_shown_is_enlarged(looks: Looks, png: bytes) -> None:
    crop = "width=240,height=240,fit=cover,trim.left=200,trim.top=60,trim.width=80,trim.height=60"
    made = opened(looks(png, f"{crop},upscale=generate,format=png"))
    assert (made.width, made.height) == (240, 240)
    # 60 x 60 pixels are shown, and no more than 15 beside them on each side that trim leaves.
    assert looks.areas[0] <= 80 * 60
    plain = opened(looks(png, f"{crop},format=png"))
    assert np.abs(made.numpy().astype(int) - plain.numpy()).mean() < 3


@pytest.mark.parametrize("text", ["gravity=0x0", "gravity=1x1", "gravity=0.3x0.7"])
def test_a_crop_lies_where_it_lies_without(looks: Looks, png: bytes, text: str) -> None:
    crop = f"width=333,height=420,fit=cover,{text},format=png"
    made, plain = opened(looks(png, f"{crop},upscale=generate")), opened(looks(png, crop))
    assert looks.areas[0] < 320 * 240
    assert (made.width, made.height) == (333, 420)
    assert np.abs(made.numpy().astype(int) - plain.numpy()).mean() < 2.5


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(
    looks: Looks, photo: Image, orientation: int
) -> None:
    image = photo.copy()
    image.set_type(Image.black(1, 1).get_typeof("width"), "orientation", orientation)
    data = image.jpegsave_buffer(Q=98)
    crop = "width=500,height=400,fit=cover,gravity=0.8x0.2,format=png"
    made, plain = opened(looks(data, f"{crop},upscale=generate")), opened(looks(data, crop))
    # Red is what the network makes more of.
    assert np.abs(made.numpy().astype(int) - plain.numpy())[..., 1:].mean() < 2.5


def test_alpha_is_kept_and_what_it_hides_does_not_bleed(looks: Looks) -> None:
    pixels = np.zeros((40, 60, 4), np.uint8)
    pixels[...] = (255, 0, 255, 0)
    pixels[:, :30] = (10, 200, 30, 255)
    made = opened(
        looks(from_array(pixels).pngsave_buffer(), "width=120,fit=contain,upscale=generate")
    )
    assert made.hasalpha()
    seen = made.numpy()
    assert (seen[:, :58, 3] == 255).all()
    assert (seen[:, 62:, 3] == 0).all()
    assert np.abs(seen[:, :60, :3].astype(int) - (10, 200, 30)).max() <= 2


@pytest.mark.parametrize("mode", ["CMYK", "L", "I;16"])
def test_other_colours_are_as_they_are_without(looks: Looks, photo: Image, mode: str) -> None:
    if mode == "I;16":
        data = photo.colourspace("grey16").pngsave_buffer()
    else:
        out = BytesIO()
        PilImage.fromarray(photo.numpy()).convert(mode).save(out, "TIFF")
        data = out.getvalue()
    text = "width=640,fit=contain,format=png"
    made, plain = opened(looks(data, f"{text},upscale=generate")), opened(looks(data, text))
    assert made.bands == plain.bands
    assert np.abs(made.numpy().astype(int) - plain.numpy()).mean() < 2


def test_wide_colours_stay_wide(looks: Looks, photo: Image) -> None:
    wide = photo.icc_transform("p3", input_profile="srgb").pngsave_buffer(keep="icc")
    text = "width=640,fit=contain,gamut=p3,format=png"
    made, plain = opened(looks(wide, f"{text},upscale=generate")), opened(looks(wide, text))
    assert made.get_typeof("icc-profile-data") == plain.get_typeof("icc-profile-data") != 0
    assert np.abs(made.numpy().astype(int) - plain.numpy()).mean() < 2


@pytest.mark.parametrize(("quality", "more"), [(40, 0.4), (75, 0.4), (76, 0.2), (97, 0.2)])
def test_a_jpeg_is_cleaned_by_its_quality_while_it_is_enlarged(
    looks: Looks, photo: Image, quality: int, more: float
) -> None:
    data = (photo // 2).cast("uchar").copy(interpretation="srgb").jpegsave_buffer(Q=quality)
    text = "width=640,fit=contain,format=png"
    made, plain = opened(looks(data, f"{text},upscale=generate")), opened(looks(data, text))
    assert redder(made, plain) == pytest.approx(more, abs=0.02)


def test_only_the_first_pass_takes_noise_out(looks: Looks, photo: Image) -> None:
    looks(photo.jpegsave_buffer(Q=50), "width=1200,fit=contain,upscale=generate")
    (first, small), *rest = looks.seen
    assert first == 0.4
    assert rest[-1][0] == 0.0
    assert {more for more, _ in looks.seen} == {0.4, 0.0}
    assert small[0] <= 240


def test_clean_leaves_the_size_as_it_is(looks: Looks, photo: Image) -> None:
    data = (photo // 2).cast("uchar").copy(interpretation="srgb").jpegsave_buffer(Q=50)
    for text, size in (("", (320, 240)), ("width=200,", (200, 150))):
        made, plain = (
            opened(looks(data, f"{text}format=png{more}")) for more in (",upscale=clean", "")
        )
        assert (made.width, made.height) == size
        assert redder(made, plain) == pytest.approx(0.4, abs=0.02)


def test_a_gain_map_is_kept_where_there_is_nothing_to_clean(looks: Looks, photo: Image) -> None:
    data = with_map(photo)  # of quality 90
    for asked in ("generate", "clean"):
        assert looks(data, f"metadata=keep,upscale={asked}").data == data
    assert looks.seen == []


def test_clean_leaves_what_is_clean(looks: Looks, photo: Image) -> None:
    fine, small = photo.jpegsave_buffer(Q=97), photo.jpegsave_buffer(Q=40)
    for data, text in ((fine, "format=png"), (small, "width=160,format=png")):
        assert looks(data, f"{text},upscale=clean").data == looks(data, text).data
    assert looks.seen == []


@pytest.mark.parametrize(
    ("asked", "passes", "quality", "noise"),
    [
        (Upscale.GENERATE, 1, None, Noise.NONE),
        (Upscale.CLEAN, 1, None, Noise.LIGHT),
        (Upscale.CLEAN, 0, None, Noise.LIGHT),
        (Upscale.CLEAN, 0, 75, Noise.STRONG),
        (Upscale.CLEAN, 0, 85, Noise.LIGHT),
        (Upscale.CLEAN, 0, 86, Noise.NONE),
        (Upscale.CLEAN, 1, 93, Noise.LIGHT),
        (Upscale.GENERATE, 2, 100, Noise.LIGHT),
    ],
)
def test_noise_follows_the_quality(
    asked: Upscale, passes: int, quality: int | None, noise: Noise
) -> None:
    assert noise_of(Enlargement(passes=passes, area=1), asked, quality) is noise


def test_a_drawing_is_drawn_at_its_size(looks: Looks) -> None:
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
        b'<rect width="30" height="20" fill="#f00"/></svg>'
    )
    made = opened(looks(svg, "width=400,format=png,fit=contain,upscale=generate"))
    assert (made.width, made.height) == (400, 200)
    assert looks.seen == []


def moving(photo: Image, count: int) -> bytes:
    small = photo.resize(0.125)
    frames = [small if number % 2 else small.invert() for number in range(count)]
    joined = Image.arrayjoin(frames, across=1).copy()
    joined.set_type(Image.new_from_array([0]).get_typeof("width"), "page-height", small.height)
    return joined.webpsave_buffer(lossless=True)


def test_an_animation_is_enlarged_frame_by_frame(looks: Looks, photo: Image) -> None:
    made = looks(moving(photo, 3), "width=80,fit=contain,upscale=generate,format=webp,quality=100")
    assert probe(made.data, Limits()).frames == 3
    assert made.size == Size(80, 60)
    assert looks.areas == [40 * 30] * 3


def test_too_much_is_refused_before_anything_is_decoded(photo: Image, png: bytes) -> None:
    small = Looks(max_upscale_pixels=320 * 240 - 1)
    asked = parse_options("width=640,fit=contain,upscale=generate").options
    with pytest.raises(UpscaleTooLarge, match=r"76799 pixels .*, got 76800"):
        small.renderer.prepare(picture(png[:400]), asked)
    still = "width=80,fit=contain,upscale=generate,anim=false"
    fine = photo.jpegsave_buffer(Q=95)
    assert small(fine, "upscale=clean").size == Size(320, 240)
    with pytest.raises(UpscaleTooLarge):
        small(photo.jpegsave_buffer(Q=50), "upscale=clean")
    few = Looks(max_upscale_pixels=2 * 40 * 30)
    with pytest.raises(UpscaleTooLarge, match="1200 in each of 3 frames"):
        few(moving(photo, 3), still.replace(",anim=false", ",format=webp"))
    assert few(moving(photo, 3), still).size == Size(80, 60)


def test_what_a_zoom_shows_is_refused_once_it_is_known(png: bytes) -> None:
    text = "width=120,height=120,fit=cover,gravity=face,zoom=1,upscale=generate"
    assert Looks(max_upscale_pixels=7000)(png, text).size == Size(120, 120)
    with pytest.raises(UpscaleTooLarge):
        Looks(max_upscale_pixels=6000)(png, text)


def test_a_deadline_ends_the_work_between_tiles(png: bytes) -> None:
    looks = Looks()
    until = Deadline(time.monotonic() + 0.2)
    slow, trace = list[int](), Trace()

    class Slow(Painting):
        def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
            time.sleep(0.15)
            slow.append(1)
            return super().run(inputs)

    looks.renderer.analyses.networks._made["upscaler"] = Waifu2x(  # noqa: SLF001
        dict.fromkeys(Noise, lambda: Slow(0.0, looks.seen))
    )
    with pytest.raises(TimedOut):
        looks.renderer(
            picture(png),
            parse_options("width=1200,fit=contain,upscale=generate").options,
            deadline=until,
            trace=trace,
        )
    assert len(slow) < 6
    assert "upscale=interpolate" in trace.unfinished, "what whoever waits is told"


def test_missing_weights_are_named_all_at_once(photo: Image) -> None:
    def missing(card: str) -> Any:
        raise WeightsMissing(card)

    seeing = analyses()
    networks = Networks(Settings(), lambda card: lambda: missing(card), ready=lambda _: False)
    renderer = Renderer(
        analyses=replace(seeing, networks=networks), limits=Limits(), encoding=Encoding()
    )
    asked = parse_options("upscale=clean").options
    with pytest.raises(WeightsMissing) as caught:
        renderer(picture(photo.jpegsave_buffer(Q=50)), asked, deadline=soon())
    assert set(caught.value.names) == set(CARDS.values())
    plain = renderer(picture(photo.jpegsave_buffer()), replace(asked, width=64), deadline=soon())
    assert plain.size == Size(64, 48)


def told_noise() -> tuple[Looks, list[float]]:
    """A renderer whose weights are not here, and how noisy its own network is told pictures are."""
    looks, told = Looks(), list[float]()

    class Own(Painting):
        def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
            x = inputs["seen"]
            told.append(round(float(x[0, 3, 0, 0]), 2))
            return super().run({"x": x[:, :3, 1:-1, 1:-1]})

    networks = looks.renderer.analyses.networks
    networks.ready = lambda _: False
    networks._made["doubler"] = Doubler(lambda: Own(0.3, looks.seen))  # noqa: SLF001
    return looks, told


def test_without_weights_our_own_network_enlarges_and_is_told_the_quality(photo: Image) -> None:
    looks, told = told_noise()
    image = (photo // 2).cast("uchar").copy(interpretation="srgb")
    jpeg, png = image.jpegsave_buffer(Q=60), image.pngsave_buffer()
    text = "width=640,fit=contain,format=png"
    made, plain = opened(looks(jpeg, f"{text},upscale=generate")), opened(looks(jpeg, text))
    assert redder(made, plain) == pytest.approx(0.3, abs=0.02)
    looks(png, f"{text},upscale=generate")
    looks(png, f"{text},upscale=clean")
    looks(jpeg, f"{text.replace('640', '1200')},upscale=generate")
    each = [noise for noise, before in zip(told, [None, *told], strict=False) if noise != before]
    assert each == [0.4, 0.0, 0.15, 0.4, 0.0]


def test_explain_tells_which_network_enlarges(photo: Image) -> None:
    looks, _ = told_noise()
    text = "width=640,fit=contain,upscale=generate,format=json,explain=true"
    said = json.loads(looks(photo.jpegsave_buffer(Q=70), text).data)["foveate"]["upscale"]
    assert said["model"] == "doubler"
    assert said["jpeg_quality"] == 70


def test_weights_that_are_here_enlarge_though_others_of_theirs_lack(photo: Image) -> None:
    looks, _ = told_noise()
    looks.renderer.analyses.networks.ready = lambda card: card == "waifu2x"
    text = "width=960,fit=contain,upscale=generate,format=json,explain=true"
    clean, noisy = (
        json.loads(looks(data, text).data)["foveate"]["upscale"]["model"]
        for data in (photo.pngsave_buffer(), photo.jpegsave_buffer(Q=40))
    )
    assert (clean, noisy) == ("waifu2x", "doubler")


def test_explain_says_what_is_done_and_does_nothing(looks: Looks, photo: Image) -> None:
    data = photo.jpegsave_buffer(Q=70)
    said = looks(data, "width=960,fit=contain,upscale=generate,format=json,explain=true")
    assert json.loads(said.data)["foveate"]["upscale"] == {
        "model": "waifu2x-noise2",
        "times": 4,
        "pixels": 320 * 240 * 5,
        "jpeg_quality": 70,
        "noise": "strong",
    }
    nothing = looks(data, "width=96,upscale=generate,format=json,explain=true")
    assert json.loads(nothing.data)["foveate"]["upscale"] is None
    plain = looks(data, "width=960,fit=contain,format=json,explain=true")
    assert "upscale" not in json.loads(plain.data)["foveate"]
    assert looks.seen == []


def test_content_credentials_name_it(png: bytes) -> None:
    options = parse_options("width=640,fit=contain,upscale=generate").options
    facts = probe(png, Limits())
    plan = make_plan(lay_out(options, facts.size, Limits()), None, Limits())  # type: ignore[arg-type]
    said = [actions(Done(options, plan, facts, 1, "png", enlarged)) for enlarged in (False, True)]
    more = [each for each in said[1] if each not in said[0]]
    assert more == [{"action": "c2pa.edited", "description": "Pixels made anew by a network."}]


def test_memory_counts_what_the_network_makes(png: bytes) -> None:
    facts = probe(png, Limits())

    def estimate(text: str) -> int:
        return enlarging_bytes(lay_out(parse_options(text).options, facts.size, Limits()), facts)

    assert estimate("width=640,fit=contain") == estimate("width=100,upscale=generate") == 0
    once = estimate("width=640,fit=contain,upscale=generate")
    twice = estimate("width=1280,fit=contain,upscale=generate")
    assert twice - once == 4 * 320 * 240 * (2 * 4 + 2 * 12)


def test_the_memory_of_a_work_has_it(looks: Looks, png: bytes) -> None:
    text = "width=640,fit=contain"
    needs = [
        looks.renderer.prepare(picture(png), parse_options(f"{text}{more}").options).memory_bytes
        for more in ("", ",upscale=generate")
    ]
    assert needs[1] - needs[0] > 60_000_000
