"""What all translators give, and how they read numbers, colours and sources, or refuse a word."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from foveate.errors import BadOption, BadSignature, BadUrl, UnsupportedOption
from foveate.geometry.fit import nearest
from foveate.options.grammar import IN_URLS, read_source, written
from foveate.options.values import BOX_CENTRE, number, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.geometry.orientation import Orientation

GUIDE: Final = "docs/guides/moving.md"
MAX_DPR: Final = 100
COMPASS: Final = {
    "no": (0.5, 0.0),
    "so": (0.5, 1.0),
    "ea": (1.0, 0.5),
    "we": (0.0, 0.5),
    "noea": (1.0, 0.0),
    "nowe": (0.0, 0.0),
    "soea": (1.0, 1.0),
    "sowe": (0.0, 1.0),
    "ce": (0.5, 0.5),
}
"""Places of a picture, 0..1 from left and top, as imgproxy abbreviates them."""
LEAST_FACTOR: Final = 0.001
"""A factor of 0 changes nothing in our options; elsewhere it is black, or grey."""
_HEX: Final = re.compile(r"[0-9a-f]{3,8}", re.IGNORECASE)
_HTTP: Final = re.compile(r"https?:/", re.IGNORECASE)
_SCHEME: Final = re.compile(r"[a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """A URL of another service, in our words."""

    options: str
    """As in our URLs."""
    source: str
    """A path or an http(s) URL, still percent-encoded."""
    expires: int | None = None
    """When the link ends, in unix seconds."""
    negotiates: bool = False
    """Whether the client picks the format where the options name none."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service by its name, for what is said of its words."""

    name: str

    def refused(self, word: str) -> UnsupportedOption:
        """Return the error for what we do not translate."""
        return UnsupportedOption(f"{self.name}: {shown(word)} is not translated. See {GUIDE}.")

    def wrong(self, word: str, wanted: str, got: str) -> BadOption:
        """Return the error for a value that the word cannot have there either."""
        return BadOption(f"{self.name}: expected {wanted} for {shown(word)}, got {shown(got)}.")

    def number(self, word: str, text: str, low: float, high: float) -> float:
        """Return a number in that range. Raises BadOption."""
        try:
            return number(low, high)(text)
        except ValueError as why:
            raise BadOption(f"{self.name}, {shown(word)}: {why}.") from why

    def pixels(self, word: str, text: str, low: int = 0) -> int:
        """Return a whole number of pixels. Raises BadOption."""
        value = self.number(word, text, low, 10_000_000)
        if not value.is_integer():
            raise self.wrong(word, "a whole number", text)
        return int(value)

    def factor(self, word: str, text: str) -> str:
        """Return our factor for a change of -100 to 100 percent. Raises BadOption."""
        return show(max(LEAST_FACTOR, 1 + self.number(word, text, -100, 100) / 100))


def show(value: float) -> str:
    """Return a number as our options have it.

    >>> show(2.0), show(0.25)
    ('2', '0.25')
    """
    return f"{value:.6f}".rstrip("0").rstrip(".")


def scaled(pixels: float, dpr: float) -> str:
    """Return pixels times a device pixel ratio, as our options have them."""
    return str(nearest(pixels * dpr))


def colour(text: str) -> str:
    """Return a CSS colour for what is hexadecimal without a hash, or a name.

    >>> colour("f80"), colour("tomato")
    ('#f80', 'tomato')
    """
    return f"#{text}" if _HEX.fullmatch(text) and len(text) != 5 else text  # noqa: PLR2004


def place(x: float, y: float) -> str:
    """Return our gravity for a place of the picture, 0..1; the middle has a name.

    >>> place(1, 0.25), place(0.5, 0.5)
    ('1x0.25', 'center')
    """
    return "center" if (x, y) == (0.5, 0.5) else f"{show(x)}x{show(y)}"


def around(x: float, y: float) -> str:
    """Return our gravity for a crop whose middle is a place of the picture, 0..1."""
    return f"{BOX_CENTRE}{show(x)}x{show(y)}"


def source(text: str) -> str:
    """Return a source that is decoded, as our URLs have it. Raises BadUrl for other schemes.

    >>> source("local:///a b.jpg"), source("http://b.com/a b.jpg?v=1")
    ('a%20b.jpg', 'http://b.com/a%20b.jpg?v=1')
    """
    if _HTTP.match(text):
        return read_source(quote(text, safe=IN_URLS, errors="replace"))
    path = text.removeprefix("local://").lstrip("/")
    if not path or _SCHEME.match(path):
        raise BadUrl(f"Expected a path or an http(s) URL as the source, got {shown(text)}.")
    return quote(path, errors="replace")


def decoded(text: str) -> str:
    """Return text without its percent-encoding. Raises BadUrl where that is no UTF-8."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise BadUrl(f"Expected percent-encoded UTF-8, got {shown(text)}.") from None


def check_signature(given: str, made: Iterable[str]) -> None:
    """Raise BadSignature unless a signature is one of those that were made with our keys."""
    raw = given.encode("utf-8", "surrogatepass")
    if not sum(hmac.compare_digest(raw, each.encode()) for each in made):
        raise BadSignature("The URL needs the signature of the service that it was written for.")


def text_of(pairs: dict[str, str]) -> str:
    """Return names and values as the options text of a URL."""
    return written(pairs.items())


def turned(orientation: Orientation) -> dict[str, str]:
    """Return our flip and rotation for an orientation."""
    if orientation.mirrored and orientation.turns == 2:  # noqa: PLR2004 - half a turn
        return {"flip": "v"}
    flip = {"flip": "h"} if orientation.mirrored else {}
    return flip | ({"rotate": str(orientation.turns * 90)} if orientation.turns else {})
