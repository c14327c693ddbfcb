"""Animations, whole: how many frames are worked on, and that each looks right."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image as PilImage
from service_networks import Detector, Letters, Things, analyses, picture, soon

from foveate.errors import AnimationTooLarge
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.options.grammar import parse_options
from foveate.options.model import Format, Overlay, TransformOptions
from foveate.service.crops import Cropper
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.rendition import Rendition

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 40), (40, 50, 220), (255, 255, 255)
LIMITS = Limits()
UNUSED = 3
"""A colour of a palette that no pixel has, and that counts as transparent."""


def moving(colours: Sequence[tuple[int, int, int]], size: int = 40, name: str = "GIF") -> bytes:
    """Return frames of these colours, 50 ms and twice."""
    frames = [PilImage.new("RGB", (size, size), colour) for colour in colours]
    return saved(frames, name, duration=50, loop=2, lossless=True)


def saved(frames: list[PilImage.Image], name: str, **more: object) -> bytes:
    out = io.BytesIO()
    frames[0].save(out, name, save_all=True, append_images=frames[1:], **more)
    return out.getvalue()


def rainbow(count: int) -> list[tuple[int, int, int]]:
    return [(i * 7 % 256, i * 31 % 256, i // 256) for i in range(count)]


def verb(limits: Limits = LIMITS) -> Renderer:
    return Renderer(analyses=analyses(), limits=limits, encoding=Encoding())


def render(data: bytes, text: str, limits: Limits = LIMITS) -> Rendition:
    options = parse_options(text).options
    return verb(limits)(picture(data, limits), options, deadline=soon())


def pages(made: Rendition) -> list[PilImage.Image]:
    """Return the frames as browsers put them together."""
    with PilImage.open(io.BytesIO(made.data)) as whole:
        frames = []
        for number in range(getattr(whole, "n_frames", 1)):
            whole.seek(number)
            frames.append(whole.convert("RGBA"))
    return frames


def test_many_small_frames_move() -> None:
    made = render(moving(rainbow(300)), "width=16")
    assert len(pages(made)) == 300


MANY = Limits(max_frames=5)
LARGE = Limits(max_animation_pixels=40 * 40 * 5)


@pytest.mark.parametrize("limits", [MANY, LARGE])
@pytest.mark.parametrize("name", ["GIF", "WEBP"])
@pytest.mark.parametrize("text", ["anim=false", "format=jpeg", "format=png"])
def test_one_frame_is_taken_from_any_animation(text: str, name: str, limits: Limits) -> None:
    made = render(moving([RED, *rainbow(20)], name=name), f"{text},width=20", limits)
    (still,) = pages(made)
    assert still.size == (20, 20)
    red, green, blue, _ = still.getpixel((10, 10))  # type: ignore[misc]
    assert max(abs(red - 220), abs(green - 30), abs(blue - 30)) < 12


@pytest.mark.parametrize("name", ["GIF", "WEBP"])
def test_too_many_pixels_to_move_are_refused(name: str) -> None:
    with pytest.raises(AnimationTooLarge, match="6 frames of 40x40") as why:
        render(moving(rainbow(6), name=name), "width=20", LARGE)
    assert "anim=false" in why.value.public


def test_what_an_animation_would_be_enlarged_to_is_limited() -> None:
    data = moving(rainbow(5))
    assert len(pages(render(data, "width=40", LARGE))) == 5
    with pytest.raises(AnimationTooLarge, match="5 frames of 80x80"):
        render(data, "width=80,fit=contain", LARGE)


@pytest.mark.parametrize(("name", "kind"), [("GIF", "image/gif"), ("WEBP", "image/webp")])
def test_too_many_small_frames_pass_as_they_are(name: str, kind: str) -> None:
    data = moving(rainbow(6), name=name)
    made = render(data, "width=20,format=webp,saturation=0", MANY)
    assert (made.data, made.content_type, made.size) == (data, kind, Size(40, 40))


def test_nothing_passes_that_was_to_be_hidden_or_drawn_on() -> None:
    data, both = moving(rainbow(6)), Limits(max_frames=5, max_animation_pixels=40 * 40 * 5)
    for text, limits in (("redact=faces", MANY), ("width=20", both)):
        with pytest.raises(AnimationTooLarge, match="more than 5 frames"):
            render(data, text, limits)
    marked = TransformOptions(draw=(Overlay(url="mark", options=TransformOptions()),))
    with pytest.raises(AnimationTooLarge):
        verb(MANY).prepare(picture(data, MANY), marked, {"mark": picture(data)})


def test_crops_of_too_many_frames_are_no_untouched_original() -> None:
    cropper = Cropper(analyses=analyses(), limits=MANY, renderer=verb(MANY))
    with pytest.raises(AnimationTooLarge):
        cropper.prepare_pictures(picture(moving(rainbow(6)), MANY), ["1:2"])


def test_facts_are_told_of_any_animation() -> None:
    told = json.loads(render(moving(rainbow(6)), "width=20,format=json", MANY).data)
    assert (told["width"], told["original"]["width"]) == (20, 40)


def test_memory_is_asked_for_the_frames_that_are_worked_on() -> None:
    source = picture(moving(rainbow(50)))
    options = [parse_options(text).options for text in ("width=40", "width=40,format=png")]
    all_frames, first = (verb().prepare(source, each).memory_bytes for each in options)
    pixels = source.facts.stored.area * source.facts.pixel_bytes
    assert all_frames - first > 49 * pixels > 0


def test_a_trimmed_animation_keeps_what_any_frame_shows() -> None:
    frames = [PilImage.new("RGB", (60, 40), WHITE) for _ in range(3)]
    for frame, box in zip(
        frames, ((20, 10, 30, 20), (30, 12, 45, 30), (25, 12, 28, 14)), strict=True
    ):
        frame.paste(RED, box)
    made = render(saved(frames, "WEBP", lossless=True), "trim=border,quality=100")
    shown = pages(made)
    assert {frame.size for frame in shown} == {(25, 20)}
    assert shown[0].getpixel((0, 0))[:3] == shown[1].getpixel((24, 19))[:3] == RED  # type: ignore[index]
    still = render(saved(frames, "WEBP", lossless=True), "trim=border,anim=false,format=png")
    assert pages(still)[0].size == (10, 10)


def test_delays_and_loops_survive_every_change_of_format() -> None:
    delays = [40, 120, 200, 70]
    frames = [PilImage.new("RGB", (40, 40), colour) for colour in (RED, GREEN, BLUE, WHITE)]
    data = saved(frames, "WEBP", duration=delays, loop=3, lossless=True)
    for text in ("format=webp", "compression=fast", "width=20"):
        first = render(data, text).data
        there = Image.new_from_buffer(first, "", n=-1)
        assert (there.get("delay"), there.get("loop")) == (delays, 3)
    as_gif = Image.new_from_buffer(first, "", n=-1).gifsave_buffer()
    back = Image.new_from_buffer(render(as_gif, "width=10,format=webp").data, "", n=-1)
    assert (back.get("delay"), back.get("loop")) == (delays, 3)


def laid(colour: tuple[int, int, int], box: tuple[int, int, int, int], disposal: int) -> bytes:
    """Return the blocks of a GIF that lay a colour on a part of its canvas."""
    left, top, width, height = box
    alone = saved([PilImage.new("RGB", (width, height), colour)], "GIF")
    palette = alone[13 : 13 + (3 << (alone[10] & 7) + 1)]
    pixels = alone[alone.rindex(struct.pack("<BHHHH", 0x2C, 0, 0, width, height)) + 10 : -1]
    control = b"\x21\xf9\x04" + bytes([disposal << 2 | 1, 5, 0, UNUSED, 0])
    place = struct.pack("<BHHHHB", 0x2C, left, top, width, height, 0x80 | alone[10] & 7)
    return control + place + palette + pixels


@pytest.mark.parametrize(("disposal", "left"), [(1, GREEN), (2, None), (3, RED)])
@pytest.mark.parametrize("text", ["width=20", "width=20,format=webp,quality=100"])
def test_frames_that_are_laid_on_others_look_as_in_a_browser(
    disposal: int, left: tuple[int, int, int] | None, text: str
) -> None:
    """Red all over; a green square, disposed of in one of three ways; and a blue one elsewhere."""
    frames = laid(RED, (0, 0, 40, 40), 1), laid(GREEN, (4, 6, 12, 14), disposal)
    last = laid(BLUE, (24, 22, 12, 10), 1)
    data = b"GIF89a" + struct.pack("<HHBBB", 40, 40, 0, 0, 0) + b"".join((*frames, last, b";"))
    made = render(data, text)
    seen = [[frame.getpixel(at) for at in ((5, 6), (15, 13), (15, 4))] for frame in pages(made)]
    wanted = [[RED, RED, RED], [GREEN, RED, RED], [left, BLUE, RED]]
    for there, expected in zip(chain(*seen), chain(*wanted), strict=True):
        # What Lanczos swings about an edge is a level of alpha two pixels away from it.
        assert abs(there[3] - (255 if expected else 0)) <= 1
        assert expected is None or max(map(abs, np.subtract(there[:3], expected))) < 12


@pytest.mark.parametrize(("asked", "looks"), [("text", 4), ("object:dog", 4), ("faces", 3)])
def test_a_frame_with_thin_letters_is_looked_at_where_it_may_matter(asked: str, looks: int) -> None:
    grass = np.random.default_rng(0).integers(40, 160, (240, 320, 3)).astype(np.uint8)
    frames = [grass.copy() for _ in range(9)]
    for number, frame in enumerate(frames):
        frame[0, 0] = 60 + number  # those that are the same would be saved as one
    frames[5][100:106, 40:100:6] = 130
    data = saved([*map(PilImage.fromarray, frames)], "WEBP", duration=50, lossless=True)
    faces, letters, things = Detector(None), Letters(), Things()
    seen = analyses(faces, letters=letters, objects=things)
    renderer = Renderer(analyses=seen, limits=LIMITS, encoding=Encoding())
    renderer(picture(data), parse_options(f"redact={asked}").options, deadline=soon())
    # Faces and text are looked for twice, at two sizes.
    assert faces.calls + letters.calls + 2 * things.calls == 2 * looks


def blinking(count: int = 12, size: int = 96) -> bytes:
    """Return a drawing in grain of which a corner moves: small as GIF alone."""
    grain = np.random.default_rng(5).integers(0, 2, (size, size, 1)) * 90
    frames = []
    for number in range(count):
        pixels = np.repeat(grain, 3, axis=2).astype(np.uint8)
        pixels[: 4 + number, :4] = RED
        frames.append(PilImage.fromarray(pixels))
    return saved(frames, "GIF", duration=50, loop=0)


def negotiated(data: bytes, text: str) -> Rendition:
    accepts = frozenset({Format.AVIF, Format.WEBP})
    options = replace(parse_options(text).options, accepts=accepts)
    return verb()(picture(data), options, deadline=soon())


@pytest.mark.parametrize("text", ["format=auto", "format=best", "format=gif", "metadata=none"])
def test_unchanged_frames_come_in_no_more_bytes_than_they_had(text: str) -> None:
    data = blinking()
    made = negotiated(data, text)
    assert len(made.data) <= len(data)
    assert made.content_type == "image/gif"
    shown = pages(made)
    assert len(shown) == 12
    assert shown[3].convert("RGB").getpixel((1, 5)) == RED


@pytest.mark.parametrize(
    ("data", "kind"), [(blinking(), "webp"), (moving(rainbow(3), size=96), "gif")]
)
def test_the_best_format_of_a_changed_gif_is_the_smaller_of_gif_and_webp(
    data: bytes, kind: str
) -> None:
    sizes = {
        name: len(negotiated(data, f"width=48,quality=auto,format={name}").data)
        for name in ("gif", "webp")
    }
    best = negotiated(data, "width=48,quality=auto,format=best")
    assert min(sizes, key=lambda name: sizes[name]) == kind
    assert (len(best.data), best.content_type) == (sizes[kind], f"image/{kind}")


@pytest.mark.parametrize(
    "text", ["format=webp", "saturation=0", "background=blue", "redact=faces", "width=48"]
)
def test_frames_that_something_was_asked_of_are_not_the_source(text: str) -> None:
    data = blinking()
    assert negotiated(data, text).data != data


def test_what_a_file_says_beside_its_frames_passes_only_where_it_is_to_be_kept() -> None:
    data = blinking()
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    remarks = b"\x21\xfe\x06secret\x00" + b"\x21\xff\x0bXMP DataXMP\x06secret\x00"
    said = data[:at] + remarks + data[at:] + b"secret"
    made = negotiated(said, "format=auto")
    assert made.data == data
    assert negotiated(said, "format=auto,metadata=keep").data == said
