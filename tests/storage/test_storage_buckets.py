"""Objects of the buckets that are allowed, and of no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from storage_origin import KEY, SECRET

from foveate import errors
from foveate.settings import Origins
from foveate.storage.buckets import Buckets

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


def buckets(endpoint: str, *allowed: str, max_bytes: int = 100) -> Buckets:
    keys = {"s3_access_key_id": KEY, "s3_secret_access_key": SECRET}
    return Buckets(allowed, Origins(s3_endpoint=endpoint, **keys), max_bytes)


async def test_an_object_of_an_allowed_bucket_is_read(bucket: tuple[str, Path]) -> None:
    endpoint, folder = bucket
    (folder / "album" / "ü b.jpg").write_bytes(b"picture")
    for allowed in ("pictures", "pictures/", "pictures/album", "pictures/album/"):
        data = await buckets(endpoint, "other", allowed).read("pictures", "album/ü b.jpg")
        assert data == b"picture"


@pytest.mark.parametrize("allowed", ["", "other", "pictures/albu", "pictures/album/inner", "pic"])
async def test_another_bucket_or_prefix_is_refused_unread(
    bucket: tuple[str, Path], allowed: str
) -> None:
    endpoint, folder = bucket
    (folder / "album" / "a.jpg").write_bytes(b"picture")
    for name in ("album/a.jpg", "album/none.jpg"):
        with pytest.raises(errors.OriginNotAllowed):
            await buckets(endpoint, *filter(None, [allowed])).read("pictures", name)


@pytest.mark.parametrize("name", ["album/../secret", "../pictures/a", "/", "", "a\\b", "./a"])
async def test_a_name_that_climbs_is_refused(bucket: tuple[str, Path], name: str) -> None:
    with pytest.raises(errors.SourceNotFound):
        await buckets(bucket[0], "pictures/album").read("pictures", name)


@pytest.mark.parametrize(("name", "version"), [("a\r\nb", ""), ("a", "x\r\ny"), ("a\x7f", "")])
async def test_a_control_character_is_in_no_name_and_no_version(
    bucket: tuple[str, Path], name: str, version: str
) -> None:
    with pytest.raises(errors.SourceNotFound, match="control characters"):
        await buckets(bucket[0], "pictures").read("pictures", name, version)


async def test_what_is_missing_or_too_large_is_told(bucket: tuple[str, Path]) -> None:
    endpoint, folder = bucket
    with pytest.raises(errors.SourceNotFound):
        await buckets(endpoint, "pictures").read("pictures", "none.jpg")
    (folder / "large.jpg").write_bytes(b"\0" * 101)
    with pytest.raises(errors.SourceTooLarge, match="at most 100 bytes, got 101"):
        await buckets(endpoint, "pictures").read("pictures", "large.jpg")
