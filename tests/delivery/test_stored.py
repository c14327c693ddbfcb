from __future__ import annotations

import pytest

from foveate.delivery.stored import CLASSES, About, body, describe, pack, unpack
from foveate.geometry.box import Size
from foveate.rendition import Rendition
from foveate.storage.source import Source
from foveate.values import Lifetime

ABOUT = About(
    content_type="image/webp",
    version="v1",
    lifetime=Lifetime(60.0, must_revalidate=True, etag="x1"),
    size=Size(8, 6),
    headers={"Foveate-Gravity": "face"},
    source_bytes=1,
    classes=CLASSES,
    digest="2d711642b726b044",
)


TARGETED = About(
    content_type="image/webp",
    version="v1",
    lifetime=Lifetime(60.0, stale_s=9.0, clients=Lifetime(5.0, private=True)),
)


@pytest.mark.parametrize("data", [b"", b"\x00\xff" * 999])
@pytest.mark.parametrize(
    "about", [ABOUT, TARGETED, About(content_type="application/json", version="")]
)
def test_a_blob_gives_back_what_was_packed(about: About, data: bytes) -> None:
    blob = pack(about, data)
    assert unpack(blob) == (about, data)
    assert body(blob) == data


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"FVR2",
        b"FVR0\0\0\0\2{}rest",
        b"FVR2\0\0\0\2{}rest",
        b"FVR2\0\0\0\2[]rest",
        b"FVR2\0\0\0\7not json",
        b'FVR2\0\0\0\x0b{"new": 1.0}',
        pack(ABOUT, b"rest").replace(b"FVR2", b"FVR1"),
        pack(ABOUT, b"rest").replace(b"must_revalidate", b"must_revalidatf"),
        pack(ABOUT, b"rest").replace(b'"width"', b'"depth"'),
    ],
)
def test_a_blob_of_another_version_is_a_miss(blob: bytes) -> None:
    assert unpack(blob) is None


def test_what_is_kept_comes_from_the_rendition_and_from_its_original() -> None:
    rendition = Rendition(b"x", "image/webp", Size(8, 6), {"Foveate-Gravity": "face"})
    source = Source(b"y", "v1", Lifetime(60.0, must_revalidate=True, etag="x1"))
    assert describe(rendition, [source]) == ABOUT


def test_the_strictest_original_decides_how_long_a_rendition_is_kept() -> None:
    rendition = Rendition(b"x", "image/webp", None)
    main = Source(b"y", "v1", Lifetime(60.0, etag="x1"))
    plain = Source(b"z", "v2")
    short = Source(b"z", "v2", Lifetime(5.0, must_revalidate=True, etag="x2"))
    private = Source(b"z", "v2", Lifetime(private=True))
    assert describe(rendition, [main, plain]).lifetime.max_age_s == 60.0
    about = describe(rendition, [main, plain, short])
    assert about.lifetime == Lifetime(5.0, must_revalidate=True, etag="x1")
    assert describe(rendition, [main, private]).lifetime.private
    assert describe(rendition, [private, main]).lifetime.private
    assert about.version == "v1"


def test_the_strictest_word_to_clients_decides_what_they_are_told() -> None:
    def told(*lifetimes: Lifetime) -> Lifetime:
        sources = [Source(b"y", "v1", lifetime) for lifetime in lifetimes]
        return describe(Rendition(b"x", "image/webp", None), sources).lifetime

    targeted = Lifetime(600.0, stale_s=9, clients=Lifetime(60.0))
    assert told(targeted) == targeted
    both = told(targeted, Lifetime(30.0, stale_s=5))
    assert (both.max_age_s, both.stale_s, both.for_clients.max_age_s) == (30, 5, 30)
    assert told(targeted, Lifetime(900.0)).for_clients.max_age_s == 60
    assert told(targeted, Lifetime(900.0)).stale_s == 0
