"""Which fonts the letters of a text are drawn with, run by run, and what is to say of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.drawing.remarks import Matter, Remark
from foveate.design.fonts.scripts import drawn, families
from foveate.errors import FontsMissing, UnknownFont

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.drawing.typefaces import Typefaces
    from foveate.design.fonts.shelf import Match, Shelf
    from foveate.design.scene.model import Decoration, Run, Text
    from foveate.options.colours import Colour

_ENDS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_HALF: Final = re.compile("[\ud800-\udfff]")
"""Halves of a letter, which no text can have."""
_NAMED: Final = 8
"""Letters that no font has are named up to so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """A run with all that its text leaves to say, and the fonts that are asked in turn."""

    text: str
    fonts: tuple[Match, ...]
    size: float
    colour: Colour
    letter_spacing: float
    decoration: Decoration


def letters(
    text: Text, typefaces: Typefaces, language: str
) -> tuple[tuple[Letters, ...], tuple[Remark, ...]]:
    """Return the runs of a text with their fonts, and remarks. Raises UnknownFont, FontsMissing."""
    found, remarks = [], []
    for run in filter(lambda run: run.text, text.runs):
        match = _asked(text, run, typefaces.shelf)
        helpers, lacking = _helpers(plain(run.text), match, typefaces, language)
        remarks += [*_of_font(text, run, match), *_of_glyphs(text, lacking, typefaces.shelf)]
        found.append(_complete(text, run, (match, *helpers)))
    return tuple(found), tuple(dict.fromkeys(remarks))


def plain(text: str) -> str:
    r"""Return what of a text can be drawn: one kind of line end, and no control characters.

    >>> plain("a\tb\r\nc\0d")
    'a b\ncd'
    """
    text = _CONTROL.sub("", _ENDS.sub("\n", text).replace("\t", " "))
    return _HALF.sub("\ufffd", text)


def _asked(text: Text, run: Run, shelf: Shelf) -> Match:
    return shelf.match(run.font or text.font, _weight(text, run), italic=_italic(text, run))


def _weight(text: Text, run: Run) -> int:
    return text.weight if run.weight is None else run.weight


def _italic(text: Text, run: Run) -> bool:
    return text.italic if run.italic is None else run.italic


def _complete(text: Text, run: Run, fonts: tuple[Match, ...]) -> Letters:
    spacing = text.letter_spacing if run.letter_spacing is None else run.letter_spacing
    return Letters(
        text=plain(run.text),
        fonts=fonts,
        size=run.size or text.size,
        colour=run.colour or text.colour,
        letter_spacing=spacing,
        decoration=text.decoration if run.decoration is None else run.decoration,
    )


def _helpers(
    text: str, match: Match, typefaces: Typefaces, language: str
) -> tuple[tuple[Match, ...], tuple[str, ...]]:
    """Return fonts that have what one lacks, and the letters that none has."""
    lacking = {
        letter: None for letter in text if drawn(letter) and not typefaces.covers(match, letter)
    }
    helpers = []
    for name in families(text, language) if lacking else ():
        try:
            helper = typefaces.shelf.match(name, match.weight, italic=match.font.face.italic)
        except (UnknownFont, FontsMissing):
            continue
        if has := [letter for letter in lacking if typefaces.covers(helper, letter)]:
            helpers.append(helper)
            for letter in has:
                del lacking[letter]
    return tuple(helpers), tuple(lacking)


def _of_font(text: Text, run: Run, match: Match) -> Iterator[Remark]:
    family = match.font.face.family
    if match.instead_of:
        sentence = f"{family} stands in for {match.instead_of}, which is not here."
        yield Remark(text.id, Matter.FONT, sentence)
    if match.nearest:
        slant = " italic" * _italic(text, run)
        asked = f"{_weight(text, run)}{slant}"
        sentence = f"{family} has no {asked}: {match.name.removeprefix(family).strip()} is used."
        yield Remark(text.id, Matter.WEIGHT, sentence)


def _of_glyphs(text: Text, lacking: tuple[str, ...], shelf: Shelf) -> Iterator[Remark]:
    if not lacking:
        return
    named = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in lacking[:_NAMED])
    more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
    away = dict.fromkeys(
        font.card
        for name in families("".join(lacking))
        for font in shelf.families.get(name, ())
        if not font.here
    )
    hint = f" More fonts may: foveate models pull {' '.join(away)}" if away else ""
    yield Remark(text.id, Matter.GLYPHS, f"No font has {named}{more}.{hint}")
