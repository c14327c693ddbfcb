"""Whole renditions, with a detector that sees what the test says."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image as PilImage
from service_networks import HEAD, Detector, analyses, done, picture, soon

from foveate.deadline import Deadline
from foveate.errors import (
    BadOption,
    BrokenImage,
    ClientDisconnected,
    NotAnImage,
    OutputTooLarge,
    TimedOut,
)
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.mezzanine import Mezzanine
from foveate.imaging.pixels import from_array
from foveate.imaging.probe import probe
from foveate.imaging.shrink import CAREFUL, FINE, QUICK
from foveate.options.grammar import parse_options
from foveate.options.model import Format, Overlay, TransformOptions
from foveate.service.analyse import Analyser
from foveate.service.crops import Cropper
from foveate.service.render import Renderer, reduction_left
from foveate.settings import Encoding, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.imaging.shrink import Reduction
    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses


def renderer(detector: Detector | None = None, **limits: int) -> Renderer:
    seeing = analyses(detector)
    return Renderer(analyses=seeing, limits=Limits(**limits), encoding=Encoding())  # type: ignore[arg-type]


def render(data: bytes, text: str, with_: Renderer | None = None) -> Rendition:
    return (with_ or renderer())(picture(data), parse_options(text).options, deadline=soon())


def opened(rendition: Rendition) -> Image:
    return Image.new_from_buffer(rendition.data, "")


@pytest.fixture
def png(photo: Image) -> bytes:
    return photo.pngsave_buffer()


@pytest.fixture
def jpeg(photo: Image) -> bytes:
    return photo.zoom(4, 4).jpegsave_buffer(Q=95)


@pytest.fixture
def gif(photo: Image) -> bytes:
    small = photo.resize(0.25)
    frames = Image.arrayjoin([small, small.invert(), small.fliphor()], across=1).copy()
    frames.set_type(Image.new_from_array([0]).get_typeof("width"), "page-height", small.height)
    return frames.gifsave_buffer()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("whole", "width=96"),
        ("cover-centre", "width=96,height=96,fit=cover"),
        ("cover-face", "width=96,height=96,fit=cover,gravity=face"),
        ("cover-face-tight", "width=96,height=96,fit=cover,gravity=face,zoom=1"),
        ("cover-face-half", "width=64,height=96,fit=cover,gravity=face,zoom=0.5"),
        ("cover-left", "width=64,height=96,fit=cover,gravity=left"),
        ("cover-point", "width=64,height=96,fit=cover,gravity=0.8x0.2"),
        ("pad", "width=96,height=96,fit=pad,background=%23336699"),
        ("squeeze", "width=96,height=40,fit=squeeze"),
        ("turned", "width=60,rotate=90,flip=h"),
        ("trimmed", "trim=10;200;160;10,width=80"),
        ("colours", "width=96,saturation=1.6,contrast=1.2,brightness=1.1,gamma=0.9"),
        ("blurred", "width=96,blur=20"),
        ("sharp", "width=96,sharpen=2"),
        ("rounded", "width=96,radius=12;0;0.5;40%25,background=%23336699"),
        ("rounded-pill", "width=96,border.width=4,border.color=red,radius=99,background=%23fff"),
    ],
)
def test_golden(
    name: str, options: str, png: bytes, assert_like: Callable[[bytes, str], None]
) -> None:
    assert_like(render(png, f"{options},format=png").data, name)


@pytest.mark.parametrize(
    ("text", "kind", "corner"),
    [
        ("radius=20", "image/png", (0,)),
        ("radius=20,format=webp", "image/webp", (0,)),
        ("radius=20,format=jpeg", "image/jpeg", (255, 255, 255)),
        ("radius=20,background=red", "image/jpeg", (255, 0, 0)),
        ("radius=20,segment.output=depth,background=blue,format=png", "image/png", (0, 0, 255)),
    ],
)
def test_rounded_corners_are_transparent_where_the_format_has_that_else_of_the_background(
    text: str, kind: str, corner: tuple[int, ...], jpeg: bytes
) -> None:
    made = render(jpeg, f"width=120,{text}")
    seen = opened(made)(1, 1)
    assert made.content_type == kind
    assert np.allclose(seen[3:] if corner == (0,) else seen, corner, atol=6)


def test_the_face_is_in_the_crop_and_the_answer_says_so(png: bytes) -> None:
    made = render(png, "width=120,height=120,fit=cover,gravity=face,zoom=1,format=png")
    middle = [round(v) for v in opened(made)(60, 60)]
    assert np.allclose(middle, (224, 172, 140), atol=10)
    assert made.headers == {"Foveate-Gravity": "face"}


def test_a_source_is_looked_at_once_for_all_its_sizes(png: bytes) -> None:
    detector = Detector()
    shared = renderer(detector)
    for side in (40, 60, 80):
        render(png, f"width={side},height={side},fit=cover,gravity=face", shared)
    assert detector.calls == 1


def test_two_sizes_at_once_look_once(png: bytes) -> None:
    detector = Detector()
    shared = renderer(detector)
    options = "width=40,height={},fit=cover,gravity=face"
    threads = [
        threading.Thread(target=render, args=(png, options.format(side), shared))
        for side in (50, 60, 70, 80)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert detector.calls == 1


@pytest.mark.parametrize(
    "text", ["width=120", "width=210", "width=90,height=90,fit=cover,gravity=face"]
)
def test_an_answer_from_kept_pixels_is_like_one_from_the_file(text: str, photo: Image) -> None:
    data = photo.resize(3).jpegsave_buffer(Q=90)
    known = replace(picture(data), key="a", version="1")
    keeping = replace(renderer(), mezzanine=Mezzanine(10**7))
    options = [
        parse_options(f"{each},format=webp,quality=100").options for each in ("width=450", text)
    ]
    *_, warm = (keeping(known, each, deadline=soon()) for each in (*options, *options))
    cold = renderer()(known, options[1], deadline=soon())
    colours = [opened(made).colourspace("lab") for made in (warm, cold)]
    assert colours[0].dE00(colours[1]).avg() < 0.5
    assert warm.headers == cold.headers


def test_json_has_cloudflares_shape(png: bytes) -> None:
    made = render(png, "width=160,format=json")
    assert made.content_type == "application/json"
    assert json.loads(made.data) == {
        "width": 160,
        "height": 120,
        "original": {"file_size": len(png), "width": 320, "height": 240, "format": "image/png"},
    }


def test_explain_tells_why_in_upright_pixels(photo: Image) -> None:
    lying = photo.rot270().copy()
    lying.set_type(lying.get_typeof("width"), "orientation", 6)
    data = lying.jpegsave_buffer(Q=95)
    options = "width=100,height=200,fit=cover,gravity=face,zoom=1,format=json,explain=true"
    told = json.loads(render(data, options).data)
    assert (told["original"]["width"], told["original"]["height"]) == (320, 240)
    why = told["foveate"]
    assert why["faces"][0]["box"] == {"left": 200, "top": 50, "width": 60, "height": 80}
    assert set(why["faces"][0]["landmarks"]) == {
        "left_eye",
        "right_eye",
        "nose",
        "mouth_left",
        "mouth_right",
    }
    assert (why["gravity"], why["fallback"], why["model"]) == ("face", False, "drawn")
    assert why["crop"]["wanted"] == {"left": 200, "top": 30, "width": 60, "height": 120}
    # Moved up, so that the hair is in it.
    assert why["crop"]["box"] == {"left": 200, "top": 19.6, "width": 60, "height": 120}


def test_explain_names_the_faces_that_gravity_auto_spared(png: bytes) -> None:
    options = "width=60,height=120,fit=cover,gravity=auto,format=json,explain=true"
    why = json.loads(render(png, options).data)["foveate"]
    assert (why["gravity"], len(why["faces"]), why["model"]) == ("saliency", 1, "drawn")


def test_no_face_falls_back_and_says_so(png: bytes) -> None:
    options = "width=60,height=120,fit=cover,gravity=face,format=json,explain=true"
    why = json.loads(render(png, options, renderer(Detector(None))).data)["foveate"]
    assert (why["gravity"], why["fallback"], why["faces"]) == ("saliency", True, [])


def test_a_tight_zoom_decodes_finer_than_the_analysis(jpeg: bytes) -> None:
    detector = Detector(size=Size(320, 240))
    tight = "width=240,height=320,fit=cover,gravity=face,zoom=1,format=png"
    made = opened(render(jpeg, tight, renderer(detector)))
    # The rim of the head is one step in the source; from a coarse decode it would be a ramp.
    row = made.crop(0, 160, made.width, 1).numpy()[0, :, 0].astype(int)
    assert np.abs(np.diff(row)).max() > 40


@pytest.mark.parametrize(
    ("kind", "side", "left"),
    [("jpeg", 1024, QUICK), ("webp", 1025, FINE), ("png", 100, CAREFUL), ("tiff", 2000, CAREFUL)],
)
def test_the_larger_and_the_more_exact_the_less_is_left_to_the_decoder(
    kind: str, side: int, left: Reduction
) -> None:
    assert reduction_left(kind, Size(side, 10)) is left


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ("width=50", "image/png"),
        ("width=50,format=jpeg", "image/jpeg"),
        ("width=50,format=webp", "image/webp"),
        ("width=50,format=avif", "image/avif"),
        ("width=50,compression=fast", "image/jpeg"),
        ("width=50,format=auto", "image/png"),
    ],
)
def test_the_format_is_what_was_asked_for(options: str, kind: str, png: bytes) -> None:
    made = render(png, options)
    assert made.content_type == kind
    assert (
        (opened(made).width, opened(made).height) == (50, 38) == (made.size.width, made.size.height)
    )


def test_avif_beyond_its_limit_becomes_webp(jpeg: bytes) -> None:
    large = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding(avif_max_side=300))
    assert render(jpeg, "width=400,format=avif", large).content_type == "image/webp"


def test_animations_keep_moving_and_can_stand_still(gif: bytes) -> None:
    moving = Image.new_from_buffer(render(gif, "width=40,height=40,fit=cover").data, "", n=-1)
    assert (moving.width, moving.get("page-height"), moving.get("n-pages")) == (40, 40, 3)
    webp = Image.new_from_buffer(render(gif, "width=40,format=webp").data, "", n=-1)
    assert webp.get("n-pages") == 3
    still = opened(render(gif, "width=40,anim=false"))
    assert "n-pages" not in still.get_fields() or still.get("n-pages") == 1


def test_overlays_are_drawn_at_their_share_of_the_base(png: bytes) -> None:
    mark = from_array(np.full((200, 200, 3), (250, 0, 250), np.uint8)).pngsave_buffer()
    item = Overlay(url="mark", options=TransformOptions(), width=0.5, top=0, left=0)
    options = TransformOptions(width=160, format=Format.PNG, draw=(item,))
    made = renderer()(picture(png), options, deadline=soon(), others={"mark": picture(mark)})
    image = opened(made)
    assert [round(v) for v in image(70, 70)][:3] == [250, 0, 250]
    assert [round(v) for v in image(90, 40)][:3] != [250, 0, 250]


def test_an_overlay_whose_bytes_are_missing_is_named(png: bytes) -> None:
    options = TransformOptions(draw=(Overlay(url="gone.png", options=TransformOptions()),))
    with pytest.raises(BadOption, match=r"gone\.png"):
        renderer()(picture(png), options, deadline=soon())


def test_svg_passes_sanitised_or_is_rasterised() -> None:
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><script>x</script>'
        b'<rect width="40" height="20" fill="#f00"/></svg>'
    )
    passed = render(svg, "width=400")
    assert passed.content_type == "image/svg+xml"
    assert b"script" not in passed.data
    assert b"rect" in passed.data
    drawn = opened(render(svg, "width=400,format=png,fit=contain"))
    assert (drawn.width, drawn.height) == (400, 200)
    assert [round(v) for v in drawn(200, 100)][:3] == [255, 0, 0]


def test_a_uniform_border_is_cut_off(photo: Image) -> None:
    framed = photo.embed(30, 20, 400, 300, extend="background", background=[255, 255, 255])
    made = opened(render(framed.pngsave_buffer(), "trim=border"))
    assert abs(made.width - 320) <= 2
    assert abs(made.height - 240) <= 2


def test_a_deadline_stops_the_work(jpeg: bytes) -> None:
    options = parse_options("width=50").options
    with pytest.raises(TimedOut):
        renderer()(picture(jpeg), options, deadline=Deadline(time.monotonic() - 1))
    gone = threading.Event()
    gone.set()
    with pytest.raises(ClientDisconnected):
        renderer()(picture(jpeg), options, deadline=Deadline(time.monotonic() + 9, gone))


@pytest.mark.parametrize("options", ["width=50", "width=50,height=90,fit=cover,gravity=face"])
def test_truncated_and_foreign_bytes_are_the_sources_fault(options: str, jpeg: bytes) -> None:
    with pytest.raises(BrokenImage):
        render(jpeg[: len(jpeg) // 2], options)
    with pytest.raises(NotAnImage):
        render(b"hello" * 100, options)


def test_analyse_tells_size_faces_and_times(jpeg: bytes) -> None:
    found = done(Analyser(analyses=analyses()).prepare(picture(jpeg), ["faces", "saliency"]))
    assert (found.size.width, found.size.height) == (1280, 960)
    assert found["faces"][0].box.left == 800
    assert set(found.to_json()["timings_ms"]) == {"decode", "faces", "saliency"}
    with pytest.raises(BadOption, match="faces, saliency"):
        Analyser(analyses=analyses()).prepare(picture(jpeg), ["mood"])


def cropper(seeing: Analyses) -> Cropper:
    drawn = Renderer(analyses=seeing, limits=Limits(), encoding=Encoding())
    return Cropper(analyses=seeing, limits=Limits(), renderer=drawn)


def test_crops_are_the_largest_of_their_aspect_and_keep_the_head(png: bytes) -> None:
    work = cropper(analyses()).prepare_pictures(picture(png), ["1:1", "9:16", "16:9"])
    made = done(work)
    boxes = [crop.box for crop, _ in made]
    assert [(box.width, box.height) for box in boxes] == [(240, 240), (135, 240), (320, 180)]
    assert all(box.contains(HEAD) for box in boxes)
    assert [rendition.size for _, rendition in made] == [
        Size(240, 240),
        Size(135, 240),
        Size(320, 180),
    ]


@pytest.mark.parametrize("aspect", ["", "0:1", "a:b", "1:0", "1:1000", "-1:1", "nan"])
def test_an_impossible_aspect_is_refused(aspect: str, png: bytes) -> None:
    with pytest.raises(BadOption, match="aspect ratio"):
        cropper(analyses()).prepare(picture(png), [aspect])


def needed(data: bytes, text: str = "", *over: Overlay, **others: bytes) -> int:
    options = parse_options(text).options if text else TransformOptions()
    behind = {key: picture(other) for key, other in others.items()}
    return renderer().prepare(picture(data), replace(options, draw=over), behind).memory_bytes


def over(key: str, **more: Any) -> Overlay:
    return Overlay(url=key, options=TransformOptions(), **more)


def test_the_memory_estimate_grows_with_what_is_decoded(jpeg: bytes, gif: bytes) -> None:
    small, large = needed(jpeg, "width=10"), needed(jpeg, "width=1200")
    assert len(jpeg) < small < large
    assert needed(gif) > 3 * 80 * 60 * 4


def test_the_memory_estimate_counts_each_overlay_that_is_kept_once(png: bytes) -> None:
    base = "width=8,format=png"
    final = probe(png, Limits()).size.area * 4
    nothing = needed(png, base, a=png, b=png)
    once = needed(png, base, over("a"), a=png, b=png)
    assert once > nothing + final
    assert needed(png, base, over("a"), over("a", top=1), a=png, b=png) == once
    assert needed(png, base, over("a"), over("b"), a=png, b=png) == once + final
    assert needed(png, base, over("a"), over("a", width=160), a=png) - once < final


def test_the_memory_estimate_counts_what_stands_behind_the_subject(png: bytes) -> None:
    cut = "width=8,format=png,segment=foreground,segment.quality=fast"
    behind = needed(png, f"{cut},segment.background=b.png", **{"b.png": png})
    larger = behind - needed(png, cut, **{"b.png": png})
    assert larger > probe(png, Limits()).size.area * 3


def test_the_memory_estimate_counts_what_an_encoder_takes(png: bytes) -> None:
    shapes = ("jpeg", "webp", "webp,quality=100", "avif")
    plain, *greedy = (needed(png, f"format={shape}") for shape in shapes)
    assert all(need > plain for need in greedy[1:])


def test_the_memory_estimate_counts_the_other_shape_that_a_trim_may_leave(png: bytes) -> None:
    both, open_ = (
        needed(png, f"width=900,fit=contain,trim=border{more}") for more in (",height=9", "")
    )
    assert open_ > both + 900 * 12_000 * 4


def test_an_overlay_asked_for_twice_is_made_once(png: bytes, photo: Image) -> None:
    reads: list[str] = []
    stamp = photo.pngsave_buffer()

    class Counted:
        """A picture that notes when its bytes are read."""

        def __init__(self) -> None:
            self.picture = picture(stamp)
            self.facts, self.digest = self.picture.facts, self.picture.digest
            self.lifetime = self.picture.lifetime

        @property
        def data(self) -> bytes:
            reads.append("read")
            return stamp

    twice = (over("a", top=0, left=0, width=20), over("a", top=50, left=90, width=20))
    options = replace(parse_options("format=png").options, draw=twice)
    made = opened(renderer()(picture(png), options, deadline=soon(), others={"a": Counted()}))
    assert len(reads) == 1
    first, second = made.crop(0, 0, 20, 15), made.crop(90, 50, 20, 15)
    assert (first - second).abs().max() == 0
    assert (made - opened(render(png, "format=png"))).abs().max() > 20


def test_what_can_never_be_rendered_is_too_large_and_not_busy(png: bytes) -> None:
    with pytest.raises(OutputTooLarge):
        needed(png, "width=1000000,fit=contain")
    with pytest.raises(OutputTooLarge):
        needed(png, "border.width=1000000")


def test_a_translucent_background_is_laid_once(png: bytes) -> None:
    made = opened(
        render(png, "width=100,height=100,fit=pad,background=rgba(255,0,0,0.5),format=png")
    )
    assert [round(v) for v in made(50, 2)] == [255, 0, 0, 128]


def test_colours_are_said_in_the_numbers_of_the_gamut(png: bytes) -> None:
    options = "width=40,border.width=5,border.color=red,gamut=p3,format=png"
    made = opened(render(png, options))
    assert np.allclose(made(1, 1), (234, 51, 35), atol=1)
    assert np.allclose(made.icc_transform("srgb", embedded=True)(1, 1)[:3], (255, 0, 0), atol=3)


def test_a_drawing_is_rasterised_when_pictures_are_drawn_on_it(png: bytes) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"/>'
    item = Overlay(url="x", options=TransformOptions(), width=20)
    options = TransformOptions(draw=(item,))
    made = renderer()(picture(svg), options, deadline=soon(), others={"x": picture(png)})
    assert made.content_type == "image/png"
    told = json.loads(render(svg, "rotate=90,width=20,format=json").data)
    assert (told["width"], told["height"]) == (80, 40)
    ((_, cut),) = done(cropper(analyses()).prepare_pictures(picture(svg), ["1:1"]))
    assert (cut.content_type, cut.size) == ("image/png", Size(40, 40))


def test_saliency_is_looked_for_in_what_a_trim_leaves(png: bytes) -> None:
    whole, left = (
        json.loads(
            render(
                png, f"{trim}width=60,height=120,fit=cover,gravity=auto,format=json,explain=true"
            ).data
        )["foveate"]["focus"]
        for trim in ("", "trim=0;200;0;0,")
    )
    assert left[0] <= 120 / 320
    assert whole != left


def test_a_drawing_keeps_the_ratio_that_whole_pixels_cannot_say() -> None:
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1.5 1">'
        b'<rect width="1.5" height="1" fill="#00f"/></svg>'
    )
    drawn = opened(render(svg, "format=png,fit=contain,width=600"))
    assert (drawn.width, drawn.height) == (600, 400)
    assert all(drawn(x, y) == [0, 0, 255, 255] for x, y in [(0, 0), (599, 0), (0, 399), (599, 399)])
    cut = opened(render(svg, "format=png,fit=cover,width=100,height=100"))
    assert cut(0, 0) == cut(99, 99) == [0, 0, 255, 255]


def test_a_drawing_is_limited_by_what_is_drawn() -> None:
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60000 40000">'
        b'<rect width="60000" height="40000" fill="#0f0"/></svg>'
    )
    drawn = opened(render(svg, "format=png,width=400"))
    assert (drawn.width, drawn.height, drawn(399, 266)) == (400, 267, [0, 255, 0, 255])
    assert render(svg, "quality=80").content_type == "image/svg+xml"
    with pytest.raises(OutputTooLarge):
        render(svg, "format=png")


def test_an_avif_that_moves_goes_on_moving() -> None:
    out = BytesIO()
    frames = [PilImage.new("RGB", (32, 24), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(out, "AVIF", save_all=True, append_images=frames[1:], duration=[100, 200, 300])
    with PilImage.open(BytesIO(render(out.getvalue(), "format=webp,width=16").data)) as moving:
        assert (moving.size, moving.n_frames) == ((16, 12), 3)
        moving.seek(2)
        red, green, blue = moving.convert("RGB").getpixel((8, 6))
        assert blue > 200
        assert max(red, green) < 50
        assert moving.info["duration"] == 300
    still = opened(render(out.getvalue(), "format=png,anim=false"))
    assert still(16, 12)[0] > 200
