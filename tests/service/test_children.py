"""How many processes a HEIC costs: one a request, however much is made of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from imaging_pictures import HEIC
from service_networks import Detector, analyses, done, picture

from foveate.options.grammar import parse_options
from foveate.service.crops import Cropper
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTED: list[str] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "subprocess.Popen":
        STARTED.append(str(arguments[0]))


sys.addaudithook(_note)  # one hook for the process: none can be taken away again


@pytest.fixture
def started() -> Iterator[list[str]]:
    STARTED.clear()
    yield STARTED
    STARTED.clear()


def renderer() -> Renderer:
    seeing = analyses(Detector(None))
    return Renderer(analyses=seeing, limits=Limits(), encoding=Encoding())


@pytest.mark.parametrize(
    "text",
    ["width=20", "width=20,height=20,fit=cover,gravity=face", "segment=foreground", "redact=faces"],
)
def test_a_rendition_of_a_heic_starts_one_child(text: str, started: list[str]) -> None:
    done(renderer().prepare(picture(HEIC), parse_options(text).options))
    assert len(started) == 1


def test_the_header_alone_starts_none(started: list[str]) -> None:
    assert picture(HEIC).facts.size.area > 0
    assert done(renderer().prepare(picture(HEIC), parse_options("format=json").options)).size
    assert started == []


def test_five_crops_share_one_child(started: list[str]) -> None:
    drawn = renderer()
    cropper = Cropper(analyses=drawn.analyses, limits=Limits(), renderer=drawn)
    aspects = ["1:1", "4:5", "9:16", "16:9", "3:1"]
    made = done(cropper.prepare_pictures(picture(HEIC), aspects))
    assert len(made) == len(aspects)
    assert len(started) == 1
