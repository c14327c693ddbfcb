"""What is read of a running CompreFace, over a real connection."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from compreface_server import KEY, Kept, compreface

from foveate.errors import (
    BadUrl,
    SourceError,
    SourceFailed,
    SourceNotFound,
    SourceRefused,
    SourceTimeout,
    SourceTooLarge,
    SourceUnreachable,
)
from foveate.settings import Limits, Origins
from foveate.storage.compreface import CompreFace

if TYPE_CHECKING:
    from collections.abc import Iterator

IDS = [str(uuid4()) for _ in range(5)]
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def kept() -> Iterator[Kept]:
    examples = {id_: (f"P{number % 2}", b"picture %d" % number) for number, id_ in enumerate(IDS)}
    with compreface(Kept(examples, ["Nobody"])) as there:
        yield there


@pytest.fixture
def client(kept: Kept) -> Iterator[CompreFace]:
    made = reading(kept)
    yield made
    made.close()


def reading(kept: Kept, key: str = KEY, path: str = "") -> CompreFace:
    origins = Origins(connect_timeout_s=2, read_timeout_s=2)
    return CompreFace(kept.address + path, key, origins, Limits(max_bytes=1000))


def test_all_pages_of_examples_are_read_with_their_pictures(kept: Kept, client: CompreFace) -> None:
    examples = client.examples()
    assert [each.subject for each in examples] == ["P0", "P1", "P0", "P1", "P0"]
    assert [client.picture(each.url) for each in examples] == [b"picture %d" % n for n in range(5)]
    assert examples[0].url == f"{kept.address}/api/v1/recognition/faces/{IDS[0]}/img"
    assert client.subjects() == ["P0", "P1", "Nobody"]


@pytest.mark.parametrize("path", ["/", "/api/v1", "/api/v1/"])
def test_an_address_may_end_as_people_write_it(kept: Kept, path: str) -> None:
    client = reading(kept, path=path)
    assert len(client.examples()) == 5
    client.close()


@pytest.mark.parametrize("address", ["localhost:8000", "http://u:p@localhost", "ftp://localhost"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadUrl):
        CompreFace(address, KEY, Origins(), Limits())


def test_a_wrong_key_is_told_in_its_words_without_the_key(kept: Kept) -> None:
    client = reading(kept, "secret-key")
    with pytest.raises(SourceNotFound, match=r"API Key \*\*\* not found") as told:
        client.examples()
    assert "secret-key" not in str(told.value)
    client.close()


def test_a_redirect_is_not_followed(kept: Kept, client: CompreFace) -> None:
    with compreface(Kept()) as other:
        there = {"Location": f"{other.address}/api/v1/recognition/faces"}
        for status in (301, 307):
            kept.answers["/faces"] = (status, there, b"")
            with pytest.raises(SourceRefused, match="redirect"):
                client.examples()
        assert other.asked == []


def test_a_picture_that_is_not_kept_is_told(kept: Kept, client: CompreFace) -> None:
    kept.examples[IDS[1]] = ("P1", b"")
    examples = client.examples()
    with pytest.raises(SourceNotFound, match="save_images_to_db"):
        client.picture(examples[1].url)


def test_a_picture_of_too_many_bytes_is_not_read_on(kept: Kept, client: CompreFace) -> None:
    kept.examples[IDS[0]] = ("P0", bytes(1001))
    with pytest.raises(SourceTooLarge):
        client.picture(client.examples()[0].url)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"no json", SourceFailed),
        (200, b"[" * 100_000, SourceFailed),
        (200, b"[]", SourceFailed),
        (200, b"{}", SourceFailed),
        (200, b'{"faces": [{"image_id": "../x", "subject": "A"}], "total_pages": 1}', SourceFailed),
        (200, b'{"faces": [{"subject": "A"}], "total_pages": 1}', SourceFailed),
        (200, b'{"faces": [7], "total_pages": 1}', SourceFailed),
        (200, b'{"faces": [], "total_pages": "x"}', SourceFailed),
        (400, b'{"message": "no", "code": 20}', SourceRefused),
        (500, b"<html>", SourceFailed),
    ],
)
def test_what_is_no_answer_of_compreface_is_an_error(
    kept: Kept, client: CompreFace, status: int, body: bytes, kind: type[SourceError]
) -> None:
    kept.answers["/faces"] = (status, JSON, body)
    with pytest.raises(kind):
        client.examples()


def test_pages_without_end_end_with_the_first_empty_one(kept: Kept, client: CompreFace) -> None:
    kept.answers["/faces"] = (200, JSON, b'{"faces": [], "total_pages": 1000000000}')
    assert client.examples() == []
    assert kept.asked == ["/faces"]


def test_an_answer_that_trickles_ends_in_time(kept: Kept) -> None:
    kept.pause_s = 0.05
    origins = Origins(connect_timeout_s=0.1, read_timeout_s=0.2)
    client = CompreFace(kept.address, KEY, origins, Limits())
    with pytest.raises(SourceTimeout):
        client.examples()
    client.close()


def test_nobody_at_the_address_is_an_error() -> None:
    with compreface(Kept()) as gone:
        pass
    client = reading(gone)
    with pytest.raises(SourceUnreachable):
        client.subjects()
    client.close()
