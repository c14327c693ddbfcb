"""What is like the clicked places: no fitted number, for when the head is not used, and for parts.

A patch belongs to what was clicked where what the network knows of it points the same way, the
mean of the picture (or of the object) taken off, and where it hangs together with a click.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.vision.clicks import FINER, joined, places_of, told, under
from foveate.vision.saliency import enlarged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.vision.clicks import Click

    Floats = NDArray[np.float32]

ALIKE: Final = 0.35
"""Cosine from which on two patches are of one thing."""
STEEP: Final = 12.0
"""Log odds of a patch for each whole cosine beyond."""
PLAIN: Final = 0.1
"""What differs this little from the mean, relative to what patches of the picture do, is like
nothing: where all of an object is the same, none of it is a part."""
MARGIN: Final = 1e-6


def like_clicked(
    tokens: Floats,
    clicks: Sequence[Click],
    within: Floats | None = None,
    *,
    least: float = ALIKE,
) -> Floats:
    """Return log odds of being what was clicked, (4 rows, 4 columns), of (rows, columns, n) tokens.

    Places are 0..1 of what the tokens lie over. `within` is the share of each patch, (rows,
    columns), that counts for the mean that is taken off; all do by default. `least` is the cosine
    from which on patches are alike. Where nothing was clicked, nothing is meant.
    """
    grid = tokens.shape[0], tokens.shape[1]
    if not len(places_of(clicks, positive=True)):
        return np.full((grid[0] * FINER, grid[1] * FINER), -STEEP, np.float32)
    directions = _directions(tokens, within)
    said = told(clicks, None, grid)
    for_it = _most_alike(directions, said.positive)
    against = _most_alike(directions, said.negative) if said.negative.any() else least
    over = (for_it - np.maximum(against, least)).reshape(grid)
    whole = joined(over > 0, under(clicks, grid))
    # The same on both sides, so that edges are halfway between patches.
    sided = np.where(whole, np.minimum(over, ALIKE), -ALIKE) * np.float32(STEEP)
    return enlarged(sided.astype(np.float32), FINER)


def _directions(tokens: Floats, within: Floats | None) -> Floats:
    """Return tokens about their mean, of nearly length 1: (patches, n)."""
    flat = tokens.reshape(-1, tokens.shape[-1]).astype(np.float32)
    weights = np.ones(len(flat), np.float32) if within is None else within.reshape(-1)
    centred = flat - (weights @ flat) / max(float(weights.sum()), MARGIN)
    lengths = np.sqrt(np.square(centred).sum(1, keepdims=True))
    usual = float(np.sqrt(flat.var(0).sum()))
    unit: Floats = centred / (lengths + np.float32(PLAIN * usual + MARGIN))
    return unit


def _most_alike(directions: Floats, shares: Floats) -> Floats:
    """Return the cosine of each patch with that of the clicks that it is most like."""
    clicked = shares @ directions
    clicked /= np.sqrt(np.square(clicked).sum(1, keepdims=True)) + np.float32(MARGIN)
    most: Floats = (directions @ clicked.T).max(1)
    return most
