"""What one server knows of a dataset while another one deletes it, or looks whether it may go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from datasets_stand import a_server, cats, made

from foveate.datasets.dataset import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from foveate.datasets.shelf import Shelf


class Hidden:
    """A shelf of which somebody asks just after a dataset was hidden."""

    def __init__(self, shelf: Shelf, asks: Callable[[], object]) -> None:
        self._shelf, self._asks, self.hidden = shelf, asks, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shelf, name)

    def hide(self, dataset_id: str) -> bytes:
        manifest = self._shelf.hide(dataset_id)
        self.hidden += 1
        self._asks()
        return manifest


@pytest.mark.parametrize("by", ["one", "two"])
def test_what_is_not_deleted_after_all_is_known_as_it_was(tmp_path: Path, by: str) -> None:
    one = a_server(tmp_path, keep_days=1)
    asks = a_server(tmp_path, name=by)
    dataset = made(one, cats())
    asks.tidying.run()
    asks.desk.downloaded(asks.store.of(dataset.id))
    known = asks.store.of(dataset.id)
    one.tidying.run()

    def ask() -> None:
        assert asks.desk.there(known) == known
        one.desk.pin(dataset, pinned=True)

    shelf: Any = Hidden(one.shelf, ask)
    removal = replace(one.tidying.removal, shelf=shelf)
    assert not removal.of(one.store.of(dataset.id), if_unused=True)
    assert shelf.hidden
    found = asks.desk.there(known)
    assert found is not None
    assert (found.number, found.downloads, found.state) == (known.number, 1, State.READY)


@pytest.mark.parametrize("note", [True, False])
def test_what_somebody_took_away_by_hand_is_forgotten(tmp_path: Path, note: bool) -> None:
    server = a_server(tmp_path)
    dataset = made(server, cats())
    server.shelf.hide(dataset.id)
    if not note:
        server.shelf.remove(dataset.id)
    assert server.desk.there(dataset) is None
    assert server.store.find(dataset.id) is None
