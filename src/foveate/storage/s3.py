"""Originals in a bucket of an S3-compatible service."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from obstore.store import S3Store

from foveate.errors import SourceTooLarge
from foveate.storage.codings import unpacked
from foveate.storage.freshness import Freshness, Known
from foveate.storage.headers import lifetime
from foveate.storage.keys import segments
from foveate.storage.renewals import Renewals
from foveate.storage.s3_failures import as_source_errors
from foveate.storage.source import Source
from foveate.values import Lifetime

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ClientConfig, RetryConfig, S3Config

    from foveate.settings import Origins

RETRIES: Final = 1
"""The client in front of us may ask again; waiting longer than a timeout helps nobody."""


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
