"""Recognition from a program: one thing after the other, in scripts and on event loops."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import foveate
from foveate.app import create
from foveate.errors import BadOption, NotAnImage
from foveate.settings import load
from foveate.storage.anywhere import Anywhere

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from foveate.app import App

WORDS = ("age", "gender", "emotion", "race")


class Stages:
    """A recogniser that tells numbers, until it is ended."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    async def recognise(self, *_: Any) -> AsyncIterator[Any]:
        number = 0
        try:
            while True:
                yield number
                number += 1
                await asyncio.sleep(0.001)
        finally:
            self.ended.set()


@pytest.fixture
def endless() -> tuple[App, Stages]:
    stages = Stages()
    app = create(load({}), Anywhere)
    return replace(app, recogniser=stages), stages  # type: ignore[arg-type]


def test_whoever_stops_iterating_ends_the_work(endless: tuple[App, Stages]) -> None:
    app, stages = endless
    told: Any = foveate.recognise(b"a picture", app=app)
    assert [next(told), next(told)] == [0, 1]
    assert not stages.ended.is_set()
    told.close()
    assert stages.ended.wait(5)


def test_on_another_loop_as_well(endless: tuple[App, Stages]) -> None:
    app, stages = endless

    async def main() -> list[Any]:
        told: Any = foveate.recognise_async(b"a picture", app=app)
        first = [await anext(told), await anext(told)]
        await told.aclose()
        return first

    assert asyncio.run(main()) == [0, 1]
    assert stages.ended.wait(5)


@pytest.mark.parametrize("ask", [list, lambda told: next(iter(told))])
def test_a_failure_is_raised_to_who_iterates(ask: Callable[[Any], object]) -> None:
    with pytest.raises(NotAnImage):
        ask(foveate.recognise(b"no picture"))


def test_a_misspelt_part_is_refused_before_anything_begins() -> None:
    with pytest.raises(BadOption, match="embedding"):
        foveate.recognise(b"no picture", "embeding")


@pytest.mark.models
def test_it_tells_bit_for_bit_what_an_analysis_says(portrait: str) -> None:
    settings = replace(load(), attributes=WORDS)
    app = create(settings, Anywhere)
    known = foveate.analyse(portrait, ["faces", "embedding", "attributes"], app=app)
    for cache in (False, True):
        told = {each.stage: each for each in foveate.recognise(portrait, app=app, cache=cache)}
        failed = [each.stage for each in told.values() if each.error]
        if set(failed) - {"search"}:
            pytest.skip("some networks are not here: foveate models pull")
        assert told["faces"].value.faces == known["faces"]
        np.testing.assert_array_equal(np.stack(told["embedding"].value), known["embedding"])
        for word in WORDS:
            assert told[word].value == [getattr(each, word) for each in known["attributes"]]
