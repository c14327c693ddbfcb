"""One origin out of all that are configured."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from foveate.configuration.folder import named_folder
from foveate.configuration.ranges import shown
from foveate.errors import BadSettings, BadUrl, SourceNotFound
from foveate.storage.files import FolderOrigin
from foveate.storage.keys import is_url, segments, under
from foveate.storage.policy import OriginPolicy, parse_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.settings import Limits, Origins
    from foveate.storage.freshness import Known
    from foveate.storage.http import HttpOrigin
    from foveate.storage.policy import OriginUrl
    from foveate.storage.source import Source, VersionedOrigin
    from foveate.values import Facts

SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)


def open_origin(
    origins: Origins, limits: Limits, probe: Callable[[bytes], Facts] | None = None
) -> Router:
    """Return the origin that serves paths and absolute URLs as the settings say.

    `probe` reads the header of what it serves. Raises BadSettings. Nothing is contacted yet.
    """
    return Router(origins, limits.max_bytes, probe)


class Sources:
    """What may be asked for at all, by the settings alone: nothing is looked for."""

    def __init__(self, origins: Origins) -> None:
        self._folder = origins.folder
        self.base = _base(origins.folder)
        """The URL that paths are under, if they are under one."""
        # The operator named this base himself, so the allow-list need not repeat it.
        implied = (str(self.base).rstrip("/"),) if self.base else ()
        self.policy = OriginPolicy((*origins.allow, *implied))

    def place(self, key: str) -> str:
        """Return the URL to ask for, or the path in the folder or bucket.

        Raises BadUrl or SourceNotFound.
        """
        if is_url(key):
            return key
        if SCHEME.match(key):
            raise BadUrl(f"Expected a path or an http(s) URL, got {key[:200]!r}.")
        if not self._folder:
            raise SourceNotFound(
                f"There is no folder for {key[:200]!r}: FOVEATE_ORIGINS__FOLDER is not set.",
                public="No folder of originals is configured here: use an absolute URL, or set "
                "FOVEATE_ORIGINS__FOLDER (foveate serve --origin).",
            )
        return under(self._folder, key) if self.base else key

    def check(self, key: str) -> None:
        """Raise BadUrl, OriginNotAllowed or SourceNotFound for what is never answered."""
        place = self.place(key)
        if is_url(place):
            self.policy.check(place)
        else:
            segments(place)


class Router:
    """Absolute http(s) URLs go to their origins, paths to the configured folder, bucket or base."""

    def __init__(
        self,
        origins: Origins,
        max_bytes: int,
        probe: Callable[[bytes], Facts] | None = None,
    ) -> None:
        self._origins = origins
        self._probe = probe
        self._max_bytes = max_bytes
        self._sources = Sources(origins)
        self._paths = None if self._sources.base else _paths(origins, max_bytes)

    async def version(self, key: str) -> str | None:
        """Return the version without reading the bytes, or None when only reading tells."""
        origin, key = self._route(key)
        return await origin.version(key)

    def version_now(self, key: str) -> str | None:
        """Return the version of an original read before, or None when that takes waiting."""
        origin, key = self._route(key)
        return origin.version_now(key)

    def last(self, key: str) -> Known | None:
        """Return what the origin said last about a source, or None where nothing is remembered."""
        origin, key = self._route(key)
        return origin.last(key)

    def forget_bytes(self) -> None:
        """Hand nobody any more what was read before."""
        if "_http" in self.__dict__:
            self._http.forget_bytes()

    async def read(self, key: str) -> Source:
        """Return the source. Raises BadUrl, OriginNotAllowed or a SourceError."""
        origin, key = self._route(key)
        return replace(await origin.read(key), probe=self._probe)

    async def aclose(self) -> None:
        """Close the connections that are kept alive."""
        if "_http" in self.__dict__:
            await self._http.aclose()

    def _route(self, key: str) -> tuple[VersionedOrigin, str]:
        place = self._sources.place(key)
        return (self._http if self._paths is None or is_url(place) else self._paths), place

    @cached_property
    def _http(self) -> HttpOrigin:
        # Loaded with the first URL: whoever serves a folder needs no HTTP client.
        from foveate.storage.http import HttpOrigin  # noqa: PLC0415

        base = self._sources.base
        trusted = frozenset({(base.host, base.port)} if base else ())
        return HttpOrigin(self._sources.policy, self._origins, self._max_bytes, trusted=trusted)


def _base(folder: str) -> OriginUrl | None:
    """Return the URL that paths are under, if the folder is one."""
    if not is_url(folder):
        return None
    try:
        base = parse_url(folder)
    except BadUrl as why:
        # Not in its own words, which name parts of a password as a port that is none.
        wanted = "a URL such as https://b.com/photos, without a user"
        raise BadSettings(f"origins.folder: expected {wanted}, got {shown(folder)}.") from why
    if not {"?", "#"}.isdisjoint(folder):
        raise BadSettings(f"origins.folder: expected a URL without a query, got {shown(folder)}.")
    return base


def _paths(origins: Origins, max_bytes: int) -> VersionedOrigin | None:
    if not origins.folder:
        return None
    scheme, _, rest = origins.folder.rpartition("://")
    if scheme == "s3":
        from foveate.storage.s3 import S3Origin  # noqa: PLC0415 - only buckets need its client

        bucket, _, prefix = rest.partition("/")
        if not bucket or "@" in bucket:
            raise BadSettings(f"origins.folder: expected s3://BUCKET, got {shown(origins.folder)}.")
        return S3Origin(bucket, prefix, origins, max_bytes)
    folder = named_folder("origins.folder", origins.folder)
    if scheme or not folder.is_dir():
        raise BadSettings(
            "origins.folder: expected an existing folder, s3://BUCKET/PREFIX or an http(s) URL, "
            f"got {shown(origins.folder)}."
        )
    return FolderOrigin(folder, max_bytes)
