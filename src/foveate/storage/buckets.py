"""Objects of several buckets, by name: those that the operator allows, and no others."""

from __future__ import annotations

import asyncio
import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from foveate.errors import OriginNotAllowed, SourceNotFound, SourceTooLarge
from foveate.storage.codings import unpacked
from foveate.storage.keys import segments
from foveate.storage.s3 import open_bucket
from foveate.storage.s3_failures import as_source_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from obstore import GetOptions
    from obstore.store import S3Store

    from foveate.settings import Origins

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
"""S3 would take them, and its client here takes them in no URL."""


class Buckets:
    """Reads objects of the buckets that are allowed, as `BUCKET` or `BUCKET/PREFIX`.

    All of them are of the service that the settings of origins name, with its keys.
    """

    def __init__(self, allowed: Sequence[str], origins: Origins, max_bytes: int) -> None:
        self._allowed = [each.rstrip("/").partition("/")[::2] for each in allowed]
        self._origins = origins
        self._max_bytes = max_bytes
        self._timeout_s = origins.connect_timeout_s + origins.read_timeout_s

    async def read(self, bucket: str, name: str, version: str = "") -> bytes:
        """Return an object, of that version or of the last one.

        Raises OriginNotAllowed for what is not allowed, whether it is there or not, and a
        SourceError; no name or version with a control character is known.
        """
        if CONTROL.search(f"{name}{version}"):
            raise SourceNotFound(f"s3://{bucket}: expected a name without control characters.")
        store, path = self._place(bucket, name)
        key = f"s3://{bucket}/{name}"
        asked: GetOptions = {"version": version} if version else {}
        with as_source_errors(key):
            async with asyncio.timeout(self._timeout_s):
                found = await store.get_async(path, options=asked)
                if found.meta["size"] > self._max_bytes:
                    sentence = (
                        f"Expected an object of at most {self._max_bytes} bytes, got "
                        f"{found.meta['size']}."
                    )
                    raise SourceTooLarge(f"{key}: {sentence}", public=sentence)
                data = bytes(await found.bytes_async())
                coding = str(found.attributes.get("Content-Encoding", ""))
                return await unpacked(data, coding, self._max_bytes)

    def _place(self, bucket: str, name: str) -> tuple[S3Store, str]:
        path = "/".join(segments(name))
        prefixes = [prefix for each, prefix in self._allowed if each == bucket]
        if not any(not prefix or path.startswith(f"{prefix}/") for prefix in prefixes):
            raise OriginNotAllowed(f"s3://{bucket}/{name} is in no bucket of rekognition.buckets.")
        return self._stores[bucket], path

    @cached_property
    def _stores(self) -> dict[str, S3Store]:
        return {bucket: open_bucket(bucket, self._origins) for bucket, _ in self._allowed}
