"""Image URLs that name people: who may ask, what is noted, and how long an answer holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from delivery_fakes import make_settings
from people_pictures import BLACK, BLUE, GREEN, RED, Heads, drawn
from server_fakes import Client, FakeCore, Reply, serving
from service_networks import analyses, done, picture

from foveate.enrolled import Selection
from foveate.imaging.decode import open_image
from foveate.imaging.pixels import to_array
from foveate.imaging.probe import probe
from foveate.people.audit import AuditLog
from foveate.people.keys import Keys, Scope
from foveate.people.store import LanceStore
from foveate.service.access import Access, RateLimit
from foveate.service.crops import Cropper
from foveate.service.people import People
from foveate.service.render import Renderer
from foveate.service.subjects import Subjects
from foveate.settings import Encoding, Limits
from foveate.settings import People as Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from foveate.enrolled import Named
    from foveate.storage.source import Source

MEMORY = 100_000_000
GROUP = (RED, BLACK, BLACK, GREEN, BLACK, BLACK, BLUE)
URL = "/cdn-cgi/image/format=png,redact.keep=subject:team%2FRuby/group.png"
CROP = "/cdn-cgi/image/width=40,height=40,fit=cover,g=face,format=png,faces=subject:team%2FFern"
HERE = {"host": "localhost"}


@dataclass
class NamingCore(FakeCore):
    """Renders for real, over networks that see squares of colour."""

    @property
    def subjects(self) -> Subjects:
        return Subjects(self.people)

    @property
    def renderer(self) -> Any:
        looks = self.people.analyses
        return Renderer(
            analyses=looks, limits=Limits(), encoding=Encoding(), subjects=self.subjects
        )

    @property
    def cropper(self) -> Any:
        drawing = self.renderer
        return Cropper(analyses=drawing.analyses, limits=Limits(), renderer=drawing)

    def revision(self, named: Sequence[Named]) -> str:
        return self.subjects.revision(named)

    def source_of(self, data: bytes) -> Source:
        return picture(data)


@pytest.fixture
def core(tmp_path: Path) -> Iterator[NamingCore]:
    made = NamingCore(make_settings(memory_bytes=MEMORY))
    made.origin.sources = {"group.png": replace(picture(drawn(*GROUP)), version="v1")}
    folder = tmp_path / "index"
    store = LanceStore(str(folder), staleness_s=0)
    made.people = People(analyses=analyses(Heads()), store=store, settings=Settings())
    made.access = Access(keys=Keys(folder), audit=AuditLog(folder))
    for name, colour in (("Ruby", RED), ("Fern", GREEN)):
        enrol(made, name, colour)
    yield made
    store.close()


def enrol(core: NamingCore, name: str, colour: tuple[int, int, int]) -> None:
    done(core.people.prepare_enrol(picture(drawn(colour)), "team", name))


def talking(
    core: NamingCore, talk: Callable[[Client], Coroutine[Any, Any, None]], peer: str = "127.0.0.1"
) -> None:
    """Ask from an address."""

    async def from_there(client: Client) -> None:
        client.peer = peer
        await talk(client)

    serving(core, from_there)


def asked(core: NamingCore, url: str, peer: str = "127.0.0.1", **headers: str) -> Reply:
    """The answer to one GET."""
    replies: list[Reply] = []

    async def talk(client: Client) -> None:
        replies.append(await client.get(url, **{**HERE, **headers}))

    talking(core, talk, peer)
    return replies[0]


def noted(core: NamingCore) -> list[tuple[str, str, list[str]]]:
    entries = core.access.audit.entries()
    return [(row["by"], row["verb"], row["subjects"]) for row in entries]


def pixels(data: bytes) -> NDArray[np.uint8]:
    return to_array(open_image(data, probe(data, Limits())))


def shown(reply: Reply) -> list[bool]:
    """Whether each of the three is as he was."""
    before, after = pixels(drawn(*GROUP)), pixels(reply.body)
    return [
        bool((before[4:36, left + 4 : left + 36] == after[4:36, left + 4 : left + 36]).all())
        for left in (0, 120, 240)
    ]


def bearer(core: NamingCore, collection: str = "team", scope: Scope = Scope.READ) -> str:
    return f"Bearer {core.access.keys.add(f'k-{collection}', collection, scope)}"


def test_on_this_machine_without_keys_people_are_named_and_that_is_noted(core: NamingCore) -> None:
    reply = asked(core, URL)
    assert reply.status == 200
    assert shown(reply) == [True, False, False]
    assert noted(core) == [("local", "render", ["Ruby"])]


def test_strangers_may_not_name_people_nor_learn_whether_they_are_enrolled(
    core: NamingCore,
) -> None:
    assert asked(core, URL).status == 200  # now the cache has it
    nobody = URL.replace("Ruby", "Nobody")
    elsewhere = URL.replace("team", "other")
    for url in (URL, nobody, elsewhere, f"{CROP}/group.png"):
        reply = asked(core, url, peer="192.0.2.7")
        assert (reply.status, reply.json()["error"]) == (401, "KeyNeeded")
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["www-authenticate"] == "Bearer"
    assert len(noted(core)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "192.0.2.7"},
        {"via": "1.1 proxy"},
        {"host": "pics.test"},
        {"origin": "https://evil.test"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_who_asks_for_somebody_else_is_not_on_this_machine(
    core: NamingCore, headers: dict[str, str]
) -> None:
    assert asked(core, URL, **headers).status == 401
    assert asked(core, URL, **{"sec-fetch-site": "none"}).status == 200


def test_a_key_that_may_read_the_collection_opens_it_and_no_other_does(core: NamingCore) -> None:
    right, other = bearer(core), bearer(core, "people")
    reply = asked(core, URL, peer="192.0.2.7", authorization=right)
    assert (reply.status, shown(reply)) == (200, [True, False, False])
    assert noted(core) == [("k-team", "render", ["Ruby"])]
    for headers, status in (
        ({"authorization": other}, 403),
        ({"authorization": "Bearer foveate_wrong"}, 401),
        ({}, 401),
    ):
        assert asked(core, URL, **headers).status == status
    both = URL.replace("subject:team%2FRuby", "subject:team%2FRuby;Ruby")
    assert asked(core, both, authorization=right).status == 403


def test_a_key_is_used_as_often_as_it_may_be(core: NamingCore) -> None:
    key = bearer(core)
    core.access = replace(core.access, rate_limit=RateLimit(1))
    assert asked(core, URL, authorization=key).status == 200
    reply = asked(core, URL, authorization=key)
    assert (reply.status, "retry-after" in reply.headers) == (429, True)


def test_a_signed_url_needs_no_key_and_a_wrong_signature_helps_nobody(core: NamingCore) -> None:
    core.settings = make_settings(memory_bytes=MEMORY, keys=("secret",))
    bearer(core)
    signed = core.signer.sign(URL)
    reply = asked(core, signed, peer="192.0.2.7")
    assert (reply.status, shown(reply)) == (200, [True, False, False])
    assert noted(core) == [("signed-url", "render", ["Ruby"])]
    for url in (URL, signed.replace("Ruby", "Fern"), signed[:-1] + "0"):
        assert asked(core, url, peer="192.0.2.7").status == 403
    assert len(noted(core)) == 1


def test_every_answer_is_noted_hits_and_unchanged_ones_as_well(core: NamingCore) -> None:
    async def talk(client: Client) -> None:
        first = await client.get(URL, **HERE)
        again = await client.get(URL, **HERE)
        assert "hit" in again.headers["cache-status"]
        held = await client.get(URL, **HERE, if_none_match=first.headers["etag"])
        assert (held.status, held.body) == (304, b"")
        head = await client.ask("HEAD", URL, HERE)
        assert head.status == 200
        for reply in (first, again, held, head):
            assert reply.headers["cache-control"] == "private, no-cache"

    talking(core, talk)
    assert noted(core) == [("local", "render", ["Ruby"])] * 4


def test_what_cannot_be_noted_is_not_answered(core: NamingCore, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    core.access = replace(core.access, audit=AuditLog(tmp_path / "file"))
    reply = asked(core, URL)
    assert (reply.status, reply.json()["error"]) == (503, "AuditFailed")


def test_the_next_request_after_a_change_is_made_anew(core: NamingCore) -> None:
    async def talk(client: Client) -> None:
        tags, whole = [], "/cdn-cgi/image/format=png,redact.keep=subject:team%2FRuby;team%2FSky"

        async def fresh(url: str = URL) -> Reply:
            reply = await client.get(url, **HERE)
            assert "miss" in reply.headers["cache-status"], reply.headers
            again = await client.get(url, **HERE)
            assert "hit" in again.headers["cache-status"]
            assert again.headers["etag"] == reply.headers["etag"]
            tags.append(reply.headers["etag"])
            return reply

        assert shown(await fresh()) == [True, False, False]
        enrol(core, "Sky", BLUE)
        assert shown(await fresh()) == [True, False, False]
        assert shown(await fresh(f"{whole}/group.png")) == [True, False, True]
        core.people.rename("team", "Ruby", "Rubina")
        assert (await client.get(URL, **HERE)).status == 404
        core.people.rename("team", "Fern", "Ruby")
        assert shown(await fresh()) == [False, True, False]
        core.people.erase_subject("team", "Ruby")
        reply = await client.get(URL, **HERE)
        assert (reply.status, reply.json()["error"]) == (404, "UnknownSubject")
        assert tags[0] == tags[1], "the same bytes"
        assert len(set(tags)) == len(tags) - 1

    talking(core, talk)


def test_a_collection_made_anew_is_another_one(core: NamingCore) -> None:
    first = asked(core, URL)
    core.people.drop("team")
    assert asked(core, URL).json()["error"] == "UnknownCollection"
    enrol(core, "Fern", RED)
    enrol(core, "Ruby", GREEN)
    again = asked(core, URL)
    assert (shown(first), shown(again)) == ([True, False, False], [False, True, False])


@pytest.mark.parametrize("option", ["faces", "redact.keep", "redact.only"])
def test_who_is_not_enrolled_is_not_found_and_nobody_is_sent_to_the_source(
    core: NamingCore, option: str
) -> None:
    for named in ("team%2FNobody", "Ruby"):
        url = f"/cdn-cgi/image/onerror=redirect,gravity=face,{option}=subject:{named}/group.png"
        reply = asked(core, url)
        assert (reply.status, "location" in reply.headers) == (404, False)
        stranger = asked(core, url, peer="192.0.2.7")
        assert (stranger.status, "location" in stranger.headers) == (401, False)


def test_a_crop_goes_around_who_is_named_and_says_where_nobody_is(core: NamingCore) -> None:
    reply = asked(core, f"{CROP}/group.png")
    assert reply.headers["foveate-gravity"] == "subject"
    assert (pixels(reply.body)[20, 20] == GREEN).all()
    core.origin.sources["red.png"] = replace(picture(drawn(RED, BLACK, BLACK, BLACK)), version="v1")
    away = asked(core, f"{CROP}/red.png")
    assert (away.status, away.headers["foveate-gravity"]) == (200, "saliency")


def test_urls_that_name_nobody_never_ask_the_index(core: NamingCore) -> None:
    def refuse(_: Any) -> str:
        raise AssertionError("nobody was named")

    core.revision = refuse  # type: ignore[method-assign]
    reply = asked(core, "/cdn-cgi/image/format=png,redact=faces/group.png", peer="192.0.2.7")
    assert (reply.status, shown(reply)) == (200, [False] * 3)
    assert reply.headers["cache-control"].startswith("public")
    assert noted(core) == []


def test_pictures_that_are_posted_ask_at_the_same_gate(core: NamingCore) -> None:
    async def talk(client: Client) -> None:
        render = "/v1/render?options=format=png,redact.keep=subject:team%252FRuby"
        crops = "/v1/crops?aspect=1:1&faces=subject:team/Fern"
        body = [drawn(*GROUP)]
        for url in (render, crops):
            reply = await client.ask("POST", url, HERE, body=body)
            assert reply.status == 200, reply.body
        found = reply.json()["crops"][0]
        assert found["gravity"] == "subject"
        assert 100 < found["box"]["left"] + found["box"]["width"] / 2 < 180
        client.peer = "192.0.2.7"
        for url in (render, crops):
            reply = await client.ask("POST", url, HERE, body=body)
            assert (reply.status, reply.json()["error"]) == (401, "KeyNeeded")
        nobody = await client.ask("POST", "/v1/crops?aspect=1:1&faces=nine", HERE, body=body)
        assert (nobody.status, "subject:NAME" in nobody.json()["message"]) == (400, True)

    talking(core, talk)
    assert noted(core) == [("local", "render", ["Ruby"]), ("local", "render", ["Fern"])]


def test_who_posts_with_a_signing_key_may_name_people(core: NamingCore) -> None:
    core.settings = make_settings(memory_bytes=MEMORY, keys=("secret",))

    async def talk(client: Client) -> None:
        url = "/v1/crops?aspect=1:1&faces=subject:team/Fern"
        key = {**HERE, "authorization": "Bearer secret"}
        reply = await client.ask("POST", url, key, body=[drawn(*GROUP)])
        assert (reply.status, json.loads(reply.body)["crops"][0]["gravity"]) == (200, "subject")

    talking(core, talk, peer="192.0.2.7")
    assert noted(core) == [("signed-url", "render", ["Fern"])]


def test_after_erasing_one_of_two_the_answer_for_the_other_is_made_anew(core: NamingCore) -> None:
    asked(core, URL)
    assert "hit" in asked(core, URL).headers["cache-status"]
    core.people.erase("team", Selection(subjects=("Fern",)))
    assert "miss" in asked(core, URL).headers["cache-status"]
