"""What is noted of datasets: pages that go on whatever was deleted, and ends told to all."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from foveate.datasets.identity import Identity
from foveate.datasets.store import FILE, Store
from foveate.errors import DatasetsUnusable, UnknownDataset

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.datasets.dataset import Dataset


def asked(store: Store, name: str) -> Dataset:
    identity = Identity(
        name=name, handler="foveate", version="1", pin="ab", config=b"{}", raw_digest="cd"
    )
    return store.ask(identity, store.now())[0]


def test_a_page_goes_on_where_the_last_one_ended_though_that_was_deleted(tmp_path: Path) -> None:
    store = Store(tmp_path)
    datasets = [asked(store, f"cats{number}") for number in range(5)]
    first = store.page(limit=2)
    last = str(first[-1].number)
    store.fail(first[-1], "HandlerFailed", "It crashed.")
    store.delete(store.of(first[-1].id))
    rest = store.page(limit=9, after=last)
    assert [each.name for each in (*first, *rest)] == ["cats4", "cats3", "cats2", "cats1", "cats0"]
    assert [each.name for each in store.page(limit=9, after=datasets[1].id)] == ["cats0"]
    for unknown in (first[-1].id, "cats", "9" * 30):
        with pytest.raises(UnknownDataset):
            store.page(limit=2, after=unknown)


def test_who_heard_of_more_events_elsewhere_is_told_the_end(tmp_path: Path) -> None:
    store = Store(tmp_path)
    dataset = asked(store, "cats")
    assert store.events(dataset.id, 999) == ([], False)
    store.fail(dataset, "HandlerFailed", "It crashed.")
    events, ended = store.events(dataset.id, 999)
    assert [each.name for each in events] == ["failed"]
    assert ended
    assert store.events(dataset.id, events[0].number) == ([], True)


def test_whether_a_server_was_asked_itself_is_known_of_books_from_before_too(
    tmp_path: Path,
) -> None:
    before = asked(Store(tmp_path), "cats")
    with closing(sqlite3.connect(tmp_path / FILE)) as books:
        books.execute("ALTER TABLE datasets DROP COLUMN heard")
    store = Store(tmp_path)
    assert store.of(before.id) == before
    assert not before.heard
    store.fail(before, "HandlerFailed", "It crashed.")
    assert store.ask(Identity.of(before), store.now(), heard=True)[0].heard
    assert store.ask(Identity.of(before), store.now(), heard=True)[0].heard
    assert not store.ask(Identity.of(before), store.now())[0].heard
    assert not store.ask(Identity.of(before), store.now(), heard=True)[0].heard


@pytest.mark.parametrize("garbled", [b"no file of SQLite" * 300, None])
def test_books_that_are_broken_are_put_aside_and_begun_anew(
    tmp_path: Path, garbled: bytes | None
) -> None:
    file = tmp_path / "datasets.sqlite3"
    if garbled:
        file.write_bytes(garbled)
    else:
        file.mkdir()
    store = Store(tmp_path)
    assert store.page(limit=9) == []
    assert asked(store, "cats").name == "cats"
    assert [each.name for each in Store(tmp_path).page(limit=9)] == ["cats"]
    assert len(list(tmp_path.glob("*.broken*"))) == 1


def test_books_that_another_process_began_anew_are_not_put_aside_again(tmp_path: Path) -> None:
    file = tmp_path / "datasets.sqlite3"
    one = Store(tmp_path)
    asked(one, "cats")
    one.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + bytes(len(whole) - 100))
    one, two = Store(tmp_path), Store(tmp_path)
    for store in (one, two):
        with suppress(DatasetsUnusable):
            store.page(limit=9)
    asked(one, "dogs")
    assert [each.name for each in two.page(limit=9)] == ["dogs"]
    assert [each.name for each in one.page(limit=9)] == ["dogs"]
