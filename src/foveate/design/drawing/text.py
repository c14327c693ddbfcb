"""Text in a box: laid out, made to fit, measured, and painted."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from foveate.design.drawing.colours import argb
from foveate.design.drawing.engine import skia
from foveate.design.drawing.lettering import Letters, letters
from foveate.design.drawing.remarks import Matter, Remark
from foveate.design.fonts.scripts import joined, parted, right_to_left
from foveate.design.scene.model import Align, Decoration, Fit, VAlign

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.design.drawing.typefaces import Typefaces
    from foveate.design.scene.model import Text

LEAST_SIZE: Final = 4.0
"""Letters are never shrunk below so many pixels: nobody could read them."""
LEAST_SHARE: Final = 0.2
"""Nor below this share of what was asked."""
MOST_SIZE: Final = 4000.0
_STEP: Final = 0.25
"""Fitted sizes are multiples of so many pixels."""
_FLAT: Final = 0.1
"""A line height below which letters grow no more."""
_SLACK: Final = 0.51
"""Pixels by which a text may be larger than its box: layouts round up."""
_ENDLESS: Final = 1e6
"""Pixels in which no line is broken."""
_RIGHTWARDS, _ENDED = "\u202b", "\u202c"
_START: Final = {False: "kLeft", True: "kRight"}
_ALIGNS: Final = {
    Align.LEFT: "kLeft",
    Align.CENTER: "kCenter",
    Align.RIGHT: "kRight",
    Align.JUSTIFY: "kJustify",
}
_EDGES: Final = {"kLeft": -1.0, "kRight": 1.0}
_DOWN: Final = {VAlign.TOP: 0.0, VAlign.MIDDLE: 0.5, VAlign.BOTTOM: 1.0}
_LINES: Final = {Decoration.UNDERLINE: "kUnderline", Decoration.LINE_THROUGH: "kLineThrough"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of laying out a text. Lengths are pixels of its box."""

    width: float
    """Of its longest line."""
    height: float
    longest: float
    """Of the longest of its words, whole: narrower boxes break it."""
    size: float
    """Of the text's letters after they were made to fit."""
    over: tuple[float, float]
    """By how much it is wider and higher than its box; nothing where it fits."""
    remarks: tuple[Remark, ...] = ()
    baseline: float = 0.0
    """From the top of its box to where the letters of its first line stand."""

    @property
    def fits(self) -> bool:
        """Return whether all of it is inside."""
        return self.over == (0.0, 0.0)

    @property
    def lacking(self) -> str:
        """Return which letters no font has, as a sentence; nothing where all are drawn."""
        found = [each.sentence for each in self.remarks if each.matter is Matter.GLYPHS]
        return " ".join(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A text that was laid out, ready to be painted."""

    paragraph: Any
    left: float
    top: float
    measured: Measured

    def paint(self, canvas: Any) -> None:  # noqa: ANN401 - skia's
        """Paint it where it lies in its box."""
        self.paragraph.paint(canvas, self.left, self.top)


def measure(text: Text, typefaces: Typefaces, language: str = "") -> Measured:
    """Return how large a text becomes. Raises UnknownFont, FontsMissing."""
    return laid_out(text, typefaces, language).measured


def laid_out(text: Text, typefaces: Typefaces, language: str = "") -> Laid:
    """Return a text laid out in its box, and made to fit. Raises UnknownFont, FontsMissing."""
    runs, remarks = letters(text, typefaces, language)
    setting = _Setting(text, runs, typefaces, language)
    share = _share(setting)
    paragraph = setting.at(share)
    width, height = setting.extent(paragraph, share)
    room = setting.room
    over = (_beyond(width, room[0]), _beyond(height, room[1]))
    top = text.padding + (room[1] - paragraph.Height) * _DOWN[text.valign]
    if any(over):
        remarks = (*remarks, _overflow(text, over))
    return Laid(
        paragraph=paragraph,
        left=text.padding + setting.edge(share),
        top=top,
        measured=Measured(
            width=width,
            height=height,
            longest=setting.longest * share,
            size=text.size * share,
            over=over,
            remarks=remarks,
            baseline=top + paragraph.AlphabeticBaseline,
        ),
    )


def _beyond(got: float, room: float) -> float:
    return got - room if got > room + _SLACK else 0.0


def _overflow(text: Text, over: tuple[float, float]) -> Remark:
    ways = [f"{by:.0f} px too {way}" for by, way in zip(over, ("wide", "high"), strict=True) if by]
    return Remark(text.id, Matter.OVERFLOW, f"The text is {' and '.join(ways)} for its box.")


@dataclass(frozen=True)
class _Setting:
    """A text and its letters, to be laid out at one share of its size after the other."""

    text: Text
    runs: tuple[Letters, ...]
    typefaces: Typefaces
    language: str

    @property
    def room(self) -> tuple[float, float]:
        """Width and height for letters."""
        text = self.text
        return tuple(max(side - 2 * text.padding, 1.0) for side in (text.width, text.height))  # type: ignore[return-value]

    def at(self, share: float) -> Any:  # noqa: ANN401 - skia's
        """Return the paragraph with letters of a share of their size."""
        room = self.room[0]
        longest = self.longest * share
        # skia drops parts of a pixel, for which no word is to be broken.
        width = room if _beyond(longest, room) else max(room, math.ceil(longest))
        return self._laid(self.runs, share, width)

    def _laid(self, runs: Sequence[Letters], share: float, width: float) -> Any:  # noqa: ANN401 - skia's
        builder = self.typefaces.builder(self._style())
        for run, said in _spoken(runs, from_right=self.from_right):
            builder.pushStyle(self._look(run, share))
            builder.addText(said)
            builder.pop()
        paragraph = builder.Build()
        paragraph.layout(width)
        return paragraph

    @cached_property
    def longest(self) -> float:
        """How wide the longest word is, with letters of their size.

        skia's own number is too small once it broke a word.
        """
        said = parted(run.text for run in self.runs)
        words = [replace(run, text=text) for run, text in zip(self.runs, said, strict=True)]
        return float(self._laid(words, 1.0, _ENDLESS).LongestLine) if words else 0.0

    def extent(self, paragraph: Any, share: float) -> tuple[float, float]:  # noqa: ANN401 - skia's
        """Return width and height of a paragraph; words that were broken count as they are."""
        width = max(paragraph.LongestLine, self.longest * share)
        return (width, paragraph.Height) if self.runs else (0.0, 0.0)

    def fits(self, share: float) -> bool:
        """Return whether letters of a share of their size fit."""
        width, height = self.extent(self.at(share), share)
        return not (_beyond(width, self.room[0]) or _beyond(height, self.room[1]))

    def edge(self, share: float) -> float:
        """Return how far letters move so that no spacing stands at the edge that they keep to.

        Half of a letter's stands on either side of it.
        """
        spacing = next((run.letter_spacing for run in self.runs if not joined(run.text)), 0.0)
        return _EDGES.get(self.aligned, 0.0) * spacing * share / 2

    @property
    def from_right(self) -> bool:
        """Whether the text runs from the right."""
        return right_to_left("".join(run.text for run in self.runs))

    @property
    def aligned(self) -> str:
        """Which of skia's words says where lines stand."""
        if self.text.align in {Align.START, Align.END}:
            return _START[self.from_right == (self.text.align is Align.START)]
        return _ALIGNS[self.text.align]

    def _style(self) -> Any:  # noqa: ANN401 - skia's
        style = skia().textlayout.ParagraphStyle()
        style.setTextAlign(getattr(skia().textlayout.TextAlign, self.aligned))
        return style

    def _look(self, run: Letters, share: float) -> Any:  # noqa: ANN401 - skia's
        look = skia().textlayout.TextStyle()
        look.setFontFamilies(self.typefaces.ready(run.fonts))
        look.setFontSize(run.size * share)
        look.setColor(argb(run.colour))
        look.setHeight(self.text.line_height)
        look.setHeightOverride(True)
        look.setHalfLeading(True)
        if run.letter_spacing and not joined(run.text):
            look.setLetterSpacing(run.letter_spacing * share)
        if self.language:
            look.setLocale(self.language)
        if line := _LINES.get(run.decoration):
            look.setDecoration(getattr(skia().textlayout.TextDecoration, line))
            look.setDecorationColor(argb(run.colour))
        return look


def _spoken(runs: Sequence[Letters], *, from_right: bool) -> Iterator[tuple[Letters, str]]:
    """Give runs and what they say; each line of a text from the right says that it is one."""
    if not from_right:
        yield from ((run, run.text) for run in runs)
        return
    last = len(runs) - 1
    for place, run in enumerate(runs):
        said = run.text.replace("\n", f"{_ENDED}\n{_RIGHTWARDS}")
        yield run, f"{_RIGHTWARDS * (place == 0)}{said}{_ENDED * (place == last)}"


def _share(setting: _Setting) -> float:
    """Return the share of its size at which a text is drawn: found by halving."""
    text = setting.text
    if text.fit is Fit.NONE or not setting.runs:
        return 1.0
    if text.fit is Fit.SHRINK and setting.fits(1.0):
        return 1.0
    least = max(LEAST_SHARE * text.size, min(LEAST_SIZE, text.size))
    most = text.size if text.fit is Fit.SHRINK else max(_most(setting), text.size)
    low, high = math.ceil(least / _STEP), math.floor(most / _STEP)
    while low < high:
        middle = (low + high + 1) // 2
        if setting.fits(middle * _STEP / text.size):
            low = middle
        else:
            high = middle - 1
    return low * _STEP / text.size


def _most(setting: _Setting) -> float:
    """Return the size at which one line alone is as high as the box."""
    return min(setting.room[1] / max(setting.text.line_height, _FLAT) * 1.05, MOST_SIZE)
