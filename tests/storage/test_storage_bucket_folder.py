"""What is below a prefix of a bucket, listed and written."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, islice
from typing import TYPE_CHECKING

import pytest
from s3_refusing import refusing
from storage_origin import KEY, SECRET

from foveate.errors import BadOption, SourceError, SourceFailed, SourceNotFound, SourceRefused
from foveate.settings import Origins
from foveate.storage.bucket_folder import BucketFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def opened(bucket: tuple[str, Path], address: str) -> BucketFolder:
    origins = Origins(s3_endpoint=bucket[0], s3_access_key_id=KEY, s3_secret_access_key=SECRET)
    return BucketFolder(address, origins)


def test_objects_are_listed_in_order_with_what_names_them(bucket: tuple[str, Path]) -> None:
    for name in ("b.jpg", "a.jpg", "deep/c.jpg"):
        file = bucket[1] / "listed" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode() * len(name))
    found = list(opened(bucket, "s3://pictures/listed/").list())
    assert [each.path for each in found] == ["a.jpg", "b.jpg", "deep/c.jpg"]
    assert found[2].key == "s3://pictures/listed/deep/c.jpg"
    assert len({each.version for each in found}) == 2  # of time and size, where no tag is told


def test_what_is_put_is_there_whole_until_it_is_removed(
    bucket: tuple[str, Path], tmp_path: Path
) -> None:
    folder = opened(bucket, "s3://pictures/put")
    (tmp_path / "x").write_bytes(b"bytes of it")
    assert not folder.has("new/x.jpg")
    folder.put("new/x.jpg", tmp_path / "x", "image/jpeg")
    assert folder.has("new/x.jpg")
    assert folder.get("new/x.jpg") == b"bytes of it"
    folder.remove("new/x.jpg")
    with pytest.raises(SourceNotFound):
        folder.get("new/x.jpg")


@pytest.mark.parametrize("address", ["s3://", "gs://x/y", "pictures"])
def test_what_is_no_bucket_is_refused(bucket: tuple[str, Path], address: str) -> None:
    with pytest.raises(BadOption, match="s3://BUCKET/PREFIX"):
        opened(bucket, address)


def test_a_bucket_that_there_is_not_is_said_to_be_none(bucket: tuple[str, Path]) -> None:
    with pytest.raises(SourceNotFound, match=r"^s3://no-such/x: there is no such bucket"):
        list(opened(bucket, "s3://no-such/x").list())


def test_what_cannot_be_asked_is_an_error_of_ours(tmp_path: Path) -> None:
    nowhere = opened(("http://127.0.0.1:9", tmp_path), "s3://pictures/x")
    with pytest.raises(SourceError):
        list(nowhere.list())


@contextmanager
def conditional(answer: int) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Give a service that answers so where an object is that was to be new, and its objects."""
    kept: dict[str, bytes] = {}

    class Service(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            new = self.headers["if-none-match"] != "*" or self.path not in kept
            if new:
                kept[self.path] = body
            self.send_response(200 if new else answer)
            self.send_header("etag", '"1"')
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", kept
        server.shutdown()


@pytest.mark.parametrize("answer", [412, 409])
def test_of_two_that_create_an_object_one_did(answer: int, tmp_path: Path) -> None:
    with conditional(answer) as (endpoint, kept):
        folder = opened((endpoint, tmp_path), "s3://pictures/new")
        assert folder.create("x.jpg", b"first", "image/jpeg")
        assert not folder.create("x.jpg", b"second", "image/jpeg")
        assert kept == {"/pictures/new/x.jpg": b"first"}
        folder.put("x.jpg", b"third", "image/jpeg")
        assert [*kept.values()] == [b"third"]


def test_a_service_that_deletes_no_many_at_once_is_cleared_one_by_one(tmp_path: Path) -> None:
    with refusing(deletes=204) as (endpoint, kept):
        folder = opened((endpoint, tmp_path), "s3://pictures/out")
        for name in ("a.jpg", "b/c.jpg"):
            folder.put(name, b"x", "image/jpeg")
        opened((endpoint, tmp_path), "s3://pictures/beside").put("d.jpg", b"x", "image/jpeg")
        assert folder.clear(threading.Event())
        assert [*kept] == ["/pictures/beside/d.jpg"]


def test_what_may_not_be_deleted_is_an_error_of_ours(tmp_path: Path) -> None:
    with refusing(deletes=403) as (endpoint, kept):
        folder = opened((endpoint, tmp_path), "s3://pictures/out")
        folder.put("a.jpg", b"x", "image/jpeg")
        with pytest.raises(SourceRefused):
            folder.clear(threading.Event())
        assert kept


LISTED = (
    "<ListBucketResult><Name>b</Name><IsTruncated>true</IsTruncated><KeyCount>1</KeyCount>"
    "<NextContinuationToken>t</NextContinuationToken><Contents><Key>in/{}.jpg</Key><Size>3</Size>"
    "<LastModified>2020-01-01T00:00:00.000Z</LastModified></Contents></ListBucketResult>"
)


@contextmanager
def circling(pages: int) -> Iterator[str]:
    """Give a service that follows the last of so many pages by the second one again."""
    asked = count()

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = next(asked)
            page = LISTED.format(1 + (number - 1) % pages if number else 0).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("pages", [1, 2, 70])
def test_a_listing_that_goes_round_in_circles_is_an_error(pages: int, tmp_path: Path) -> None:
    with circling(pages) as endpoint:
        folder = opened((endpoint, tmp_path), "s3://b/in")
        listing = islice(folder.told(), 10_000)
        with pytest.raises(SourceFailed, match="each object once"):
            list(listing)
