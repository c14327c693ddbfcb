from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.cli.serve import TRY, banner, with_flags, with_samples
from foveate.options.grammar import parse_options
from foveate.settings import Models, Origins, Settings

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
    lines = banner("http://h:1", at(tmp_path))
    urls = [line.strip() for line in lines if "/cdn-cgi/image/" in line]
    assert [url.rpartition("/")[2] for url in urls] == ["a%20b.JPG"] * 3
    assert lines[-1].strip() == "http://h:1/docs"


def test_what_the_banner_offers_are_options_that_exist() -> None:
    assert all(parse_options(options).unknown == () for options in TRY)


def test_without_pictures_the_banner_names_the_docs_alone(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none", "s3://bucket", ""):
        lines = banner("http://h:1", at(folder))
        assert not any("/cdn-cgi/" in line for line in lines)
        assert lines[-1].strip() == "http://h:1/docs"


def test_the_samples_are_served_only_where_nothing_else_was_named(tmp_path: Path) -> None:
    settings = Settings(models=Models(folder=str(tmp_path)))
    assert with_samples(settings) == settings
    (tmp_path / "samples").mkdir()
    assert with_samples(settings).origins.folder == str(tmp_path / "samples")
    named = Settings(models=settings.models, origins=Origins(allow=("b.com",)))
    assert with_samples(named) == named
