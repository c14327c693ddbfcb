"""GrabCut of OpenCV, told by clicks what to cut out: what needs no network, to compare with.

    python benchmarks/grabcut.py

OpenCV is needed beside Foveate (`pip install opencv-python-headless`). What clicks lie on is
certain, what is near to a positive one probable; all else is probably not meant. Pictures are
brought to 320 px on their long side. Clicks and figures are those of `clicks.py`,
and the pictures some of those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import pyvips
from clicks import course, sets_of

from foveate.vision.clicks import places_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from masked import Pixels
    from numpy.typing import NDArray

    from foveate.vision.clicks import Click

SIDE: Final = 320
SURE, LIKELY = 0.015, 0.15
"""Radius around a click, relative to the long side, of what is certain and what is probable."""
ROUNDS: Final = 4
MOST: Final = 5
"""Clicks in a thing."""
FEW: Final = 24
"""Pictures of each set, evenly, about."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What was cut out, without alternatives."""

    matte: NDArray[np.float32]

    @property
    def alternatives(self) -> Mapping[str, NDArray[np.float32]]:
        """Return the only one."""
        return {"object": self.matte}


class GrabCut:
    """Answers to clicks as a `Selector` does."""

    def mask(self, rgb: Pixels, clicks: Sequence[Click]) -> Cut:
        """Return what is like the surroundings of the positive clicks, within smooth borders."""
        height, width = rgb.shape[:2]
        scale = SIDE / max(height, width)
        small = pyvips.Image.new_from_array(rgb).resize(scale).numpy()
        labels = seeds(clicks, small.shape[:2])
        models = np.zeros((2, 1, 65))
        cv2.grabCut(
            np.ascontiguousarray(small[..., ::-1]), labels, None, models[0], models[1], ROUNDS,
            cv2.GC_INIT_WITH_MASK,
        )  # fmt: skip
        found = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
        return Cut(cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR))


def seeds(clicks: Sequence[Click], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return what clicks say of each pixel, in the words of OpenCV."""
    labels = np.full(shape, cv2.GC_PR_BGD, np.uint8)
    near = apart(clicks, shape, positive=True)
    labels[near < LIKELY] = cv2.GC_PR_FGD
    labels[near < SURE] = cv2.GC_FGD
    labels[apart(clicks, shape, positive=False) < SURE] = cv2.GC_BGD
    return labels


def apart(
    clicks: Sequence[Click], shape: tuple[int, int], *, positive: bool
) -> NDArray[np.float64]:
    """Return how far each pixel is from the nearest click of a kind, relative to the long side."""
    down, across = np.indices(shape) + 0.5
    places = places_of(clicks, positive=positive)
    each = [np.hypot(across - x * shape[1], down - y * shape[0]) for x, y in places]
    nearest: NDArray[np.float64] = np.min([np.full(shape, np.inf), *each], 0) / max(shape)
    return nearest


def main() -> None:
    """Print what `clicks.py` has for a head."""
    print("what | things | IoU, 1 click | 3 | 5 | boundary F, 3 clicks | ms a click")
    for name, targets in sets_of(FEW).items():
        went = [course(GrabCut(), target.rgb, target, 0.0, most=MOST) for target in targets]
        means = [float(np.mean([one.iou(clicks) for one in went])) for clicks in (1, 3, 5)]
        means.append(float(np.mean([one.edges[-1] for one in went])))
        ms = np.median([each for one in went for each in one.click_ms])
        print(name, len(went), *(f"{mean:.3f}" for mean in means), f"{ms:.0f}", sep=" | ")


if __name__ == "__main__":
    main()
