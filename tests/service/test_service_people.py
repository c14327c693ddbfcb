"""Enrolling, finding and erasing people, over networks that see squares of colour."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from people_faces import FullDisk, files_with, some
from people_pictures import BLACK, BLUE, GREEN, RED, ROSE, Colour, Heads, drawn
from service_networks import Embedder, Reader, analyses, done, forgetting, picture

from foveate.enrolled import EnrolledFace, Selection
from foveate.errors import (
    BadOption,
    CollectionFull,
    FaceRefused,
    IndexNotWritten,
    NotEnrolled,
    OtherModel,
    SealedCollection,
    SubjectTaken,
    Unavailable,
    UnknownCollection,
    UnknownFace,
    UnknownSubject,
)
from foveate.geometry.box import Point
from foveate.people.opened import Sealing
from foveate.people.sealing import Keyring
from foveate.people.store import LanceStore
from foveate.people.vectors import lines_of
from foveate.service.analyse import Analyser
from foveate.service.imports import add_vectors, listed
from foveate.service.memory import decoded_bytes
from foveate.service.parts.classic import ATTENTION
from foveate.service.people import People
from foveate.service.register import MOST_PAIRS
from foveate.service.reindex import reindex
from foveate.service.seen import SEEING
from foveate.settings import MIB
from foveate.settings import People as Settings
from foveate.values import Face, FaceQuality, HeadPose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from foveate.service.analysis import Analyses
    from foveate.service.found import Enrolment
    from foveate.storage.source import Source
    from foveate.values import Attributes


class Spoilt(Reader):
    """Finds every face as bad as it is told."""

    def __init__(self, quality: FaceQuality, pose: HeadPose) -> None:
        super().__init__()
        self.quality, self.pose = quality, pose

    def __call__(self, rgb: NDArray[np.uint8], faces: Sequence[Face]) -> tuple[Attributes, ...]:
        read = super().__call__(rgb, faces)
        return tuple(replace(each, quality=self.quality, pose=self.pose) for each in read)


class Renamed(Embedder):
    """The same network under another name, as a new release would be; it swaps red and blue."""

    name = "colours-2"

    def __call__(self, rgb: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        vectors = super().__call__(rgb, faces)
        vectors[:, :3] = vectors[:, 2::-1]
        return vectors


Opened = Callable[..., People] if TYPE_CHECKING else Any


@pytest.fixture(params=["plain", "sealed"])
def opened(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """The face index in a folder, looked at with any networks."""
    stores = []

    def make(seen: Analyses | None = None, **others: Any) -> People:
        keys = Keyring((lambda: [bytes(32)]) if request.param == "sealed" else tuple)
        place = str(tmp_path / "index")
        stores.append(LanceStore(place, staleness_s=0, sealing=Sealing(keys)))
        looks = seen or analyses(Heads())
        return People(analyses=looks, store=stores[-1], settings=Settings(**others))

    yield make
    for store in stores:
        store.close()


@pytest.fixture(name="people")
def three_people(opened: Opened) -> People:
    index: People = opened()
    for colour, name in ((RED, "Ruby"), (GREEN, "Fern"), (BLUE, "Skye")):
        enrol(index, drawn(colour), name)
    return index


def enrol(index: People, data: bytes, subject: str = "", **others: Any) -> Enrolment:
    return done(index.prepare_enrol(picture(data), "staff", subject, **others))


def names_in(index: People, *colours: Colour, **others: Any) -> list[list[str]]:
    found = done(index.prepare_find(picture(drawn(*colours)), "staff", **others))
    return [[each.subject for each in face.candidates] for face in found]


def test_each_face_of_a_group_is_found_in_its_place(people: People) -> None:
    found = done(people.prepare_find(picture(drawn(BLUE, BLACK, ROSE)), "staff"))
    assert [(each.seen.face.box.left, each.candidates[0].subject) for each in found] == [
        (4.0, "Skye"),
        (84.0, "Ruby"),
    ]
    best = found[1].candidates[0]
    assert 0.9 < best.match.cosine < 0.99
    assert best.confidence > 0.99
    assert best.probability > 0.99


def test_strangers_are_nobody_unless_all_candidates_are_asked_for(people: People) -> None:
    grey = (150, 150, 150)  # as near to each of the three: 0.58
    assert names_in(people, grey, confidence=0.9999999) == [[]]
    assert sorted(names_in(people, grey, confidence=0)[0]) == ["Fern", "Ruby", "Skye"]
    assert len(names_in(people, grey, confidence=0, limit=2)[0]) == 2
    assert len(names_in(people, grey, confidence=0, limit=5, offset=2)[0]) == 1


def test_a_subject_is_one_candidate_by_the_nearest_of_its_faces(people: People) -> None:
    enrol(people, drawn(ROSE), "Ruby")
    found = done(people.prepare_find(picture(drawn(ROSE)), "staff"))
    (only,) = found[0].candidates
    assert only.match.cosine == pytest.approx(1, abs=1e-3)


def test_as_many_subjects_are_told_as_were_asked_for_however_many_faces_one_has(
    people: People,
) -> None:
    (ruby,) = people.faces("staff", Selection(subjects=("Ruby",)))
    more = [replace(ruby, id=f"{number:032x}") for number in range(30)]
    people.store.add("staff", people.model, more)
    (names,) = names_in(people, RED, confidence=0)
    assert names[0] == "Ruby"
    assert sorted(names) == ["Fern", "Ruby", "Skye"]
    (others,) = names_in(people, RED, confidence=0, offset=1, limit=1)
    assert others in (["Fern"], ["Skye"])
    assert names_in(people, RED) == [["Ruby"]]


def test_a_search_may_be_among_some(people: People) -> None:
    assert names_in(people, RED, selection=Selection(subjects=("Fern",))) == [[]]
    assert names_in(people, RED, selection=Selection(subjects=("Ruby",))) == [["Ruby"]]


def test_what_is_answered_can_be_said_in_json(people: People) -> None:
    found = done(people.prepare_find(picture(drawn(RED)), "staff"))
    told = json.loads(json.dumps([each.to_json() for each in found]))
    assert told[0]["candidates"][0]["subject"] == "Ruby"
    assert "embedding" not in told[0]["candidates"][0]["face"]
    verified = done(people.prepare_verify(picture(drawn(RED)), "staff", "Ruby"))
    assert json.loads(json.dumps(verified.to_json()))["verdict"] == "same"


def test_one_picture_is_compared_with_one_subject(people: People) -> None:
    verify = people.prepare_verify
    assert done(verify(picture(drawn(ROSE)), "staff", "Ruby")).verdict == "same"
    assert done(verify(picture(drawn(ROSE)), "staff", "Skye")).verdict == "different"
    with pytest.raises(UnknownSubject, match="Nobody"):
        done(verify(picture(drawn(RED)), "staff", "Nobody"))


def test_a_vector_names_the_same_people_whatever_its_length(people: People) -> None:
    vector = people.store.embeddings("staff", Selection(subjects=("Ruby",)))[1][0]
    for length in (0.01, 1.0, 40.0):
        found = people.search("staff", vector * np.float32(length))
        assert [each.subject for each in found] == ["Ruby"]
        assert found[0].match.cosine == pytest.approx(1, abs=1e-4)
    for bad in (vector[:100], vector * 0, vector * np.nan):
        with pytest.raises(BadOption, match=r"^vector: expected"):
            people.search("staff", bad)


def test_what_needs_no_picture_is_refused_before_one_is_looked_at(
    opened: Opened, tmp_path: Path
) -> None:
    looked: list[int] = []

    class Watched(Heads):
        def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
            looked.append(1)
            return super().__call__(rgb)

    enrol(opened(), drawn(RED), "Ruby")
    index = opened(analyses(Watched()))
    with pytest.raises(BadOption, match="metadata of up to"):
        index.prepare_enrol(picture(drawn(BLUE)), "staff", "Skye", metadata={"x": "y" * 20_000})
    with pytest.raises(BadOption, match="name of a collection"):
        index.prepare_enrol(picture(drawn(BLUE)), "No Name", "Skye")
    newer = opened(analyses(Watched(), embedding=Renamed()))
    with pytest.raises(OtherModel):
        enrol(newer, drawn(BLUE), "Skye")
    for keys, most, error in (
        (tuple, 9, SealedCollection),
        (lambda: [bytes(32)], 1, CollectionFull),
    ):
        store = LanceStore(str(tmp_path / "index"), sealing=Sealing(Keyring(keys), most))
        if store.collection("staff").sealed:
            with pytest.raises(error):
                enrol(replace(index, store=store), drawn(BLUE), "Skye")
        store.close()
    assert not looked
    assert enrol(index, drawn(BLUE), "Skye").enrolled
    assert looked


def test_faces_are_listed_and_named_without_the_key(people: People, tmp_path: Path) -> None:
    enrol(people, drawn(ROSE), every=True)
    store = LanceStore(str(tmp_path / "index"), staleness_s=0, sealing=Sealing(Keyring(tuple)))
    blind = replace(people, store=store)
    assert [face.subject for face in blind.told("staff", limit=2)] == ["Ruby", "Fern"]
    ((rose,), (ruby,)) = (
        blind.told("staff", only)
        for only in (Selection(named=False), Selection(subjects=("Ruby",)))
    )
    assert blind.whole_id("staff", rose.id[:12]) == rose.id
    with pytest.raises(BadOption, match=f"{ruby.id} of Ruby"):
        blind.name("staff", [rose.id, ruby.id], "Rose")
    assert blind.name("staff", [rose.id], "Rose") == 1
    store.close()


def test_a_picture_is_enrolled_once_for_a_subject(people: People) -> None:
    again = enrol(people, drawn(RED), "Ruby")
    assert again.already
    assert people.faces("staff", Selection(subjects=("Ruby",)))[0].id == again.enrolled[0].id
    assert not enrol(people, drawn(RED), "Her twin").already


def _at_once(index: People, *acts: Callable[[], Any]) -> list[Any]:
    """What these gave whose turn at the writer came when all had looked."""
    writer, held = index.store._writer, Event()  # type: ignore[attr-defined]  # noqa: SLF001
    with ThreadPoolExecutor(len(acts) + 1) as pool:
        pool.submit(lambda: writer.change("staff", lambda: held.wait(10)))
        made = [pool.submit(act) for act in acts]
        last = time.monotonic() + 10
        while writer._waiting <= len(acts) and time.monotonic() < last:  # noqa: SLF001
            time.sleep(0.001)
        held.set()
        return [each.result(10) for each in made]


def test_a_picture_is_enrolled_once_by_however_many_at_once(people: People) -> None:
    acts = [partial(enrol, people, drawn(ROSE), name) for name in ("Rose", "Rose", "Ann", "Rose")]
    made = _at_once(people, *acts)
    assert sorted(each.already for each in made) == [False, False, True, True]
    rose, ann = (people.faces("staff", Selection(subjects=(who,))) for who in ("Rose", "Ann"))
    assert (len(rose), len(ann)) == (1, 1)
    assert {face.id for each in made for face in each.enrolled} == {rose[0].id, ann[0].id}
    every = [partial(enrol, people, drawn(GREEN, BLUE), every=True)] * 2
    assert sorted(each.already for each in _at_once(people, *every)) == [False, True]
    assert people.store.count("staff", Selection(named=False)) == 2


def test_the_face_at_a_place_is_verified(people: People) -> None:
    pair = picture(drawn(RED, BLUE))
    with pytest.raises(FaceRefused, match=r"by `at`"):
        done(people.prepare_verify(pair, "staff", "Ruby"))
    red, blue = (
        done(people.prepare_verify(pair, "staff", "Ruby", at=Point(x, 0.5))).verdict
        for x in (0.25, 0.75)
    )
    assert (red, blue == "same") == ("same", False)
    with pytest.raises(FaceRefused, match="at that place"):
        done(people.prepare_verify(pair, "staff", "Ruby", at=Point(0.5, 0.0)))


def test_all_others_are_added_where_one_of_a_picture_has_a_name(people: People) -> None:
    crowd = drawn(ROSE, GREEN, BLUE, RED)
    (ann,) = enrol(people, crowd, "Ann", at=Point(0.125, 0.5)).enrolled
    every = enrol(people, crowd, every=True)
    assert (every.already, [each.box.left for each in every.enrolled]) == (False, [44, 84, 124])
    again = enrol(people, crowd, every=True)
    assert again.already
    assert {each.id for each in again.enrolled} == {ann.id, *(each.id for each in every.enrolled)}
    assert people.store.count("staff", Selection(digests=(picture(crowd).digest,))) == 4


def test_who_is_there_without_a_name_gets_it(people: People) -> None:
    crowd = drawn(ROSE, BLUE)
    first, second = enrol(people, crowd, every=True, source="crowd").enrolled
    there = Point(0.75, 0.5)
    made = enrol(people, crowd, "Ann", at=there)
    assert not made.already
    (ann,) = made.enrolled
    assert (ann.id, ann.subject, ann.source) == (second.id, "Ann", "crowd")
    assert enrol(people, crowd, "Ann", at=there).already
    assert enrol(people, crowd, "Ann", at=Point(0.25, 0.5)).enrolled[0].id == first.id
    assert people.store.count("staff") == 5


def test_adding_all_and_naming_one_at_once_leaves_each_face_once(people: People) -> None:
    crowd = drawn(ROSE, BLUE)
    acts = [
        partial(enrol, people, crowd, every=True),
        partial(enrol, people, crowd, "Ann", at=Point(0.25, 0.5)),
        partial(enrol, people, crowd, "Ann", at=Point(0.25, 0.5)),
    ]
    made = _at_once(people, *acts)
    kept = people.told("staff", Selection(digests=(picture(crowd).digest,)))
    assert sorted(each.subject for each in kept) == ["", "Ann"]
    assert sum(each.already for each in made[1:]) == 1
    assert {face.id for each in made for face in each.enrolled} == {each.id for each in kept}


class Overlapping(Heads):
    """Sees beside each face a small one that lies within it, at its upper left corner."""

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        large = super().__call__(rgb)
        small = (replace(each, box=replace(each.box, width=12, height=12)) for each in large)
        return (*large, *small)


def test_of_two_faces_at_a_place_the_nearest_is_meant_whoever_is_enrolled(opened: Opened) -> None:
    people: People = opened(analyses(Overlapping()))
    pair, corner = drawn(RED), Point(10 / 40, 10 / 40)
    (large,) = enrol(people, pair, "Ann", at=Point(0.5, 0.5)).enrolled
    made = enrol(people, pair, "Ann", at=corner)
    assert (made.already, [each.box.width for each in made.enrolled]) == (False, [12])
    assert large.box.width == 32
    for place, box in ((corner, 12), (Point(0.5, 0.5), 32)):
        again = enrol(people, pair, "Ann", at=place)
        assert (again.already, [each.box.width for each in again.enrolled]) == (True, [box])


def test_a_picture_whose_name_is_no_utf_8_is_refused_before_it_is_looked_at(people: People) -> None:
    with pytest.raises(BadOption, match="is called in UTF-8"):
        people.prepare_enrol(picture(drawn(RED)), "staff", "Ann", source="Zo\udceb.jpg")


def test_a_place_is_one_of_somebody(people: People) -> None:
    with pytest.raises(BadOption, match="Expected a subject with `at`, got none"):
        enrol(people, drawn(RED, BLUE), every=True, at=Point(0.25, 0.5))


def test_enrolments_of_many_threads_share_a_commit(people: People) -> None:
    before = people.store.collection("staff").version
    (face,) = people.faces("staff", Selection(subjects=("Ruby",)))
    many = [replace(face, id=f"{number:032x}") for number in range(24)]
    _at_once(people, *[partial(people.add, "staff", people.model, [each]) for each in many])
    assert people.store.collection("staff").version == before + 1


def test_a_collection_is_made_once_and_not_asked_for_with_every_face(tmp_path: Path) -> None:
    class Counted(LanceStore):
        made = 0

        def create(self, name: str, model: str) -> bool:
            self.made += 1
            return super().create(name, model)

    store = Counted(str(tmp_path / "counted"), staleness_s=0)
    index = People(analyses=analyses(Heads()), store=store, settings=Settings())
    for colour in (RED, GREEN, BLUE):
        enrol(index, drawn(colour), "Ann")
        index.introduce("staff", str(colour))
    np.save(tmp_path / "them.npy", np.eye(512, dtype=np.float32)[:1200])
    assert add_vectors(index, "theirs", tmp_path / "them.npy", model="arcface") == 512
    store.close()
    assert store.made == 2


def test_a_picture_of_a_crowd_is_told_whole_when_it_comes_again(opened: Opened) -> None:
    index: People = opened(keep_crops=True)
    many = [(40 + 5 * row, 220 - column, 0) for row in range(11) for column in range(10)]
    first = enrol(index, drawn(*many), every=True)
    again = enrol(index, drawn(*many), every=True)
    assert again.already
    assert len(first.enrolled) == 110
    assert {face.id for face in again.enrolled} == {face.id for face in first.enrolled}
    assert {(face.box.left, face.crop, len(face.embedding)) for face in again.enrolled} == {
        (face.box.left, b"", 0) for face in first.enrolled
    }


@pytest.mark.parametrize(
    ("quality", "pose", "reason"),
    [
        ({"size": 0.1}, {}, "small"),
        ({"sharpness": 0.2}, {}, "blurred"),
        ({"exposure": 0.2}, {}, "dark"),
        ({}, {"yaw": 80.0}, "turned"),
    ],
)
def test_a_face_nobody_would_be_found_by_is_refused_unless_forced(
    opened: Opened, quality: dict[str, float], pose: dict[str, float], reason: str
) -> None:
    spoilt = FaceQuality(
        **{"score": 0.1, "sharpness": 1.0, "exposure": 1.0, "size": 1.0, **quality}
    )
    turned = HeadPose(**{"yaw": 0.0, "pitch": 0.0, "roll": 0.0, **pose})
    index = opened(analyses(Heads(), attributes=Spoilt(spoilt, turned)))
    with pytest.raises(FaceRefused, match=rf"too {reason} .* 0\.3 or more, got 0\.10") as refused:
        enrol(index, drawn(RED), "Ruby")
    assert (refused.value.reason, refused.value.score) == (reason, 0.1)
    with pytest.raises(UnknownCollection):
        index.faces("staff")
    every = enrol(index, drawn(RED, BLUE), every=True)
    assert [why for _, why in every.refused] == [reason, reason]
    assert len(enrol(index, drawn(RED), "Ruby", force=True).enrolled) == 1


def test_a_subject_takes_a_picture_of_one_person(opened: Opened) -> None:
    with pytest.raises(FaceRefused, match="2 faces") as several:
        enrol(opened(), drawn(RED, BLUE), "Ruby")
    assert several.value.reason == "several"
    with pytest.raises(FaceRefused, match="without") as nobody:
        enrol(opened(), drawn(BLACK), "Ruby")
    assert nobody.value.reason == "none"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "a\nb",
        "x" * 257,
        "a\x00",
        "a\u2028b",
        "a\ud800",
        "\u202eybuR",
        "a\u2066",
        "\u200d",
    ],
)
def test_names_are_readable(people: People, name: str) -> None:
    with pytest.raises(BadOption):
        people.rename("staff", "Ruby", name)


@pytest.mark.parametrize(
    "name",
    ["\u0639\u0644\u06cc\u200c\u0631", "Jean\u00a0Luc", "\u2764\u200d\U0001f525", "Zoë"],
)
def test_names_of_all_the_world_are_names(people: People, name: str) -> None:
    people.rename("staff", "Ruby", name)
    assert people.erase_subject("staff", name) == 1


def test_a_name_is_one_name_however_its_letters_are_put_together(people: People) -> None:
    apart, whole = "Zoe\u0308", "Zo\u00eb"
    enrol(people, drawn(ROSE), apart)
    enrol(people, drawn((220, 0, 60)), whole)
    assert _counted(people) == {"Fern": 1, "Ruby": 1, "Skye": 1, whole: 2}
    for who in (apart, whole):
        assert done(people.prepare_verify(picture(drawn(ROSE)), "staff", who)).verdict == "same"
        assert people.store.count("staff", Selection(subjects=(who,))) == 2
        assert people.subjects("staff", prefix=who)[0].faces == 2
    with pytest.raises(SubjectTaken):
        people.introduce("staff", apart)
    assert people.rename("staff", apart, "Anna") == 2
    assert people.rename("staff", "Anna", apart) == 2
    assert people.erase_subject("staff", apart) == 2
    assert _counted(people) == {"Fern": 1, "Ruby": 1, "Skye": 1}


def test_subjects_are_renamed_merged_and_erased(people: People) -> None:
    assert people.rename("staff", "Ruby", "Dr Ruby") == 1
    with pytest.raises(BadOption, match="Merge"):
        people.rename("staff", "Dr Ruby", "Fern")
    with pytest.raises(UnknownSubject):
        people.rename("staff", "Ruby", "Nova")
    with pytest.raises(UnknownSubject, match="no subject Nova"):
        people.merge("staff", "Skye", "Nova")
    assert people.merge("staff", "Skye", "Fern") == 1
    assert [(each.name, each.faces) for each in people.subjects("staff")] == [
        ("Dr Ruby", 1),
        ("Fern", 2),
    ]
    assert people.erase_subject("staff", "Fern") == 2
    assert names_in(people, BLUE, confidence=0) == [["Dr Ruby"]]
    with pytest.raises(UnknownSubject):
        people.erase_subject("staff", "Fern")
    with pytest.raises(NotEnrolled):
        people.erase("staff", Selection(ids=("00",)))


def test_subjects_without_faces_are_renamed_merged_and_erased_like_others(people: People) -> None:
    people.introduce("staff", " Ann ")
    with pytest.raises(SubjectTaken):
        people.introduce("staff", "Ruby")
    with pytest.raises(BadOption):
        people.rename("staff", "Ruby", "Ann")
    assert people.rename("staff", "Ann", "Anna") == 0
    assert _counted(people) == {"Anna": 0, "Fern": 1, "Ruby": 1, "Skye": 1}
    assert people.merge("staff", "Anna", "Ruby") == 0
    assert people.erase_subject("staff", "Ruby") == 1
    assert _counted(people) == {"Fern": 1, "Skye": 1}
    people.introduce("staff", "Ann")
    assert people.erase_subject("staff", "Ann") == 0
    for act in (people.erase_subject, partial(people.merge, into="Fern")):
        with pytest.raises(UnknownSubject):
            act("staff", "Ann")
    people.introduce("guests", "Bob")  # which makes their collection
    counts = [(each.name, each.faces) for each in people.collections()]
    assert counts == [("guests", 0), ("staff", 2)]
    enrol(people, drawn(RED), "Bob")


def _counted(people: People) -> dict[str, int]:
    return {each.name: each.faces for each in people.subjects("staff")}


def test_a_face_that_is_doubted_does_not_count(opened: Opened) -> None:
    index: People = opened()
    with pytest.raises(FaceRefused) as refused:
        enrol(index, drawn(RED), "Ruby", least_score=0.95)
    assert refused.value.reason == "none"
    assert len(enrol(index, drawn(RED), "Ruby", least_score=0.9).enrolled) == 1


def test_erasing_forgets_what_was_known_of_the_picture(opened: Opened) -> None:
    memo = forgetting(1_000_000)
    index = opened(analyses(Heads(), memo=memo))
    source = picture(drawn(RED))
    done(Analyser(analyses=index.analyses).prepare(source, ["embedding", "attributes"]))
    keys = [index.analyses.key(source.digest, part, {}) for part in _looked_at()]
    assert all(map(memo.holds, keys))
    enrol(index, source.data, "Ruby")
    index.erase_subject("staff", "Ruby")
    assert not any(map(memo.holds, keys))


def test_erasing_forgets_what_was_looked_at_for_a_place_and_before_networks_changed(
    opened: Opened,
) -> None:
    memo = forgetting(1_000_000)
    index = opened(analyses(Heads(), memo=memo))
    source = picture(drawn(RED))
    keys = [
        index.analyses.key(source.digest, ATTENTION, {"within": None, "window": (3, 4)}),
        f"{source.digest}/faces/older/",
    ]
    other = f"{'ab' * 32}/faces/older/"
    for key in [*keys, other]:
        memo.put(key, b"[]")
    enrol(index, source.data, "Ruby")
    index.drop("staff")
    assert [memo.holds(key) for key in [*keys, other]] == [False, False, True]


def test_an_erasure_that_fails_midway_has_forgotten_the_picture_and_is_finished_later(
    opened: Opened, tmp_path: Path
) -> None:
    memo = forgetting(1_000_000)
    index = opened(analyses(Heads(), memo=memo))
    source = picture(drawn(RED))
    done(Analyser(analyses=index.analyses).prepare(source, ["embedding", "attributes"]))
    keys = [index.analyses.key(source.digest, part, {}) for part in _looked_at()]
    ruby = enrol(index, source.data, "Ruby").enrolled[0].id
    tables = index.store._tables  # noqa: SLF001
    tables._open["staff"] = FullDisk(tables.get("staff"))  # noqa: SLF001
    with pytest.raises(IndexNotWritten, match="no space left"):
        index.erase_subject("staff", "Ruby")
    assert not any(map(memo.holds, keys))
    enrol(index, drawn(GREEN), "Fern")  # which finishes it first
    assert files_with(tmp_path, ruby.encode()) == []


def test_a_rename_is_no_merge_whoever_is_enrolled_meanwhile(people: People) -> None:
    writer = people.store._writer  # type: ignore[attr-defined]  # noqa: SLF001
    (ruby,) = people.faces("staff", Selection(subjects=("Ruby",)))
    held = Event()

    def ask(act: Callable[[], Any], waiting: int) -> Any:
        asked = pool.submit(act)
        while writer._waiting < waiting:  # noqa: SLF001
            time.sleep(0.001)
        return asked

    with ThreadPoolExecutor(3) as pool:
        ask(lambda: writer.change("staff", lambda: held.wait(10)), 1)
        rose = replace(ruby, id="ab" * 16, subject="Rose")
        ask(lambda: people.store.add("staff", people.model, [rose]), 2)
        renamed = ask(lambda: people.rename("staff", "Ruby", "Rose"), 3)
        held.set()
        with pytest.raises(BadOption, match="Merge"):
            renamed.result(10)
    assert _counted(people) == {"Fern": 1, "Rose": 1, "Ruby": 1, "Skye": 1}


def test_looking_for_people_leaves_nothing_in_the_memo(opened: Opened) -> None:
    memo = forgetting(1_000_000)
    index = opened(analyses(Heads(), memo=memo))
    enrol(index, drawn(RED), "Ruby")
    names_in(index, RED)
    source = picture(drawn(RED))
    keys = [index.analyses.key(source.digest, part, {}) for part in _looked_at()]
    assert not any(map(memo.holds, keys))


def _looked_at() -> list[Any]:
    return list(SEEING)


def test_crops_are_kept_where_the_settings_say_so_and_go_with_their_face(
    opened: Opened, tmp_path: Path
) -> None:
    enrol(opened(), drawn(RED), "Ruby")
    assert opened().faces("staff")[0].crop == b""
    index = opened(keep_crops=True)
    enrol(index, drawn(GREEN), "Fern")
    (kept,) = index.faces("staff", Selection(subjects=("Fern",)))
    assert kept.crop.startswith(b"\x89PNG")
    if not index.collections()[0].sealed:
        assert files_with(tmp_path, kept.crop)
    index.erase_subject("staff", "Fern")
    assert files_with(tmp_path, kept.crop) == []


def test_unnamed_faces_are_grouped_and_named_together(people: People) -> None:
    for colours in ((RED, BLACK, BLUE), (ROSE, BLACK), (BLACK, BLUE), (GREEN, GREEN)):
        enrol(people, drawn(*colours), every=True)
    groups = people.clusters("staff")
    assert sorted(map(len, groups)) == [2, 2, 2]
    reds = {face.id for face in people.faces("staff", Selection(named=False)) if _is_red(face)}
    one = next(iter(reds))
    assert set(people.cluster_of("staff", one)) == reds
    assert people.name("staff", people.cluster_of("staff", one), "Scarlet") == 2
    assert len(people.clusters("staff")) == 2
    with pytest.raises(UnknownFace):
        people.cluster_of("staff", "00")
    with pytest.raises(UnknownFace):
        people.name("staff", ["00"], "Scarlet")


def _is_red(face: EnrolledFace) -> bool:
    return bool(face.embedding[0] > 0.8)


def test_a_face_is_known_by_the_digits_that_its_id_alone_begins_with(people: People) -> None:
    (ruby,) = people.faces("staff", Selection(subjects=("Ruby",)))
    twins = [replace(ruby, id=f"0123456789abcde{end}" * 2) for end in "ab"]
    people.add("staff", people.model, twins)
    assert people.whole_id("staff", ruby.id[:8]) == people.whole_id("staff", ruby.id) == ruby.id
    with pytest.raises(BadOption, match="several faces begin with 01234567"):
        people.whole_id("staff", "01234567")
    assert people.whole_id("staff", twins[1].id[:16]) == twins[1].id
    for digits, error in (("f" * 8, UnknownFace), ("0" * 7, BadOption), ("x' OR '1", UnknownFace)):
        with pytest.raises(error):
            people.whole_id("staff", digits)


def test_pairs_of_one_picture_have_a_bound(people: People) -> None:
    (ruby,) = people.faces("staff", Selection(subjects=("Ruby",)))
    copies = [replace(ruby, id=f"{number:032x}") for number in range(2100)]
    people.add("staff", people.model, copies)
    assert len(people.alike("staff")) == MOST_PAIRS


def test_faces_of_the_same_picture_are_told(people: People) -> None:
    assert people.alike("staff") == []
    enrol(people, drawn(RED, BLACK), "Her twin")
    (pair,) = people.paired("staff", people.alike("staff"))
    subjects = {face.subject for face in pair.faces}
    assert subjects == {"Ruby", "Her twin"}
    assert pair.cosine > 0.99


@pytest.mark.usefixtures("people")
def test_another_network_is_refused_until_the_collection_is_made_anew(opened: Opened) -> None:
    newer = opened(analyses(Heads(), embedding=Renamed()))
    for work in (
        newer.prepare_find(picture(drawn(RED)), "staff"),
        newer.prepare_enrol(picture(drawn(ROSE)), "staff", "Ruby"),
        newer.prepare_verify(picture(drawn(RED)), "staff", "Ruby"),
    ):
        with pytest.raises(OtherModel, match="foveate people reindex staff"):
            _ = done(work)


def sources(**kept: bytes) -> Callable[[str], Source]:
    return lambda name: picture(kept[name])


def test_a_collection_is_made_anew_from_crops_and_sources(opened: Opened) -> None:
    enrol(opened(keep_crops=True), drawn(RED), "Ruby")
    enrol(opened(), drawn(GREEN, BLACK), "Fern", source="fern", metadata={"door": 3})
    newer = opened(analyses(Heads(), embedding=Renamed()))
    made = reindex(newer, "staff", sources(fern=drawn(GREEN, BLACK)), done)
    assert (made.faces, made.lost, made.written) == (2, (), True)
    assert names_in(newer, RED, GREEN) == [["Ruby"], ["Fern"]]
    assert newer.faces("staff", Selection(subjects=("Fern",)))[0].metadata == {"door": 3}


def test_faces_that_cannot_be_read_anew_are_told_and_only_dropped_on_demand(
    opened: Opened,
) -> None:
    old = opened()
    enrol(old, drawn(RED), "Ruby", source="ruby")
    enrol(old, drawn(GREEN), "Fern", source="fern")
    enrol(old, drawn(BLUE), "Skye")
    newer = opened(analyses(Heads(), embedding=Renamed()))
    read = sources(ruby=drawn(RED), fern=drawn(GREEN, BLUE))
    made = reindex(newer, "staff", read, done)
    assert sorted(face.subject for face, _ in made.lost) == ["Fern", "Skye"]
    assert not made.written
    assert old.faces("staff")[0].subject == "Ruby"
    dropped = reindex(newer, "staff", read, done, drop=True)
    assert dropped.written
    assert names_in(newer, RED, GREEN) == [["Ruby"], []]


def test_what_is_erased_while_it_is_made_anew_does_not_come_back(opened: Opened) -> None:
    old = opened()
    enrol(old, drawn(RED), "Ruby", source="ruby")
    enrol(old, drawn(GREEN), "Fern", source="fern")
    newer = opened(analyses(Heads(), embedding=Renamed()))

    def erase(count: int) -> None:
        if count == 2:
            old.erase_subject("staff", "Ruby")

    read = sources(ruby=drawn(RED), fern=drawn(GREEN))
    with pytest.raises(Unavailable, match="changed meanwhile"):
        reindex(newer, "staff", read, done, told=erase)
    assert [each.name for each in old.subjects("staff")] == ["Fern"]


def test_a_collection_that_is_made_again_meanwhile_is_not_overwritten(opened: Opened) -> None:
    old = opened()
    enrol(old, drawn(RED), "Ruby", source="ruby")
    before = old.store.collection("staff").version
    newer = opened(analyses(Heads(), embedding=Renamed()))

    def again(_: int) -> None:
        old.drop("staff")
        enrol(old, drawn(GREEN), "Fern")
        assert old.store.collection("staff").version == before

    with pytest.raises(Unavailable, match="changed meanwhile"):
        reindex(newer, "staff", sources(ruby=drawn(RED)), done, told=again)
    assert [each.name for each in old.subjects("staff")] == ["Fern"]


def test_folders_and_names_say_who_is_on_a_picture(tmp_path: Path) -> None:
    for name in ("Ann/1.jpg", "Ann/more/2.PNG", "Bo_Li_0003.jpg", "cover.jpg", "Ann/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = {item.path.rpartition("/")[2]: item for item in listed(tmp_path)}
    assert {name: item.subject for name, item in found.items()} == {
        "1.jpg": "Ann", "2.PNG": "more", "Bo_Li_0003.jpg": "Bo Li", "cover.jpg": "",
    }  # fmt: skip
    assert "--unknown" in found["cover.jpg"].problem
    assert not any(item.problem or item.subject for item in listed(tmp_path, unknown=True))


def test_the_nearest_folder_says_who_and_underscores_are_spaces(tmp_path: Path) -> None:
    for name in ("2024/Bob/x.jpg", "lfw/Ann_Veneman/1.jpg", "Ann_Veneman_0005.jpg"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "who.csv").write_text("file,subject\na.jpg,Ann_Veneman\n")
    assert {item.subject for item in listed(tmp_path)} == {"Bob", "Ann Veneman"}
    assert [item.subject for item in listed(tmp_path / "who.csv")] == ["Ann Veneman"]


def test_what_systems_leave_beside_pictures_is_nobody(tmp_path: Path) -> None:
    for name in ("Ann/a.jpg", "Ann/._a.jpg", "Ann/.thumbnails/a.jpg", "Ann/@eaDir/b.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [(each.path, each.subject) for each in listed(tmp_path)] == [
        (str(tmp_path / "Ann/a.jpg"), "Ann")
    ]


def test_a_list_that_is_no_csv_is_refused(tmp_path: Path) -> None:
    (tmp_path / "huge.csv").write_text("file,subject\na.jpg," + "x" * 200_000, encoding="utf-8")
    with pytest.raises(BadOption, match="line 2: expected a row of CSV, got none: field larger"):
        listed(tmp_path / "huge.csv")


def test_folders_behind_links_are_walked_once(tmp_path: Path) -> None:
    (tmp_path / "them" / "Ann").mkdir(parents=True)
    (tmp_path / "them" / "Ann" / "1.jpg").touch()
    (tmp_path / "them" / "Ann" / "loop").symlink_to(tmp_path / "them")
    (tmp_path / "them" / "Aaa").symlink_to(tmp_path / "them" / "Ann")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "2.jpg").touch()
    (tmp_path / "them" / "Bob").symlink_to(tmp_path / "elsewhere")
    found = {item.path.rpartition("/")[2]: item.subject for item in listed(tmp_path / "them")}
    assert found == {"1.jpg": "Ann", "2.jpg": "Bob"}
    assert len(listed(tmp_path / "them")) == 2


def test_an_import_without_a_picture_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    (tmp_path / "who.csv").write_text("file,subject\n")
    for place in (tmp_path, tmp_path / "who.csv"):
        with pytest.raises(BadOption, match="got none"):
            listed(place)


def test_who_looks_like_somebody_else_is_enrolled_and_told_so(people: People) -> None:
    made = enrol(people, drawn(ROSE), "Rosa", compare=True)
    assert len(made.enrolled) == 1
    assert made.resembles is not None
    assert made.resembles.subject == "Ruby"
    assert enrol(people, drawn(ROSE, BLACK), "Rosa", compare=True).resembles is None
    assert enrol(people, drawn(BLUE, BLACK), "Skye", compare=True).resembles is None
    assert enrol(people, drawn(RED), "Rubina").resembles is None
    first = people.prepare_enrol(picture(drawn(RED)), "new", "Ruby", compare=True)
    assert done(first).resembles is None


def test_what_reading_faces_takes_counts_before_it_is_done(people: People) -> None:
    seen = picture(drawn(RED))
    beside = people.prepare_see(seen).memory_bytes - decoded_bytes(seen.facts)
    assert beside >= 43 * MIB  # measured


def test_a_list_says_who_is_on_a_picture(tmp_path: Path) -> None:
    listing = tmp_path / "who.csv"
    listing.write_text(
        "\ufeffPerson,File,door\nAnn,a.jpg,3\n,b.jpg,\nBo,https://b.com/c.jpg,\n", "utf-8"
    )
    first, second, third = listed(listing)
    assert (first.subject, first.path) == ("Ann", str(tmp_path / "a.jpg"))
    assert first.metadata == {"door": "3"}
    assert second.problem
    assert third.path == "https://b.com/c.jpg"
    for header in ("a,b", "file,subject,File", "file|subject"):
        listing.write_text(f"{header}\n1,2\n")
        with pytest.raises(BadOption, match="a header with file and subject, each column once"):
            listed(listing)
    listing.write_bytes(b"file,subject\na.jpg,Zo\xeb\n")
    with pytest.raises(BadOption, match="line 2: expected a list in UTF-8, got other bytes"):
        listed(listing)


@pytest.mark.parametrize("mark", [";", "\t", ","])
def test_a_list_is_read_as_the_spreadsheets_of_any_country_write_it(
    tmp_path: Path, mark: str
) -> None:
    listing = tmp_path / "who.csv"
    rows = [("file", "subject", ""), (" a.jpg", "Ann", ""), ("", "Bo", "")]
    listing.write_text("\n".join(map(mark.join, rows)), "utf-8")
    first, second = listed(listing)
    assert (first.subject, first.path, first.problem) == ("Ann", str(tmp_path / "a.jpg"), "")
    assert second.problem == "Expected a file in line 3, got none."


def test_rows_that_are_equal_are_enrolled_once_wherever_they_stand(
    opened: Opened, tmp_path: Path
) -> None:
    index = opened()
    one = [{"embedding": row.tolist(), "subject": "Ann"} for row in np.eye(3, 512)]
    lines = "".join(json.dumps(each) + "\n" for each in [*one, *one])
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text(lines)
    counts = [add_vectors(index, "theirs", tmp_path / n, model="m") for n in ("a.jsonl", "b.jsonl")]
    assert counts == [3, 0]
    assert index.store.count("theirs") == 3


def test_a_file_that_is_imported_twice_at_once_is_enrolled_once(
    opened: Opened, tmp_path: Path
) -> None:
    index = opened()
    np.save(tmp_path / "them.npy", np.eye(40, 512, dtype=np.float32))
    index.store.create("staff", "arcface")
    both = [partial(add_vectors, index, "staff", tmp_path / "them.npy", model="arcface")] * 2
    assert sorted(_at_once(index, *both)) == [0, 40]
    assert index.store.count("staff") == 40


def test_an_export_changes_nothing_where_it_comes_from_and_is_the_same_elsewhere(
    opened: Opened, tmp_path: Path
) -> None:
    index, file = opened(), tmp_path / "all.jsonl"
    said = {"source": "a.jpg", "digest": "ab", "metadata": {"door": 3}, "quality": 0.75}
    kept = [replace(each, **said) for each in some(20, "Ann")]
    index.add("staff", index.model, kept)
    file.write_text("".join(f"{line}\n" for line in lines_of(index.every("staff"), index.model)))
    assert [add_vectors(index, name, file) for name in ("staff", "copy")] == [0, 20]
    assert index.store.told("staff") == index.store.told("copy") == kept


def test_embeddings_of_others_are_enrolled_once(opened: Opened, tmp_path: Path) -> None:
    index = opened()
    vectors = np.random.default_rng(0).standard_normal((3, 512)).astype(np.float32)
    np.save(tmp_path / "them.npy", vectors)
    (tmp_path / "them.txt").write_text("Ann\nBo\n\n")
    for expected in (3, 0):
        got = add_vectors(index, "theirs", tmp_path / "them.npy", model="arcface-r50")
        assert got == expected
    assert index.collections()[0].model == "arcface-r50"
    unit = vectors[1] / np.linalg.norm(vectors[1])
    assert index.search("theirs", unit)[0].subject == "Bo"
    with pytest.raises(OtherModel):
        done(index.prepare_find(picture(drawn(RED)), "theirs"))
    with pytest.raises(BadOption, match="--model"):
        add_vectors(index, "more", tmp_path / "them.npy")
