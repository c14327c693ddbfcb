from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from foveate.app import create
from foveate.cli.serve import (
    TRY,
    banner,
    beside,
    bound_to,
    with_flags,
    with_samples,
    without_weights,
)
from foveate.models.supply.cards import CARDS
from foveate.options.grammar import parse_options
from foveate.options.signing import Signer, read_limited
from foveate.server.run import listen
from foveate.settings import Caching, Models, Origins, Rpc, Server, Settings

if TYPE_CHECKING:
    from pathlib import Path


def at(folder: Path | str) -> Settings:
    return Settings(origins=Origins(folder=str(folder)))


def test_flags_win_and_what_was_not_said_stays() -> None:
    settings = with_flags(at("here"), origin=None, allow_origin=["*.b.com"], host="::1", port=9)
    assert settings.origins.folder == "here"
    assert settings.origins.allow == ("*.b.com",)
    assert (settings.server.host, settings.server.port) == ("::1", 9)
    unsaid = with_flags(settings, origin="there", allow_origin=None, host=None, port=None)
    assert unsaid.origins == Origins(folder="there", allow=("*.b.com",))
    assert unsaid.server == settings.server


def test_the_banner_offers_three_urls_with_the_first_picture(tmp_path: Path) -> None:
    for name in ("b c.png", "a b.JPG", "notes.txt", ".hidden.jpg"):
        (tmp_path / name).touch()
    lines = banner("http://h:1", at(tmp_path), Signer())
    urls = [line.strip() for line in lines if "/cdn-cgi/image/" in line]
    assert [url.rpartition("/")[2] for url in urls] == ["a%20b.JPG"] * 3
    assert lines[-1].strip() == "http://h:1/docs"


def test_what_the_banner_offers_are_options_that_exist() -> None:
    assert all(parse_options(options).unknown == () for options in TRY)


def test_without_pictures_the_banner_names_the_docs_alone(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none", "s3://bucket", ""):
        lines = banner("http://h:1", at(folder), Signer())
        assert not any("/cdn-cgi/" in line for line in lines)
        assert lines[-1].strip() == "http://h:1/docs"


def test_where_originals_come_from_is_said_and_what_to_do_where_from_nowhere() -> None:
    def first_line(origins: Origins) -> str:
        return banner("http://h:1", Settings(origins=origins), Signer())[0]

    assert "--origin FOLDER or URL" in first_line(Origins())
    assert first_line(Origins(folder="s3://b")).endswith("originals come from s3://b")
    allowed = first_line(Origins(folder="f", allow=("a.com", "*.b.com")))
    assert allowed.endswith("come from f and absolute URLs on a.com, *.b.com")


def test_a_server_that_signs_offers_signed_urls(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    keys = ("a-key-of-sixteen-chars",)
    settings = replace(at(tmp_path), server=Server(root_path="/img"))
    lines = banner("http://h:1", settings, Signer(keys))
    urls = [line.strip() for line in lines if "/cdn-cgi/" in line]
    assert len(urls) == 3
    for url in urls:
        path, _, query = url.removeprefix("http://h:1/img").partition("?")
        assert Signer(keys).grant(path, query, time.time()).expires is None


@pytest.mark.parametrize(
    ("listed", "count"), [("width", 1), ("width height fit gravity zoom", 2), ("quality", 0)]
)
def test_limited_keys_sign_what_they_may_and_nothing_else_is_offered(
    listed: str, count: int, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").touch()
    signer = Signer(limited=read_limited({"shop": f"a-key-of-sixteen-chars {listed}"}, ()))
    lines = banner("http://h:1", at(tmp_path), signer)
    urls = [line.strip() for line in lines if "/cdn-cgi/" in line]
    assert len(urls) == count
    for url in urls:
        path, _, query = url.removeprefix("http://h:1").partition("?")
        allowed = signer.grant(path, query, time.time()).allowed
        assert allowed is not None
        allowed.check(path.split("/")[3])


def test_missing_weights_are_named_with_the_command_that_fetches_them() -> None:
    states = {
        "retinaface": "missing",
        "gaze": "idle",
        "isnet": "unacknowledged",
        "selfie": "missing",
    }
    (line,) = without_weights(states, CARDS)
    assert line.startswith("No weights of retinaface, selfie:")
    assert line.endswith("foveate models pull core")
    (line,) = without_weights({**states, "gear": "missing"}, CARDS)
    assert line.endswith("foveate models pull core people")
    missing, damaged = without_weights({**states, "nanodet": "damaged"}, CARDS)
    assert missing.startswith("No weights of retinaface, selfie:")
    assert damaged.startswith("Damaged weights of nanodet:")
    assert "foveate models pull" in damaged
    assert without_weights({"gaze": "loaded"}, CARDS) == []


def test_several_patterns_fit_in_one_flag() -> None:
    settings = with_flags(
        Settings(), origin=None, allow_origin=["a.com,b.com", "c.com"], host=None, port=None
    )
    assert settings.origins.allow == ("a.com", "b.com", "c.com")


def test_a_taken_port_gives_way_to_the_next_unless_it_was_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with bound_to(Server(port=port), asked=False) as bound:
            got = bound.getsockname()[1]
        assert port < got <= port + 20
        assert capsys.readouterr().out.count(f"Port {port} is in use already: taking {got}") == 1
        with pytest.raises(OSError, match=r"in use already\. Stop what listens there"):
            bound_to(Server(port=port), asked=True)
    with bound_to(Server(port=0), asked=False):
        assert capsys.readouterr().out == ""


def test_the_samples_are_served_only_where_nothing_else_was_named(tmp_path: Path) -> None:
    settings = Settings(models=Models(folder=str(tmp_path)))
    assert with_samples(settings) == settings
    (tmp_path / "samples").mkdir()
    assert with_samples(settings).origins.folder == str(tmp_path / "samples")
    named = Settings(models=settings.models, origins=Origins(allow=("b.com",)))
    assert with_samples(named) == named


def test_grpc_is_beside_http_where_a_port_is_named(tmp_path: Path) -> None:
    assert with_flags(
        at("here"), origin=None, allow_origin=None, host=None, port=None, grpc_port=9
    ).rpc == Rpc(port=9)
    settings = replace(at(tmp_path), caching=Caching(folder=str(tmp_path)))
    assert beside(create(settings)) == []
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="is in use already"):
            beside(create(replace(settings, rpc=Rpc(port=port))))
    (server,) = beside(create(replace(settings, rpc=Rpc(port=port))))
    assert server.port == port
