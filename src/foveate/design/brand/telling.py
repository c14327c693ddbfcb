"""Letters that are not told apart in a brand's colour, in another one of the brand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.design.brand.colouring import ANY, INSTEAD_OF, part_of_letters
from foveate.design.checks.contrast import SLACK, USUAL, Lettered, all_lettered
from foveate.design.checks.patience import SECONDS, UNSEEN, as_far_as_seen, patience
from foveate.design.scene.model import Role, Text
from foveate.design.tree import replaced, spots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.brand.model import Brand, Part
    from foveate.design.checks.model import Looks
    from foveate.design.scene.model import Block, Scene
    from foveate.options.colours import Colour


def told_apart(
    scene: Scene, brand: Brand, looks: Looks, before: Scene
) -> tuple[Scene, tuple[str, ...]]:
    """Return a design in a brand, pale letters in the nearest of its colours that is none there.

    And a sentence for each. Logos that none of them shows stay in the colour that they had. What
    else none of them is told apart on is left to the checks.
    """
    old = spots(before)
    made: list[tuple[Text, str]] = []
    with patience(), as_far_as_seen(missed := list[str](), "contrast"):
        for now in all_lettered(scene, looks):
            was = old[now.text.id].block if now.text.id in old else None
            if not now.spot.locked:
                made.extend(_told(now, brand, was))
    said = [sentence for _, sentence in made]
    said += [UNSEEN.format(each, SECONDS) for each in missed]
    return replaced(scene, {text.id: text for text, _ in made}), tuple(said)


def _told(now: Lettered, brand: Brand, was: Block | None) -> Iterator[tuple[Text, str]]:
    """Yield a text in the colour in which it is read, and what is to be said of it, if anything."""
    name, found = now.text.id, _instead(now, brand)
    if found is not None:
        part, colour = found
        sentence = (
            f"The letters of {name} are in the brand's {part}, of a contrast of "
            f"{now.of(colour):.1f}:1 with what is below: in {part_of_letters(now.text)}, "
            f"which is meant for them, it would be {now.contrast:.1f}:1."
        )
        yield _painted(now, colour), sentence
    elif now.text.role is Role.LOGO and isinstance(was, Text) and _kept(now, was.colour):
        sentence = (
            f"The letters of {name} stay in their own colour: no colour of the brand "
            "is read as well on what is below."
        )
        yield _painted(now, was.colour), sentence


def _kept(now: Lettered, was: Colour) -> bool:
    """Return whether letters are pale, and are so less in the colour that they had."""
    return any(_pale(now, each) and now.of(was) > now.of(each) for each in now.colours)


def _pale(now: Lettered, colour: Colour) -> bool:
    return now.of(colour) < now.needed - SLACK


def _instead(now: Lettered, brand: Brand) -> tuple[Part, Colour] | None:
    """Return the nearest colour of a brand in which letters are told apart that are not."""
    if not any(_pale(now, colour) for colour in now.colours):
        return None
    # On a fill of its own, what stands out elsewhere does not: that is what the fill is for.
    near = () if now.text.fill else INSTEAD_OF.get(part_of_letters(now.text), ())
    named = {part: brand.colours[part] for part in (*near, *ANY) if part in brand.colours}
    good = [part for part, colour in named.items() if now.of(colour) >= USUAL]
    if not good:
        good = sorted(named, key=lambda part: -now.of(named[part]))[:1]
    if not good or now.of(named[good[0]]) < now.needed:
        return None
    return good[0], replace(named[good[0]], alpha=now.text.colour.alpha)


def _painted(now: Lettered, colour: Colour) -> Text:
    """Return a text with those of its letters in a colour that are pale."""
    text = now.text
    runs = tuple(
        replace(run, colour=colour) if run.colour is not None and _pale(now, run.colour) else run
        for run in text.runs
    )
    return replace(text, colour=colour if _pale(now, text.colour) else text.colour, runs=runs)
