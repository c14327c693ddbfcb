"""Sizes of pages by name: ratios, what platforms ask for, banners and paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.configuration.nearest import meant
from foveate.design.scene.model import DPI
from foveate.design.scene.units import pixels
from foveate.design.scene.words import MOST_SIDE
from foveate.errors import BadRequest
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORT: Final = 1080.0
"""The shorter side of a page that is asked for by its ratio alone."""
MOST_RATIO: Final = 30.0
"""Of the longer side to the shorter one."""
LEAST_SIDE: Final = 16.0
_RATIO: Final = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)")
_SIZE: Final = re.compile(r"([\d.]+)\s*(mm|cm|in|pt|px|)\s*[x×]\s*([\d.]+)\s*(mm|cm|in|pt|px|)")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Format:
    """One row: a page by its name. Sides of paper are millimetres, of all others pixels."""

    name: str
    width: float
    height: float
    help: str
    paper: bool = False


FORMATS: Final[tuple[Format, ...]] = (
    Format("youtube-thumbnail", 1280, 720, "A thumbnail of a video."),
    Format("instagram-post", 1080, 1350, "A post of a feed, upright."),
    Format("instagram-square", 1080, 1080, "A post of a feed, square."),
    Format("instagram-story", 1080, 1920, "A story, or a reel's cover."),
    Format("tiktok", 1080, 1920, "A video's cover."),
    Format("facebook-post", 1200, 630, "A picture of a link."),
    Format("facebook-cover", 851, 315, "The top of a page."),
    Format("linkedin-post", 1200, 627, "A picture of a link."),
    Format("linkedin-banner", 1584, 396, "The top of a profile."),
    Format("x-post", 1600, 900, "A picture of a post."),
    Format("pinterest-pin", 1000, 1500, "A pin."),
    Format("open-graph", 1200, 630, "What is shown of a link."),
    Format("leaderboard", 728, 90, "A banner across a page."),
    Format("billboard", 970, 250, "A large banner across a page."),
    Format("medium-rectangle", 300, 250, "A banner in a text."),
    Format("half-page", 300, 600, "A large banner beside a text."),
    Format("skyscraper", 160, 600, "A banner beside a text."),
    Format("mobile-banner", 320, 100, "A banner of a telephone."),
    Format("presentation", 1920, 1080, "A slide."),
    Format("a3", 297, 420, "Paper, upright.", paper=True),
    Format("a4", 210, 297, "Paper, upright.", paper=True),
    Format("a4-landscape", 297, 210, "Paper, lying.", paper=True),
    Format("a5", 148, 210, "Paper, upright.", paper=True),
    Format("a6", 105, 148, "A postcard, upright.", paper=True),
    Format("letter", 215.9, 279.4, "Paper of North America.", paper=True),
    Format("business-card", 85, 55, "A card.", paper=True),
)
BY_NAME: Final[Mapping[str, Format]] = {row.name: row for row in FORMATS}


def page_size(name: str, dpi: float) -> tuple[float, float]:
    """Return width and height of a page in pixels: by name, ratio or size. Raises BadRequest.

    >>> page_size("16:9", 96), page_size("9:16", 96), page_size("leaderboard", 96)
    ((1920.0, 1080.0), (1080.0, 1920.0), (728.0, 90.0))
    >>> page_size("800x600", 96), page_size("25.4mm x 2in", 100)
    ((800.0, 600.0), (100.0, 200.0))
    """
    said = name.strip().lower()
    if row := BY_NAME.get(said):
        unit = "mm" if row.paper else "px"
        return pixels(f"{row.width}{unit}", dpi), pixels(f"{row.height}{unit}", dpi)
    if (found := _RATIO.fullmatch(said)) and all(map(float, found.groups())):
        across, down = map(float, found.groups())
        less = SHORT / min(across, down)
        return _checked(name, round(across * less, 3), round(down * less, 3))
    if found := _SIZE.fullmatch(said):
        return _checked(name, *_sides(name, found.groups(), dpi))
    names = ", ".join(BY_NAME)
    raise BadRequest(
        f"Expected a ratio such as 16:9, a size such as 1280x720 or 210mm x 297mm, or one of "
        f"{names}; got {shown(name)}{meant(said, BY_NAME)}."
    )


def _sides(name: str, said: tuple[str, ...], dpi: float) -> tuple[float, float]:
    across, unit, down, other = said
    try:
        return pixels(f"{across}{unit or other}", dpi), pixels(f"{down}{other or unit}", dpi)
    except ValueError as why:
        raise BadRequest(f"Expected a size such as 1280x720, got {shown(name)}.") from why


def _checked(name: str, width: float, height: float) -> tuple[float, float]:
    least, most = sorted((width, height))
    if not LEAST_SIDE <= least <= most <= MOST_SIDE or most / least > MOST_RATIO:
        raise BadRequest(
            f"Expected a page of {LEAST_SIDE:.0f} to {MOST_SIDE:.0f} pixels a side, at most "
            f"{MOST_RATIO:.0f} times as long as it is wide, got {shown(name)}."
        )
    return width, height


def legible_dpi(name: str, dpi: float) -> float:
    """Return the pixels to the inch at which a page is read: of paper its own, else a screen's.

    >>> legible_dpi("a5", 300), legible_dpi("210mm x 100mm", 300), legible_dpi("16:9", 300)
    (300, 300, 96.0)
    """
    said = name.strip().lower()
    row = BY_NAME.get(said)
    printed = row.paper if row else bool(re.search("mm|cm|in|pt", said))
    return dpi if printed else DPI
