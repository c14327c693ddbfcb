"""What a handler made: pictures as it says, and each target by a name of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from foveate.datasets.feeding import arrays
from foveate.datasets.handlers.frames import Frame
from foveate.datasets.handlers.made import DATA, checked, picked
from foveate.datasets.sample import Sample
from foveate.datasets.wire import MOST_ATTRIBUTES, sample_to_json
from foveate.errors import HandlerFailed
from foveate.imaging import Image

PIXEL: bytes = Image.black(1, 1, bands=3).cast("uchar").pngsave_buffer()
OURS = ("key", "image", "labels", "boxes", "box_labels", "masks")


def a_frame(*targets: str) -> Frame:
    made = {"ext": "png", "size": [1, 1]}
    return Frame({"made": made}, dict.fromkeys((DATA, *targets), PIXEL))


@pytest.mark.parametrize(
    "targets", [*((f"{name}.png",) for name in OURS), ("matte",), ("matte.png", "matte.webp")]
)
def test_a_target_by_the_name_of_something_else_is_refused(targets: tuple[str, ...]) -> None:
    with pytest.raises(HandlerFailed, match=r"Expected (a target|targets) by"):
        checked(a_frame(*targets), Sample(key="a", source="a.jpg", digest="0"), 0)


def test_each_target_is_an_array_beside_those_of_its_sample() -> None:
    targets = ("matte.png", "matte.soft.png")
    made = checked(a_frame(*targets), Sample(key="a", source="a.jpg", digest="0"), 0)
    assert set(arrays(made, {}, masks=True)) == {*OURS, "matte", "matte.soft"}


JPEG: bytes = Image.black(4, 3, bands=3).cast("uchar").jpegsave_buffer()


@pytest.mark.parametrize(
    ("ext", "data", "said"),
    [
        ("png", b"no picture", "a-000: expected a picture as png, got none"),
        ("png", b"", "a-000: expected a picture as png, got none"),
        ("png", JPEG, "a-000: expected a picture as png, got jpeg"),
        ("jpg", JPEG, "a-000: expected a picture of 1x1, as was said, got 4x3"),
        ("npy", JPEG, "a-000: expected an ending of jpg"),
        ("", JPEG, "a-000: expected an ending of jpg"),
        ("/../x", JPEG, "a-000: expected an ending of jpg"),
    ],
)
def test_what_is_no_picture_as_was_said_is_refused_by_its_key(
    ext: str, data: bytes, said: str
) -> None:
    frame = Frame({"made": {"ext": ext, "size": [1, 1]}}, {DATA: data})
    with pytest.raises(HandlerFailed, match=said):
        checked(frame, Sample(key="a", source="a.jpg", digest="0"), 0)


def test_a_target_that_is_no_picture_is_refused_by_its_name() -> None:
    frame = Frame({"made": {"ext": "png", "size": [1, 1]}}, {DATA: PIXEL, "matte.png": b"none"})
    with pytest.raises(HandlerFailed, match=r"a-000, target matte\.png: expected a picture"):
        checked(frame, Sample(key="a", source="a.jpg", digest="0"), 0)


@pytest.mark.parametrize(
    ("thing", "is_taken"),
    [
        ({"box": [0, 0, 4, 3]}, True),
        ({"box": [-0.5, -0.5, 5, 4]}, True),
        ({"box": [0, 0, 9999, 9999]}, False),
        ({"box": [-9, 0, 10, 3]}, False),
        ({"mask": {"rings": [[[0, 0], [4, 0], [4, 30]]]}}, False),
        ({"box": [0, 0, 4, 3], "mask": {"rings": [[[0, 0], [40, 0], [4, 3]]]}}, False),
    ],
)
def test_a_thing_beyond_its_picture_is_refused_by_its_key_and_label(
    thing: dict[str, Any], *, is_taken: bool
) -> None:
    said = {"ext": "jpg", "size": [4, 3], "instances": [{"label": "cat", **thing}]}
    frame, sample = Frame({"made": said}, {DATA: JPEG}), Sample(key="a", source="a", digest="0")
    if is_taken:
        assert checked(frame, sample, 0).instances
        return
    with pytest.raises(HandlerFailed, match=r"a-000: .* in its 4x3, got 'cat' at"):
        checked(frame, sample, 0)


@pytest.mark.parametrize("more", [4, 5])
def test_a_handler_may_note_some_attributes_more_than_raw_data_has(more: int) -> None:
    known = Sample(key="a", source="a.jpg", digest="0")
    noted = {f"a{number}": "b" for number in range(MOST_ATTRIBUTES + more)}
    told = Frame({"sample": sample_to_json(replace(known, attributes=noted))})
    if more > 4:
        with pytest.raises(HandlerFailed, match="at most 1004 attributes, got 1005"):
            picked(told, {"a": known})
    else:
        assert picked(told, {"a": known}).attributes == noted


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"lables": ["cat"]}, r"^a: expected ext, .*, got lables \(did you mean labels\?\)\."),
        ({"boxes": [[0, 0, 1, 1]]}, r"^a: expected ext, size, key, .*, got boxes\."),
        ({"split": "val"}, r"^a: expected ext, .*, got split\."),
        (
            {"instances": [{}, {"label": "odd", "bbox": [0, 0, 3, 3]}]},
            r"^a: instances\[1\]: expected label, box, .*, got bbox \(did you mean box\?\)\.",
        ),
        (
            {"instances": [{"mask": {"rings": [], "sice": [4, 3]}}]},
            r"^a: instances\[0\]\.mask: expected rings, size, counts, got sice",
        ),
    ],
)
def test_a_word_that_nobody_reads_is_refused_with_the_one_that_was_meant(
    told: dict[str, Any], said: str
) -> None:
    sample = Sample(key="a", source="a.jpg", digest="0")
    frame = Frame({"made": {"ext": "jpg", "size": [4, 3], **told}}, {DATA: JPEG})
    with pytest.raises(HandlerFailed, match=said):
        checked(frame, sample, 0)
    if "instances" in told:
        with pytest.raises(HandlerFailed, match=said):
            picked(Frame({"sample": {**sample_to_json(sample), **told}}), {"a": sample})


def test_what_a_sample_says_of_itself_may_stand_in_what_is_made_of_it() -> None:
    sample = Sample(key="a", source="a.jpg", digest="0", split="val", labels=("cat",))
    said = {**sample_to_json(sample), "key": "a-1", "ext": "jpg", "size": [4, 3]}
    assert checked(Frame({"made": said}, {DATA: JPEG}), sample, 0).labels == ("cat",)
