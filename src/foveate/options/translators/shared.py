"""What all translators give, and how they read numbers, colours and sources, or refuse a word."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

from foveate.configuration.ranges import listed
from foveate.errors import BadOption, BadSignature, BadUrl, LinkExpired, NotTranslated
from foveate.geometry.fit import nearest
from foveate.options.colours import colour as read_colour
from foveate.options.grammar import IN_URLS, read_source, written
from foveate.options.gravities import BOX_CENTRE
from foveate.options.model import Format
from foveate.options.rows_preset import PRESET
from foveate.options.values import number, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from foveate.geometry.orientation import Orientation

T = TypeVar("T")

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
MOST_BLUR: Final = 250.0
ADDING_UP: Final = frozenset({"blur", "sharpen", "brightness", "contrast", "saturation"})
"""What twice the same is more than once."""
_OURS_ALONE: Final = frozenset({Format.AUTO, Format.BEST, Format.BASELINE_JPEG, Format.JSON})
FORMATS: Final = {"jpg": "jpeg"} | {
    each.value: each.value for each in Format if each not in _OURS_ALONE
}
"""Pictures that we write, by what every service calls them."""
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
    query: str = ""
    """What of the request's query is the source's own, as it was sent."""
    expires: int | None = None
    """When the link ends, in unix seconds."""
    negotiates: bool = False
    """Whether the client picks the format where the options name none."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service by its name, for what is said of its words."""

    name: str

    def refused(self, word: str, unless: str = "") -> NotTranslated:
        """Return the error for a word that has no counterpart here, or has one only so."""
        said = f"is translated only {unless}" if unless else "is not translated"
        return NotTranslated(f"{self.name}: {shown(word)} {said}.")

    def wrong(self, word: str, wanted: str, got: str) -> BadOption:
        """Return the error for a value that the word cannot have there either."""
        return BadOption(f"{self.name}: {shown(word)}: expected {wanted}, got {shown(got)}.")

    def number(self, word: str, text: str, low: float, high: float) -> float:
        """Return a number in that range. Raises BadOption."""
        try:
            return number(low, high)(text)
        except ValueError as why:
            raise BadOption(f"{self.name}: {shown(word)}: {why}.") from why

    def whole(self, word: str, text: str, low: int, high: int) -> int:
        """Return a whole number in that range. Raises BadOption."""
        value = self.number(word, text, low, high)
        if not value.is_integer():
            raise self.wrong(word, "a whole number", text)
        return int(value)

    def pixels(self, word: str, text: str) -> int:
        """Return a whole number of pixels. Raises BadOption."""
        return self.whole(word, text, 0, 10_000_000)

    def quality(self, word: str, text: str) -> dict[str, str]:
        """Return our quality for a number up to 100: our words mean nothing there.

        Raises BadOption.
        """
        return {"quality": str(self.whole(word, text, 0, 100))}

    def one_of(self, word: str, text: str, words: Mapping[str, T]) -> T:
        """Return what one of the words that there are means. Raises BadOption."""
        if text not in words:
            raise self.wrong(word, listed(list(words), "or"), text)
        return words[text]

    def check_colour(self, word: str, text: str) -> None:
        """Raise BadOption for what is no colour, where nobody else looks at it."""
        try:
            read_colour(text)
        except ValueError as why:
            raise BadOption(f"{self.name}: {shown(word)}: {why}.") from why

    def dpr(self, word: str, text: str) -> float:
        """Return a device pixel ratio, 1 where nothing is said. Raises BadOption."""
        return self.number(word, text or "1", 0.01, MAX_DPR)

    def ratio(self, word: str, text: str) -> float:
        """Return the width by the height of `16:9` or `1.5`. Raises BadOption."""
        across, _, down = text.partition(":")
        width, height = (self.number(word, each, 0.001, 1e6) for each in (across, down or "1"))
        return width / height

    def factor(self, ours: str, word: str, usual: str = "0") -> Callable[[str], dict[str, str]]:
        """Return the reader of a change of -100 to 100 percent as our factor.

        `usual` is what nothing means. The reader raises BadOption.
        """

        def read(text: str) -> dict[str, str]:
            change = self.number(word, text or usual, -100, 100)
            return {ours: show(max(LEAST_FACTOR, 1 + change / 100))}

        return read

    def blur(self, word: str, text: str) -> dict[str, str]:
        """Return our blur for a standard deviation in pixels. Raises BadOption."""
        return {"blur": show(min(MOST_BLUR, 2 * self.number(word, text, 0, 1000)))}

    def until(self, word: str, text: str, now: float) -> int | None:
        """Return when a link ends, None where nothing is said. Raises BadOption or LinkExpired."""
        if not text:
            return None
        end = int(self.number(word, text, 0, 10**12))
        if end <= now:
            raise LinkExpired
        return end

    def both(
        self, word: str, pairs: Mapping[str, str], others: Mapping[str, str]
    ) -> dict[str, str]:
        """Return what two steps ask for together, `word` being the later.

        Presets are joined, and what is grey stays grey. Raises NotTranslated where one would undo
        the other, or both count.
        """
        joined = {**pairs, **others}
        for name in filter(pairs.__contains__, others):
            said = {pairs[name], others[name]}
            if name == PRESET:
                joined[name] = f"{pairs[name]};{others[name]}"
            elif name == "saturation" and "0" in said:
                joined[name] = "0"
            elif len(said) > 1 or name in ADDING_UP:
                raise self.refused(word, f"without another {name} before it")
        return joined


def border(tolerance: float, colour: str = "") -> dict[str, str]:
    """Return our trim of a border that differs so little, 0..255, of that colour if given."""
    pairs = {"trim": "border", "trim.border.tolerance": str(round(tolerance))}
    return pairs | ({"trim.border.color": colour} if colour else {})


def shaped(width: float, height: float, ratio: float) -> tuple[float, float]:
    """Return both sides where one of them is 0, by the width for a height of 1."""
    return width or nearest(height * ratio), height or nearest(width / ratio)


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


def css_colour(text: str) -> str:
    """Return a CSS colour for what may have alpha in its first digits, where it has four or eight.

    >>> css_colour("80ff0000"), css_colour("f80")
    ('#ff000080', '#f80')
    """
    text = text.removeprefix("#")
    css = colour(text)
    share = {4: 1, 8: 2}.get(len(text), 0)
    return f"#{text[share:]}{text[:share]}" if css.startswith("#") and share else css


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


def check_signature(given: str, made: Iterable[str]) -> None:
    """Raise BadSignature unless a signature, as it was sent, is one of those made with our keys.

    One link has one spelling, so that nobody can make a thousand URLs of it which caches take for
    a thousand pictures.
    """
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
