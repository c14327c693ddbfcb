"""Animations whose frames are cut out, refocused and changed by what is seen in each of them."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image as PilImage
from service_networks import Detector, Near, analyses, picture, soon

from foveate.deadline import Deadline
from foveate.errors import AnimationTooLarge, TimedOut
from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.options.grammar import parse_options
from foveate.options.model import MatteLevel
from foveate.service.depths import Focused, kept_on
from foveate.service.moving import FRAME_BYTES, moving_bytes
from foveate.service.parts.depth import DEPTH
from foveate.service.parts.outlines import OUTLINES
from foveate.service.render import Renderer
from foveate.service.unfinished import drawing, frames_undrawn
from foveate.settings import Encoding, Limits
from foveate.trace import Trace
from foveate.values import Lifetime, Thing
from foveate.vision.focus import with_subject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foveate.rendition import Rendition

WALL = np.random.default_rng(3).integers(70, 150, (12, 16, 1)).repeat(3, 2).astype(np.uint8)
LEFTS = (4, 8, 12, 16, 20, 24)


class Redness:
    """Takes what is red for the subject, unless it begins at a place that it is told."""

    def __init__(
        self, blinks: Sequence[int] = (), wait_s: float = 0.0, softness: float = 0.0
    ) -> None:
        self.name, self.calls, self.blinks, self.wait_s = "red", 0, blinks, wait_s
        self.softness = softness

    def input_size(self, size: Size) -> Size:
        return size

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        time.sleep(self.wait_s)
        self.calls += 1
        red = (rgb[..., 0] > 180) & (rgb[..., 1] < 90)
        begins = int(red.any(0).argmax())
        return (red & (begins not in self.blinks)).astype(np.float32) * (1 - self.softness)


class People:
    """Sees as a person what is red, and what is blue."""

    name = "colours"

    def __init__(self, wait_s: float = 0.0) -> None:
        self.calls, self.wait_s = 0, wait_s

    def input_size(self, size: Size) -> Size:
        return size

    def __call__(
        self, thumbnail: Callable[[Size], NDArray[np.uint8]], size: Size
    ) -> tuple[Thing, ...]:
        time.sleep(self.wait_s)
        self.calls += 1
        rgb = thumbnail(size).astype(int)
        found = []
        for band in (0, 2):
            rows, columns = np.nonzero(rgb[..., band] - rgb[..., 1] > 100)
            left, top = int(columns.min()), int(rows.min())
            box = Box(left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top)
            found.append(Thing("person", box, 0.9))
        return tuple(found)


class RedFace(Detector):
    """Takes what is red for a face."""

    def __call__(self, rgb: NDArray[np.uint8]) -> Any:
        rows, columns = np.nonzero((rgb[..., 0] > 180) & (rgb[..., 1] < 90))
        if not len(rows):
            self.calls += 1
            return ()
        left, top = int(columns.min()), int(rows.min())
        self.box = Box(left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top)
        self.size = Size(rgb.shape[1], rgb.shape[0])
        return super().__call__(rgb)


def scene(left: int, other: int | None = None) -> PilImage.Image:
    """A red disc before a wall of 64 x 48, and perhaps a blue one."""
    frame = WALL.repeat(4, 0).repeat(4, 1)
    frame[disc(left)] = (230, 20, 30)
    if other is not None:
        frame[disc(other)] = (30, 20, 230)
    return PilImage.fromarray(frame)


def disc(left: int) -> NDArray[np.bool_]:
    y, x = np.mgrid[0:48, 0:64]
    return np.hypot(x - left - 7.5, y - 23.5) < 8


ENCODED = "effect.brightness=1.0001"
"""Asks for the same frames, which are encoded once more: as they came they lose nothing."""


def animation(frames: Sequence[PilImage.Image], name: str = "WEBP", **more: Any) -> bytes:
    out = io.BytesIO()
    first, *others = frames
    first.save(out, name, save_all=True, append_images=others, lossless=True, **more)
    return out.getvalue()


def renderer(matting: Redness | None = None, **others: Any) -> Renderer:
    mattings = {f"matte-{level}": matting or Redness() for level in MatteLevel}
    seen = analyses(**(mattings | others))
    return Renderer(analyses=seen, limits=Limits(), encoding=Encoding())


def render(
    data: bytes,
    text: str,
    matting: Redness | None = None,
    deadline: Deadline | None = None,
    **others: Any,
) -> Rendition:
    options = parse_options(text).options
    return renderer(matting, **others)(picture(data), options, deadline=deadline or soon())


def contrast(part: NDArray[np.int64]) -> float:
    return float(np.abs(np.diff(part, axis=0)).mean())


def pages(made: Rendition) -> list[NDArray[np.int64]]:
    """The frames as browsers put them together, RGBA."""
    with PilImage.open(io.BytesIO(made.data)) as whole:
        frames = []
        for number in range(getattr(whole, "n_frames", 1)):
            whole.seek(number)
            frames.append(np.asarray(whole.convert("RGBA")).astype(int))
    return frames


FEW = animation([scene(left, 44 - left) for left in (2, 6, 10)], duration=50)
MOVING = animation([scene(left) for left in LEFTS], duration=[40, 90, 40, 200, 40, 40], loop=3)


@pytest.mark.parametrize("kind", ["webp", "gif"])
def test_the_subject_is_cut_out_of_every_frame(kind: str) -> None:
    made = render(MOVING, f"segment=foreground,format={kind}")
    shown = pages(made)
    assert (made.content_type, len(shown)) == (f"image/{kind}", 6)
    for left, frame in zip(LEFTS, shown, strict=True):
        assert frame[20:28, left + 4 : left + 12, 3].min() > 200
        assert frame[24, left + 8, :3].tolist() == pytest.approx([230, 20, 30], abs=12)
        assert frame[:, : max(left - 4, 0), 3].max(initial=0) == 0
        assert frame[:, left + 20 :, 3].max() == 0


def test_times_and_loops_stay_and_formats_that_stand_still_take_the_first() -> None:
    made = Image.new_from_buffer(render(MOVING, "segment=foreground").data, "", n=-1)
    assert made.get("delay") == [40, 90, 40, 200, 40, 40]
    assert made.get("loop") == Image.new_from_buffer(MOVING, "", n=-1).get("loop")
    for text in ("format=png", "anim=false,format=webp", "format=avif"):
        (still,) = pages(render(MOVING, f"segment=foreground,{text}"))
        assert still[24, 12, 3] > 200


@pytest.mark.parametrize(
    ("background", "colour"),
    [("segment.background=lime", (0, 255, 0)), ("segment.background=blur", (110, 110, 110))],
)
def test_something_stands_behind_what_moves(background: str, colour: tuple[int, ...]) -> None:
    shown = pages(render(MOVING, f"segment=foreground,{background}"))
    for left, frame in zip(LEFTS, shown, strict=True):
        assert frame[..., 3].min() == 255
        assert frame[40, 60, :3].tolist() == pytest.approx(colour, abs=25)
        assert frame[24, left + 8, 0] > 200


def test_a_frame_in_which_the_network_sees_nothing_keeps_its_subject() -> None:
    made = render(MOVING, "segment=foreground", Redness(blinks=[LEFTS[2]]))
    assert all(frame[24, left + 8, 3] > 200 for left, frame in zip(LEFTS, pages(made), strict=True))


def test_a_frame_without_the_subject_is_empty_where_others_show_it() -> None:
    wall = [PilImage.fromarray(WALL.repeat(4, 0).repeat(4, 1) + n) for n in (0, 9, 18)]
    shown = [scene(left) for left in (4, 8, 12)]
    for frames, empty in ((shown + wall[:1], -1), (wall[:1] + shown, 0)):
        made = pages(render(animation(frames, duration=50), "segment=foreground"))
        assert made[empty][..., 3].max() == 0
        assert [(frame[..., 3] > 200).sum() > 200 for frame in made].count(True) == len(shown)
        assert max((frame[..., 3] > 200).sum() for frame in made) < 300
    made = pages(render(animation(wall, duration=50), "segment=foreground"))
    assert min(frame[..., 3].min() for frame in made) == 255


def test_effects_follow_the_subject() -> None:
    made = render(MOVING, "mask=subject,effect.grayscale=true")
    for left, frame in zip(LEFTS, pages(made), strict=True):
        assert np.ptp(frame[24, left + 8, :3]) < 12


def test_a_frame_without_the_subject_is_all_beside_it_where_others_show_it() -> None:
    wall = [PilImage.fromarray(WALL.repeat(4, 0).repeat(4, 1) + n) for n in (0, 9, 18)]
    asked = "mask=subject,effect.invert=true,effect.duotone=lime:lime,format=webp"
    frames = pages(render(animation([scene(4), scene(8), wall[0]], duration=50), asked))
    assert all(frame[40, 60, :3].tolist() == pytest.approx([0, 255, 0], abs=3) for frame in frames)
    frames = pages(render(animation(wall, duration=50), asked))
    assert max(np.ptp(frame[..., :3], axis=2).max() for frame in frames) < 12


def test_faces_are_changed_where_they_are() -> None:
    made = render(MOVING, "mask=face,effect.grayscale=true", faces=RedFace())
    for left, frame in zip(LEFTS, pages(made), strict=True):
        assert np.ptp(frame[24, left + 8, :3]) < 12


def test_equal_frames_share_a_look() -> None:
    frames = [scene(4), scene(4), scene(12), scene(12), scene(12)]
    for number, frame in enumerate(frames):
        frame.putpixel((0, 0), (90 + number, 90, 90))  # those that are the same are saved as one
    matting = Redness()
    made = render(animation(frames, duration=50), "segment=foreground", matting)
    assert matting.calls == 2
    assert sum(Image.new_from_buffer(made.data, "", n=-1).get("delay")) == 250


def test_frames_that_are_equal_get_what_a_picture_would() -> None:
    frames = [scene(4), scene(4)]
    frames[1].putpixel((0, 0), (91, 90, 90))
    soft = Redness(softness=0.3)
    shown = [
        pages(render(animation(each, duration=50), "segment.output=matte,format=webp", soft))[0]
        for each in (frames, frames[:1])
    ]
    assert np.abs(shown[0] - shown[1]).max() < 8


def test_the_second_person_of_the_first_frame_is_followed() -> None:
    lefts = range(2, 44, 6)
    data = animation([scene(left, 44 - left) for left in lefts], duration=50)
    shown = pages(render(data, "segment.person=2", objects=People()))
    for left, frame in zip(lefts, shown, strict=True):
        assert frame[24, 44 - left + 8, 3] > 200
        assert abs(44 - 2 * left) < 17 or frame[24, left + 8, 3] < 50


def test_frames_of_which_nothing_may_be_kept_are_looked_at_once_as_well() -> None:
    people = People()
    source = replace(picture(FEW), lifetime=Lifetime(private=True))
    text = parse_options("segment.person=2").options
    renderer(objects=people)(source, text, deadline=soon())
    assert people.calls <= 3 + 1  # the first one also as the picture, before its frames


def test_what_a_later_frame_shows_is_not_told_to_be_missing() -> None:
    wall = PilImage.fromarray(WALL.repeat(4, 0).repeat(4, 1))
    data = animation([wall, scene(4), scene(8)], duration=50)
    assert "Foveate-Note" not in render(data, "segment.keep=car").headers
    assert "no dog was found" in render(data, "segment.keep=car|dog").headers["Foveate-Note"]


def test_a_trim_keeps_the_subject_of_every_frame() -> None:
    made = render(MOVING, "segment=foreground,segment.trim=true")
    assert made.size.width == pytest.approx(LEFTS[-1] + 16 - LEFTS[0], abs=4)
    assert all((frame[..., 3] > 200).sum() > 200 for frame in pages(made))


def test_a_trim_goes_by_frames_in_which_different_things_of_a_mask_are_seen() -> None:
    frames = [scene(8), PilImage.fromarray(WALL.repeat(4, 0).repeat(4, 1))]
    large = animation([frame.resize((400, 300)) for frame in frames], duration=50)
    text = "segment=foreground,segment.trim=true,mask=face|subject"
    assert render(large, text, faces=RedFace()).size.width < 250


def test_who_was_in_focus_stays_sharp_wherever_he_goes() -> None:
    striped = [np.asarray(scene(left)).copy() for left in LEFTS]
    for frame in striped:
        frame[::2][frame[::2, :, 0] == 230] = (190, 10, 10)
    data = animation([PilImage.fromarray(frame) for frame in striped], duration=50)
    plain = pages(render(data, ENCODED))
    made = pages(render(data, "refocus=auto,refocus.aperture=1.4", depth=Near()))
    assert len(made) == 6
    for left, before, after in zip(LEFTS, plain, made, strict=True):
        inside = np.s_[20:28, left + 5 : left + 11, 0]
        assert contrast(after[inside]) > 0.8 * contrast(before[inside])


class Nobody:
    """A network for people that sees none, and says what stands out by a map that is as coarse."""

    name = "nobody"

    def input_size(self, size: Size) -> Size:
        return size

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:  # noqa: ARG002
        return np.zeros((224, 224), np.float32)


class Steep(Near):
    """Takes what is low for near, and from his head to his feet has all of it."""

    name = "steep"

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        down = np.linspace(-1, 2, rgb.shape[0], dtype=np.float32).clip(0, 1)[:, None]
        return down.repeat(rgb.shape[1], 1)


@pytest.mark.parametrize("faces", [RedFace(), Detector(None)])
def test_who_was_in_focus_stays_so_whom_only_our_own_head_sees(faces: Detector) -> None:
    large = [np.asarray(scene(left)).repeat(5, 0).repeat(5, 1) for left in LEFTS]
    for frame in large:
        frame[::2][frame[::2, :, 0] == 230] = (190, 10, 10)
    data = animation([PilImage.fromarray(frame) for frame in large], duration=50)
    text, seen = "refocus=auto,refocus.aperture=1.4", {"faces": faces, "depth": Steep()}
    plain = pages(render(data, ENCODED))
    made = pages(render(data, text, **seen, **{"matte-fast": Nobody()}))
    for left, before, after in zip(LEFTS, plain, made, strict=True):
        for rows in (slice(90, 100), slice(140, 150)):  # where depth alone would blur him
            inside = np.s_[rows, 5 * left + 30 : 5 * left + 45, 0]
            assert contrast(after[inside]) > 0.8 * contrast(before[inside])


def test_faces_are_looked_for_where_it_is_decided_who_is_in_focus() -> None:
    faces = RedFace()
    render(FEW, "refocus=auto", depth=Near(), faces=faces)
    assert faces.calls == 1


def test_the_focal_plane_keeps_to_who_was_in_focus_and_stays_where_it_was_without() -> None:
    near = np.linspace(0, 1, 64, dtype=np.float32)[None].repeat(48, 0)
    him, other = (disc(left).astype(np.float32) for left in (6, 40))
    before = Focused(with_subject(near, him), "face")
    after = kept_on(before, near, np.maximum(disc(9), other))
    assert after.plane.subject is not None
    assert after.plane.subject[:, 36:].max() == 0
    assert before.plane.nearness < after.plane.nearness < before.plane.nearness + 0.1
    gone = kept_on(after, near, other)
    assert (gone.plane.subject, gone.plane.nearness) == (None, after.plane.nearness)
    for unseen in (gone, kept_on(after, near, None)):
        back = kept_on(unseen, near, np.maximum(disc(11), other)).plane.subject
        assert back is not None
        assert back[24, 19] > 0.5 > back[:, 36:].max()


def test_light_goes_by_the_depth_of_each_frame() -> None:
    plain, lit = pages(render(MOVING, "width=64")), pages(render(MOVING, "light=1"))
    assert len(lit) == 6
    assert all(
        after[2].mean() < before[2].mean() - 20 for before, after in zip(plain, lit, strict=True)
    )


@pytest.mark.alone
def test_where_there_is_no_time_for_all_frames_it_is_said_at_once() -> None:
    data, matting = animation([scene(n) for n in range(40)], duration=50), Redness(wait_s=0.3)
    with pytest.raises(AnimationTooLarge) as why:
        render(data, "segment=foreground", matting, Deadline(time.monotonic() + 5))
    assert matting.calls == 2
    assert "got 40" in why.value.public
    assert "anim=false" in why.value.public


@pytest.mark.alone
def test_where_there_is_no_time_to_find_a_person_in_all_frames_it_is_said_at_once() -> None:
    data = animation([scene(n, 44 - n) for n in range(40)], duration=50)
    people = People(wait_s=0.3)
    with pytest.raises(AnimationTooLarge) as why:
        render(data, "segment.person=2", None, Deadline(time.monotonic() + 5), objects=people)
    assert people.calls <= 2 + 1
    assert "got 40" in why.value.public


def test_memory_is_asked_for_what_is_kept_of_frames() -> None:
    verb, source = renderer(), picture(MOVING)
    options = [
        parse_options(f"segment=foreground,{text}").options
        for text in ("format=webp", "format=png")
    ]
    moving, still = (verb.prepare(source, each).memory_bytes for each in options)
    assert moving - still > len(LEFTS) * FRAME_BYTES
    assert moving_bytes([DEPTH, OUTLINES, DEPTH]) == (1 + 2) * FRAME_BYTES


def test_how_many_frames_were_looked_at_never_goes_back() -> None:
    class Told(Trace):
        """A trace that knows all that it was told."""

        def __setattr__(self, name: str, value: Any) -> None:
            if name == "unfinished" and "looked at" in value:
                counts.append(int(value.split()[0]))
            super().__setattr__(name, value)

    class EarlyLate(Redness):
        """Takes longest for the earliest of the frames that are looked at side by side."""

        def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
            seen = super().__call__(rgb)
            time.sleep(0.2 if self.calls == 3 else 0)
            return seen

    counts: list[int] = []
    options = parse_options("segment=foreground,format=webp").options
    renderer(EarlyLate()).prepare(picture(MOVING), options).run(soon(), Told())
    assert counts == [0, 3, 4, 5, 6, 6]


def test_frames_that_cannot_all_be_drawn_and_encoded_in_time_are_refused_before() -> None:
    late = Deadline(time.monotonic() + 2)
    with pytest.raises(AnimationTooLarge, match="more frames take") as caught:
        render(MOVING, "segment=foreground,width=2000,fit=contain,format=gif", deadline=late)
    assert not late()
    assert "Expected an animation of about 2 frames" in caught.value.public


def test_who_waits_in_vain_for_frames_to_be_drawn_is_told_how_many_were() -> None:
    trace = Trace()
    late = frames_undrawn(12, 40)

    def draw() -> None:
        trace.unfinished = late
        raise TimedOut("late")

    with pytest.raises(TimedOut) as caught, drawing(trace, 40):
        draw()
    assert caught.value.public == late
    with pytest.raises(TimedOut) as caught, drawing(trace, 1):
        draw()
    assert caught.value.public != late


def test_work_on_an_animation_knows_what_each_of_its_frames_adds() -> None:
    options = parse_options("segment=foreground").options
    work = renderer().prepare(picture(MOVING), options)
    assert work.frames == len(LEFTS)
    assert work.frame_bytes > FRAME_BYTES
    assert work.frames_in(work.memory_bytes - work.frame_bytes) == len(LEFTS) - 1


def test_twice_the_same_is_the_same() -> None:
    blinks = [LEFTS[1]]
    one, other = (render(MOVING, "segment=foreground", Redness(blinks)) for _ in range(2))
    assert one.data == other.data
