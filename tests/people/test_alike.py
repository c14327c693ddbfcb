"""What all faces of a collection say alike is not read, and is told all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from people_faces import MODEL, face, unit

from foveate.people.alike import USUAL, known
from foveate.people.lance import at_once
from foveate.people.store import LanceStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRST, SECOND = unit(2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LanceStore]:
    made = LanceStore(str(tmp_path / "index"), staleness_s=0.0)
    made.create("staff", MODEL)
    made.add("staff", MODEL, [face(FIRST, "Ann", id="a")])
    yield made
    made.close()


def learned(store: LanceStore) -> frozenset[str]:
    async def ask(table: Any) -> frozenset[str]:
        await known(table, settled_s=0.0)
        found = await known(table, settled_s=0.0)
        assert found.learning is not None
        await found.learning
        return found.alike

    return at_once(store._tables.get("staff"), ask)  # noqa: SLF001 - what searches look at


def test_what_is_alike_is_told_as_if_it_were_read(store: LanceStore) -> None:
    before = store.search("staff", FIRST, 1)
    assert learned(store) == USUAL.keys()
    assert store.search("staff", FIRST, 1) == before


def test_a_face_that_says_something_else_is_told_so_at_once(
    store: LanceStore, tmp_path: Path
) -> None:
    learned(store)
    other = LanceStore(str(tmp_path / "index"))
    said = {"digest": "ab", "quality": 0.5, "metadata": {"door": 3}}
    other.add("staff", MODEL, [face(SECOND, "Bob", id="b", **said)])
    other.close()
    found = store.search("staff", SECOND, 1)[0].face
    assert {name: getattr(found, name) for name in said} == said
    assert learned(store) == frozenset()


def test_only_columns_are_passed_over_in_which_every_face_is_alike(store: LanceStore) -> None:
    store.add("staff", MODEL, [face(SECOND, "Bob", metadata={"door": 3})])
    assert learned(store) == {"digest", "quality"}
    assert store.search("staff", SECOND, 1)[0].face.metadata == {"door": 3}
