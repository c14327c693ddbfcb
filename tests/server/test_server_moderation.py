"""Moderation at the door: how a blocked picture is refused, and on whom it is enforced."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import pytest
from delivery_fakes import make_settings
from server_fakes import Client, FakeCore, make_core, serving

from foveate.errors import BadSettings, BrokenImage, PictureBlocked
from foveate.options.model import TransformOptions
from foveate.options.signing import check_enforced
from foveate.settings import Moderation, Signing

if TYPE_CHECKING:
    from foveate.rendition import Rendition

A = "/cdn-cgi/image/width=8/a.jpg"


def core_with(bad: Exception | None = None, **settings: Any) -> FakeCore:
    more = {"bad": bad} if bad else {}
    return make_core(replace(make_settings(), **settings), **more)


def test_a_blocked_picture_is_403_and_never_led_to() -> None:
    core = core_with()

    def blocked(_: bytes, __: TransformOptions) -> Rendition:
        raise PictureBlocked

    core.painter = blocked

    async def talk(client: Client) -> None:
        for options in ("moderate=block", "moderate=block,onerror=redirect", "onerror=redirect"):
            reply = await client.get(f"/cdn-cgi/image/{options}/a.jpg")
            assert (reply.status, reply.json()["code"]) == (403, 9530)
            assert reply.json()["error"] == "PictureBlocked"
            assert reply.headers["cf-resized"] == "err=9530"
            assert reply.headers["cache-control"] == "no-store"
            assert "location" not in reply.headers

    serving(core, talk)


@pytest.mark.parametrize(
    "options", ["moderate=blur", "moderate=", "moderat=blur", "preset=safe", "preset=none"]
)
def test_other_errors_lead_to_no_source_that_was_to_be_moderated(options: str) -> None:
    core = core_with(BrokenImage("x"), presets={"safe": "moderate=block"})

    async def talk(client: Client) -> None:
        reply = await client.get(f"/cdn-cgi/image/{options},onerror=redirect/bad")
        assert reply.status in {400, 422}
        assert "location" not in reply.headers

    serving(core, talk)


def test_where_moderation_is_enforced_no_error_leads_to_the_source() -> None:
    for enforce, status in (("off", 307), ("block", 422), ("blur", 422)):
        core = core_with(BrokenImage("x"), moderation=Moderation(enforce=enforce))  # type: ignore[arg-type]

        async def talk(client: Client, status: int = status) -> None:
            reply = await client.get("/cdn-cgi/image/onerror=redirect/bad")
            assert reply.status == status

        serving(core, talk)


PARTNERS = {
    "signing": Signing(keys=("own",)),
    "limited_keys": {"partner": "theirs width", "friend": "good width"},
}


def exempt(core: FakeCore) -> list[bool]:
    return [options.exempt for options in core.rendered]


@pytest.mark.parametrize(
    ("enforce_on", "expected"),
    [
        ((), [False, False, False]),
        (("partner",), [True, False, True]),
        (("Partner", "friend"), [True, False, False]),
        (("unsigned",), [True, True, True]),
    ],
)
def test_it_is_enforced_on_the_keys_that_the_settings_name(
    enforce_on: tuple[str, ...], expected: list[bool]
) -> None:
    rules = Moderation(enforce="block", enforce_on=enforce_on)
    core = core_with(moderation=rules, **PARTNERS)

    async def talk(client: Client) -> None:
        for number, key in enumerate((None, "partner", "friend"), start=8):
            path = f"/cdn-cgi/image/width={number}/a.jpg"
            assert (await client.get(core.signer.sign(path, key=key))).status == 200

    serving(core, talk)
    assert exempt(core) == expected


def test_without_keys_every_url_is_unsigned() -> None:
    core = core_with(moderation=Moderation(enforce="block", enforce_on=("unsigned",)))

    async def talk(client: Client) -> None:
        assert (await client.get(A)).status == 200

    serving(core, talk)
    assert exempt(core) == [False]


def test_what_is_posted_is_never_exempt() -> None:
    rules = Moderation(enforce="block", enforce_on=("partner",))
    core = core_with(moderation=rules, **PARTNERS)

    async def talk(client: Client) -> None:
        bearer = {"authorization": "Bearer own"}
        path = "/v1/render?options=width=8"
        assert (await client.ask("POST", path, bearer, body=(b"picture",))).status == 200

    serving(core, talk)
    assert exempt(core) == [False]


@pytest.mark.parametrize(("enforce", "reference"), [("block", "elsewhere"), ("blur", "")])
def test_what_was_uploaded_is_shown_as_a_rendition_where_moderation_is_enforced(
    enforce: Literal["block", "blur"], reference: str
) -> None:
    core = core_with(moderation=Moderation(enforce=enforce))

    def blocked(_: bytes, __: TransformOptions) -> Rendition:
        raise PictureBlocked

    async def talk(client: Client) -> None:
        told = (await client.ask("POST", "/v1/references", body=(b"picture",))).json()
        path = f"/v1/references/{told['reference']}"
        assert told["url"] == path
        shown = await client.get(path)
        assert (shown.status, shown.headers["cache-control"]) == (200, "no-store")
        assert shown.body != b"picture"
        assert core.rendered == [TransformOptions()]
        # A bucket would hand out what came.
        if reference:
            assert (await client.get(f"/v1/references/{reference}")).status == 404
        core.painter = blocked
        refused = await client.get(path)
        assert (refused.status, refused.json()["error"]) == (403, "PictureBlocked")

    serving(core, talk)


def test_a_key_that_there_is_not_stops_the_start() -> None:
    check_enforced(["unsigned", "Partner"], ["partner"])
    with pytest.raises(BadSettings, match=r"moderation\.enforce_on.*partnr"):
        check_enforced(["partnr"], ["partner"])
