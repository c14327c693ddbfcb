"""What one image URL asks for, read from the request before anything is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from foveate.delivery.ask import Ask, is_remote
from foveate.errors import BadUrl, ResizingLoop, UnknownOption
from foveate.options.grammar import parse_options, split_path
from foveate.options.negotiate import read_client, resolve, vary
from foveate.options.signing import split_query
from foveate.storage.headers import join_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

    from foveate.options.grammar import Parsed
    from foveate.options.model import TransformOptions
    from foveate.options.signing import Signer
    from foveate.settings import Settings

ABSOLUTE: Final = re.compile(r"https?://", re.IGNORECASE)
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
class ImageRequest:
    """One image URL, read: what it asks for, and what HTTP has to know beside that."""

    ask: Ask
    """For this very client. Its source is a decoded path, or an absolute URL as it was sent."""
    location: str
    """Where the untouched source is, for redirects."""
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
    if REFUSED_VIA in headers.get("via", ""):
        raise ResizingLoop


def read_image_request(
    request: Request, *, signer: Signer, settings: Settings, now: float
) -> ImageRequest:
    """Return what the URL asks for. `now` is unix seconds. Raises a BadRequest."""
    expires = signer.verify(request.raw_path, request.raw_query, now)
    options_text, source_text = split_path(request.raw_path)
    parsed = parse_options(options_text)
    rest, _ = split_query(request.raw_query)
    absolute = ABSOLUTE.match(source_text) is not None
    folder = settings.origins.folder
    ask = Ask(
        options=for_client(parsed, request.headers, settings),
        source=_with_query(source_text, rest) if absolute else _decoded(source_text),
    )
    return ImageRequest(
        ask=ask,
        location=_location(source_text, rest, absolute=absolute),
        remote=absolute or is_remote(folder),
        unknown=parsed.unknown,
        vary=vary(parsed.options),
        expires=expires,
    )


def for_client(parsed: Parsed, headers: Mapping[str, str], settings: Settings) -> TransformOptions:
    """Return the options for the client that sent these headers.

    Raises UnknownOption where the settings are strict.
    """
    if parsed.unknown and settings.strict:
        raise UnknownOption(f"unknown option: {', '.join(parsed.unknown)}")
    return resolve(parsed.options, read_client(headers), settings.limits.max_dpr)


def _with_query(source: str, query: str) -> str:
    joint = "&" if "?" in source else "?"
    return f"{source}{joint}{query}" if query else source


def _decoded(path: str) -> str:
    try:
        return unquote(path, errors="strict")
    except UnicodeDecodeError as why:
        raise BadUrl(f"Expected a path in UTF-8, got {path!r}.") from why


def _location(source: str, query: str, *, absolute: bool) -> str:
    if absolute:
        return _with_query(source, query)
    # A second slash would turn the path into the name of somebody else's host.
    return _with_query("/" + source.lstrip("/\\"), query)


def redirect_target(image_request: ImageRequest, host: str) -> str | None:
    """Return where `onerror=redirect` leads, or None when it must not lead there.

    Only to this very host and its subdomains: an open redirect would lend them our name. And never
    to a picture in which something was to be made unrecognisable.
    """
    options = image_request.ask.options
    if not options.redirect_on_error or options.redact is not None:
        return None
    if image_request.location.startswith("/"):
        return image_request.location
    ours = _hostname(f"//{host}")
    theirs = _hostname(image_request.location)
    same = bool(ours) and (theirs == ours or theirs.endswith(f".{ours}"))
    return image_request.location if same else None


def _hostname(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    # Credentials and backslashes are where browsers and parsers disagree about the host.
    if "@" in parts.netloc or "\\" in url:
        return ""
    return (parts.hostname or "").rstrip(".")
