"""Tables that are there, that are not, and of which that cannot be said."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from people_faces import MODEL, some

from foveate.errors import Unavailable, UnknownCollection
from foveate.people.store import LanceStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNREACHED = (
    "Invalid input, Failed to connect to namespace: IO { source: ListRequest { status: 403 } }"
)
"""What LanceDB says of a bucket that it cannot list, in the class that it has for no table."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LanceStore]:
    made = LanceStore(str(tmp_path / "index"))
    made.create("staff", MODEL)
    made.add("staff", MODEL, some(5, "Ann"))
    made.introduce("staff", "Cy")
    yield made
    made.close()


class Refusing:
    """A database that cannot tell a few times what there is."""

    def __init__(self, database: Any, times: int, said: str = UNREACHED) -> None:
        self._database, self.times, self._said = database, times, said

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def open_table(self, name: str) -> Any:
        if self.times:
            self.times -= 1
            raise ValueError(self._said)
        return self._database.open_table(name)


def refusing(store: LanceStore, times: int, said: str = UNREACHED) -> None:
    tables = store._tables  # noqa: SLF001
    database = tables.database()
    tables._connection = Refusing(getattr(database, "_database", database), times, said)  # noqa: SLF001
    tables.forget("staff")


def test_what_cannot_be_looked_for_is_not_taken_for_missing(store: LanceStore) -> None:
    for times in (1, 2, 3):
        refusing(store, times)
        for _ in range(times):
            with pytest.raises(Unavailable, match="index cannot be reached: Invalid input"):
                store.create("staff", MODEL)
        assert not store.create("staff", MODEL)
        assert store.collection("staff").faces == 5
    assert [(each.name, each.faces) for each in store.subjects("staff")] == [("Ann", 5), ("Cy", 0)]


def test_a_table_that_is_there_is_never_made_anew(store: LanceStore) -> None:
    refusing(store, 1, "Table 'staff.faces' was not found")
    with pytest.raises(Unavailable, match=r"staff cannot be made: Table .* already exists"):
        store.create("staff", MODEL)
    assert store.count("staff") == 5


def test_nobody_who_was_introduced_goes_where_they_cannot_be_read(store: LanceStore) -> None:
    assert store.count("staff") == 5
    tables = store._tables  # noqa: SLF001
    tables._connection = Refusing(tables.database(), 1_000)  # noqa: SLF001
    for act in (
        lambda: store.subjects("staff"),
        lambda: store.introduce("staff", "Di"),
        lambda: store.rename("staff", "Cy", "Di"),
        lambda: store.erase_subject("staff", "Cy"),
    ):
        with pytest.raises(Unavailable, match="cannot be reached"):
            act()
    refusing(store, 0)
    assert [each.name for each in store.subjects("staff")] == ["Ann", "Cy"]


class Bucket(ThreadingHTTPServer):
    """A bucket that refuses all, and counts what was to be written to it."""

    def __init__(self) -> None:
        self.writes = 0
        super().__init__(("127.0.0.1", 0), Answering)


class Answering(BaseHTTPRequestHandler):
    server: Bucket

    def do_GET(self) -> None:
        self.send_response(403)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_PUT(self) -> None:
        self.server.writes += 1
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with Bucket() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_bucket_that_refuses_is_unavailable_and_not_empty(bucket: Bucket) -> None:
    options = {
        "aws_access_key_id": "a", "aws_secret_access_key": "b", "aws_region": "us-east-1",
        "aws_endpoint": f"http://127.0.0.1:{bucket.server_port}", "allow_http": "true",
    }  # fmt: skip
    store = LanceStore("s3://faces/people", options=options)
    with pytest.raises(Unavailable, match=r"cannot be reached: .*status: 403"):
        store.create("staff", MODEL)
    assert bucket.writes == 0
    store.close()


def test_a_collection_that_is_not_there_is_unknown_at_once(store: LanceStore) -> None:
    with pytest.raises(UnknownCollection, match="no collection guests"):
        store.count("guests")
    assert store.create("guests", MODEL)
    assert store.collection("guests").faces == 0
