"""Targets of what a handler made: each has a name of its own among the arrays of its sample."""

from __future__ import annotations

import pytest

from foveate.datasets.feeding import arrays
from foveate.datasets.handlers.frames import Frame
from foveate.datasets.handlers.made import DATA, checked
from foveate.datasets.sample import Sample
from foveate.errors import HandlerFailed
from foveate.imaging import Image

PIXEL: bytes = Image.black(1, 1, bands=3).cast("uchar").pngsave_buffer()
OURS = ("key", "image", "labels", "boxes", "box_labels")


def a_frame(*targets: str) -> Frame:
    made = {"ext": "png", "size": [1, 1]}
    return Frame({"made": made}, dict.fromkeys((DATA, *targets), PIXEL))


@pytest.mark.parametrize(
    "targets", [*((f"{name}.png",) for name in OURS), ("matte",), ("matte.jpg", "matte.png")]
)
def test_a_target_by_the_name_of_something_else_is_refused(targets: tuple[str, ...]) -> None:
    with pytest.raises(HandlerFailed, match=r"Expected (a target|targets) by"):
        checked(a_frame(*targets), Sample(key="a", source="a.jpg", digest="0"), 0)


def test_each_target_is_an_array_beside_those_of_its_sample() -> None:
    targets = ("matte.png", "matte.soft.png")
    made = checked(a_frame(*targets), Sample(key="a", source="a.jpg", digest="0"), 0)
    assert set(arrays(made, {})) == {*OURS, "matte", "matte.soft"}
