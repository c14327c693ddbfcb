from __future__ import annotations

import pytest
from foveate.server.stored import About, body, describe, pack, unpack

from foveate.ports import Original
from foveate.values import Rendition

ABOUT = About(
    content_type="image/webp",
    version="v1",
    etag="x1",
    max_age_s=60.0,
    must_revalidate=True,
    private=False,
    facts={"Foveate-Gravity": "face"},
)


@pytest.mark.parametrize("data", [b"", b"\x00\xff" * 999])
def test_a_blob_gives_back_what_was_packed(data: bytes) -> None:
    blob = pack(ABOUT, data)
    assert unpack(blob) == (ABOUT, data)
    assert body(blob) == data


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"FVR1",
        b"FVR0\0\0\0\2{}rest",
        b"FVR1\0\0\0\2{}rest",
        b"FVR1\0\0\0\7not json",
        b'FVR1\0\0\0\x0b{"new": 1.0}',
    ],
)
def test_a_blob_of_another_version_is_a_miss(blob: bytes) -> None:
    assert unpack(blob) is None


def test_what_is_kept_comes_from_the_rendition_and_from_its_original() -> None:
    rendition = Rendition(b"x", "image/webp", None, {"Foveate-Gravity": "face"}, {"encode": 1.0})
    original = Original(b"y", "v1", etag="x1", max_age_s=60.0, must_revalidate=True)
    assert describe(rendition, [original]) == ABOUT


def test_the_strictest_original_decides_how_long_a_rendition_is_kept() -> None:
    rendition = Rendition(b"x", "image/webp", None)
    main = Original(b"y", "v1", etag="x1", max_age_s=60.0)
    plain, short = Original(b"z", "v2"), Original(b"z", "v2", max_age_s=5.0, must_revalidate=True)
    private = Original(b"z", "v2", private=True)
    assert describe(rendition, [main, plain]).max_age_s == 60.0
    about = describe(rendition, [main, plain, short])
    assert (about.max_age_s, about.must_revalidate, about.private) == (5.0, True, False)
    assert describe(rendition, [main, private]).private
    assert describe(rendition, [private, main]).private
    assert (about.version, about.etag) == ("v1", "x1")
