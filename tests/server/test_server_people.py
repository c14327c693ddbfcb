"""`/v1/people` over a real index, in which networks see squares of colour."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from delivery_fakes import make_settings, until
from people_core import MEMORY, PeopleCore, people_core
from people_pictures import BLACK, BLUE, GREEN, RED, ROSE, drawn
from server_fakes import Client, Reply, serving
from service_networks import done, picture

from foveate.enrolled import Selection
from foveate.people.audit import FILE, AuditLog
from foveate.people.keys import Keys, Scope
from foveate.people.opened import Sealing
from foveate.people.sealing import Keyring
from foveate.people.store import LanceStore
from foveate.server.openapi import TAGS
from foveate.service.access import Access, RateLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from pathlib import Path


HERE = {"host": "localhost"}
ROUTES = [
    ("GET", "/v1/people", "read"),
    ("GET", "/v1/people/team/subjects", "read"),
    ("GET", "/v1/people/team/faces", "read"),
    ("GET", "/v1/people/team/clusters", "read"),
    ("GET", "/v1/people/team/crops?faces=f1", "read"),
    ("GET", "/v1/people/team/duplicates", "read"),
    ("GET", "/v1/people/team/faces/f1/crop", "read"),
    ("POST", "/v1/people/team/names?faces=f1&subject=Ruby", "write"),
    ("POST", "/v1/people/team/search", "read"),
    ("POST", "/v1/people/team/verify?subject=Ruby", "read"),
    ("PUT", "/v1/people/team", "write"),
    ("POST", "/v1/people/team/faces?subject=Ruby", "write"),
    ("POST", "/v1/people/team/subjects/Ruby/rename?name=Rubina", "write"),
    ("POST", "/v1/people/team/subjects/Ruby/merge?into=Fern", "write"),
    ("DELETE", "/v1/people/team/subjects/Ruby", "write"),
    ("PATCH", "/v1/people/team/faces/f1?metadata=%7B%7D", "write"),
    ("DELETE", "/v1/people/team/faces/f1", "write"),
    ("DELETE", "/v1/people/team/faces?older_than=1d", "write"),
    ("DELETE", "/v1/people/team", "admin"),
]
HALF = quote('{"a": "\\ud800"}')
RANK = ["read", "write", "admin"]


@pytest.fixture
def core(tmp_path: Path) -> Iterator[PeopleCore]:
    with people_core(tmp_path / "index") as made:
        yield made


def asking(core: PeopleCore, talk: Callable[[Client], Coroutine[Any, Any, None]]) -> None:
    """Ask from this machine."""

    async def local(client: Client) -> None:
        client.peer = "127.0.0.1"
        await talk(client)

    serving(core, local)


async def ask(
    client: Client, method: str, target: str, body: bytes = b"", key: str = "", **headers: str
) -> Reply:
    bearer = {"authorization": f"Bearer {key}"} if key else {}
    return await client.ask(method, target, {**HERE, **bearer, **headers}, body=[body])


async def enrol(client: Client, **people: bytes) -> None:
    for name, data in people.items():
        reply = await ask(client, "POST", f"/v1/people/team/faces?subject={name}", data)
        assert reply.status == 200, reply.body


def noted(core: PeopleCore) -> list[tuple[str, str, str]]:
    return [(row["by"], row["verb"], row["outcome"]) for row in core.access.audit.entries()]


def test_who_is_enrolled_is_found_again(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        target = "/v1/people/team/faces?subject=Ruby&metadata=" + quote('{"door": 3}')
        (kept,) = (await ask(client, "POST", target, drawn(RED))).json()["enrolled"]
        assert (kept["subject"], kept["metadata"]) == ("Ruby", {"door": 3})
        assert "embedding" not in kept
        await enrol(client, Skye=drawn(BLUE))
        assert (await ask(client, "POST", target, drawn(RED))).json()["already"]

        found = await ask(client, "POST", "/v1/people/team/search", drawn(BLUE, BLACK, ROSE))
        names = [face["candidates"][0]["subject"] for face in found.json()["faces"]]
        assert names == ["Skye", "Ruby"]
        among = "/v1/people/team/search?subject=Skye"
        found = await ask(client, "POST", among, drawn(RED))
        assert found.json()["faces"][0]["candidates"] == []
        verify = "/v1/people/team/verify?subject=Ruby"
        assert (await ask(client, "POST", verify, drawn(ROSE))).json()["verdict"] == "same"

    asking(core, talk)


def test_people_are_listed_renamed_and_merged(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED), Skye=drawn(BLUE))
        rename = "/v1/people/team/subjects/Ruby/rename?name=Ruby%2FLee"
        assert (await ask(client, "POST", rename)).json() == {"faces": 1}
        listed = await ask(client, "GET", "/v1/people/team/subjects?prefix=R")
        assert [row["name"] for row in listed.json()["subjects"]] == ["Ruby/Lee"]
        page = await ask(client, "GET", "/v1/people/team/faces?limit=1&offset=1")
        assert [face["subject"] for face in page.json()["faces"]] == ["Skye"]
        merge = "/v1/people/team/subjects/Ruby/Lee/merge?into=Skye"
        assert (await ask(client, "POST", merge)).json() == {"faces": 1}
        only = await ask(client, "GET", "/v1/people/team/faces?subject=Skye")
        assert len(only.json()["faces"]) == 2

    asking(core, talk)


def test_the_metadata_of_a_face_are_changed(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        (face,) = (await ask(client, "GET", "/v1/people/team/faces")).json()["faces"]
        target = f"/v1/people/team/faces/{face['id']}?metadata="
        reply = await ask(client, "PATCH", target + quote('{"door": 3, "team": "red"}'))
        assert reply.json() == {**face, "metadata": {"door": 3, "team": "red"}}
        reply = await ask(client, "PATCH", target + quote('{"team": null}'))
        assert reply.json() == {**face, "metadata": {"door": 3}}
        for wrong in ("3", HALF, quote('{"a": "%s"}' % ("x" * 17_000))):
            assert (await ask(client, "PATCH", target + wrong)).status in {400, 414}, wrong
        nobody = await ask(client, "PATCH", "/v1/people/team/faces/f1?metadata=%7B%7D")
        assert (nobody.status, nobody.json()["error"]) == (404, "UnknownFace")
        assert (await ask(client, "GET", "/v1/people/team/faces")).json()["faces"] == [reply.json()]

    asking(core, talk)
    assert [row for row in noted(core) if row[1] == "describe"] == [
        ("local", "describe", outcome) for outcome in ("asked", "done") * 2 + ("asked", "failed")
    ]


def test_faces_are_listed_without_the_key_that_opens_them(core: PeopleCore, tmp_path: Path) -> None:
    keys = Keyring(lambda: [bytes(32)])
    sealed = LanceStore(str(tmp_path / "index"), sealing=Sealing(keys))
    work = replace(core.people, store=sealed).prepare_enrol(picture(drawn(RED)), "team", "Ruby")
    face = done(work).enrolled[0].id
    sealed.close()

    async def talk(client: Client) -> None:
        listed = await ask(client, "GET", "/v1/people/team/faces")
        assert [row["id"] for row in listed.json()["faces"]] == [face]
        assert (await ask(client, "GET", f"/v1/people/team/faces/{face}/crop")).status != 200

    asking(core, talk)


def test_names_are_found_by_a_part_in_any_case_each_with_its_best_face(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED), Skye=drawn(BLUE), Rubina=drawn(ROSE))
        core.people.introduce("team", "Scarlet Rubens")
        listed = await ask(client, "GET", "/v1/people/team/subjects?contains=RUB")
        rows = listed.json()["subjects"]
        assert [row["name"] for row in rows] == ["Rubina", "Ruby", "Scarlet Rubens"]
        (face,) = core.people.faces("team", Selection(subjects=("Ruby",)))
        assert [rows[1]["face"], rows[2]["face"]] == [face.id, None]
        page = await ask(client, "GET", "/v1/people/team/subjects?contains=rub&limit=1&offset=1")
        assert [row["name"] for row in page.json()["subjects"]] == ["Ruby"]

    asking(core, talk)


def test_a_collection_that_was_erased_in_part_is_told_of_and_erased_again(
    core: PeopleCore, tmp_path: Path
) -> None:
    async def talk(client: Client) -> None:
        (tmp_path / "index").mkdir()
        (tmp_path / "index" / "team.unfinished").write_text("table")
        listed = (await ask(client, "GET", "/v1/people")).json()["collections"]
        assert [(row["name"], row["faces"]) for row in listed] == [("team", 0)]
        assert (await ask(client, "DELETE", "/v1/people/team")).json() == {"erased": 0}
        assert (await ask(client, "GET", "/v1/people")).json() == {"collections": []}
        assert (await ask(client, "DELETE", "/v1/people/team")).status == 404

    asking(core, talk)


def test_the_face_at_a_place_is_enrolled_and_no_other(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        target = "/v1/people/team/faces?subject={}&at={}"
        reply = await ask(
            client, "POST", target.format("Skye", "0.833x0.5"), drawn(RED, BLACK, BLUE)
        )
        (kept,) = reply.json()["enrolled"]
        assert kept["box"]["left"] == 84
        found = await ask(client, "POST", "/v1/people/team/search", drawn(RED, BLUE))
        names = [[each["subject"] for each in face["candidates"]] for face in found.json()["faces"]]
        assert names == [[], ["Skye"]]
        assert (found.json()["width"], found.json()["height"]) == (80, 40)
        nobody = target.format("Fern", "0.5x0.5")
        reply = await ask(client, "POST", nobody, drawn(RED, BLACK, BLUE))
        assert (reply.status, reply.json()["error"]) == (422, "FaceRefused")
        for place in ("face", "0.5", "box-center:0.1x0.1", "2x0.5"):
            reply = await ask(client, "POST", target.format("Fern", place), drawn(RED))
            assert (reply.status, reply.json()["error"]) == (400, "BadOption"), place
        reply = await ask(client, "POST", "/v1/people/team/faces?at=0.2x0.5", drawn(RED))
        assert (reply.status, reply.json()["error"]) == (400, "BadOption")

    asking(core, talk)


def test_a_collection_is_made_once_and_kept_as_it_is(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        reply = await ask(client, "PUT", "/v1/people/team")
        assert (reply.status, reply.json()) == (200, {"name": "team", "faces": 0})
        await enrol(client, Ruby=drawn(RED))
        again = await ask(client, "PUT", "/v1/people/team")
        assert again.json() == {"name": "team", "faces": 1}
        wrong = await ask(client, "PUT", "/v1/people/No%20Name")
        assert (wrong.status, wrong.json()["error"]) == (400, "BadOption")

    asking(core, talk)
    assert noted(core)[:2] == [("local", "create", "asked"), ("local", "create", "done")]


def test_faces_subjects_and_collections_are_erased(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED), Skye=drawn(BLUE), Fern=drawn(GREEN))
        face = core.people.faces("team")[0].id
        for target in (f"/team/faces/{face}", "/team/subjects/Skye", "/team"):
            reply = await ask(client, "DELETE", f"/v1/people{target}")
            assert (reply.status, reply.json()) == (200, {"erased": 1})
        assert (await ask(client, "GET", "/v1/people")).json() == {"collections": []}

    asking(core, talk)


def test_what_is_old_is_erased_and_noted(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED), Skye=drawn(BLUE))
        for age, erased in (("1d", 0), ("0s", 2)):
            reply = await ask(client, "DELETE", f"/v1/people/team/faces?older_than={age}")
            assert (reply.status, reply.json()) == (200, {"erased": erased})
        wrong = await ask(client, "DELETE", "/v1/people/team/faces?older_than=long")
        assert (wrong.status, wrong.json()["error"]) == (400, "BadOption")
        missing = await ask(client, "DELETE", "/v1/people/team/faces")
        assert missing.status in {400, 422}

    asking(core, talk)
    assert noted(core)[-2:] == [("local", "erase", "asked"), ("local", "erase", "done")]
    last = list(core.access.audit.entries())[-1]
    assert (last["count"], last["added_before"] <= last["time"]) == (2, True)


def test_without_a_subject_every_face_is_enrolled_unnamed(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        reply = await ask(client, "POST", "/v1/people/team/faces", drawn(RED, BLACK, BLUE))
        assert [face["subject"] for face in reply.json()["enrolled"]] == [None, None]
        for named, count in (("false", 2), ("true", 0)):
            found = await ask(client, "GET", f"/v1/people/team/faces?named={named}")
            assert len(found.json()["faces"]) == count

    asking(core, talk)


def test_a_picture_is_called_by_its_url(core: PeopleCore) -> None:
    core.origin.sources["ruby.png"] = picture(drawn(RED))

    async def talk(client: Client) -> None:
        body = json.dumps({"url": "ruby.png"}).encode()
        reply = await client.ask(
            "POST",
            "/v1/people/team/faces?subject=Ruby",
            {**HERE, "content-type": "application/json"},
            body=[body],
        )
        assert reply.json()["enrolled"][0]["source"] == "ruby.png"

    asking(core, talk)


def test_what_was_kept_that_no_answer_can_say_is_told_as_far_as_it_can_be(
    core: PeopleCore,
) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        table = core.people.store._tables.latest("team")  # type: ignore[attr-defined] # noqa: SLF001
        table.update(values={"metadata": '{"a": "b\\ud800"}'})
        reply = await ask(client, "GET", "/v1/people/team/faces")
        assert reply.status == 200
        assert reply.json()["faces"][0]["metadata"] == {"a": "b?"}

    asking(core, talk)


def test_a_file_is_called_by_its_name_in_any_script(core: PeopleCore) -> None:
    name = "\u0928\u092e\u0938\u094d\u200d\u0924\u0947 \u0645\u06cc\u200c\u062e\u0648.jpg"

    async def talk(client: Client) -> None:
        target = f"/v1/people/team/faces?subject=Ruby&source={quote(name)}"
        reply = await ask(client, "POST", target, drawn(RED))
        assert reply.status == 200, reply.body
        assert reply.json()["enrolled"][0]["source"] == name

    asking(core, talk)


@pytest.mark.parametrize("name", ["..", "A\ufffd"])
def test_a_name_of_before_that_is_refused_now_is_searched_for_changed_and_erased(
    core: PeopleCore, name: str
) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        store = core.people.store
        store.rename("team", "Ruby", name)
        at = f"/v1/people/team/verify?subject={quote(name)}"
        assert (await ask(client, "POST", at, drawn(RED))).json()["verdict"] == "same"
        assert core.people.rename("team", name, "Ruby") == 1
        store.rename("team", "Ruby", name)
        assert core.people.erase_subject("team", name) == 1

    asking(core, talk)


@pytest.mark.parametrize(
    ("method", "target", "body", "status", "error"),
    [
        ("GET", "/v1/people/none/faces", b"", 404, "UnknownCollection"),
        ("POST", "/v1/people/none/search", drawn(RED), 404, "UnknownCollection"),
        ("POST", "/v1/people/team/verify?subject=Nobody", drawn(RED), 404, "UnknownSubject"),
        ("POST", "/v1/people/team/subjects/No/rename?name=X", b"", 404, "UnknownSubject"),
        ("POST", "/v1/people/team/subjects/Ruby/rename?name=Fern", b"", 400, "BadOption"),
        ("DELETE", "/v1/people/team/faces/f1", b"", 404, "NotEnrolled"),
        ("DELETE", "/v1/people/team/subjects/No", b"", 404, "UnknownSubject"),
        ("POST", "/v1/people/team/faces?subject=A", drawn(RED, BLUE), 422, "FaceRefused"),
        ("POST", "/v1/people/team/faces?subject=A", drawn(BLACK), 422, "FaceRefused"),
        ("POST", "/v1/people/team/faces?subject=A", b"", 400, "BadBody"),
        ("POST", "/v1/people/team/faces?subject=A", b"text", 415, "NotAnImage"),
        ("POST", "/v1/people/team/faces?metadata=3", drawn(RED), 400, "BadOption"),
        ("POST", "/v1/people/team/faces?metadata={", drawn(RED), 400, "BadOption"),
        ("POST", f"/v1/people/team/faces?metadata={HALF}", drawn(RED), 400, "BadOption"),
        ("GET", f"/v1/people/team/faces?metadata={HALF}", b"", 400, "BadOption"),
        ("POST", "/v1/people/team/faces?subject=%ED%A0%80", drawn(RED), 400, "BadOption"),
        ("POST", "/v1/people/team/faces?subject=..", drawn(RED), 400, "BadOption"),
        ("POST", "/v1/people/team/subjects/Ruby/rename?name=.", b"", 400, "BadOption"),
        ("POST", "/v1/people/team/faces?subject=A&source=a%0Ab", drawn(RED), 400, "BadOption"),
        (
            "POST",
            "/v1/people/team/faces?subject=A&source=a%E2%80%AEb",
            drawn(RED),
            400,
            "BadOption",
        ),
        ("POST", "/v1/people/No%20Name/faces?subject=A", drawn(RED), 400, "BadOption"),
        ("POST", "/v1/people/team/search?limit=0", drawn(RED), 400, "BadOption"),
        ("POST", "/v1/people/team/search?confidence=2", drawn(RED), 400, "BadOption"),
        ("GET", "/v1/people/team/faces?limit=5000", b"", 400, "BadOption"),
        ("GET", "/v1/people/team/subjects?offset=-1", b"", 400, "BadOption"),
        ("POST", "/v1/people/team/verify", drawn(RED), 400, "BadOption"),
    ],
)
def test_what_cannot_be_done_is_an_error_of_its_class(
    core: PeopleCore, method: str, target: str, body: bytes, status: int, error: str
) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED), Fern=drawn(GREEN))
        reply = await ask(client, method, target, body)
        assert (reply.status, reply.json()["error"]) == (status, error)

    asking(core, talk)


def test_without_a_key_others_are_refused_whatever_their_headers_say(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        for peer, headers in (
            ("203.0.113.9", {}),
            ("203.0.113.9", {"x-forwarded-for": "127.0.0.1"}),
            ("127.0.0.1", {"x-forwarded-for": "203.0.113.9"}),
            ("", {}),
        ):
            client.peer = peer
            for method, target, _ in ROUTES:
                reply = await ask(client, method, target, drawn(RED), **headers)
                assert (reply.status, reply.json()["error"]) == (401, "KeyNeeded"), target
                assert reply.headers["www-authenticate"] == "Bearer"
        assert core.people.collections() == []

    serving(core, talk)


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("collection", ["team", "guests", "*"])
def test_a_key_opens_what_its_scope_says_and_nothing_else(
    core: PeopleCore, scope: Scope, collection: str
) -> None:
    secret = core.access.keys.add("door", collection, scope)
    met = RANK.index(scope.value)

    async def talk(client: Client) -> None:
        client.peer = "203.0.113.9"
        for method, target, needed in ROUTES:
            reply = await ask(client, method, target, drawn(RED), key=secret)
            fits = collection in {"team", "*"} and RANK.index(needed) <= met
            refused = reply.status == 403
            assert refused is not (fits or target == "/v1/people"), (target, reply.body)
            if refused:
                assert reply.json()["error"] == "ScopeNotAllowed"

    serving(core, talk)


def test_with_a_key_this_machine_needs_one_too_until_the_index_is_opened(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        secret = core.access.keys.add("door", "guests", Scope.READ)
        for key in ("", "wrong", secret[:-1]):
            assert (await ask(client, "GET", "/v1/people", key=key)).status == 401
        reply = await ask(client, "GET", "/v1/people", key=secret)
        assert reply.json() == {"collections": []}
        core.access.keys.revoke("door")
        reply = await ask(client, "GET", "/v1/people")
        assert (reply.status, "key open" in reply.json()["message"]) == (401, True)
        core.access.keys.open()
        reply = await ask(client, "GET", "/v1/people")
        assert [row["name"] for row in reply.json()["collections"]] == ["team"]

    asking(core, talk)


@pytest.mark.parametrize("state", ["missing", "damaged"])
def test_the_page_is_told_of_which_parts_weights_are_not_here(core: PeopleCore, state: str) -> None:
    core.networks["gaze"] = state

    async def talk(client: Client) -> None:
        told = (await ask(client, "GET", "/v1/studio")).json()
        assert told["missing"] == {name: ["gaze"] for name in ("saliency", "matte", "depth")}

    asking(core, talk)


def test_the_page_is_told_what_its_key_may_do(core: PeopleCore) -> None:
    async def told(client: Client, key: str = "") -> dict[str, Any]:
        people: dict[str, Any] = (await ask(client, "GET", "/v1/studio", key=key)).json()["people"]
        return people

    async def talk(client: Client) -> None:
        assert (await told(client))["collections"] == []
        await enrol(client, Ruby=drawn(RED))
        here = await told(client)
        assert (here["refused"], here["collection"], here["scope"]) == (None, "*", "admin")
        assert here["collections"] == [{"name": "team", "faces": 1}]
        assert (here["usual"], here["crops"]) == ("people", False)
        guests = core.access.keys.add("door", "guests", Scope.READ)
        everywhere = core.access.keys.add("desk", "*", Scope.WRITE)
        locked = await told(client)
        assert (locked["refused"]["error"], locked["scope"]) == ("KeyNeeded", None)
        assert locked["collections"] == []
        other = await told(client, guests)
        assert (other["collection"], other["scope"]) == ("guests", "read")
        assert other["collections"] == []
        assert (await told(client, everywhere))["collections"] == here["collections"]
        client.peer = "203.0.113.9"
        assert (await told(client))["refused"]["error"] == "KeyNeeded"

    asking(core, talk)


def test_a_key_used_too_often_is_told_when_to_come_again(core: PeopleCore) -> None:
    folder = core.access.audit.folder
    limit = RateLimit(per_minute=6, clock=lambda: 0.0)
    core.access = Access(keys=Keys(folder), audit=AuditLog(folder), rate_limit=limit)
    secret = core.access.keys.add("door", "*", Scope.READ)

    async def talk(client: Client) -> None:
        assert (await ask(client, "GET", "/v1/people", key=secret)).status == 200
        reply = await ask(client, "GET", "/v1/people", key=secret)
        assert (reply.status, reply.json()["error"]) == (429, "RateExceeded")
        assert reply.headers["retry-after"] == "10"

    serving(core, talk)


def test_searches_and_changes_are_noted_with_who_asked_and_who_was_found(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        secret = core.access.keys.add("door", "team", Scope.WRITE)
        search = "/v1/people/team/search"
        await ask(client, "POST", search, drawn(ROSE), secret, **{"x-request-id": "req-7"})
        await ask(client, "DELETE", "/v1/people/team/subjects/Ruby", key=secret)

    asking(core, talk)
    assert noted(core) == [
        ("local", "add", "asked"),
        ("local", "add", "done"),
        ("door", "search", "done"),
        ("door", "erase", "asked"),
        ("door", "erase", "done"),
    ]
    rows = list(core.access.audit.entries())
    assert (rows[2]["subjects"], rows[2]["count"], rows[2]["request"]) == (["Ruby"], 1, "req-7")
    assert rows[2]["faces"] == rows[1]["faces"]
    assert (rows[4]["subjects"], rows[4]["count"]) == (["Ruby"], 1)


def test_where_nothing_can_be_noted_nobody_is_found_or_erased(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        file = core.access.audit.folder / FILE
        file.unlink()
        file.mkdir()
        for method, target, _ in ROUTES[3:]:
            reply = await ask(client, method, target, drawn(ROSE))
            assert (reply.status, reply.json()["error"]) == (503, "AuditFailed"), target
        assert [face.subject for face in core.people.faces("team")] == ["Ruby"]

    asking(core, talk)


async def recognise(client: Client, query: str, **how: Any) -> Reply:
    target = f"/v1/recognise?parts=faces,search{query}"
    return await ask(client, "POST", target, drawn(ROSE), accept="application/json", **how)


def test_recognition_searches_for_those_who_may_and_notes_it(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        told = (await recognise(client, "&collection=team")).json()
        assert [match["subject"] for match in told["search"][0]] == ["Ruby"]
        assert noted(core)[-1] == ("local", "recognise", "done")
        assert list(core.access.audit.entries())[-1]["subjects"] == ["Ruby"]
        told = (await recognise(client, "")).json()
        assert told["failed"]["search"]["error"] == "UnknownCollection"
        assert noted(core)[-1] == ("local", "recognise", "failed")

        secret = core.access.keys.add("door", "team", Scope.READ)
        client.peer = "203.0.113.9"
        for query, key, status in (
            ("&collection=team", "", 401),
            ("&collection=team", secret, 200),
            ("&collection=guests", secret, 403),
            ("", secret, 403),
        ):
            assert (await recognise(client, query, key=key)).status == status
        reply = await ask(client, "POST", "/v1/recognise?parts=faces", drawn(ROSE))
        assert reply.status == 200

    asking(core, talk)


def test_where_a_recognition_cannot_be_noted_nobody_is_named(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        file = core.access.audit.folder / FILE
        file.unlink()
        file.mkdir()
        reply = await recognise(client, "&collection=team")
        assert reply.json()["failed"]["search"]["error"] == "AuditFailed"
        assert b"Ruby" not in reply.body
        assert reply.json()["faces"]

    asking(core, talk)


def test_a_key_of_the_index_is_enough_where_signing_keys_are_set(core: PeopleCore) -> None:
    core.settings = make_settings(keys=("signing",), memory_bytes=MEMORY)

    async def talk(client: Client) -> None:
        erase = "/v1/people/team/subjects/Ruby"
        assert (await ask(client, "DELETE", erase)).status == 403
        assert (await ask(client, "DELETE", erase, key="signing")).status == 404
        secret = core.access.keys.add("door", "*", Scope.WRITE)
        assert (await ask(client, "DELETE", erase, key=secret)).status == 404
        assert (await ask(client, "DELETE", erase, key="signing")).status == 401
        reply = await ask(client, "POST", "/v1/analyse", b"cat", key=secret)
        assert reply.json()["error"] == "BadSignature"
        recognise = "/v1/recognise?parts=faces"
        for query, key, status in (
            ("", secret, 403),
            (",search&collection=team", secret, 200),
            ("", "signing", 200),
        ):
            reply = await ask(client, "POST", recognise + query, drawn(RED), key=key)
            assert reply.status == status, (query, reply.body)

    asking(core, talk)


def test_who_waits_for_the_index_keeps_nobody_from_the_worker(core: PeopleCore) -> None:
    core.settings = make_settings(workers=1, queue=8, memory_bytes=MEMORY)
    writer, held = core.people.store._writer, Event()  # type: ignore[attr-defined]  # noqa: SLF001

    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        writer.change("team", lambda: held.wait(10))
        rename = "/v1/people/team/subjects/Ruby/rename?name=Rose"
        changes = [
            asyncio.ensure_future(ask(client, "POST", rename)),
            asyncio.ensure_future(
                ask(client, "POST", "/v1/people/team/faces?subject=Fern", drawn(GREEN))
            ),
        ]
        await until(lambda: writer._waiting == 3)  # noqa: SLF001
        found = await ask(client, "POST", "/v1/people/team/search", drawn(RED))
        assert found.json()["faces"][0]["candidates"][0]["subject"] == "Ruby"
        assert not any(change.done() for change in changes)
        held.set()
        assert [(await change).status for change in changes] == [200, 200]

    asking(core, talk)


def test_a_change_that_waits_for_too_long_is_given_up_and_noted_so(core: PeopleCore) -> None:
    core.settings = make_settings(timeout_s=0.5, memory_bytes=MEMORY)
    writer, held = core.people.store._writer, Event()  # type: ignore[attr-defined]  # noqa: SLF001

    async def talk(client: Client) -> None:
        await enrol(client, Ruby=drawn(RED))
        writer.change("team", lambda: held.wait(10))
        reply = await ask(client, "DELETE", "/v1/people/team/subjects/Ruby")
        assert reply.json()["error"] == "TimedOut"
        await until(lambda: noted(core)[-1] == ("local", "erase", "failed"))
        held.set()
        await asyncio.to_thread(writer.change("team", lambda: None).result, 10)
        assert core.people.store.count("team") == 1

    asking(core, talk)


def test_two_pictures_are_compared(core: PeopleCore) -> None:
    core.origin.sources |= {"a.png": picture(drawn(RED)), "b.png": picture(drawn(ROSE))}
    edge = "----edge"
    parts = b"".join(
        b'--%b\r\nContent-Disposition: form-data; name="%b"; filename="x"\r\n\r\n%b\r\n'
        % (edge.encode(), name, data)
        for name, data in ((b"image", drawn(RED)), (b"other", drawn(ROSE)))
    )
    form = parts + f"--{edge}--\r\n".encode()
    by_url = json.dumps({"url": "a.png", "other": {"url": "b.png"}}).encode()

    async def talk(client: Client) -> None:
        for kind, body in (
            (f"multipart/form-data; boundary={edge}", form),
            ("application/json", by_url),
        ):
            headers = {"content-type": kind}
            reply = await client.ask("POST", "/v1/similar", headers, body=[body])
            answer = reply.json()
            assert (reply.status, answer["best"]["verdict"]) == (200, "same"), answer
            assert 0.9 < answer["best"]["cosine"] < 0.99
        for kind, body in (
            ("application/json", b'{"url": "a.png"}'),
            ("application/json", b'{"url": "a.png", "other": "b.png"}'),
            ("image/png", drawn(RED)),
        ):
            reply = await client.ask("POST", "/v1/similar", {"content-type": kind}, body=[body])
            assert (reply.status, reply.json()["error"]) == (400, "BadBody")

    serving(core, talk)


def test_the_api_describes_every_route_of_people(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        paths = (await client.get("/openapi.json")).json()["paths"]
        people = {path: methods for path, methods in paths.items() if "/people" in path}
        assert sum(len(methods) for methods in people.values()) == len(ROUTES)
        for methods in people.values():
            for told in methods.values():
                assert told["tags"] == ["People"]
                said = told["responses"]["200"]["content"]
                assert "image/jpeg" in said or said["application/json"]["example"]
        assert "People" in {tag["name"] for tag in TAGS}

    serving(core, talk)


def test_routes_with_names_in_them_are_counted_without_the_names(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await ask(client, "GET", "/v1/people/team/subjects")
        text = (await client.get("/metrics")).body.decode()
        assert 'route="/v1/people/{collection}/subjects"' in text
        assert 'route="/v1/people/team' not in text

    asking(core, talk)


def test_people_are_listed_and_erased_once_a_budget_is_spent_and_no_picture_is_looked_at(
    core: PeopleCore,
) -> None:
    async def talk(client: Client) -> None:
        assert (await ask(client, "PUT", "/v1/people/team")).status == 200
        core.ledger.stop(2e10)
        searched = await ask(client, "POST", "/v1/people/team/search", b"picture")
        assert searched.json()["error"] == "BudgetSpent"
        assert (await ask(client, "GET", "/v1/people")).status == 200
        assert (await ask(client, "DELETE", "/v1/people/team")).status == 200

    asking(core, talk)
