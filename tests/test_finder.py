"""The face index from a program: where it lies, and how it is opened and closed."""

from __future__ import annotations

import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import numpy as np
import pytest

import foveate
from foveate.app import create
from foveate.errors import BadOption
from foveate.people.audit import AuditLog
from foveate.settings import Origins, load
from foveate.storage.anywhere import Anywhere

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EMPTY = b"""<?xml version="1.0"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<Name>faces</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>"""


class Bucket(ThreadingHTTPServer):
    """A bucket with nothing in it, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        super().__init__(("127.0.0.1", 0), Answering)


class Answering(BaseHTTPRequestHandler):
    server: Bucket

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("authorization", "")))
        self.send_response(200)
        self.send_header("content-length", str(len(EMPTY)))
        self.end_headers()
        self.wfile.write(EMPTY)

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


def test_an_index_in_a_bucket_is_asked_as_the_settings_say(bucket: Bucket) -> None:
    origins = Origins(
        s3_endpoint=f"http://127.0.0.1:{bucket.server_port}",
        s3_region="eu-1",
        s3_access_key_id="ours",
        s3_secret_access_key="secret",  # noqa: S106 - of a bucket of this test
    )
    app = create(replace(load({}), origins=origins), Anywhere)
    with foveate.People(folder="s3://faces/here", app=app) as people:
        assert people.collections() == []
    assert bucket.asked
    for path, authorization in bucket.asked:
        assert path.startswith("/faces")
        assert "Credential=ours/" in authorization
        assert "/eu-1/s3/" in authorization


def test_an_index_is_used_in_a_block_and_says_whose_embeddings_it_holds(tmp_path: Path) -> None:
    np.save(tmp_path / "them.npy", np.eye(512, dtype=np.float32)[:2])
    with foveate.People("team", folder=tmp_path / "index") as people:
        people.add_vectors(tmp_path / "them.npy", model="other-1")
        assert people.model == "other-1"


def test_a_program_that_takes_faces_or_crops_is_noted(tmp_path: Path) -> None:
    np.save(tmp_path / "them.npy", np.eye(512, dtype=np.float32)[:2])
    with foveate.People("team", folder=tmp_path / "index") as people:
        people.add_vectors(tmp_path / "them.npy", model="other-1")
        ids = [face.id for face in people.faces()]
        assert people.crops(ids) == {}
    rows = list(AuditLog(tmp_path / "index").entries())[2:]
    assert [(row["verb"], row["faces"]) for row in rows] == [("export", ids), ("crop", ids)]


def test_subjects_are_found_by_a_part_of_their_name(tmp_path: Path) -> None:
    with foveate.People("team", folder=tmp_path / "index") as people:
        for name in ("Ann Lee", "Bob Li"):
            people.introduce(name)
        assert [who.name for who in people.subjects(contains="lee")] == ["Ann Lee"]


def test_a_picture_where_a_vector_is_meant_is_told_what_finds_it(tmp_path: Path) -> None:
    with foveate.People("team", folder=tmp_path / "index") as people:
        for picture in ("me.jpg", tmp_path / "me.jpg"):
            with pytest.raises(BadOption, match=r"use find\(picture\)"):
                people.search(picture)  # type: ignore[arg-type]


def test_a_program_that_groups_faces_is_noted(tmp_path: Path) -> None:
    vectors = np.eye(512, dtype=np.float32)[:2]
    vectors[:, 100] = 2.0
    np.save(tmp_path / "them.npy", vectors)
    with foveate.People("team", folder=tmp_path / "index") as people:
        people.add_vectors(tmp_path / "them.npy", model="other-1")
        (ids,) = people.clusters()
        assert sorted(people.cluster_of(ids[0])) == sorted(ids)
    rows = list(AuditLog(tmp_path / "index").entries())[2:]
    assert [(row["verb"], row["door"], row["count"]) for row in rows] == [
        ("clusters", "library", 1)
    ] * 2
