"""Where in an answer faces are to be seen."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.geometry.box import Box, Size
from foveate.geometry.orientation import Orientation
from foveate.gravity.framing import Framing
from foveate.options.model import Edges
from foveate.transform.faces_shown import faces_shown
from foveate.transform.plan import Plan
from foveate.values import Face

SOURCE = Size(200, 100)
MARKS = ((148.0, 30.0), (162.0, 30.0), (155.0, 40.0), (150.0, 48.0), (160.0, 48.0))
FACE = Face(Box(140, 20, 30, 40), 0.9, MARKS)


def plan(box: Box, canvas: Size | None = None, border: Edges | None = None, **how: int) -> Plan:
    """An answer that shows a box at half the size."""
    framing = Framing(box=box, wanted=box, focus=box.centre(SOURCE), gravity="")
    orientation, out = Orientation(**how), Size(round(box.width / 2), round(box.height / 2))
    return Plan(
        source=SOURCE,
        framing=framing,
        out=out,
        orientation=orientation,
        canvas=canvas or orientation.size(out),
        border=border,
    )


def middle(shown: np.ndarray) -> tuple[float, float]:
    """The middle of what is marked, x and y."""
    rows, columns = np.nonzero(shown > 0.5)
    return float(columns.mean()) + 0.5, float(rows.mean()) + 0.5


@pytest.mark.parametrize(
    ("at", "x", "y"),
    [
        (plan(Box.of(SOURCE)), 77.5, 20),
        (plan(Box(100, 0, 100, 100)), 27.5, 20),
        (plan(Box.of(SOURCE), mirrored=True), 22.5, 20),
        (plan(Box.of(SOURCE), turns=1), 30, 77.5),
        (plan(Box.of(SOURCE), canvas=Size(120, 70)), 87.5, 30),
        (plan(Box.of(SOURCE), border=Edges(5, 1, 1, 3)), 80.5, 25),
    ],
)
def test_a_face_is_marked_where_the_answer_shows_it(at: Plan, x: float, y: float) -> None:
    shown = faces_shown([FACE], at)
    assert shown.shape == (at.size.height, at.size.width)
    assert middle(shown) == pytest.approx((x, y), abs=1.5)
    assert 0.02 < shown.mean() < 0.3


def test_a_face_that_was_cut_away_marks_nothing() -> None:
    assert not faces_shown([FACE], plan(Box(0, 0, 100, 100))).any()
    assert not faces_shown([], plan(Box.of(SOURCE))).any()
