"""Originals at http(s) origins."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

import httpcore

from foveate.errors import (
    BadUrl,
    SourceFailed,
    SourceTooLarge,
    TooManyRedirects,
)
from foveate.storage.addresses import is_public
from foveate.storage.codings import unpacked
from foveate.storage.connections import Connections
from foveate.storage.freshness import Freshness, Known
from foveate.storage.handed import Handed
from foveate.storage.headers import (
    join_headers,
    kept_headers,
    read_headers,
    renewed_headers,
)
from foveate.storage.http_failures import NOT_MODIFIED, as_source_errors, check_status
from foveate.storage.names import Names
from foveate.storage.pinned import PinnedBackend
from foveate.storage.policy import canonical, origin_of, parse_location
from foveate.storage.renewals import Renewals
from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from foveate.settings import Origins
    from foveate.storage.pinned import Address, Resolve
    from foveate.storage.policy import OriginPolicy, OriginUrl

HEADERS: Final = (
    ("Accept", "*/*"),
    ("Accept-Encoding", "identity"),
    ("User-Agent", "foveate"),
    # Another resizer, or this one, sees by it that an original is wanted and no rendition.
    ("Via", "1.1 foveate (image-resizing)"),
)
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
ASIDE: Final = 4
"""Bodies that are read at once by those who ask whether a source still holds."""
ASIDE_BYTES: Final = 8 * 1024 * 1024
"""A larger body is left to whoever wants it, who has a place in memory for it."""

BREATHE: Final = 64
"""Pieces of a body that are taken before others have their turn."""
FREE_PIECES, LEAST_PIECE = 2_000, 256
"""So many pieces may be of any size; beyond, they have to hold so many bytes on average."""


class HttpOrigin:
    """Absolute URLs, as far as the policy and the address check let them through."""

    def __init__(
        self,
        policy: OriginPolicy,
        origins: Origins,
        max_bytes: int,
        *,
        resolve: Resolve | None = None,
        trusted: frozenset[tuple[str, int]] = frozenset(),
    ) -> None:
        """Take hosts and ports in `trusted` at any address: the operator named them himself.

        Without `resolve` the operating system knows the addresses of names.
        """
        self._policy = policy
        self._origins = origins
        self._max_bytes = max_bytes
        self._trusted = trusted
        self._backend = PinnedBackend(resolve or Names().resolve, self._admits)
        self._table = Freshness(origins.min_ttl_s)
        self._renewals = Renewals(self._table, origins.connect_timeout_s + origins.read_timeout_s)
        self._handed = Handed()
        self._aside = asyncio.Semaphore(ASIDE)
        self._open: Connections | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def version(self, key: str) -> str | None:
        """Return the version while it is fresh, ask the origin when it is stale, else None."""
        key = canonical(key)
        known = self._table.last(key)
        if known is None or self._table.is_fresh(known):
            return known.version if known else None
        if not (known.validators or self._table.is_usable(known) or self._table.is_excused(known)):
            return None
        return await self._renewals.version(
            key, known, origin_of(key), lambda: self._renew(key, known)
        )

    def version_now(self, key: str) -> str | None:
        """Return the version while it is fresh, fastest for a key in its canonical spelling."""
        return self._table.version(key) or self._table.version(canonical(key))

    def last(self, key: str) -> Known | None:
        """Return what was last seen."""
        return self._table.last(canonical(key))

    def forget_bytes(self) -> None:
        """Hand nobody any more what was read aside, or is being read so."""
        self._handed = Handed()

    async def read(self, key: str) -> Source:
        """Return the source. Raises BadUrl, OriginNotAllowed or a SourceError."""
        key = canonical(key)
        handed = self._handed_to(key)
        if handed is not None:
            return handed
        async with self._answer(key) as response:
            return await self._noted(key, response, self._max_bytes)

    async def aclose(self) -> None:
        """Close the connections that are kept alive. The next request opens new ones."""
        await self._renewals.aclose()
        connections, self._open = self._open, None
        if connections is not None:
            await connections.aclose()

    async def _renew(self, key: str, known: Known) -> str | None:
        """Return the version that a 304 confirms or a new body has, or None when `read` must tell.

        A body is noted and kept for who reads it next, if it is small.
        """
        handed = self._handed  # nobody's any more, if bytes are forgotten meanwhile
        async with self._answer(key, known.validators) as response:
            if response.status != NOT_MODIFIED:
                return await self._read_aside(key, response, handed)
            await response.aread()  # Nothing: but only what is at its end is kept alive.
            renewed = _renewed(known, join_headers(response.headers))
        if renewed is None:
            self._table.forget(key)
            return None
        self._table.note(key, renewed)
        return None if renewed.lifetime.private else known.version

    async def _read_aside(
        self, key: str, response: httpcore.Response, handed: Handed
    ) -> str | None:
        # Who waits for a turn here would keep others of the same origin from asking.
        if not self._aside.locked():
            async with self._aside:
                with suppress(SourceTooLarge):
                    source = await self._noted(key, response, min(ASIDE_BYTES, self._max_bytes))
                    if source.lifetime.private:
                        return None
                    handed.put(key, source)
                    return source.version
        self._table.forget(key)
        return None

    def _handed_to(self, key: str) -> Source | None:
        known = self._table.last(key)
        if known is None:
            return None
        holds = self._table.is_fresh(known) or self._table.is_usable(known)
        return self._handed.take(key, known.version, holds=holds)

    async def _noted(self, key: str, response: httpcore.Response, max_bytes: int) -> Source:
        """Return the source in an answer, and remember what was said of it."""
        headers = join_headers(response.headers)
        came = time.time()
        data = await self._body(response, headers, max_bytes)
        said = read_headers(headers, came)
        version, kept = said.version(data), kept_headers(headers)
        self._table.note(
            key, Known(version, said.lifetime, said.validators, kept, status=response.status)
        )
        return Source(data, version, said.lifetime)

    @asynccontextmanager
    async def _answer(
        self, url: str, validators: tuple[tuple[str, str], ...] = ()
    ) -> AsyncIterator[httpcore.Response]:
        """Yield the 200, or the 304 if there are validators, at the end of all redirects."""
        whole = self._origins.connect_timeout_s + self._origins.read_timeout_s
        with as_source_errors(url):
            async with asyncio.timeout(whole):
                target = self._policy.check(url)
                for _ in range(self._origins.max_redirects + 1):
                    async with self._request(target, validators) as response:
                        if response.status not in REDIRECTS:
                            check_status(target, response, conditional=bool(validators))
                            yield response
                            return
                        target = self._redirected(target, response)
                raise TooManyRedirects(
                    f"{url}: expected at most {self._origins.max_redirects} redirects."
                )

    @asynccontextmanager
    async def _request(
        self, target: OriginUrl, validators: tuple[tuple[str, str], ...]
    ) -> AsyncIterator[httpcore.Response]:
        connect, read = self._origins.connect_timeout_s, self._origins.read_timeout_s
        async with self._connections().get(
            httpcore.URL(
                scheme=target.scheme, host=target.host, port=target.port, target=target.path
            ),
            [("Host", target.authority), *HEADERS, *validators],
            {"connect": connect, "read": read, "write": read, "pool": connect},
        ) as response:
            yield response

    def _redirected(self, target: OriginUrl, response: httpcore.Response) -> OriginUrl:
        """Return where a redirect leads, checked like the first URL."""
        location = join_headers(response.headers).get("location")
        if location is None:
            raise SourceFailed(f"{target}: expected a Location with {response.status}, got none.")
        try:
            return self._policy.check(parse_location(target, location))
        except (ValueError, BadUrl) as why:
            sentence = "The origin redirects to a URL that is not valid."
            raise BadUrl(f"{target}: {why}", public=sentence) from why

    async def _body(
        self, response: httpcore.Response, headers: Mapping[str, str], max_bytes: int
    ) -> bytes:
        declared, coding = headers.get("content-length", ""), headers.get("content-encoding", "")
        if declared.isdecimal() and int(declared) > max_bytes:
            raise SourceTooLarge(f"Expected at most {max_bytes} bytes, got {declared}.")
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.aiter_stream():
            size += len(chunk)
            if size > max_bytes:
                raise SourceTooLarge(f"Expected at most {max_bytes} bytes, got more.")
            chunks.append(chunk)
            if len(chunks) % BREATHE == 0:
                _refuse_crumbs(len(chunks), size)
                await asyncio.sleep(0)  # what lies in a buffer comes without waiting
        # Asked for as it is, but some keep only what is compressed.
        return await unpacked(b"".join(chunks), coding, max_bytes)

    def _connections(self) -> Connections:
        """Return those of the running event loop; what belongs to another is useless."""
        loop = asyncio.get_running_loop()
        if self._open is None or self._loop is not loop:
            self._loop = loop
            self._open = Connections(self._backend)
        return self._open

    def _admits(self, host: str, port: int, address: Address) -> bool:
        trusted = self._origins.allow_private or (host, port) in self._trusted
        return trusted or is_public(address)


def _renewed(known: Known, headers: Mapping[str, str]) -> Known | None:
    """Return what is known once a 304 has spoken, or None when it speaks of something else."""
    merged = renewed_headers(known.headers, headers)
    if merged is None:
        return None
    said = read_headers(merged, time.time())
    validators = said.validators or known.validators
    kept = kept_headers(merged)
    return Known(known.version, said.lifetime, validators, kept, status=NOT_MODIFIED)


def _refuse_crumbs(pieces: int, size: int) -> None:
    """Raise SourceFailed for a body whose pieces cost more to take apart than they hold."""
    if pieces > FREE_PIECES and size < pieces * LEAST_PIECE:
        sentence = f"Expected an original in pieces, got {size} bytes in {pieces} crumbs."
        raise SourceFailed(sentence, public=sentence)
