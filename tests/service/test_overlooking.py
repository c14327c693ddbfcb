"""adaptive: fewer bytes where nobody looks, and what the answer says of it."""

from __future__ import annotations

import json
from base64 import b64decode
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image as PilImage
from service_networks import HEAD, Letters, Saliency, Things, analyses, picture, soon

from foveate.app import create
from foveate.errors import StageAway
from foveate.geometry.box import Box
from foveate.imaging.pixels import from_array, to_array
from foveate.options.grammar import cache_key, parse_options
from foveate.service.overlooking import HEADER
from foveate.service.press import HEADER as QUALITY
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits, Settings
from foveate.trace import Trace
from foveate.transform.layout import OVERLOOKED_BY, parts_of

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses

MARK = np.s_[26:34, 28:42]
"""The middle of the red mark, which is all that the network looks at."""
GROUND = np.s_[180:230, 60:300]
FACE = np.s_[int(HEAD.top) : int(HEAD.bottom), int(HEAD.left) : int(HEAD.right)]


@pytest.fixture
def png(photo: Image) -> bytes:
    noise = np.random.default_rng(7).normal(0, 5, (240, 320, 1))
    grain = (to_array(photo) + noise).clip(0, 255).astype(np.uint8)
    data: bytes = from_array(grain).pngsave_buffer()
    return data


def render(
    data: bytes, text: str, with_: Analyses | None = None, trace: Trace | None = None
) -> Rendition:
    verb = Renderer(analyses=with_ or analyses(), limits=Limits(), encoding=Encoding())
    return verb(picture(data), parse_options(text).options, deadline=soon(), trace=trace)


def changed(data: bytes, text: str, by: str = "light") -> np.ndarray:
    """By how many levels pixels are others than without, before anything is lost."""
    verb = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding())

    def pixels(text: str) -> np.ndarray:
        options = parse_options(f"format=jpeg,{text}").options
        _, image = verb.with_pixels(picture(data), options, {}, deadline=soon(), trace=Trace())
        return to_array(image).astype(int)

    return np.abs(pixels(text) - pixels(f"{text},adaptive={by}")).max(axis=2)


@pytest.mark.parametrize("format_", ["jpeg", "webp", "avif"])
def test_it_takes_fewer_bytes_the_stronger_the_fewer_and_says_so(png: bytes, format_: str) -> None:
    made = [render(png, f"format={format_},adaptive={how}") for how in ("off", "light", "strong")]
    sizes = [len(each.data) for each in made]
    assert sizes[0] > sizes[1] > sizes[2]
    assert HEADER not in made[0].headers
    assert made[1].headers[HEADER].startswith("light;smoothed=0.")
    assert made[2].headers[HEADER].startswith("strong;smoothed=0.")


def test_only_what_nobody_looks_at_changes_and_faces_and_edges_never(png: bytes) -> None:
    by = changed(png, "width=320", "strong")
    assert by[GROUND].mean() > 0.5
    assert by.max() <= 12
    assert not by[FACE].any()
    assert not by[MARK].any()


def test_it_lies_where_the_answer_shows_it(png: bytes) -> None:
    """Turned and padded, the head is elsewhere, and still every pixel of it stays."""
    by = changed(png, "rotate=90,width=300,height=320,fit=pad,background=red")
    turned = np.rot90(by[:, 30:-30], 1)  # as it was before
    assert turned.shape == (240, 320)
    assert turned[GROUND].any()
    assert not turned[FACE].any()
    assert not by[:, :30].any()


def test_much_text_leaves_the_picture_as_it_is_and_little_text_its_lines(png: bytes) -> None:
    line = Box(80, 190, 80, 12)
    much = analyses(letters=Letters(Box(20, 170, 200, 40)))
    few = analyses(letters=Letters(line))
    plain = render(png, "format=webp")
    left = render(png, "format=webp,adaptive=light", much)
    assert left.headers[HEADER] == "off;text"
    assert left.data == plain.data
    assert "light" in render(png, "format=webp,adaptive=light", few).headers[HEADER]


@pytest.mark.parametrize(
    ("text", "why"),
    [("format=png", "lossless"), ("segment.output=matte,format=webp", "mask")],
)
def test_what_gains_nothing_is_not_even_looked_at(png: bytes, text: str, why: str) -> None:
    trace = Trace()
    made = render(png, f"{text},adaptive=light", trace=trace)
    assert made.headers[HEADER] == f"off;{why}"
    assert "text-lines" not in trace.total_ms()
    assert made.data == render(png, text).data


def explained(data: bytes, text: str, with_: Analyses | None = None) -> dict[str, Any]:
    made = render(data, f"{text},adaptive=light,format=json,explain=true", with_)
    told: dict[str, Any] = json.loads(made.data)["foveate"]["adaptive"]
    return told


def test_explain_says_how_far_each_place_of_the_answer_is_smoothed(png: bytes) -> None:
    told = explained(png, "width=320")
    how = np.asarray(PilImage.open(BytesIO(b64decode(told["png"]))))
    assert how.shape == (told["height"], told["width"]) == (240, 320)
    assert how[GROUND].mean() > 100
    assert not how[FACE].any()
    header = render(png, "width=320,format=webp,adaptive=light").headers[HEADER]
    assert header == f"light;smoothed={told['smoothed']:.2f}"


def test_what_pads_and_frames_an_answer_is_not_smoothed(png: bytes) -> None:
    told = explained(png, "width=320,height=300,fit=pad,background=red,border.left=40")
    how = np.asarray(PilImage.open(BytesIO(b64decode(told["png"]))))
    assert how.shape == (300, 360)
    assert how[:, 40:][30:270][GROUND].mean() > 100
    for frame in (how[:, :38], how[:28], how[272:]):
        assert not frame.any()


def test_explain_says_why_nothing_is_smoothed(png: bytes) -> None:
    much = analyses(letters=Letters(Box(20, 170, 200, 40)))
    assert explained(png, "width=320", much) == {"off": "text"}


def test_animations_stay_as_they_are() -> None:
    frames = [PilImage.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    made = render(out.getvalue(), "format=webp,adaptive=light")
    assert made.headers[HEADER] == "off;animation"


def test_where_nobody_can_look_the_picture_stays_as_it_is(png: bytes) -> None:
    class Away(Saliency):
        def __call__(self, rgb: np.ndarray) -> np.ndarray:  # noqa: ARG002
            raise StageAway("look")

    made = render(png, "format=webp,adaptive=light", analyses(saliency=Away()))
    assert made.headers[HEADER] == "off;away"
    assert made.data == render(png, "format=webp").data
    assert made.provisional


def test_a_quality_found_while_nobody_can_look_is_remembered_by_nobody(png: bytes) -> None:
    class Away(Saliency):
        def __call__(self, rgb: np.ndarray) -> np.ndarray:  # noqa: ARG002
            raise StageAway("look")

    away, asked = analyses(saliency=Away()), "format=webp,adaptive=strong,quality=auto:80"
    render(png, asked, away)
    first, again = (render(png, asked, analyses(memo=away.memo)).headers for _ in range(2))
    assert not first[QUALITY].endswith("encodes=1")
    assert again[QUALITY].endswith("encodes=1")


def test_what_was_seen_before_is_not_looked_at_again(png: bytes) -> None:
    eyes = Saliency()
    with_ = analyses(saliency=eyes, objects=Things())
    render(png, "width=200,height=200,fit=cover,gravity=auto,format=webp", with_)
    render(png, "width=100,format=webp,adaptive=light", with_)
    assert eyes.calls == 1


def test_caches_know_it_and_the_networks_that_it_goes_by() -> None:
    plain, light, off = (
        parse_options(text).options
        for text in ("width=8", "width=8,adaptive=light", "adaptive=off")
    )
    assert parts_of(light) == OVERLOOKED_BY
    assert not parts_of(plain)
    assert cache_key(light) != cache_key(plain)
    assert cache_key(off) == cache_key(parse_options("").options)
    app = create(Settings())
    assert app.generation(light) != app.generation(plain)
