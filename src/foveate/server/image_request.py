"""What one image URL asks for, read from the request before anything is fetched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from foveate.delivery.ask import Ask
from foveate.errors import BadUrl, ResizingLoop
from foveate.options.allowed import ONLY_PRESETS
from foveate.options.designed import BLANK
from foveate.options.grammar import NO_PRESETS, parse_options, redirects_on_error, split_path
from foveate.options.model import Format
from foveate.options.negotiate import read_client, resolve, vary
from foveate.options.signing import UNSIGNED
from foveate.server.cors import Cors
from foveate.storage.headers import join_headers
from foveate.storage.keys import is_remote, is_url, segments, under
from foveate.storage.policy import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

    from foveate.options.grammar import Parsed, Presets
    from foveate.options.model import TransformOptions
    from foveate.options.signing import Signer
    from foveate.settings import Moderation, Settings

REFUSED_VIA: Final = "image-resizing"


@dataclass(frozen=True, slots=True)
class Request:
    """The parts of a request that an answer can depend on, as text."""

    raw_path: str
    """The path as it was sent, still percent-encoded."""
    raw_query: str
    headers: Mapping[str, str]
    """By lower-case name; repeated ones joined by commas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageUrl:
    """One image URL: where its picture is, and what it wants made of it."""

    options: str
    """What it wants, still as text."""
    source: str
    """A decoded path, or the absolute URL to ask for."""
    location: str
    """Where the untouched source is, for redirects."""
    negotiates: bool = False
    """Whether the client picks the format where the options name none, as of hosted images."""
    expires: float | None = None
    """When the signed link ends, in unix seconds."""
    signed: bool = False
    """Whether somebody who has a key signed it."""
    key: str = ""
    """The name of the limited key that signed it; empty for the others, and for none."""

    def exempt(self, settings: Moderation) -> bool:
        """Return whether moderation is enforced on others alone."""
        who = (self.key if self.signed else UNSIGNED).lower()
        listed = settings.enforce_on
        return bool(listed) and who not in map(str.lower, listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """One image URL, read: what it asks for, and what HTTP has to know beside that."""

    ask: Ask
    """For this very client."""
    remote: bool
    unknown: tuple[str, ...] = ()
    vary: tuple[str, ...] = ()
    expires: float | None = None
    """When the signed link ends, in unix seconds."""


def read_request(scope: Scope) -> Request:
    """Return the request in `scope`. Raises BadUrl when its path is not ASCII."""
    try:
        raw_path = scope["raw_path"].decode("ascii")
        raw_query = scope["query_string"].decode("ascii")
    except UnicodeDecodeError as why:
        raise BadUrl("Expected a percent-encoded URL, got raw bytes beyond ASCII.") from why
    return Request(raw_path, raw_query, join_headers(scope["headers"]))


def refuse_loops(headers: Mapping[str, str]) -> None:
    """Raise ResizingLoop when the request comes from an image resizer that asks us for its source.

    Without this two servers that name each other as origin would call each other for ever.
    """
    if REFUSED_VIA in headers.get("via", "").lower():
        raise ResizingLoop


def read_image_url(request: Request, *, signer: Signer, folder: str, now: float) -> ImageUrl:
    """Return where the picture is; a path is under `folder`. `now` is unix seconds.

    A query belongs to the source where that is at an http(s) origin; files have none. Raises
    BadUrl, BadSignature, LinkExpired, OptionNotAllowed, or SourceNotFound for a path that climbs.
    """
    grant = signer.grant(request.raw_path, request.raw_query, now)
    options, text = split_path(request.raw_path)
    if grant.allowed is not None:
        grant.allowed.check(options)
    source, location = locate(text, signer.source_query(request.raw_query), folder)
    return ImageUrl(
        options=options,
        source=source,
        location=location,
        expires=grant.expires,
        signed=signer.needed,
        key=grant.key,
    )


def locate(text: str, query: str, folder: str) -> tuple[str, str]:
    """Return the key of a percent-encoded source, and where it is itself, for redirects.

    Raises BadUrl, or SourceNotFound for a path that climbs.
    """
    if text == BLANK:
        return BLANK, ""
    whole = _with_query(text, query)
    if is_url(text):
        return whole, whole
    # A second slash would turn the path into the name of somebody else's host.
    location = "/" + whole.lstrip("/\\")
    return under(folder, whole) if is_url(folder) else _decoded(text), location


def key_of(text: str, folder: str) -> str:
    """Return the key of a source, or how keys begin, written as in an image URL.

    Raises BadUrl, or SourceNotFound for a path that no picture is asked for by.
    """
    key = canonical(locate(text, "", folder)[0])
    if not is_url(key):
        segments(key.removesuffix("/"))
    return key


def read_image_request(
    url: ImageUrl,
    headers: Mapping[str, str],
    settings: Settings,
    presets: Presets = NO_PRESETS,
) -> ImageRequest:
    """Return what is asked for by a client that sent these headers. Raises a BadRequest."""
    if settings.only_presets:
        ONLY_PRESETS.check(url.options, presets)
    parsed = parse_options(url.options, presets)
    if url.negotiates and parsed.options.format is None:
        parsed = replace(parsed, options=replace(parsed.options, format=Format.AUTO))
    options = for_client(parsed, headers, settings)
    if url.exempt(settings.moderation):
        options = replace(options, exempt=True)
    return ImageRequest(
        ask=Ask(options=options, source=url.source),
        remote=is_url(url.source) or is_remote(settings.origins.folder),
        unknown=parsed.unknown,
        vary=(*vary(parsed.options), *Cors(settings.server.cors).vary),
        expires=url.expires,
    )


def for_client(parsed: Parsed, headers: Mapping[str, str], settings: Settings) -> TransformOptions:
    """Return the options for the client that sent these headers.

    Raises UnknownOption where the settings are strict.
    """
    if settings.strict:
        parsed.check()
    client = read_client(headers, jxl=settings.encoding.jxl_max_side_auto > 0)
    return resolve(parsed.options, client, settings.limits.max_dpr)


def _with_query(source: str, query: str) -> str:
    joint = "&" if "?" in source else "?"
    return f"{source}{joint}{query}" if query else source


def _decoded(path: str) -> str:
    try:
        return unquote(path, errors="strict")
    except UnicodeDecodeError as why:
        raise BadUrl(f"Expected a path in UTF-8, got {path!r}.") from why


def redirect_target(url: ImageUrl, host: str, presets: Presets = NO_PRESETS) -> str | None:
    """Return where `onerror=redirect` leads, or None when it must not lead there.

    Only to this very host and its subdomains: an open redirect would lend them our name. And never
    to a picture in which something was to be made unrecognisable.
    """
    if not redirects_on_error(url.options, presets):
        return None
    if url.location.startswith("/"):
        return url.location
    ours = _hostname(f"//{host}")
    theirs = _hostname(url.location)
    same = bool(ours) and (theirs == ours or theirs.endswith(f".{ours}"))
    return url.location if same else None


def _hostname(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    # Credentials and backslashes are where browsers and parsers disagree about the host.
    if "@" in parts.netloc or "\\" in url:
        return ""
    return (parts.hostname or "").rstrip(".")
