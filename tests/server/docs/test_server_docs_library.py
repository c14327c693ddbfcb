"""All documents, as pages that link to each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from foveate.server.docs import library, tree
from foveate.server.docs.addresses import API, BUILDER
from foveate.server.docs.library import Links

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.server.docs.library import Library

MADE_OF_TABLES = {API, BUILDER}


@pytest.fixture(scope="module")
def ours() -> Library:
    return library.read(tree.found())


def test_every_document_of_the_repository_is_a_page(ours: Library) -> None:
    docs = (tree.found().root / "docs").rglob("*.md")
    expected = {tree.page_address(str(each.relative_to(tree.found().root))) for each in docs}
    assert expected <= ours.pages.keys()
    assert {"docs", "docs/project/readme", "docs/project/changelog"} <= ours.pages.keys()


def test_every_link_leads_to_a_place_that_is_there(ours: Library) -> None:
    """Those to the API and to pictures are answered by the server."""
    for page in ours.pages.values():
        for link in re.findall(r'<[^<>]* (?:href|src)="([^"]*)"', page.html):
            if "://" in link or link.startswith(("cdn-cgi/", "./", "mailto:")):
                continue
            address, _, anchor = link.partition("#")
            if address in MADE_OF_TABLES:
                continue
            assert address in ours.pages or address in ours.files, f"{page.address}: {link}"
            if anchor:
                assert f'id="{anchor}"' in ours.pages[address].html, f"{page.address}: {link}"


def test_no_two_places_of_a_page_have_one_name(ours: Library) -> None:
    for page in ours.pages.values():
        names = re.findall(r'<[^<>]* id="([^"]*)"', page.html)
        assert len(names) == len(set(names)), page.address


@pytest.fixture
def links(tmp_path: Path) -> Links:
    for name in ("docs/a.md", "docs/guides/b.md", "LICENSE"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path.parent / "secret.md").write_text("not ours")
    return Links(tree.Tree(tmp_path), "docs/guides/b.md")


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("../a.md", "docs/a"),
        ("../a.md#x", "docs/a#x"),
        ("#x", "docs/guides/b#x"),
        ("http://127.0.0.1:8100/", "./"),
        ("http://127.0.0.1:8100/docs", "docs"),
        ("https://a.com/b.md", "https://a.com/b.md"),
        ("../gone.md", ""),
        ("../guides", ""),
        ("../../../secret.md", ""),
        ("/etc/passwd", ""),
    ],
)
def test_a_link_leads_where_the_page_is(links: Links, link: str, address: str) -> None:
    assert links.address(link) == address


def test_a_file_that_is_no_page_is_sent_by_a_name_that_changes_with_it(links: Links) -> None:
    address = links.address("../../LICENSE")
    assert re.fullmatch(r"docs/files/[0-9a-f]{12}/LICENSE", address)
    assert links.files[address].plain == b"LICENSE"
    assert links.files[address].kind.startswith("text/plain")
