"""Which blocks a verb is to be done to: those that are named, or those of before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Group, Role, Text
from foveate.design.tree import spots
from foveate.design.words import naming
from foveate.design.words.answer import CannotBe, Choice, Unclear
from foveate.design.words.dates import says_date
from foveate.design.words.described import covers, described
from foveate.design.words.frames import amount, family_of, file_of, old_and_new, pair
from foveate.design.words.pictured import pictured
from foveate.design.words.scores import Wanted
from foveate.design.words.unquoted import unquoted
from foveate.design.words.values import numbers
from foveate.design.words.verbs import VERBS, coloured

if TYPE_CHECKING:
    from foveate.design.scene.model import Scene
    from foveate.design.tree import Spot
    from foveate.design.words.lexicon import Token
    from foveate.design.words.meaning import Nearness
    from foveate.design.words.said import Said
    from foveate.design.words.verbs import Verb

_WORDS: Final = frozenset({"say", "replace", "describe", "family"})
"""Verbs whose quotation marks hold what is to be written."""


_SHOWN: Final = frozenset({"picture", "describe"})
"""Verbs after which it is said what a picture shows."""


MODELS: Final = {"match": "cue.same", "beside": "rel.", "layer": "rel.", "flush": ""}
"""Verbs that take another block as a model: by what it is told from those that are changed."""


_SIDED: Final = frozenset({"move", "align", "beside"})
"""Verbs of which sides say to where."""


PAGED: Final = frozenset({"color", "darker", "lighter", "brighter"})
"""Verbs that can be done to a page, which is no block."""


_PAGE: Final = frozenset({"page", "background"})


def targets(
    scene: Scene, before: tuple[str, ...], said: Said, name: str, near: Nearness
) -> tuple[str, ...]:
    """Return the ids of what is meant. Raises Unclear, CannotBe."""
    verb, placed = VERBS[name], spots(scene)
    if name == "replace":
        return _saying(said, placed)
    wanted = Wanted(
        said,
        _content(said, verb, name),
        verb.fits,
        many=verb.many,
        sided=name not in _SIDED,
        near=near,
        exact=name == "delete",
        quoted=name not in _WORDS,
    )
    if name in MODELS:
        return _and_model(wanted, placed, _model(said, name), before)
    if kept := _kept(wanted):
        return _but(wanted, kept, placed)
    return _plainly(wanted, name, placed, before)


def _plainly(
    wanted: Wanted, name: str, placed: dict[str, Spot], before: tuple[str, ...]
) -> tuple[str, ...]:
    """Return what is meant where nothing is said of what is not."""
    verb, said = VERBS[name], wanted.said
    if name == "price" and (ids := _costing(said, placed)):
        return ids
    if name == "say" and (ids := _dated(wanted, placed)):
        return ids
    if name in PAGED and _is_page(wanted, placed):
        return ()
    if wanted.empty or (said.has("it") and before and _generic(wanted)):
        return _earlier(before, verb, placed) if name != "price" else _price(before, placed)
    if any(token.tags == {"other"} for token in wanted.content):
        raise Unclear("Which other one?")
    ids = naming.resolve(wanted, placed)
    if name == "color":
        return tuple(_shape(one, placed) for one in ids)
    return _priced(ids, placed) if name == "price" else ids


def _shape(name: str, placed: dict[str, Spot]) -> str:
    """Return the only shape of a group, by whose colour people call that: a badge is its disc."""
    block = placed[name].block
    if not isinstance(block, Group):
        return name
    inside = [each for each in block.blocks if coloured(each)]
    shapes = [each.id for each in inside if not isinstance(each, Text)] or [e.id for e in inside]
    if len(shapes) != 1:
        raise Unclear(
            f"Which part of \u201c{block.name or name}\u201d?",
            tuple(Choice(id=each.id, name=each.name or each.id) for each in inside),
        )
    return shapes[0]


def _costing(said: Said, placed: dict[str, Spot]) -> tuple[str, ...]:
    """Return the only text that says what costs before: `from 49 to 39 €`; empty for none."""
    old = amount(said)[0]
    if old is None:
        return ()
    texts = [(name, spot.block) for name, spot in placed.items() if isinstance(spot.block, Text)]
    found = [
        name for name, text in texts if any(n.value == old.value for n in numbers(text.words))
    ]  # fmt: skip
    return tuple(found) if len(found) == 1 else ()


def _dated(wanted: Wanted, placed: dict[str, Spot]) -> tuple[str, ...]:
    """Return the only text that says a date, where that is named, and no block is called so."""
    if {tag for token in wanted.content for tag in token.tags} != {"thing.date"}:
        return ()
    if any("date" in described(spot.block).things for spot in placed.values()):
        return ()
    texts = {name: spot.block for name, spot in placed.items() if isinstance(spot.block, Text)}
    found = tuple(name for name, text in texts.items() if says_date(text.words))
    return found if len(found) == 1 else ()


def _kept(wanted: Wanted) -> tuple[Token, ...]:
    """Return the words that name what stays as it is: `everything except the logo`."""
    sign = next((each for each in wanted.said.tokens if "cue.except" in each.tags), None)
    if sign is None:
        return ()
    if sign.text > "\u3000":  # Japanese says it after what stays.
        return tuple(each for each in wanted.content if each.end <= sign.start)
    return tuple(each for each in wanted.content if each.start >= sign.end)


def _but(wanted: Wanted, kept: tuple[Token, ...], placed: dict[str, Spot]) -> tuple[str, ...]:
    """Return what is meant without what stays, and what is in that. Raises Unclear, CannotBe."""
    rest = tuple(each for each in wanted.content if each not in kept)
    if not rest:
        raise Unclear("What of all else is meant?")
    stay = set(naming.resolve(replace(wanted, content=kept, fits=lambda _: True), placed))
    found = naming.resolve(replace(wanted, content=rest, many=True), placed)
    ids = tuple(
        name
        for name in found
        if name not in stay and not stay & {group.id for group in placed[name].groups}
    )
    if any(name in {g.id for g in placed[one].groups} for one in stay for name in ids):
        raise Unclear("What stays is in a group with what does not. Which ones are meant?")
    if not ids:
        raise Unclear("Nothing is left then. What is meant?")
    return ids


def _content(said: Said, verb: Verb, name: str) -> tuple[Token, ...]:
    """Return the words that name blocks: not those that are values of the verb."""
    values = set()
    if verb.valued and said.inks:
        values.add(said.inks[0 if name == "border" else -1].start)
    found = naming.content(said, values)
    wanted = pictured(said) if name in _SHOWN else unquoted(said) if name == "say" else None
    if wanted is not None:
        found = tuple(each for each in found if wanted.start <= each.start < wanted.end)
    others = [token for token in found if not token.of("colour")]
    if verb.valued and not others:
        return ()
    if name == "copy":
        found = tuple(token for token in found if not token.of("ordinal"))
    if name == "source":
        found = tuple(each for each in found if each.text not in file_of(said).lower())
    if name == "family":
        taken = family_of(said).lower().split()
        found = tuple(
            each
            for each in found
            if not (each.unknown and _capital(said, each)) and each.text not in taken
        )
    known = [token for token in others if token.of("thing") or token.of("block")]
    grounds = any("thing.background" in token.tags for token in known)
    if verb.valued and grounds and len(known) > 1:
        found = tuple(token for token in found if "thing.background" not in token.tags)
    return found


def _capital(said: Said, token: Token) -> bool:
    return said.text[token.start : token.end][:1].isupper()


def _model(said: Said, name: str) -> Token:
    """Return the word after which it is said by which other block something is done."""
    sign, between = MODELS[name], pair(said)
    if not sign and between:
        return between
    return next(each for each in said.tokens if any(tag.startswith(sign) for tag in each.tags))


def _and_model(
    wanted: Wanted, placed: dict[str, Spot], at: Token, before: tuple[str, ...]
) -> tuple[str, ...]:
    """Return who is to be changed, and last who it is to be like, or to lie by."""
    first = tuple(token for token in wanted.content if token.start < at.start)
    other = tuple(token for token in wanted.content if token.end > at.end)
    if at.text.startswith("\u306e"):  # In Japanese the other one is said right before.
        first, other = _japanese(wanted, at)
    if not other or not (first or before):
        raise Unclear("Which one, and by which other one?")
    model = naming.resolve(replace(wanted, content=other), placed)[:1]
    who = naming.resolve(replace(wanted, content=first), placed) if first else before
    who = tuple(name for name in who if name not in model)
    if not who:
        raise Unclear("Which one, and by which other one?")
    return (*who, *model)


def _japanese(wanted: Wanted, at: Token) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """Return what is said before the particle of an object, and what between that and the sign."""
    cut = max(wanted.said.text.rfind(mark, 0, at.start) for mark in "\u3092\u306f")
    before = tuple(token for token in wanted.content if token.start < cut)
    return before, tuple(token for token in wanted.content if cut < token.start < at.start)


def _is_page(wanted: Wanted, placed: dict[str, Spot]) -> bool:
    """Return whether the page is meant, which is no block."""
    things = {thing for token in wanted.content for thing in token.of("thing")}
    if any(token.unknown or token.of("block") for token in wanted.content) or not things <= _PAGE:
        return False
    grounds = [
        spot
        for spot in placed.values()
        if spot.block.role is Role.BACKGROUND and covers(spot.block, spot.page)
    ]
    return "page" in things or (bool(things) and not grounds)


def _generic(wanted: Wanted) -> bool:
    """Return whether nothing but kinds is named, as in `change its text`."""
    return all(token.tags <= {"thing.text", "it"} for token in wanted.content)


def _earlier(before: tuple[str, ...], verb: Verb, placed: dict[str, Spot]) -> tuple[str, ...]:
    """Return what was meant before, where nothing else is named. Raises Unclear."""
    known = [name for name in before if name in placed]
    if not known:
        raise naming.anything(verb.fits, placed)
    fitting = tuple(name for name in known if verb.fits(placed[name].block))
    if not fitting:
        raise CannotBe(f"That cannot be done to \u201c{placed[known[0]].block.name}\u201d.")
    return fitting


def _saying(said: Said, placed: dict[str, Spot]) -> tuple[str, ...]:
    """Return the text that says the words which are to be replaced. Raises Unclear, CannotBe."""
    olds = [old.lower() for old, _ in old_and_new(said)]
    texts = {name: spot for name, spot in placed.items() if hasattr(spot.block, "words")}
    found = [
        name for name, spot in texts.items()
        if any(old in spot.block.words.lower() for old in olds)  # type: ignore[attr-defined]
    ]  # fmt: skip
    if not found and not said.quotes:
        raise Unclear("What is it to say? Write it in quotation marks.")
    if not found:
        raise CannotBe(f"No text of this design says \u201c{olds[0]}\u201d.")
    if len(found) == 1:
        return (found[0],)
    some = {name: placed[name] for name in found}
    wanted = Wanted(said, naming.content(said), lambda _: True, quoted=False)
    return naming.resolve(wanted, some)[:1]


def _price(before: tuple[str, ...], placed: dict[str, Spot]) -> tuple[str, ...]:
    """Return the only price of a design. Raises Unclear."""
    found = tuple(name for name, spot in placed.items() if spot.block.role is Role.PRICE)
    if len(found) == 1:
        return found
    return _earlier(before, VERBS["price"], placed)


def _priced(ids: tuple[str, ...], placed: dict[str, Spot]) -> tuple[str, ...]:
    prices = tuple(name for name in ids if placed[name].block.role is Role.PRICE)
    return prices if len(ids) > 1 and prices else ids
