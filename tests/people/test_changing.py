"""What stays in files of a name that rows no longer have: nothing. Read from the files."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from people_faces import MODEL, face, files_with, sealing, some, unit

from foveate.enrolled import Selection
from foveate.errors import BadOption, UnknownSubject
from foveate.geometry.box import Box
from foveate.people.store import LanceStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from foveate.enrolled import EnrolledFace

HER = Selection(subjects=("Zaphodina",))


@pytest.fixture(params=["plain", "sealed"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LanceStore]:
    sealed = sealing() if request.param == "sealed" else None
    made = LanceStore(str(tmp_path), staleness_s=0, sealing=sealed)
    made.create("staff", MODEL)
    made.add("staff", MODEL, [*some(3, "Zaphodina"), *some(60, "Bob", 1)])
    yield made
    made.close()


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.rename("staff", "Zaphodina", "P17"),
        lambda store: store.rename("staff", "Zaphodina", "Bob", merge=True),
        lambda store: store.assign("staff", HER, "Bob", force=True),
        lambda store: store.erase_subject("staff", "Zaphodina"),
        lambda store: store.erase("staff", HER),
    ],
    ids=["rename", "merge", "assign", "erase subject", "erase"],
)
def test_no_file_holds_a_name_that_no_face_has_any_more(
    store: LanceStore, tmp_path: Path, act: Callable[[LanceStore], int]
) -> None:
    assert files_with(tmp_path, b"Zaphodina")
    assert act(store) == 3
    assert files_with(tmp_path, b"Zaphodina") == []
    assert list(tmp_path.glob("*.unfinished")) == []


def test_no_file_holds_metadata_that_were_changed(store: LanceStore, tmp_path: Path) -> None:
    one = face(unit(1, 9)[0], metadata={"note": "Betelgeuse"})
    store.add("staff", MODEL, [one])
    assert files_with(tmp_path, b"Betelgeuse")
    assert store.describe("staff", one.id, {"note": "Guildford"})
    assert files_with(tmp_path, b"Betelgeuse") == []
    assert files_with(tmp_path, b"Guildford")


def test_no_file_holds_the_name_of_who_is_erased_when_all_her_faces_are_others(
    store: LanceStore, tmp_path: Path
) -> None:
    store.erase_subject("staff", "Zaphodina")
    store.introduce("staff", "Zaphodina")
    store.add("staff", MODEL, some(3, "Zaphodina", 2))
    # As releases did that left rows of before in the files.
    table = store._tables.get("staff")  # noqa: SLF001
    table.update(where="subject = 'Zaphodina'", values={"subject": "Bob"})
    assert files_with(tmp_path / "staff.faces.lance", b"Zaphodina")
    assert store.erase_subject("staff", "Zaphodina") == 0
    assert files_with(tmp_path, b"Zaphodina") == []
    with pytest.raises(UnknownSubject):
        store.erase_subject("staff", "Zaphodina")


_KILLED = """
import os, signal, sys
from foveate.people import care
from foveate.people.store import LanceStore
store = LanceStore(sys.argv[1])
care.scrub = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
store.rename("staff", "Zaphodina", "P17")
"""


@pytest.mark.parametrize("store", ["plain"], indirect=True)
def test_a_rename_that_is_killed_before_the_name_is_gone_is_finished_by_the_next(
    store: LanceStore, tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False)
    assert store.is_known("staff", "P17")
    assert files_with(tmp_path, b"Zaphodina")
    assert store.collection("staff").unfinished
    next_one = LanceStore(str(tmp_path))
    next_one.begin()
    next_one.close()
    assert files_with(tmp_path, b"Zaphodina") == []


def test_naming_who_has_no_name_writes_nothing_else_anew(store: LanceStore) -> None:
    store.add("staff", MODEL, some(2, seed=3))
    before = store.collection("staff").version
    store.assign("staff", Selection(named=False), "Cy", force=True)
    assert store.collection("staff").version == before + 1


def test_nothing_is_written_for_who_is_not_known_or_where_a_name_is_taken(
    store: LanceStore,
) -> None:
    before = store.collection("staff").version
    with pytest.raises(BadOption, match="Merge the two"):
        store.rename("staff", "Zaphodina", "Bob")
    with pytest.raises(BadOption, match="of Zaphodina"):
        store.assign("staff", HER, "Bob")
    for act in (store.erase_subject, lambda *who: store.rename(*who, "Nobody")):
        with pytest.raises(UnknownSubject):
            act("staff", "Who")
    assert store.collection("staff").version == before
    assert not store.collection("staff").unfinished


def test_many_faces_get_their_names_in_one_change_for_each_name(store: LanceStore) -> None:
    def shown(subject: str) -> list[EnrolledFace]:
        boxes = [Box(100.0 * row, 10.0, 30.0, 40.0) for row in range(6)]
        return [face(unit(1)[0], subject, box=box, digest="aa") for box in boxes]

    nameless, named = shown(""), shown("Ann")
    store.enrol("staff", MODEL, nameless)
    before = store.collection("staff").version
    changed = store.enrol("staff", MODEL, named)
    assert changed == [each.id for each in nameless]
    assert store.collection("staff").version == before + 1
