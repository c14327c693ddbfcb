"""Renditions that go by depth, with networks that see what is drawn, looked at in colour."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from depth_files import jpeg, with_gdepth
from service_networks import Detector, Near, analyses, done, picture, soon

from foveate.errors import WeightsMissing
from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.pixels import from_array
from foveate.options.draw import options_from_json
from foveate.options.grammar import parse_options
from foveate.options.model import Format, Refocus
from foveate.service.analyse import Analyser
from foveate.service.annotate import prepare_annotated
from foveate.service.depths import focused
from foveate.service.parts.depth import DEPTH, fine
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits
from foveate.trace import Trace
from foveate.transform.layout import parts_of
from foveate.vision.depth import Depth, Known

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.options.model import TransformOptions
    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses

    Pixels = NDArray[np.uint8]

SIZE = Size(320, 240)
HEAD = Box(200, 50, 60, 80)
PNG = "format=png"


class People:
    """Takes the drawn head for a person, as fine as the network for people does."""

    name = "head-people"

    def input_size(self, size: Size) -> Size:  # noqa: ARG002
        return Size(256, 256)

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        y, x = np.mgrid[0:256, 0:256].astype(np.float32)
        far = np.hypot((x * 320 / 256 - 230) / 24, (y * 240 / 256 - 90) / 32)
        assert rgb.shape == (256, 256, 3)
        return ((1.08 - far) / 0.16).clip(0, 1).astype(np.float32)


class Unsure(People):
    """Sees nobody, and says what stands out by a map that is as coarse as one of saliency."""

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:  # noqa: ARG002
        return np.zeros((224, 224), np.float32)


class Flat(Near):
    """Sees the other way round what is low, which the readout does not believe."""

    name = "flat"

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        return 1 - super().__call__(rgb)


def scene() -> Pixels:
    """A yellow head before fine grey stripes, and a yellow block at the lower left."""
    rgb = np.full((SIZE.height, SIZE.width, 3), 60, np.uint8)
    rgb[:, ::6], rgb[:, 1::6], rgb[:, 2::6] = 200, 200, 200
    y, x = np.mgrid[0:240, 0:320]
    head = ((x - 230) / 24) ** 2 + ((y - 90) / 32) ** 2 <= 1
    rgb[head] = (230, 200, 90)
    rgb[150:230, 20:100] = (240, 210, 40)
    return rgb


@pytest.fixture
def png() -> bytes:
    data: bytes = from_array(scene()).pngsave_buffer()
    return data


def with_depth(**more: Any) -> Analyses:
    return analyses(**{"matte-fast": People(), "matte-balanced": People(), **more})


def render(data: bytes, text: str, seen: Analyses | None = None, **others: bytes) -> Rendition:
    return asked(data, parse_options(text).options, seen, **others)


def asked(
    data: bytes, options: TransformOptions, seen: Analyses | None = None, **others: bytes
) -> Rendition:
    verb = Renderer(analyses=seen or with_depth(), limits=Limits(), encoding=Encoding())
    drawn = {f"{name}.png": picture(other) for name, other in others.items()}
    return verb(picture(data), options, deadline=soon(), others=drawn)


def opened(made: Rendition) -> NDArray[np.int64]:
    return Image.new_from_buffer(made.data, "").numpy().astype(np.int64)


def stripes(pixels: NDArray[np.int64]) -> float:
    """How much is left of the stripes behind, far from everything."""
    return float(pixels[10:40, 20:160, 0].std())


def test_the_head_stays_sharp_and_what_is_behind_it_does_not(png: bytes) -> None:
    before = scene().astype(int)
    made = opened(render(png, f"refocus=auto,refocus.aperture=1.4,{PNG}"))
    assert stripes(made) < stripes(before) / 2
    assert np.abs(made[70:110, 218:242] - before[70:110, 218:242]).max() <= 2
    assert made.shape == before.shape


def test_who_has_a_face_stays_sharp_whom_only_our_own_head_sees(png: bytes) -> None:
    seen = with_depth(**{"matte-fast": Unsure()})
    analysis = seen.open(PixelSource(picture(png), soon(), Trace()))
    found = focused(analysis, fine(analysis, 400), parse_options("refocus=auto").options, Refocus())
    assert found.on == "face"
    assert found.plane.subject is not None
    assert found.plane.subject[90, 230] == 1


@pytest.mark.parametrize("fast", [Unsure(), People()])
def test_where_there_is_no_face_the_whole_subject_that_our_own_head_sees_stays_sharp(
    png: bytes, fast: People
) -> None:
    class Block(People):
        """Takes the block for the subject, which no network for people knows."""

        def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
            block = np.zeros(rgb.shape[:2], np.float32)
            block[160:245, 16:80] = 1
            return block

    nets = {"matte-fast": fast, "matte-balanced": Block(), "faces": Detector(None)}
    analysis = with_depth(**nets).open(PixelSource(picture(png), soon(), Trace()))
    found = focused(analysis, fine(analysis, 400), parse_options("refocus=auto").options, Refocus())
    assert found.on == "subject"
    assert found.plane.subject is not None
    assert found.plane.subject[190, 60] == 1
    assert found.plane.subject[90, 230] == 0


def test_a_smaller_aperture_blurs_less(png: bytes) -> None:
    wide, narrow = (
        stripes(opened(render(png, f"refocus=auto,refocus.aperture={f},{PNG}"))) for f in (1.4, 16)
    )
    assert wide < narrow / 1.5


def test_a_place_far_away_is_brought_into_focus_and_the_head_is_not(png: bytes) -> None:
    before = scene().astype(int)
    made = opened(render(png, f"refocus=0.2x0.1,refocus.aperture=1.4,{PNG}"))
    assert stripes(made) > 0.8 * stripes(before)
    edge = np.s_[85:95, 194:214]
    assert np.diff(made[edge].mean(0)[:, 2]).max() < np.diff(before[edge].mean(0)[:, 2]).max()


def test_the_same_options_give_the_same_bytes_from_networks_and_from_the_memo(png: bytes) -> None:
    seen = with_depth()
    one, other = (render(png, f"refocus=face,{PNG}", seen) for _ in range(2))
    assert one.data == other.data == render(png, f"refocus=face,{PNG}").data


def test_a_crop_is_refocused_as_the_whole_picture_is(png: bytes) -> None:
    whole = opened(render(png, f"refocus=auto,{PNG}"))
    part = opened(render(png, f"refocus=auto,trim.left=100,trim.top=20,{PNG}"))
    assert np.abs(part[20:-20, 20:-20] - whole[40:-20, 120:-20]).mean() < 4


def test_light_is_taken_from_what_is_far_and_given_to_what_is_near(png: bytes) -> None:
    before, made = scene().astype(int), opened(render(png, f"light=1,{PNG}"))
    assert made[5:30].mean() < 0.7 * before[5:30].mean()
    assert made[170:220, 40:80].mean() >= before[170:220, 40:80].mean()
    little = opened(render(png, f"light=0.2,{PNG}"))
    assert made[5:30].mean() < little[5:30].mean() < before[5:30].mean()


def test_depth_is_answered_as_a_grey_picture(png: bytes) -> None:
    made = opened(render(png, f"segment.output=depth,{PNG}"))
    assert made.shape[:2] == (240, 320)
    assert np.ptp(made, axis=2).max() == 0
    assert made[190, 60, 0] > made[190, 300, 0] > made[5, 150, 0]


@pytest.mark.parametrize("output", ["depth", "matte"])
def test_a_map_is_the_same_whatever_else_is_asked_for(output: str, png: bytes) -> None:
    asked = f"segment.output={output},{PNG}"
    more = "light=1,refocus=auto,style=poster,effect.tint=red,effect.blur=40,segment.background=red"
    made = render(png, f"{asked},{more}")
    assert made.data == render(png, asked).data
    for name in ("light", "refocus", "style", "effect.tint", "segment.background"):
        assert name in made.headers["Foveate-Note"]


def test_depth_is_told_as_a_map_with_its_confidence(png: bytes) -> None:
    told = done(Analyser(analyses=with_depth()).prepare(picture(png), ["depth"])).to_json()["depth"]
    assert told["known_by"] == "network"
    assert 0 <= told["confidence"] <= 1
    assert (told["width"], told["height"]) == (320, 240)


def test_a_drawing_shows_depth_in_colours(png: bytes) -> None:
    known = done(Analyser(analyses=with_depth()).prepare(picture(png), ["depth"]))
    drawn = Image.new_from_buffer(done(prepare_annotated(picture(png), known)), "").numpy()
    plain = Image.new_from_buffer(
        done(
            prepare_annotated(
                picture(png), done(Analyser(analyses=with_depth()).prepare(picture(png), ["faces"]))
            )
        ),
        "",
    ).numpy()
    assert np.ptp(drawn[60, 60:200].astype(int), axis=1).mean() > 20
    assert np.ptp(plain[60, 60:200].astype(int), axis=1).mean() < 5


def test_depth_in_the_file_is_used_and_no_network_asked() -> None:
    levels = np.full((60, 80), 230, np.uint8)
    levels[10:36, 48:68] = 10  # white is far
    data = with_gdepth(
        from_array(scene()).jpegsave_buffer(Q=95), jpeg(levels), {"Format": "RangeInverse"}
    )
    near = Near()
    known = done(Analyser(analyses=analyses(depth=near)).prepare(picture(data), ["depth"]))["depth"]
    assert (known.known_by, known.confidence) == (Known.FILE, 1.0)
    assert known.nearness[22, 58] > 0.95
    assert known.nearness[50, 10] < 0.05


def test_without_the_network_there_is_order_and_light_and_a_note(png: bytes) -> None:
    seen = analyses(missing=("depth",))
    known = done(Analyser(analyses=seen).prepare(picture(png), ["depth"]))["depth"]
    assert known.known_by is Known.ORDER
    assert known.nearness[-1].mean() > known.nearness[0].mean()
    made = render(png, f"light=1,{PNG}", seen)
    assert "foveate models pull depth" in made.headers["Foveate-Note"]
    assert opened(made)[5:30].mean() < 0.8 * scene()[5:30].mean()


SHEET = {"draw": [{"url": "sheet.png", "behind": 0.6}]}
BY_DEPTH = (
    {"refocus": "auto"},
    {"light": 0.5},
    {"segment": {"output": "depth"}},
    {"effect": {"mask": "depth:1:0.5", "blur": 9}},
    {"segment": "foreground", "mask": "depth:1:0.5"},
    SHEET,
)


@pytest.mark.parametrize("text", BY_DEPTH, ids=str)
def test_whatever_goes_by_depth_says_where_it_is_unsure(text: dict[str, Any], png: bytes) -> None:
    unsure = with_depth(depth=Flat())
    options = options_from_json({"format": "png", **text}).options
    note = asked(png, options, unsure, sheet=png).headers["Foveate-Note"]
    assert "depth is unsure here (0." in note
    assert note.endswith(" is weaker") is bool(options.refocus or options.light)
    told = asked(png, replace(options, format=Format.JSON, explain=True), unsure, sheet=png).data
    depth = json.loads(told)["foveate"]["depth"]
    assert depth["confidence"] < 0.5
    assert ("strength" in depth) is bool(options.refocus or options.light)


@pytest.mark.parametrize("text", BY_DEPTH[1:], ids=str)
def test_whatever_goes_by_depth_says_where_its_network_is_missing(
    text: dict[str, Any], png: bytes
) -> None:
    options = options_from_json({"format": "png", **text}).options
    made = asked(png, options, with_depth(missing=("depth",)), sheet=png)
    assert "foveate models pull depth" in made.headers["Foveate-Note"]


def test_two_that_are_weaker_are_said_as_two(png: bytes) -> None:
    made = render(png, f"refocus=auto,light=1,{PNG}", with_depth(depth=Flat()))
    assert made.headers["Foveate-Note"].endswith(", so refocus and light are weaker")


def test_what_goes_by_no_depth_says_nothing_of_it(png: bytes) -> None:
    unsure = with_depth(depth=Flat())
    sheet = {"draw": [{"url": "sheet.png", "behind": "subject"}]}
    for text in ({"effect": {"mask": "face", "blur": 9}}, sheet):
        made = asked(png, options_from_json({"format": "png", **text}).options, unsure, sheet=png)
        assert "Foveate-Note" not in made.headers


def test_without_the_network_a_lens_says_what_to_fetch(png: bytes) -> None:
    with pytest.raises(WeightsMissing, match="foveate models pull depth"):
        render(png, f"refocus=auto,{PNG}", analyses(missing=("depth",)))


def test_where_the_network_is_damaged_that_is_said(png: bytes) -> None:
    spoilt = analyses(missing=("depth",))
    spoilt.networks.damaged = lambda name: name == "depth"
    with pytest.raises(WeightsMissing, match="of depth are damaged"):
        render(png, f"refocus=auto,{PNG}", spoilt)
    assert "the network for it is damaged" in str(render(png, f"light=0.5,{PNG}", spoilt).headers)
    missing = render(png, f"light=0.5,{PNG}", analyses(missing=("depth",)))
    assert "the network for it is not here" in str(missing.headers)


def test_explain_says_what_is_in_focus_and_how_sure_that_is(png: bytes) -> None:
    said = json.loads(render(png, "refocus=auto,format=json,explain=true").data)["foveate"]["depth"]
    assert said["on"] == "face"
    assert set(said) == {"confidence", "known_by", "strength", "on", "nearness"}
    nobody = json.loads(
        render(png, "refocus=auto,format=json,explain=true", with_depth(faces=Detector(None))).data
    )["foveate"]["depth"]
    assert nobody["on"] == "subject"
    point = json.loads(render(png, "refocus=0.2x0.8,format=json,explain=true").data)
    assert point["foveate"]["depth"]["on"] == "point"


def test_what_is_laid_behind_the_subject_is_hidden_by_it(png: bytes) -> None:
    banner: bytes = from_array(np.full((40, 320, 3), (0, 0, 220), np.uint8)).pngsave_buffer()
    options = options_from_json(
        {
            "format": "png",
            "draw": [{"url": "banner.png", "top": 70, "left": 0, "behind": "subject"}],
        }
    ).options
    made, before = opened(asked(png, options, banner=banner)), scene().astype(int)
    assert made[90, 20].tolist() == [0, 0, 220]
    assert np.abs(made[90, 230] - before[90, 230]).max() <= 3
    assert np.array_equal(made[130:], before[130:])


def test_what_is_laid_behind_a_depth_is_hidden_by_what_is_nearer(png: bytes) -> None:
    sheet: bytes = from_array(np.full((240, 320, 3), (0, 0, 220), np.uint8)).pngsave_buffer()
    options = options_from_json(
        {"format": "png", "draw": [{"url": "sheet.png", "behind": 0.75}]}
    ).options
    made = opened(asked(png, options, sheet=sheet))
    assert made[190, 60].tolist() == pytest.approx([240, 210, 40], abs=6)
    assert made[20, 100].tolist() == [0, 0, 220]


def test_a_frame_and_a_pad_do_not_move_what_stands_before(png: bytes) -> None:
    sheet: bytes = from_array(np.full((300, 400, 3), (0, 0, 220), np.uint8)).pngsave_buffer()
    options = options_from_json(
        {
            "format": "png",
            "width": 340,
            "height": 300,
            "fit": "pad-down",
            "border": {"color": "red", "width": 10},
            "draw": [{"url": "sheet.png", "behind": "subject"}],
        }
    ).options
    made = opened(asked(png, options, sheet=sheet))
    assert made.shape[:2] == (320, 360)
    assert made[10 + 30 + 90, 10 + 10 + 230].tolist() == pytest.approx([230, 200, 90], abs=6)
    assert made[15, 5].tolist() == [0, 0, 220]


def test_an_animation_is_refocused_in_every_frame() -> None:
    frames = Image.arrayjoin([from_array(scene()), from_array(255 - scene())], across=1).copy()
    frames.set_type(Image.new_from_array([[1]]).get_typeof("width"), "page-height", 240)
    gif: bytes = frames.gifsave_buffer()
    made = Image.new_from_buffer(render(gif, "refocus=auto,format=gif").data, "", n=-1)
    assert (made.get("n-pages"), made.height) == (2, 480)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("width=10", set()),
        ("light=0.5", {"nearness"}),
        ("refocus=auto", {"nearness", "matte", "faces", "saliency"}),
        ("refocus=0.5x0.5", {"nearness", "matte"}),
        ("segment.output=depth", {"nearness"}),
    ],
)
def test_only_who_goes_by_depth_looks_for_it(text: str, expected: set[str]) -> None:
    assert parts_of(parse_options(text).options) == expected


def test_depth_survives_the_memo() -> None:
    near = np.random.default_rng(0).random((30, 40)).astype(np.float32)
    kept = DEPTH.codec.load(DEPTH.codec.dump(Depth(near, 0.625, Known.NETWORK)))
    assert kept.nearness == pytest.approx(near, abs=0.003)
    assert (kept.confidence, kept.known_by) == (0.625, Known.NETWORK)


class Speck(People):
    """Takes a few cells for somebody."""

    def __init__(self, at: int) -> None:
        self.at = at

    def input_size(self, size: Size) -> Size:  # noqa: ARG002
        return Size(1024, 768)

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        matte = np.zeros(rgb.shape[:2], np.float32)
        matte[self.at : self.at + 2, self.at : self.at + 2] = 1
        return matte


@pytest.mark.parametrize("at", range(200, 206))
@pytest.mark.parametrize("text", ["refocus=auto", "refocus=0.25x0.33", "refocus=0.9x0.9"])
def test_somebody_of_a_few_pixels_leaves_the_focal_plane_somewhere(at: int, text: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (600, 800, 3), dtype=np.uint8)
    speck, data = Speck(at), from_array(noise).pngsave_buffer()
    nets = {"matte-fast": speck, "matte-balanced": speck, "faces": Detector(None)}
    analysis = with_depth(**nets).open(PixelSource(picture(data), soon(), Trace()))
    options = parse_options(f"{text},segment=foreground,segment.quality=balanced").options
    assert options.refocus is not None
    found = focused(analysis, fine(analysis, 400), options, options.refocus)
    assert 0 <= found.plane.nearness <= 1
    assert np.isfinite(found.plane.scene).all()
