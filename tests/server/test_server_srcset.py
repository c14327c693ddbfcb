"""`GET /v1/srcset`: markup by query, of URLs that this server answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from delivery_fakes import make_settings
from server_fakes import make_core, serving

import foveate
from foveate.errors import BadOption

if TYPE_CHECKING:
    from server_fakes import Client, FakeCore, Reply

HOLDER = {"authorization": "Bearer key"}


def srcset(core: FakeCore | None = None, *, key: bool = False, **query: object) -> list[Reply]:
    """Return what is said, and what the URL in it is answered with."""
    heard: list[Reply] = []

    async def talk(client: Client) -> None:
        said = await client.ask(
            "GET", f"/v1/srcset?{urlencode({'url': 'a.jpg', **query})}", HOLDER if key else {}
        )
        heard.append(said)
        if said.status == 200:
            heard.append(await client.get(said.json()["src"]))

    serving(core or make_core(), talk)
    return heard


def test_urls_carry_the_options_and_are_answered() -> None:
    said, shown = srcset(options="fit=cover,quality=70", sizes="50vw")
    assert said.json() == {
        "src": "/cdn-cgi/image/width=8,fit=cover,quality=70/a.jpg",
        "sizes": "50vw",
        "bytes": 3,
        "drawn": 0,
    }
    assert said.headers["cache-control"] == "no-store"
    assert "placeholder;dur=1.5" in said.headers["server-timing"]
    assert shown.status == 200


def test_where_urls_are_signed_so_are_these_and_only_for_who_has_a_key() -> None:
    core = make_core(make_settings(keys=("key",)))
    (refused,) = srcset(core)
    assert (refused.status, refused.json()["error"]) == (403, "BadSignature")
    assert core.origin.reads == []
    said, shown = srcset(core, key=True, expires_s=60)
    assert "exp=" in said.json()["src"]
    assert shown.status == 200


def test_urls_may_name_the_public_host() -> None:
    said = srcset(make_core(), base="https://pics.test/x/")[0]
    assert said.json()["src"] == "https://pics.test/x/cdn-cgi/image/width=8/a.jpg"


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ({"options": "width=x"}, 400, "BadOption"),
        ({"options": "widht=3,height=2"}, 400, "UnknownOption"),
        ({"expires_s": 60}, 400, "BadOption"),
        ({"base": "javascript:1"}, 400, "BadOption"),
        ({"url": ""}, 403, "BadUrl"),
        ({"url": "b.jpg"}, 404, "SourceNotFound"),
        ({"url": "../a.jpg"}, 404, "SourceNotFound"),
    ],
)
def test_what_is_wrong_is_said_as_of_an_image_url(
    query: dict[str, object], status: int, error: str
) -> None:
    (said,) = srcset(make_core(), **query)
    assert (said.status, said.json()["error"]) == (status, error)


@pytest.mark.parametrize(
    "query",
    [
        {"sizes": "wide"},
        {"widths": 21},
        {"format": "heic"},
        {"format": "auto,webp"},
        {"loading": "soon"},
        {"placeholder": "blur"},
    ],
)
def test_what_is_wrong_is_said_as_in_the_library(query: dict[str, Any]) -> None:
    (said,) = srcset(make_core(), **query)
    with pytest.raises(BadOption) as raised:
        foveate.srcset(b"", url="a.jpg", **query)
    assert (said.status, said.json()["message"]) == (400, str(raised.value))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"sizs": "50vw"}, "got 'sizs' (did you mean sizes?)."),
        ({"formats": "webp"}, "got 'formats' (did you mean format?)."),
        ({"colour": "red"}, "Expected one of url, options, sizes, format, widths, alt, loading, "),
        ({"widths": "x"}, "Expected a whole number for `widths`, got 'x'."),
        ({"widths": "1_0"}, "Expected a number for `widths`, got '1_0'."),
        ({"expires_s": "6_0"}, "Expected a number for `expires_s`, got '6_0'."),
        ({"expires_s": 0}, "Expected at least 1 for `expires_s`, got '0'."),
    ],
)
def test_a_misspelt_word_is_told_which_was_meant(query: dict[str, object], sentence: str) -> None:
    (said,) = srcset(make_core(), **query)
    assert said.status == 400
    assert sentence in said.json()["message"]


def test_nothing_is_made_of_urls_that_only_presets_would_be_answered_for() -> None:
    (said,) = srcset(make_core(replace(make_settings(), only_presets=True)), options="width=8")
    assert (said.status, said.json()["error"]) == (403, "OptionNotAllowed")
