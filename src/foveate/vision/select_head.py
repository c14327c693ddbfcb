"""The head that says what clicks mean, opened; and what takes its place where it is not used.

It has two halves: one reads what `gaze` knows of each patch, and the colours, once for each look;
the other one answers to clicks, and takes a few milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from foveate.vision.affinity import ALIKE, STEEP, like_clicked
from foveate.vision.clicks import FINER, Click, told
from foveate.vision.packaged import digest, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Box

    Floats = NDArray[np.float32]

HERE: Final = Path(__file__).parent
OBJECT, GROUP = 0, 1
"""The two answers of a head: one thing, and it with all that it hangs together with."""
MIDDLE, DEVIATION = 0.45, 0.28
"""Of the colours of photos, 0..1."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a head needs of one look at a window of a picture, whatever is clicked in it."""

    arrays: tuple[Floats, ...]
    tokens: NDArray[np.float16]
    """(rows, columns, 768): what the network knows of each patch."""

    @property
    def grid(self) -> tuple[int, int]:
        """Return rows and columns of patches."""
        return self.tokens.shape[0], self.tokens.shape[1]

    @property
    def nbytes(self) -> int:
        """Return what it takes in memory."""
        return self.tokens.nbytes + sum(array.nbytes for array in self.arrays)


class SelectHead(Protocol):
    """Says which cells belong to what is clicked."""

    @property
    def name(self) -> str:
        """Return what names it and every number in it."""
        ...

    def read(self, tokens: Floats, rgb: NDArray[np.uint8]) -> Field:
        """Return what it needs of (rows, columns, 768) tokens and the picture they came from."""
        ...

    def answer(self, read: Field, clicks: Sequence[Click], box: Box | None) -> Floats:
        """Return log odds (2, 4 rows, 4 columns): of the thing, and of its group.

        Places are 0..1 of the window that was read, and may lie outside. Without clicks and box
        they are those of the picture's subject.
        """
        ...


class Fitted:
    """The head of the package, fitted on masks. It is opened when it is first asked."""

    def __init__(self, which: str = "clear") -> None:
        self._which = which

    @property
    def name(self) -> str:
        """Return what names it and every number in it."""
        return f"select-{self._which}-{digest(*files(self._which))}"

    def read(self, tokens: Floats, rgb: NDArray[np.uint8]) -> Field:
        """Return what it needs of tokens and the (height, width, 3) picture they came from."""
        shown = shades(rgb, (tokens.shape[0] * FINER, tokens.shape[1] * FINER))
        reading, _ = files(self._which)
        arrays = opened(reading).run({"tokens": tokens[None], "colours": shown[None]})
        return Field(tuple(arrays), tokens.astype(np.float16))

    def answer(self, read: Field, clicks: Sequence[Click], box: Box | None) -> Floats:
        """Return log odds (2, 4 rows, 4 columns) of the thing, and of its group."""
        said = told(clicks, box, read.grid)
        known, kin, edges = read.arrays
        _, answering = files(self._which)
        inputs = {
            "known": known,
            "kin": kin,
            "edges": edges,
            "positive": said.positive[None],
            "negative": said.negative[None],
            "maps": said.maps[None],
            "discs": said.discs[None],
        }
        log_odds: Floats = opened(answering).run(inputs)[0][0]
        return log_odds


class Unfitted:
    """What is alike, where no fitted numbers are wanted: good for one clear thing."""

    @property
    def name(self) -> str:
        """Return what names it and every number in it."""
        return f"alike-{ALIKE}-{STEEP}"

    def read(self, tokens: Floats, rgb: NDArray[np.uint8]) -> Field:  # noqa: ARG002
        """Return the tokens alone."""
        return Field((), tokens.astype(np.float16))

    def answer(self, read: Field, clicks: Sequence[Click], box: Box | None) -> Floats:
        """Return log odds of what is like the clicks and hangs together; for both the same.

        A box counts as a click in its middle, and what lies outside is not meant.
        """
        if box is None:
            logs = like_clicked(read.tokens.astype(np.float32), clicks)
            return np.stack([logs, logs])
        from_box = (
            clicks if any(click.positive for click in clicks) else [*clicks, Click(*box.middle)]
        )
        logs = like_clicked(read.tokens.astype(np.float32), from_box)
        share = told((), box, (logs.shape[0], logs.shape[1])).maps[4]
        logs = np.where(share > 1 / 2, logs, np.float32(-STEEP))
        return np.stack([logs, logs])


def shades(rgb: NDArray[np.uint8], cells: tuple[int, int]) -> Floats:
    """Return what the head sees of the colours of a picture: (3, rows, columns) of cells.

    Means of the pixels under each; sides need be no multiple of the cells, and not be smaller.
    """
    summed = rgb.astype(np.float32)
    for axis, count in enumerate(cells):
        starts = np.arange(count) * rgb.shape[axis] // count
        widths = np.diff(np.append(starts, rgb.shape[axis])).astype(np.float32)
        along = widths[:, None, None] if axis == 0 else widths[None, :, None]
        summed = (np.add.reduceat(summed, starts, axis=axis) / along).astype(np.float32)
    shown = (summed / 255 - MIDDLE) / DEVIATION
    return np.ascontiguousarray(shown.transpose(2, 0, 1), np.float32)


def files(which: str) -> tuple[Path, Path]:
    """Return where both halves of a head of the package lie."""
    return HERE / f"select_{which}_read.onnx", HERE / f"select_{which}_answer.onnx"
