"""Links to what a job made, and the secrets of its webhooks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from foveate.errors import BadSignature, LinkExpired, QueueUnusable
from foveate.jobs.links import FILE, Links

if TYPE_CHECKING:
    from pathlib import Path


def test_a_link_opens_what_it_names_for_its_time_and_nothing_else(tmp_path: Path) -> None:
    links = Links(tmp_path, 60)
    path, _, query = links.result("4f1c", "a b/ü.jpg").partition("?")
    assert path == "/v1/jobs/4f1c/files/a%20b/%C3%BC.jpg"
    plain = "/v1/jobs/4f1c/files/a b/ü.jpg"
    assert links.check(plain, query) == pytest.approx(time.time() + 60, abs=2)
    assert links.check(plain, f"after=3&{query}")
    for other in ("/v1/jobs/4f1d/files/a b/ü.jpg", "/v1/jobs/4f1c/files/b.jpg"):
        with pytest.raises(BadSignature):
            links.check(other, query)
    with pytest.raises(BadSignature):
        links.check(plain, "exp=99999999999&" + query.partition("&")[2])
    old = Links(tmp_path, -1).result("4f1c", "a.jpg")
    with pytest.raises(LinkExpired):
        links.check("/v1/jobs/4f1c/files/a.jpg", old.partition("?")[2])


def test_all_servers_on_a_queue_share_its_secret_which_nobody_else_reads(tmp_path: Path) -> None:
    first, second = Links(tmp_path, 60), Links(tmp_path, 60)
    assert first.webhook_secret("shop") == second.webhook_secret("shop")
    assert first.webhook_secret("shop") != first.webhook_secret("other")
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("size", [0, 31])
def test_nothing_is_signed_with_a_secret_that_anybody_can_guess(size: int, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(bytes(size))
    with pytest.raises(QueueUnusable, match="delete it"):
        Links(tmp_path, 60).webhook_secret("shop")
    with pytest.raises(QueueUnusable, match="delete it"):
        Links(tmp_path, 60).events("4f1c")


def test_a_secret_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(QueueUnusable, match=r"file/jobs\.secret"):
        Links(tmp_path / "file", 60).ready()
