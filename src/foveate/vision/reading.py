"""PP-OCR's reader: what lines of text say, and in which order people read them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.vision.align import EdgeMode, Pyramid, sampled
from foveate.vision.batches import sizes_of
from foveate.vision.text import normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from foveate.ports import Session
    from foveate.values import Quad, TextLine

HEIGHT: Final = 48
"""Pixels that a line is brought to."""
STEP: Final = 8
"""Pixels of width for each of the network's places; widths are multiples of it."""
LEAST_WIDTH, MOST_WIDTH = 48, 2400
"""A line that is longer is squeezed."""
TALL: Final = 1.5
"""From this height over width on a line runs down or up the picture."""
DOUBTFUL: Final = 0.7
"""A line that is read with less is tried the other way up."""
BLANK: Final = 0
"""The class that says nothing, and parts one letter from the next (Graves et al., 2006)."""
SPACE: Final = " "
SAME_ROW: Final = 0.5
"""Lines whose middles are nearer than this share of their height stand side by side."""


def width_of(line: TextLine) -> int:
    """Return how many pixels wide a line is read."""
    wide = HEIGHT * line.length / max(line.height, 1e-6)
    return int(min(max(STEP * round(wide / STEP), LEAST_WIDTH), MOST_WIDTH))


def crop(picture: Pyramid, quad: Quad, width: int) -> NDArray[np.uint8]:
    """Return (48, width, 3) RGB of what lies in a rectangle, its first corner the upper left."""
    start, right, _, down = (np.array(corner, np.float64) for corner in quad)
    along, over = (right - start) / width, (down - start) / HEIGHT
    across, below = np.arange(width) + 0.5, (np.arange(HEIGHT) + 0.5)[:, None]
    x, y = (start[n] + along[n] * across + over[n] * below for n in (0, 1))
    return sampled(picture, x, y, float(np.hypot(*over)), EdgeMode.NEAREST)


def tensor(crops: Sequence[NDArray[np.uint8]], count: int) -> NDArray[np.float32]:
    """Return crops as (count, 3, 48, widest), grey behind the end of each."""
    widest = max(each.shape[1] for each in crops)
    planes = np.zeros((count, 3, HEIGHT, widest), np.float32)
    for number, each in enumerate(crops):
        planes[number, :, :, : each.shape[1]] = normalised(each)
    return planes


@dataclass(frozen=True, slots=True)
class ReadLine:
    """What a line says."""

    text: str = ""
    score: float = 0.0
    """The mean probability of its letters, 0..1."""


def decoded(seen: NDArray[np.float32], letters: str) -> ReadLine:
    """Return the reading of (places, classes) probabilities, the best class of each place.

    Class 0 is blank, then come the letters, and last the space.
    """
    best = seen.argmax(axis=1)
    new = (best != BLANK) & (np.diff(best, prepend=BLANK) != 0)
    if not new.any():
        return ReadLine()
    text = "".join((letters + SPACE)[number - 1] for number in best[new])
    # What is read of nothing but spaces is nothing.
    return (
        ReadLine(text.strip(), float(seen.max(axis=1)[new].mean())) if text.strip() else ReadLine()
    )


class TextReader:
    """Reads lines of text. Its session is loaded when the first line comes."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        return f"text-reading-{MOST_WIDTH}-{DOUBTFUL}"

    def __call__(self, rgb: NDArray[np.uint8], lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
        """Return the lines with what they say, in their order; places are in pixels of `rgb`.

        One that runs down or up the picture is read both ways, one that is hard to read also the
        other way up; what is surer counts. Where nothing can be read the text is empty.
        """
        picture = Pyramid(rgb)
        ways = [_ways(line) for line in lines]
        read = self._best(picture, ways)
        again = [
            number
            for number, (line, one) in enumerate(zip(read, ways, strict=True))
            if len(one) == 1 and line.score < DOUBTFUL
        ]
        turned = self._best(picture, [(lines[number].turned(2),) for number in again])
        for number, other in zip(again, turned, strict=True):
            read[number] = max(read[number], other, key=_score)
        return tuple(read)

    def _best(self, picture: Pyramid, ways: Sequence[Sequence[TextLine]]) -> list[TextLine]:
        """Return of each line the way that is read with the most certainty."""
        flat = [way for each in ways for way in each]
        read = self._read(picture, flat)
        ends = np.cumsum([0, *map(len, ways)]).tolist()
        return [max(read[start:end], key=_score) for start, end in pairwise(ends)]

    def _read(self, picture: Pyramid, lines: Sequence[TextLine]) -> list[TextLine]:
        if not lines:
            return []
        session = self._session()
        most = max(sizes_of(session))
        # Lines of about one length go together: what is behind the end of one is worked on too.
        order = sorted(range(len(lines)), key=lambda number: width_of(lines[number]))
        read = list(lines)
        for start in range(0, len(order), most):
            some = order[start : start + most]
            crops = [crop(picture, lines[one].quad, width_of(lines[one])) for one in some]
            seen, codes = session.run({"x": tensor(crops, len(some))})
            letters = "".join(map(chr, codes.astype(int).tolist()))
            for row, number in zip(seen, some, strict=True):
                found = decoded(row, letters)
                read[number] = replace(lines[number], text=found.text, score=found.score)
        return read


def _score(line: TextLine) -> float:
    return line.score


def _ways(line: TextLine) -> tuple[TextLine, ...]:
    tall = line.height > TALL * line.length
    return (line.turned(1), line.turned(3)) if tall else (line,)


def in_reading_order(lines: Iterable[TextLine]) -> tuple[TextLine, ...]:
    """Return lines row by row from the top, each row from the left."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box.middle[1]):
        if rows and _is_beside(line, rows[-1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return tuple(line for row in rows for line in sorted(row, key=lambda line: line.box.left))


def _is_beside(line: TextLine, row: Sequence[TextLine]) -> bool:
    apart = line.box.middle[1] - row[0].box.middle[1]
    return apart < SAME_ROW * min(line.box.height, row[0].box.height)
