"""`foveate purge`, as people and programs read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from foveate.cli.main import app
from foveate.delivery.stored import About, digest, pack
from foveate.errors import BadSettings
from foveate.server.image_request import key_of
from foveate.storage.disk import DiskCache

if TYPE_CHECKING:
    from pathlib import Path


def test_what_lies_on_disk_is_deleted(tmp_path: Path) -> None:
    disk = DiskCache(tmp_path / "cache" / "foveate" / "renditions", 1_000_000)
    for name in ("a.jpg", "b.jpg"):
        about = About(content_type="image/png", version="v", source=name, digests=digest(name))
        disk.put(name, pack(about, b"x"))
    done = CliRunner().invoke(app, ["purge", "--source", "a.jpg"], catch_exceptions=False)
    assert done.output.startswith("1 renditions are gone")
    assert (disk.holds("a.jpg"), disk.holds("b.jpg")) == (False, True)
    told = CliRunner().invoke(app, ["purge", "--prefix", "b", "--json"], catch_exceptions=False)
    assert json.loads(told.stdout)["renditions"] == 1


def test_where_no_cache_is_or_can_be_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = CliRunner().invoke(app, ["purge", "--class", "resize"], catch_exceptions=False)
    assert done.output.startswith("foveate: warning: There is no cache in ")
    assert str(tmp_path) in done.output
    (tmp_path / "file").touch()
    monkeypatch.setenv("FOVEATE_CACHING__FOLDER", str(tmp_path / "file"))
    with pytest.raises(BadSettings, match=r"Expected caching.folder to be a folder .*file"):
        CliRunner().invoke(app, ["purge", "--class", "resize"], catch_exceptions=False)


def test_a_source_is_named_as_the_server_with_that_origin_names_it(tmp_path: Path) -> None:
    disk = DiskCache(tmp_path / "cache" / "foveate" / "renditions", 1_000_000)
    origin = "http://127.0.0.1"
    name = key_of("a.jpg", origin)
    about = About(content_type="image/png", version="v", source=name, digests=digest(name))
    disk.put("a", pack(about, b"x"))
    wanted = ["purge", "--source", "a.jpg", "--json", "--origin", origin]
    told = CliRunner().invoke(app, wanted, catch_exceptions=False)
    assert json.loads(told.stdout)["renditions"] == 1
