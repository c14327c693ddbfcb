"""What a design says and has: words, prices, copies, what is taken out or hidden."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.nodes.ids import free
from foveate.design.scene.model import Block, Group, Role, Run, Text, joined
from foveate.design.tree import after, replaced, spots
from foveate.design.words.answer import CannotBe, Unclear
from foveate.design.words.dates import is_part_of_range, redated
from foveate.design.words.frames import amount, old_and_new
from foveate.design.words.lexicon import tokens
from foveate.design.words.room import Area, area, bounds, clamped
from foveate.design.words.unquoted import unquoted
from foveate.design.words.values import FIGURE, marks_of, numbers, plain_number

if TYPE_CHECKING:
    from foveate.design.tree import Spot
    from foveate.design.words.values import Number
    from foveate.design.words.work import Done, Work

_SIGNS: Final = re.compile("[€$£¥₪₩₹]")
_CURRENCIES: Final = {
    "\u00a5": ("\u5186", "yen"),
    "\u20ac": ("euro", "euros", "eur"),
    "$": ("dollars",),
}
_NAMED: Final = re.compile(r"\u5186|\b(?:yen|euros?|eur|dollars)\b", re.IGNORECASE)
_OTHER: Final = {",": ".", ".": ","}
_HUNDREDS: Final = 3
"""Digits before the first mark between thousands, counted from the end."""
_BESIDE: Final = 0.03
"""Of a page's shorter side, by which a copy lies beside what it is of."""


def say(work: Work) -> Done:
    """Write words in a text."""
    text = _one_text(work)
    plain = unquoted(work.said)
    words = work.said.quotes[0].text if work.said.quotes else ""
    if plain and is_part_of_range(text.words, plain.words):
        raise Unclear("From when, and until when? Write it in quotation marks.")
    words = redated(text.words, plain.words) if plain else words
    if not words:
        raise Unclear("What is it to say? Write it in quotation marks.")
    new = with_words(text, words)
    return replaced(work.scene, {text.id: new}), f"Wrote \u201c{words}\u201d in {work.names()}."


def _one_text(work: Work) -> Text:
    found = list(work.texts())
    if len(found) != 1:
        raise Unclear("In which one text?")
    return found[0]


def with_words(text: Text, words: str) -> Text:
    """Return a text that says something else, in the look of its first letters."""
    looks = text.runs[0] if text.runs else Run(text="")
    return replace(text, runs=joined((replace(looks, text=words),)))


def replace_words(work: Work) -> Done:
    """Write words in the place of others, wherever these stand in the texts."""
    text = _one_text(work)
    for old, new in old_and_new(work.said):
        runs = replaced_in(text.runs, old, new)
        if runs is not None:
            scene = replaced(work.scene, {text.id: replace(text, runs=runs)})
            return (
                scene,
                f"Wrote \u201c{new}\u201d in place of \u201c{old}\u201d in {work.names()}.",
            )
    raise CannotBe(f"{work.names()} does not say that.")


def replaced_in(runs: tuple[Run, ...], old: str, new: str) -> tuple[Run, ...] | None:
    """Return runs with other words in the place of some, in the look of the first of them."""
    words = "".join(run.text for run in runs)
    at = words.find(old)
    at = words.lower().find(old.lower()) if at < 0 else at
    if at < 0 or not old:
        return None
    found, passed = [], 0
    for run in runs:
        start, end = max(at - passed, 0), min(at + len(old) - passed, len(run.text))
        here = run.text
        if start < end:
            first = passed <= at
            here = run.text[:start] + (new if first else "") + run.text[end:]
        found.append(replace(run, text=here))
        passed += len(run.text)
    return joined(tuple(found))


def price(work: Work) -> Done:
    """Write another price, as the old one is written."""
    text = _one_text(work)
    before, number = amount(work.said)
    number = number or work.said.number("money", "")
    if number is None:
        raise Unclear("What is the new price?")
    words = new_price(text.words, number, before)
    runs = replaced_in(text.runs, text.words, words) if FIGURE.search(text.words) else None
    new = replace(text, runs=runs) if runs else with_words(text, words)
    return replaced(work.scene, {text.id: new}), f"Changed {work.names()} to \u201c{words}\u201d."


def new_price(old: str, number: Number, before: Number | None = None) -> str:
    """Return a price as the old one is written, with another figure, and currency if that is told.

    `before` is which of its figures is to go, where that is told. Raises Unclear.

    >>> new_price("€ 14.50", numbers("12,90 €")[0]), new_price("Free", numbers("25 €")[0])
    ('€ 12.90', '25 €')
    >>> new_price("2 for 49 €", numbers("39 €")[0])
    '2 for 39 €'
    """
    found = _priced(old, before)
    if not found:
        return number.text
    said = FIGURE.search(number.text)
    figure = _figure(found[0], said[0] if said else number.text)
    head, tail = old[: found.start()], old[found.end() :]
    new = _currency(number.text) if number.unit == "money" else ""
    if not new or new == _currency(old):
        return f"{head}{figure}{tail}"
    if _SIGNS.search(old):
        return _SIGNS.sub(new, f"{head}{figure}{tail}")
    return _NAMED.sub("", f"{head}{new if _NAMED.search(old) else ''}{figure}{tail}")


def _priced(text: str, before: Number | None) -> re.Match[str] | None:
    """Return the figure of a text that is its price; None where it has no figure. Raises Unclear.

    That is the one that is told, or the only one that has a currency, or the only one.
    """
    sums = [each for each in numbers(text) if each.unit in {"money", ""}]
    told = [each for each in sums if before and each.value == before.value]
    money = [each for each in sums if each.unit == "money"]
    found = told or money or sums
    if len(found) > 1:
        raise Unclear("Which of its figures is the price? Say it as in \u201cfrom 49 to 39\u201d.")
    return FIGURE.search(text, found[0].start) if found else FIGURE.search(text)


def _currency(text: str) -> str:
    """Return the sign of the currency that is told, by its sign or its name; empty for none."""
    sign, name = _SIGNS.search(text), _NAMED.search(text)
    if sign:
        return sign[0]
    return next(
        (sign for sign, names in _CURRENCIES.items() if name and name[0].lower() in names), ""
    )


def _figure(old: str, new: str) -> str:
    """Return a figure as an old one is written, with its marks, and as many cents if it had some.

    >>> _figure("1,980", "2480"), _figure("1.980,00", "2,480"), _figure("980", "2,480")
    ('2,480', '2.480,00', '2,480')
    >>> _figure("1 299,00", "1099"), _figure("1,29,999", "119999")
    ('1 099,00', '1,19,999')
    """
    whole, _, cents = plain_number(new).partition(".")
    places = len(plain_number(old).partition(".")[2])
    large = float(plain_number(old)) >= 1000  # noqa: PLR2004 - what has thousands to mark
    group = _marks(old if large else new)[0]
    point = _marks(old)[1] or _OTHER.get(group, _marks(new)[1])
    group = _OTHER.get(group, "") if group == point else group
    figure = _grouped(str(int(whole)), group, 2 if _by_two(old) or _by_two(new) else 3)
    cents = cents or "0" * places
    zero = ord(old[0]) - int(old[0])
    written = f"{figure}{point}{cents}" if cents else figure
    return re.sub("[0-9]", lambda digit: chr(zero + int(digit[0])), written)


def _by_two(figure: str) -> bool:
    """Return whether a figure has marks as in India: `1,29,999`."""
    whole = re.split(r"\D", figure)
    return len(whole) > _HUNDREDS - 1 and len(whole[1]) == 2 and len(whole[2]) == _HUNDREDS  # noqa: PLR2004


def _grouped(whole: str, mark: str, by: int) -> str:
    """Return a whole number with a mark before its hundreds, and before each group before."""
    head, tail = whole[:-_HUNDREDS], whole[-_HUNDREDS:]
    groups = [head[max(0, end - by) : end] for end in range(len(head), 0, -by)]
    return mark.join([*reversed(groups), tail])


def _marks(figure: str) -> tuple[str, str]:
    """Return what stands between the thousands of a figure, and before its cents."""
    marks = marks_of(figure)
    point = marks.pop() if "." in plain_number(figure) else ""
    return "".join(marks[:1]), point


def delete(work: Work) -> Done:
    """Take blocks out, with what is in their box and called by their name: a badge and its text."""
    ids = tuple(dict.fromkeys(one for spot in work.spots() for one in _with_its_own(spot)))
    job = replace(work, ids=ids)
    left = dict.fromkeys(one for spot in job.spots() for one in _standing(spot) if one not in ids)
    placed = spots(work.scene)
    names = " and ".join(f"\u201c{placed[each].block.name or each}\u201d" for each in left)
    stays = f" {names} stood on it, and stays." if names else ""
    return job.each(lambda _: None), f"Deleted {job.names()}.{stays}"


def _with_its_own(spot: Spot) -> list[str]:
    called = _called(spot.block)
    own = [each.id for each in _inside(spot) if called and called <= _called(each)]
    return [spot.block.id, *own]


def _standing(spot: Spot) -> list[str]:
    """Return the ids of texts that stand on a shape, and on nothing when that is gone."""
    if isinstance(spot.block, Text | Group):
        return []
    return [each.id for each in _inside(spot) if isinstance(each, Text)]


def _inside(spot: Spot) -> list[Block]:
    """Return what lies in the box of a block, before it."""
    if spot.block.role is Role.BACKGROUND:
        return []
    siblings = spot.parent.blocks
    later = siblings[[each.id for each in siblings].index(spot.block.id) + 1 :]
    return [each for each in later if area(each).within(area(spot.block)) and not each.locked]


def _called(block: Block) -> set[str]:
    return {token.text for token in tokens((block.name or block.id).lower())}


def hide(work: Work) -> Done:
    """Keep blocks from being painted."""
    return work.fields(hidden=True), f"Hid {work.names()}."


def show(work: Work) -> Done:
    """Paint blocks that were hidden."""
    return work.fields(hidden=False), f"Showed {work.names()}."


def lock(work: Work) -> Done:
    """Keep blocks from being changed."""
    return work.fields(locked=True), f"Locked {work.names()}."


def copy(work: Work) -> Done:
    """Put a copy of each block beside it."""
    scene = work.scene
    for name in work.ids:
        spot = spots(scene)[name]
        scene = after(scene, name, _copied(spot, set(spots(scene))))
    return scene, f"Copied {work.names()}."


def _copied(spot: Spot, taken: set[str]) -> Block:
    step = _BESIDE * min(spot.page.width, spot.page.height)
    box = area(spot.block)
    moved = Area(box.x + step, box.y + step, box.width, box.height)
    beside = clamped(moved, bounds(spot, margin=False))
    return replace(_renamed(spot.block, taken), x=beside.x, y=beside.y)


def _renamed(block: Block, taken: set[str]) -> Block:
    name = free(f"{block.id}-copy", taken)
    taken.add(name)
    if isinstance(block, Group):
        inside = tuple(_renamed(each, taken) for each in block.blocks)
        return replace(block, id=name, blocks=inside)
    return replace(block, id=name)
