"""Downloads that break off and go on."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from http.client import IncompleteRead
from typing import TYPE_CHECKING
from urllib.error import HTTPError

import pytest
from models_stand import Quiet, at_work, card_for, web

from foveate.errors import DownloadFailed
from foveate.models.supply.fetch import Piece, pull, pull_all
from foveate.models.supply.web import TRIES, fetch_into
from foveate.settings import Models

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = os.urandom(50_000)
PIECE = 20_000


@contextmanager
def breaking(
    data: bytes, *, ranges: bool = True, broken: int = 99
) -> Iterator[tuple[str, list[str]]]:
    """Serve some bytes, of which so many answers bring only a piece; return what was asked for."""
    asked: list[str] = []

    class Handler(Quiet):
        def do_GET(self) -> None:  # noqa: N802 - so http.server calls it
            wanted = self.headers.get("Range", "")
            asked.append(wanted)
            start = int(re.findall(r"\d+", wanted)[0]) if wanted and ranges else 0
            if start >= len(data):
                self.send_error(416)
                return
            self.send_response(206 if wanted and ranges else 200)
            if wanted and ranges:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            most = PIECE if len(asked) <= broken else len(data)
            self.wfile.write(data[start : start + most])

    with at_work(Handler) as address:
        yield f"{address}/net", asked


def test_a_download_goes_on_where_it_broke_off(tmp_path: Path) -> None:
    partial, told = tmp_path / "part", list[int]()
    with breaking(DATA) as (url, asked):
        fetch_into(partial, url, told.append)
    assert partial.read_bytes() == DATA
    assert asked == ["", "bytes=20000-", "bytes=40000-"]
    assert told[-1] == len(DATA)
    assert told == sorted(told)


def test_it_begins_anew_where_the_server_cannot_go_on(tmp_path: Path) -> None:
    partial = tmp_path / "part"
    with breaking(DATA, ranges=False, broken=1) as (url, asked):
        fetch_into(partial, url, lambda _: None)
    assert partial.read_bytes() == DATA
    assert asked == ["", "bytes=20000-"]


def test_what_is_longer_than_it_should_be_is_not_written_to_the_end(tmp_path: Path) -> None:
    heard: list[int] = []
    with breaking(DATA * 100, broken=0) as (url, asked), pytest.raises(ValueError, match="more"):
        fetch_into(tmp_path / "net", url, heard.append, len(DATA))
    assert len(asked) == 1
    assert max(heard, default=0) <= len(DATA)
    assert not (tmp_path / "net").exists()


def test_what_was_of_a_longer_file_is_thrown_away(tmp_path: Path) -> None:
    partial = tmp_path / "part"
    partial.write_bytes(bytes(60_000))
    with breaking(DATA, broken=0) as (url, asked):
        fetch_into(partial, url, lambda _: None)
    assert partial.read_bytes() == DATA
    assert asked == ["bytes=60000-", ""]


def test_it_gives_up_after_some_tries_and_keeps_what_came(tmp_path: Path) -> None:
    partial = tmp_path / "part"
    with breaking(DATA * 10) as (url, asked), pytest.raises(IncompleteRead):
        fetch_into(partial, url, lambda _: None)
    assert len(asked) == TRIES
    assert partial.stat().st_size == TRIES * PIECE


def test_a_no_is_not_asked_about_again(tmp_path: Path) -> None:
    with web({}) as (address, asked), pytest.raises(HTTPError):
        fetch_into(tmp_path / "part", f"{address}/net", lambda _: None)
    assert asked.total() == 1


def test_the_next_pull_goes_on_with_what_the_last_one_left(tmp_path: Path) -> None:
    settings, data = Models(folder=str(tmp_path / "home")), DATA * 10
    with breaking(data, broken=TRIES) as (url, asked):
        card = card_for(data, url, file="net.onnx", member="", weights=data)
        with pytest.raises(DownloadFailed):
            pull(card, settings)
        told = list[Piece]()
        pull_all([card], settings, told.append)
        assert asked[TRIES] == f"bytes={TRIES * PIECE}-"
    assert (tmp_path / "home" / card.file).read_bytes() == data
    assert not list((tmp_path / "home").glob(".part-*"))
