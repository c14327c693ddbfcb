"""What several networks have in common: how pictures lie in their inputs, what scores mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Real = TypeVar("Real", np.float32, np.float64)


def in_corner(rgb: NDArray[np.uint8], sides: tuple[int, int]) -> tuple[Floats, Floats]:
    """Return a (1, 3, height, width) input of zeros, and the place in it for a picture.

    That is its top left corner, (3, height, width) as the picture has them; `sides` are the height
    and the width of the input.
    """
    planes = np.zeros((1, 3, *sides), np.float32)
    return planes, planes[0, :, : rgb.shape[0], : rgb.shape[1]]


def softmax(raw: NDArray[Real]) -> NDArray[Real]:
    """Return rows of probabilities, (..., n) that sum to 1, of log odds up to a constant."""
    grown = np.exp(raw - raw.max(-1, keepdims=True))
    return np.asarray(grown / grown.sum(-1, keepdims=True))
