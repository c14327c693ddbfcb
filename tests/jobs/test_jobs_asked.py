"""What a stranger may ask of a job: what an image URL could ask, and nothing more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from foveate.errors import (
    BadBody,
    BadOption,
    BadUrl,
    FoveateError,
    OptionNotAllowed,
    OriginNotAllowed,
    SourceNotFound,
    UnknownOption,
)
from foveate.jobs.asked import JobAsked, asked_from_json, check, described
from foveate.settings import Jobs, Origins, Settings

if TYPE_CHECKING:
    from pathlib import Path

NAMING = "redact=faces,redact.only=subject:ann"
SMALL = {"renditions": [{"options": "width=8"}]}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "in" / "cats").mkdir(parents=True)
    (tmp_path / "in" / "a.jpg").touch()
    (tmp_path / "in" / ".hidden").mkdir()
    (tmp_path / "out.jpg").touch()
    (tmp_path / "in" / "way-out").symlink_to(tmp_path)
    origins = Origins(folder=str(tmp_path / "in"), allow=("b.com",))
    return Settings(origins=origins, jobs=Jobs(webhooks=("b.com",)))


def checked(said: object, settings: Settings) -> JobAsked:
    """Return what is asked for, as a server that queues it does."""
    asked = asked_from_json(said)
    check(asked, settings)
    return asked


@pytest.mark.parametrize(
    "source", ["a.jpg", "cats", "/cats/", ".", "*.jpg", "cats/**/*.png", "https://b.com/a.jpg"]
)
def test_what_the_server_serves_may_be_a_source(source: str, settings: Settings) -> None:
    asked = checked({**SMALL, "sources": [source]}, settings)
    assert described(asked.description, "/out").sources == (source,)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("nothing.jpg", SourceNotFound),
        ("../out.jpg", SourceNotFound),
        ("cats/../../out.jpg", SourceNotFound),
        ("../*.jpg", SourceNotFound),
        ("way-out", SourceNotFound),
        ("way-out/*.jpg", SourceNotFound),
        (".hidden", SourceNotFound),
        ("-", SourceNotFound),
        ("s3://other/photos/", SourceNotFound),
        ("file:///etc/passwd", SourceNotFound),
        ("a\0.jpg", SourceNotFound),
        ("https://other.com/a.jpg", OriginNotAllowed),
        ("https://me@b.com/a.jpg", BadUrl),
        ("", BadOption),
    ],
)
def test_what_it_does_not_serve_may_not(
    source: str, why: type[FoveateError], settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(why):
        checked({**SMALL, "sources": [source]}, settings)
    with pytest.raises(SourceNotFound):
        checked({**SMALL, "sources": [str(tmp_path / "out.jpg")]}, settings)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([], BadBody),
        ({"sources": ["a.jpg"]}, BadOption),
        ({**SMALL, "sources": ["a.jpg"] * 1001}, BadOption),
        ({**SMALL, "sources": ["/" * 8188 + "a.jpg"]}, BadOption),
        ({"sources": ["a.jpg"], "renditions": [{"options": "", "name": "a" * 8193}]}, BadOption),
        ({**SMALL, "sources": ["a.jpg"], "out": "../up"}, BadOption),
        ({**SMALL, "sources": ["a.jpg"], "out": "s3://b"}, BadOption),
        ({**SMALL, "sources": ["a.jpg"], "webhook": 3}, BadOption),
        ({**SMALL, "sources": ["a.jpg"], "webhook": "https://other.com/"}, OriginNotAllowed),
        ({**SMALL, "sources": ["a.jpg"], "webhook": "ftp://b.com/"}, BadUrl),
        ({**SMALL, "sources": ["a.jpg"], "webhook": "http://10.0.0.1/"}, OriginNotAllowed),
        ({**SMALL, "sources": ["a.jpg"], "webhook": "http://[::1]:9/"}, OriginNotAllowed),
        ({**SMALL, "sources": ["a.jpg"], "command": "rm"}, BadOption),
        ({**SMALL, "sources": ["\ud800.jpg"]}, BadOption),
        ({"sources": ["a.jpg"], "renditions": [{"options": "", "name": "\ud800{ext}"}]}, BadOption),
        ({"sources": ["a.jpg"], "renditions": [{"options": "widht=3"}]}, UnknownOption),
        ({"sources": ["a.jpg"], "renditions": [{"options": NAMING}]}, BadOption),
        ({"sources": ["a.jpg"], "renditions": [{"name": "{nme}.jpg"}]}, BadOption),
        ({"sources": ["a.jpg"], "parts": ["thoughts"]}, BadOption),
        ({"sources": ["a.jpg"], "crops": ["0:9"]}, BadOption),
    ],
)
def test_what_no_job_can_do_is_refused_before_it_is_queued(
    said: Any, why: type[FoveateError], settings: Settings
) -> None:
    with pytest.raises(why):
        checked(said, settings)


def test_a_word_that_a_job_does_not_have_is_told_all_that_it_has() -> None:
    with pytest.raises(BadOption, match=r"on_error, webhook, got 'webhok' \(did you mean webhook"):
        asked_from_json({**SMALL, "sources": ["a.jpg"], "webhok": "https://b.com/"})


def test_where_presets_alone_may_be_asked_for_jobs_ask_for_them(settings: Settings) -> None:
    strict = replace(settings, only_presets=True, presets={"thumb": "width=8"})
    preset = {"sources": ["a.jpg"], "renditions": [{"options": "preset=thumb"}]}
    assert checked(preset, strict).description["renditions"][0]["options"] == "preset=thumb"
    with pytest.raises(OptionNotAllowed):
        checked({**SMALL, "sources": ["a.jpg"]}, strict)
