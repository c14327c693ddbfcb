"""White space of texts: one space where any was, as in HTML, unless a text says otherwise."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.design.nodes.node import Node

    Inside = Sequence[Node | str]

BREAK: Final = "\0"
"""Where `<br/>` stood, until it is known which newlines end a line; XML cannot hold this letter."""
_WHITE: Final = re.compile(r"[ \t\r\n\0]+")
_KEPT: Final = re.compile(r"[\t\r]|  |^ | $|\n | \n")


def needs_preserving(letters: str) -> bool:
    r"""Return whether the white space of a text is more than one space here and there.

    >>> [needs_preserving(text) for text in ("a b", "a  b", " a", "a\n b", "a\nb")]
    [False, True, True, True, False]
    """
    return _KEPT.search(letters) is not None


def preserved(inside: Inside) -> tuple[Node | str, ...]:
    """Return what stands in a text with its white space as it is."""
    letters = "".join(_leaves(inside))
    return _filled(inside, iter(letters.replace(BREAK, "\n")))


def collapsed(inside: Inside) -> tuple[Node | str, ...]:
    r"""Return what stands in a text with one space for white space, and none at the ends of lines.

    >>> from foveate.design.nodes.node import Node
    >>> collapsed(["  Summer  ", Node("run", {}, (" sale\n",)), BREAK, " now "])
    ('Summer ', Node(tag='run', said={}, inside=('sale',), at=''), '\n', 'now')
    """
    letters = "".join(_leaves(inside))
    shown = list(letters)
    for found in _WHITE.finditer(letters):
        within = found.start() > 0 and found.end() < len(letters)
        space = " " if within and BREAK not in found[0] else ""
        shown[found.start() : found.end()] = [
            "\n" if letter == BREAK else space * (place == 0)
            for place, letter in enumerate(found[0])
        ]
    return _filled(inside, iter(shown))


def _leaves(inside: Inside) -> Iterator[str]:
    for each in inside:
        if isinstance(each, str):
            yield each
        else:
            yield from _leaves(each.inside)


def _filled(inside: Inside, letters: Iterator[str]) -> tuple[Node | str, ...]:
    """Return what stood inside, with other letters in place of as many."""
    filled: list[Node | str] = []
    for each in inside:
        if isinstance(each, str):
            filled.append("".join(next(letters) for _ in each))
        else:
            filled.append(replace(each, inside=_filled(each.inside, letters)))
    return tuple(each for each in filled if each != "")
