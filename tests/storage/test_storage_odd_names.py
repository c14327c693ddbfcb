"""Buckets with objects that no client of ours can name: the others are listed all the same."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlsplit
from xml.sax.saxutils import escape

import pytest
from storage_origin import KEY, SECRET

from foveate.batches.sources import rows_of
from foveate.errors import SourceRefused
from foveate.settings import Origins
from foveate.storage.bucket_folder import BucketFolder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def listing(names: Sequence[str], asked: dict[str, str]) -> str:
    """Return what S3 says of these names, all on one page."""
    prefix, below, slash = asked.get("prefix", ""), [], asked.get("delimiter")
    folders = set()
    for name in sorted(names):
        if not name.startswith(prefix) or name <= asked.get("start-after", ""):
            continue
        if slash and slash in name[len(prefix) :]:
            folders.add(prefix + name[len(prefix) :].split(slash)[0] + slash)
        else:
            below.append(name)
    objects = "".join(
        f"<Contents><Key>{escape(name)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
        "<ETag>e</ETag><Size>3</Size></Contents>"
        for name in below
    )
    common = "".join(f"<CommonPrefixes><Prefix>{f}</Prefix></CommonPrefixes>" for f in folders)
    count = f"<KeyCount>{len(below) + len(folders)}</KeyCount><IsTruncated>false</IsTruncated>"
    return f"<ListBucketResult><Name>b</Name>{count}{objects}{common}</ListBucketResult>"


@contextmanager
def bucket_of(*names: str, status: int = 200, prefix: str = "") -> Iterator[BucketFolder]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = dict(parse_qsl(urlsplit(self.path).query))
            refusal = "<Error><Code>AccessDenied</Code><RequestId>7f3a</RequestId></Error>"
            body = (listing(names, asked) if status == 200 else refusal).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origins = Origins(
        s3_endpoint=f"http://127.0.0.1:{server.server_port}",
        s3_access_key_id=KEY,
        s3_secret_access_key=SECRET,
    )
    with closing(server.socket):
        yield BucketFolder(f"s3://b/{quote(prefix)}", origins)
        server.shutdown()


@pytest.mark.parametrize("prefix", ["", "in"])
def test_an_object_with_an_odd_name_leaves_the_others_to_be_listed(prefix: str) -> None:
    good = ["a.jpg", "originals/1.jpg", "sub/deep/2.jpg", "weird/b.jpg", "x/y/c.jpg", "z.jpg"]
    odd = ["originals//double.jpg", "weird/./dot.jpg", "x/../dotdot.jpg"]
    below = f"{prefix}/" if prefix else ""
    with bucket_of(*(below + name for name in good + odd), prefix=prefix) as bucket:
        found = list(bucket.told())
    assert [each.path for each in found if not each.problem] == good
    problems = {each.path: each.problem for each in found if each.problem}
    assert sorted(problems) == ["originals//", "weird/./", "x/../"]
    assert "Expected names without empty parts, '.', '..'" in problems["originals//"]


def test_an_odd_name_at_the_top_and_several_in_a_folder_are_passed() -> None:
    names = ("/a.jpg", "b.jpg", "c//d.jpg", "c/../e.jpg", "c/f.jpg", "c/g/./h.jpg", "i.jpg")
    with bucket_of(*names) as bucket:
        found = list(bucket.told())
    assert [each.path for each in found if each.problem] == ["c/../", "c//", "c/g/./"]
    assert {"b.jpg", "i.jpg"} <= {each.path for each in found if not each.problem}
    # Of two in one folder the second leaves out c/f.jpg, and says so.
    assert found[-2].problem.endswith(
        "are left out, and maybe as many as 999 before them in s3://b/c/."
    )


def test_an_odd_name_is_a_row_that_fails() -> None:
    with bucket_of("a.jpg", "b//c.jpg") as bucket:
        rows = list(rows_of(["s3://b/"], "", lambda _: bucket.told()))
    assert [(row.key, bool(row.problem)) for row in rows] == [
        ("s3://b/a.jpg", False),
        ("s3://b/b//", True),
    ]
    assert [row.missed for row in rows] == [False, True]


def test_what_a_service_refuses_is_said_without_its_page() -> None:
    with bucket_of(status=403) as bucket, pytest.raises(SourceRefused) as refused:
        list(bucket.told())
    assert str(refused.value) == "s3://b: the service refused it (AccessDenied)"
