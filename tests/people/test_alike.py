"""What all faces of a collection say alike is not read, and is told all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from people_faces import MODEL, face, unit

from foveate.people import read
from foveate.people.alike import USUAL, known
from foveate.people.lance import at_once
from foveate.people.schema import to_table
from foveate.people.store import LanceStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.enrolled import EnrolledFace

FIRST, SECOND = unit(2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LanceStore]:
    made = LanceStore(str(tmp_path / "index"), staleness_s=0.0)
    made.create("staff", MODEL)
    made.add("staff", MODEL, [face(FIRST, "Ann", id="a")])
    yield made
    made.close()


async def learning(table: Any) -> frozenset[str]:
    await known(table, settled_s=0.0)
    found = await known(table, settled_s=0.0)
    assert found.learning is not None
    await found.learning
    return found.alike


def learned(store: LanceStore) -> frozenset[str]:
    return at_once(store._tables.get("staff"), learning)  # noqa: SLF001 - what searches look at


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


class Overtaken:
    """A table in which something is written while a search goes on: after it looked what is new."""

    def __init__(self, table: Any, late: EnrolledFace) -> None:
        self._table, self._late = _Behind(table._table, late), late  # noqa: SLF001


class _Behind:
    def __init__(self, table: Any, late: EnrolledFace) -> None:
        self._real, self._late = table, late

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def count_rows(self, where: str) -> int:
        if where == "subject <> ''":
            await self._real.add(to_table([self._late], MODEL))
        return int(await self._real.count_rows(where))


def test_a_face_that_comes_while_a_search_goes_on_is_told_as_it_is(store: LanceStore) -> None:
    late = face(SECOND, "Bob", digest="ab", quality=0.5, metadata={"door": 3})
    table = Overtaken(store._tables.get("staff"), late)  # noqa: SLF001
    assert at_once(table, learning) == USUAL.keys()
    (found,) = read.nearest(table, SECOND, 1, "subject <> ''", exact=False)
    assert found.face == late


def test_only_columns_are_passed_over_in_which_every_face_is_alike(store: LanceStore) -> None:
    store.add("staff", MODEL, [face(SECOND, "Bob", metadata={"door": 3})])
    assert learned(store) == {"digest", "quality"}
    assert store.search("staff", SECOND, 1)[0].face.metadata == {"door": 3}
