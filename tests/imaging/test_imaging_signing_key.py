"""Keys of all kinds sign claims, and nothing else."""

from __future__ import annotations

import os

import pytest
from c2pa_files import MISSING

pytest.importorskip("cryptography", reason=MISSING)

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from foveate.imaging.signing_key import CLAIM, SigningKey

DATA = CLAIM + b"what was done"
FORMS = serialization.PrivateFormat
CURVES = {"es256": ec.SECP256R1(), "es384": ec.SECP384R1(), "es512": ec.SECP521R1()}
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


def pem(key: object, form: serialization.PrivateFormat = FORMS.PKCS8, password: bytes = b"") -> str:
    how = serialization.NoEncryption()
    locked = serialization.BestAvailableEncryption(password) if password else how
    text: bytes = key.private_bytes(serialization.Encoding.PEM, form, locked)  # type: ignore[attr-defined]
    return text.decode()


@pytest.mark.parametrize("algorithm", CURVES)
@pytest.mark.parametrize("form", [FORMS.PKCS8, FORMS.TraditionalOpenSSL])
def test_a_key_on_a_curve_signs_with_two_numbers_of_its_width(
    algorithm: str, form: serialization.PrivateFormat
) -> None:
    key = ec.generate_private_key(CURVES[algorithm])
    made = SigningKey(pem(key, form), algorithm).sign(DATA)
    half = len(made) // 2
    assert half == (key.curve.key_size + 7) // 8
    numbers = (int.from_bytes(part, "big") for part in (made[:half], made[half:]))
    der = utils.encode_dss_signature(*numbers)
    key.public_key().verify(der, DATA, ec.ECDSA(HASHES[algorithm[2:]]))


@pytest.mark.parametrize("algorithm", ["ps256", "ps384", "ps512"])
def test_a_key_of_rsa_signs_with_salt(algorithm: str) -> None:
    key, digest = rsa.generate_private_key(65537, 2048), HASHES[algorithm[2:]]
    made = SigningKey(pem(key), algorithm).sign(DATA)
    salted = padding.PSS(padding.MGF1(digest), digest.digest_size)
    key.public_key().verify(made, DATA, salted, digest)
    with pytest.raises(InvalidSignature):
        key.public_key().verify(made, DATA + b"!", salted, digest)


def test_an_edwards_key_signs() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    key.public_key().verify(SigningKey(pem(key), "ed25519").sign(DATA), DATA)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (pem(ed25519.Ed25519PrivateKey.generate()), "not one for es256"),
        (pem(ed25519.Ed25519PrivateKey.generate(), password=b"x"), "needs a password"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "deserialize|parse"),
    ],
)
def test_other_keys_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SigningKey(text, "es256")


@pytest.fixture
def key() -> SigningKey:
    return SigningKey(pem(ed25519.Ed25519PrivateKey.generate()), "ed25519")


def test_nothing_but_a_claim_is_signed(key: SigningKey) -> None:
    with pytest.raises(ValueError, match="Expected a claim"):
        key.sign(b"a letter of credit")


@pytest.mark.parametrize(
    ("said", "signed"),
    [
        (len(DATA).to_bytes(4, "big") + DATA, True),
        (b"\0\0\0\x12a letter of credit", False),
        (b"\xff\xff\xff\xff" + CLAIM[:4], False),
        (b"\0", False),
        (b"", False),
    ],
)
def test_who_has_the_pipes_gets_a_signature_of_a_claim_alone(
    key: SigningKey, said: bytes, *, signed: bool
) -> None:
    with key.answering() as (asks, answers):
        other = os.dup(answers)  # as a process has them
        os.write(asks, said)
    assert bool(os.read(other, 4096)) is signed
    os.close(other)
