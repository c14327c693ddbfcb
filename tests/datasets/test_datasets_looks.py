"""Looks at raw data: shared by who waits, never one that had begun before, and broken off."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from foveate.datasets.raw.looks import Looks
from foveate.datasets.raw.raw import Kind, Raw
from foveate.datasets.raw.registry import open_registry
from foveate.errors import BadRaw, Unavailable
from foveate.settings import Datasets, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.datasets.raw.memo import Memo
    from foveate.datasets.raw.raw import Picture

CATS = Raw(name="cats", kind=Kind.FOLDER, place="/cats")


class Watched:
    """Looks that end when they are told to."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.many = 0

    def __call__(self, raw: Raw) -> str:
        self.many += 1
        number = self.many
        self.begun.release()
        assert self.go_on.acquire(timeout=10)
        if raw.place == "/nowhere":
            raise BadRaw("Expected a folder.")
        return f"{raw.name} {number}"


def test_who_asks_during_a_look_shares_the_next_one() -> None:
    look = Watched()
    looks = Looks(look)
    first = looks.at(CATS)
    assert look.begun.acquire(timeout=10)
    later = [looks.at(CATS) for _ in range(20)]
    look.go_on.release(2)
    assert first.result(10) == "cats 1"
    assert {each.result(10) for each in later} == {"cats 2"}
    look.go_on.release()
    assert looks.at(CATS).result(10) == "cats 3"


def test_a_look_that_fails_says_so_to_all_who_waited_and_others_go_on() -> None:
    look = Watched()
    looks = Looks(look)
    nowhere = Raw(name="cats", kind=Kind.FOLDER, place="/nowhere")
    failing, going = looks.at(nowhere), looks.at(CATS)
    look.go_on.release(2)
    with pytest.raises(BadRaw):
        failing.result(10)
    assert going.result(10).startswith("cats")


class Begun:
    """What is known of pictures, told once somebody says so."""

    def __init__(self, memo: Memo) -> None:
        self._memo = memo
        self.begun, self.go_on = threading.Event(), threading.Event()

    def pictures(self, *of: Any) -> Iterator[Picture]:
        self.begun.set()
        assert self.go_on.wait(10)
        return self._memo.pictures(*of)


def test_a_look_is_broken_off_when_the_server_ends(tmp_path: Path) -> None:
    place = tmp_path / "raw"
    place.mkdir()
    for number in range(3):
        (place / f"{number}.png").write_bytes(b"picture")
    raw = Raw(name="cats", kind=Kind.FOLDER, place=str(place))
    registry = open_registry(Settings(datasets=Datasets(books=str(tmp_path / "books"))))
    memo = Begun(registry.memo)
    registry.memo = memo  # type: ignore[assignment]
    looked = registry.looked(raw)
    assert memo.begun.wait(10)
    registry.end()
    memo.go_on.set()
    with pytest.raises(Unavailable):
        looked.result(10)
    with pytest.raises(Unavailable):
        registry.looked(raw)
