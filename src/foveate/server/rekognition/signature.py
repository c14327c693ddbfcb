"""AWS Signature Version 4 of a request with a body, verified.

Source: "AWS Signature Version 4 for API requests" in AWS's IAM user guide: the canonical request,
the string to sign, the signing key, and the header `Authorization`. Presigned queries and chunked
payloads, which no call of Rekognition needs, are refused.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import quote

from foveate.server.rekognition.problems import Kind, Refused

ALGORITHM: Final = "AWS4-HMAC-SHA256"
SERVICE: Final = "rekognition"
TERMINATOR: Final = "aws4_request"
SKEW_S: Final = 300
"""A request is good for so long before and after the time that it names."""
NEEDED: Final = frozenset({"host", "x-amz-date", "x-amz-target"})
"""Headers that must be signed: without one of them a signature could be used for another call."""
OURS: Final = "x-amz-"
"""All headers that begin so must be signed as well."""
DIGEST: Final = "x-amz-content-sha256"
TOKEN: Final = "x-amz-security-token"  # noqa: S105 - a header's name
_CREDENTIAL: Final = re.compile(r"(\w{1,128})/(\d{8})/([a-z0-9-]{1,32})/([a-z0-9-]+)/(\w+)", re.A)
_SIGNATURE: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
_PARTS: Final = ("Credential", "SignedHeaders", "Signature")

Headers = Sequence[tuple[bytes, bytes]]
"""Names in lower case, and values, in the order in which they came."""


class Claim(NamedTuple):
    """What the header `Authorization` says."""

    access_key: str
    date: str
    """YYYYMMDD."""
    region: str
    signed: tuple[str, ...]
    """Names of the signed headers, in their order."""
    signature: str
    """64 hex digits."""
    at: str
    """When it was signed, as YYYYMMDD'T'HHMMSS'Z'."""

    @property
    def scope(self) -> str:
        """Return the credential scope."""
        return f"{self.date}/{self.region}/{SERVICE}/{TERMINATOR}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A request of which the signature can be verified once its body is here."""

    claim: Claim
    paths: tuple[str, ...]
    """Under which it may have been asked for: as it came, and as it was before a proxy's prefix
    was taken off."""
    headers: Headers

    def verify(self, body: bytes, secret: str) -> None:
        """Do nothing where whoever has that secret signed it with that body. Raises Refused."""
        payload = sha256(body).hexdigest()
        told = _values(self.headers, DIGEST)
        same = all(hmac.compare_digest(each, payload.encode()) for each in told)
        key = signing_key(secret, self.claim)
        # All of them are made and compared, whichever is right.
        right = [
            hmac.compare_digest(self._signature(path, payload, key), self.claim.signature)
            for path in self.paths
        ]
        if not (same and any(right)):
            raise _wrong(
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method."
            )

    def _signature(self, path: str, payload: str, key: bytes) -> str:
        request = self.canonical(path, payload)
        digest = sha256(request.encode("latin-1")).hexdigest()
        text = "\n".join((ALGORITHM, self.claim.at, self.claim.scope, digest))
        return hmac.new(key, text.encode(), sha256).hexdigest()

    def canonical(self, path: str, payload: str) -> str:
        """Return the canonical request for a path, and the hash of the body in hex."""
        lines = [f"{name}:{_canonical(self.headers, name)}" for name in self.claim.signed]
        names = ";".join(self.claim.signed)
        # What came is percent-encoded once more, as for every service but S3. No call has a query.
        return "\n".join(("POST", quote(path), "", *lines, "", names, payload))


def read_claim(headers: Headers, *, now: datetime, region: str = "") -> Claim:
    """Return what a request says of who signed it, where that is recent and for this service.

    Where `region` is set it must be that one. Raises Refused.
    """
    given = _values(headers, "authorization")
    if not given:
        raise Refused(Kind.NO_TOKEN, "Missing Authentication Token")
    dates = _values(headers, "x-amz-date")
    if len(given) > 1 or len(dates) != 1:
        raise _incomplete("Expected one Authorization header and one X-Amz-Date.")
    claim = _claim(given[0].decode("latin-1"), dates[0].decode("latin-1"))
    _check_time(claim, now)
    _check_scope(claim, region)
    _check_headers(claim, headers)
    return claim


def signing_key(secret: str, claim: Claim) -> bytes:
    """Return the key of one day, region and service, derived from a secret."""
    key = f"AWS4{secret}".encode()
    for part in (claim.date, claim.region, SERVICE, TERMINATOR):
        key = hmac.new(key, part.encode(), sha256).digest()
    return key


def _claim(authorization: str, at: str) -> Claim:
    algorithm, _, rest = authorization.partition(" ")
    if algorithm != ALGORITHM:
        raise _incomplete(f"Expected the algorithm {ALGORITHM}.")
    pairs = [part.strip().partition("=") for part in rest.split(",")]
    said = {name: value for name, _, value in pairs}
    if len(pairs) != len(_PARTS) or any(name not in said for name in _PARTS):
        raise _incomplete(f"Authorization header requires {', '.join(_PARTS)}.")
    credential = _CREDENTIAL.fullmatch(said["Credential"])
    if credential is None:
        raise _incomplete(
            "Expected a Credential as ACCESS_KEY_ID/YYYYMMDD/REGION/rekognition/aws4_request."
        )
    access_key, date, region, service, terminator = credential.groups()
    if (service, terminator) != (SERVICE, TERMINATOR):
        raise _wrong(f"Credential should be scoped to correct service: '{SERVICE}'.")
    names = tuple(said["SignedHeaders"].split(";"))
    signature = said["Signature"]
    in_order = list(names) == sorted(set(names)) and all(map(_NAME.fullmatch, names))
    if not in_order or not _SIGNATURE.fullmatch(signature):
        raise _incomplete("Expected SignedHeaders in order, and a Signature of 64 hex digits.")
    return Claim(access_key, date, region, names, signature, at)


def _check_time(claim: Claim, now: datetime) -> None:
    try:
        at = datetime.strptime(claim.at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as why:
        raise _incomplete("Expected X-Amz-Date as YYYYMMDD'T'HHMMSS'Z'.") from why
    if f"{at:%Y%m%d}" != claim.date:
        raise _wrong("Date in Credential scope does not match YYYYMMDD from X-Amz-Date.")
    late_s = (now - at).total_seconds()
    if late_s > SKEW_S:
        raise _wrong(f"Signature expired: {claim.at} is more than {SKEW_S // 60} min. ago.")
    if late_s < -SKEW_S:
        raise _wrong(f"Signature not yet current: {claim.at} is more than {SKEW_S // 60} min. off.")


def _check_scope(claim: Claim, region: str) -> None:
    if region and claim.region != region:
        raise _wrong("Credential should be scoped to a valid region.")


def _check_headers(claim: Claim, headers: Headers) -> None:
    names = [name.decode("latin-1") for name, _ in headers]
    must = NEEDED | {name for name in names if name.startswith(OURS)}
    if missing := sorted(must - set(claim.signed)):
        raise _wrong(f"Expected signed headers, got these without: {', '.join(missing)[:200]}.")
    if absent := sorted(set(claim.signed) - set(names)):
        raise _wrong(f"Signed headers are missing: {', '.join(absent)[:200]}.")
    if names.count("host") != 1 or names.count("x-amz-target") != 1:
        raise _wrong("Expected one Host and one X-Amz-Target.")
    if any(_values(headers, TOKEN)):
        # There are no sessions here, so no token is one of ours.
        raise Refused(Kind.UNKNOWN_KEY, "The security token included in the request is invalid.")


def _values(headers: Headers, name: str) -> list[bytes]:
    wanted = name.encode()
    return [value for each, value in headers if each == wanted]


def _canonical(headers: Headers, name: str) -> str:
    """Return the values of a header with their spaces trimmed, joined by commas."""
    return ",".join(" ".join(value.decode("latin-1").split()) for value in _values(headers, name))


def _incomplete(message: str) -> Refused:
    return Refused(Kind.INCOMPLETE, message)


def _wrong(message: str) -> Refused:
    return Refused(Kind.SIGNATURE, message)
