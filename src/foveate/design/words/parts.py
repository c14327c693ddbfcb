"""A request that asks for several things, as requests that ask for one each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foveate.design.words.frames import verb_of
from foveate.design.words.said import read
from foveate.design.words.unquoted import unquoted
from foveate.design.words.values import blanked, quotes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from foveate.design.words.said import Said

MOST: Final = 4
_AND: Final = frozenset(
    {
        *("and", "then", "but", "und", "dann", "aber", "sondern", "et", "puis", "mais", "y"),
        *("luego", "pero", "sino"),
    }
)
_CLEAN: Final = re.compile(r"^[\s,;\u3001]+|[\s,;\u3001]+$")


def parts(text: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """Return what is asked for, one after the other; all of it as one where that is not certain.

    >>> parts("make the logo bigger and move it to the top", {})
    ['make the logo bigger', 'move it to the top']
    >>> parts("swap the photo and the logo", {})
    ['swap the photo and the logo']
    """
    said = read(text, names)
    cuts = _cuts(said)
    found = _joined([each for each in _pieces(said, names) if not _stays(each, names)], said, names)
    whole = len(found) < 2 or len(found) > MOST  # noqa: PLR2004 - one is no list
    if len(found) == 1 and len(cuts):
        return found if _complete(read(found[0], names), 0) else [said.text]
    verbs = {verb_of(read(part, names)) for part in found}
    # Both sides of a picture at once: one after the other, the second would undo the first.
    whole = whole or {"width", "height"} <= verbs
    if whole or not all(_complete(read(part, names), at) for at, part in enumerate(found)):
        return [said.text]
    return found


def _joined(pieces: list[str], said: Said, names: Mapping[str, Iterable[str]]) -> list[str]:
    """Return pieces of which each says what is to be done, those that do not with a neighbour.

    `the title, the price red, the button blue` has two. What a verb follows belongs to what was
    before it: `delete the logo and the photo and make it red`.
    """
    done: list[str] = []
    open_piece = ""
    for at, piece in enumerate(pieces):
        whole = _between(said.text, open_piece, piece) if open_piece else piece
        open_piece = ""
        if _complete(read(whole, names), len(done)):
            done.append(whole)
        elif at + 1 < len(pieces) and not (done and _begins(read(pieces[at + 1], names))):
            open_piece = whole
        elif done:
            done[-1] = _between(said.text, done[-1], whole)
        else:
            done.append(whole)
    return done


def _between(text: str, first: str, last: str) -> str:
    """Return the text from where one piece begins to where the other one ends."""
    start = text.index(first)
    return text[start : text.index(last, start + len(first)) + len(last)]


def _begins(said: Said) -> bool:
    """Return whether the first word says what is to be done."""
    words = [each for each in said.tokens if each.tags != {"small"}]
    return bool(words and words[0].of("cue"))


def staying(text: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """Return what is said of what stays as it is, beside what is asked for.

    >>> staying("make the title bigger, but don't touch the logo", {})
    ["don't touch the logo"]
    """
    pieces = _pieces(read(text, names), names)
    found = [each for each in pieces if _stays(each, names)]
    return found if len(found) < len(pieces) else []


def _cuts(said: Said) -> list[tuple[int, int]]:
    """Return where a request may be cut: not in words that are to be written as they are."""
    new = unquoted(said)
    found = _marks(said)
    if new is None:
        return found
    start = said.text.rindex(new.words)
    return [each for each in found if each[0] < start or _asks(said.text[each[1] :].lstrip())]


def _asks(rest: str) -> bool:
    """Return whether what follows words that are to be written asks for something else."""
    return not rest[:1].isupper() and _complete(read(rest), 1)


def _marks(said: Said) -> list[tuple[int, int]]:
    cuts = [(each.start, each.end) for each in said.tokens if each.text in _AND]
    marks = re.finditer(r"[;,.](?=\s)|[\u3001\u3002]", _unquoted(said.text))
    return sorted([*cuts, *(found.span() for found in marks)])


def _pieces(said: Said, names: Mapping[str, Iterable[str]]) -> list[str]:
    divided = _divided(said.text, _cuts(said))
    found: list[str] = []
    for piece in (each for each in divided if _says_something(each, names)):
        if found and _is_denial(piece, found[-1], names):
            found[-1] = _between(said.text, found[-1], piece)
        else:
            found.append(piece)
    return found


def _is_denial(piece: str, last: str, names: Mapping[str, Iterable[str]]) -> bool:
    """Return whether a piece says of the one before that it stays: `the logo, but not touched`."""
    said, before = read(piece, names), read(last, names)
    named = any(each.of("thing") or each.of("block") for each in said.tokens)
    return verb_of(said) == "negated" and not named and not verb_of(before)


def _says_something(part: str, names: Mapping[str, Iterable[str]]) -> bool:
    """Return whether a part is more than a please or a thank you."""
    said = read(part, names)
    plain = all(token.tags == {"small"} for token in said.tokens)
    return bool(part) and not (plain and not said.quotes and not said.numbers)


def _stays(part: str, names: Mapping[str, Iterable[str]]) -> bool:
    """Return whether a part says no more than that something stays: `don't touch the logo`."""
    return verb_of(read(part, names)) == "negated"


def _unquoted(text: str) -> str:
    return blanked(text, [(each.start, each.end) for each in quotes(text)])


def _divided(text: str, cuts: list[tuple[int, int]]) -> list[str]:
    ends = [0, *(end for _, end in cuts)]
    starts = [*(start for start, _ in cuts), len(text)]
    return [_CLEAN.sub("", text[a:b]) for a, b in zip(ends, starts, strict=True)]


def _complete(said: Said, at: int) -> bool:
    """Return whether a part says what is to be done; after the first, not by a side alone."""
    verb = verb_of(said)
    if verb == "align":
        return bool(said.sides)
    cued = any(token.of("cue") for token in said.tokens)
    return bool(verb) and (at == 0 or cued or bool(said.inks or said.quotes or said.numbers))
