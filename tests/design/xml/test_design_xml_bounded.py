"""Limits are of what is written: what is kept can be read again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from foveate.design.nodes.limits import USUAL
from foveate.design.scene.model import Group, Page, Run, Scene, Text
from foveate.design.xml.reading import loads
from foveate.design.xml.writing import bounded, dumps
from foveate.errors import DesignTooLarge


def lines(count: int) -> Text:
    return Text(id="t", width=9, height=9, size=3, runs=(Run(text="a\n" * count),))


def scene(*blocks: Text | Group) -> Scene:
    return Scene(pages=(Page(id="p", width=10, height=10, blocks=blocks),))


def deep(text: Text, groups: int) -> Scene:
    made: Text | Group = text
    for number in range(groups):
        made = Group(id=f"g{number}", width=9, height=9, blocks=(made,))
    return scene(made)


RUN = Text(id="t", width=9, height=9, size=3, runs=(Run(text="a"), Run(text="b\n", size=4.0)))
QUOTES = replace(lines(0), name='"' * 190, runs=())
MANY = [replace(QUOTES, id=f"t{number}") for number in range(1000)]

FULL = [scene(lines(1997)), deep(lines(1), 12), deep(RUN, 11), scene(*MANY[:700])]
OVER = [
    (scene(lines(1998)), r"at most 2000 elements as it is written, got 2001\."),
    (deep(lines(1), 13), r"at most 16 elements within each other as it is written, got 17\."),
    (deep(RUN, 12), r"at most 16 elements within each other as it is written, got 17\."),
    (scene(*MANY), r"at most 1000000 bytes as it is written, got"),
]


@pytest.mark.parametrize("full", FULL)
def test_what_is_within_limits_as_it_is_written_is_read_again(full: Scene) -> None:
    assert loads(bounded(full)) == full


@pytest.mark.parametrize(("over", "told"), OVER)
def test_what_could_not_be_read_again_is_not_written(over: Scene, told: str) -> None:
    with pytest.raises(DesignTooLarge):
        loads(dumps(over))
    with pytest.raises(DesignTooLarge, match=told):
        bounded(over)


def test_limits_of_a_caller_hold_too() -> None:
    with pytest.raises(DesignTooLarge, match="at most 2 elements"):
        bounded(scene(lines(0)), replace(USUAL, elements=2))
