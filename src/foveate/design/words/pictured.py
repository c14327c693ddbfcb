"""Requests for another picture, which say what it is to show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from foveate.design.words.lexicon import tokens

if TYPE_CHECKING:
    from foveate.design.words.said import Said

_LEAD: Final = re.compile(
    r"^(?:(?:a|an|the|another|one|ones)\s+)*(?:(?:photo|photograph|picture|image|pic)s?\s+)?"
    r"(?:of|with|that shows|showing|which shows)\s+"
    r"|^(?:ein|eine|einem|einen|eines|einer|das|anderes|anderem)?\s*"
    r"(?:anderen?m?s?\s+)?(?:foto|bild|eines|eins|einem)?\s*(?:von|mit|das)\s+"
    r"|^(?:une|un|celle|l')?\s*(?:autre\s+)?(?:photo|image|celle|une)?\s*"
    r"(?:de\s+|d'|avec\s+|montrant\s+)"
    r"|^(?:una|un|otra)?\s*(?:otra\s+)?(?:foto|imagen)?\s*(?:de|con|que muestre)\s+",
    re.IGNORECASE,
)
"""That it is a picture, before it is said of what."""
_JAPANESE: Final = re.compile(r"の(?:写真|画像)$")
_MARKS: Final = "\"'\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d "
_ENDS: Final = " .!\u3002\uff01"
_LOOKS: Final = frozenset(
    {
        *("grey", "dark", "light", "bright", "contrast", "vivid", "blur", "sharp", "cutout"),
        *("round", "square", "big", "shrink", "fade", "shadow", "border", "mirror", "rotate"),
        "zoom",
    }
)
"""Words of what becomes of the picture that is there, in place of what another one shows."""
_SEEN: Final = frozenset(
    {
        *("car", "cat", "cup", "dog", "drummer", "flag", "flower", "gift", "heart", "house"),
        *("map", "moon", "person", "star", "sun", "table", "tree", "wine"),
    }
)
"""Things that photos show: others are blocks, as `the title`."""
_SMALL: Final = frozenset(
    {
        *("a", "an", "the", "one", "ein", "eine", "einen", "einem", "eines", "une", "la", "le"),
        *("un", "una", "el", "lo"),
    }
)


@dataclass(frozen=True, slots=True)
class Pictured:
    """Another picture is asked for."""

    start: int
    end: int
    """Where it stands which one is to go."""
    shows: str
    """What is to be seen instead."""


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    lines = (files("foveate.design.words") / "shown.txt").read_text("utf-8").splitlines()
    return tuple(re.compile(line, re.IGNORECASE) for line in lines if line[:1] not in {"", "#"})


def pictured(said: Said) -> Pictured | None:
    """Return what another picture is to show; None where none is asked for."""
    found = (pattern.search(said.text.rstrip(_ENDS)) for pattern in _patterns())
    for each in filter(None, found):
        start, end = each.span("what")
        shows = bare(each["by"].strip(_MARKS))
        if _names_picture(said, start, end) and _is_seen(shows):
            return Pictured(start, end, shows)
    return None


def bare(text: str) -> str:
    """Return what is seen, without saying that it is a picture.

    >>> bare("one of a beach"), bare("ein Foto von zwei Hunden"), bare("une photo d'une plage")
    ('a beach', 'zwei Hunden', 'une plage')
    >>> bare("a beach"), bare("海辺の写真")
    ('a beach', '海辺')
    """
    return _JAPANESE.sub("", _LEAD.sub("", text.strip(), count=1)).strip() or text


def _names_picture(said: Said, start: int, end: int) -> bool:
    """Return whether what is to go is called a picture."""
    inside = [each for each in said.tokens if start <= each.start and each.end <= end]
    pictures = {"thing.photo", "thing.portrait"}
    return any(pictures & each.tags for each in inside) and not said.cue("copy")


def _is_seen(shows: str) -> bool:
    """Return whether words say what is seen: not another block, and not another look."""
    words = tokens(shows.lower())
    cues = {cue for each in words for cue in each.of("cue")}
    things = {thing for each in words for thing in each.of("thing")}
    seen = any(each.unknown and each.text not in _SMALL for each in words)
    return (seen or bool(things & _SEEN)) and not cues & _LOOKS
