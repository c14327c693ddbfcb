"""Originals in a bucket of an S3-compatible service."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from foveate.errors import (
    CredentialsMissing,
    SourceError,
    SourceFailed,
    SourceNotFound,
    SourceRefused,
    SourceTimeout,
    SourceTooLarge,
    SourceUnreachable,
    SourceUnresolved,
)
from foveate.storage.codings import unpacked
from foveate.storage.freshness import Freshness, Known
from foveate.storage.headers import lifetime
from foveate.storage.keys import segments
from foveate.storage.renewals import Renewals
from foveate.storage.source import Source
from foveate.values import Lifetime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore import ObjectMeta
    from obstore.store import ClientConfig, RetryConfig, S3Config

    from foveate.settings import Origins

RETRIES: Final = 1
"""The client in front of us may ask again; waiting longer than a timeout helps nobody."""

FAILURES: Final[tuple[tuple[type[Exception], type[SourceError]], ...]] = (
    (FileNotFoundError, SourceNotFound),
    (PermissionDeniedError, SourceRefused),
    (UnauthenticatedError, SourceRefused),
    (TimeoutError, SourceTimeout),
)
CAUSES: Final[tuple[tuple[re.Pattern[str], type[SourceError]], ...]] = (
    (re.compile(r"kind: Timeout,"), SourceTimeout),
    (re.compile(r'^\s+"dns error",', re.MULTILINE), SourceUnresolved),
    (re.compile(r"^\s+status: (5\d\d|408|429),", re.MULTILINE), SourceFailed),
    (re.compile(r"^\s+status: 4\d\d,", re.MULTILINE), SourceRefused),
)
"""obstore has one class for all other failures, and tells them apart in its text only."""
SAID: Final[dict[type[SourceError], str]] = {
    SourceNotFound: "there is no such object",
    SourceRefused: "the service refused it",
    SourceTimeout: "no answer in time",
    SourceUnresolved: "no address is known of the service",
    SourceFailed: "the service failed",
}
NO_ANSWER: Final = "no answer that can be read"
CODE: Final = re.compile(r"<Code>(\w{1,64})</Code>")
STATUS: Final = re.compile(r"^\s+status: ([45]\d\d),", re.MULTILINE)
METADATA: Final = re.compile(r"://(169\.254\.1(69\.254|70\.2|70\.23)|\[fd00:ec2::)")
"""Where machines of AWS are told their credentials: asked only where there are no others."""
CREDENTIALS: Final = (
    "FOVEATE_ORIGINS__S3_ACCESS_KEY_ID and FOVEATE_ORIGINS__S3_SECRET_ACCESS_KEY, "
    "or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)


class S3Origin:
    """The objects under one prefix of a bucket, by decoded relative path."""

    def __init__(self, bucket: str, prefix: str, origins: Origins, max_bytes: int) -> None:
        self._bucket = bucket
        self._prefix = prefix.strip("/")
        self._max_bytes = max_bytes
        self._timeout_s = origins.connect_timeout_s + origins.read_timeout_s
        self._store = open_bucket(bucket, origins)
        self._table = Freshness(origins.min_ttl_s)
        self._renewals = Renewals(self._table, self._timeout_s)

    async def version(self, key: str) -> str | None:
        """Return the version; asks the service unless it did within the time to live."""
        known = self._table.last(key)
        if known is None:
            return await self._renewals.ask(key, self._bucket, lambda: self._head(key))
        if self._table.is_fresh(known):
            return known.version
        return await self._renewals.version(key, known, self._bucket, lambda: self._head(key))

    def version_now(self, key: str) -> str | None:
        """Return the version within the time to live."""
        return self._table.version(key)

    def last(self, key: str) -> Known | None:
        """Return what was last seen."""
        return self._table.last(key)

    def forget_bytes(self) -> None:
        """Do nothing: no bytes are read but for who asks."""

    async def read(self, key: str) -> Source:
        """Return the object. Raises a SourceError."""
        with as_source_errors(key):
            async with asyncio.timeout(self._timeout_s):
                # Size and version come before the body, of the same object: no HEAD is needed.
                found = await self._store.get_async(self._path(key))
                self._check(key, found.meta)
                data = bytes(await found.bytes_async())
                coding = str(found.attributes.get("Content-Encoding", ""))
                data = await unpacked(data, coding, self._max_bytes)
        told = {"cache-control": str(found.attributes.get("Cache-Control", ""))}
        said = lifetime(told, time.time())
        said = replace(said, etag=(found.meta["e_tag"] or "").strip('"'))
        return Source(data, self._note(key, found.meta, said), said)

    async def _head(self, key: str) -> str:
        with as_source_errors(key):
            async with asyncio.timeout(self._timeout_s):
                found = await self._store.head_async(self._path(key))
        known = self._table.last(key)
        return self._note(key, found, known.lifetime if known else Lifetime())

    def _note(self, key: str, found: ObjectMeta, said: Lifetime) -> str:
        version = (found["e_tag"] or "").strip('"')
        version = version or f"{found['size']}-{found['last_modified'].timestamp()}"
        self._table.note(key, Known(version, said))
        return version

    def _check(self, key: str, found: ObjectMeta) -> None:
        if found["size"] > self._max_bytes:
            raise SourceTooLarge(
                f"{key}: expected at most {self._max_bytes} bytes, got {found['size']}."
            )

    def _path(self, key: str) -> str:
        return "/".join((*filter(None, (self._prefix,)), *segments(key)))


def open_bucket(
    bucket: str, origins: Origins, prefix: str | None = None, *, in_bulk: bool = False
) -> S3Store:
    """Open the bucket; what the settings leave empty comes from AWS_* variables or roles.

    `in_bulk` deletes many objects in one request, which not every service knows.
    """
    config: S3Config = {
        "region": origins.s3_region,
        "virtual_hosted_style_request": False,
        "disable_bulk_delete": not in_bulk,
    }
    if origins.s3_endpoint:
        # Not `endpoint`: a variable AWS_ENDPOINT_URL_S3 would win over that.
        config["aws_endpoint_url_s3"] = origins.s3_endpoint
    if origins.s3_access_key_id:
        config["access_key_id"] = origins.s3_access_key_id
        config["secret_access_key"] = origins.s3_secret_access_key
    whole = timedelta(seconds=origins.connect_timeout_s + origins.read_timeout_s)
    client: ClientConfig = {
        "connect_timeout": timedelta(seconds=origins.connect_timeout_s),
        "timeout": whole,
        "allow_http": origins.s3_endpoint.startswith("http://"),
    }
    retry: RetryConfig = {"max_retries": RETRIES, "retry_timeout": whole}
    return S3Store(bucket, prefix=prefix, config=config, client_options=client, retry_config=retry)


@contextmanager
def as_source_errors(key: str) -> Iterator[None]:
    """Turn what obstore raises into what this package promises."""
    try:
        yield
    except (BaseError, OSError) as why:
        text = str(why)
        if METADATA.search(text):
            wanted = f"Expected credentials for {key}, got none"
            raise CredentialsMissing(f"{wanted}: set {CREDENTIALS}.") from why
        noun = next((noun for kind, noun in FAILURES if isinstance(why, kind)), None)
        noun = noun or next((noun for cause, noun in CAUSES if cause.search(text)), None)
        noun = noun or SourceUnreachable
        raise noun(f"{key}: {_said(noun, text)}") from why


def _said(noun: type[SourceError], text: str) -> str:
    """Return what went wrong in words that are the same each time: clients add ids and pages.

    >>> _said(SourceRefused, "403: <Error><Code>AccessDenied</Code><RequestId>7f</RequestId>")
    'the service refused it (AccessDenied)'
    """
    told = CODE.search(text) or STATUS.search(text)
    return f"{SAID.get(noun, NO_ANSWER)} ({told[1]})" if told else SAID.get(noun, NO_ANSWER)
