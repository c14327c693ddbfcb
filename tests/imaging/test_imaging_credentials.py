"""Who signs content credentials, and what is said at start where nobody can."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from c2pa_files import Identity, captured, identity, read, signer_of
from test_imaging_manifest_store import WRITERS, file_of

from foveate.errors import BadSettings, BrokenImage
from foveate.imaging import Image
from foveate.imaging.credentials import ClaimSigner, claim_signer
from foveate.imaging.decode import open_image
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.probe import probe
from foveate.settings import Credentials, Limits
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from pathlib import Path

RESIZED = {"action": "c2pa.resized"}


@pytest.fixture(scope="module")
def who() -> Identity:
    return identity()


@pytest.fixture
def signer(who: Identity) -> ClaimSigner:
    return signer_of(who)


def test_nobody_signs_without_a_certificate() -> None:
    assert claim_signer(Credentials()) is None


def test_a_certificate_and_its_key_are_tried_at_start(who: Identity, tmp_path: Path) -> None:
    signer = claim_signer(who.settings(tmp_path))
    assert signer is not None
    assert signer.algorithm == "es256"
    assert "PRIVATE" not in repr(signer)


def test_only_who_signs_is_in_the_fingerprint(who: Identity, signer: ClaimSigner) -> None:
    other = replace(signer, certificate=identity().certificate.decode())
    again = signer_of(who)
    assert signer.fingerprint == again.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"key": ""}, r"credentials\.key: expected a PEM file beside the other, got none"),
        ({"certificate": ""}, r"credentials\.certificate: expected a PEM file beside"),
        ({"key": "/nowhere/key.pem"}, r"credentials\.key: .*No such file"),
        ({"key": "/dev/zero"}, r"credentials\.key: expected a PEM file, got not a regular"),
        ({"key": "~nosuchuser/key.pem"}, r"credentials\.key: expected a PEM file, got"),
        ({"key": __file__}, r"credentials\.key: expected PEM in .*something else"),
        ({"algorithm": "ps256"}, r"credentials\.key: expected one for ps256, got the key is not"),
    ],
)
def test_what_does_not_fit_is_said_in_words(
    who: Identity, tmp_path: Path, changed: dict[str, str], message: str
) -> None:
    settings = replace(who.settings(tmp_path), **changed)  # type: ignore[arg-type]
    with pytest.raises(BadSettings, match=message):
        claim_signer(settings)


def test_a_key_of_another_certificate_is_refused_and_not_shown(
    who: Identity, tmp_path: Path
) -> None:
    mixed = Identity(who.certificate, identity().key)
    with pytest.raises(BadSettings, match=r"whose key it is.* does not match") as refused:
        claim_signer(mixed.settings(tmp_path))
    assert mixed.key.decode().splitlines()[1] not in str(refused.value)


@pytest.mark.parametrize(
    ("days", "usage", "message"),
    [(-0.5, "email", "not valid at time"), (30, "web", "certificate is invalid")],
)
def test_a_certificate_that_may_not_sign_now_is_refused(
    tmp_path: Path, days: float, usage: str, message: str
) -> None:
    with pytest.raises(BadSettings, match=rf"credentials\.certificate: .*got: .*{message}"):
        claim_signer(identity(days, usage).settings(tmp_path))


@pytest.mark.parametrize("kind", WRITERS)
def test_each_format_is_signed_with_its_original_inside(
    who: Identity, signer: ClaimSigner, kind: str
) -> None:
    original = (captured(file_of(kind), kind, who), ImageFormat(kind))
    signed = signer.signed(file_of(kind), kind, [RESIZED], original, manifests_too=True)
    found = read(signed, kind)
    assert found is not None
    assert found.state == "Valid"
    assert found.actions == ["c2pa.opened", "c2pa.resized"]
    assert found.parent["relationship"] == "parentOf"
    parent = found.manifests[found.parent["active_manifest"]]
    assert parent["claim_generator_info"][0]["name"] == "A camera"
    assert found.active["claim_generator_info"][0]["name"] == "Foveate"
    same = [Image.new_from_buffer(data, "").numpy().tolist() for data in (file_of(kind), signed)]
    assert same[0] == same[1]


def test_a_jpeg_xl_is_signed_and_shows_what_it_did(who: Identity, signer: ClaimSigner) -> None:
    original = (captured(file_of("png"), "png", who), ImageFormat.PNG)
    picture = encode(Image.new_from_buffer(file_of("png"), ""), EncodeOptions(format="jxl"))
    signed = signer.signed(picture, "jxl", [RESIZED], original, manifests_too=True)
    found = read(signed, "jxl")
    assert found is not None
    assert found.state == "Valid"
    shown = [open_image(data, probe(data, Limits())).numpy() for data in (picture, signed)]
    assert (shown[0] == shown[1]).all()


def test_the_original_can_be_named_without_its_manifests(
    who: Identity, signer: ClaimSigner
) -> None:
    original = (captured(file_of("png"), "png", who), ImageFormat.PNG)
    found = read(signer.signed(file_of("png"), "png", [], original, manifests_too=False), "png")
    assert found is not None
    assert (found.state, len(found.manifests)) == ("Valid", 1)
    assert found.parent["instance_id"].startswith("urn:sha256:")
    assert found.actions == ["c2pa.opened"]


def test_an_original_that_was_tampered_with_is_reported_as_such(
    who: Identity, signer: ClaimSigner
) -> None:
    data = bytearray(captured(file_of("jpeg"), "jpeg", who))
    data[-20] ^= 1
    original = (bytes(data), ImageFormat.JPEG)
    found = read(signer.signed(file_of("jpeg"), "jpeg", [], original, manifests_too=True), "jpeg")
    assert found is not None
    assert found.state == "Valid"
    failures = found.parent["validation_results"]["activeManifest"]["failure"]
    assert [failure["code"] for failure in failures] == ["assertion.dataHash.mismatch"]


def test_manifests_that_cannot_be_read_are_an_error(who: Identity, signer: ClaimSigner) -> None:
    data = captured(file_of("png"), "png", who)
    at = data.index(b"jumb")
    hostile = data[: at + 60] + b"\xff" * 200 + data[at + 260 :]
    with pytest.raises(BrokenImage):
        signer.signed(file_of("png"), "png", [], (hostile, ImageFormat.PNG), manifests_too=True)
