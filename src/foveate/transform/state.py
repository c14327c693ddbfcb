"""What passes from step to step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.orientation import Orientation
    from foveate.imaging import Image
    from foveate.options.model import Overlay, TransformOptions
    from foveate.transform.patch import RedactionPatch
    from foveate.transform.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A picture on its way. libvips images are immutable handles, so copies cost nothing."""

    image: Image
    options: TransformOptions
    plan: Plan
    stored: Orientation
    """What brings the stored pixels upright: the EXIF orientation."""
    overlays: tuple[tuple[Overlay, Image], ...] = ()
    """Overlays that `draw` asks for, already transformed, with their opened pictures."""
    patches: tuple[RedactionPatch, ...] | None = None
    """What hides the faces to redact; None where nobody looked for them."""
    matte: NDArray[np.float32] | None = None
    """Alpha in 0..1 over the whole upright source, where the subject is to be cut out."""
    backdrop: Image | None = None
    """Another picture to stand behind the subject, at the size of this one."""
    exposure: Image | None = None
    """Another picture to be exposed on the same film, likewise."""
