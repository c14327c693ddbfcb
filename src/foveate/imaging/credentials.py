"""Content credentials of pictures that are made here: a manifest of C2PA 2.2, and who signs it.

The library that reads and writes manifests is an extra, and runs in the sandbox alone. The key does
not go there: who got hold of that process could have a claim signed, and take nothing with him.
"""

from __future__ import annotations

import hashlib
import json
import sys
from base64 import b64decode
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.configuration.file import small_text
from foveate.errors import BadInstallation, BadSettings, BrokenImage, EncodeFailed
from foveate.imaging.encode import content_type
from foveate.imaging.jxl import boxed
from foveate.imaging.sandbox import ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.imaging.signing_key import SigningKey
    from foveate.settings import Credentials
    from foveate.values import ImageFormat

PACKAGE: Final = "c2pa-python"
CURE: Final = "pip install 'foveate[c2pa]'"
MAX_STORE: Final = 4 * 1024 * 1024
"""Bytes of credentials that an original may carry: some dozen manifests with their thumbnails."""
TIMEOUT_S: Final = 10.0
PROCESS_BYTES: Final = 72 * 1024 * 1024
"""What signing the smallest picture takes, as measured."""
COPIES: Final = 5
"""How often an original is held meanwhile: on its way, and there."""
MANIFESTS: Final = 1
"""To be raised when a release says something else of the same options."""
_PARENT: Final = "original"
_TRIAL: Final = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""


@dataclass(frozen=True, slots=True)
class ClaimSigner:
    """Who signs for what was done to pictures: the operator, with a certificate."""

    algorithm: str
    certificate: str
    key: SigningKey
    library: str
    """The version of what writes manifests."""

    @property
    def fingerprint(self) -> str:
        """Return what changes when the same options would be signed otherwise."""
        said = (str(MANIFESTS), self.library, self.algorithm, self.certificate)
        return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]

    def signed(
        self,
        picture: bytes,
        kind: str,
        actions: Sequence[Mapping[str, Any]],
        original: tuple[bytes, ImageFormat],
        *,
        manifests_too: bool,
    ) -> bytes:
        """Return a picture of format `kind` with a manifest: what was done to which original.

        The manifests of the original come along, with `manifests_too`. Raises BrokenImage and
        TooManyPixels for those that cannot be read, EncodeFailed where nobody signs, TimedOut,
        ClientDisconnected, DecoderKilled.
        """
        data, was = original
        parent = {"relationship": "parentOf", "label": _PARENT, "format": content_type(str(was))}
        opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [_PARENT]}}
        manifest = _manifest([opened, *actions])
        if not manifests_too:
            manifest["ingredients"] = [parent | {"instance_id": _name_of(data)}]
        order = {
            "manifest": manifest,
            "parent": parent,
            "original_type": content_type(str(was)),
            "proven": False,
        }
        whole = boxed(picture) if kind == "jxl" else picture
        return self._ask(order, whole, kind, data if manifests_too else b"")

    def prove(self) -> None:
        """Sign one pixel. Raises EncodeFailed where the certificate is not one for it."""
        created = {"action": "c2pa.created", "digitalSourceType": _EMPTY}
        self._ask({"manifest": _manifest([created]), "proven": True}, _TRIAL, "png", b"")

    def _ask(self, order: dict[str, Any], picture: bytes, kind: str, original: bytes) -> bytes:
        with self.key.answering() as pipes:
            whole = order | {
                "picture_bytes": len(picture),
                "picture_type": content_type(kind),
                "algorithm": self.algorithm,
                "certificate": self.certificate,
                "pipes": pipes,
            }
            given = b"".join([json.dumps(whole).encode(), b"\n", picture, original])
            answer = ask("credentials", given, timeout_s=TIMEOUT_S, pipes=pipes)
        if answer["refused"]:
            raise EncodeFailed(f"Expected a signature, got: {answer['refused']}")
        return bytes(answer["body"])


NOT_ON_WINDOWS: Final = (
    "credentials.certificate is set, and on Windows nothing signs: the process that puts manifests "
    "together cannot be handed the pipes to the key there. Unset it."
)
_EMPTY: Final = "http://c2pa.org/digitalsourcetype/empty"


def _manifest(actions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    done = {"actions": list(actions), "allActionsIncluded": True}
    return {
        "claim_generator_info": [{"name": "Foveate", "version": version("foveate")}],
        "assertions": [{"label": "c2pa.actions.v2", "data": done}],
    }


def _name_of(data: bytes) -> str:
    return f"urn:sha256:{hashlib.sha256(data).hexdigest()}"


def claim_signer(settings: Credentials) -> ClaimSigner | None:
    """Return who signs, once one signature was tried, or None where no certificate is set.

    Raises BadInstallation without the extra, and BadSettings for files that cannot be read or do
    not fit each other.
    """
    if not (settings.certificate or settings.key):
        return None
    library = _installed()
    if sys.platform == "win32":
        raise BadInstallation(NOT_ON_WINDOWS, public=NOT_ON_WINDOWS)
    from foveate.imaging.signing_key import SigningKey  # noqa: PLC0415 - an extra

    algorithm = settings.algorithm
    certificate, pem = _text("certificate", settings.certificate), _text("key", settings.key)
    try:
        key = SigningKey(pem, algorithm)
    except ValueError as why:
        raise BadSettings(f"credentials.key: expected one for {algorithm}, got {why}.") from why
    signer = ClaimSigner(algorithm, certificate, key, library)
    try:
        signer.prove()
    except (EncodeFailed, BrokenImage) as why:
        wanted = "expected one that may sign claims, and whose key it is"
        got = str(why).rpartition(", got: ")[2]
        raise BadSettings(f"credentials.certificate: {wanted}, got: {got}") from why
    return signer


def _installed() -> str:
    """Return the version of the extra. Raises BadInstallation."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        sentence = f"credentials.certificate is set, and {PACKAGE} is not installed. "
        sentence += f"Install it: {CURE}"
        raise BadInstallation(sentence, public=sentence) from None


def _text(name: str, written: str) -> str:
    """Return what is in the PEM file that a setting names."""
    if not written:
        raise BadSettings(f"credentials.{name}: expected a PEM file beside the other, got none.")
    try:
        text = small_text(Path(written).expanduser(), "ascii")
    except (OSError, ValueError, RuntimeError) as why:
        raise BadSettings(f"credentials.{name}: expected a PEM file, got {why}.") from why
    if "-----BEGIN" not in text:
        raise BadSettings(f"credentials.{name}: expected PEM in {written}, got something else.")
    return text
