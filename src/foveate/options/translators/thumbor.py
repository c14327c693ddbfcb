"""thumbor: `/<hmac or unsafe>/<crop>/<fit-in>/<size>/<align>/smart/filters:.../<image>`.

Source: thumbor's documentation, "Usage", "Filters" and "Security".
"""

from __future__ import annotations

import base64
import hmac
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from foveate.errors import BadSignature, BadUrl
from foveate.options.grammar import decoded, read_source
from foveate.options.translators.shared import Translated, check_signature, text_of
from foveate.options.translators.thumbor_words import (
    ACROSS,
    DOWN,
    THUMBOR,
    Asked,
    filtered,
    sized,
    trimmed,
)
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

UNSAFE: Final = "unsafe"
PARTS: Final = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<mode>debug|meta)",
        r"trim(?P<corner>:top-left|:bottom-right)?(?P<tolerance>:\d{1,3})?(?P<trim>)",
        r"(?P<left>\d{1,7})x(?P<top>\d{1,7}):(?P<right>\d{1,7})x(?P<bottom>\d{1,7})",
        r"(?P<adaptive>adaptive-)?(?P<full>full-)?(?P<fit>fit-in)",
        r"(?P<flip>-?)(?P<width>\d{0,7}|orig)x(?P<flop>-?)(?P<height>\d{0,7}|orig)",
        rf"(?P<halign>{'|'.join(ACROSS)})",
        rf"(?P<valign>{'|'.join(DOWN)})",
        r"(?P<smart>smart)",
        r"filters:(?P<filters>.+\))",
    )
)
"""What may stand before the image, in that order, a segment each."""
CLOSING: Final = (")", "%29")
_FILTER: Final = re.compile(r"(?:^|:)([a-z_]+)\(([^()]*)\)", re.ASCII)


def translate(path: str, query: str = "", *, key: str = "") -> Translated:
    """Return what a raw path below the mount asks for; a query is the image's own.

    Raises BadSignature, BadUrl, BadOption, or NotTranslated naming what is not translated.
    """
    signature, _, rest = path.partition("/")
    _check(signature, f"{rest}?{query}" if query else rest, key)
    parts, image = _parts(rest.split("/"))
    if not image:
        raise BadUrl(f"thumbor: expected an image behind the options, got {shown(path)}.")
    if "mode" in parts:
        raise THUMBOR.refused(parts["mode"])
    asked = Asked(parts)
    for name, arguments in _filters(parts.get("filters", "")):
        asked = filtered(asked, name, arguments)
    pairs = {**trimmed(parts), **sized(asked), **asked.pairs}
    return Translated(options=text_of(pairs), source=read_source(image), query=query)


def _check(signature: str, rest: str, key: str) -> None:
    if key:
        digest = hmac.digest(key.encode(), rest.encode("utf-8", "surrogatepass"), "sha1")
        made = base64.urlsafe_b64encode(digest).decode()
        # The equals sign at its end may be percent-encoded, as there.
        check_signature(signature, [made, quote(made)])
    elif signature != UNSAFE:
        raise BadSignature(f"thumbor: expected {UNSAFE} where no key is set, got another word.")


def _parts(segments: list[str]) -> tuple[dict[str, str], str]:
    """Return what the first segments ask for, and the image behind them."""
    found: dict[str, str] = {}
    at = 0
    text, after = _segment(segments, at)
    for pattern in PARTS:
        if matched := pattern.fullmatch(text):
            found |= {name: part for name, part in matched.groupdict().items() if part is not None}
            at = after
            text, after = _segment(segments, at)
    return found, "/".join(segments[at:])


def _segment(segments: list[str], at: int) -> tuple[str, int]:
    """Return a segment and the place after it; filters may hold slashes, up to their bracket."""
    if at == len(segments):
        return "", at
    text = decoded(segments[at])
    if not text.startswith("filters:"):
        return text, at + 1
    ends = (place for place in range(at, len(segments)) if segments[place].endswith(CLOSING))
    end = next(ends, at) + 1
    return decoded("/".join(segments[at:end])), end


def _filters(text: str) -> Iterator[tuple[str, list[str]]]:
    end = 0
    for found in _FILTER.finditer(text):
        if found.start() != end:
            break
        end = found.end()
        yield found[1], [part.strip() for part in found[2].split(",") if part.strip()]
    if end != len(text):
        raise THUMBOR.refused(text[end:].lstrip(":"))
