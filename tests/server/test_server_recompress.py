"""What became smaller under the same URL, as clients see it."""

from __future__ import annotations

from dataclasses import replace

from server_fakes import Client, make_core, make_settings, serving

from foveate.delivery.stored import MORE, pack, unpack
from foveate.options.model import Format
from foveate.settings import Encoding

A = "/cdn-cgi/image/width=8/a.jpg"


def test_who_holds_the_larger_file_is_sent_the_smaller_one_and_then_holds_that() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        first = await client.get(A)
        ((key, blob),) = core.renditions.kept.items()
        about, _ = unpack(blob) or (None, b"")
        assert about is not None
        core.renditions.put(key, pack(replace(about, effort=MORE, digest="5" * 16), b"smaller"))
        client.front.images.forget()
        again = await client.get(A, **{"if-none-match": first.headers["etag"]})
        assert (again.status, again.body) == (200, b"smaller")
        assert again.headers["etag"] != first.headers["etag"]
        for _ in range(2):
            held = await client.get(A, **{"if-none-match": again.headers["etag"]})
            assert held.status == 304
        hit = await client.get(A)
        assert (hit.body, hit.headers["etag"]) == (again.body, again.headers["etag"])

    serving(core, talk)
    assert len(core.rendered) == 1


def test_the_status_counts_what_was_encoded_once_more() -> None:
    async def talk(client: Client) -> None:
        assert (await client.get("/health/status")).json()["recompressed"] == {"bytes": 0}

    serving(make_core(make_settings(recompress_hits=3)), talk)


def test_jpeg_xl_is_negotiated_where_the_settings_offer_it() -> None:
    offered = replace(make_settings(), encoding=Encoding(jxl_max_side_auto=1200))

    async def talk(client: Client) -> None:
        answer = await client.get("/cdn-cgi/image/format=auto/a.jpg", accept="image/jxl,*/*")
        assert answer.headers["vary"] == "Accept"

    for settings, accepts in ((offered, {Format.JXL}), (make_settings(), set())):
        core = make_core(settings)
        serving(core, talk)
        assert core.rendered[0].accepts == accepts
