"""The page at `/` and its files."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from server_fakes import make_core, serving

from foveate import studio
from foveate.server.pressed import FOREVER
from foveate.server.studio import Studio, without_comments

if TYPE_CHECKING:
    from server_fakes import Client

STUDIO = Studio()


def answered(path: str, root: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    answer = STUDIO(path, root, sent)
    told = {name.decode(): value.decode() for name, value in answer.headers}
    return answer.status, told, bytes(answer.body)


def files() -> list[str]:
    _, _, page = answered("/")
    return [f"/{name}" for name in re.findall(r'"(studio/[^"]+)"', page.decode())]


def test_the_page_names_its_files_and_asks_nobody_else() -> None:
    status, headers, page = answered("/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"{{" not in page
    assert not re.search(rb'(?:src|href)="(?:https?:)?//', page)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for path in files():
        assert answered(path)[0] == 200, path


def test_under_a_prefix_everything_is_below_it() -> None:
    _, _, page = answered("/", "/pics")
    assert b'<base href="/pics/">' in page
    _, _, hostile = answered("/", '/"><script>')
    assert b"<script>" not in hostile.replace(b'<script type="module"', b"")


@pytest.mark.parametrize("path", ["/people", "/status"])
def test_a_slash_at_the_end_of_an_address_is_the_same_page(path: str) -> None:
    async def talk(client: Client) -> None:
        plain, slashed = await client.get(path), await client.get(f"{path}/")
        assert (plain.status, slashed.status) == (200, 200)
        assert b'<base href="/">' in slashed.body
        # Links into the page stay on it.
        assert slashed.body == plain.body.replace(f"{path[1:]}#".encode(), f"{path[1:]}/#".encode())

    serving(make_core(), talk)


def test_files_are_kept_for_ever_by_a_name_that_changes_with_them() -> None:
    _, headers, _ = answered(files()[0])
    assert headers["cache-control"] == FOREVER
    _, page, _ = answered("/")
    assert page["cache-control"] == "no-cache"
    assert answered("/", if_none_match=page["etag"])[0] == 304
    assert answered("/", "/pics", if_none_match=page["etag"])[0] == 200


def test_texts_are_sent_pressed_to_who_takes_that() -> None:
    path = next(path for path in files() if path.endswith(".css"))
    _, plain, body = answered(path)
    _, pressed, small = answered(path, accept_encoding="gzip, br;q=0.1")
    assert "content-encoding" not in plain
    assert pressed["vary"] == "accept-encoding"
    assert pressed["content-encoding"] == "gzip"
    assert len(small) < len(body) / 2
    assert gzip.decompress(small) == body


@pytest.mark.parametrize(
    "path",
    ["/studio/", "/studio/0/studio.js", "/studio/../secret", "/studio/{}/index.html",
     "/studio/{}/../__init__.py", "/studio/{}/__init__.py"],
)  # fmt: skip
def test_nothing_else_is_there(path: str) -> None:
    known = files()[0].split("/")[2]
    assert answered(path.format(known))[0] == 404


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_all_of_it_is_small(coding: str) -> None:
    own = {
        name: len(file.accepted(coding)[1])
        for name, file in STUDIO._files.items()  # noqa: SLF001
        if not name.startswith("docs/")
    }
    assert {"studio.js", "base.css", "core/url.js", "panels/index.js"} <= own.keys()
    editor = {name: size for name, size in own.items() if name.startswith("designs/")}
    assert {"designs/editor.js", "designs/panels/chat.js"} <= editor.keys()
    # A page loads one of both.
    assert sum(editor.values()) < 60_000, editor
    assert sum(own.values()) - sum(editor.values()) < 110_000, own


def test_templates_are_no_files() -> None:
    folder = files()[0].split("/")[2]
    for name in ("index.html", "docs/page.html"):
        assert answered(f"/studio/{folder}/{name}")[0] == 404


def test_scripts_come_without_comments_and_each_line_where_it_was() -> None:
    folder = Path(studio.__file__).parent
    for file in sorted(folder.rglob("*.js")):
        written = file.read_bytes()
        sent = without_comments(written)
        lines, ours = sent.split(b"\n"), written.split(b"\n")
        assert len(lines) == len(ours)
        for line, own in zip(lines, ours, strict=True):
            assert line == own or (not line and own.lstrip().startswith((b"//", b"/**", b"*")))
        assert not [line for line in lines if line.lstrip().startswith((b"// ", b"/**", b"* "))]
