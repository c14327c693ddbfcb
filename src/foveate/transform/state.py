"""What passes from step to step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foveate.geometry.pose import Pose
    from foveate.imaging import Image
    from foveate.options.model import Overlay, TransformOptions
    from foveate.transform.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A picture on its way. libvips images are immutable handles, so copies cost nothing."""

    image: Image
    options: TransformOptions
    plan: Plan
    stored: Pose
    """What brings the stored pixels upright: the EXIF orientation."""
    overlays: tuple[tuple[Overlay, Image], ...] = ()
    """Overlays that `draw` asks for, already transformed, with their opened pictures."""
