"""The URL grammar: `<options>/<source>`, and options as text in and out.

Text is percent-decoded once, here, after it was taken apart: an encoded comma or slash belongs to
a value.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, replace
from functools import reduce
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from foveate.errors import BadOption, BadUrl
from foveate.options.model import Overlay, TransformOptions
from foveate.options.table import BY_NAME, OPTIONS
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from foveate.options.option import Option

MOUNT: Final = "/cdn-cgi/image/"
"""Where Cloudflare, and we by default, answer with pictures."""

NOTHING_ASKED: Final = "fit=scale-down"
"""The canonical text of options that are all at their defaults; a URL needs at least one."""

_COMMA_OR_BRACKET: Final = re.compile(r",|\(|\)|%28|%29")
_DEPTH: Final = {"(": 1, "%28": 1, ")": -1, "%29": -1}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)
_ENCODED_URL: Final = re.compile(r"https?(:|%3a)%2f", re.IGNORECASE)
_SCHEME: Final = re.compile(r"(https?)(?::|%3a)/+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text asks for, and the names in it that are no options, in their order."""

    options: TransformOptions
    unknown: tuple[str, ...] = ()


def split_path(raw_path: str) -> tuple[str, str]:
    """Return the options and the source of a raw path, with or without the default mount.

    Both stay percent-encoded, save a source that was encoded as one whole URL. Raises BadUrl.

    >>> split_path("/cdn-cgi/image/width=80,quality=75/photos/a%20b.jpg")
    ('width=80,quality=75', 'photos/a%20b.jpg')
    >>> split_path("w=80/https:/b.com/x.jpg?y=1")
    ('w=80', 'https://b.com/x.jpg?y=1')
    """
    options, slash, source = raw_path.removeprefix(MOUNT).partition("/")
    if not slash or not source:
        raise BadUrl(f"Expected {MOUNT}<options>/<source>, got {shown(raw_path)}: no source.")
    if _ENCODED_URL.match(source):
        source = _decoded(source, BadUrl)
    if scheme := _SCHEME.match(source):
        # Proxies like to join slashes. No host name starts with one: safe to part them again.
        source = f"{scheme[1].lower()}://{source[scheme.end() :]}"
    return options, source


def _decoded(text: str, error: type[BadOption | BadUrl]) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise error(f"Expected percent-encoded UTF-8, got {shown(text)}.") from None


def parse_options(text: str) -> Parsed:
    """Return what a still percent-encoded options text asks for; of two values the later wins.

    Raises BadOption.

    >>> parse_options("w=80,fit=cover,width=90,sparkle=1").options.width
    90
    """
    if not text:
        raise BadOption("Expected at least one option, e.g. width=800, got none.")
    return assemble(map(_pair, _items(text)))


def _items(text: str) -> Iterator[str]:
    """Yield what stands between commas, save those in brackets: `rgb(1,2,3)` stays whole."""
    depth = start = 0
    for found in _COMMA_OR_BRACKET.finditer(text):
        if found[0] == "," and depth == 0:
            yield text[start : found.start()]
            start = found.end()
        depth = max(0, depth + _DEPTH.get(found[0], 0))
    yield text[start:]


def _pair(item: str) -> tuple[str, str]:
    if not item:
        raise BadOption("Expected name=value between commas, got nothing. Leave out extra commas.")
    name, equals, text = _decoded(item, BadOption).partition("=")
    name = name.strip().lower()
    if not equals:
        row = BY_NAME.get(name)
        raise BadOption(f"Expected {row.usage if row else 'name=value'}, got {shown(item)}.")
    return name, text


def assemble(pairs: Iterable[tuple[str, str]]) -> Parsed:
    """Return what names and decoded values ask for, applied in the order of the table.

    Raises BadOption naming how the option is written.
    """
    asked: dict[str, str] = {}
    unknown: dict[str, None] = {}
    for name, text in pairs:
        if row := BY_NAME.get(name):
            asked[row.name] = text
        elif _NAME.fullmatch(name):
            unknown[name] = None
        else:
            raise BadOption(f"Expected the name of an option, got {shown(name)}.")
    rows = [(row, asked[row.name]) for row in OPTIONS if row.name in asked]
    return Parsed(reduce(_apply, rows, TransformOptions()), tuple(unknown))


def _apply(options: TransformOptions, asked: tuple[Option, str]) -> TransformOptions:
    row, text = asked
    try:
        return row.slot.apply(options, text)
    except ValueError as why:
        raise BadOption(f"Option {row.name}: {why}. Write {row.usage}.") from why


def format_options(options: TransformOptions) -> str:
    """Return the canonical text: table order, defaults left out, percent-encoded for a path.

    Reading it gives the options back, save `accepts` and `draw`, which a URL cannot say.

    >>> format_options(parse_options("q=high,background=tomato,w=80").options)
    'width=80,background=%23ff6347,quality=90'
    """
    texts = ((row.name, row.slot.show(options)) for row in OPTIONS)
    said = (f"{name}={quote(text, safe=';')}" for name, text in texts if text is not None)
    return ",".join(said) or NOTHING_ASKED


def cache_key(options: TransformOptions) -> str:
    """Return a text that is equal for two options only if they make equal renditions.

    It holds all that `format_options` says and what a URL cannot say; how errors are answered is
    left out.
    """
    said = format_options(replace(options, redirect_on_error=False))
    accepts = "+".join(sorted(options.accepts))
    drawn = json.dumps([_overlay_key(overlay) for overlay in options.draw], separators=(",", ":"))
    return f"{said}|{accepts}|{drawn}"


def _overlay_key(overlay: Overlay) -> list[object]:
    placed = [getattr(overlay, f.name) for f in fields(Overlay) if f.name != "options"]
    return [cache_key(overlay.options), *placed]
