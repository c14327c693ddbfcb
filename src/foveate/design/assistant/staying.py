"""What a request says is to stay as it is: its words, apart from its orders, and whom they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.design.tree import spots
from foveate.design.words import naming
from foveate.design.words.answer import CannotBe, Unclear
from foveate.design.words.parts import staying
from foveate.design.words.said import read
from foveate.design.words.scores import Wanted
from foveate.design.words.unquoted import unquoted

if TYPE_CHECKING:
    from foveate.design.scene.model import Scene
    from foveate.design.words.lexicon import Token
    from foveate.design.words.said import Said

_IS: Final = frozenset(
    "is are was looks isn't aren't ist sind wirkt sieht est sont es está están son".split()  # noqa: SIM905
)
"""In a complaint something is not as it should be: `the logo is not big enough`."""
_MOST: Final = 4
"""Exceptions of one request."""


class Apart(NamedTuple):
    """A request, divided."""

    orders: str
    kept: tuple[str, ...] = ()
    """What is said of what is not to be done: `don't touch the logo`."""
    excepted: tuple[str, ...] = ()
    """What is excepted from what is to be done: `except the logo`."""


def apart(request: str) -> Apart:
    """Return what a request asks for, apart from what it says is to stay.

    >>> apart("make everything except the price bigger, but don't touch the logo")
    Apart(orders='make everything bigger, but', kept=("don't touch the logo",), excepted=('except the price',))
    """  # noqa: E501 - one value
    text, kept, excepted = read(request).text, [], []
    for piece in filter(_is_kept, staying(text, {})):
        but = _exception(read(piece))
        text = text.replace(piece if but is None else piece[: but[0]], " ", 1)
        if but is not None:  # Nothing but that may be changed, so that it does not stay.
            return Apart(" ".join(text.split()), (piece[: but[0]],))
        kept.append(piece)
    for _ in range(_MOST):
        span = _exception(read(text))
        if span is None or _is_denied(read(text), span[0]):
            break
        excepted.append(text[slice(*span)])
        text = text[: span[0]] + " " + text[span[1] :]
    return Apart(" ".join(text.split()), tuple(kept), tuple(excepted))


def _is_kept(piece: str) -> bool:
    """Return whether a piece says what is not to be done, and neither complains nor is written."""
    said = read(piece)
    complains = not said.cue("keep") and not _IS.isdisjoint(piece.casefold().split())
    return not complains and unquoted(said) is None


def _is_denied(said: Said, start: int) -> bool:
    """Return whether what is excepted is all that may be changed: `change nothing except`."""
    nots = [each for each in said.tokens if "cue.not" in each.tags]
    return any(each.end <= start or each.text > "\u3000" for each in nots)


def _exception(said: Said) -> tuple[int, int] | None:
    """Return where it is said what is excepted, with the word that says so; None for nothing."""
    sign = next((each for each in said.tokens if "cue.except" in each.tags), None)
    if sign is None:
        return None
    at = said.tokens.index(sign)
    # Japanese says it after what is excepted.
    beyond = said.tokens[:at][::-1] if sign.text > "\u3000" else said.tokens[at + 1 :]
    named: list[Token] = []
    for token in beyond:
        if token.of("cue") and not token.of("thing"):
            break
        named.append(token)
    while named and not (named[-1].unknown or named[-1].of("thing") or named[-1].of("block")):
        named.pop()
    ends = [sign, *named]
    return min(each.start for each in ends), max(each.end for each in ends)


def meant_by(scene: Scene, piece: str) -> frozenset[str]:
    """Return the ids of what is said to stay; none where it is a matter of all, as the text is."""
    placed = spots(scene)
    names = {
        spot.block.name.lower(): [name] for name, spot in placed.items() if " " in spot.block.name
    }
    said = read(piece, names)
    content = naming.content(said)
    if is_of_all(said):
        return frozenset()
    try:
        return frozenset(naming.resolve(Wanted(said, content, lambda _: True, many=True), placed))
    except Unclear as why:
        return frozenset(each.id for each in why.choices)
    except CannotBe:
        return frozenset()


def is_of_all(said: Said) -> bool:
    """Return whether no block is named, but all of them, or what texts say: `not the text`."""
    content = naming.content(said)
    return not any(each.unknown or each.tags - {"thing.text"} - _ALL for each in content)


_ALL: Final = frozenset({"count.all", "small"})


def of_rest(piece: str) -> bool:
    """Return whether all is said to stay that is not named: `keep everything else as it is`."""
    return any("other" in each.tags for each in read(piece).tokens)
