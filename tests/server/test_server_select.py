"""`/v1/select`: pictures as for every POST, clicks as JSON, and masks as pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from delivery_fakes import make_settings
from server_fakes import Client, FakeCore, Reply, Told, make_core, serving

from foveate.errors import UnknownMask
from foveate.geometry.box import Box, Size
from foveate.storage.masks import KeptMask
from foveate.vision.clicks import Click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.deadline import Deadline
    from foveate.service.pointed import Pointed
    from foveate.service.work import Work
    from foveate.storage.source import Source
    from foveate.trace import Trace

KNOWN = "a" * 26
JSON = {"content-type": "application/json"}
CLICKS = {"points": [[0.25, 0.5]], "not": [[1, 0]]}
MEANT = (Click(0.25, 0.5), Click(1.0, 0.0, positive=False))


@dataclass
class Core(FakeCore):
    """The application, which says what it was asked."""

    pointed_at: list[Pointed] = field(default_factory=list)
    alternatives: list[bool] = field(default_factory=list)

    @property
    def selecting(self) -> Core:
        return self

    @property
    def masks(self) -> Core:
        return self

    def prepare(self, picture: Source, asked: Pointed, *, alternatives: bool = True) -> Work[Told]:
        self.pointed_at.append(asked)
        self.alternatives.append(alternatives)

        def run(deadline: Deadline, trace: Trace) -> Told:  # noqa: ARG001
            self.wait(deadline)
            return Told(self, {"mask": KNOWN, "bytes": len(picture.data)})

        return self.work(run)

    def get(self, name: str) -> KeptMask:
        if name != KNOWN:
            raise UnknownMask
        return KeptMask(png=b"png", size=Size(4, 3), digest="", expires=0.0)


def core_of(**signing: Any) -> Core:
    plain = make_core(make_settings(**signing))
    core = Core(plain.settings)
    core.origin.sources = plain.origin.sources
    return core


def ask(
    method: str,
    target: str,
    body: object = b"",
    headers: Mapping[str, str] | None = None,
    core: Core | None = None,
) -> Reply:
    told: list[Reply] = []
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = {} if isinstance(body, bytes) else JSON

    async def talk(client: Client) -> None:
        told.append(await client.ask(method, target, {**kind, **(headers or {})}, body=[sent]))

    serving(core or core_of(), talk)
    return told[0]


def form(**fields: str) -> tuple[bytes, dict[str, str]]:
    parts = [
        f'--end\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in fields.items()
    ]
    image = '--end\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\ncat\r\n'
    body = "".join([*parts, image, "--end--\r\n"]).encode()
    return body, {"content-type": "multipart/form-data; boundary=end"}


def test_a_picture_comes_in_the_body_in_a_form_or_by_its_address() -> None:
    query = quote(json.dumps(CLICKS))
    sent, kind = form(clicks=json.dumps(CLICKS))
    ways: list[tuple[str, object, dict[str, str]]] = [
        (f"/v1/select?clicks={query}", b"cat", {}),
        ("/v1/select", {"url": "a.jpg", "clicks": CLICKS}, {}),
        (f"/v1/select?clicks={query}", {"url": "a.jpg"}, {}),
        ("/v1/select", sent, kind),
    ]
    for target, body, headers in ways:
        core = core_of()
        reply = ask("POST", target, body, headers, core)
        assert (reply.status, reply.json()) == (200, {"mask": KNOWN, "bytes": 3})
        assert reply.headers["cache-control"] == "no-store"
        assert core.pointed_at[0].clicks == MEANT


@pytest.mark.parametrize("name", ["clicks", "options", "draw"])
def test_what_a_form_says_as_a_file_is_refused(name: str) -> None:
    sent, kind = form(**{f'{name}"; filename="c.json': json.dumps(CLICKS)})
    reply = ask("POST", "/v1/select", sent, kind)
    assert (reply.status, reply.json()["error"]) == (400, "BadBody")
    assert f'text in the form field "{name}", got a file' in reply.json()["message"]


def test_a_refusal_tells_a_part_of_what_was_too_long() -> None:
    for body in ({"url": "a.jpg", "clicks": {"x" * 700: []}}, {"url": "a.jpg", "x" * 700: 1}):
        reply = ask("POST", "/v1/select", body)
        assert reply.status == 400
        assert len(reply.body) < 500


def test_without_clicks_nothing_is_pointed_at() -> None:
    core = core_of()
    assert ask("POST", "/v1/select", b"cat", core=core).status == 200
    assert core.pointed_at[0].clicks == ()


def test_what_else_may_be_meant_is_left_out_where_nobody_wants_it() -> None:
    core = core_of()
    ask("POST", "/v1/select?alternatives=false", b"cat", core=core)
    ask("POST", "/v1/select", b"cat", core=core)
    assert core.alternatives == [False, True]


def test_boxes_come_as_other_answers_have_them() -> None:
    core, box = core_of(), {"left": 1, "top": 2, "width": 3.5, "height": 4}
    ask("POST", "/v1/select", {"url": "a.jpg", "clicks": {"boxes": [box]}}, core=core)
    assert core.pointed_at[0].boxes == (Box(1, 2, 3.5, 4),)


@pytest.mark.parametrize(
    ("target", "body", "status", "error"),
    [
        ("/v1/select?clicks=no", b"cat", 400, "BadBody"),
        ("/v1/select?clicks={}", {"url": "a.jpg", "clicks": CLICKS}, 400, "BadBody"),
        ("/v1/select", {"url": "a.jpg", "clicks": {"points": [[2, 0]]}}, 400, "BadOption"),
        ("/v1/select", {"url": "a.jpg", "points": [[0, 0]]}, 400, "BadBody"),
        ("/v1/select", {"url": "nope.jpg"}, 404, "SourceNotFound"),
        ("/v1/select", b"", 400, "BadBody"),
    ],
)
def test_refusals_have_a_name(target: str, body: object, status: int, error: str) -> None:
    reply = ask("POST", target, body)
    assert (reply.status, reply.json()["error"]) == (status, error)


def test_a_mask_is_a_grey_picture_at_its_id_in_either_case() -> None:
    for name in (KNOWN, KNOWN.upper()):
        reply = ask("GET", f"/v1/select/{name}")
        assert (reply.status, reply.body) == (200, b"png")
        assert reply.headers["content-type"] == "image/png"


@pytest.mark.parametrize("name", ["b" * 26, "a", "a" * 27, "1" * 26])
def test_a_mask_that_there_is_not_is_said_with_what_to_do(name: str) -> None:
    reply = ask("GET", f"/v1/select/{name}")
    assert (reply.status, reply.json()["error"]) == (404, "UnknownMask")
    assert reply.json()["code"] == 9404


def test_where_urls_are_signed_a_key_is_needed_to_select_and_none_to_see_a_mask() -> None:
    core = core_of(keys=("k" * 32,))
    assert ask("POST", "/v1/select", b"cat", core=core).status == 403
    bearer = {"authorization": f"Bearer {'k' * 32}"}
    assert ask("POST", "/v1/select", b"cat", bearer, core=core).status == 200
    assert ask("GET", f"/v1/select/{KNOWN}", core=core).status == 200
