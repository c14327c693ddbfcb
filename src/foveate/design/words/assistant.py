"""A request in plain words, done to a scene: whole, or not at all, and never by a guess."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.design.changes.difference import difference
from foveate.design.tree import spots
from foveate.design.words import covered, meaning, naming
from foveate.design.words.answer import Answer, CannotBe, Choice, Outcome, Unclear
from foveate.design.words.described import described, looks
from foveate.design.words.edits import inks
from foveate.design.words.frames import INKED, unheard, verb_of
from foveate.design.words.marked import Marked, marked, on_words
from foveate.design.words.parts import parts, staying
from foveate.design.words.said import MOST, Said, read
from foveate.design.words.scores import Wanted, token_score
from foveate.design.words.targets import MODELS, PAGED, targets
from foveate.design.words.typos import mended
from foveate.design.words.values import quotes
from foveate.design.words.verbs import VERBS
from foveate.design.words.work import Work

if TYPE_CHECKING:
    from foveate.design.scene.model import Scene
    from foveate.design.sought import Candidate, Library
    from foveate.design.tree import Spot
    from foveate.design.words.meaning import Nearness

NEAR: Final = 0.87
"""Of cosines, from which on a sentence may mean a verb."""


APART: Final = 0.015
"""Of cosines, by which the nearest verb must be nearer than the next."""


_NOT_HERE: Final = {
    "undo": "Taking back is for the history of the design, which keeps every version.",
    "add": "Nothing new is added by plain words: say what is to become of what is there.",
    "translate": "Translating takes a language model: set FOVEATE_ASSISTANT__BASE_URL and "
    "FOVEATE_ASSISTANT__MODEL, or write the words yourself, in quotation marks.",
    "unlock": "What is locked is unlocked by hand alone.",
}


_ASKED: Final = {
    "either": "Is it to be bigger, or smaller?",
    "negated": "That says what is not to be done. What is to be done?",
    "as": "By how much is it to be larger or smaller? Say a size, or a share of it.",
    "gap": "Which one is to be moved, to where, and by how much?",
    "higher": "Is it to be taller, or to move up?",
    "cheaper": "What is the new price?",
}


@dataclass(frozen=True, slots=True)
class _Turn:
    """What has been done so far of a request."""

    scene: Scene
    ids: tuple[str, ...]
    said: tuple[str, ...] = ()
    verb: str = ""
    offers: tuple[Candidate, ...] = ()
    stay: frozenset[str] = frozenset()
    """Ids of what is not to be touched, whatever is asked for."""


def understand(
    scene: Scene,
    request: str,
    before: tuple[str, ...] = (),
    near: Nearness | None = None,
    library: Library | None = None,
) -> Answer:
    """Return what comes of a request; `before` are ids of what was meant before: *it*.

    The scene of the answer is the one that is given where nothing is edited. `near` knows the
    meaning of words that no table has: by default sentence vectors, where they are installed.
    `library` has the pictures that may be put in.
    """
    near = near or meaning.usual()
    alone = near is meaning.nothing
    try:
        names = _names(scene)
        text = _spelled(scene, _checked(request))
        turn = _Turn(scene, before, stay=_staying(scene, text, names))
        for part in parts(text, names):
            turn = _done(turn, part, near, library)
    except CannotBe as why:
        return Answer(
            outcome=Outcome.REFUSED, said=str(why), scene=scene, by_rules_alone=alone
        )  # fmt: skip
    except Unclear as why:
        return Answer(
            outcome=Outcome.ASKED,
            said=str(why),
            scene=scene,
            choices=why.choices,
            by_rules_alone=alone,
        )
    return _answer(scene, turn, alone=alone)


def said_by(scene: Scene, request: str) -> Said | None:
    """Return a request taken apart; None where it asks for several things, or for none."""
    if not request.strip() or len(request) > MOST:
        return None
    names = _names(scene)
    found = parts(request, names)
    return read(found[0], names) if len(found) == 1 else None


def meant(scene: Scene, request: str, verb: str, name: str) -> Answer:
    """Return what comes of a request of which somebody has said which verb, and to which block."""
    said = said_by(scene, request)
    if said is None:
        so = "That asks for several things: ask for one at a time."
        return Answer(outcome=Outcome.REFUSED, said=so, scene=scene)
    try:
        _check_free(scene, (name,))
        made, sentence = _do(Work(scene=scene, said=said, ids=(name,)), verb)
    except (CannotBe, Unclear) as why:
        return Answer(outcome=Outcome.REFUSED, said=str(why), scene=scene)
    return _answer(scene, _Turn(made, (name,), (sentence,), verb), alone=False)


def _answer(scene: Scene, turn: _Turn, *, alone: bool) -> Answer:
    if turn.scene == scene:
        so = "Nothing is changed: it is so already."
        return Answer(outcome=Outcome.REFUSED, said=so, scene=scene, by_rules_alone=alone)
    return Answer(
        outcome=Outcome.EDITED,
        said=" ".join(turn.said),
        scene=turn.scene,
        changes=difference(scene, turn.scene),
        targets=turn.ids,
        verb=turn.verb,
        offers=turn.offers,
        by_rules_alone=alone,
    )


def _checked(request: str) -> str:
    if not request.strip():
        raise Unclear("What is to be changed?")
    if len(request) > MOST:
        raise CannotBe(f"Requests are up to {MOST} letters long: ask for one change at a time.")
    return request


def _spelled(scene: Scene, request: str) -> str:
    """Return a request without what is typed wrongly; what is quoted, or of the design, stays."""
    blocks = [spot.block for spot in spots(scene).values()]
    said = [getattr(block, "words", "") or getattr(block, "alt", "") for block in blocks]
    known = " ".join([*said, *(f"{block.name} {block.id}" for block in blocks)]).lower()
    kept = [each.text for each in quotes(request)]
    return mended(request, " ".join([known, *kept]))


def _names(scene: Scene) -> dict[str, list[str]]:
    """Return the ids of blocks by their names, of those that have several words."""
    found: dict[str, list[str]] = {}
    for name, spot in spots(scene).items():
        if " " in spot.block.name:
            found.setdefault(spot.block.name.lower(), []).append(name)
    return found


def _done(turn: _Turn, part: str, near: Nearness, library: Library | None) -> _Turn:
    said = read(part, _names(turn.scene))
    some = marked(said, turn.scene)
    if some is not None:
        return _mark(turn, some)
    verb = verb_of(said)
    if verb in _NOT_HERE:
        raise CannotBe(_NOT_HERE[verb])
    if verb in _ASKED:
        raise Unclear(_ASKED[verb])
    if not verb:
        raise _at_a_loss(turn, said, near)
    ids = targets(turn.scene, turn.ids, said, verb, near)
    if verb == turn.verb == "color" and ids == turn.ids and _only_ink(said):
        raise Unclear("Which one of these colours is it to have?")
    ids = tuple(name for name in ids if name not in turn.stay)
    if turn.stay and not ids and verb not in PAGED:
        raise Unclear(_ASKED["negated"])
    _heard(said, verb, ids, turn.scene)
    _check_free(turn.scene, ids)
    work = Work(scene=turn.scene, said=said, ids=ids, library=library)
    scene, sentence = _do(work, verb)
    kept = _it(turn.scene, scene, ids, verb)
    sentence += covered.told(turn.scene, scene, kept) + covered.faint(turn.scene, scene)
    told, offers = (*turn.said, sentence), (*turn.offers, *work.offers)
    return _Turn(scene, kept, told, verb, offers, turn.stay)


def _it(before: Scene, after: Scene, ids: tuple[str, ...], verb: str) -> tuple[str, ...]:
    """Return the ids of what *it* is next: a copy that was made, and not what was a model."""
    old, new = spots(before), spots(after)
    if verb in MODELS:
        return ids[:-1]
    if verb != "copy":
        return tuple(name for name in ids if name in new)
    return tuple(
        name
        for name, spot in new.items()
        if name not in old and all(group.id in old for group in spot.groups)
    )


def _mark(turn: _Turn, some: Marked) -> _Turn:
    """Return a turn in which some words of a text have got a look."""
    if some.text in turn.stay:
        raise Unclear(_ASKED["negated"])
    _check_free(turn.scene, (some.text,))
    work = Work(scene=turn.scene, said=some.said, ids=(some.text,))
    made, sentence = _do(work, some.verb)
    scene = on_words(turn.scene, made, some.text, some.words)
    said = f"{sentence.removesuffix('.')}: \u201c{some.words}\u201d."
    return replace(turn, scene=scene, ids=(some.text,), said=(*turn.said, said), verb=some.verb)


def _staying(scene: Scene, request: str, names: dict[str, list[str]]) -> frozenset[str]:
    """Return the ids of what is said to stay as it is, and of all in it."""
    placed = spots(scene)
    ids: set[str] = set()
    for part in staying(request, names):
        said = read(part, names)
        wanted = Wanted(said, naming.content(said), lambda _: True, many=True)
        try:
            ids |= {*naming.resolve(wanted, placed)} if wanted.content else set()
        except Unclear as why:
            ids |= {each.id for each in why.choices}
        except CannotBe:  # it is called otherwise, or is no block
            continue
    return frozenset(
        name for name, spot in placed.items() if ids & {name, *(g.id for g in spot.groups)}
    )


def _heard(said: Said, verb: str, ids: tuple[str, ...], scene: Scene) -> None:
    """Raise Unclear where a request says more than its verb does: half of it would be done."""
    placed = spots(scene)
    inks = [] if VERBS[verb].valued or verb in INKED else said.inks
    strange = [ink for ink in inks if ink.name and not _called(ink.name, ids, placed)]
    if unheard(said, verb) or strange:
        raise Unclear("That asks for several things: ask for one at a time.")
    if verb == "color" and (word := _strange_colour(said, ids, placed)):
        raise Unclear(f"Which colour is \u201c{word}\u201d?")


def _called(colour: str, ids: tuple[str, ...], placed: dict[str, Spot]) -> bool:
    """Return whether some of the blocks, or of those in them, are called by a colour."""
    inside = [each for each in placed.values() if {*ids} & {g.id for g in each.groups}]
    return any(
        colour in described(spot.block).colours or looks(spot.block, colour)
        for spot in [*(placed[name] for name in ids), *inside]
    )


def _strange_colour(said: Said, ids: tuple[str, ...], placed: dict[str, Spot]) -> str:
    """Return a colour with the word beside it that no table has, as `baby blue`; or nothing."""
    ink = said.inks[-1]
    at = next((each for each in said.tokens if each.start == ink.start), None)
    if at is None:  # written as CSS does
        return ""
    for token in said.tokens:
        beside = at.start - 1 == token.end or token.start == at.end + 1
        known = any(token_score(token, described(placed[name].block)) for name in ids)
        if token.unknown and beside and not known:
            start, end = min(token.start, at.start), max(token.end, at.end)
            return said.text[start:end]
    return ""


def _only_ink(said: Said) -> bool:
    """Return whether nothing but a colour is said: `red and yellow` is one too many."""
    return not any(
        token.of("thing") or token.of("block") or token.of("cue") for token in said.tokens
    )


def _do(work: Work, verb: str) -> tuple[Scene, str]:
    if verb in PAGED and not work.ids:
        return inks.page_color(work) if verb == "color" else inks.page_toned(work, verb)
    return VERBS[verb].do(work)


def _likely(said: Said, near: Nearness) -> str:
    """Return a phrase of the verb to which a sentence is near, and to no other; empty for none."""
    found = near(_bare(said), {name: verb.phrases for name, verb in VERBS.items()})
    first, second, *_ = [*found.items(), ("", 0.0), ("", 0.0)]
    sure = first[1] >= NEAR and first[1] - second[1] >= APART
    return VERBS[first[0]].phrases[0] if sure else ""


def _bare(said: Said) -> str:
    """Return a sentence with *it* in the place of what is named."""
    text = said.text
    for token in reversed(naming.content(said)):
        if not token.unknown:
            text = f"{text[: token.start]}it{text[token.end :]}"
    return text


def _at_a_loss(turn: _Turn, said: Said, near: Nearness) -> Unclear:
    """Return the question what is to be done; where something is named, with that.

    A verb that is known by its meaning alone is asked, and not done.
    """
    wanted = Wanted(said, naming.content(said), lambda _: True, certain=True)
    likely = _likely(said, near)
    perhaps = f" Say \u201c{likely}\u201d, if that is it." if likely else ""
    if wanted.empty:
        return Unclear(f"What is to be changed, and how?{perhaps}")
    placed = spots(turn.scene)
    ids = naming.resolve(wanted, placed)
    choices = tuple(Choice(id=name, name=placed[name].block.name) for name in ids)
    names = ", ".join(f"\u201c{each.name or each.id}\u201d" for each in choices)
    return Unclear(f"What is to be done with {names}?{perhaps}", choices)


def _check_free(scene: Scene, ids: tuple[str, ...]) -> None:
    placed = spots(scene)
    for name in ids:
        if placed[name].fixed:
            block = placed[name].block
            raise CannotBe(f"\u201c{block.name or block.id}\u201d is locked, and stays as it is.")
