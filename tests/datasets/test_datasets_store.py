"""What is noted of datasets: pages that go on whatever was deleted, and ends told to all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foveate.datasets.identity import Identity
from foveate.datasets.store import Store
from foveate.errors import UnknownDataset

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
