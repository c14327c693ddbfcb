"""`/v1/people/.../clusters`, `names`, `duplicates` and crops over a real index."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

import pytest
from delivery_fakes import make_settings
from people_core import people_core
from people_pictures import BLUE, GREEN, RED, ROSE, drawn
from service_networks import done, picture
from test_server_people import ask, asking, enrol

from foveate.imaging import Image
from foveate.people.clusters import BYTES_A_FACE
from foveate.people.store import LanceStore
from foveate.server.routes.groups import MOST_SHOWN
from foveate.settings import People as Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from people_core import PeopleCore
    from server_fakes import Client

    from foveate.enrolled import EnrolledFace, Selection

LIME = (20, 250, 20)


@pytest.fixture
def core(tmp_path: Path) -> Iterator[PeopleCore]:
    with people_core(tmp_path / "index") as made:
        yield made


def test_a_picture_is_called_as_is_said(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        target = "/v1/people/team/faces?subject=Ruby&source=" + quote("/etc/Zoë 1.jpg")
        reply = await ask(client, "POST", target, drawn(RED))
        assert reply.json()["enrolled"][0]["source"] == "/etc/Zoë 1.jpg"

    asking(core, talk)


def test_who_looks_like_somebody_else_is_enrolled_and_told_so(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        reply = await ask(client, "POST", "/v1/people/team/faces?subject=Rosa", drawn(ROSE))
        assert reply.json()["resembles"]["subject"] == "Ruby"
        assert [face["subject"] for face in reply.json()["enrolled"]] == ["Rosa"]
        reply = await ask(client, "POST", "/v1/people/team/faces?subject=Skye", drawn(BLUE))
        assert reply.json()["resembles"] is None

    asking(core, talk)
    told = [row.get("resembles") for row in core.access.audit.entries() if row["verb"] == "add"]
    assert told == [None, None, None, "Ruby", None, None]


def test_faces_without_a_name_are_grouped_and_named(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        for data in (drawn(RED), drawn(ROSE), drawn(BLUE)):
            await ask(client, "POST", "/v1/people/team/faces", data)
        told = (await ask(client, "GET", "/v1/people/team/clusters")).json()
        (group,) = told["clusters"]
        assert (told["total"], group["count"]) == (1, 2)
        assert group["faces"][0]["box"]
        beyond = await ask(client, "GET", "/v1/people/team/clusters?offset=1")
        assert beyond.json() == {"total": 1, "clusters": []}
        first = group["faces"][0]["id"]
        names = f"/v1/people/team/names?faces={first}"
        reply = await ask(client, "POST", f"{names}&subject=Ruby&cluster=true")
        assert reply.json() == {"faces": 2}
        taken = await ask(client, "POST", f"{names}&subject=Fern")
        assert taken.status == 400
        assert f"{first} of Ruby" in taken.json()["message"]
        reply = await ask(client, "POST", f"{names}&subject=Fern&force=true")
        assert reply.json() == {"faces": 1}
        listed = (await ask(client, "GET", "/v1/people/team/subjects")).json()["subjects"]
        assert [(row["name"], row["faces"]) for row in listed] == [("Fern", 1), ("Ruby", 1)]

    asking(core, talk)
    rows = [row for row in core.access.audit.entries() if row["verb"] in {"clusters", "name"}]
    assert [(row["verb"], row["outcome"], row.get("count")) for row in rows][:4] == [
        ("clusters", "done", 1),
        ("clusters", "done", 1),
        ("name", "asked", None),
        ("name", "done", 2),
    ]
    assert len(rows[3]["faces"]) == 2


def test_of_groups_and_pairs_only_the_page_is_read(core: PeopleCore) -> None:
    class Noting(LanceStore):
        told_ids: ClassVar[list[str]] = []

        def told(self, name: str, selection: Selection) -> list[EnrolledFace]:
            self.told_ids.extend(selection.ids)
            return super().told(name, selection)

    people = core.people
    store = Noting(str(core.access.audit.folder), staleness_s=0)
    for colour in (RED, ROSE, GREEN, LIME):
        done(people.prepare_enrol(picture(drawn(colour)), "team", every=True))
    core.people = replace(people, store=store)

    async def talk(client: Client) -> None:
        for word, rows in (("clusters", 2), ("duplicates", 2)):
            store.told_ids.clear()
            told = (await ask(client, "GET", f"/v1/people/team/{word}?limit=1")).json()
            assert told["total"] == rows, word
            assert len(store.told_ids) == 2, word

    asking(core, talk)
    store.close()


def test_comparing_counts_as_what_it_takes(core: PeopleCore) -> None:
    for colour in (RED, ROSE):
        done(core.people.prepare_enrol(picture(drawn(colour)), "team", every=True))
    (first, _) = core.people.store.ids("team")
    core.settings = make_settings(memory_bytes=BYTES_A_FACE)

    async def talk(client: Client) -> None:
        for method, target in (
            ("GET", "clusters"),
            ("GET", "duplicates"),
            ("POST", f"names?faces={first}&subject=Ruby&cluster=true"),
        ):
            reply = await ask(client, method, f"/v1/people/team/{target}")
            assert (reply.status, reply.json()["error"]) == (503, "MemoryBudgetSpent"), target
        reply = await ask(client, "POST", f"/v1/people/team/names?faces={first}&subject=Ruby")
        assert reply.json() == {"faces": 1}

    asking(core, talk)


def test_what_was_found_before_takes_no_memory(core: PeopleCore) -> None:
    for colour in (RED, ROSE):
        done(core.people.prepare_enrol(picture(drawn(colour)), "team", every=True))
    core.settings = make_settings(memory_bytes=2 * BYTES_A_FACE)

    async def talk(client: Client) -> None:
        for word in ("clusters", "duplicates"):
            target = f"/v1/people/team/{word}"
            first = await ask(client, "GET", target)
            core.networks_hold = 2 * BYTES_A_FACE
            again = await ask(client, "GET", target)
            core.networks_hold = 0
            assert (first.status, again.status) == (200, 200), word
            assert first.json() == again.json(), word

    asking(core, talk)


def test_what_is_shown_is_of_the_revision_that_memory_was_asked_for(core: PeopleCore) -> None:
    """Else a change between the two would have all compared outside of the budget."""
    people = core.people
    for colour in (RED, ROSE):
        done(people.prepare_enrol(picture(drawn(colour)), "team", every=True))

    class Changing(LanceStore):
        compared = 0
        changes = False

        def revision(self, name: str) -> str:
            seen = super().revision(name)
            if self.changes:
                done(people.prepare_enrol(picture(drawn(LIME, BLUE)), "team", every=True))
            return seen

        def embeddings(self, name: str, selection: Selection) -> tuple[list[str], Any]:
            self.compared += 1
            return super().embeddings(name, selection)

    store = Changing(str(core.access.audit.folder), staleness_s=0)
    core.people = replace(people, store=store)

    async def talk(client: Client) -> None:
        for word in ("clusters", "duplicates"):
            first = await ask(client, "GET", f"/v1/people/team/{word}")
            store.compared, store.changes = 0, True
            again = await ask(client, "GET", f"/v1/people/team/{word}")
            store.changes = False
            assert (again.json(), store.compared) == (first.json(), 0), word

    asking(core, talk)
    store.close()


def test_of_a_large_group_some_faces_are_read_and_all_are_counted(core: PeopleCore) -> None:
    people = core.people
    done(people.prepare_enrol(picture(drawn(RED)), "team", every=True))
    (one,) = people.faces("team")
    people.add("team", people.model, [replace(one, id=f"{row:032x}") for row in range(MOST_SHOWN)])

    class Noting(LanceStore):
        told_ids: ClassVar[list[str]] = []

        def told(self, name: str, selection: Selection) -> list[EnrolledFace]:
            self.told_ids.extend(selection.ids)
            return super().told(name, selection)

    store = Noting(str(core.access.audit.folder), staleness_s=0)
    core.people = replace(people, store=store)

    async def talk(client: Client) -> None:
        (group,) = (await ask(client, "GET", "/v1/people/team/clusters")).json()["clusters"]
        assert (group["count"], len(group["faces"])) == (MOST_SHOWN + 1, MOST_SHOWN)
        assert len(store.told_ids) == MOST_SHOWN

    asking(core, talk)
    store.close()


def test_groups_are_found_anew_as_soon_as_the_collection_changes(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        async def totals() -> list[int]:
            words = ("clusters", "duplicates")
            replies = [await ask(client, "GET", f"/v1/people/team/{word}") for word in words]
            return [reply.json()["total"] for reply in replies]

        for data in (drawn(RED), drawn(ROSE)):
            await ask(client, "POST", "/v1/people/team/faces", data)
        assert await totals() == await totals() == [1, 1]
        await enrol(client, Ruby=drawn(RED))  # who is there without a name: now one is alone
        assert await totals() == [0, 1]
        for face in core.people.faces("team"):
            await ask(client, "DELETE", f"/v1/people/team/faces/{face.id}")
        assert await totals() == [0, 0]

    asking(core, talk)


def test_faces_that_come_from_one_picture_are_told(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED), Rubina=drawn(RED), Skye=drawn(BLUE))
        told = (await ask(client, "GET", "/v1/people/team/duplicates")).json()
        (pair,) = told["pairs"]
        assert {face["subject"] for face in pair["faces"]} == {"Ruby", "Rubina"}
        assert (told["total"], pair["cosine"] > 0.99) == (1, True)

    asking(core, talk)


def test_a_crop_is_given_where_crops_are_kept(tmp_path: Path) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        (face,) = core.people.faces("team")
        reply = await ask(client, "GET", f"/v1/people/team/faces/{face.id}/crop")
        assert (reply.status, reply.headers["content-type"]) == (200, "image/jpeg")
        assert reply.headers["cache-control"] == "no-store"
        crop = Image.new_from_buffer(reply.body, "")
        assert (crop.width, crop.height) == (112, 112)
        red, green, blue = crop(56, 56)
        assert red > 150 > max(green, blue)

    with people_core(tmp_path / "kept", Settings(keep_crops=True)) as core:
        asking(core, talk)
        last = list(core.access.audit.entries())[-1]
        assert (last["verb"], last["faces"]) == ("crop", [core.people.faces("team")[0].id])


def test_crops_of_many_faces_come_at_once(tmp_path: Path) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED), Skye=drawn(BLUE))
        faces = [face.id for face in core.people.faces("team")]
        query = "&".join(f"faces={face}" for face in [*faces, "f1"])
        crops = (await ask(client, "GET", f"/v1/people/team/crops?{query}")).json()["crops"]
        assert set(crops) == set(faces)
        red, blue = (Image.new_from_buffer(b64decode(crops[face]), "") for face in faces)
        assert red(56, 56)[0] > 150 > red(56, 56)[2]
        assert blue(56, 56)[2] > 150 > blue(56, 56)[0]
        many = await ask(client, "GET", f"/v1/people/team/crops?x=1{'&faces=f' * 101}")
        assert (many.status, many.json()["error"]) == (400, "BadOption")

    with people_core(tmp_path / "kept", Settings(keep_crops=True)) as core:
        asking(core, talk)
        last = list(core.access.audit.entries())[-1]
        assert (last["verb"], len(last["faces"])) == ("crop", 3)


def test_no_crop_is_given_where_none_is_kept(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        face = core.people.faces("team")[0].id
        reply = await ask(client, "GET", f"/v1/people/team/faces/{face}/crop")
        assert (reply.status, reply.json()["error"]) == (404, "UnknownFace")
        many = await ask(client, "GET", f"/v1/people/team/crops?faces={face}")
        assert many.json() == {"crops": {}}

    asking(core, talk)


@pytest.mark.parametrize(
    ("method", "target", "status", "error"),
    [
        ("POST", f"faces?source={'x' * 1025}", 400, "BadOption"),
        ("POST", "faces?source=a%0Ab", 400, "BadOption"),
        ("GET", "duplicates?limit=5000", 400, "BadOption"),
        ("GET", "faces/f1/crop", 404, "UnknownFace"),
        ("POST", "names?faces=f1&subject=A", 404, "UnknownFace"),
        ("POST", "names?faces=f1&subject=A&cluster=1", 404, "UnknownFace"),
        ("POST", "names?faces=f1&faces=f2&subject=A&cluster=1", 400, "BadOption"),
        ("POST", f"names?subject=A{'&faces=f' * 101}", 400, "BadOption"),
        ("POST", "names?subject=A", 400, "BadOption"),
    ],
)
def test_what_cannot_be_done_is_an_error_of_its_class(
    core: PeopleCore, method: str, target: str, status: int, error: str
) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        reply = await ask(client, method, f"/v1/people/team/{target}", drawn(BLUE))
        assert (reply.status, reply.json()["error"]) == (status, error)

    asking(core, talk)


def test_a_collection_that_there_is_not_has_no_groups(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        for word in ("clusters", "duplicates"):
            reply = await ask(client, "GET", f"/v1/people/none/{word}")
            assert (reply.status, reply.json()["error"]) == (404, "UnknownCollection")

    asking(core, talk)
