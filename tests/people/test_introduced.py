"""Subjects who have no face yet, on real files."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest
from people_faces import MODEL, FullDisk, files_with, some

from foveate.enrolled import Selection
from foveate.errors import (
    BadOption,
    IndexNotWritten,
    SubjectTaken,
    UnknownCollection,
    UnknownSubject,
)
from foveate.people.store import LanceStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LanceStore]:
    made = LanceStore(str(tmp_path / "index"), staleness_s=0)
    made.create("staff", MODEL)
    made.add("staff", MODEL, some(2, "Bob"))
    yield made
    made.close()


def listed(store: LanceStore, **how: object) -> list[tuple[str, int]]:
    return [(each.name, each.faces) for each in store.subjects("staff", **how)]  # type: ignore[arg-type]


def test_who_was_introduced_is_listed_among_those_with_faces(store: LanceStore) -> None:
    store.introduce("staff", "Ann")
    store.introduce("staff", "Cy")
    assert listed(store) == [("Ann", 0), ("Bob", 2), ("Cy", 0)]
    assert listed(store, offset=1, limit=1) == [("Bob", 2)]
    assert listed(store, prefix="C") == [("Cy", 0)]
    assert store.subjects("staff")[0].added > 1_700_000_000
    store.add("staff", MODEL, some(1, "Ann"))
    assert listed(store) == [("Ann", 1), ("Bob", 2), ("Cy", 0)]


def test_nobody_is_introduced_twice(store: LanceStore) -> None:
    store.introduce("staff", "Ann")
    for name in ("Ann", "Bob"):
        with pytest.raises(SubjectTaken):
            store.introduce("staff", name)
    with pytest.raises(UnknownCollection):
        store.introduce("guests", "Ann")


def test_who_was_introduced_stays_when_faces_go_and_goes_by_name(store: LanceStore) -> None:
    store.introduce("staff", "Ann")
    store.add("staff", MODEL, some(1, "Ann"))
    store.erase("staff", Selection(subjects=("Ann",)))
    assert listed(store) == [("Ann", 0), ("Bob", 2)]
    assert store.rename("staff", "Ann", "Anna") == 0
    assert listed(store) == [("Anna", 0), ("Bob", 2)]
    with pytest.raises(BadOption, match="Merge"):
        store.rename("staff", "Anna", "Bob")
    assert store.erase_subject("staff", "Anna") == 0
    for act in (store.erase_subject, partial(store.rename, into="Ann")):
        with pytest.raises(UnknownSubject):
            act("staff", "Anna")
    assert listed(store) == [("Bob", 2)]


def test_no_file_holds_the_name_of_who_was_forgotten(store: LanceStore, tmp_path: Path) -> None:
    store.introduce("staff", "Zaphodina")
    assert files_with(tmp_path / "index", b"Zaphodina")
    store.introduce("staff", "Ann")
    store.erase_subject("staff", "Zaphodina")
    assert files_with(tmp_path / "index", b"Zaphodina") == []
    assert store.is_known("staff", "Ann")
    store.drop("staff")
    store.create("staff", MODEL)
    assert listed(store) == []


def test_a_name_is_known_however_its_letters_are_put_together(store: LanceStore) -> None:
    store.introduce("staff", "Zo\u00eb")
    assert store.is_known("staff", "Zoe\u0308")
    with pytest.raises(SubjectTaken):
        store.introduce("staff", "Zoe\u0308")


def test_a_rename_that_fails_leaves_all_as_it_was_and_is_repeated(store: LanceStore) -> None:
    store.introduce("staff", "Ann")
    store.add("staff", MODEL, some(3, "Ann", 1))
    tables = store._tables  # noqa: SLF001
    tables._open["staff"] = FullDisk(tables.get("staff"))  # noqa: SLF001
    with pytest.raises(IndexNotWritten, match="no space left"):
        store.rename("staff", "Ann", "Anna")
    assert listed(store) == [("Ann", 3), ("Bob", 2)]
    assert store.rename("staff", "Ann", "Anna") == 3
    assert listed(store) == [("Anna", 3), ("Bob", 2)]
    store.erase("staff", Selection(subjects=("Anna",)))
    assert listed(store) == [("Anna", 0), ("Bob", 2)]


_KILLED_MIDWAY = """
import os, signal, sys
from foveate.people import introduced
from foveate.people.store import LanceStore
store = LanceStore(sys.argv[1])
introduced.forget_versions = lambda table: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "erase":
    store.erase_subject("staff", "Zaphodina")
store.rename("staff", "Zaphodina", "Z")
"""


@pytest.mark.parametrize("act", ["erase", "rename"])
def test_the_name_of_who_is_forgotten_goes_even_if_that_ends_in_the_middle(
    store: LanceStore, tmp_path: Path, act: str
) -> None:
    folder = tmp_path / "index"
    store.introduce("staff", "Zaphodina")
    store.introduce("staff", "Ann")
    command = [sys.executable, "-c", _KILLED_MIDWAY, str(folder), act]
    subprocess.run(command, capture_output=True, check=False)
    assert not store.is_known("staff", "Zaphodina")
    assert files_with(folder, b"Zaphodina")
    assert store.collection("staff").unfinished
    next_one = LanceStore(str(folder))
    next_one.begin()
    next_one.close()
    assert files_with(folder, b"Zaphodina") == []
    assert not next_one.collection("staff").unfinished
    assert next_one.is_known("staff", "Ann")


_KILLED = """
import os, signal, sys
from foveate.people.store import LanceStore
store = LanceStore(sys.argv[1])
store.create("staff", "chance-1")
for name in "abcdef":
    store.introduce("staff", name)
    print(name, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_who_was_introduced_survives_a_kill(tmp_path: Path) -> None:
    folder = str(tmp_path / "index")
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, folder], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == list("abcdef")
    store = LanceStore(folder)
    assert [each.name for each in store.subjects("staff")] == list("abcdef")
    store.introduce("staff", "g")
    store.close()
