"""Which absolute URLs may be fetched: parsing that leaves no second reading, and patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import idna

from foveate.configuration.ranges import shown
from foveate.errors import BadSettings, BadUrl, OriginNotAllowed
from foveate.storage.keys import MAX_URL, often_decoded

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
MAX_HOST: Final = 253
URL_TEXT: Final = re.compile(r"[\x21-\x5b\x5d-\x7e]+")
"""ASCII without controls, spaces and the backslash that some parsers take for a slash."""
LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
HOST: Final = re.compile(rf"{LABEL}(?:\.{LABEL})*")
WEB: Final = re.compile(r"https?://", re.IGNORECASE)
NUMERIC: Final = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")
"""Hosts that some resolver reads as an IPv4 address in one of its older spellings."""
PATTERN: Final = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<host>\[[^]/]+]|[^:/\[\]]+)(?::(?P<port>\d{1,5}))?(?P<path>/.*)?",
    re.IGNORECASE,
)
AUTHORITY: Final = re.compile(rb"(?:https?:)?//([^/?#:]+)", re.IGNORECASE)
UNESCAPED: Final = re.compile(rb"[\x20\x80-\xff]+")
"""What a URL has to escape, and browsers escape when a server forgot to."""
SLASHES: Final = re.compile(r"//+")
MAX_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class OriginUrl:
    """A URL that can be read in one way only: lower-case host, explicit port, no credentials."""

    scheme: str
    host: str
    """A name, or an IP address without brackets."""
    port: int
    path: str
    """Path and query as they are sent."""

    @property
    def authority(self) -> str:
        """Return what the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


def parse_url(url: str) -> OriginUrl:
    """Return the one reading of an absolute http(s) URL. Raises BadUrl when there may be two."""
    if len(url) > MAX_URL or not URL_TEXT.fullmatch(url):
        raise BadUrl(
            f"Expected an absolute URL of at most {MAX_URL} characters, with spaces and non-ASCII "
            f"characters percent-encoded, got {url[:200]!r}."
        )
    try:
        parts = urlsplit(url)
        _check(parts)
        return OriginUrl(
            scheme=parts.scheme,
            host=parse_host(parts.hostname or ""),
            port=DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port,
            path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        )
    except ValueError as why:
        raise BadUrl(f"Expected an absolute http(s) URL, got {url[:200]!r}: {why}.") from why


def canonical(key: str) -> str:
    """Return the one spelling of a key: two spellings are one original.

    A path loses the slashes that folders and buckets forgive (`keys.segments`). What may not be
    fetched comes back as it is.

    >>> canonical("http://B.com:80/a"), canonical("/cats//a.jpg"), canonical("../a.jpg")
    ('http://b.com/a', 'cats/a.jpg', '../a.jpg')
    """
    if WEB.match(key):
        return _identity(key)[0]
    if "://" in key or key.startswith("//"):
        return key
    return SLASHES.sub("/", key).removeprefix("/")


def origin_of(key: str) -> str:
    """Return the host and port that a URL is asked of, the same for all spellings; else nothing."""
    return _identity(key)[1] if WEB.match(key) else ""


@lru_cache(maxsize=256)
def _identity(key: str) -> tuple[str, str]:
    """Return the spelling and the origin of a URL, which one request asks for several times."""
    try:
        target = parse_url(key)
    except BadUrl:
        return key, ""
    return str(target), target.authority


def parse_location(base: OriginUrl, location: str) -> str:
    """Return where a `Location` leads, seen from `base`, as a URL that is still to be parsed.

    Spaces and bytes beyond ASCII are percent-encoded, which many servers leave to the client
    (WHATWG URL), and a host becomes what the DNS knows. Raises ValueError when it cannot be put
    together.
    """
    raw = _with_ascii_host(location.encode("latin-1"))  # The bytes as they came (RFC 9110 5.5).
    return urljoin(str(base), UNESCAPED.sub(lambda run: quote(run[0]).encode(), raw).decode())


def _with_ascii_host(url: bytes) -> bytes:
    """Return a URL whose host is written as the DNS has it. Raises ValueError for no such host."""
    found = AUTHORITY.match(url)
    if found is None or found[1].isascii():
        return url
    host = idna.encode(found[1].decode(), uts46=True)
    return url[: found.start(1)] + host + url[found.end(1) :]


def _check(parts: SplitResult) -> None:
    if parts.scheme not in DEFAULT_PORTS:
        raise ValueError("it has to start with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("user name and password are not sent")
    if parts.port == 0:
        raise ValueError("there is no port 0")
    if any(part in {".", ".."} for part in re.split(r"[/\\]", often_decoded(parts.path))):
        raise ValueError("the path has '.' or '..' in it")


def parse_host(host: str) -> str:
    """Return an ASCII host in its canonical spelling. Raises ValueError for tricks."""
    if ":" in host:
        return _ipv6(host)
    name = host.lower().removesuffix(".")
    if NUMERIC.fullmatch(name):
        return str(IPv4Address(name))
    if len(name) > MAX_HOST or not HOST.fullmatch(name):
        raise ValueError(f"{host!r} is no host name")
    return name


def _ipv6(host: str) -> str:
    address = IPv6Address(host)
    if address.scope_id is not None:
        raise AddressValueError("a zone has no meaning here")
    mapped = address.ipv4_mapped  # RFC 4291 2.5.5.2: another spelling of the same host.
    return str(mapped) if mapped else address.compressed


@dataclass(frozen=True, slots=True)
class Pattern:
    """One row of the allow-list."""

    host: str
    """Empty is any host."""
    subdomains: bool = False
    scheme: str | None = None
    port: int | None = None
    """None is the default port of the scheme."""
    any_port: bool = False
    path: tuple[str, ...] = ()
    """The segments that the path has to start with, decoded."""

    def admits(self, target: OriginUrl) -> bool:
        """Tell whether the URL is under this pattern."""
        return (
            self.scheme in {None, target.scheme}
            and (self.any_port or target.port == (self.port or DEFAULT_PORTS[target.scheme]))
            and self._admits_host(target.host)
            and _path(target.path.partition("?")[0])[: len(self.path)] == self.path
        )

    def _admits_host(self, host: str) -> bool:
        if self.host in {"", host}:
            return True
        return self.subdomains and host.endswith(f".{self.host}")


def _path(path: str) -> tuple[str, ...]:
    """Return the segments. They are divided before they are decoded: %2F does not divide."""
    return tuple(unquote(segment) for segment in path.removeprefix("/").split("/"))


def parse_pattern(text: str) -> Pattern:
    """Read `[http(s)://]HOST[:PORT][/PATH]`; HOST may be `*` or start with `*.`.

    `*` alone is everything. Without a port it means the default port. Raises BadSettings.
    """
    try:
        return _pattern(text)
    except ValueError as why:
        raise BadSettings(
            "origins.allow: expected patterns such as b.com, *.b.com, b.com/path or "
            f"http://localhost:9000, got {shown(text)}: {why}."
        ) from why


def _pattern(text: str) -> Pattern:
    match = PATTERN.fullmatch(text)
    if match is None:
        raise ValueError("it has another shape")
    host, path = match["host"], (match["path"] or "").strip("/")
    return Pattern(
        host="" if host == "*" else _pattern_host(host.removeprefix("*.")),
        subdomains=host.startswith("*."),
        scheme=match["scheme"].lower() if match["scheme"] else None,
        port=_pattern_port(match["port"]),
        any_port=text == "*",
        path=_path(path) if path else (),
    )


def _pattern_port(text: str | None) -> int | None:
    if text is not None and not 0 < int(text) <= MAX_PORT:
        raise ValueError(f"a port is 1 to {MAX_PORT}")
    return None if text is None else int(text)


def _pattern_host(host: str) -> str:
    """Return the canonical host of a pattern, which may be written in any script."""
    bare = host.removeprefix("[").removesuffix("]")
    if bare.isascii():
        return parse_host(bare)
    return parse_host(idna.encode(bare, uts46=True).decode("ascii"))


class OriginPolicy:
    """Cloudflare's rules for origins: what no pattern names is refused.

    `b.com` is that host alone, `*.b.com` the host and all under it, `b.com/path` what lies under
    that path, `*` everything.
    """

    def __init__(self, allow: tuple[str, ...]) -> None:
        self._patterns = tuple(map(parse_pattern, allow))

    def check(self, url: str) -> OriginUrl:
        """Return the URL, ready to be requested. Raises BadUrl or OriginNotAllowed."""
        target = parse_url(url)
        if not any(pattern.admits(target) for pattern in self._patterns):
            raise OriginNotAllowed(
                f"Expected a URL that origins.allow names, got {target}. To allow it, add "
                f"{target.authority} to FOVEATE_ORIGINS__ALLOW."
            )
        return target
