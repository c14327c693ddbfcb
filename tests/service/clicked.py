"""A selector that takes for a thing what has the colour of the place that is clicked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from foveate.geometry.box import Size
from foveate.imaging.guided import guide_of
from foveate.vision.look import on_grid, refined
from foveate.vision.windows import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Box
    from foveate.imaging.guided import Guide
    from foveate.vision.clicks import Click
    from foveate.vision.look import Look

    Matte = NDArray[np.float32]


@dataclass
class Seen:
    rgb: NDArray[np.uint8]

    @property
    def nbytes(self) -> int:
        return self.rgb.nbytes

    @property
    def size(self) -> Size:
        return Size(self.rgb.shape[1], self.rgb.shape[0])

    @property
    def guide(self) -> Guide:
        return guide_of(self.rgb)


@dataclass
class Meant:
    matte: Matte
    alternatives: Mapping[str, Matte]


@dataclass
class ByColour:
    """Knows one more alternative: the left half of the thing is a part of it."""

    name: str = "by colour"
    looks: int = 0
    boxes: list[Box | None] = field(default_factory=list)
    clicks: list[Sequence[Click]] = field(default_factory=list)

    def look(self, rgb: NDArray[np.uint8]) -> Seen:
        self.looks += 1
        return Seen(rgb)

    def subject(self, look: Look, people: Matte, share: float) -> Matte:
        if not share:
            return self.mask(look, ()).matte
        return refined(look, on_grid(look, WHOLE, people))

    def mask(self, look: Seen | Look, clicks: Sequence[Click], box: Box | None = None) -> Meant:
        self.boxes.append(box)
        self.clicks.append(clicks)
        height, width, _ = look.rgb.shape
        matte = np.zeros((height, width), np.float32)
        for click in clicks:
            colour = look.rgb[
                min(int(click.y * height), height - 1), min(int(click.x * width), width - 1)
            ]
            alike = np.abs(look.rgb.astype(int) - colour).max(2) < 40
            matte[alike] = 1.0 if click.positive else 0.0
        if box is not None:
            rows = slice(int(box.top * height), int(box.bottom * height))
            matte[rows, int(box.left * width) : int(box.right * width)] = 1
        part = matte.copy()
        columns = np.flatnonzero(matte.any(0))
        part[:, int(columns.mean()) if len(columns) else 0 :] = 0
        return Meant(matte, {"part": part, "object": matte})
