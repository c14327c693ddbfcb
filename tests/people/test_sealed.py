"""Collections that are encrypted at rest, on real files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from people_faces import KEY, MODEL, face, files_with, meanwhile, sealing, some, unit

from foveate.enrolled import Selection
from foveate.errors import BadSettings, CollectionFull, SealBroken, SealedCollection
from foveate.people import opened
from foveate.people.store import LanceStore
from foveate.people.upkeep import INDEX_FROM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from foveate.people.opened import Sealing

    Opens = Callable[..., LanceStore]

OTHER = bytes(range(32, 64))


@pytest.fixture
def opens(tmp_path: Path) -> Iterator[Opens]:
    """Opens the index of a folder as a process of its own would, under some keys or none."""
    made = []

    def open_(seals: Sealing | None = None) -> LanceStore:
        made.append(LanceStore(str(tmp_path / "index"), staleness_s=0, sealing=seals))
        return made[-1]

    yield open_
    for each in made:
        each.close()


def spoil(folder: Path) -> None:
    """Flip a bit in the only file of rows, of which nearly all is sealed."""
    (file,) = folder.rglob("*.lance/data/*.lance")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def test_no_file_holds_a_vector_a_crop_or_an_index_of_them(opens: Opens, tmp_path: Path) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    faces = some(INDEX_FROM + 10, "Ann-in-the-clear")
    store.add("staff", MODEL, [face(unit(1, 9)[0], crop=b"pixels of a face"), *faces])
    store.create("staff", MODEL)  # comes after the upkeep
    store.search("staff", faces[0].embedding, 1)
    assert files_with(tmp_path, b"Ann-in-the-clear")
    assert files_with(tmp_path, b"pixels of a face") == []
    halves = [each.embedding.astype(np.float16) for each in faces[::500]]
    for vector in [*(each.embedding for each in faces[::500]), *halves]:
        assert files_with(tmp_path, vector[:16].tobytes()) == []
    assert not list(tmp_path.rglob("_indices/*"))


def test_a_box_is_each_time_another_and_comes_back_as_it_was(opens: Opens) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    vector = unit(1)[0]
    store.add("staff", MODEL, [face(vector, crop=b"PNG"), face(vector, crop=b"PNG")])
    kept = list(opens(sealing()).every("staff"))
    assert [(each.crop, each.embedding.tobytes()) for each in kept] == [
        (b"PNG", vector.tobytes())
    ] * 2


def test_crops_are_opened_and_the_vectors_beside_them_are_not(opens: Opens) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    one, other = face(unit(1)[0], crop=b"PNG"), face(unit(1)[0])
    store.add("staff", MODEL, [one, other])
    table = store._tables.latest("staff")  # noqa: SLF001
    table.update(values={"sealed": b"spoilt"})
    with pytest.raises(SealBroken):
        store.faces("staff")
    assert store.crops("staff", [one.id, other.id, "f1"]) == {one.id: b"PNG"}
    with pytest.raises(SealedCollection):
        opens(None).crops("staff", [one.id])


@pytest.mark.parametrize("keys", [None, (OTHER,)], ids=["no key", "another key"])
def test_without_its_key_a_collection_says_which_it_needs(
    opens: Opens, keys: tuple[bytes, ...] | None
) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    (one,) = some(1, "Ann")
    store.add("staff", MODEL, [one])
    blind = opens(sealing(*keys) if keys else None)
    name = blind.collection("staff").sealed
    for ask in (
        lambda: blind.search("staff", one.embedding, 1),
        lambda: blind.faces("staff"),
        lambda: list(blind.every("staff")),
        lambda: blind.embeddings("staff"),
        lambda: blind.add("staff", MODEL, some(1)),
    ):
        with pytest.raises(SealedCollection, match=f"key {name}.*FOVEATE_PEOPLE__KEY_FILE"):
            ask()
    # Whoever lists or has to forget somebody needs no key for it.
    assert [who.name for who in blind.subjects("staff")] == ["Ann"]
    for listed in (blind.told("staff"), blind.told("staff", limit=5)):
        assert [(each.id, each.crop, len(each.embedding)) for each in listed] == [(one.id, b"", 0)]
    assert blind.told("staff", offset=1, limit=5) == []
    heard: list[set[str]] = []
    assert blind.erase("staff", Selection(subjects=("Ann",)), forget=heard.append) == 1
    assert heard == [{""}]


def test_the_name_of_a_key_is_not_the_key(opens: Opens, tmp_path: Path) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    name = store.collection("staff").sealed
    assert len(name) == 16
    assert name not in KEY.hex()
    assert files_with(tmp_path, KEY) == files_with(tmp_path, KEY.hex().encode()) == []


def test_a_byte_that_was_changed_is_an_error_and_no_match(opens: Opens, tmp_path: Path) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    faces = some(3)
    store.add("staff", MODEL, faces)
    spoil(tmp_path)
    with pytest.raises(SealBroken, match=r"of face [0-9a-f]{32} is not as it was sealed"):
        opens(sealing()).search("staff", faces[0].embedding, 3)


def test_boxes_that_change_places_do_not_open(opens: Opens, tmp_path: Path) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    faces = some(2)
    store.add("staff", MODEL, faces)
    (file,) = tmp_path.rglob("*.lance/data/*.lance")
    data = file.read_bytes()
    first, second = (each.id.encode() for each in faces)
    swapped = data.replace(first, b"#" * 32).replace(second, first).replace(b"#" * 32, second)
    assert swapped != data
    file.write_bytes(swapped)
    with pytest.raises(SealBroken):
        opens(sealing()).search("staff", faces[0].embedding, 1)


def test_a_plain_collection_is_used_as_it_is_until_it_is_sealed(
    opens: Opens, tmp_path: Path
) -> None:
    plain = opens()
    plain.create("staff", MODEL)
    faces = some(INDEX_FROM + 10, "Ann")
    plain.add("staff", MODEL, faces)
    plain.create("staff", MODEL)  # comes after the upkeep
    assert list(tmp_path.rglob("_indices/*/*"))
    store = opens(sealing())
    assert store.search("staff", faces[5].embedding, 1)[0].face.id == faces[5].id
    assert store.collection("staff").sealed == ""
    store.add("staff", MODEL, some(1, "Bob", 3))
    assert store.seal("staff")
    assert store.collection("staff").sealed
    assert not store.seal("staff")
    for each in faces[::500]:
        assert files_with(tmp_path, each.embedding[:16].tobytes()) == []
    assert not list(tmp_path.rglob("_indices/*/*"))
    assert store.search("staff", faces[5].embedding, 1)[0].face.id == faces[5].id
    assert [(who.name, who.faces) for who in store.subjects("staff")] == [
        ("Ann", len(faces)),
        ("Bob", 1),
    ]
    with pytest.raises(SealedCollection):
        plain.search("staff", faces[5].embedding, 1)


def test_keys_are_changed_by_putting_the_new_one_first(opens: Opens) -> None:
    store = opens(sealing(KEY))
    store.create("staff", MODEL)
    faces = some(5)
    store.add("staff", MODEL, faces)
    before = store.collection("staff").sealed
    both = opens(sealing(OTHER, KEY))
    assert both.search("staff", faces[1].embedding, 1)[0].face.id == faces[1].id
    assert both.seal("staff")
    assert both.collection("staff").sealed not in {"", before}
    alone = opens(sealing(OTHER))
    assert alone.search("staff", faces[2].embedding, 1)[0].face.id == faces[2].id
    with pytest.raises(SealedCollection):
        store.search("staff", faces[1].embedding, 1)


def test_what_does_not_open_is_not_sealed_anew(opens: Opens, tmp_path: Path) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    store.add("staff", MODEL, some(3))
    spoil(tmp_path)
    both = opens(sealing(OTHER, KEY))
    with pytest.raises(SealBroken):
        both.seal("staff")
    assert both.collection("staff").sealed == store.collection("staff").sealed
    assert both.count("staff") == 3


def test_sealing_without_a_key_says_what_to_set(opens: Opens) -> None:
    store = opens()
    store.create("staff", MODEL)
    with pytest.raises(BadSettings, match="FOVEATE_PEOPLE__KEY_FILE"):
        store.seal("staff")


def test_faces_of_another_model_stay_sealed(opens: Opens, tmp_path: Path) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    store.add("staff", MODEL, some(3))
    fresh = some(3, seed=4)
    before = store.collection("staff")
    store.replace("staff", "chance-2", fresh, revision=store.revision("staff"))
    assert store.collection("staff").sealed == before.sealed
    assert files_with(tmp_path, fresh[0].embedding.tobytes()) == []
    assert store.search("staff", fresh[2].embedding, 1)[0].face.id == fresh[2].id


def test_faces_of_another_model_are_never_put_in_the_place_of_sealed_ones_in_the_clear(
    opens: Opens, tmp_path: Path
) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    store.add("staff", MODEL, some(3))
    revision, fresh = store.revision("staff"), some(3, seed=4)
    with pytest.raises(SealedCollection):
        opens().replace("staff", "chance-2", fresh, revision=revision)
    with pytest.raises(CollectionFull):
        opens(sealing(most=2)).replace("staff", "chance-2", fresh, revision=revision)
    assert files_with(tmp_path, fresh[0].embedding.tobytes()) == []
    assert store.collection("staff").model == MODEL
    assert store.count("staff") == 3


def test_what_was_opened_of_those_who_were_erased_does_not_stay_in_memory(opens: Opens) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    faces = some(4, "Ann")
    store.add("staff", MODEL, faces)
    store.search("staff", faces[0].embedding, 1)
    kept = store._sealing._kept  # noqa: SLF001
    store.erase("staff", Selection(ids=(faces[1].id,)))
    assert set(kept["staff"].rows) == {face.id for face in faces} - {faces[1].id}
    assert not (kept["staff"].space == faces[1].embedding).all(axis=1).any()
    store.replace("staff", MODEL, faces[:1], revision=store.revision("staff"))
    assert not kept
    store.search("staff", faces[0].embedding, 1)
    store.drop("staff")
    assert not kept


def test_a_search_underway_does_not_bring_back_what_was_let_go_meanwhile(opens: Opens) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    faces = some(4, "Ann")
    store.add("staff", MODEL, faces)
    seals, table = store._sealing, store._tables.get("staff")  # noqa: SLF001
    seal = seals.of("staff", table)
    assert seal is not None
    begun, go_on = threading.Event(), threading.Event()

    class Slow:
        """A seal whose boxes take until they are let."""

        mark = seal.mark

        def open(self, box: bytes, kind: str, of: str) -> bytes:
            begun.set()
            assert go_on.wait(10)
            return seal.open(box, kind, of)

    search = threading.Thread(target=seals.opened, args=("staff", table, Slow()))
    search.start()
    assert begun.wait(10)
    drop = threading.Thread(target=store.drop, args=("staff",))
    drop.start()
    time.sleep(0.3)
    go_on.set()
    search.join(10)
    drop.join(10)
    assert not seals._kept  # noqa: SLF001


def test_what_others_change_is_opened_or_dropped_alone(opens: Opens) -> None:
    here, there = opens(sealing()), opens(sealing())
    here.create("staff", MODEL)
    faces = some(40, "Ann")
    here.add("staff", MODEL, faces)
    assert there.search("staff", faces[0].embedding, 1)[0].face.id == faces[0].id
    more = some(300, "Bob", 2)
    for one in (more[:3], more[3:]):
        here.add("staff", MODEL, one)
        assert there.search("staff", one[-1].embedding, 1)[0].face.id == one[-1].id
    here.erase("staff", Selection(ids=(faces[0].id, more[1].id)))
    assert there.search("staff", faces[0].embedding, 1)[0].cosine < 0.9
    for each in (faces[39], more[0], more[299]):
        assert there.search("staff", each.embedding, 1)[0].face.id == each.id
    here.assign("staff", Selection(subjects=("Bob",)), "Cy", force=True)
    assert there.search("staff", more[0].embedding, 1)[0].face.subject == "Cy"
    here.drop("staff")
    here.create("staff", MODEL)
    assert there.search("staff", faces[1].embedding, 1) == []


def test_what_was_in_memory_before_a_change_names_nobody_else_after_it(opens: Opens) -> None:
    store = opens(sealing())
    store.create("staff", MODEL)
    faces = some(30, "Ann")
    for one in faces:  # each in a file of its own, so that rows lie elsewhere once they are joined
        store.add("staff", MODEL, [one])
    table = store._tables.get("staff")  # noqa: SLF001
    seal = store._sealing.of("staff", table)  # noqa: SLF001
    assert seal is not None
    before = store._sealing.opened("staff", table, seal)  # noqa: SLF001
    store.erase("staff", Selection(ids=(faces[0].id,)))
    for each in (1, 15, 29):
        found = opened.nearest(table, before, faces[each].embedding, 30, "")
        assert found[0].face.id == faces[each].id
        assert {match.face.id for match in found} == {one.id for one in faces[1:]}


def test_there_is_a_bound_on_what_is_searched_in_memory(opens: Opens) -> None:
    store = opens(sealing(most=10))
    store.create("staff", MODEL)
    store.add("staff", MODEL, some(8))
    with pytest.raises(CollectionFull, match=r"up to 10 faces in staff.*got 11.*SEALED_FACES"):
        store.add("staff", MODEL, some(3))
    assert store.count("staff") == 8
    store.create("guests", MODEL)
    store.add("guests", MODEL, some(8, seed=2))
    for name, seed in (("staff", 0), ("guests", 2), ("staff", 0)):
        (match,) = store.search(name, some(8, seed=seed)[1].embedding, 1)
        assert match.cosine > 0.99
    # Of two that come together one has room, and one is told that it has none.
    two = [partial(store.add, "staff", MODEL, some(2, seed=seed)) for seed in (3, 4)]
    first, second = meanwhile(store, *two)
    assert first == 2
    assert isinstance(second, CollectionFull)
    assert store.count("staff") == 10
    smaller = opens(sealing(most=5))
    with pytest.raises(CollectionFull):
        smaller.search("staff", unit(1)[0], 1)


_SEALED = """
import sys
sys.path.insert(0, sys.argv[2])
from people_faces import sealing
from foveate.people.store import LanceStore
store = LanceStore(sys.argv[1], sealing=sealing())
print("ready", flush=True)
store.seal("staff")
print("done", flush=True)
"""


def test_sealing_that_is_killed_leaves_one_whole_and_what_is_left_goes_later(
    opens: Opens, tmp_path: Path
) -> None:
    plain = opens()
    plain.create("staff", MODEL)
    faces = some(3000, "Ann")
    plain.add("staff", MODEL, faces)
    command = [sys.executable, "-c", _SEALED, str(tmp_path / "index"), os.path.dirname(__file__)]  # noqa: PTH120
    for wait_s in (0.0, 0.03, 0.06, 0.1, 0.15):
        sealer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert sealer.stdout is not None
        sealer.stdout.readline()
        time.sleep(wait_s)
        sealer.send_signal(signal.SIGKILL)
        sealer.wait()
        sealer.stdout.close()
        store = opens(sealing())
        assert store.count("staff") == 3000
        assert store.search("staff", faces[7].embedding, 1)[0].face.id == faces[7].id
        if store.collection("staff").sealed:
            break
    last = opens(sealing())
    last.seal("staff")
    last.add("staff", MODEL, some(1, seed=5))  # whoever writes next finishes
    last.close()
    assert not last.collection("staff").unfinished
    for each in faces[::100]:
        assert files_with(tmp_path, each.embedding[:16].tobytes()) == []


def test_what_a_killed_process_left_goes_when_a_server_begins(opens: Opens, tmp_path: Path) -> None:
    store = opens()
    store.create("staff", MODEL)
    gone, kept = some(2, "Ann"), some(20, "Bob", 1)
    store.add("staff", MODEL, [*gone, *kept])
    # As if it ended between the two halves of an erasure.
    (tmp_path / "index" / "staff.unfinished").write_text("old files")
    table = store._tables.latest("staff")  # noqa: SLF001
    table.delete("subject = 'Ann'")
    assert files_with(tmp_path, gone[0].embedding.tobytes())
    assert store.collection("staff").unfinished
    next_one = opens()
    next_one.begin()
    next_one.close()  # when it is done
    assert files_with(tmp_path, gone[0].embedding.tobytes()) == []
    assert not next_one.collection("staff").unfinished
    assert next_one.count("staff") == 20


def test_a_collection_that_was_half_dropped_is_gone_before_another_of_its_name_begins(
    opens: Opens, tmp_path: Path
) -> None:
    store = opens()
    store.create("staff", MODEL)
    gone = some(2, "Ann")
    store.add("staff", MODEL, gone)
    # As if it ended when only the first files were removed.
    (tmp_path / "index" / "staff.unfinished").write_text("table")
    for manifest in tmp_path.rglob("_versions/*"):
        manifest.unlink()
    next_one = opens()
    next_one.create("staff", MODEL)
    next_one.add("staff", MODEL, some(1, "Bob", 2))
    assert files_with(tmp_path, gone[0].embedding.tobytes()) == []
    assert [who.name for who in next_one.subjects("staff")] == ["Bob"]
    assert not next_one.collection("staff").unfinished
    next_one.create("guests", MODEL)
    assert next_one.count("staff") == 1


def test_what_cannot_be_finished_keeps_nobody_from_writing(
    opens: Opens, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = opens()
    store.create("staff", MODEL)
    (tmp_path / "index" / "others.unfinished").write_text("old files")  # of no collection
    (tmp_path / "index" / "No name.unfinished").write_bytes(b"\xff")
    store.add("staff", MODEL, some(1))
    assert store.count("staff") == 1
    assert not (tmp_path / "index" / "others.unfinished").exists()
    assert "Old files of No name could not be removed" in caplog.text
