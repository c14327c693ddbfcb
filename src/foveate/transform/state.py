"""What passes from step to step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.orientation import Orientation
    from foveate.imaging import Image
    from foveate.options.model import Overlay, TransformOptions
    from foveate.transform.masked import Mask
    from foveate.transform.patch import RedactionPatch
    from foveate.transform.plan import Plan
    from foveate.transform.scenery import Scenery
    from foveate.values import Face


class Enlarge(Protocol):
    """What makes more of pixels than interpolation does, or the same without noise."""

    @property
    def beside(self) -> int:
        """Return how many pixels beside those that are kept it looks at."""
        ...

    def __call__(self, image: Image) -> Image:
        """Return a part of a picture, as stored, in another number of pixels; computed now."""
        ...


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
    elsewhere: bool = False
    """Whether another frame shows what is cut out: then one that does not is empty."""
    cut_by: Mask | None = None
    """The mask by which that is, where one was asked for; `matte` tells it coarsely."""
    touched: Mask | None = None
    """Where effects work; None is everywhere."""
    scenery: Scenery | None = None
    """What is near and what is far, where something goes by it."""
    fronts: tuple[NDArray[np.float32] | None, ...] = ()
    """For each overlay what stands before it, if anything: alpha over the whole upright source."""
    backdrop: Image | None = None
    """Another picture to stand behind the subject, at the size of this one."""
    overlooked: NDArray[np.float32] | None = None
    """How far each place of the whole upright source may be smoothed, 0..1, if any of it may."""
    format: str = ""
    """What the answer is encoded as, where something goes by that."""
    enlarge: Enlarge | None = None
    """What a network makes of what is kept, before it is brought to its size."""
    faces: tuple[Face, ...] = ()
    """To whom a style gives tones of their own."""
    exposure: Image | None = None
    """Another picture to be exposed on the same film, likewise."""
