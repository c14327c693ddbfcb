"""Where in an answer faces are to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foveate.transform.patch import ellipse_of
from foveate.transform.placed import placed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from foveate.transform.plan import Plan
    from foveate.values import Face


def faces_shown(faces: Iterable[Face], plan: Plan) -> NDArray[np.float32]:
    """Return (height, width) of the answer: 1 on faces, 0 elsewhere, with a soft edge."""
    size, shown = plan.size, plan.orientation.size(plan.out)
    answer = np.zeros((size.height, size.width), np.float32)
    left, top = (plan.canvas.width - shown.width) // 2, (plan.canvas.height - shown.height) // 2
    if plan.border is not None:
        left, top = left + plan.border.left, top + plan.border.top
    picture = answer[top : top + shown.height, left : left + shown.width]
    x, y = (np.arange(side, dtype=np.float32) + 0.5 for side in (shown.width, shown.height))
    for face in faces:
        np.maximum(picture, placed(ellipse_of(face, plan.source), plan).share(x, y), out=picture)
    return answer
