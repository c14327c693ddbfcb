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
            ("anus exposed", "face"),
            Opinion(True, ()),
            "is flagged: 0.93 for nudity; it shows anus exposed, face; your service flags it.",
        ),
    ],
)
def test_the_sentence_says_what_a_picture_is_flagged_for(
    nsfw: float, exposed: tuple[str, ...], opinion: Opinion | None, said: str
) -> None:
    flagged = nsfw >= 0.8 or bool(exposed) or (opinion is not None and opinion.flagged)
    told = ModerationVerdict(
        nsfw=nsfw, flagged=flagged, threshold=0.8, exposed=exposed, opinion=opinion
    )
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
