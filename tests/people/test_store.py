"""The face index, on real files."""

from __future__ import annotations

import math
import os
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people_faces import (
    BOX,
    MODEL,
    FullDisk,
    HalfWritten,
    Stubborn,
    face,
    files_with,
    meanwhile,
    sealing,
    some,
    unit,
)

from foveate.deadline import Deadline
from foveate.enrolled import EnrolledFace, Selection, composed
from foveate.errors import (
    BadOption,
    ClientDisconnected,
    IndexLocked,
    IndexNotWritten,
    OtherModel,
    StillInFiles,
    Unavailable,
    UnknownCollection,
    UnknownSubject,
)
from foveate.geometry.box import Box
from foveate.people.adding import Adding
from foveate.people.lock import folder_lock
from foveate.people.read import BATCH
from foveate.people.schema import schema, to_table
from foveate.people.store import LanceStore
from foveate.people.tables import Tables
from foveate.people.upkeep import INDEX_FROM
from foveate.people.where import MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


BOTH = pytest.mark.parametrize("sealed", [False, True], ids=["plain", "sealed"])
ANN = Selection(subjects=("Ann",))
PLAIN = pytest.mark.parametrize("store", ["plain"], indirect=True)


@pytest.fixture(params=["plain", "sealed"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LanceStore]:
    made = LanceStore(
        str(tmp_path / "index"), sealing=sealing() if request.param == "sealed" else None
    )
    made.create("staff", MODEL)
    yield made
    made.close()


def test_what_was_added_comes_back_as_it_was(store: LanceStore) -> None:
    added = face(
        unit(1)[0], "Ann O'Hara", source="a/b.jpg", digest="ab" * 32, quality=0.5, crop=b"PNG",
        metadata={"door": 3, "tags": ["x"], "team": None}, added=12.5,
    )  # fmt: skip
    store.add("staff", MODEL, [added])
    (got,) = store.faces("staff")
    assert got == added
    assert (got.embedding == added.embedding).all()
    assert got.crop == b"PNG"
    assert got.box == BOX


def test_the_revision_is_another_one_after_each_change_and_the_same_without(
    store: LanceStore,
) -> None:
    seen = [store.revision("staff")]

    def changed() -> None:
        assert store.revision("staff") == store.revision("staff")
        assert store.revision("staff") not in seen
        seen.append(store.revision("staff"))

    store.add("staff", MODEL, some(3, "Ann"))
    changed()
    store.add("staff", MODEL, some(3, "Bob", 1))
    changed()
    store.assign("staff", Selection(subjects=("Bob",)), "Rob", force=True)
    changed()
    store.erase("staff", Selection(subjects=("Rob",)))
    changed()
    # Made anew, its versions begin anew.
    store.drop("staff")
    with pytest.raises(UnknownCollection):
        store.revision("staff")
    store.create("staff", MODEL)
    for seed in range(2, 6):
        store.add("staff", MODEL, some(3, "Ann", seed))
        changed()


def test_the_revision_tells_collections_apart_that_begin_with_the_same_face(
    store: LanceStore,
) -> None:
    ann, one_bob, other_bob = some(1, "Ann") + some(2, "Bob", 1)
    seen = set()
    for bob in (one_bob, other_bob):
        store.add("staff", MODEL, [ann, bob])
        seen.add(store.revision("staff"))
        store.drop("staff")
        store.create("staff", MODEL)
    assert len(seen) == 2


def test_another_process_hears_of_changes_when_they_may_no_longer_be_missed(
    tmp_path: Path,
) -> None:
    place = str(tmp_path / "index")
    ours, theirs = LanceStore(place, staleness_s=0), LanceStore(place, staleness_s=0)
    ours.create("staff", MODEL)
    before = theirs.revision("staff")
    ours.add("staff", MODEL, some(1, "Ann"))
    assert theirs.revision("staff") == ours.revision("staff") != before
    ours.close()
    theirs.close()


def test_a_search_gives_the_nearest_first_and_how_near_they_are(store: LanceStore) -> None:
    faces = some(50)
    store.add("staff", MODEL, faces)
    asked = faces[7].embedding + 0.5 * faces[3].embedding
    asked /= np.linalg.norm(asked)
    first, second, *others = store.search("staff", asked, 5)
    assert [first.face.id, second.face.id] == [faces[7].id, faces[3].id]
    assert len(others) == 3
    assert first.cosine == pytest.approx(float(asked @ faces[7].embedding), abs=1e-5)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), "abcd"),
        (Selection(subjects=("Ann",)), "ab"),
        (Selection(subjects=("Ann", "Bo'b")), "abc"),
        (Selection(named=False), "d"),
        (Selection(named=True, least_quality=0.6), "bc"),
        (Selection(metadata={"door": 1}), "ac"),
        (Selection(metadata={"door": "1"}), "d"),
        (Selection(metadata={"door": 1, "in": True}), "c"),
        (Selection(digests=("dd",)), "d"),
        (Selection(added_before=30.0), "bcd"),
        (Selection(subjects=("Nobody",)), ""),
    ],
)
def test_selections_mean_those_for_which_all_holds(
    store: LanceStore, selection: Selection, expected: str
) -> None:
    vectors = unit(4)
    faces = {
        "a": face(vectors[0], "Ann", metadata={"door": 1}, quality=0.5, added=30.0),
        "b": face(vectors[1], "Ann", quality=0.75),
        "c": face(vectors[2], "Bo'b", metadata={"door": 1, "in": True}),
        "d": face(vectors[3], metadata={"door": "1"}, digest="dd"),
    }
    store.add("staff", MODEL, list(faces.values()))
    names = {each.id: name for name, each in faces.items()}
    found = store.search("staff", vectors[0], 9, selection)
    assert "".join(sorted(names[match.face.id] for match in found)) == expected
    assert store.count("staff", selection) == len(expected)
    assert sorted(names[each] for each in store.embeddings("staff", selection)[0]) == [*expected]


@PLAIN
def test_pages_after_a_face_miss_none_while_those_before_it_are_erased(store: LanceStore) -> None:
    times = [0.1 + 0.2, 1_764_000_000.123457, 1_764_000_000.123457, 1e-5, 2e17]
    faces = [face(vector, added=t) for vector, t in zip(unit(5), times, strict=True)]
    store.add("staff", MODEL, faces)
    expected = sorted(faces, key=lambda each: (each.added, each.id))
    told: list[str] = []
    after: tuple[float, str] | None = None
    while page := store.told("staff", Selection(after=after), limit=2):
        told += [each.id for each in page]
        after = page[-1].added, page[-1].id
        store.erase("staff", Selection(ids=tuple(each.id for each in page)))
    assert told == [each.id for each in expected]


@PLAIN
def test_of_several_that_make_a_collection_at_once_one_is_told_that_it_is_new(
    store: LanceStore,
) -> None:
    with ThreadPoolExecutor(6) as pool:
        new = list(pool.map(lambda _: store.create("guests", MODEL), range(6)))
    assert sorted(new) == [False] * 5 + [True]


def test_metadata_is_changed_key_by_key_and_found_as_it_is_now(store: LanceStore) -> None:
    one, other = (face(vector, metadata={"door": 3, "team": "red"}) for vector in unit(2))
    store.add("staff", MODEL, [one, other])
    revision = store.revision("staff")
    assert store.describe("staff", one.id, {"door": None, "it's": {"floor": 2}})
    assert store.revision("staff") != revision
    told = {each.id: each.metadata for each in store.every("staff")}
    assert told == {one.id: {"team": "red", "it's": {"floor": 2}}, other.id: other.metadata}
    for metadata, found in (({"door": 3}, [other.id]), ({"team": "red"}, [one.id, other.id])):
        assert sorted(store.ids("staff", Selection(metadata=metadata))) == sorted(found)
    assert store.describe("staff", one.id, {"team": None, "it's": None})
    assert store.told("staff", Selection(ids=(one.id,)))[0].metadata == {}
    assert store.search("staff", one.embedding, 1)[0].face.id == one.id
    assert not store.describe("staff", "f1", {"door": 1})


@PLAIN
def test_metadata_grows_to_its_bound_and_no_further(store: LanceStore) -> None:
    (one,) = some(1)
    store.add("staff", MODEL, [one])
    assert store.describe("staff", one.id, {"a": "x" * 10_000})
    with pytest.raises(BadOption, match="up to 16384 bytes"):
        store.describe("staff", one.id, {"b": "x" * 10_000})
    assert set(store.told("staff")[0].metadata) == {"a"}


def test_pages_follow_each_other_whatever_was_written_in_between(store: LanceStore) -> None:
    faces = some(25)
    for one in reversed(faces):
        store.add("staff", MODEL, [one])
    pages = [store.faces("staff", offset=at, limit=10) for at in (0, 10, 20)]
    assert [each.id for page in pages for each in page] == [each.id for each in faces]
    assert [each.id for each in store.told("staff", limit=1)] == [faces[0].id]
    assert [each.id for each in store.told("staff", offset=1, limit=1)] == [faces[1].id]


def test_subjects_are_counted_named_and_merged(store: LanceStore) -> None:
    store.add("staff", MODEL, [*some(3, "Ann"), *some(2, "Bob", 1), *some(1, "", 2)])
    assert [(who.name, who.faces) for who in store.subjects("staff")] == [("Ann", 3), ("Bob", 2)]
    assert store.assign("staff", Selection(subjects=("Bob",)), "Ann", force=True) == 2
    assert [(who.name, who.faces) for who in store.subjects("staff", prefix="A")] == [("Ann", 5)]
    assert store.subjects("staff", prefix="B") == []


def test_a_face_that_is_somebody_elses_is_taken_by_force_alone(store: LanceStore) -> None:
    nameless, named = some(2), some(1, "Bob", 1)
    store.add("staff", MODEL, [*nameless, *named])
    every = Selection(ids=tuple(face.id for face in [*nameless, *named]))
    with pytest.raises(BadOption, match=f"got {named[0].id} of Bob"):
        store.assign("staff", every, "Ann")
    assert store.count("staff", Selection(named=False)) == 2
    assert store.assign("staff", every, "Ann", force=True) == 3
    assert store.assign("staff", every, "Ann") == 3


def test_of_two_who_name_a_face_at_once_the_first_is_heard(store: LanceStore) -> None:
    (one,) = some(1)
    store.add("staff", MODEL, [one])
    meant = Selection(ids=(one.id,))
    names = [partial(store.assign, "staff", meant, name) for name in ("Ann", "Bob")]
    first, second = meanwhile(store, *names)
    assert first == 1
    assert isinstance(second, BadOption)
    assert [who.name for who in store.subjects("staff")] == ["Ann"]


def test_more_faces_than_one_condition_names_are_given_to_a_subject(store: LanceStore) -> None:
    faces, others = some(8), some(2, seed=1)
    store.add("staff", MODEL, [*faces, *others])
    first, *rest = (face.id for face in faces)
    gone = (f"{number:032x}" for number in range(MOST))
    meant = Selection(ids=(first, *gone, *rest))
    assert store.assign("staff", meant, "Ann") == 8
    assert [(who.name, who.faces) for who in store.subjects("staff")] == [("Ann", 8)]


def test_a_face_is_added_once_by_its_id_however_many_bring_it(store: LanceStore) -> None:
    faces = some(5)
    store.add("staff", MODEL, faces[:1], by_id=True)
    adds = [partial(store.add, "staff", MODEL, faces[:end], by_id=True) for end in (3, 5)]
    assert meanwhile(store, *adds) == [2, 2]
    assert sorted(each.id for each in store.every("staff")) == sorted(each.id for each in faces)


def test_a_face_of_a_picture_is_there_by_its_place_and_gets_a_name(store: LanceStore) -> None:
    boxes = [Box(left, 10.0, 30.0, 40.0) for left in (0.0, 100.0, 200.0)]
    near = Box(101.0, 11.0, 30.0, 39.0)

    def shown(box: Box, subject: str = "", digest: str = "aa") -> EnrolledFace:
        return face(unit(1)[0], subject, box=box, digest=digest, metadata={"door": 3})

    first = shown(boxes[0], "Ann")
    every = [shown(box) for box in boxes]
    assert store.enrol("staff", MODEL, [first]) == [first.id]
    assert store.enrol("staff", MODEL, every) == [each.id for each in every[1:]]
    assert store.enrol("staff", MODEL, [shown(near, "Bob")]) == [every[1].id]
    assert store.enrol("staff", MODEL, [shown(near, "Bob")]) == []
    twin, other = shown(near, "Twin"), shown(near, digest="bb")
    assert store.enrol("staff", MODEL, [twin]) == [twin.id]
    assert store.enrol("staff", MODEL, [other]) == [other.id]
    assert [(who.name, who.faces) for who in store.subjects("staff")] == [
        ("Ann", 1), ("Bob", 1), ("Twin", 1)
    ]  # fmt: skip
    (bob,) = store.told("staff", Selection(subjects=("Bob",)))
    assert (bob.id, bob.metadata) == (every[1].id, {"door": 3})


def test_a_face_that_comes_at_once_with_and_without_a_name_is_one(store: LanceStore) -> None:
    faces = [face(unit(1)[0], subject, digest="aa") for subject in ("", "Ann", "", "Ann", "Bob")]
    made = meanwhile(store, *[partial(store.enrol, "staff", MODEL, [each]) for each in faces])
    assert made == [[faces[0].id], [faces[0].id], [], [], [faces[4].id]]
    kept = {each.id: each.subject for each in store.told("staff")}
    assert kept == {faces[0].id: "Ann", faces[4].id: "Bob"}


def test_what_cannot_be_added_keeps_nothing_out_that_comes_with_it(store: LanceStore) -> None:
    def stale() -> None:
        adding = Adding(to_table(some(1, "Bob", 1), "other"))
        store._writer.add("staff", adding).result(10)  # noqa: SLF001
        adding.result()

    # As if the collection had been of that model until just now.
    failed, added = meanwhile(store, stale, partial(store.add, "staff", MODEL, some(2, "Ann")))
    assert isinstance(failed, OtherModel)
    assert added == 2
    assert [who.name for who in store.subjects("staff")] == ["Ann"]


def test_a_face_that_cannot_be_named_keeps_nothing_out_that_comes_with_it(
    store: LanceStore,
) -> None:
    there, new = (face(vector, digest=digest) for vector, digest in zip(unit(2), "ab", strict=True))
    store.enrol("staff", MODEL, [there])
    store._tables._open["staff"] = FullDisk(store._tables.latest("staff"))  # noqa: SLF001
    named = [replace(there, id=digit * 32, subject="Ann") for digit in "12"]
    adds = [partial(store.enrol, "staff", MODEL, [each]) for each in (named[0], new, named[1])]
    first, added, second = meanwhile(store, *adds)
    assert added == [new.id]
    assert isinstance(first, IndexNotWritten)
    assert isinstance(second, IndexNotWritten)
    assert [each.subject for each in store.told("staff")] == ["", ""]
    assert store.enrol("staff", MODEL, named[:1]) == [there.id]


def test_faces_that_take_the_place_of_all_are_not_in_memory_together(store: LanceStore) -> None:
    store.add("staff", MODEL, some(1))
    alive: list[ref[Any]] = []
    most = 0

    def anew() -> Iterator[EnrolledFace]:
        nonlocal most
        for number in range(3 * BATCH + 100):
            vector = np.zeros(512, np.float32)
            vector[number % 512] = 1.0
            alive.append(ref(vector))
            most = max(most, sum(each() is not None for each in alive[:: BATCH // 4]))
            yield face(vector, "Ann", id=f"{number:032x}", crop=b"a crop")

    store.replace("staff", "chance-2", anew(), revision=store.revision("staff"))
    assert most <= 9  # every 256th of two batches of 1024, and the one that comes
    assert store.count("staff", ANN) == 3 * BATCH + 100
    assert store.collection("staff").model == "chance-2"


def test_what_is_raised_while_faces_take_the_place_of_all_leaves_all_as_it_was(
    store: LanceStore, tmp_path: Path
) -> None:
    store.add("staff", MODEL, some(3, "Ann"))
    before = store.revision("staff"), sorted(tmp_path.rglob("*"))

    def broken() -> Iterator[EnrolledFace]:
        yield from some(BATCH + 1, "Bob")
        raise UnknownSubject("nobody")

    with pytest.raises(UnknownSubject):
        store.replace("staff", "chance-2", broken(), revision=before[0])
    assert (store.revision("staff"), sorted(tmp_path.rglob("*"))) == before


def test_names_are_found_by_a_part_in_any_case(store: LanceStore) -> None:
    people = ("Zoe\u0308 Strauss", "Ann", "STRAUSSEN", "Bo'b%")
    store.add("staff", MODEL, [row for who in people for row in some(1, composed(who))])

    def named(part: str, **page: int) -> list[str]:
        return [who.name for who in store.subjects("staff", contains=part, **page)]

    assert named("strauß") == ["STRAUSSEN", "Zo\u00eb Strauss"]
    assert named("ZOE\u0308") == ["Zo\u00eb Strauss"]
    assert named("strauss", offset=1, limit=1) == ["Zo\u00eb Strauss"]
    assert named("o'b%") == ["Bo'b%"]
    assert named("") == ["Ann", "Bo'b%", "STRAUSSEN", "Zo\u00eb Strauss"]
    assert store.subjects("staff", prefix="A", contains="z") == []


def test_the_best_face_of_each_subject_is_told(store: LanceStore) -> None:
    one, two, three, four = unit(4)
    best = face(two, "Ann", quality=0.9)
    other = face(four, "Bo'b", quality=0.1)
    rows = [face(one, "Ann", quality=0.5), best, face(three, quality=1.0), other]
    store.add("staff", MODEL, rows)
    found = store.best_faces("staff", ["Ann", "Bo'b", "Nobody"])
    assert found == {"Ann": best.id, "Bo'b": other.id}


def test_faces_of_another_model_are_refused_and_the_cure_is_named(store: LanceStore) -> None:
    with pytest.raises(OtherModel, match="foveate people reindex staff"):
        store.add("staff", "other", some(1))
    with pytest.raises(OtherModel):
        store.create("staff", "other")
    assert store.count("staff") == 0


def test_a_collection_is_known_by_name_and_its_version_grows(store: LanceStore) -> None:
    before = store.collection("staff")
    store.add("staff", MODEL, some(2))
    after = store.collection("staff")
    assert (after.model, after.faces) == (MODEL, 2)
    assert after.version > before.version
    with pytest.raises(UnknownCollection, match="guests"):
        store.search("guests", unit(1)[0], 1)
    with pytest.raises(BadOption, match="name of a collection"):
        store.create("../x", MODEL)


def test_a_list_tells_the_others_where_one_goes_meanwhile_or_is_of_a_later_release(
    store: LanceStore, caplog: pytest.LogCaptureFixture
) -> None:
    class Gone(Stubborn):
        """Still lists a collection that somebody drops just then."""

        def list_tables(self, **how: Any) -> Any:
            found = self._database.list_tables(**how)
            found.tables.append("gone.faces")
            return found

    tables = store._tables  # noqa: SLF001
    later = schema("m").with_metadata({b"foveate.schema": b"9"})
    tables.database().create_table("later.faces", schema=later)
    tables._connection = Gone(tables.database(), 0)  # noqa: SLF001
    assert [each.name for each in store.collections()] == ["staff"]
    assert "later is passed over. Expected a face index of version 2" in caplog.text


def test_collections_are_apart_and_one_is_dropped_alone(store: LanceStore, tmp_path: Path) -> None:
    store.create("guests", MODEL)
    kept, dropped = some(2, "Ann"), some(2, "Zoë", 1)
    store.add("staff", MODEL, kept)
    store.add("guests", MODEL, dropped)
    store.drop("guests")
    assert [each.name for each in store.collections()] == ["staff"]
    assert store.search("staff", dropped[0].embedding, 5)[0].cosine < 0.5
    assert files_with(tmp_path, dropped[0].embedding.tobytes()) == []


def test_what_could_not_be_dropped_takes_nothing_with_it_that_comes_later(
    store: LanceStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.add("staff", MODEL, some(2, "Ann"))
    tables = store._tables  # noqa: SLF001
    stubborn = Stubborn(tables.database(), 4)
    tables._connection = stubborn  # noqa: SLF001
    with pytest.raises(IndexNotWritten, match="the disk fails"):
        store.drop("staff")
    for act in (
        lambda: store.create("staff", MODEL),
        lambda: store.add("staff", MODEL, some(5, "Bob", 1)),
        lambda: store.introduce("staff", "Cy"),
    ):
        with pytest.raises(Unavailable, match="staff is being erased"):
            act()
    assert "the disk fails" in caplog.text
    assert stubborn.times == 0
    store.create("guests", MODEL)  # and that finishes it
    with pytest.raises(UnknownCollection):
        store.add("staff", MODEL, some(5, "Bob", 1))
    store.create("staff", MODEL)
    store.add("staff", MODEL, some(5, "Bob", 1))
    store.add("guests", MODEL, some(1))
    assert [who.name for who in store.subjects("staff")] == ["Bob"]


def test_whoever_erases_hears_of_the_pictures_that_others_enrolled_just_now(
    tmp_path: Path,
) -> None:
    here, there = LanceStore(str(tmp_path), staleness_s=60), LanceStore(str(tmp_path))
    here.create("staff", MODEL)
    assert here.count("staff") == 0
    one, two = (
        face(vector, "Ann", digest=char * 64) for vector, char in zip(unit(2), "ab", strict=True)
    )
    there.add("staff", MODEL, [one])
    heard: list[set[str]] = []
    assert here.erase("staff", Selection(subjects=("Ann",)), forget=heard.append) == 1
    there.add("staff", MODEL, [two])
    here.drop("staff", forget=heard.append)
    assert heard == [{"a" * 64}, {"b" * 64}]
    for store in (here, there):
        store.close()


def test_what_was_dropped_in_part_is_listed_and_may_be_dropped_again(
    store: LanceStore, tmp_path: Path
) -> None:
    gone = some(2, "Ann")
    store.add("staff", MODEL, gone)
    # As if it ended when only the first files were removed.
    (tmp_path / "index" / "staff.unfinished").write_text("table")
    for manifest in tmp_path.rglob("staff.faces.lance/_versions/*"):
        manifest.unlink()
    other = LanceStore(str(tmp_path / "index"))
    listed = [(each.name, each.faces, each.unfinished) for each in other.collections()]
    assert listed == [("staff", 0, True)]
    heard: list[set[str]] = []
    other.drop("staff", forget=heard.append)
    assert other.collections() == heard == []
    assert files_with(tmp_path, gone[0].id.encode()) == []
    with pytest.raises(UnknownCollection):
        other.drop("staff")
    other.close()


def test_a_mark_that_another_process_takes_away_just_then_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "gone.unfinished").symlink_to(tmp_path / "nowhere")  # listed, and not there
    store = LanceStore(str(tmp_path))
    store.begin()
    store.create("staff", MODEL)
    assert [each.name for each in store.collections()] == ["staff"]
    store.close()


def test_the_folder_is_its_owners_alone_and_made_when_something_is_to_lie_in_it(
    tmp_path: Path,
) -> None:
    before = os.umask(0)
    try:
        folder = tmp_path / "index"
        store = LanceStore(str(folder))
        assert store.collections() == []
        with pytest.raises(UnknownCollection):
            store.count("staff")
        assert not folder.exists()
        store.create("staff", MODEL)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (tmp_path / "other").mkdir(mode=0o750)
        LanceStore(str(tmp_path / "other")).collections()
        assert stat.S_IMODE((tmp_path / "other").stat().st_mode) == 0o750
        store.close()
    finally:
        os.umask(before)


def test_of_what_is_erased_no_file_holds_anything(store: LanceStore, tmp_path: Path) -> None:
    gone = some(3, "Person-to-be-forgotten", 1)
    store.add("staff", MODEL, some(200, "Ann"))
    store.add("staff", MODEL, gone)
    store.assign("staff", Selection(ids=(gone[0].id,)), "Another-name-of-hers", force=True)
    traces = [b"Person-to-be-forgotten", b"Another-name-of-hers"]
    traces += [each.id.encode() for each in gone]
    if not store.collection("staff").sealed:
        traces += [each.embedding.tobytes() for each in gone]
    assert all(files_with(tmp_path, trace) for trace in traces)
    names = ("Person-to-be-forgotten", "Another-name-of-hers")
    assert store.erase("staff", Selection(subjects=names)) == 3
    assert [files_with(tmp_path, trace) for trace in traces] == [[]] * len(traces)
    assert store.count("staff") == 200


@PLAIN
def test_from_some_thousands_on_an_index_is_used_and_erased_from(
    store: LanceStore, tmp_path: Path
) -> None:
    faces = [face(vector, f"p{number}") for number, vector in enumerate(unit(INDEX_FROM + 200))]
    store.add("staff", MODEL, faces)
    store.create("staff", MODEL)  # comes after the upkeep
    assert files_with(tmp_path, b"ivf") or list(tmp_path.rglob("_indices/*"))
    for one in faces[::700]:
        assert store.search("staff", one.embedding, 1)[0].face.id == one.id
        (match,) = store.search("staff", one.embedding, 2, Selection(subjects=(one.subject,)))
        assert match.face.id == one.id
    store.erase("staff", Selection(subjects=("p700",)))
    assert store.search("staff", faces[700].embedding, 1)[0].face.id != faces[700].id
    assert files_with(tmp_path, faces[700].embedding.tobytes()) == []
    assert store.search("staff", faces[701].embedding, 1)[0].face.id == faces[701].id


def test_adds_of_many_threads_share_a_commit(store: LanceStore) -> None:
    before = store.collection("staff").version
    ready = threading.Barrier(24)

    def add(one: EnrolledFace) -> None:
        ready.wait()
        store.add("staff", MODEL, [one])

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(add, some(24)))
    after = store.collection("staff")
    assert after.faces == 24
    assert after.version - before < 12


@BOTH
def test_another_process_sees_what_was_added_within_the_bound(tmp_path: Path, sealed: bool) -> None:
    seals = [sealing() if sealed else None for _ in range(2)]
    here, there = (LanceStore(str(tmp_path), staleness_s=0.2, sealing=each) for each in seals)
    here.create("staff", MODEL)
    here.add("staff", MODEL, some(1))
    assert there.count("staff") == 1
    more = some(2, seed=1)
    here.add("staff", MODEL, more)
    time.sleep(0.3)
    assert there.search("staff", more[1].embedding, 1)[0].face.id == more[1].id
    here.erase("staff", Selection(ids=(more[1].id,)))
    assert there.search("staff", more[1].embedding, 9)[0].cosine < 0.99
    here.close()


def test_two_writers_take_turns(tmp_path: Path) -> None:
    stores = [LanceStore(str(tmp_path), staleness_s=0) for _ in range(2)]
    stores[0].create("staff", MODEL)

    def add_ten(number: int) -> None:
        for one in some(10, f"writer {number}", number):
            stores[number].add("staff", MODEL, [one])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add_ten, range(2)))
    for store in stores:
        assert store.count("staff") == 20
        store.close()


def test_whoever_waits_too_long_is_told_who_writes(tmp_path: Path) -> None:
    hold = (
        "import sys, time; from pathlib import Path; from foveate.people.lock import folder_lock\n"
        f"with folder_lock(Path({str(tmp_path)!r}), 1)(): print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        other.stdout.readline()
        store = LanceStore(str(tmp_path), lock_wait_s=0.05)
        with pytest.raises(IndexLocked, match=f"Process {other.pid} "):
            store.create("staff", MODEL)
    finally:
        other.kill()
        other.wait()
        other.stdout.close()
    with folder_lock(tmp_path, 1)():
        pass  # the lock ended with its process


_KILLED = """
import sys
sys.path.insert(0, sys.argv[2])
from people_faces import MODEL, sealing, some
from foveate.people.store import LanceStore
store = LanceStore(sys.argv[1], sealing=sealing() if sys.argv[3] == "True" else None)
store.create("staff", MODEL)
for number in range(100_000):
    (one,) = some(1, seed=number)
    store.add("staff", MODEL, [one])
    print(one.id, number, flush=True)
"""


@BOTH
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, sealed: bool) -> None:
    folder = str(tmp_path / "index")
    here = str(__file__).rpartition("/")[0]
    command = [sys.executable, "-c", _KILLED, folder, here, str(sealed)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [writer.stdout.readline() for _ in range(20)]
    writer.kill()
    told += writer.stdout.readlines()
    writer.stdout.close()
    writer.wait()
    whole = [line.split() for line in told if line.endswith("\n")]
    store = LanceStore(folder, sealing=sealing() if sealed else None)
    kept = {each.id for each in store.every("staff")}
    assert len(whole) >= 20
    assert {words[0] for words in whole} <= kept
    last_id, last_seed = whole[-1]
    assert store.search("staff", unit(1, int(last_seed))[0], 1)[0].face.id == last_id
    store.add("staff", MODEL, some(1))
    store.close()


def half_written(store: LanceStore, folder: Path) -> None:
    """Let the next write come to nothing, when its rows are on the disk."""
    tables = store._tables  # noqa: SLF001
    tables._open["staff"] = HalfWritten(tables.get("staff"), folder)  # noqa: SLF001


def test_an_erasure_that_could_not_empty_files_says_so_and_is_finished_by_the_next(
    store: LanceStore, tmp_path: Path
) -> None:
    (ann,) = some(1, "Ann")
    store.add("staff", MODEL, [ann, *some(2, "Bob", 1)])
    tables = store._tables  # noqa: SLF001
    tables._open["staff"] = FullDisk(tables.get("staff"))  # noqa: SLF001
    with pytest.raises(StillInFiles, match="no space left"):
        store.erase_subject("staff", "Ann")
    assert [who.name for who in store.subjects("staff")] == ["Bob"]
    assert files_with(tmp_path, ann.id.encode())
    assert store.erase_subject("staff", "Ann") == 0
    assert files_with(tmp_path, ann.id.encode()) == []
    with pytest.raises(UnknownSubject):
        store.erase_subject("staff", "Ann")


@pytest.mark.parametrize("act", ["add", "rename", "assign"])
def test_of_what_could_not_be_written_no_file_holds_anything(
    store: LanceStore, tmp_path: Path, act: str
) -> None:
    store.add("staff", MODEL, some(3, "Ann"))
    acts: dict[str, Callable[[], object]] = {
        "add": lambda: store.add("staff", MODEL, some(1, "Zaphodina", 1)),
        "rename": lambda: store.rename("staff", "Ann", "Zaphodina"),
        "assign": lambda: store.assign("staff", ANN, "Zaphodina", force=True),
    }
    half_written(store, tmp_path / "index")
    with pytest.raises(IndexNotWritten, match="no space left"):
        acts[act]()
    assert files_with(tmp_path, b"Zaphodina") == []
    assert list(tmp_path.rglob("*.writing")) == []
    assert [(who.name, who.faces) for who in store.subjects("staff")] == [("Ann", 3)]
    acts[act]()
    assert files_with(tmp_path, b"Zaphodina")


_KILLED_MIDWAY = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from people_faces import MODEL, HalfWritten, some
from foveate.people import care
from foveate.people.store import LanceStore
store = LanceStore(sys.argv[1])
care.forget_versions = lambda table: os.kill(os.getpid(), signal.SIGKILL)
tables = store._tables
tables._open["staff"] = HalfWritten(tables.get("staff"), Path(sys.argv[1]))
store.add("staff", MODEL, some(1, "Zaphodina"))
"""


@pytest.mark.parametrize("by", ["start", "erasure", "add"])
def test_what_a_killed_process_half_wrote_goes_when_a_server_begins_or_somebody_writes(
    tmp_path: Path, by: str
) -> None:
    folder = tmp_path / "index"
    store = LanceStore(str(folder))
    store.create("staff", MODEL)
    store.add("staff", MODEL, some(3, "Ann"))
    store.close()
    here = str(__file__).rpartition("/")[0]
    command = [sys.executable, "-c", _KILLED_MIDWAY, str(folder), here]
    subprocess.run(command, capture_output=True, check=False)
    assert files_with(folder, b"Zaphodina")
    next_one = LanceStore(str(folder))
    if by == "start":
        next_one.begin()
    elif by == "add":
        next_one.add("staff", MODEL, some(1, "Ann", 1))
    else:
        with pytest.raises(UnknownSubject):
            next_one.erase_subject("staff", "Zaphodina")
    next_one.close()
    assert files_with(folder, b"Zaphodina") == []
    assert list(folder.glob("*.writing")) == []
    assert [who.name for who in next_one.subjects("staff")] == ["Ann"]


def test_what_others_erase_from_is_read_in_the_end_or_said_to_be_unavailable(
    tmp_path: Path,
) -> None:
    tables, failed = Tables(str(tmp_path), staleness_s=0, cache_bytes=1024), []
    tables.make("staff", MODEL)

    def read(table: Any, times: int) -> int:
        if len(failed) < times:
            failed.append(table)
            raise RuntimeError("Object at location was not found")
        return int(table.count_rows())

    assert tables.read("staff", partial(read, times=4)) == 0
    assert len(set(map(id, failed))) == 4  # each time it was opened anew
    failed.clear()
    with pytest.raises(Unavailable, match="staff cannot be read: Object at location"):
        tables.read("staff", partial(read, times=1000))
    failed.clear()
    gone = threading.Event()
    with Deadline(math.inf, gone):
        gone.set()
        with pytest.raises(ClientDisconnected):
            tables.read("staff", partial(read, times=1000))
    assert len(failed) == 1


_ACTS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "assign", "erase"]),
        st.sampled_from(["Ann", "Bob", "O'Hara", ""]),
        st.sampled_from(["Ann", "Cy"]),
    ),
    max_size=12,
)


@BOTH
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=_ACTS)
def test_it_holds_what_a_plain_dict_would(
    tmp_path: Path, sealed: bool, acts: list[tuple[str, str, str]]
) -> None:
    store = LanceStore(str(tmp_path / "model"), sealing=sealing() if sealed else None)
    store.create("staff", MODEL)
    store.drop("staff")
    store.create("staff", MODEL)
    expected: dict[str, str] = {}
    for number, (act, who, other) in enumerate(acts):
        chosen = Selection(subjects=(who,)) if who else Selection(named=False)
        those = {each for each, subject in expected.items() if subject == who}
        if act == "add":
            (one,) = some(1, who, number)
            store.add("staff", MODEL, [one])
            expected[one.id] = who
        elif act == "assign":
            assert store.assign("staff", chosen, other, force=True) == len(those)
            expected |= dict.fromkeys(those, other)
        else:
            assert store.erase("staff", chosen) == len(those)
            expected = {key: who for key, who in expected.items() if key not in those}
    assert {each.id: each.subject for each in store.every("staff")} == expected
    near = store.search("staff", unit(1)[0], 99)
    assert {match.face.id: match.face.subject for match in near} == expected
    store.close()
