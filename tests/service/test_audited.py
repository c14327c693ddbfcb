"""What is asked on this machine is in the audit log, as what is asked over a network."""

from __future__ import annotations

import base64
import getpass
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from people_faces import face, sealing, unit
from people_pictures import BLACK, GREEN, RED, Heads, drawn
from service_networks import analyses, picture, soon

from foveate.enrolled import Selection
from foveate.errors import AuditFailed, BadOption, FaceRefused, UnknownSubject
from foveate.people.audit import FILE, AuditLog
from foveate.people.store import LanceStore
from foveate.service.audited import Audited, local_visit, recognition_visit
from foveate.service.people import People
from foveate.service.told import asked
from foveate.settings import People as Settings
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.service.work import Work


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Audited]:
    store = LanceStore(str(tmp_path / "index"), staleness_s=0)
    people = People(analyses=analyses(Heads()), store=store, settings=Settings())
    yield Audited(people=people, audit=AuditLog(tmp_path), door="cli")
    store.close()


def run(work: Work[Any]) -> Any:
    return work.run(soon(), Trace())


def enrol(index: Audited, subject: str, data: bytes) -> str:
    made = run(index.prepare_enrol(picture(data), "staff", subject))
    return str(made.enrolled[0].id)


def lines(index: Audited, *words: str) -> list[tuple[Any, ...]]:
    return [tuple(entry.get(word) for word in words) for entry in index.audit.entries()]


def test_each_verb_has_its_lines_with_who_asked_and_through_what(index: Audited) -> None:
    ruby = enrol(index, "Ruby", drawn(RED))
    run(index.prepare_find(picture(drawn(RED)), "staff"))
    run(index.prepare_verify(picture(drawn(RED)), "staff", "Ruby"))
    (face,) = index.every("staff")
    index.search("staff", face.embedding)
    index.rename("staff", "Ruby", "Rose")
    index.people.introduce("staff", "Ruby")
    index.merge("staff", "Rose", "Ruby")
    index.name("staff", [ruby], "Rose", force=True)
    assert index.describe("staff", ruby, {"door": 3}).metadata == {"door": 3}
    assert index.groups("staff") == index.duplicates("staff") == index.clusters("staff") == []
    assert index.cluster_of("staff", ruby) == [ruby]
    index.erase("staff", Selection(ids=(ruby,)))
    enrol(index, "Fern", drawn(GREEN))
    index.erase_subject("staff", "Fern")
    index.drop("staff")
    told = lines(index, "verb", "outcome", "count")
    assert told == [
        ("add", "asked", None),
        ("add", "done", 1),
        ("search", "done", 1),
        ("verify", "done", 1),
        ("export", "asked", None),
        ("export", "done", 1),
        ("search", "done", 1),
        *((verb, outcome, count) for verb in ("rename", "merge", "name", "describe")
          for outcome, count in (("asked", None), ("done", 1))),
        ("clusters", "done", 0),
        ("duplicates", "done", 0),
        ("clusters", "done", 0),
        ("clusters", "done", 1),
        ("erase", "asked", None),
        ("erase", "done", 1),
        ("add", "asked", None),
        ("add", "done", 1),
        ("erase", "asked", None),
        ("erase", "done", 1),
        ("erase", "asked", None),
        ("erase", "done", 0),
    ]  # fmt: skip
    assert set(lines(index, "by", "door", "user", "collection")) == {
        ("local", "cli", getpass.getuser(), "staff")
    }
    found = [entry for entry in index.audit.entries() if entry["verb"] == "search"]
    assert [entry["subjects"] for entry in found] == [["Ruby"], ["Ruby"]]
    assert [entry["faces"] for entry in found] == [[ruby], [ruby]]


def test_faces_and_crops_that_are_handed_out_are_noted(index: Audited) -> None:
    people = index.people
    kept = face(unit(1)[0], "Fern", crop=b"a crop")
    people.add("staff", people.model, [kept])
    assert index.faces("staff", limit=1)[0].crop == b"a crop"
    assert index.crops("staff", [kept.id]) == {kept.id: b"a crop"}
    assert lines(index, "verb", "faces", "count") == [
        ("export", [kept.id], 1),
        ("crop", [kept.id], None),
    ]


def test_many_that_are_enrolled_together_are_two_lines(index: Audited) -> None:
    with index.importing("staff") as many:
        for subject, colour in (("Ruby", RED), ("Fern", GREEN), ("Ruby", RED)):
            run(many.prepare_enrol(picture(drawn(colour)), "staff", subject))
    assert lines(index, "verb", "outcome", "count") == [
        ("import", "asked", None),
        ("import", "done", 2),
    ]


def test_an_import_that_is_broken_off_says_how_far_it_came(index: Audited) -> None:
    def broken() -> None:
        with index.importing("staff") as many:
            run(many.prepare_enrol(picture(drawn(RED)), "staff", "Ruby"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert lines(index, "outcome", "count", "error")[-1] == ("failed", 1, "KeyboardInterrupt")


def test_an_export_that_is_broken_off_says_how_far_it_came(index: Audited) -> None:
    for subject, colour in (("Ruby", RED), ("Fern", GREEN)):
        enrol(index, subject, drawn(colour))
    exported: Any = index.every("staff")
    next(exported)
    exported.close()
    assert lines(index, "verb", "outcome", "count")[-1] == ("export", "failed", 1)


def test_a_change_that_is_interrupted_says_so(index: Audited) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    visit = local_visit(index.audit, "cli", "erase", "staff")
    with pytest.raises(KeyboardInterrupt):
        visit.change(interrupted, lambda _: {})
    assert lines(index, "outcome", "error")[-1] == ("failed", "KeyboardInterrupt")


def test_what_failed_is_raised_where_that_cannot_be_noted_either(
    index: Audited, tmp_path: Path
) -> None:
    def act() -> int:
        (tmp_path / FILE).unlink()
        (tmp_path / FILE).mkdir()
        raise UnknownSubject("nobody")

    visit = local_visit(index.audit, "cli", "erase", "staff")
    with pytest.raises(UnknownSubject):
        visit.change(act, lambda _: {})
    with pytest.raises(AuditFailed):
        visit.change(lambda: 1, lambda _: {})


def test_embeddings_of_a_file_are_two_lines(index: Audited, tmp_path: Path) -> None:
    np.save(tmp_path / "them.npy", np.eye(512, dtype=np.float32)[:40])
    assert index.add_vectors("theirs", tmp_path / "them.npy", model="arcface") == 40
    assert lines(index, "verb", "count") == [("import", None), ("import", 40)]


def test_embeddings_that_are_broken_off_say_how_far_they_came(
    index: Audited, tmp_path: Path
) -> None:
    vectors = unit(1200)
    vectors[1100] = 0.0
    np.save(tmp_path / "them.npy", vectors)
    with pytest.raises(BadOption, match="row 1100"):
        index.add_vectors("theirs", tmp_path / "them.npy", model="arcface")
    assert lines(index, "outcome", "count", "error")[-1] == ("failed", 1000, "BadOption")
    assert index.people.store.count("theirs") == 1000


def test_a_collection_that_could_not_be_made_anew_is_noted_as_left_as_it_is(
    index: Audited,
) -> None:
    enrol(index, "Ruby", drawn(RED))
    made = index.reindex("staff", lambda _: picture(drawn(RED)), run)
    assert not made.written
    assert lines(index, "verb", "outcome", "count", "written")[-1] == (
        ("reindex", "done", 0, False)
    )
    index.reindex("staff", lambda _: picture(drawn(RED)), run, drop=True)
    assert lines(index, "count", "written")[-1] == (0, True)


def test_sealing_is_noted_with_whether_anything_was_sealed(index: Audited, tmp_path: Path) -> None:
    enrol(index, "Ruby", drawn(RED))
    store = LanceStore(str(tmp_path / "index"), staleness_s=0, sealing=sealing())
    sealed = replace(index, people=replace(index.people, store=store))
    assert sealed.seal("staff")
    assert not sealed.seal("staff")
    store.close()
    assert lines(index, "verb", "outcome", "count", "written")[2:] == [
        ("seal", "asked", None, None),
        ("seal", "done", None, True),
        ("seal", "asked", None, None),
        ("seal", "done", None, False),
    ]


def test_what_failed_is_noted_as_such(index: Audited) -> None:
    enrol(index, "Ruby", drawn(RED))
    with pytest.raises(UnknownSubject):
        index.erase_subject("staff", "Nobody")
    assert lines(index, "verb", "outcome", "error", "subjects")[-1] == (
        ("erase", "failed", "UnknownSubject", ["Nobody"])
    )
    with pytest.raises(FaceRefused):
        run(index.prepare_enrol(picture(drawn(BLACK)), "staff", "Nobody"))
    assert lines(index, "verb", "outcome", "error")[-1] == ("add", "failed", "FaceRefused")


def test_what_cannot_be_noted_is_neither_told_nor_done(index: Audited, tmp_path: Path) -> None:
    enrol(index, "Ruby", drawn(RED))
    (face,) = index.people.every("staff")
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    for ask in (
        lambda: run(index.prepare_find(picture(drawn(RED)), "staff")),
        lambda: run(index.prepare_verify(picture(drawn(RED)), "staff", "Ruby")),
        lambda: index.search("staff", face.embedding),
        lambda: list(index.every("staff")),
        lambda: index.faces("staff"),
        lambda: index.crops("staff", [face.id]),
        lambda: enrol(index, "Fern", drawn(GREEN)),
        lambda: index.importing("staff").__enter__(),
        lambda: index.rename("staff", "Ruby", "Rose"),
        lambda: index.erase_subject("staff", "Ruby"),
        lambda: index.drop("staff"),
    ):
        with pytest.raises(AuditFailed):
            ask()
    assert [(who.name, who.faces) for who in index.people.subjects("staff")] == [("Ruby", 1)]


def test_no_line_holds_a_vector_or_a_picture(index: Audited, tmp_path: Path) -> None:
    people, vectors = index.people, unit(2)
    enrol(index, "Ruby", drawn(RED))
    kept = [face(vector, "Fern", crop=drawn(GREEN)) for vector in vectors]
    people.add("staff", people.model, kept)
    index.search("staff", vectors[0])
    assert len(list(index.every("staff"))) == 3
    index.erase("staff", Selection(ids=(kept[0].id,)))
    index.erase_subject("staff", "Fern")
    text = (tmp_path / FILE).read_text()
    assert all(len(line) < 600 for line in text.splitlines())
    assert "embedding" not in text
    for data in (*(vector.tobytes()[:48] for vector in vectors), drawn(GREEN)[:48]):
        assert data.hex()[:16] not in text
        assert base64.b64encode(data).decode() not in text
    numbers = [f"{number:.10f}"[:8] for number in abs(vectors).ravel().tolist() if number > 0.01]
    assert len(numbers) > 500
    assert not [number for number in numbers if number in text]


def test_recognition_is_noted_where_it_searches(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    assert recognition_visit(log, asked(("faces", "embedding"))) is None
    visit = recognition_visit(log, asked((), collection="staff"))
    assert visit is not None
    visit.found(["Ruby"], ["f1"])
    (entry,) = log.entries()
    assert (entry["verb"], entry["collection"], entry["door"]) == ("recognise", "staff", "library")
