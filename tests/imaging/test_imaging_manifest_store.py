"""Content credentials are found in every format that is read and can carry some."""

from __future__ import annotations

import pytest
from c2pa_files import captured, identity, read, signer_of
from imaging_pictures import HEIC

from foveate.imaging import Image
from foveate.imaging.formats import sniff
from foveate.imaging.manifest_store import store_bytes
from foveate.values import ImageFormat

WRITERS = {
    "jpeg": "jpegsave_buffer",
    "png": "pngsave_buffer",
    "webp": "webpsave_buffer",
    "gif": "gifsave_buffer",
    "tiff": "tiffsave_buffer",
    "avif": "heifsave_buffer",
}


def file_of(kind: str) -> bytes:
    picture = Image.black(32, 24, bands=3).copy(interpretation="srgb")
    how = {"compression": "av1"} if kind == "avif" else {}
    data: bytes = getattr(picture, WRITERS[kind])(**how)
    return data


@pytest.mark.parametrize("kind", WRITERS)
def test_credentials_are_found_where_there_are_some(kind: str) -> None:
    bare = file_of(kind)
    assert store_bytes(bare, sniff(bare)) == 0
    signed = captured(bare, kind, identity())
    added = len(signed) - len(bare)
    assert 0.8 * added < store_bytes(signed, sniff(signed)) <= added
    assert store_bytes(signed[: len(signed) // 2], sniff(signed)) <= added


def test_credentials_of_a_heic_are_found_and_kept() -> None:
    who = identity()
    signed = captured(HEIC, "heic", who)
    assert store_bytes(HEIC, ImageFormat.HEIC) == 0
    assert 0 < store_bytes(signed, ImageFormat.HEIC) <= len(signed) - len(HEIC)
    original = (signed, ImageFormat.HEIC)
    kept = signer_of(who).signed(file_of("webp"), "webp", [], original, manifests_too=True)
    found = read(kept, "webp")
    assert found is not None
    assert (found.state, len(found.manifests)) == ("Valid", 2)


def segment(body: bytes) -> bytes:
    return b"\xff\xeb" + (len(body) + 2).to_bytes(2, "big") + body


def test_jumbf_of_another_kind_in_a_jpeg_is_no_credentials() -> None:
    bare = file_of("jpeg")
    box = b"\0\0\0\x30jumb\0\0\0\x28jumd%s-more" + bytes(24)
    for kind, found in ((b"c2pa", True), (b"json", False)):
        data = bare[:2] + segment(b"JP\0\x01\0\0\0\x01" + box % kind) + bare[2:]
        assert bool(store_bytes(data, ImageFormat.JPEG)) is found


def test_blocks_of_one_byte_without_end_are_not_counted_one_by_one() -> None:
    data = b"GIF89a" + b"\x21\xff\x0bC2PA_GIF\x01\0\0" + b"\x01x" * 4_000_000
    assert store_bytes(data, ImageFormat.GIF) == len(data) - 6


@pytest.mark.parametrize("kind", WRITERS)
def test_broken_files_carry_as_much_as_is_there(kind: str) -> None:
    bare = file_of(kind)
    for end in range(0, min(len(bare), 400), 7):
        assert store_bytes(bare[:end], ImageFormat(kind)) == 0
