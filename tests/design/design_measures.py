"""Texts measured by arithmetic: letters of one width, words that are broken by none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.design.scene.model import Fit

if TYPE_CHECKING:
    from foveate.design.scene.model import Text

WIDE = 0.55
"""Of its size, that a letter is wide."""


@dataclass(frozen=True)
class Laid:
    width: float
    height: float
    longest: float
    size: float
    over: tuple[float, float]
    lacking: str = ""


def measured(text: Text, language: str = "") -> Laid:
    """Return how large a text becomes; with `fit`, after it was made to."""
    del language
    size = text.size
    laid = _at(text, size)
    while text.fit is not Fit.NONE and any(laid.over) and size > max(text.size * 0.2, 4):
        size -= 0.25
        laid = _at(text, size)
    return laid


def _at(text: Text, size: float) -> Laid:
    share = size / text.size
    room = max(text.width - 2 * text.padding, 1.0), max(text.height - 2 * text.padding, 1.0)
    widest, lines = 0.0, 0
    for line in _words(text):
        across = 0.0
        lines += 1
        for width in line:
            if across and across + width * share > room[0]:
                lines, across = lines + 1, 0.0
            across += width * share
            widest = max(widest, across)
    height = lines * size * text.line_height
    over = tuple(
        got - side if got > side + 0.5 else 0.0
        for got, side in zip((widest, height), room, strict=True)
    )
    longest = max((width * share for line in _words(text) for width in line), default=0.0)
    return Laid(widest, height, longest, size, (over[0], over[1]))


def _words(text: Text) -> list[list[float]]:
    """Return the widths of words, line by line."""
    lines: list[list[float]] = [[0.0]]
    for run in text.runs:
        for letter in run.text:
            if letter == "\n":
                lines.append([0.0])
            else:
                lines[-1][-1] += WIDE * (run.size or text.size)
                if letter == " ":
                    lines[-1].append(0.0)
    return lines
