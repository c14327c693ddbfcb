"""Certificates for content credentials, pictures that carry some, and what is read of them.

All of it with the library of the CAI, in this process; tests skip where it is not installed.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from foveate.imaging.credentials import ClaimSigner
from foveate.imaging.encode import content_type
from foveate.settings import Credentials

if TYPE_CHECKING:
    from pathlib import Path

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
except ImportError:  # it comes with c2pa-python
    x509, USES = None, {}  # type: ignore[assignment]
else:
    USES = {"email": ExtendedKeyUsageOID.EMAIL_PROTECTION, "web": ExtendedKeyUsageOID.SERVER_AUTH}

MISSING = "c2pa-python is not here: pip install 'foveate[c2pa]'"
VERIFY = {"verify_trust": False, "ocsp_fetch": False, "remote_manifest_fetch": False}
QUIET = {"version": 1, "verify": VERIFY, "builder": {"thumbnail": {"enabled": False}}}
CREATED = {
    "action": "c2pa.created",
    "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
}


@dataclass(frozen=True)
class Identity:
    """A certificate that an authority of its own vouches for, and its key, as PEM."""

    certificate: bytes
    key: bytes

    def settings(self, folder: Path) -> Credentials:
        """Write both down, and return the settings that name them."""
        (folder / "chain.pem").write_bytes(self.certificate)
        (folder / "key.pem").write_bytes(self.key)
        return Credentials(certificate=str(folder / "chain.pem"), key=str(folder / "key.pem"))


def identity(days: float = 30, usage: str = "email") -> Identity:
    """Make an authority, and a certificate of it on P-256 that may sign claims, for so long."""
    if x509 is None:
        pytest.skip(MISSING)
    ca_key, own_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    pem = serialization.Encoding.PEM
    chain = (_certificate(own_key, ca_key, days, usage), _certificate(ca_key, ca_key))
    key = own_key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Identity(b"".join(each.public_bytes(pem) for each in chain), key)


def signer_of(who: Identity, algorithm: str = "es256") -> ClaimSigner:
    """Return who signs with that certificate."""
    from foveate.imaging.signing_key import SigningKey  # noqa: PLC0415 - an extra

    key = SigningKey(who.key.decode(), algorithm)
    return ClaimSigner(algorithm, who.certificate.decode(), key, "1")


def _certificate(own: Any, issuer: Any, days: float = 30, may: str = "") -> Any:
    ca = own is issuer

    def name(common: str) -> x509.Name:
        parts = {NameOID.ORGANIZATION_NAME: "Tests", NameOID.COMMON_NAME: common}
        return x509.Name([x509.NameAttribute(*part) for part in parts.items()])

    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    usage = {"digital_signature": not ca, "key_cert_sign": ca, "crl_sign": ca}
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    off = dict.fromkeys((*others, "encipher_only", "decipher_only"), False)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
    made = (
        x509.CertificateBuilder()
        .subject_name(name("authority" if ca else "signer"))
        .issuer_name(name("authority"))
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + days * day)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.KeyUsage(**usage, **off), critical=True)
        .add_extension(identifier, critical=False)
    )
    if not ca:
        uses = x509.ExtendedKeyUsage([USES[may]])
        made = made.add_extension(uses, critical=False)
    return made.sign(issuer, hashes.SHA256())


def captured(picture: bytes, kind: str, who: Identity, thumbnail: bytes = b"") -> bytes:
    """Return the picture as a camera with credentials would write it."""
    c2pa = pytest.importorskip("c2pa", reason=MISSING)
    manifest: dict[str, Any] = {
        "claim_generator_info": [{"name": "A camera", "version": "1"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [CREATED]}}],
    }
    if thumbnail:
        manifest["thumbnail"] = {"format": "image/jpeg", "identifier": "small"}
    builder = c2pa.Builder(manifest, context=c2pa.Context.from_dict(QUIET))
    if thumbnail:
        builder.add_resource("small", BytesIO(thumbnail))
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", who.certificate, who.key, None))
    signed = BytesIO()
    builder.sign(signer, content_type(kind), BytesIO(picture), signed)
    return signed.getvalue()


@dataclass(frozen=True)
class Read:
    """What a picture's content credentials say."""

    state: str
    active: dict[str, Any]
    manifests: dict[str, Any]

    @property
    def actions(self) -> list[str]:
        """The labels of what was done."""
        data = [each for each in self.active["assertions"] if "c2pa.actions" in each["label"]]
        return [action["action"] for each in data for action in each["data"]["actions"]]

    @property
    def parent(self) -> dict[str, Any]:
        """What it was made of."""
        (only,) = self.active["ingredients"]
        return dict(only)


def read(picture: bytes, kind: str) -> Read | None:
    """Return what the credentials of a picture say, or None where it carries none."""
    c2pa = pytest.importorskip("c2pa", reason=MISSING)
    context = c2pa.Context.from_dict(QUIET)
    reader = c2pa.Reader.try_create(content_type(kind), BytesIO(picture), context=context)
    if reader is None:
        return None
    said = json.loads(reader.json())
    active = said["manifests"][said["active_manifest"]]
    return Read(said["validation_state"], active, said["manifests"])
