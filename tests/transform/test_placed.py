"""Where what is hidden comes to lie in an answer."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.geometry.box import Box, Size
from foveate.geometry.orientation import Orientation
from foveate.gravity.framing import Framing
from foveate.transform.cores import Block
from foveate.transform.placed import SPREAD_PX, placed
from foveate.transform.plan import Plan

SOURCE = Size(100, 80)
COVERED = Block.over(Box(40, 30, 20, 10))


def shown(scale: float) -> Plan:
    """Return the plan of an answer that shows all of the source at another size."""
    out, whole = Size(round(100 * scale), round(80 * scale)), Box.of(SOURCE)
    framing = Framing(box=whole, wanted=whole, focus=whole.centre(SOURCE), gravity="")
    return Plan(source=SOURCE, framing=framing, out=out, orientation=Orientation(), canvas=out)


def covered(scale: float, beyond: float) -> float:
    """Return how far a place is hidden that lies so many pixels of the answer left of the thing."""
    x = np.array([40 * scale - beyond], np.float32)
    return float(placed(COVERED, shown(scale)).share(x, np.array([35 * scale], np.float32))[0, 0])


@pytest.mark.parametrize("scale", [0.5, 1.0])
def test_what_resampling_carries_beyond_a_thing_is_hidden_with_it(scale: float) -> None:
    assert covered(scale, SPREAD_PX) == 1


@pytest.mark.parametrize("scale", [2.0, 4.0])
def test_enlarging_carries_pixels_of_the_source(scale: float) -> None:
    assert covered(scale, SPREAD_PX * scale) == 1
