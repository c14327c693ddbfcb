from __future__ import annotations

import json
from dataclasses import replace

from server_fakes import Client, make_core, make_settings, serving

from foveate.settings import Signing

PRESETS = {"thumb": "width=80,format=auto", "anonymous": "redact=faces", "odd": "onerror=redirect"}


def with_presets(**others: object):  # noqa: ANN201
    return make_core(replace(make_settings(), presets=PRESETS, **others))  # type: ignore[arg-type]


def test_a_url_may_name_a_preset_and_what_it_says_is_negotiated() -> None:
    core = with_presets()

    async def talk(client: Client) -> None:
        got = await client.get("/cdn-cgi/image/preset=thumb,height=9/a.jpg", accept="image/webp")
        assert got.status == 200
        assert got.headers["vary"] == "Accept"
        (asked,) = core.rendered
        assert (asked.width, asked.height, len(asked.accepts)) == (80, 9, 1)

    serving(core, talk)


def test_an_unknown_preset_is_a_bad_request() -> None:
    async def talk(client: Client) -> None:
        got = await client.get("/cdn-cgi/image/preset=thum/a.jpg")
        assert (got.status, got.json()["error"]) == (400, "UnknownPreset")
        assert got.json()["message"] == "There is no preset 'thum' (did you mean thumb?)."

    serving(with_presets(), talk)


def test_a_preset_without_the_word_before_it_is_answered_with_how_it_is_asked_for() -> None:
    async def talk(client: Client) -> None:
        for options in ("thumb", "THUMB", "width=80,thumb"):
            got = await client.get(f"/cdn-cgi/image/{options}/a.jpg")
            said = f"Expected preset=thumb, got '{options.rpartition(',')[2]}'."
            assert (got.status, got.json()["message"]) == (400, said)
        got = await client.get("/cdn-cgi/image/thum/a.jpg")
        assert got.json()["message"] == "Expected name=value, got 'thum'."

    serving(with_presets(), talk)
    serving(with_presets(only_presets=True), talk)


def test_errors_do_not_lead_to_what_a_preset_hides() -> None:
    async def talk(client: Client) -> None:
        got = await client.get("/cdn-cgi/image/preset=anonymous,onerror=redirect/none.jpg")
        assert got.status == 404
        got = await client.get("/cdn-cgi/image/preset=odd/none.jpg")
        assert (got.status, got.headers["location"]) == (307, "/none.jpg")

    serving(with_presets(), talk)


def test_where_presets_alone_are_taken_no_option_is_and_no_error_leads_away() -> None:
    core = with_presets(only_presets=True)

    async def talk(client: Client) -> None:
        assert (await client.get("/cdn-cgi/image/preset=thumb/a.jpg")).status == 200
        for options in (
            "",
            "preset=",
            "preset=;",
            "width=80",
            "preset=thumb,dpr=2",
            "preset=thumb,onerror=redirect",
            "x=1",
        ):
            got = await client.get(f"/cdn-cgi/image/{options}/a.jpg")
            assert (got.status, got.json()["error"]) == (403, "OptionNotAllowed")

    serving(core, talk)


async def rendered(client: Client, query: str, content: object = None) -> int:
    json_headers = {"content-type": "application/json"}
    headers = {"content-type": "image/png"} if content is None else json_headers
    body = b"picture" if content is None else json.dumps(content).encode()
    got = await client.ask("POST", f"/v1/render{query}", headers, body=(body,))
    return got.status


def test_rendering_takes_presets_too_and_them_alone_where_so_set() -> None:
    async def talk(client: Client) -> None:
        assert await rendered(client, "?options=preset=thumb") == 200
        assert await rendered(client, "?options=width=80") == 403
        named = {"url": "a.jpg", "options": {"preset": "thumb"}}
        assert await rendered(client, "", named) == 200
        assert await rendered(client, "", {**named, "options": {"width": 9}}) == 403
        assert await rendered(client, "") == 403
        for nothing in ("", {}, [], {"preset": None}, {"preset": ""}, {"preset": {"width": 5}}):
            assert await rendered(client, "", {**named, "options": nothing}) == 403
        assert await rendered(client, "", {**named, "draw": [{"url": "a.jpg"}]}) == 403

    serving(with_presets(only_presets=True), talk)


def test_a_url_that_a_limited_key_signed_has_what_is_on_its_list_alone() -> None:
    limited = {"shop": "s3cret preset=thumb"}
    core = with_presets(signing=Signing(keys=("main",)), limited_keys=limited)

    async def talk(client: Client) -> None:
        sign = core.signer.sign
        good, other = "/cdn-cgi/image/preset=thumb/a.jpg", "/cdn-cgi/image/width=9/a.jpg"
        assert (await client.get(sign(good, key="shop"))).status == 200
        got = await client.get(sign(other, key="shop"))
        assert (got.status, got.json()["error"]) == (403, "OptionNotAllowed")
        assert "preset=thumb alone for the key shop" in got.json()["message"]
        bare = await client.get(sign("/cdn-cgi/image//a.jpg", key="shop"))
        assert (bare.status, bare.json()["error"]) == (403, "OptionNotAllowed")
        assert (await client.get(sign(other))).status == 200
        assert (await client.get(good)).status == 403

    serving(core, talk)


def test_limited_keys_open_no_other_door() -> None:
    core = with_presets(limited_keys={"shop": "s3cret width"})

    async def talk(client: Client) -> None:
        assert await rendered(client, "") == 403
        got = await client.ask(
            "POST", "/v1/render", {"authorization": "Bearer s3cret"}, body=(b"picture",)
        )
        assert got.status == 403

    serving(core, talk)


def test_the_reading_of_options_says_what_a_url_would_be_refused_for() -> None:
    async def talk(client: Client) -> None:
        for text in ("width=80", "preset=thumb,width=90", "format=", "thumb", "preset=thum"):
            url = await client.get(f"/cdn-cgi/image/{text}/a.jpg")
            told = (await client.get(f"/v1/options/read?text={text}")).json()
            assert url.status in {400, 403}, text
            assert told["problem"] == url.json()["message"], text
        told = (await client.get("/v1/options/read?text=preset=thumb")).json()
        assert (told["problem"], told["options"]) == ("", "width=80,format=auto")

    serving(with_presets(only_presets=True), talk)
