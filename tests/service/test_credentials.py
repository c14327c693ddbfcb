"""Answers carry content credentials where their originals do, and say what was done."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from c2pa_files import Identity, Read, captured, identity, read, signer_of
from service_networks import Detector, analyses, picture, soon

from foveate.deadline import Deadline
from foveate.errors import TimedOut
from foveate.imaging import Image
from foveate.imaging.credentials import ClaimSigner
from foveate.options.grammar import parse_options
from foveate.options.model import Overlay, TransformOptions
from foveate.service.credentials import TOO_LARGE, TOO_SLOW, UNREADABLE, UNSIGNED
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.rendition import Rendition


@pytest.fixture(scope="module")
def who() -> Identity:
    return identity()


@pytest.fixture
def signer(who: Identity) -> ClaimSigner:
    return signer_of(who)


@pytest.fixture
def original(photo: Image, who: Identity) -> bytes:
    return captured(photo.jpegsave_buffer(Q=90), "jpeg", who)


def render(data: bytes, text: str, signer: ClaimSigner | None) -> Rendition:
    renderer = Renderer(
        analyses=analyses(Detector()), limits=Limits(), encoding=Encoding(), signer=signer
    )
    return renderer(picture(data), parse_options(text).options, deadline=soon())


class Slow:
    """A key of which nothing is heard."""

    @contextmanager
    def answering(self) -> Iterator[tuple[int, int]]:
        asked, asks = os.pipe()
        answers, answered = os.pipe()
        try:
            yield asks, answers
        finally:
            for each in (asked, asks, answers, answered):
                os.close(each)


def opened(made: Rendition) -> Image:
    return Image.new_from_buffer(made.data, "", n=-1)


def kind_of(made: Rendition) -> str:
    return made.content_type.removeprefix("image/")


def read_of(made: Rendition) -> Read:
    found = read(made.data, kind_of(made))
    assert found is not None
    assert found.state == "Valid"
    return found


@pytest.mark.parametrize(
    ("options", "done"),
    [
        ("width=80", ["c2pa.resized", "c2pa.transcoded"]),
        ("format=webp", ["c2pa.converted"]),
        (
            "width=80,height=80,fit=cover,gravity=face,format=png",
            ["c2pa.cropped", "c2pa.resized", "c2pa.converted"],
        ),
        ("trim=20;0;0;0,quality=50", ["c2pa.cropped", "c2pa.transcoded"]),
        ("rotate=90", ["c2pa.orientation", "c2pa.transcoded"]),
        ("brightness=1.2,blur=3", ["c2pa.color_adjustments", "c2pa.filtered", "c2pa.transcoded"]),
        ("width=320,height=320,fit=pad", ["c2pa.edited", "c2pa.transcoded"]),
        ("border.color=red,border.width=4", ["c2pa.edited", "c2pa.transcoded"]),
        ("segment=foreground,format=avif", ["c2pa.edited", "c2pa.converted"]),
    ],
)
def test_a_manifest_says_what_was_done_to_its_parent(
    original: bytes, signer: ClaimSigner, options: str, done: list[str]
) -> None:
    found = read_of(render(original, options, signer))
    assert found.actions == ["c2pa.opened", *done]
    parent = found.manifests[found.parent["active_manifest"]]
    assert parent["claim_generator_info"][0]["name"] == "A camera"


def test_the_picture_is_the_same_but_for_its_manifest(original: bytes, signer: ClaimSigner) -> None:
    signed, bare = (render(original, "width=80,format=png", each) for each in (signer, None))
    assert signed.size == bare.size
    pixels = [made.to_numpy().tolist() for made in (signed, bare)]
    assert pixels[0] == pixels[1]


def test_what_is_laid_over_it_is_said(original: bytes, signer: ClaimSigner, photo: Image) -> None:
    url = "https://a.b/c.png"
    overlay = Overlay(url=url, options=TransformOptions(), width=20)
    renderer = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding(), signer=signer)
    made = renderer(
        picture(original),
        TransformOptions(width=80, draw=(overlay,)),
        deadline=soon(),
        others={url: picture(photo.pngsave_buffer())},
    )
    assert read_of(made).actions[-2:] == ["c2pa.drawing", "c2pa.transcoded"]


def test_an_animation_that_stands_still_says_that_frames_are_gone(
    photo: Image, who: Identity, signer: ClaimSigner
) -> None:
    tall = photo.join(photo.invert(), "vertical").copy()
    tall.set_type(photo.get_typeof("width"), "page-height", photo.height)
    moving = captured(tall.gifsave_buffer(), "gif", who)
    assert "c2pa.trimmed" in read_of(render(moving, "anim=false,width=80", signer)).actions
    for kind in ("gif", "webp"):
        made = render(moving, f"width=80,format={kind}", signer)
        assert "c2pa.trimmed" not in read_of(made).actions
        assert opened(made).get("n-pages") == 2


def test_hidden_faces_are_in_no_thumbnail(photo: Image, who: Identity, signer: ClaimSigner) -> None:
    jpeg = photo.jpegsave_buffer()
    small = photo.resize(0.5).jpegsave_buffer()
    data = captured(jpeg, "jpeg", who, thumbnail=small)
    assert small in render(data, "width=80", signer).data, "or this test would see nothing"
    made = render(data, "width=80,redact=faces", signer)
    found = read_of(made)
    assert "foveate.redacted" in found.actions
    assert len(found.manifests) == 1
    assert small[200:260] not in made.data


@pytest.mark.parametrize("options", ["width=80", "format=png", "segment=foreground"])
def test_without_a_certificate_or_with_metadata_none_there_are_no_credentials(
    original: bytes, signer: ClaimSigner, options: str
) -> None:
    for text, who_signs in ((options, None), (f"{options},metadata=none", signer)):
        made = render(original, text, who_signs)
        assert read(made.data, kind_of(made)) is None
        assert "Foveate-Note" not in made.headers


def test_a_picture_without_credentials_gets_none(photo: Image, signer: ClaimSigner) -> None:
    made = render(photo.jpegsave_buffer(), "width=80", signer)
    assert read(made.data, "jpeg") is None


def hostile_files(original: bytes) -> dict[str, bytes]:
    at = original.index(b"jumb")
    end = original.index(b"\xff\xdb")
    length = int.from_bytes(original[at - 14 : at - 12], "big")
    behind = original[at - 14 + length :]
    return {
        "noise": original[: at + 60] + b"\xff" * 200 + original[at + 260 :],
        "zeros": original[: at + 60] + bytes(end - at - 60) + original[end:],
        "nested": original[: at + 40] + b"\0\0\xff\xffjumb" * 40 + original[at + 360 :],
        "cut": original[: at - 14] + b"\0\x60" + original[at - 12 : at + 82] + behind,
    }


@pytest.mark.parametrize("name", ["noise", "zeros", "nested", "cut"])
def test_hostile_manifests_cost_the_credentials_and_not_the_picture(
    original: bytes, signer: ClaimSigner, name: str
) -> None:
    made = render(hostile_files(original)[name], "width=80,format=png", signer)
    assert made.headers["Foveate-Note"] == UNREADABLE
    assert read(made.data, "png") is None
    assert made.to_numpy().shape[:2] == (60, 80)


def test_a_certificate_that_ran_out_costs_the_credentials_and_is_in_the_log(
    original: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    made = render(original, "width=80", signer_of(identity(days=-0.5)))
    assert made.headers["Foveate-Note"] == UNSIGNED
    assert read(made.data, "jpeg") is None
    assert "not valid at time" in caplog.text


class Late(ClaimSigner):
    """Its process takes longer than it may."""

    def signed(self, *_: object, **__: object) -> bytes:
        raise TimedOut("Expected credentials to be done in its time.")


def test_credentials_that_take_too_long_are_dropped(original: bytes) -> None:
    made = render(original, "width=80", Late("es256", "", Slow(), "1"))  # type: ignore[arg-type]
    assert made.headers["Foveate-Note"] == TOO_SLOW
    assert made.to_numpy().shape[1] == 80


def test_a_picture_whose_time_is_over_is_not_answered_without(
    original: bytes, who: Identity
) -> None:
    slow = replace(signer_of(who), key=Slow())  # type: ignore[arg-type]
    renderer = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding(), signer=slow)
    over = Deadline(time.monotonic() + 1.5)
    with pytest.raises(TimedOut):
        renderer(picture(original), TransformOptions(width=80), deadline=over)


def test_credentials_beyond_any_measure_are_dropped_unread(
    photo: Image, signer: ClaimSigner
) -> None:
    chunk = bytes(5_000_000)
    png = photo.pngsave_buffer()
    data = png[:33] + len(chunk).to_bytes(4, "big") + b"caBX" + chunk + bytes(4) + png[33:]
    made = render(data, "width=80", signer)
    assert made.headers["Foveate-Note"] == TOO_LARGE
    assert read(made.data, "png") is None


def test_what_signing_takes_is_counted(original: bytes, photo: Image, signer: ClaimSigner) -> None:
    def need(data: bytes, who_signs: ClaimSigner | None, text: str = "width=80") -> int:
        renderer = Renderer(
            analyses=analyses(), limits=Limits(), encoding=Encoding(), signer=who_signs
        )
        return renderer.prepare(picture(data), parse_options(text).options).memory_bytes

    assert need(original, signer) > need(original, None) + 50_000_000
    assert need(original, signer, "width=80,metadata=none") == need(original, None)
    bare = photo.jpegsave_buffer()
    assert need(bare, signer) == need(bare, None)


def test_an_original_that_is_answered_as_it_is_keeps_what_it_carries(
    photo: Image, who: Identity
) -> None:
    tall = photo.join(photo.invert(), "vertical").copy()
    tall.set_type(photo.get_typeof("width"), "page-height", photo.height)
    moving = captured(tall.gifsave_buffer(), "gif", who)
    renderer = Renderer(analyses=analyses(), limits=Limits(max_frames=1), encoding=Encoding())
    made = renderer(picture(moving), parse_options("width=80").options, deadline=soon())
    assert made.data == moving
