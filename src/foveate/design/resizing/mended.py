"""A design in another size, held against the checks of what becomes of letters there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.design.checks.checking import Checks
from foveate.design.checks.table import PLACED
from foveate.design.resizing.resize import Resized, resize

if TYPE_CHECKING:
    from foveate.design.checks.model import Looks
    from foveate.design.ports import Measures
    from foveate.design.scene.model import Scene


def resize_mended(scene: Scene, to: str, measures: Measures, looks: Looks) -> Resized:
    """Return a design in another size, letters mended that lie over faces there, or are pale.

    Raises as `resize`.
    """
    made = resize(scene, to, measures)
    found = Checks(looks, PLACED)(scene, made.scene)
    mended = (f"Mended: {each}" for each in found.repaired)
    remarks = (*made.remarks, *mended, *found.refused, *found.warned)
    return Resized(found.scene, tuple(dict.fromkeys(remarks)))
