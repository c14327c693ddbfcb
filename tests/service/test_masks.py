"""What masks mean in a picture, seen in renditions: only that part changes, by no more looks."""

from __future__ import annotations

import io
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image as PilImage
from service_networks import HEAD, Detector, Things, analyses, picture, soon

from foveate.app import create
from foveate.deadline import NEVER
from foveate.errors import OtherMask, UnknownMask
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.fields import with_numbers
from foveate.imaging.maps import map_png
from foveate.imaging.pixels import from_array
from foveate.options.draw import options_from_json
from foveate.options.grammar import parse_options
from foveate.options.masks import Seen
from foveate.service.masks import coarse, over_head, same_shape, union
from foveate.service.memory import EFFECTS_BYTES
from foveate.service.parts.depth import NEARNESS
from foveate.service.render import Renderer
from foveate.settings import Caching, Encoding, Limits, Models, Settings
from foveate.storage.masks import MaskStore
from foveate.trace import Trace
from foveate.transform.masked import Mask
from foveate.values import Face
from foveate.vision.depth import Depth, Known

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses

CLICKED = "k3vq5w2n7r4ytb6mzc2dxfhjsa"
SKIN, SKY, MARK = (230, 90), (60, 100), (35, 30)
"""Places in the head of the drawn photo, in its sky, and on its red mark."""


@pytest.fixture
def data(photo: Image) -> bytes:
    png: bytes = photo.pngsave_buffer()
    return png


@pytest.fixture
def blocks() -> bytes:
    """A red and a blue block on sand, which the stand-ins see as a car and a dog."""
    rgb = np.full((240, 320, 3), (190, 170, 120), np.uint8)
    rgb[80:160, 30:90], rgb[80:160, 220:280] = (250, 10, 10), (10, 10, 250)
    png: bytes = from_array(rgb).pngsave_buffer()
    return png


@pytest.fixture
def kept(tmp_path: Path) -> MaskStore:
    return MaskStore(folder=tmp_path, ttl_s=60, max_bytes=1 << 20, private_bytes=1 << 20)


def renderer(looks: Analyses | None = None, kept: MaskStore | None = None) -> Renderer:
    return Renderer(analyses=looks or analyses(), limits=Limits(), encoding=Encoding(), masks=kept)


def render(
    data: bytes, text: str, looks: Analyses | None = None, kept: MaskStore | None = None
) -> Rendition:
    options = parse_options(text).options
    return renderer(looks, kept)(picture(data), options, deadline=soon())


def grey_at(made: Rendition, *places: tuple[int, int]) -> list[bool]:
    """Return whether there is no colour at each of these places."""
    pixels = Image.new_from_buffer(made.data, "").numpy()[..., :3].astype(int)
    return [int(np.ptp(pixels[y, x])) <= 2 for x, y in places]


GREY = "format=png,effect.grayscale=true"


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("subject", [True, False, False]),
        ("face", [True, False, False]),
        ("ellipse:0.11x0.125x0.1x0.12", [False, False, True]),
        ("face|ellipse:0.11x0.125x0.1x0.12", [True, False, True]),
        ("line:0.3x0x0.31x0", [False, True, True]),
    ],
)
def test_an_effect_changes_what_the_mask_means(
    mask: str, expected: list[bool], data: bytes
) -> None:
    assert grey_at(render(data, f"{GREY},mask={mask}"), SKIN, SKY, MARK) == expected
    inverse = render(data, f"{GREY},effect.mask={mask},effect.invert=true")
    assert grey_at(inverse, SKIN, SKY, MARK) == [not masked for masked in expected]


def test_without_a_mask_all_of_it_changes(data: bytes) -> None:
    assert grey_at(render(data, GREY), SKIN, SKY, MARK) == [True] * 3


@pytest.mark.parametrize(
    ("mask", "expected"),
    [("object:car", [True, False]), ("object:dog", [False, True]), ("object:car|dog", [True] * 2)],
)
def test_things_are_masked_by_their_class(mask: str, expected: list[bool], blocks: bytes) -> None:
    assert grey_at(render(blocks, f"{GREY},mask={mask}"), (60, 120), (250, 120)) == expected


@pytest.mark.parametrize("more", ["rotate=90", "flip=h", "width=160", "trim.left=100"])
def test_a_mask_stays_on_its_place_however_the_answer_is_cut_and_turned(
    more: str, blocks: bytes
) -> None:
    made = Image.new_from_buffer(
        render(blocks, f"format=png,{more},mask=object:dog,effect.duotone=lime:lime").data, ""
    ).numpy()
    blue = (made[..., 2] > 200) & (made[..., 0] < 60)
    lime = (made[..., 1] > 240) & (made[..., 0] < 20)
    assert not blue.any()
    assert lime.mean() == pytest.approx(
        4800 / (220 * 240 if "trim" in more else 320 * 240), rel=0.15
    )


def test_only_the_networks_look_that_the_mask_needs(data: bytes) -> None:
    detector, things = Detector(), Things()
    looks = analyses(detector, objects=things)
    render(data, f"{GREY},mask=ellipse:0.5x0.5x0.2x0.2", looks)
    render(data, f"{GREY},mask=subject", looks)
    assert (detector.calls, things.calls) == (0, 0)
    render(data, f"{GREY},mask=face", looks)
    assert (detector.calls, things.calls) == (1, 0)
    render(data, "width=100,mask=object:dog", looks)
    assert things.calls == 0  # nothing uses that mask


def test_a_rendition_with_a_selected_mask_is_changed_there(data: bytes, kept: MaskStore) -> None:
    matte = np.zeros((60, 80), np.float32)
    matte[5:10, 5:13] = 1
    source = picture(data)
    kept.put(CLICKED, map_png(matte), size=Size(320, 240), digest=source.digest, disk=True)
    assert grey_at(render(data, f"{GREY},mask={CLICKED}", kept=kept), SKIN, SKY, MARK) == [
        False,
        False,
        True,
    ]
    assert grey_at(render(data, f"{GREY},mask=select:{CLICKED}|face", kept=kept), SKIN, MARK) == [
        True,
        True,
    ]


@pytest.mark.parametrize(("covered", "cut"), [(False, True), (True, False)])
def test_a_picture_that_is_not_to_be_shown_has_no_outline_of_what_was_selected_in_it(
    data: bytes, kept: MaskStore, *, covered: bool, cut: bool
) -> None:
    matte = np.zeros((60, 80), np.float32)
    matte[20:40, 20:60] = 1
    kept.put(CLICKED, map_png(matte), size=Size(320, 240), digest="what it was", disk=True)
    asked = parse_options(f"segment=foreground,mask=select:{CLICKED},format=png").options
    source = replace(picture(data), covered=covered)
    made = renderer(kept=kept)(source, asked, deadline=soon())
    assert Image.new_from_buffer(made.data, "").bands == (4 if cut else 3)
    assert ("was found" in made.headers.get("Foveate-Note", "")) is covered


@pytest.mark.parametrize("disk", [True, False])
def test_what_the_mask_of_a_private_picture_makes_is_private(
    data: bytes, kept: MaskStore, *, disk: bool
) -> None:
    matte = np.ones((6, 8), np.float32)
    kept.put(CLICKED, map_png(matte), size=Size(800, 600), digest="an upload", disk=disk)
    asked = parse_options(f"{GREY},mask={CLICKED}").options
    made = renderer(kept=kept).prepare(picture(data), asked).run(NEVER, Trace())
    assert made.provisional is not disk


def test_a_mask_that_there_is_not_is_an_error_of_its_own(data: bytes, kept: MaskStore) -> None:
    asked = parse_options(f"{GREY},mask={CLICKED}").options
    for store in (kept, None):
        with pytest.raises(UnknownMask):  # before any work
            renderer(kept=store).prepare(picture(data), asked)
        with pytest.raises(UnknownMask):
            render(data, f"width=9,{GREY},mask={CLICKED}", kept=store)


def test_a_mask_of_another_size_of_the_picture_will_do_and_of_another_shape_will_not(
    data: bytes, kept: MaskStore
) -> None:
    matte = np.ones((6, 8), np.float32)
    kept.put(CLICKED, map_png(matte), size=Size(800, 600), digest="other", disk=True)
    assert grey_at(render(data, f"{GREY},mask={CLICKED}", kept=kept), SKIN) == [True]
    kept.put(CLICKED, map_png(matte), size=Size(600, 800), digest="other", disk=True)
    with pytest.raises(OtherMask, match=r"which is 320x240, .* of a picture of 600x800"):
        render(data, f"{GREY},mask={CLICKED}", kept=kept)


def test_shapes_of_pictures_are_the_same_to_within_a_hundredth() -> None:
    assert same_shape(Size(4000, 3000), Size(400, 301))
    assert not same_shape(Size(4000, 3000), Size(400, 310))


def test_a_cut_out_by_a_mask_is_that_part(data: bytes, blocks: bytes) -> None:
    made = render(blocks, "segment=foreground,mask=object:dog,format=png")
    image = Image.new_from_buffer(made.data, "")
    assert [image(*place)[3] for place in ((250, 120), (60, 120), (150, 20))] == [255, 0, 0]
    soft = Image.new_from_buffer(
        render(data, "segment=foreground,mask=ellipse:0.5x0.5x0.25x0.25,format=png").data, ""
    )
    alphas = [soft(x, 120)[3] for x in (160, 240, 300)]
    assert (alphas[0], alphas[2]) == (255, 0)
    assert alphas[1] == pytest.approx(128, abs=12)
    assert tuple(soft(160, 120)[:3]) == tuple(Image.new_from_buffer(data, "")(160, 120)[:3])


def test_what_is_dropped_is_cut_out_of_a_mask(blocks: bytes) -> None:
    text = "segment=foreground,mask=line:1x0x2x0,segment.drop=dog,format=png"
    image = Image.new_from_buffer(render(blocks, text).data, "")
    assert image(250, 120)[3] == 0
    assert image(60, 120)[3] == 255


def test_a_crop_can_be_cut_to_a_mask(data: bytes) -> None:
    text = "segment=foreground,segment.trim=true,mask=ellipse:0.5x0.5x0.25x0.25,format=png"
    made = render(data, text).size
    assert (made.width, made.height) == (pytest.approx(163, abs=8), pytest.approx(123, abs=8))


def test_the_matte_of_a_mask_is_a_grey_picture(blocks: bytes) -> None:
    made = render(blocks, "segment.output=matte,mask=object:dog,effect.blur=9,format=png")
    image = Image.new_from_buffer(made.data, "")
    assert [image(*place)[0] for place in ((250, 120), (60, 120))] == [255, 0]


def test_the_answer_says_where_nothing_was_found(data: bytes) -> None:
    made = render(data, f"{GREY},mask=object:cat")
    assert made.headers["Foveate-Note"] == "nothing of mask=object:cat was found"
    assert grey_at(made, SKIN, SKY) == [False, False]
    assert "Foveate-Note" not in render(data, f"{GREY},mask=face").headers


def test_an_effect_on_an_overlay_is_on_that_alone(data: bytes, blocks: bytes) -> None:
    asked = {
        "format": "png",
        "draw": [
            {
                "url": "b.png",
                "left": 0,
                "top": 0,
                "width": 160,
                "mask": "object:dog",
                "effect.grayscale": True,
            }
        ],
    }
    made = renderer()(
        picture(data),
        options_from_json(asked).options,
        deadline=soon(),
        others={"b.png": picture(blocks)},
    )
    assert grey_at(made, (125, 60), (30, 60), SKIN) == [True, False, False]


def test_each_frame_of_an_animation_changes_by_the_shapes_of_a_mask() -> None:
    frames = [PilImage.new("RGB", (80, 60), colour) for colour in ((250, 10, 10), (10, 10, 250))]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True, duration=50)
    made = render(out.getvalue(), "format=webp,mask=line:0.4x0x0.6x0,effect.grayscale=true")
    moving = Image.new_from_buffer(made.data, "", n=-1)
    assert moving.get_n_pages() == 2
    pixels = moving.numpy().astype(int)
    for top in (0, 60):
        assert np.ptp(pixels[top + 30, 10, :3]) <= 4
        assert np.ptp(pixels[top + 30, 70, :3]) > 150


def test_exif_turns_the_mask_with_the_picture(blocks: bytes) -> None:
    lying = Image.new_from_buffer(blocks, "").rot270()
    jpeg = with_numbers(lying, {"orientation": 6}).jpegsave_buffer(Q=95)
    made = render(jpeg, f"{GREY},mask=ellipse:0.18x0.5x0.12x0.2")
    assert made.size == Size(320, 240)
    assert grey_at(made, (60, 120), (250, 120)) == [True, False]


def test_effects_count_in_what_a_rendition_takes(data: bytes) -> None:
    plain, changed = (
        renderer().prepare(picture(data), parse_options(text).options).memory_bytes
        for text in ("format=png", "format=png,effect.blur=3")
    )
    assert changed - plain == 320 * 240 * EFFECTS_BYTES


def test_a_head_is_an_ellipse_around_the_face_its_hair_and_its_chin() -> None:
    box = HEAD
    eyes, mouth = box.top + 0.4 * box.height, box.top + 0.75 * box.height
    left, right = box.left + 0.3 * box.width, box.left + 0.7 * box.width
    marks = ((left, eyes), (right, eyes), (230, 98), (left, mouth), (right, mouth))
    head = over_head(Face(box, 0.9, marks), Size(320, 240))
    top, bottom = (head.y - head.down) * 240, (head.y + head.down) * 240
    assert top < box.top - 0.4 * box.height
    assert bottom > box.bottom
    assert head.across * 320 * 2 > box.width


def test_a_range_of_depth_is_what_lies_between(data: bytes) -> None:
    nearness = np.tile(np.linspace(0, 1, 80, dtype=np.float32), (60, 1))
    looks = analyses(depth=SimpleNamespace(name="ramp", input_size=lambda size: size))
    key = looks.key(picture(data).digest, NEARNESS, NEARNESS.settled(looks.networks, {}))
    looks.memo.put(key, NEARNESS.codec.dump(Depth(nearness, 1.0, Known.NETWORK)))
    made = render(data, f"{GREY},mask=depth:1:0.6", looks)
    assert grey_at(made, (40, 120), (60, 100), (310, 40)) == [False, False, True]
    middle = render(data, f"{GREY},mask=depth:0.3:0.05", looks)
    assert grey_at(middle, (60, 60), (160, 60), (310, 40)) == [True, False, False]


def test_a_union_is_as_fine_as_its_finest() -> None:
    both = union([np.eye(2, dtype=np.float32), np.zeros((40, 60), np.float32)])
    assert both is not None
    assert both.shape == (40, 60)
    assert (both[0, 0], both[0, -1]) == (1, 0)
    assert union([]) is None
    assert coarse(Mask(), Size(100, 50)).shape == (50, 100)


def test_a_rendition_is_made_anew_only_where_networks_change_that_its_mask_looks_with(
    tmp_path: Path,
) -> None:
    folder = str(tmp_path)
    app = create(Settings(models=Models(folder=folder), caching=Caching(folder=folder)))

    def generation(text: str) -> str:
        return app.generation(parse_options(text).options)

    assert "matte:" in generation("mask=subject,effect.blur=2")
    assert "faces:" in generation("mask=face,effect.blur=2")
    assert "outlines:" in generation("mask=object:dog,effect.blur=2")
    assert generation("mask=line:0x0x0x1,effect.blur=2") == generation("width=100")
    zoomed = "fit=cover,gravity=auto,zoom=0.5,width=9,height=9"
    assert generation(f"{zoomed},mask=subject,effect.blur=2") == generation(
        f"{zoomed},mask={Seen.SUBJECT},effect.lens=9"
    )


@pytest.mark.parametrize("drawing", [False, True])
def test_a_mask_that_nothing_uses_is_told_and_changes_nothing(data: bytes, drawing: bool) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="6"/>'
    source = svg if drawing else data
    made = render(source, f"mask={CLICKED}")
    assert made.headers["Foveate-Note"] == "mask changes nothing beside the other options"
    assert made.data == render(source, "anim=true").data
