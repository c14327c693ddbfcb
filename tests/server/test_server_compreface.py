"""CompreFace's REST API: who may ask for what, how it says no, and what differs from /v1/people."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from delivery_fakes import make_settings
from people_core import MEMORY, PeopleCore, people_core
from people_pictures import BLACK, BLUE, GREEN, RED, ROSE, drawn
from server_fakes import Client, FakeCore, Reply, serving
from service_networks import Reader, done, picture

from foveate.geometry.box import Box
from foveate.ledger.amounts import SHARED
from foveate.people.audit import FILE, AuditLog
from foveate.people.keys import Keys, Scope
from foveate.people.store import LanceStore
from foveate.server.compreface.asked import read_asked
from foveate.server.compreface.problems import Refused
from foveate.service.access import Access, RateLimit
from foveate.service.seen import Seen
from foveate.settings import People as Settings
from foveate.values import Face

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from pathlib import Path

API = "/api/v1"
ON = Settings(compreface=True)
NOBODY = "6b135f5b-a365-4522-b1f1-4c9ac2dd0728"
LOOKS = ["recognition/recognize", f"recognition/faces/{NOBODY}/verify", "detection/detect"]
ROUTES = [
    ("GET", "recognition/subjects", "read"),
    ("GET", "recognition/faces", "read"),
    ("GET", f"recognition/faces/{NOBODY}/img", "read"),
    *(("POST", path, "read") for path in LOOKS),
    ("POST", "recognition/faces?subject=Ruby", "write"),
    ("DELETE", f"recognition/faces/{NOBODY}", "write"),
    ("DELETE", "recognition/subjects/Nobody", "write"),
    ("DELETE", "recognition/faces?subject=Nobody", "write"),
    ("DELETE", "recognition/faces", "admin"),
    ("DELETE", "recognition/subjects", "admin"),
]
RANK = ["read", "write", "admin"]


@pytest.fixture
def core(tmp_path: Path) -> Iterator[PeopleCore]:
    with people_core(tmp_path / "index", ON, max_bytes=20_000) as made:
        yield made


def asking(
    core: FakeCore, talk: Callable[[Client], Coroutine[Any, Any, None]], peer: str = "127.0.0.1"
) -> None:
    async def from_there(client: Client) -> None:
        client.peer = peer
        await talk(client)

    serving(core, from_there)


async def ask(
    client: Client, method: str, path: str, content: object = None, **headers: str
) -> Reply:
    """Send JSON; bytes are a picture, as Base64."""
    if isinstance(content, bytes):
        content = {"file": base64.b64encode(content).decode()}
    sent = {"host": "localhost", "content-type": "application/json", **headers}
    body = b"" if content is None else json.dumps(content).encode()
    return await client.ask(method, f"{API}/{path}", sent, body=[body])


async def add(client: Client, subject: str, data: bytes, **headers: str) -> str:
    reply = await ask(client, "POST", f"recognition/faces?subject={subject}", data, **headers)
    assert reply.status == 201, reply.body
    image: str = reply.json()["image_id"]
    return image


def test_it_is_off_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    async def talk(client: Client) -> None:
        for method, path, _ in ROUTES:
            assert (await ask(client, method, path, drawn(RED))).status == 404

    with people_core(tmp_path / "index") as core:
        asking(core, talk)


def test_it_is_another_view_of_the_same_people(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        image = await add(client, "Ruby", drawn(RED))
        (face,) = core.people.faces("people")
        assert (face.subject, face.id) == ("Ruby", image.replace("-", ""))
        assert (await add(client, "Ruby", drawn(RED))) == image
        await ask(client, "POST", "recognition/subjects", {"subject": "Skye"})
        listed = await client.ask("GET", "/v1/people/people/subjects", {"host": "localhost"})
        rows = [(row["name"], row["faces"]) for row in listed.json()["subjects"]]
        assert rows == [("Ruby", 1), ("Skye", 0)]
        found = await ask(client, "POST", "recognition/recognize", drawn(ROSE))
        (subject,) = found.json()["result"][0]["subjects"]
        assert subject["subject"] == "Ruby"

    asking(core, talk)


def test_what_a_key_asks_for_is_charged_to_it(core: PeopleCore) -> None:
    secret = core.access.keys.add("door", "team", Scope.READ)

    async def talk(client: Client) -> None:
        await ask(client, "GET", "recognition/subjects", **{"x-api-key": secret})

    asking(core, talk)
    assert {name.key for name in core.ledger.accounts if name != SHARED} == {"door"}


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("collection", ["team", "*"])
def test_a_key_opens_its_collection_as_far_as_its_scope(
    core: PeopleCore, scope: Scope, collection: str
) -> None:
    secret = core.access.keys.add("door", collection, scope)

    async def talk(client: Client) -> None:
        for method, path, needed in ROUTES:
            sent: Any = None if method == "GET" else drawn(RED)
            reply = await ask(client, method, path, sent, x_api_key=secret)
            met = RANK.index(needed) <= RANK.index(scope.value)
            assert (reply.status == 403) is not met, (path, reply.body)
            assert reply.status < 500
        name = "people" if collection == "*" else collection
        made = [each.name for each in core.people.collections()]
        assert made == ([name] if scope is Scope.WRITE else [])

    asking(core, talk, "203.0.113.9")


def test_who_has_no_key_is_refused_as_compreface_does(core: PeopleCore) -> None:
    async def nobody(client: Client) -> None:
        for method, path, _ in ROUTES:
            reply = await ask(client, method, path, drawn(RED))
            assert (reply.status, reply.json()["code"]) == (400, 20), path
            reply = await ask(client, method, path, drawn(RED), x_api_key="00000000")
            assert (reply.status, reply.json()["code"]) in {(401, 0), (404, 10)}, path
        forwarded = {"x_forwarded_for": "127.0.0.1"}
        client.peer = "127.0.0.1"
        reply = await ask(client, "GET", "recognition/subjects", **forwarded)
        assert (reply.status, reply.json()["code"]) == (400, 20)

    asking(core, nobody, "203.0.113.9")
    core.access.keys.add("door", "team", Scope.READ)

    async def local(client: Client) -> None:
        reply = await ask(client, "GET", "recognition/subjects", x_api_key="wrong")
        assert (reply.status, reply.json()["code"]) == (404, 10)
        assert "wrong" not in reply.json()["message"]
        reply = await client.get(f"{API}/static/wrong/images/{NOBODY}")
        assert (reply.status, reply.json()["code"]) == (404, 10)

    asking(core, local)
    assert core.people.collections() == []


def test_a_key_is_needed_to_post_where_urls_are_signed(core: PeopleCore) -> None:
    core.settings = replace(make_settings(keys=("signing",), memory_bytes=MEMORY), people=ON)

    async def talk(client: Client) -> None:
        assert (await ask(client, "GET", "recognition/subjects")).status == 200
        reply = await ask(client, "DELETE", "recognition/subjects")
        assert (reply.status, reply.json()["code"]) == (400, 20)
        secret = core.access.keys.add("door", "*", Scope.ADMIN)
        reply = await ask(client, "DELETE", "recognition/subjects", x_api_key=secret)
        assert reply.json() == {"deleted": 0}

    asking(core, talk)


def test_a_key_used_too_often_is_told_when_to_come_again(core: PeopleCore) -> None:
    folder = core.access.audit.folder
    limit = RateLimit(per_minute=6, clock=lambda: 0.0)
    core.access = Access(keys=Keys(folder), audit=AuditLog(folder), rate_limit=limit)
    secret = core.access.keys.add("door", "*", Scope.READ)

    async def talk(client: Client) -> None:
        await ask(client, "GET", "recognition/subjects", x_api_key=secret)
        reply = await ask(client, "GET", "recognition/subjects", x_api_key=secret)
        assert (reply.status, reply.headers["retry-after"]) == (429, "10")
        assert reply.json().keys() == {"message", "code"}

    asking(core, talk)


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        ("POST", "recognition/recognize", drawn(BLACK), 400, 28),
        ("POST", "recognition/faces?subject=A", drawn(BLACK), 400, 28),
        ("POST", "recognition/faces?subject=A", drawn(RED, BLUE), 400, 31),
        ("POST", "recognition/faces?subject=A&det_prob_threshold=0.95", drawn(RED), 400, 28),
        ("POST", "recognition/faces", drawn(RED), 400, 33),
        ("POST", "recognition/faces?subject=A", {"file": "no base64!"}, 400, 21),
        ("POST", "recognition/faces?subject=A", {"file": ""}, 400, 34),
        ("POST", "recognition/faces?subject=A", {"image": "x"}, 400, 34),
        ("POST", "recognition/faces?subject=A", [], 400, 34),
        ("POST", "recognition/faces?subject=A", b"text", 400, 21),
        ("POST", "recognition/faces?subject=A", b"x" * 30_000, 413, 0),
        ("POST", "recognition/faces?subject=A", b"x" * 400_000, 413, 0),
        ("POST", "detection/detect?det_prob_threshold=0.95", drawn(RED), 400, 28),
        ("POST", "detection/detect?det_prob_threshold=2", drawn(RED), 400, 26),
        ("POST", "detection/detect?det_prob_threshold=nan", drawn(RED), 400, 26),
        ("POST", "detection/detect?limit=-1", drawn(RED), 400, 26),
        ("POST", "detection/detect?face_plugins=horns", drawn(RED), 400, 26),
        ("POST", "detection/detect?status=maybe", drawn(RED), 400, 26),
        ("POST", "recognition/recognize?detect_faces=false", drawn(RED), 400, 26),
        ("POST", "recognition/recognize?prediction_count=0", drawn(RED), 400, 26),
        ("POST", "recognition/faces/none/verify", drawn(RED), 400, 26),
        ("POST", f"recognition/faces/{NOBODY}/verify", drawn(RED), 404, 44),
        ("POST", "verification/verify", {"source_image": "AAAA"}, 400, 34),
        ("GET", "recognition/faces?size=0", None, 400, 26),
        ("GET", "recognition/faces?page=x", None, 400, 26),
        ("GET", "recognition/faces?page=2147483648", None, 400, 26),
        ("DELETE", f"recognition/faces/{NOBODY}", None, 404, 44),
        ("DELETE", "recognition/faces/7", None, 400, 26),
        ("DELETE", "recognition/subjects/Nobody", None, 404, 42),
        ("DELETE", "recognition/subjects/", None, 400, 26),
        ("PUT", "recognition/subjects/Nobody", {"subject": "Ann"}, 404, 42),
        ("PUT", "recognition/subjects/Nobody", {"subject": " "}, 400, 26),
        ("POST", "recognition/subjects", {"subject": "Ruby"}, 400, 43),
        ("POST", "recognition/subjects", {"subject": 7}, 400, 26),
        ("POST", "recognition/subjects", {"subject": "x" * 300}, 400, 26),
        ("POST", "recognition/faces/delete", ["7"], 400, 26),
        ("POST", "recognition/faces/delete", {"a": 1}, 400, 26),
        ("POST", "recognition/embeddings/recognize", {"embeddings": []}, 400, 37),
        ("POST", "recognition/embeddings/recognize", {"embeddings": [[1.0]] * 101}, 400, 37),
        ("POST", "recognition/embeddings/recognize", {"embeddings": [[1.0, 2.0]]}, 400, 26),
        ("POST", "recognition/embeddings/recognize", {"embeddings": [[0] * 512]}, 400, 26),
        ("POST", "recognition/embeddings/recognize", {"embeddings": [[1e308] * 512]}, 400, 26),
        ("POST", "recognition/embeddings/recognize", {"embeddings": [[10**400] * 512]}, 400, 26),
        ("POST", "recognition/embeddings/recognize", {"embeddings": ["x"]}, 400, 26),
        ("POST", "verification/embeddings/verify", {"targets": [[1.0]]}, 400, 26),
        ("PATCH", "recognition/subjects", None, 405, 0),
        ("GET", "nothing", None, 404, 0),
    ],
)
def test_it_says_no_with_compreface_s_codes(
    core: PeopleCore, method: str, path: str, content: object, status: int, code: int
) -> None:
    async def talk(client: Client) -> None:
        await add(client, "Ruby", drawn(RED))
        reply = await ask(client, method, path, content)
        said = reply.json()
        assert (reply.status, said["code"], said.keys()) == (status, code, {"message", "code"})
        assert said["message"]
        assert [face.subject for face in core.people.faces("people")] == ["Ruby"]

    asking(core, talk)


def test_a_body_that_is_neither_a_form_nor_json_is_refused(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        for kind in ("image/png", "application/x-www-form-urlencoded", ""):
            sent = {"host": "localhost", "content-type": kind}
            reply = await client.ask("POST", f"{API}/detection/detect", sent, body=[drawn(RED)])
            assert (reply.status, reply.json()["code"]) == (400, 34)

    asking(core, talk)


def test_a_form_with_two_pictures_where_one_is_meant_is_refused(core: PeopleCore) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n%b\r\n'
    form = part % drawn(RED) + part % drawn(BLUE) + b"--x--\r\n"

    async def talk(client: Client) -> None:
        sent = {"host": "localhost", "content-type": "multipart/form-data; boundary=x"}
        path = f"{API}/recognition/faces?subject=A"
        reply = await client.ask("POST", path, sent, body=[form])
        assert (reply.status, reply.json()["code"]) == (400, 26)
        assert "one part file, got 2" in reply.json()["message"]

    asking(core, talk)


def test_a_poor_face_is_refused_unless_the_bar_is_lowered(tmp_path: Path) -> None:
    async def refused(client: Client) -> None:
        reply = await ask(client, "POST", "recognition/faces?subject=A", drawn(RED))
        assert (reply.status, reply.json()["code"]) == (400, 28)
        assert "quality" in reply.json()["message"]

    async def taken(client: Client) -> None:
        await add(client, "A", drawn(RED))

    for least, talk in ((0.5, refused), (0.0, taken)):
        settings = Settings(compreface=True, least_quality=least)
        with people_core(tmp_path / f"{least}", settings, max_bytes=20_000) as core:
            asking(core, talk)


def test_a_subject_goes_with_its_examples_and_its_name(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        subjects = "recognition/subjects"
        assert (await ask(client, "POST", subjects, {"subject": "Ruby"})).status == 201
        await add(client, "Ruby", drawn(RED))
        await add(client, "Ruby", drawn(ROSE))
        await add(client, "Skye/Lee", drawn(BLUE))
        reply = await ask(
            client, "PUT", f"{subjects}/Skye%2FLee".replace("%2F", "/"), {"subject": "Ruby"}
        )
        assert reply.json() == {"updated": True}
        reply = await ask(client, "PUT", f"{subjects}/Ruby", {"subject": "Ruby"})
        assert reply.json() == {"updated": False}
        composed = {"subject": "Zo\u00eb"}  # the same name, however it is written
        reply = await ask(client, "PUT", f"{subjects}/Zoe\u0308", composed)
        assert reply.json() == {"updated": False}
        listed = (await ask(client, "GET", "recognition/faces?size=2&page=1")).json()
        assert (len(listed["faces"]), listed["total_elements"]) == (1, 3)
        for page in ("9", "2147483647"):
            listed = (await ask(client, "GET", f"recognition/faces?page={page}")).json()
            assert (listed["faces"], listed["total_elements"]) == ([], 3)
        reply = await ask(client, "DELETE", "recognition/faces?subject=Ruby")
        assert reply.json() == {"deleted": 3}
        assert (await ask(client, "GET", subjects)).json() == {"subjects": []}
        assert (await ask(client, "DELETE", "recognition/faces?subject=Ruby")).json() == {
            "deleted": 0
        }

    asking(core, talk)


def test_without_a_collection_there_is_nobody(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        for path, told in (
            ("recognition/subjects", {"subjects": []}),
            (
                "recognition/faces",
                {
                    "faces": [],
                    "page_number": 0,
                    "page_size": 20,
                    "total_pages": 0,
                    "total_elements": 0,
                },
            ),
        ):
            assert (await ask(client, "GET", path)).json() == told
        found = await ask(client, "POST", "recognition/recognize", drawn(RED))
        assert [face["subjects"] for face in found.json()["result"]] == [[]]
        for path in ("recognition/subjects", "recognition/faces"):
            assert (await ask(client, "DELETE", path)).json() == {"deleted": 0}
        assert core.people.collections() == []

    asking(core, talk)


def test_as_many_subjects_are_told_as_are_asked_for_and_nobody_unnamed(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        for name, data in (("Ruby", drawn(RED)), ("Skye", drawn(BLUE)), ("Fern", drawn(GREEN))):
            await add(client, name, data)
        await client.ask(
            "POST", "/v1/people/people/faces", {"host": "localhost"}, body=[drawn(ROSE)]
        )
        found = await ask(client, "POST", "recognition/recognize?prediction_count=2", drawn(ROSE))
        names = [each["subject"] for each in found.json()["result"][0]["subjects"]]
        assert names == ["Ruby", "Fern"]
        assert (await ask(client, "GET", "recognition/faces")).json()["total_elements"] == 3

    asking(core, talk)


def test_who_was_found_and_what_was_changed_is_noted(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await add(client, "Ruby", drawn(RED))
        await ask(client, "POST", "recognition/recognize", drawn(ROSE))
        await ask(client, "DELETE", "recognition/subjects/Ruby")
        await ask(client, "POST", "recognition/subjects", {"subject": "Skye"})
        file = core.access.audit.folder / FILE
        told = [
            (row["verb"], row["outcome"], row["subjects"]) for row in core.access.audit.entries()
        ]
        assert told == [
            ("add", "asked", ["Ruby"]),
            ("add", "done", ["Ruby"]),
            ("search", "done", ["Ruby"]),
            ("erase", "asked", ["Ruby"]),
            ("erase", "done", ["Ruby"]),
            ("introduce", "asked", ["Skye"]),
            ("introduce", "done", ["Skye"]),
        ]
        file.unlink()
        file.mkdir()
        reply = await ask(client, "POST", "recognition/faces?subject=A", drawn(RED))
        assert (reply.status, reply.json()["code"]) == (503, 0)
        reply = await ask(client, "POST", "recognition/subjects", {"subject": "Fern"})
        assert reply.status == 503
        assert [each.name for each in core.people.subjects("people")] == ["Skye"]

    asking(core, talk)


def test_no_log_tells_the_key_in_the_path_of_a_picture(
    core: PeopleCore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = replace(core.settings.server, access_log=True)
    core.settings = replace(core.settings, server=server)
    secret = core.access.keys.add("door", "team", Scope.READ)

    async def talk(client: Client) -> None:
        for path in (f"static/{secret}/images/{NOBODY}", f"static/{secret}/images/7"):
            await ask(client, "GET", path)
        await ask(client, "PATCH", f"static/{secret}/images/7")

    asking(core, talk)
    assert "/api/v1/static/***/images/7" in caplog.text
    assert secret not in caplog.text


def test_routes_are_counted_by_their_pattern(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        await ask(client, "GET", f"recognition/faces/{NOBODY}/img")
        await ask(client, "GET", "nothing/at/all")
        told = (await client.get("/metrics")).body.decode()
        assert 'requests_total{route="/api/v1/recognition/faces/{image}/img",status="200"}' in told
        assert "at/all" not in told

    asking(core, talk)


def test_without_crops_there_is_no_picture(core: PeopleCore) -> None:
    async def talk(client: Client) -> None:
        image = await add(client, "Ruby", drawn(RED))
        reply = await ask(client, "GET", f"recognition/faces/{image}/img")
        assert (reply.status, reply.body) == (200, b"")

    asking(core, talk)


def test_what_judges_people_is_told_only_where_it_is_switched_on(tmp_path: Path) -> None:
    class Unsure(Reader):
        """Guesses neither age nor gender."""

        def __call__(self, rgb: Any, faces: Any) -> Any:
            return tuple(
                replace(read, age=None, gender=None) for read in super().__call__(rgb, faces)
            )

    async def talk(client: Client) -> None:
        query = "face_plugins=age,gender,pose,mask&status=true"
        told = (await ask(client, "POST", f"detection/detect?{query}", drawn(RED))).json()
        assert told["result"][0].keys() == {"pose", "box", "execution_time"}
        assert told["plugins_versions"].keys() == {"detector", "calculator", "pose"}

    with people_core(tmp_path / "i", ON, max_bytes=20_000, attributes=Unsure()) as core:
        asking(core, talk)


def test_pages_of_other_sites_may_ask_with_a_key_where_they_are_let(core: PeopleCore) -> None:
    server = replace(core.settings.server, cors=("https://app.test",))
    core.settings = replace(core.settings, server=server)

    async def talk(client: Client) -> None:
        asked = {"origin": "https://app.test", "access-control-request-method": "PUT"}
        reply = await client.ask("OPTIONS", f"{API}/recognition/subjects/Ann", asked)
        assert reply.status == 204
        assert "X-Api-Key" in reply.headers["access-control-allow-headers"]
        assert "PUT" in reply.headers["access-control-allow-methods"]

    asking(core, talk)


def seen(side: float, score: float) -> Seen:
    face = Face(Box(0, 0, side, side), score, ())
    return Seen(face=face, embedding=None, attributes=SimpleNamespace())  # type: ignore[arg-type]


def test_the_largest_faces_come_first_and_doubtful_ones_not_at_all() -> None:
    faces = [seen(10, 0.99), seen(30, 0.6), seen(20, 0.9), seen(40, 0.4)]
    for query, sides in (
        ({}, [40, 30, 20, 10]),
        ({"limit": "2"}, [40, 30]),
        ({"det_prob_threshold": "0.5", "limit": "0"}, [30, 20, 10]),
        ({"det_prob_threshold": "0.95"}, [10]),
    ):
        chosen = read_asked(query).chosen(faces)
        assert [each.face.box.width for each in chosen] == sides
    with pytest.raises(Refused):
        read_asked({"det_prob_threshold": "1"}).chosen(faces)


@pytest.mark.parametrize("path", ["recognition/recognize", "recognition/embeddings/recognize"])
def test_a_crowd_is_looked_for_as_long_as_there_is_time(core: PeopleCore, path: str) -> None:
    searches: list[None] = []

    class Slow(LanceStore):
        def search(self, *asked: Any, **how: Any) -> Any:
            searches.append(None)
            time.sleep(0.1)
            return super().search(*asked, **how)

    async def talk(client: Client) -> None:
        vectors = {"embeddings": [[1.0] + [0.0] * 511] * 20}
        content = vectors if "embeddings" in path else drawn(*[RED] * 20)
        assert (await ask(client, "POST", path, content)).status == 504
        await asyncio.sleep(0.3)
        begun = len(searches)
        await asyncio.sleep(0.3)
        assert begun == len(searches) < 20

    done(core.people.prepare_enrol(picture(drawn(RED)), "people", "Ruby"))
    core.settings = replace(core.settings, limits=replace(core.settings.limits, timeout_s=0.5))
    core.people = replace(core.people, store=Slow(str(core.access.audit.folder), staleness_s=0))
    asking(core, talk)
    core.people.store.close()
