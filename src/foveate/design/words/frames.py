"""The table of signs: by which words and values a verb is known, the surest first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.words.pictured import pictured
from foveate.design.words.stepped import stepped
from foveate.design.words.unquoted import family_in, unquoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.design.words.lexicon import Token
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
    number = amount(said)[1] if plain or said.number("money") else None
    grows = said.cue("big shrink") and number is not None and not becomes(said, number)
    return number is not None and not grows


def _to_sum(said: Said) -> bool:
    return any(becomes(said, each) for each in said.numbers)


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


def amount(said: Said) -> tuple[Number | None, Number | None]:
    """Return what costs before, where that is told, and what it is to cost: `from 49 to 39 €`."""
    sums = [each for each in said.numbers if each.unit in {"money", ""}]
    if not any(each.unit == "money" for each in sums) and len(sums) > 1:
        sums = [] if not said.has("thing.price", "thing.rate") else sums
    old = next((each for each in sums if len(sums) > 1 and _is_old(said, each)), None)
    old = old or (sums[0] if len(sums) > 1 else None)
    news = [each for each in sums if each is not old]
    return old, news[-1] if news else None


def _is_old(said: Said, number: Number) -> bool:
    """Return whether a sum is the one that goes: after `instead of`, or before its Japanese."""
    after = said.text[number.end :].lstrip()
    for token in (each for each in said.tokens if "cue.instead" in each.tags):
        if token.text > "\u3000" and after.startswith(token.text):
            return True
        if not said.text[token.end : number.start].strip() and token.end <= number.start:
            return True
    return after.startswith("\u304b\u3089")  # "from", in Japanese


def stripped(said: Said) -> bool:
    """Return whether a look is taken from letters: `remove the bold from it`, `not underlined`.

    `remove the underlined text` takes out a text: there the look says which.
    """
    looks = [token for token in said.tokens if any(f"cue.{one}" in token.tags for one in _WORN)]
    if not looks:
        return False
    look = looks[0]
    if said.cue("delete"):
        named = [each for each in said.tokens if each.of("thing") or each.of("block")]
        after = next((each for each in named if each.start >= look.end), None)
        if after is not None:
            return said.text[look.end : after.start].strip() != ""
        return not named or "\u306e" in said.text[named[-1].end : look.start]
    if said.cue("less"):
        return True
    nots = [each for each in said.tokens if "cue.not" in each.tags and "cue.keep" not in each.tags]
    return any(
        _only_small(said, each.end, look.start)
        or (each.text > "\u3000" and _only_small(said, look.end, each.start))
        for each in nots
    )


_WORN: Final = ("bold", "italic", "underline", "strike")


def _only_small(said: Said, start: int, end: int) -> bool:
    """Return whether nothing is said between two places that is a sign of anything."""
    between = [each for each in said.tokens if start <= each.start and each.end <= end]
    return start <= end and all(each.tags == {"small"} for each in between)


def _taken(said: Said) -> bool:
    return said.cue("delete less")


def _undone(said: Said) -> bool:
    return said.cue("delete") and not said.inks


def _both_named(said: Said) -> bool:
    """Return whether one block is to be in line with another: `the date with the title`."""
    return pair(said) is not None


def pair(said: Said) -> Token | None:
    """Return the word between what is brought into line, and what with; None for none."""
    names = [each for each in said.tokens if each.of("thing") or each.of("block")]
    for token in said.tokens:
        before = any(each.end <= token.start for each in names)
        if token.text in _WITH and before and any(each.start >= token.end for each in names):
            return token
    return None


_WITH: Final = frozenset({"with", "mit", "avec", "con", "am", "an"})


def _ink(said: Said) -> bool:
    return bool(said.inks)


def _no_ink(said: Said) -> bool:
    return not said.inks


def _somewhere(said: Said) -> bool:
    """Return whether a side is said; up and down alone are of many verbs: `touch up`."""
    plain = {token.text for token in said.tokens if token.of("place")}
    moved = said.cue("move") or said.number(*_LENGTHS) is not None
    return bool(said.sides) and (moved or not plain <= {"up", "down"})


def _higher(said: Said) -> bool:
    """Return whether something is to be made higher: taller, or further up."""
    words = {token.text for token in said.tokens}
    by = said.cue("move") or said.numbers or said.has("amount.little", "amount.much")
    return not by and bool(words & _HIGHER)


_HIGHER: Final = frozenset({"higher", "höher"})


def _amount(said: Said) -> bool:
    return said.number("%", "times") is not None


def _bare(said: Said) -> bool:
    return said.number("px", "pt", "") is not None


def _named(said: Said) -> bool:
    """Return whether a font may be named; colours are none, but for `Black Ops One`."""
    return bool(said.quotes) or not any(
        said.text[ink.start : ink.start + 1].islower() for ink in said.inks
    )


def family_of(said: Said) -> str:
    """Return the family of fonts that is named, of those that there are; empty for none."""
    return family_in(said.text)


def _greyed(said: Said) -> bool:
    """Return whether pictures are meant: grey is a colour that other things can have."""
    return said.has("thing.photo", "thing.portrait") or not said.inks


def _new_words(said: Said) -> bool:
    return _quoted(said) and not said.sides


def sides_of(said: Said) -> tuple[float, float] | None:
    """Return how wide and high something is to be, where both are said in pixels."""
    box = _BOX.search(said.text)
    if box:
        return float(box[1]), float(box[2])
    wide, high = (
        next((each.start for each in said.tokens if f"cue.{one}" in each.tags), None)
        for one in ("wide", "tall")
    )
    found = [each.value for each in said.numbers if each.unit in {"px", ""}]
    if wide is None or high is None or len(found) != 2:  # noqa: PLR2004 - both sides
        return None
    return (found[0], found[1]) if wide < high else (found[1], found[0])


_BOX: Final = re.compile(r"(\d+)\s*(?:px)?\s*[x\u00d7]\s*(\d+)\s*(?:px)?(?![\w.])")


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
    Frame("plain", where=stripped),
    Frame("negated", "not"),
    Frame("as", "as"),
    Frame("gap", "gap", unless="delete hide"),
    Frame("swap", "swap", where=lambda said: not _pictured(said)),
    Frame("describe", "alt", where=_described),
    Frame("replace", where=_two),
    Frame("source", where=_file),
    Frame("picture", where=_pictured),
    Frame("say", unless="delete hide copy not", where=lambda said: unquoted(said) is not None),
    Frame("translate", "translate"),
    Frame("add", "add", unless=_STYLES),
    Frame("say", unless=f"{_GOES} big shrink {_STYLES}", where=_new_words),
    Frame("say", "say replace", unless="delete hide copy", where=_quoted),
    Frame("copy", "copy"),
    Frame("unshadow", "shadow", where=lambda said: said.cue("delete")),
    Frame("unborder", "border", where=lambda said: said.cue("delete") and not said.inks),
    Frame("sharp_corners", "square"),
    Frame("sharp_corners", "corner round", where=lambda said: said.cue("delete")),
    Frame("unblur", "blur", where=lambda said: said.cue("delete")),
    Frame("face", "crop zoom", unless="delete", where=lambda said: said.has("thing.face")),
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
    Frame("cheaper", "cheaper", where=lambda said: bool(said.numbers) and not _to_sum(said)),
    Frame("cheaper", where=stepped),
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
    Frame("family", unless="add", where=lambda said: family_of(said) != ""),
    Frame("flush", "align", unless="delete", where=_both_named),
    Frame("align", "align center", unless="delete"),
    Frame("box", where=lambda said: sides_of(said) is not None),
    Frame("thin", "thick", where=_taken),
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
    Frame("higher", where=_higher),
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


INKED: Final = frozenset(
    {
        *("say", "replace", "price", "picture", "describe", "source", "match", "shadow", "delete"),
        *(
            "family",
            "hide",
            "show",
            "grey",
            "beside",
            "layer",
            "flush",
            "swap",
            "unborder",
            "unshadow",
        ),
    }
)
"""Verbs beside which a colour says something else than what is to be done: which block, mostly."""
_DEEDS: Final = "bold italic underline strike upper lower shadow border copy swap grey mirror"
"""Cues of what is done by one verb alone, and is not done where another one is."""
_WITHIN: Final[Mapping[str, str]] = {
    "plain": "bold italic underline strike",
    "unshadow": "shadow",
    "unborder": "border",
    "thick": "border",
    "thin": "border",
    "overturn": "mirror",
}
_ALL_OF: Final = frozenset({"delete", "hide", "show", "picture", "describe", "source"})
"""Verbs beside which looks say which block is meant."""
_GROWN: Final = frozenset({"bold", "italic", "underline", "strike", "upper", "lower", "color"})
"""Verbs that have nothing to do with how large something is."""


def unheard(said: Said, verb: str) -> bool:
    """Return whether a request has a sign of something that its verb does not do."""
    if verb in _ALL_OF:
        return False
    deeds = {one for one in _DEEDS.split() if said.cue(one)}
    if verb == "width" and said.cue("tall"):
        return True
    if verb in _GROWN:
        deeds |= {one for one in ("big", "shrink") if said.cue(one)}
    return bool(deeds - {verb, *_WITHIN.get(verb, "").split()})
