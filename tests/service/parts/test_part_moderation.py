"""What people read of a moderation."""

from __future__ import annotations

import pytest

from foveate.service.parts import OFFERED
from foveate.service.parts.moderation import ModerationVerdict
from foveate.values import Opinion


@pytest.mark.parametrize(
    ("exposed", "opinion", "said"),
    [
        ((), None, "0.02 for nudity."),
        ((), Opinion(False, ("violence",)), "0.02 for nudity."),
        (
            (),
            Opinion(True, ("violence", "gore")),
            "0.02 for nudity; your service flags it for violence, gore.",
        ),
        ((), Opinion(True, ()), "0.02 for nudity; your service flags it."),
        (("anus exposed",), None, "0.02 for nudity; it shows: anus exposed."),
        (
            ("anus exposed", "face"),
            Opinion(True, ()),
            "0.02 for nudity; it shows: anus exposed, face; your service flags it.",
        ),
    ],
)
def test_the_sentence_says_what_a_picture_is_flagged_for(
    exposed: tuple[str, ...], opinion: Opinion | None, said: str
) -> None:
    flagged = bool(exposed) or (opinion is not None and opinion.flagged)
    told = ModerationVerdict(
        nsfw=0.02, flagged=flagged, threshold=0.8, exposed=exposed, opinion=opinion
    )
    offer = OFFERED["moderation"].offer
    assert offer is not None
    assert offer.sentence is not None
    word = "is flagged" if flagged else "is not flagged"
    assert offer.sentence(told) == f"The picture {word}: {said}"
