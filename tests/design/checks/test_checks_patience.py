"""A design is looked at for a while, and no longer than somebody waits; the rest is told."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from checkings import changed, scene
from design_measures import measured

from foveate.deadline import NEVER, Deadline, current
from foveate.design.checks.checking import Checks
from foveate.design.checks.model import Looks
from foveate.errors import ClientDisconnected, TimedOut

if TYPE_CHECKING:
    from foveate.design.scene.model import Text


def slow(text: Text, language: str) -> object:
    current().check()
    time.sleep(0.02)
    return measured(text, language)


CHECKS = Checks(Looks(measures=slow), seconds=0.01)  # type: ignore[arg-type]


def test_what_could_not_be_looked_at_in_time_is_told_once_for_each_check() -> None:
    found = CHECKS.of(scene()).findings
    told = [each for each in found if "could be looked at" in each.found.sentence]
    assert {"fits", "glyphs"} <= {each.check for each in told}
    assert len(told) == len({each.check for each in told})
    assert all(each.found.severity == "warning" for each in told)


def test_a_change_that_could_not_be_looked_at_is_made_and_told_or_refused_by_who_is_strict() -> (
    None
):
    before = scene()
    after = changed(changed(before, "title", x=30.0), "line", x=30.0)
    found = CHECKS(before, after)
    assert found.scene == after
    assert found.refused == ()
    assert "within 0.01 seconds" in found.warned[0]
    assert replace(CHECKS, strict=True)(before, after).refused == found.warned


def test_nothing_is_looked_at_for_somebody_who_has_left() -> None:
    gone = threading.Event()

    def leaving(text: Text, language: str) -> object:
        gone.set()
        return slow(text, language)

    checks = Checks(Looks(measures=leaving))  # type: ignore[arg-type]
    with Deadline(NEVER.until, gone), pytest.raises(ClientDisconnected):
        checks.of(scene())


def test_a_picture_that_does_not_come_is_no_want_of_time() -> None:
    def late(_: Text, __: str) -> object:
        raise TimedOut("Stopped.")

    with pytest.raises(TimedOut):
        Checks(Looks(measures=late)).of(scene())  # type: ignore[arg-type]
