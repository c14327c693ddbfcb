from __future__ import annotations

import hashlib
import hmac
import re
import time
from dataclasses import replace

import pytest
from server_fakes import Client, FakeCore, make_core, make_settings, serving
from starlette.routing import Route

from foveate.datasets.opened import open_datasets
from foveate.delivery.delivery import Delivery
from foveate.designs.room import Designs
from foveate.errors import BadSettings, OriginNotAllowed
from foveate.jobs.room import open_jobs
from foveate.metrics import Metrics
from foveate.options.grammar import MOUNT
from foveate.options.translators.mounts import ROUTES, mounts
from foveate.server.api import create_api
from foveate.server.docs.addresses import HOME
from foveate.server.openapi import RAW_PATHS
from foveate.server.studio import FOLDER, PAGES
from foveate.settings import Hosted, Peers, Settings, Signing
from foveate.settings.kinds import ACCOUNT
from foveate.storage.source import Source

THEIRS = "t"
PRESETS = {"thumb": "width=80", "webp": "format=webp", "public": "width=1366"}


def core_of(**others: object) -> FakeCore:
    settings = replace(make_settings(), presets=PRESETS, **others)  # type: ignore[arg-type]
    return make_core(settings, **{"photos/b.jpg": Source(b"dog", "v1")})


def test_urls_of_other_services_are_answered_where_they_are_switched_on() -> None:
    core = core_of(peers=Peers(accept=("thumbor", "imgix", "imgproxy", "cloudinary")))
    urls = (
        "/thumbor/unsafe/300x200/photos/b.jpg",
        "/imgix/photos/b.jpg?w=300&h=200&fit=crop",
        "/imgproxy/_/rs:fill:300:200:1/plain/photos/b.jpg",
        "/cloudinary/demo/image/upload/c_fill,w_300,h_200/v3/photos/b.jpg",
        "/cdn-cgi/image/width=300,height=200,fit=cover/photos/b.jpg",
    )

    async def talk(client: Client) -> None:
        for url in urls:
            assert (await client.get(url)).status == 200
        assert len(core.rendered) == 1, "all of them are one rendition"

    serving(core, talk)


@pytest.mark.parametrize("signs", [False, True])
@pytest.mark.parametrize("url", ["thumbor/unsafe/30x20", "cloudinary/image/fetch/w_30,h_20"])
def test_a_query_is_the_sources_and_two_of_them_are_two_pictures(url: str, signs: bool) -> None:
    signing = Signing(keys=("k",) if signs else ())
    core = core_of(peers=Peers(accept=("thumbor", "cloudinary")), signing=signing)
    for number in "56":
        source = Source(number.encode(), f"v{number}")
        core.origin.sources[f"http://b.com/img.php?id={number}"] = source

    async def talk(client: Client) -> None:
        got = []
        for number in "56":
            asked = f"/{url}/http://b.com/img.php?id={number}"
            reply = await client.get(core.signer.sign(asked, 9_999_999_999) if signs else asked)
            assert reply.status == 200
            got.append(reply.body)
        assert got[0] != got[1]
        assert core.origin.reads == [f"http://b.com/img.php?id={number}" for number in "56"]

    serving(core, talk)


def test_nothing_is_translated_that_was_not_switched_on() -> None:
    async def talk(client: Client) -> None:
        for url in ("/thumbor/unsafe/300x200/a.jpg", "/acct/a.jpg/thumb", "/imgix/a.jpg"):
            assert (await client.get(url)).json()["error"] == "NotFound"

    serving(core_of(), talk)


def test_what_is_not_translated_is_a_bad_request_that_names_it() -> None:
    async def talk(client: Client) -> None:
        got = await client.get("/imgix/a.jpg?txt=hi")
        assert (got.status, got.json()["error"]) == (400, "NotTranslated")
        assert got.json()["message"] == "imgix: 'txt=hi' is not translated."
        got = await client.get("/imgix/none.jpg?w=9")
        assert got.status == 404
        got = await client.get("/imgix/https%3A%2F%2Felsewhere.com%2Fa.jpg")
        assert (got.status, got.json()["error"]) == (403, "OriginNotAllowed")

    core = core_of(peers=Peers(accept=("imgix",)))
    core.origin.sources["https://elsewhere.com/a.jpg"] = OriginNotAllowed()
    serving(core, talk)


def test_without_a_key_of_that_service_our_signature_is_needed_where_we_sign() -> None:
    peers = Peers(accept=("thumbor", "imgix"), imgix_token=THEIRS)
    limited = {"shop": "s3cret width"}
    core = core_of(signing=Signing(keys=("k",)), limited_keys=limited, peers=peers)

    async def talk(client: Client) -> None:
        url, sign = "/thumbor/unsafe/300x200/a.jpg", core.signer.sign
        assert (await client.get(url)).status == 403
        assert (await client.get(sign(url))).status == 200
        assert (await client.get(sign(url, key="shop"))).status == 403
        made = hashlib.md5(f"{THEIRS}/a.jpg?w=9".encode(), usedforsecurity=False).hexdigest()
        assert (await client.get(f"/imgix/a.jpg?w=9&s={made}")).status == 200
        assert (await client.get("/imgix/a.jpg?w=9")).status == 403
        assert (await client.get(sign("/imgix/a.jpg?w=9"))).status == 403

    serving(core, talk)


def test_a_link_that_ends_at_the_other_service_ends_here_and_is_not_kept_longer() -> None:
    core = core_of(peers=Peers(accept=("imgproxy",)))

    async def talk(client: Client) -> None:
        until = int(time.time()) + 60
        got = await client.get(f"/imgproxy/_/exp:{until}/plain/a.jpg")
        assert got.status == 200
        assert int(got.headers["cache-control"].rpartition("=")[2]) <= 60
        got = await client.get("/imgproxy/_/exp:5/plain/a.jpg")
        assert (got.status, got.json()["error"]) == (403, "LinkExpired")

    serving(core, talk)


def test_presets_of_other_services_are_ours_and_may_be_all_that_is_taken() -> None:
    peers = Peers(accept=("imgproxy", "cloudinary"))

    async def talk(client: Client) -> None:
        assert (await client.get("/imgproxy/_/thumb/plain/a.jpg")).status == 200
        assert (await client.get("/cloudinary/image/upload/t_thumb/a.jpg")).status == 200
        assert (await client.get("/cloudinary/image/upload/w_5/a.jpg")).status == 403
        assert (await client.get("/acct/a.jpg/thumb")).status == 200

    serving(core_of(peers=peers, hosted=Hosted(account="acct"), only_presets=True), talk)


def test_hosted_images_have_variants_and_the_format_that_the_client_takes() -> None:
    core = core_of(hosted=Hosted(account="acct"))

    async def talk(client: Client) -> None:
        got = await client.get("/acct/photos/b.jpg/thumb", accept="image/webp")
        assert (got.status, got.headers["vary"]) == (200, "Accept")
        assert (core.rendered[0].width, len(core.rendered[0].accepts)) == (80, 1)
        named = await client.get("/cdn-cgi/imagedelivery/acct/photos/b.jpg/webp")
        assert "vary" not in named.headers
        assert (await client.get("/acct/a.jpg/public")).status == 200
        assert core.rendered[-1].width == 1366
        unknown = await client.get("/acct/a.jpg/thum")
        assert (unknown.status, unknown.json()["error"]) == (400, "UnknownPreset")
        flexible = await client.get("/acct/a.jpg/w=400")
        assert (flexible.status, flexible.json()["code"]) == (403, 9429)

    serving(core, talk)


def test_a_signed_url_of_a_hosted_image_has_the_form_that_cloudflare_documents() -> None:
    core = core_of(hosted=Hosted(account="acct"), signing=Signing(keys=("key",)))

    async def talk(client: Client) -> None:
        signed = f"/acct/a.jpg/thumb?exp={int(time.time()) + 60}"
        made = hmac.new(b"key", signed.encode(), hashlib.sha256).hexdigest()
        assert (await client.get(f"{signed}&sig={made}")).status == 200
        assert (await client.get(signed)).status == 403

    serving(core, talk)


def test_no_account_of_hosted_images_takes_a_path_on_which_we_answer() -> None:
    def begin(path: str) -> str:
        return path.split("/")[1]

    core, metrics = make_core(), Metrics()
    jobs = open_jobs(core.settings, core.ledger)
    datasets = open_datasets(core.settings)
    designs = Designs.of(core.settings)
    api = create_api(core, Delivery(core, metrics), metrics, jobs, datasets, designs)
    pages = [route.path for route in api.routes if isinstance(route, Route)]
    ours = {begin(path) for path in (MOUNT, *RAW_PATHS, *PAGES, FOLDER, f"/{HOME}", *pages)}
    assert ours > ROUTES
    for name in filter(re.compile(ACCOUNT.pattern or "").fullmatch, ours - {""}):
        with pytest.raises(BadSettings, match=f"{name} is a path of ours"):
            mounts(Settings(hosted=Hosted(account=name)), {})
