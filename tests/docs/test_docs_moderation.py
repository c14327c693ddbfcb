"""The guide to moderation names every option by which an answer is judged once more."""

from __future__ import annotations

import re
from pathlib import Path

from foveate.options.table import OPTIONS
from foveate.service.moderated import SHOWS_NO_MORE

GUIDE = Path(__file__).parents[2] / "docs/guides/moderation.md"
UNSEEN = {"preset", "onerror", "wbreakpoints", "wmobile", "wdesktop"}
"""Options that are none of an answer's looks, and no field by their names."""


def test_the_guide_names_the_options_by_which_an_answer_is_judged() -> None:
    said = re.search(
        r"^- \*\*Other looks\.\*\*.*?: (.*?)\. ", GUIDE.read_text("utf-8"), re.MULTILINE
    )
    assert said is not None
    groups = {row.name.partition(".")[0] for row in OPTIONS} - UNSEEN | {"draw"}
    judged = {group for group in groups if group.replace("-", "_") not in SHOWS_NO_MORE}
    assert set(re.findall(r"`(.*?)`", said[1])) == judged
