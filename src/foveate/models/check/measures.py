"""How well two engines agree about one input, in the measure that a network's use cares for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.models.runtime.parity import Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float32]
    Outputs = Sequence[NDArray[np.float32]]

AT_LEAST: Final = {"box IoU": 0.95, "cosine": 0.995, "matte IoU": 0.98, "correlation": 0.995}
AT_MOST: Final = {
    "score error": 0.05,
    "alpha error": 0.01,
    "largest error": 0.05,
    "pixel error": 0.002,
}
SURE: Final = 0.5
"""From this score or alpha on, something counts as a face or as subject."""


def _iou(one: Array, other: Array) -> float:
    """Return the overlap, 0 to 1, of two answers for one prior; it is the unit of both."""
    places = [(x[:2] * 0.1, np.exp(x[2:] * 0.2) / 2) for x in (one, other)]
    low = np.maximum(*(centre - half for centre, half in places))
    high = np.minimum(*(centre + half for centre, half in places))
    shared = np.maximum(high - low, 0).prod()
    return float(shared / (sum((2 * half).prod() for _, half in places) - shared))


def boxes(reference: Outputs, found: Outputs) -> dict[str, float]:
    """Compare a detector's outputs: the worst box of a face, the worst score of any prior."""
    (places, scores, *_), (other_places, other_scores, *_) = reference, found
    likely = scores[0, :, 1]
    faces = np.flatnonzero(likely >= min(SURE, float(likely.max())))
    overlap = min(_iou(places[0, face], other_places[0, face]) for face in faces)
    return {"box IoU": overlap, "score error": float(np.abs(scores - other_scores).max())}


def embeddings(reference: Outputs, found: Outputs) -> dict[str, float]:
    """Compare embeddings by the cosine of the pair that is furthest apart."""
    one, other = reference[0], found[0]
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return {"cosine": float(((one * other).sum(axis=1) / lengths).min())}


def mattes(reference: Outputs, found: Outputs) -> dict[str, float]:
    """Compare mattes by the overlap of what is subject, and the mean error of alpha."""
    one, other = reference[0], found[0]
    shared, union = np.minimum(one, other) >= SURE, np.maximum(one, other) >= SURE
    overlap = float(shared.sum() / union.sum()) if union.any() else 1.0
    return {"matte IoU": overlap, "alpha error": float(np.abs(one - other).mean())}


def maps(reference: Outputs, found: Outputs) -> dict[str, float]:
    """Compare maps by how well one follows from the other."""
    both = np.corrcoef(reference[0].ravel(), found[0].ravel())
    return {"correlation": float(both[0, 1])}


def pictures(reference: Outputs, found: Outputs) -> dict[str, float]:
    """Compare pictures by the mean error of a channel in 0..1; half a step of 8 bits is .002."""
    return {"pixel error": float(np.abs(reference[0] - found[0]).mean())}


def numbers(reference: Outputs, found: Outputs) -> dict[str, float]:
    """Compare probabilities by the largest error, and raw numbers by that against the largest."""
    errors = (
        np.abs(one - other).max() / max(1.0, float(np.abs(one).max()))
        for one, other in zip(reference, found, strict=True)
    )
    return {"largest error": float(max(errors))}


def glances(reference: Outputs, found: Outputs) -> dict[str, float]:
    """Compare what a picture is like by its cosine, and what it shows by the worst probability."""
    shares = [
        np.exp(logits - logits.max(axis=1, keepdims=True)) for _, logits in (reference, found)
    ]
    one, other = (share / share.sum(axis=1, keepdims=True) for share in shares)
    return {**embeddings(reference, found), "score error": float(np.abs(one - other).max())}


COMPARE: Final[Mapping[str, Callable[[Outputs, Outputs], dict[str, float]]]] = {
    "faces": boxes,
    "objects": numbers,
    "text": numbers,
    "moderation": numbers,
    "saliency": maps,
    "matte": mattes,
    "embedding": embeddings,
    "attributes": numbers,
    "tags": glances,
    "upscale": pictures,
    "depth": maps,
}
"""By a card's task."""


def measured(task: str, reference: Outputs, found: Outputs) -> tuple[Measure, ...]:
    """Return how far `found` agrees with the reference, each number with the limit it must keep."""
    return tuple(
        Measure(what, got, AT_LEAST.get(what) or AT_MOST[what], what in AT_LEAST)
        for what, got in COMPARE[task](reference, found).items()
    )
