"""The table of signs: by which words and values a verb is known, the surest first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.words.pictured import pictured

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.design.words.said import Said
    from foveate.design.words.values import Number

_TO: Final = frozenset({"to", "auf", "\u00e0", "a", "al"})
_TO_AFTER: Final = ("\u306b", "\u307e\u3067")
"""The same in Japanese, which says it after the number."""
_BY: Final = frozenset({"by", "um"})
_LENGTHS: Final = ("px", "pt", "mm", "cm", "in")
_PICTURE: Final = re.compile(r"\S+\.(?:jpe?g|png|webp|avif|svg|gif|heic)\b", re.IGNORECASE)
_FROM_TO: Final = (
    re.compile(
        r"\b(?:change|replace|substitute|ändere|ersetze|remplace|change|reemplaza|cambia|sustituye)"
        r"\s+(?P<old>.+?)\s+(?:to|with|by|into|durch|in|zu|par|en|por|a)\s+(?P<new>.+?)"
        r"(?:\s+(?:in|on|im|in der|dans|en)\s+(?:the|der|dem|le|la|el)?\s*\w+)?$",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<old>.+?)を(?P<new>.+?)に(?:変え|変更|置き換え)"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One row: a verb is meant where one of `any` is said, none of `unless`, and `where` holds."""

    verb: str
    any: str = ""
    unless: str = ""
    where: Callable[[Said], bool] | None = None

    def fits(self, said: Said) -> bool:
        """Return whether this is what is said."""
        cued = not self.any or said.cue(self.any)
        return cued and not said.cue(self.unless) and (self.where is None or self.where(said))


def old_and_new(said: Said) -> list[tuple[str, str]]:
    """Return what is to be said in place of what, as it may be read without quotation marks."""
    if len(said.quotes) == 2:  # noqa: PLR2004 - the old words, and the new ones
        return [(said.quotes[0].text, said.quotes[1].text)]
    found = (pattern.search(said.text) for pattern in _FROM_TO)
    return [] if said.quotes else [(each["old"], each["new"]) for each in found if each]


def _quoted(said: Said) -> bool:
    return len(said.quotes) == 1


def _two(said: Said) -> bool:
    return len(said.quotes) == 2  # noqa: PLR2004 - the old words, and the new ones


def _angle(said: Said) -> bool:
    return said.number("deg") is not None


def _length(said: Said) -> bool:
    return said.number(*_LENGTHS) is not None


def _money(said: Said) -> bool:
    priced = said.has("thing.price", "thing.rate", "cue.price")
    plain = priced and said.number("") is not None and not said.sides
    number = said.number("money", "") if plain else said.number("money")
    grows = said.cue("big shrink") and number is not None and not becomes(said, number)
    return number is not None and not grows


def becomes(said: Said, number: Number) -> bool:
    """Return whether a number is what something becomes, as in `to 80 %`, and not what is added."""
    after = said.text[number.end :].lstrip()
    return _before(said, number) in _TO or after.startswith(_TO_AFTER)


def added(said: Said, number: Number) -> bool:
    """Return whether a length is what something gets or loses: `50 px wider`, not `50 px wide`."""
    if becomes(said, number):
        return False
    by = _before(said, number) in _BY or (said.cue("big shrink") and not said.cue("change"))
    return said.cue("compare") or by


def _before(said: Said, number: Number) -> str:
    return next(reversed(said.text[: number.start].lower().split()), "")


def _ink(said: Said) -> bool:
    return bool(said.inks)


def _no_ink(said: Said) -> bool:
    return not said.inks


def _somewhere(said: Said) -> bool:
    """Return whether a side is said; up and down alone are of many verbs: `touch up`."""
    plain = {token.text for token in said.tokens if token.of("place")}
    moved = said.cue("move") or said.number(*_LENGTHS) is not None
    return bool(said.sides) and (moved or not plain <= {"up", "down"})


def _amount(said: Said) -> bool:
    return said.number("%", "times") is not None


def _bare(said: Said) -> bool:
    return said.number("px", "pt", "") is not None


def _named(said: Said) -> bool:
    """Return whether a font may be named; colours are none, but for `Black Ops One`."""
    return bool(said.quotes) or not any(
        said.text[ink.start : ink.start + 1].islower() for ink in said.inks
    )


def _greyed(said: Said) -> bool:
    """Return whether pictures are meant: grey is a colour that other things can have."""
    return said.has("thing.photo", "thing.portrait") or not said.inks


def _new_words(said: Said) -> bool:
    return _quoted(said) and not said.sides


def _file(said: Said) -> bool:
    return file_of(said) != ""


def file_of(said: Said) -> str:
    """Return the name or address of a picture, where one is said; empty where none is."""
    quoted = [each.text for each in said.quotes]
    found = next((f for f in map(_PICTURE.search, [*quoted, said.text]) if f), None)
    return found[0] if found else ""


def _pictured(said: Said) -> bool:
    return pictured(said) is not None


def _described(said: Said) -> bool:
    return _quoted(said) or _pictured(said)


def _related(said: Said) -> bool:
    return any(token.of("rel") for token in said.tokens)


def _layered(said: Said) -> bool:
    return said.has("rel.front", "rel.behind")


_STYLES: Final = (
    "bold unbold italic upper lower underline strike color dark light contrast corner round fade "
    "rotate shadow border fontsize spacing leading align center thick"
)
_GOES: Final = "delete hide front back swap copy lock"

FRAMES: Final[tuple[Frame, ...]] = (
    Frame("undo", "undo"),
    Frame("negated", "not"),
    Frame("swap", "swap", where=lambda said: not _pictured(said)),
    Frame("describe", "alt", where=_described),
    Frame("replace", where=_two),
    Frame("source", where=_file),
    Frame("picture", where=_pictured),
    Frame("add", "add", unless=_STYLES),
    Frame("say", unless=f"{_GOES} big shrink {_STYLES}", where=_new_words),
    Frame("say", "say replace", unless="delete hide copy", where=_quoted),
    Frame("copy", "copy"),
    Frame("unshadow", "shadow", where=lambda said: said.cue("delete")),
    Frame("unborder", "border", where=lambda said: said.cue("delete") and not said.inks),
    Frame("sharp_corners", "square"),
    Frame("cutout", "cutout"),
    Frame("match", "same"),
    Frame("corners", "corner"),
    Frame("corners", "round", unless="move"),
    Frame("opacity", "fade opaque"),
    Frame("shadow", "shadow"),
    Frame("border", "border"),
    Frame("spacing", "spacing"),
    Frame("leading", "leading"),
    Frame("contrast", "contrast"),
    Frame("gradient", "gradient"),
    Frame("straighten", "straight"),
    Frame("mirror", "mirror"),
    Frame("overturn", "over", where=lambda said: said.cue("rotate change move mirror")),
    Frame("rotate", "rotate", unless="grey hide", where=_angle),
    Frame("rotate", "rotate", unless="grey hide", where=_no_ink),
    Frame("hide", "hide"),
    Frame("show", "show", unless="bold italic upper lower underline strike"),
    Frame("layer", where=_layered),
    Frame("lock", "lock"),
    Frame("unlock", "unlock"),
    Frame("front", "front"),
    Frame("back", "back"),
    Frame("price", unless="delete rotate bold", where=_money),
    Frame("bold", "bold"),
    Frame("unbold", "unbold"),
    Frame("italic", "italic"),
    Frame("upper", "upper"),
    Frame("lower", "lower"),
    Frame("underline", "underline"),
    Frame("strike", "strike"),
    Frame("letters", "fontsize", where=_bare),
    Frame("family", "font", where=_named),
    Frame("align", "align center", unless="delete"),
    Frame("thick", "thick"),
    Frame("thin", "thin"),
    Frame("width", "wide narrow"),
    Frame("height", "tall short", unless="move", where=_length),
    Frame("grey", "grey", unless="delete", where=_greyed),
    Frame("vivid", "vivid"),
    Frame("blur", "blur"),
    Frame("sharpen", "sharp"),
    Frame("zoom", "zoom"),
    Frame("delete", "delete", unless="big shrink"),
    Frame("beside", where=_related),
    Frame("darker", "dark"),
    Frame("lighter", "light"),
    Frame("brighter", "bright"),
    Frame("smaller", "scale", where=lambda said: "down" in said.sides),
    Frame("either", "big", where=lambda said: said.cue("shrink")),
    Frame("bigger", "big scale", unless="move"),
    Frame("smaller", "shrink", unless="move"),
    Frame("color", where=_ink),
    Frame("move", where=_somewhere),
    Frame("bigger", "big scale"),
    Frame("smaller", "shrink"),
    Frame("letters", where=_length),
    Frame("scale", where=_amount),
    Frame("replace", where=lambda said: bool(old_and_new(said)) and said.cue("replace")),
)


def verb_of(said: Said) -> str:
    """Return the verb of a request by its signs; empty where none is certain."""
    return next((frame.verb for frame in FRAMES if frame.fits(said)), "")
