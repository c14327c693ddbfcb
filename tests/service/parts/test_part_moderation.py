"""What people read of a moderation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from moderation_stand import frames, png
from service_networks import analyses, picture, soon

from foveate.geometry.box import Box, Size
from foveate.imaging.pixel_source import PixelSource
from foveate.service.parts import OFFERED
from foveate.service.parts.moderation import BODY_PARTS, each_once
from foveate.service.parts.moderation_verdict import ModerationVerdict
from foveate.trace import Trace
from foveate.values import Opinion, Thing

if TYPE_CHECKING:
    from numpy.typing import NDArray


PLACE = Box(10, 10, 40, 40)


def verdict(
    nsfw: float, *parts: tuple[str, float], opinion: Opinion | None = None
) -> ModerationVerdict:
    found = tuple(Thing(label, PLACE, score) for label, score in parts)
    return ModerationVerdict(
        nsfw=nsfw, threshold=0.8, parts=found, parts_threshold=0.5, opinion=opinion
    )


@pytest.mark.parametrize(
    ("nsfw", "parts", "opinion", "exposed", "flagged"),
    [
        (0.79, [], None, (), False),
        (0.8, [], None, (), True),
        (0.0, [("anus exposed", 0.49)], None, (), False),
        (0.0, [("anus exposed", 0.5)], None, ("anus exposed",), True),
        (0.0, [("anus exposed", 0.9), ("anus exposed", 0.6)], None, ("anus exposed",), True),
        (0.0, [("feet exposed", 0.9), ("face female", 0.9)], None, (), False),
        (0.0, [], Opinion(False, ("violence",)), (), False),
        (0.0, [], Opinion(True, ()), (), True),
    ],
)
def test_a_picture_is_flagged_by_its_scores_and_thresholds_alone(
    nsfw: float,
    parts: list[tuple[str, float]],
    opinion: Opinion | None,
    exposed: tuple[str, ...],
    flagged: bool,
) -> None:
    known = verdict(nsfw, *parts, opinion=opinion)
    assert (known.exposed, known.flagged) == (exposed, flagged)
    assert known.to_json()["flagged"] is flagged


def test_where_nobody_looks_for_parts_none_is_told() -> None:
    known = ModerationVerdict(nsfw=0.1, threshold=0.8, parts_threshold=0.5)
    assert (known.exposed, known.flagged, "parts" in known.to_json()) == ((), False, False)


@pytest.mark.parametrize(
    ("nsfw", "exposed", "opinion", "said"),
    [
        (0.02, (), None, "is not flagged: 0.02 for nudity."),
        (0.02, (), Opinion(False, ("violence",)), "is not flagged: 0.02 for nudity."),
        (0.93, (), None, "is flagged: 0.93 for nudity."),
        (
            0.02,
            (),
            Opinion(True, ("violence", "gore")),
            "is flagged: your service flags it for violence, gore (0.02 for nudity).",
        ),
        (0.02, (), Opinion(True, ()), "is flagged: your service flags it (0.02 for nudity)."),
        (0.02, ("anus exposed",), None, "is flagged: it shows anus exposed (0.02 for nudity)."),
        (
            0.93,
            ("anus exposed", "buttocks exposed"),
            Opinion(True, ()),
            (
                "is flagged: 0.93 for nudity; it shows anus exposed, buttocks exposed; "
                "your service flags it."
            ),
        ),
    ],
)
def test_the_sentence_says_what_a_picture_is_flagged_for(
    nsfw: float, exposed: tuple[str, ...], opinion: Opinion | None, said: str
) -> None:
    told = verdict(nsfw, *((label, 0.5) for label in exposed), opinion=opinion)
    offer = OFFERED["moderation"].offer
    assert offer is not None
    assert offer.sentence is not None
    assert offer.sentence(told) == f"The picture {said}"


def test_what_several_looks_show_in_one_place_is_told_once() -> None:
    first, again = Box(10, 10, 40, 40), Box(12, 9, 40, 41)
    parts = [Thing("feet covered", first, 0.4), Thing("feet covered", again, 0.7)]
    other = Thing("feet exposed", again, 0.5)
    elsewhere = Thing("feet covered", first.moved(60, 0), 0.3)
    assert each_once([*parts, other, elsewhere]) == (parts[1], other, elsewhere)


class Reddest:
    """A NudeNet to which what is red is a part of a body."""

    name = "nudenet-fake"

    def input_size(self, size: Size) -> Size:
        return size.within(40)

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Thing, ...]:
        rows, columns = np.nonzero((rgb[..., 0] > 150) & (rgb[..., 1] < 90))
        if not rows.size:
            return ()
        left, top = float(columns.min()), float(rows.min())
        box = Box(left, top, columns.max() + 1 - left, rows.max() + 1 - top)
        return (Thing("feet covered", box, min(0.9, 0.5 + rows.size / 1000)),)


def body_parts(data: bytes) -> tuple[Thing, ...]:
    looking = analyses(nudenet=Reddest(), missing=())
    found = looking.open(PixelSource(picture(data), soon(), Trace())).get(BODY_PARTS)
    assert isinstance(found, tuple)
    return found


def test_a_part_of_a_long_picture_lies_where_the_source_has_it() -> None:
    tall = np.full((1600, 200, 3), (30, 200, 40), np.uint8)
    tall[1450:1550, 50:150] = (220, 20, 20)
    (best,) = body_parts(png(tall))
    assert best.box.iou(Box(50, 1450, 100, 100)) > 0.9


def test_a_part_that_all_frames_show_is_told_once() -> None:
    assert len(body_parts(frames((220, 20, 20), (221, 20, 20), (222, 20, 20)))) == 1
