"""Downloads that break off and go on."""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager
from email.utils import formatdate
from functools import partial
from http.client import IncompleteRead
from typing import TYPE_CHECKING
from urllib.error import HTTPError

import pytest
from models_stand import Quiet, at_work, card_for, web

from foveate.models.supply.fetch import pull
from foveate.models.supply.web import MOST_WAIT_S, WAITS_S, fetch_into
from foveate.settings import Models

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = os.urandom(50_000)
PIECE = 20_000
TRIES = len(WAITS_S) + 1
at_once = partial(fetch_into, wait=lambda _: None)


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
        at_once(partial, url, told.append)
    assert partial.read_bytes() == DATA
    assert asked == ["", "bytes=20000-", "bytes=40000-"]
    assert told[-1] == len(DATA)
    assert told == sorted(told)


def test_it_begins_anew_where_the_server_cannot_go_on(tmp_path: Path) -> None:
    partial = tmp_path / "part"
    with breaking(DATA, ranges=False, broken=1) as (url, asked):
        at_once(partial, url, lambda _: None)
    assert partial.read_bytes() == DATA
    assert asked == ["", "bytes=20000-"]


def test_what_is_longer_than_it_should_be_is_not_written_to_the_end(tmp_path: Path) -> None:
    heard: list[int] = []
    with breaking(DATA * 100, broken=0) as (url, asked), pytest.raises(ValueError, match="more"):
        at_once(tmp_path / "net", url, heard.append, len(DATA))
    assert len(asked) == 1
    assert max(heard, default=0) <= len(DATA)
    assert not (tmp_path / "net").exists()


def test_what_was_of_a_longer_file_is_thrown_away(tmp_path: Path) -> None:
    partial = tmp_path / "part"
    partial.write_bytes(bytes(60_000))
    with breaking(DATA, broken=0) as (url, asked):
        at_once(partial, url, lambda _: None)
    assert partial.read_bytes() == DATA
    assert asked == ["bytes=60000-", ""]


def test_it_gives_up_after_some_tries_with_growing_pauses_and_keeps_what_came(
    tmp_path: Path,
) -> None:
    partial, waited = tmp_path / "part", list[float]()
    with breaking(DATA * 10) as (url, asked), pytest.raises(IncompleteRead):
        fetch_into(partial, url, lambda _: None, wait=waited.append)
    assert len(asked) == TRIES
    assert waited == [0.5, 1, 2, 4]
    assert partial.stat().st_size == TRIES * PIECE


def test_a_no_is_not_asked_about_again(tmp_path: Path) -> None:
    with web({}) as (address, asked), pytest.raises(HTTPError):
        fetch_into(tmp_path / "part", f"{address}/net", lambda _: None)
    assert asked.total() == 1


@contextmanager
def refusing(*refusals: tuple[int, str]) -> Iterator[str]:
    """Serve the bytes after so many refusals, each a status and what its Retry-After says."""
    left = list(refusals)

    class Handler(Quiet):
        def do_GET(self) -> None:  # noqa: N802 - so http.server calls it
            status, again = left.pop(0) if left else (200, "")
            self.send_response(status)
            if again:
                self.send_header("Retry-After", again)
            body = DATA if status == 200 else b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with at_work(Handler) as address:
        yield f"{address}/net"


def test_what_may_pass_is_waited_for_as_long_as_the_server_asks(tmp_path: Path) -> None:
    waited: list[float] = []
    date = formatdate(time.time() + 30, usegmt=True)
    with refusing((503, ""), (429, "7"), (408, "soon"), (502, date)) as url:
        fetch_into(tmp_path / "part", url, lambda _: None, wait=waited.append)
    assert (tmp_path / "part").read_bytes() == DATA
    assert waited[:3] == [0.5, 7, 2]
    assert 20 < waited[3] <= 30


def test_who_wants_to_be_left_alone_for_long_is_not_asked_again(tmp_path: Path) -> None:
    waited: list[float] = []
    with refusing((429, f"{MOST_WAIT_S + 1:.0f}")) as url, pytest.raises(HTTPError):
        fetch_into(tmp_path / "part", url, lambda _: None, wait=waited.append)
    assert waited == []


def test_the_next_pull_goes_on_with_what_the_last_one_left(tmp_path: Path) -> None:
    home, data = tmp_path / "home", DATA * 10
    with breaking(data, broken=0) as (url, asked):
        card = card_for(data, url, file="net.onnx", member="", weights=data)
        home.mkdir()
        (home / f".part-{card.artefact.sha256}").write_bytes(data[:PIECE])
        pull(card, Models(folder=str(home)))
        assert asked == [f"bytes={PIECE}-"]
    assert (home / card.file).read_bytes() == data
    assert not list(home.glob(".part-*"))
