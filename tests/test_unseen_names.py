"""A new name has no character that nobody sees; one that was enrolled with it can be erased."""

from __future__ import annotations

import pytest

from foveate.enrolled import checked_subject, meant_subject
from foveate.errors import BadOption


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\u2060", "\ufeff"])
def test_a_name_that_looks_like_another_is_refused_and_still_meant(unseen: str) -> None:
    with pytest.raises(BadOption, match="of which every character is seen"):
        checked_subject(f"An{unseen}n")
    assert meant_subject(f"An{unseen}n") == f"An{unseen}n"


def test_joiners_stay_in_names() -> None:
    assert (
        checked_subject("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627")
        == "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"
    )
