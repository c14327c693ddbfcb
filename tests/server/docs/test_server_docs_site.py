"""What `/docs` answers."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from server_fakes import make_core, serving

from foveate import studio
from foveate.options.grammar import parse_options
from foveate.options.rows_designed import VALUES
from foveate.options.table import OPTIONS
from foveate.server.docs.builder import FIRST
from foveate.server.docs.site import Site
from foveate.server.docs.tree import Tree
from foveate.server.pressed import FOREVER
from foveate.server.studio import Studio

if TYPE_CHECKING:
    from server_fakes import Client

PAGES = ("/docs", "/docs/", "/docs/guides/crops", "/docs/reference/options", "/docs/options",
         "/docs/api", "/docs/project/readme")  # fmt: skip


def test_pages_stand_alone_and_run_nothing_that_is_not_the_servers() -> None:
    async def talk(client: Client) -> None:
        for path in PAGES:
            page = await client.get(path)
            assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
            policy = page.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            text = page.body.decode()
            assert "{{" not in re.sub(r"<code>.*?</code>", "", text, flags=re.DOTALL)
            assert "<style" not in text
            assert not re.search(r" style=| on\w+=", text)
            assert not re.search(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//', text)

    serving(make_core(), talk)


def test_the_reader_sees_where_he_is_and_what_is_on_the_page() -> None:
    async def talk(client: Client) -> None:
        page = (await client.get("/docs/guides/crops")).body.decode()
        assert '<a href="docs/guides/crops" aria-current="page">' in page
        assert '<a href="docs/guides/crops#what-formats-keep">' in page
        assert "<title>One photo, many formats" in page

    serving(make_core(), talk)


def test_what_is_unchanged_is_not_sent_again_and_pictures_never() -> None:
    async def talk(client: Client) -> None:
        page = await client.get("/docs/guides/crops", accept_encoding="br")
        assert page.headers["content-encoding"] == "br"
        tag = page.headers["etag"]
        again = await client.get("/docs/guides/crops", accept_encoding="br", if_none_match=tag)
        assert again.status == 304
        text = (await client.get("/docs/guides/crops")).body.decode()
        picture, *_ = re.findall(r'src="(docs/files/[^"]+\.webp)"', text)
        shown = await client.get(f"/{picture}")
        assert (shown.status, shown.headers["content-type"]) == (200, "image/webp")
        assert shown.headers["cache-control"] == FOREVER

    serving(make_core(), talk)


@pytest.mark.parametrize(
    "path", ["/docs/nowhere", "/docs/guides", "/docs/guides/crops.md", "/docs/../README"]
)
def test_what_is_no_page_is_said_so_with_the_contents_beside(path: str) -> None:
    async def talk(client: Client) -> None:
        page = await client.get(path)
        assert page.status == 404
        assert b"There is no such page" in page.body
        assert b'href="docs/guides/crops"' in page.body

    serving(make_core(), talk)


def test_only_files_that_pages_show_are_sent() -> None:
    async def talk(client: Client) -> None:
        for path in ("/docs/files/0/LICENSE", "/docs/files/../README.md", "/docs/files/"):
            assert (await client.get(path)).status == 404

    serving(make_core(), talk)


def test_the_api_page_names_every_route_and_the_builder_every_option() -> None:
    async def talk(client: Client) -> None:
        paths = (await client.get("/openapi.json")).json()["paths"]
        page = (await client.get("/docs/api")).body.decode()
        for path in paths:
            assert f"<code>{path}</code>" in page
        built = (await client.get("/docs/options")).body.decode()
        assert re.findall(r'<input [^>]*name="([^"]+)"', built) == [
            row.name for row in OPTIONS if row not in VALUES
        ]
        index = (await client.get("/docs/search.json")).json()
        addresses = {address for address, _, _ in index["pages"]}
        assert {"docs", "docs/api", "docs/options", "docs/guides/crops"} <= addresses

    serving(make_core(), talk)


def with_imports(names: set[str]) -> set[str]:
    """Files of the studio, and all scripts that these load."""
    folder = Path(studio.__file__).parent
    waiting, known = sorted(names), set(names)
    while waiting:
        file = folder / waiting.pop()
        imports = re.findall(r"(?:from |import\()'(\.[^']+)'", file.read_text("utf-8"))
        there = {str((file.parent / each).resolve().relative_to(folder)) for each in imports}
        waiting += sorted(there - known)
        known |= there
    return known


def test_the_longest_page_that_is_searched_is_a_hundred_and_fifty_kilobytes_at_most() -> None:
    files = Studio()._files  # noqa: SLF001
    ours = {name for name in files if name.startswith(("base.", "docs/"))}
    loaded = sum(len(files[name].accepted("br")[1]) for name in with_imports(ours))

    async def talk(client: Client) -> None:
        async def weight(path: str) -> int:
            page = await client.get(path, accept_encoding="br")
            assert (page.status, page.headers["content-encoding"]) == (200, "br")
            return len(page.body)

        index = (await client.get("/docs/search.json")).json()
        longest = max([await weight(f"/{address}") for address, _, _ in index["pages"]])
        total = longest + loaded + await weight("/docs/search.json")
        assert 20_000 < total <= 150_000, (longest, loaded)

    serving(make_core(), talk)


def test_what_the_builder_says_at_first_are_options_that_exist() -> None:
    assert parse_options(",".join(f"{name}={value}" for name, value in FIRST.items())).unknown == ()


def test_pages_take_no_posts_and_are_counted_as_one() -> None:
    async def talk(client: Client) -> None:
        assert (await client.ask("POST", "/docs/guides/crops")).status == 405
        assert (await client.ask("HEAD", "/docs/guides/crops")).body == b""
        text = (await client.get("/metrics")).body.decode()
        assert 'foveate_requests_total{route="/docs",status="200"} 1.0' in text

    serving(make_core(), talk)


def test_a_server_that_is_asked_for_no_page_loads_nothing_for_it() -> None:
    code = "import sys, foveate.server.asgi; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"markdown_it", "brotli", "fastapi"}.isdisjoint(done.stdout.split())


def test_options_are_read_without_a_picture() -> None:
    async def talk(client: Client) -> None:
        read = "/v1/options/read?text="
        good = (await client.get(f"{read}w=80%2Csparkle=1,fit=cover")).json()
        assert good == {"options": "width=80,fit=cover", "unknown": ["sparkle"], "problem": ""}
        bad = (await client.get(f"{read}width=x")).json()
        assert bad["problem"].startswith("Option width: expected a whole number")

    serving(make_core(), talk)


def test_errors_are_explained_by_their_class() -> None:
    async def talk(client: Client) -> None:
        told = (await client.get("/v1/errors")).json()["errors"]
        assert told["SourceNotFound"]["status"] == 404
        assert "FOVEATE_ORIGINS__FOLDER" in told["SourceNotFound"]["advice"]
        assert told["NotFound"]["code"] == 9404

    serving(make_core(), talk)


def test_documents_that_are_missing_are_left_out_and_the_others_shown(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Us\n\n[Gone](docs/gone.md), ![lost](lost.png)\n")
    site = Site(Studio(), beside=True, documents=Tree(tmp_path))
    page = site("/docs/project/readme", "", {})
    assert (page.status, site("/docs/options", "", {}).status) == (200, 200)
    text = bytes(page.body).decode()
    assert "<p>Gone, lost</p>" in text
    assert 'href="docs/design"' not in text
    home = site("/docs", "", {})
    assert home.status == 404
    assert b'href="docs/project/readme"' in home.body


@pytest.mark.parametrize("path", ["/docs", "/docs/options", "/docs/api"])
def test_without_documents_there_is_no_page(path: str, tmp_path: Path) -> None:
    answer = Site(Studio(), beside=True, documents=Tree(tmp_path))(path, "", {})
    assert answer.status == 404
    assert b'"error":"NotFound"' in answer.body
