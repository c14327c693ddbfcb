from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from delivery_fakes import make_settings
from server_fakes import Client, make_core, serving

from foveate.options.grammar import parse_options
from foveate.server.docs_page import TRY_OPTIONS

if TYPE_CHECKING:
    from pathlib import Path


def shown(folder: str = "") -> str:
    """Return the page of a server whose originals come from there."""
    pages = list[str]()

    async def talk(client: Client) -> None:
        pages.append((await client.get("/docs")).body.decode())

    serving(make_core(make_settings(folder=folder)), talk)
    return pages[0]


def offered(page: str) -> str:
    (source,) = re.findall(r'name="source" value="([^"]*)"', page)
    return source


def test_the_sample_is_offered_where_the_origin_has_it(tmp_path: Path) -> None:
    (tmp_path / "astronaut.png").touch()
    assert offered(shown(str(tmp_path))) == "astronaut.png"


@pytest.mark.parametrize("origin", ["", "s3://bucket", "https://b.com", "/nowhere"])
def test_no_sample_is_offered_where_nobody_knows_of_one(origin: str) -> None:
    assert offered(shown(origin)) == ""


def test_names_of_other_originals_are_not_told(tmp_path: Path) -> None:
    (tmp_path / "secret.png").touch()
    page = shown(str(tmp_path))
    assert offered(page) == ""
    assert "secret" not in page


def test_what_is_offered_to_try_are_options_that_exist() -> None:
    assert parse_options(TRY_OPTIONS).unknown == ()
    assert f'value="{TRY_OPTIONS}"' in shown()


def test_a_cell_says_what_it_is_where_a_narrow_page_hides_its_heading() -> None:
    row = next(line for line in shown().splitlines() if "<code>wmobile</code>" in line)
    assert '<td data-is="Values">1 to 1000000</td><td data-is="Default">768</td>' in row


def test_nothing_is_fetched_from_elsewhere_and_the_policy_forbids_it() -> None:
    async def talk(client: Client) -> None:
        reply = await client.get("/docs")
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        used = re.findall(r'(?:src|href|action)="([^"]*)"|url\(([^)]*)\)', reply.body.decode())
        places = {place for pair in used for place in pair if place}
        own = {"#try", "#options", "#routes", "openapi.json", "metrics"}
        assert {place for place in places if not place.startswith("data:")} == own

    serving(make_core(), talk)
