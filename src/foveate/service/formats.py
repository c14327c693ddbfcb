"""The formats that platforms, shops and printers ask for, by plain names.

Pixels are what such places commonly recommend, or what a print of that size needs at 300 dots
per inch. Recommendations change: a row is all that there is to edit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.configuration.nearest import hint, meant
from foveate.errors import BadOption
from foveate.geometry.box import Box, Size
from foveate.options.model import GravityKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDEST: Final = 100.0
_SIDES: Final = re.compile(r"(\d[\d.]*)\s*(?:x|[^\w.])\s*(\d[\d.]*)", re.ASCII | re.IGNORECASE)
"""Two numbers as others write a ratio: 9x16, 9/16 or 9-16."""


class Keeps(NamedTuple):
    """What a crop keeps, and how tightly."""

    gravity: GravityKind
    zoom: float
    words: str


FACES: Final = Keeps(GravityKind.FACE, 0.0, "faces")
PORTRAIT: Final = Keeps(GravityKind.FACE, 0.35, "head and shoulders")
"""A window of three heights of a face."""
GOODS: Final = Keeps(GravityKind.AUTO, 0.75, "the whole subject")


class Covered(NamedTuple):
    """What a place lays its own buttons and words over: shares of the sides of a picture."""

    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    left: float = 0.0

    def rest(self, box: Box) -> Box:
        """Return the part of a box that stays free."""
        width, height = box.width, box.height
        return Box(
            box.left + width * self.left,
            box.top + height * self.top,
            width * (1 - self.left - self.right),
            height * (1 - self.top - self.bottom),
        )


NOTHING: Final = Covered()
# Stories and reels as Meta tells advertisers; short videos as is commonly advised, for YouTube
# publishes no number. November 2026.
STORY: Final = Covered(top=0.14, bottom=0.20)
REEL: Final = Covered(top=0.14, right=0.06, bottom=0.35, left=0.06)
SHORT: Final = Covered(top=0.15, right=0.12, bottom=0.25)


@dataclass(frozen=True, slots=True)
class NamedFormat:
    """A shape that a place asks for, and the pixels it recommends."""

    name: str
    aspect: str
    """The ratio as people write it; the pixels say it exactly."""
    size: Size
    use: str
    keeps: Keeps = FACES
    """What its crop is about, where nobody says otherwise."""
    covered: Covered = NOTHING
    round: bool = False
    """Whether it is shown as a circle."""


_ROWS: Final = (
    NamedFormat("square", "1:1", Size(1080, 1080), "posts in a feed, tiles of a profile"),
    NamedFormat("portrait", "4:5", Size(1080, 1350), "tall posts in a feed"),
    NamedFormat("landscape", "1.91:1", Size(1080, 566), "wide posts in a feed"),
    NamedFormat("story", "9:16", Size(1080, 1920), "stories that fill a phone", covered=STORY),
    NamedFormat("reel", "9:16", Size(1080, 1920), "first frames of reels", covered=REEL),
    NamedFormat("short", "9:16", Size(1080, 1920), "first frames of short videos", covered=SHORT),
    NamedFormat("pin", "2:3", Size(1000, 1500), "pin boards"),
    NamedFormat(
        "avatar",
        "1:1",
        Size(400, 400),
        "profile pictures, often shown round",
        PORTRAIT,
        round=True,
    ),
    NamedFormat("header", "3:1", Size(1500, 500), "across the top of a profile"),
    NamedFormat("thumbnail", "16:9", Size(1280, 720), "previews of videos"),
    NamedFormat("cover", "16:9", Size(1920, 1080), "title pictures, slides, screens"),
    NamedFormat("link-preview", "1.91:1", Size(1200, 630), "what a shared link shows"),
    NamedFormat("banner", "3:1", Size(1200, 400), "across a page or a newsletter"),
    NamedFormat("ultra-wide", "21:9", Size(2520, 1080), "heads of wide pages"),
    NamedFormat("classic", "4:3", Size(1600, 1200), "tablets and older screens"),
    NamedFormat("product", "1:1", Size(2000, 2000), "product pages that can be zoomed", GOODS),
    NamedFormat("product-tall", "3:4", Size(1500, 2000), "clothes and other tall goods", GOODS),
    NamedFormat("product-wide", "4:3", Size(2000, 1500), "furniture and other wide goods", GOODS),
    NamedFormat("swatch", "1:1", Size(300, 300), "baskets and lists", GOODS),
    NamedFormat("photo", "3:2", Size(1800, 1200), "prints of 6 x 4 inches"),
    NamedFormat("photo-tall", "2:3", Size(1200, 1800), "prints of 4 x 6 inches"),
    NamedFormat("photo-7x5", "7:5", Size(2100, 1500), "prints of 7 x 5 inches"),
    NamedFormat("photo-10x8", "5:4", Size(3000, 2400), "prints of 10 x 8 inches"),
    NamedFormat("a4", "210:297", Size(2480, 3508), "a sheet of A4, upright"),
)
FORMATS: Final = {row.name: row for row in _ROWS}
SETS: Final[dict[str, tuple[str, ...]]] = {
    "social": ("square", "portrait", "landscape", "story", "pin", "avatar", "header"),
    "web": ("cover", "link-preview", "banner", "ultra-wide", "classic", "square"),
    "shop": ("product", "product-tall", "product-wide", "banner", "swatch"),
    "print": ("photo", "photo-tall", "photo-7x5", "photo-10x8", "a4"),
}


def wanted(aspects: Sequence[str], sets: Iterable[str] = ()) -> list[str]:
    """Return the names of every format in the sets, then the aspects, each once.

    Raises BadOption for a set, a format or a ratio that there is not, and where nothing is asked
    for.
    """
    names: list[str] = []
    for name in sets:
        if name not in SETS:
            got = f"got {name!r}{meant(name, SETS)}"
            raise BadOption(f"Expected a set out of {_listed(SETS)}, {got}.")
        names += SETS[name]
    if not names and not (names := list(aspects)):
        raise BadOption("Expected an aspect ratio such as 9:16, a format or a set, got none.")
    for each in aspects:
        read_aspect(each)
    return list(dict.fromkeys([*names, *aspects]))


def read_aspect(text: str) -> float:
    """Return width / height of `16:9`, `1.91:1`, `1.5` or a format's name. Raises BadOption.

    >>> read_aspect("16:9") == read_aspect("cover") == 16 / 9
    True
    """
    if text in FORMATS:
        return FORMATS[text].size.aspect
    width, _, height = text.partition(":")
    try:
        aspect = float(width) / float(height or 1)
    except (ValueError, ZeroDivisionError) as why:
        sides = _SIDES.fullmatch(text)
        said = f"{sides[1]}:{sides[2]}" if sides else ""
        near = hint(said) if said not in {"", text} else meant(text, FORMATS)
        wanted = f"an aspect ratio such as 16:9, or one of {_listed(FORMATS)}"
        raise BadOption(f"Expected {wanted}, got {text!r}{near}.") from why
    if not 1 / WIDEST <= aspect <= WIDEST:
        raise BadOption(f"Expected an aspect ratio from 1:100 to 100:1, got {text!r}.")
    return aspect


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def reference() -> str:
    """Return docs/reference/formats.md below its title: the table of formats."""
    sets = {name: ", ".join(f"`{s}`" for s in SETS if name in SETS[s]) for name in FORMATS}
    rows = (
        f"| `{row.name}` | {row.aspect} | {row.size} | {row.keeps.words} | {sets[row.name]} "
        f"| {row.use} | {_free(row)} |"
        for row in _ROWS
    )
    head = [
        "| name | aspect | pixels | keeps | sets | for | stays free |",
        "| --- " * 7 + "|",
    ]
    return "\n".join([*head, *rows])


def _free(row: NamedFormat) -> str:
    """Return what of it nothing is laid over, in words."""
    if row.round:
        return "a circle"
    sides = zip(Covered._fields, row.covered, strict=True)
    margins = ", ".join(f"{side} {share:.0%}" for side, share in sides if share)
    return f"all but {margins}" if margins else "all"
