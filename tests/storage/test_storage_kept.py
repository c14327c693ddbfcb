"""Files of many servers in a folder: there whole, or not, and said what keeps them out."""

from __future__ import annotations

import errno
import os
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from storage_origin import KEY, SECRET

from foveate.datasets.unwritten import wants_room
from foveate.errors import DatasetsAway
from foveate.settings import Origins
from foveate.storage.kept import KeptFiles


def test_a_file_that_is_being_written_is_in_no_list(tmp_path: Path) -> None:
    files = KeptFiles(str(tmp_path), Origins())
    files.put("notes/a.json", b"{}")
    (tmp_path / "notes" / "a.json#123").write_bytes(b"half")
    assert [(each.name, each.bytes) for each in files.list("notes")] == [("notes/a.json", 2)]


def test_a_file_of_this_machine_goes_where_it_stays_also_on_another_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, replace = KeptFiles(str(tmp_path / "there"), Origins()), Path.replace

    def other_disk(self: Path, to: Path) -> Path:
        if self.parent != to.parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return replace(self, to)

    for number in range(2):
        (tmp_path / "made").write_bytes(b"shard %d" % number)
        files.bring("cats/a.tar", tmp_path / "made")
        assert files.read("cats/a.tar") == b"shard %d" % number
        assert not (tmp_path / "made").exists()
        monkeypatch.setattr(Path, "replace", other_disk)
    files.settle(["cats/a.tar"])
    assert len(list((tmp_path / "there" / "cats").iterdir())) == 1


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_is_full_is_one_that_may_have_room_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def full(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DatasetsAway) as met:
        KeptFiles(str(tmp_path), Origins()).put("a.json", b"{}")
    assert wants_room(met.value)


def test_a_bucket_that_is_away_is_the_place_of_datasets_and_no_origin() -> None:
    with socket.socket() as nobody:  # it is bound, and does not listen
        nobody.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        origins = Origins(s3_endpoint=endpoint, s3_access_key_id=KEY, s3_secret_access_key=SECRET)
        files = KeptFiles("s3://sets", origins)
        for ask in (files.find, files.read, lambda name: files.put(name, b"")):
            with pytest.raises(DatasetsAway) as met:
                ask("a.json")
            assert met.value.public == DatasetsAway.summary


@pytest.mark.parametrize(
    ("name", "said"),
    [("there/file.json", "Not a directory|File exists"), ("a" * 300, "File name too long")],
)
def test_what_a_folder_takes_never_is_told_from_what_it_takes_later(
    tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "there").touch()
    (tmp_path / "made").touch()
    files = KeptFiles(str(tmp_path), Origins())
    for ask in (lambda: files.put(name, b""), lambda: files.bring(name, tmp_path / "made")):
        with pytest.raises(DatasetsAway) as met:
            ask()
        assert re.fullmatch(said, met.value.refused)
        assert not wants_room(met.value)


@pytest.mark.parametrize(
    ("status", "code", "refused"),
    [
        (400, "KeyTooLongError", "the service refused it (KeyTooLongError)"),
        (403, "AccessDenied", ""),  # somebody may see to that
        (400, "ExpiredToken", ""),
    ],
)
def test_what_a_bucket_takes_never_is_told_from_what_it_takes_later(
    status: int, code: str, refused: str
) -> None:
    said = f"<Error><Code>{code}</Code></Error>"

    class Refuses(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Refuses) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        origins = Origins(s3_endpoint=endpoint, s3_access_key_id=KEY, s3_secret_access_key=SECRET)
        with pytest.raises(DatasetsAway) as met:
            KeptFiles("s3://sets", origins).put("a.json", b"{}")
        server.shutdown()
    assert met.value.refused == refused
