"""Which blocks are meant: by what they are called, by kind, colour, place and number."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Role, Text
from foveate.design.words.answer import CannotBe, Choice, Unclear
from foveate.design.words.described import described
from foveate.design.words.lexicon import stem
from foveate.design.words.scores import CALLED, Wanted, score, token_score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from foveate.design.scene.model import Block
    from foveate.design.tree import Spot
    from foveate.design.words.described import Described
    from foveate.design.words.lexicon import Token
    from foveate.design.words.said import Said

_LEAST: Final = 0.5
"""Of a score, below which nothing is meant."""


_MARGIN: Final = 0.25
"""Of scores, within which two are as likely."""


NEAR: Final = 0.868
"""Of cosines, from which on words may mean the same; those of any two are 0.75 and more."""


APART: Final = 0.012
"""Of cosines, by which the nearest must be nearer than the next."""


_DIVIDES: Final = re.compile(r",|(?<!\w)(?:and|und|et|y|e|with|mit|avec|con)(?!\w)|と")


_SOME: Final = 8
"""Choices of a question, at most."""


def content(said: Said, values: Iterable[int] = ()) -> tuple[Token, ...]:
    """Return the words that may name a block, without those that stand at `values`."""
    taken = set(values)
    kept = []
    for token in said.tokens:
        naming = [tag for tag in token.tags if tag.split(".")[0] in _NAMING]
        if token.start not in taken and (token.unknown or naming):
            kept.append(token)
    return tuple(kept)


_NAMING: Final = frozenset({"thing", "block", "ordinal", "count", "other", "part", "colour"})


def resolve(wanted: Wanted, spots: Mapping[str, Spot]) -> tuple[str, ...]:
    """Return the ids of the blocks that are meant. Raises Unclear, CannotBe."""
    known = [described(spot.block) for spot in spots.values()]
    generic = {tag for token in wanted.content for tag in token.tags} == {"thing.text"}
    every = any("count.all" in token.tags for token in wanted.content)
    named = any(token.of("block") for token in wanted.content)
    if (every and not named) or (wanted.many and generic):
        found = list(_all(wanted, spots))
        if not found:
            raise CannotBe("There is nothing in this design to which that can be done.")
        return tuple(found)
    found = []
    for part in _segments(wanted):
        found += _meant(replace(wanted, content=part), known, spots)
    return tuple(dict.fromkeys(found))


def _segments(wanted: Wanted) -> list[tuple[Token, ...]]:
    """Return the words of a list apart, as `the phone, the e-mail and the address` has three."""
    parts: list[list[Token]] = [[]]
    for token in wanted.content:
        last = parts[-1][-1] if parts[-1] else None
        if last and _DIVIDES.search(wanted.said.text[last.end : token.start].lower()):
            parts.append([])
        parts[-1].append(token)
    return [tuple(part) for part in parts]


def _all(wanted: Wanted, spots: Mapping[str, Spot]) -> tuple[str, ...]:
    """Return all blocks of a kind that are free to be changed; backgrounds are none of them."""
    things = {thing for token in wanted.content for thing in token.of("thing")} - {"group", "page"}
    free = [spot.block for spot in spots.values() if not spot.fixed and wanted.fits(spot.block)]
    if "text" in things or (wanted.many and not things):
        return tuple(block.id for block in free if isinstance(block, Text))
    if things:
        return tuple(block.id for block in free if things & _called(described(block)))
    tops = {name for name, spot in spots.items() if not spot.groups}
    return tuple(
        block.id
        for block in free
        if block.role is not Role.BACKGROUND and (block.id in tops or wanted.many)
    )


def _called(block: Described) -> frozenset[str]:
    return block.things | block.roles | block.kinds


def _meant(
    wanted: Wanted, known: Sequence[Described], spots: Mapping[str, Spot]
) -> tuple[str, ...]:
    scores = {each.id: score(wanted, each) for each in known}
    fitting = {each.id for each in known if wanted.fits(each.block)}
    best = max((scores[name] for name in fitting), default=0.0)
    if best < _LEAST:
        return _otherwise(wanted, known, scores, fitting)
    tied = [each for each in known if each.id in fitting and scores[each.id] >= best - _MARGIN]
    tied = _nested(tied, spots, scores)
    other = _other_kind(wanted, tied, known, fitting)
    if other:
        raise Unclear("Which one: " + _listed([*tied, *other]) + "?", choices([*tied, *other]))
    if len(tied) == 1:
        _check_strange(wanted, tied[0], known)
    return _of_tied(wanted, tied, spots)


def _other_kind(
    wanted: Wanted, tied: Sequence[Described], known: Sequence[Described], fitting: set[str]
) -> list[Described]:
    """Return blocks that explain a word which the one that seems to be meant does not.

    `the discount circle` is no text, whatever that says.
    """
    if len(tied) != 1:
        return []
    names = [each for each in wanted.content if not each.of("block") and not each.of("colour")]
    unsaid = [token for token in names if not token_score(token, tied[0])]
    return [
        each
        for each in known
        if any(
            token_score(token, each) >= (0.1 if each.id in fitting else CALLED) for token in unsaid
        )
    ]


def _check_strange(wanted: Wanted, one: Described, known: Sequence[Described]) -> None:
    """Raise Unclear where a word that no block has makes it doubtful that this one is meant.

    `the contact line` may be the register line, or none; its kind and its role leave no doubt.
    """
    strange = [each for each in wanted.content if each.unknown and not token_score(each, one)]
    things = {thing for token in wanted.content for thing in token.of("thing")}
    named = any(one.id in token.of("block") for token in wanted.content)
    kinds = things & (one.roles | one.kinds)
    if not strange or (kinds and not wanted.exact) or named or one.said_by(wanted.content):
        return
    near = wanted.near(_phrase(wanted), {each.id: each.phrases() for each in known})
    if next(iter(near), "") != one.id:
        raise Unclear(f"Is \u201c{one.name}\u201d meant by that?", choices([one]))


def _explains(token: Token, block: Described, *, fits: bool) -> bool:
    """Return whether a word is of a block; of one that does not fit the verb, only by its name."""
    found = token_score(token, block)
    return found >= CALLED or (fits and found > 0)


def _nested(
    tied: list[Described], spots: Mapping[str, Spot], scores: Mapping[str, float]
) -> list[Described]:
    """Return them without those in a group that is as likely, and is called so more exactly."""
    groups = {each.id for each in tied}
    return [
        each
        for each in tied
        if not any(
            group.id in groups and scores[group.id] >= scores[each.id]
            for group in spots[each.id].groups
        )
    ]


def _of_tied(wanted: Wanted, tied: list[Described], spots: Mapping[str, Spot]) -> tuple[str, ...]:
    """Return who is meant of several that are called alike: by number, place or count."""
    ordinals = [one for token in wanted.content for one in token.of("ordinal")]
    counts = [one for token in wanted.content for one in token.of("count")]
    if ordinals:
        return (_nth(ordinals[0], tied, spots),)
    if len(tied) == 1:
        return (tied[0].id,)
    if counts or _plural(wanted):
        if counts and counts[0].isdigit() and len(tied) != int(counts[0]):
            raise Unclear(f"There are {len(tied)} of those. Which ones?", choices(tied))
        return tuple(each.id for each in tied)
    placed = _by_place(wanted, tied, spots)
    if placed:
        return (placed,)
    nearer = _by_meaning(wanted, tied)
    if nearer:
        return (nearer,)
    raise Unclear("Which one: " + _listed(tied) + "?", choices(tied))


def _plural(wanted: Wanted) -> bool:
    return wanted.many and any(
        token.of("thing") and stem(token.text) != token.text for token in wanted.content
    )


def _nth(ordinal: str, tied: list[Described], spots: Mapping[str, Spot]) -> str:
    rows = sorted(tied, key=lambda each: (round(spots[each.id].middle[1] / 40), _x(spots, each)))
    if ordinal == "last":
        return rows[-1].id
    if int(ordinal) > len(rows):
        raise CannotBe(f"There is no number {ordinal} of those: {_listed(rows)}.")
    return rows[int(ordinal) - 1].id


def _x(spots: Mapping[str, Spot], each: Described) -> float:
    return spots[each.id].middle[0]


def _which(wanted: Wanted) -> tuple[str, ...]:
    """Return the sides by which this one is called: those that are said next to it."""
    start, end = wanted.content[0].start, wanted.content[-1].end
    called = [token for token in wanted.said.tokens if token.of("which")]
    if not called:
        return ()
    nearest = min(called, key=lambda each: min(abs(start - each.end), abs(each.start - end)))
    return nearest.of("which")


def _by_place(wanted: Wanted, tied: list[Described], spots: Mapping[str, Spot]) -> str:
    """Return the one that lies furthest to the side by which it is called; empty for none."""
    which = _which(wanted)
    sides = [{"up": "top", "down": "bottom"}.get(one, one) for one in which]
    if not sides and wanted.sided:
        sides = [s for s in ("left", "right", "top", "bottom") if _before(wanted, s)]
    axis, sign = _AXES.get(sides[0] if sides else "", (0, 0))
    if not sign:
        return ""
    ordered = sorted(tied, key=lambda each: sign * spots[each.id].middle[axis])
    return ordered[0].id


_AXES: Final = {"left": (0, 1), "right": (0, -1), "top": (1, 1), "bottom": (1, -1)}


def _before(wanted: Wanted, side: str) -> bool:
    """Return whether a side is said right before or after what is named: `the right photo`."""
    named = {token.start for token in wanted.content} | {token.end for token in wanted.content}
    return any(
        f"place.{side}" in token.tags and (token.end + 1 in named or token.start - 1 in named)
        for token in wanted.said.tokens
    )


def _by_meaning(wanted: Wanted, tied: list[Described]) -> str:
    """Return the one to which words that no table has are much nearer; empty for none."""
    strange = [each for each in wanted.content if each.unknown or each.of("part")]
    if not any(not any(token_score(each, block) for block in tied) for each in strange):
        return ""
    near = wanted.near(_phrase(wanted), {each.id: each.phrases() for each in tied})
    first, second, *_ = [*near.items(), ("", 0.0), ("", 0.0)]
    return first[0] if first[1] - second[1] >= 2 * APART and first[1] >= NEAR else ""


def _phrase(wanted: Wanted) -> str:
    start, end = wanted.content[0].start, wanted.content[-1].end
    return wanted.said.text[start:end]


def _otherwise(
    wanted: Wanted, known: Sequence[Described], scores: Mapping[str, float], fitting: set[str]
) -> tuple[str, ...]:
    """Return who is meant in words that are no names: by their meaning."""
    unfit = [each for each in known if scores[each.id] >= CALLED and each.id not in fitting]
    if unfit:
        raise CannotBe(f"That cannot be done to {_listed(unfit[:1])}.")
    unknown = [token for token in wanted.content if token.unknown or token.of("part")]
    if not unknown:
        raise CannotBe("There is nothing in this design that is called so.")
    if wanted.certain:
        raise Unclear(f"What is meant by \u201c{_phrase(wanted)}\u201d?")
    some = {each.id: each.phrases() for each in known if each.id in fitting}
    near = wanted.near(_phrase(wanted), some)
    first, second, *_ = [*near.items(), ("", 0.0), ("", 0.0)]
    if first[1] < NEAR:
        raise CannotBe(f"There is nothing called \u201c{_phrase(wanted)}\u201d in this design.")
    if first[1] - second[1] < APART:
        likely = [each for each in known if near.get(each.id, 0.0) >= first[1] - APART]
        raise Unclear("Which one: " + _listed(likely) + "?", choices(likely))
    return (first[0],)


def choices(blocks: Iterable[Described]) -> tuple[Choice, ...]:
    """Return blocks as choices of a question."""
    return tuple(Choice(id=each.id, name=each.name) for each in blocks)


def anything(fits: Callable[[Block], bool], spots: Mapping[str, Spot]) -> Unclear:
    """Return the question what is meant, where nothing is named."""
    free = [described(s.block) for s in spots.values() if not s.fixed and fits(s.block)]
    if not free:
        raise CannotBe("There is nothing in this design to which that can be done.")
    some = f"{_listed(free[:_SOME])}, or another" if len(free) > _SOME else _listed(free)
    return Unclear(f"What is meant: {some}?", choices(free))


def _listed(blocks: Sequence[Described]) -> str:
    return ", ".join(f"\u201c{each.name}\u201d" for each in blocks)
