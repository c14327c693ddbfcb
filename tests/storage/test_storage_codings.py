from __future__ import annotations

import gzip
import hashlib
import time
import zlib
from typing import TYPE_CHECKING

import brotli
import pytest
import zstandard

from foveate.errors import SourceFailed, SourceTooLarge
from foveate.storage.codings import BITE, DECODERS, MAX_STREAMS, SLICE, decode

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = b"a picture of a cat, and another one of a cat. " * 20_000
NOISE = hashlib.shake_128(b"noise").digest(700_000)


def bare(data: bytes) -> bytes:
    return zlib.compress(data, wbits=-15)


def quick_brotli(data: bytes) -> bytes:
    return brotli.compress(data, quality=2)


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": quick_brotli,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("body", [b"", b"x", BODY, NOISE], ids=["empty", "short", "text", "noise"])
@pytest.mark.parametrize("name", CODERS)
def test_each_coding_comes_off(name: str, body: bytes) -> None:
    assert decode(CODERS[name](body), name, 10**6) == body


def test_codings_come_off_in_the_reverse_of_the_order_in_which_they_were_put_on() -> None:
    data = brotli.compress(zlib.compress(gzip.compress(BODY)))
    assert decode(data, "gzip, Deflate,identity , , BR", 10**6) == BODY


def test_deflate_is_also_what_servers_send_for_it() -> None:
    assert decode(bare(BODY), "deflate", 10**6) == BODY


@pytest.mark.parametrize("name", ["", "identity", " , identity"])
def test_no_coding_changes_nothing(name: str) -> None:
    assert decode(BODY, name, 1) is BODY


@pytest.mark.parametrize("parts", [(b"one ", b"two ", NOISE), (BODY, b"", BODY), (NOISE, BODY)])
@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_several_streams_in_a_row_are_one_body(name: str, parts: tuple[bytes, ...]) -> None:
    assert decode(b"".join(map(CODERS[name], parts)), name, 10**7) == b"".join(parts)


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_streams_in_a_row_are_bounded(name: str) -> None:
    data = CODERS[name](b"x") * MAX_STREAMS
    assert decode(data, name, 10**6) == b"x" * MAX_STREAMS
    with pytest.raises(SourceFailed, match=f"at most {MAX_STREAMS} streams"):
        decode(data + CODERS[name](b"x"), name, 10**6)


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_streams_with_nothing_in_them_take_little_time(name: str) -> None:
    empty = CODERS[name](b"")
    data = empty * (MAX_STREAMS - 1) + CODERS[name](NOISE * 4)
    began = time.process_time()
    assert decode(data, name, 10**7) == NOISE * 4
    with pytest.raises(SourceFailed):
        decode(empty * (2_000_000 // len(empty)), name, 10**7)
    # What copies the rest of the body for each of them takes several seconds.
    assert time.process_time() - began < 1


@pytest.mark.parametrize("size", [1, 512, BITE, 3 * BITE + 1])
def test_padding_after_gzip_is_no_part_of_the_body(size: int) -> None:
    padded = gzip.compress(b"cat") + bytes(size)
    assert decode(padded, "gzip", 10) == b"cat"
    assert decode(padded * 2, "gzip", 10) == b"catcat"


@pytest.mark.parametrize("size", [SLICE - 1, SLICE, SLICE + 1, 2 * SLICE])
@pytest.mark.parametrize("name", CODERS)
def test_a_body_may_end_where_a_slice_ends(name: str, size: int) -> None:
    assert decode(CODERS[name](bytes(size)), name, size) == bytes(size)


@pytest.mark.parametrize("name", CODERS)
def test_the_limit_holds_for_what_comes_out_and_is_exact(name: str) -> None:
    data = CODERS[name](BODY)
    assert len(decode(data, name, len(BODY))) == len(BODY)
    with pytest.raises(SourceTooLarge, match=f"{len(BODY) - 1} bytes"):
        decode(data, name, len(BODY) - 1)


@pytest.mark.parametrize("name", CODERS)
def test_a_bomb_is_left_early(name: str) -> None:
    bomb = CODERS[name](bytes(50_000_000))
    assert len(bomb) < 60_000
    with pytest.raises(SourceTooLarge):
        decode(bomb, name, 100_000)
    assert max(map(len, DECODERS[name](bomb))) <= 8 * 2**20, "nothing comes in one piece"


def test_a_bomb_inside_a_bomb_is_left_early() -> None:
    bomb = gzip.compress(gzip.compress(bytes(30_000_000)))
    with pytest.raises(SourceTooLarge):
        decode(bomb, "gzip, gzip", 1_000_000)


@pytest.mark.parametrize("cut", [1, 9, 300])
@pytest.mark.parametrize("name", CODERS)
def test_what_breaks_off_is_broken(name: str, cut: int) -> None:
    with pytest.raises(SourceFailed, match="breaks off"):
        decode(CODERS[name](NOISE)[:-cut], name, 10**6)


@pytest.mark.parametrize("name", CODERS)
def test_what_is_not_compressed_at_all_is_broken(name: str) -> None:
    with pytest.raises(SourceFailed) as refusal:
        decode(b"\xff\xd8\xff\xe0 JFIF and so on", name, 10**6)
    assert name in refusal.value.public


@pytest.mark.parametrize("name", ["compress", "gzip, sdch", "gzip;q=1", "gzip,gzip,gzip,gzip"])
def test_other_codings_are_refused_in_a_sentence_for_everybody(name: str) -> None:
    with pytest.raises(SourceFailed) as refusal:
        decode(BODY, name, 10**6)
    assert "br, deflate, gzip" in refusal.value.public
    assert name in refusal.value.public
