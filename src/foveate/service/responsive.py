"""A responsive picture as a value: how its markup is to be, and what stands in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadOption
from foveate.options.model import Format
from foveate.options.sizes import slots
from foveate.options.values import shown
from foveate.service.markup import html

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST: Final = 8
MOST_OF_ALL: Final = 20
WHOLE: Final = "100vw"
"""What browsers take where no `sizes` are said."""
LONGEST_ALT: Final = 2000
FORMATS: Final = {
    each.value: each
    for each in (
        *(Format.JXL, Format.AVIF, Format.WEBP),
        *(Format.JPEG, Format.PNG, Format.GIF, Format.AUTO),
    )
}


class Loading(StrEnum):
    """When browsers fetch a picture: once it is about to be seen, or at once."""

    LAZY = "lazy"
    EAGER = "eager"


class Until(StrEnum):
    """What the page shows until the picture is here."""

    THUMBHASH = "thumbhash"
    COLOUR = "colour"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SrcsetAsked:
    """How the markup is to be."""

    slots: tuple[float, float]
    """How wide `sizes` says that it is shown, in CSS pixels: least and greatest."""
    sizes: str
    formats: tuple[Format, ...] = ()
    """None is what the options name, or `auto`."""
    widths: int = MOST
    """So many at most."""
    alt: str = ""
    loading: Loading = Loading.LAZY
    placeholder: Until = Until.THUMBHASH


def read_asked(
    *,
    sizes: str = WHOLE,
    formats: Sequence[str] = (),
    widths: int = MOST,
    alt: str = "",
    loading: str = Loading.LAZY,
    placeholder: str = Until.THUMBHASH,
) -> SrcsetAsked:
    """Return how the markup is to be. Raises BadOption."""
    if not 1 <= widths <= MOST_OF_ALL:
        raise BadOption(f"Expected 1 to {MOST_OF_ALL} widths at most, got {widths}.")
    if len(alt) > LONGEST_ALT:
        raise BadOption(f"Expected alt of at most {LONGEST_ALT} characters, got {len(alt)}.")
    words = dict.fromkeys(word.strip() for each in formats for word in str(each).split(","))
    named = [_word("format", FORMATS, word) for word in words if word]
    if Format.AUTO in named[1:] or named[:1] == [Format.AUTO] != named:
        raise BadOption("Expected auto alone or other formats, got both.")
    return SrcsetAsked(
        slots=slots(sizes),
        sizes=sizes.strip() or WHOLE,
        formats=tuple(named),
        widths=widths,
        alt=alt,
        loading=_word("loading", {each.value: each for each in Loading}, loading),
        placeholder=_word("placeholder", {each.value: each for each in Until}, placeholder),
    )


def _word(name: str, words: Mapping[str, Any], said: str) -> Any:  # noqa: ANN401 - what the words are
    if said not in words:
        raise BadOption(f"Expected {name} as one of {', '.join(words)}, got {shown(said)}.")
    return words[said]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file that a browser may choose."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """The files of one format, the smallest first."""

    format: Format
    images: tuple[Candidate, ...]

    @property
    def type(self) -> str | None:
        """Return the media type; None where it is negotiated."""
        return None if self.format is Format.AUTO else f"image/{self.format.value}"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What stands for the cropped picture until it is here."""

    colour: str
    """The most frequent one, as `#rrggbb`."""
    thumbhash: str
    """In base64."""
    url: str
    """What the ThumbHash shows, as a data URL."""


@dataclass(frozen=True, slots=True)
class Srcset:
    """A responsive picture; its markup is `html`."""

    asked: SrcsetAsked
    sources: tuple[Candidates, ...]
    """By format, in the order in which browsers are to try them."""
    placeholder: Placeholder | None
    """None where the picture is transparent somewhere, and it would shine through."""

    @property
    def largest(self) -> Candidate:
        """Return the largest file of the last format, which every browser reads."""
        return self.sources[-1].images[-1]

    @property
    def html(self) -> str:
        """Return `<img>`, within `<picture>` where there are several formats."""
        return html(self)

    def to_json(self) -> dict[str, object]:
        """Return the picture as the API answers it."""
        sources = [
            {"type": each.type, "images": [asdict(image) for image in each.images]}
            for each in self.sources
        ]
        return {
            "html": self.html,
            "src": self.largest.url,
            "width": self.largest.width,
            "height": self.largest.height,
            "sizes": self.asked.sizes,
            "sources": sources,
            "placeholder": self.placeholder and asdict(self.placeholder),
        }
