"""The classes of things that networks know by name: the 80 of COCO (Lin et al. 2014)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

CLASSES: Final = (
    *("person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat"),
    *("traffic light", "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat"),
    *("dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack"),
    *("umbrella", "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard", "sports ball"),
    *("kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket"),
    *("bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple"),
    *("sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair"),
    *("couch", "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse"),
    *("remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink"),
    *("refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier"),
    "toothbrush",
)
"""Their names, in the order in which networks that were trained on COCO have them."""
PERSON: Final = "person"
ANIMALS: Final = frozenset(
    {
        *("bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra"),
        "giraffe",
    }
)
ANY: Final = "any"
"""Stands for every class that is not named beside it."""


class Wanted(NamedTuple):
    """A class, or `ANY`, and how much a thing of it counts beside the others."""

    label: str
    weight: float = 1.0


def weight_of(label: str, wanted: Iterable[Wanted]) -> float:
    """Return how much a thing of a class counts; where nothing is named, each counts the same.

    >>> weight_of("cat", ()), weight_of("cat", [Wanted("dog")]), weight_of("cat", [Wanted(ANY, 2)])
    (1.0, 0.0, 2)
    """
    weights = dict(wanted)
    return weights.get(label, weights.get(ANY, 0.0)) if weights else 1.0


def is_among(label: str, labels: Collection[str]) -> bool:
    """Return whether a class is one of those named, or any is."""
    return label in labels or ANY in labels
