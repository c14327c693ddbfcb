"""What becomes of the colours of a variation: one file each, and the order of work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from foveate.datasets.handlers.builtin.looks.artefacts import artefacts
from foveate.datasets.handlers.builtin.looks.blur import blur
from foveate.datasets.handlers.builtin.looks.colours import colours
from foveate.datasets.handlers.builtin.looks.exposure import exposure

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


class Look(Protocol):
    """One change; what was not asked for returns what it was given."""

    def __call__(
        self, pixels: NDArray[np.uint8], config: Mapping[str, Any], chance: np.random.Generator
    ) -> NDArray[np.uint8]:
        """Return (height, width, 3) RGB, changed."""
        ...


LOOKS: Final[tuple[Look, ...]] = (exposure, colours, blur, artefacts)
"""As a camera does it: light, then colour, then the lens' blur, then the file."""


def looked(
    pixels: NDArray[np.uint8], config: Mapping[str, Any], chance: np.random.Generator
) -> NDArray[np.uint8]:
    """Return (height, width, 3) RGB after all changes, each by chance."""
    for look in LOOKS:
        pixels = look(pixels, config, chance)
    return pixels
