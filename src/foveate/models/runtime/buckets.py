"""Input shapes that a network is compiled for, where its engine works with fixed ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Buckets:
    """The shapes of a network whose input has free sides."""

    shapes: tuple[tuple[int, ...], ...]
    at_load: bool = True
    """Whether all are compiled when the network loads, or each when it is first needed."""


def _planes(*sides: tuple[int, int]) -> tuple[tuple[int, ...], ...]:
    return tuple((1, 3, *side) for side in sides)


BUCKETS: Final[Mapping[str, Buckets]] = {
    # Exact for 1:1 and 4:3; 12 % too large for 3:2, 33 % for 16:9. Small pictures, which are
    # enlarged at most twice, share one. Each shape takes 10 to 15 MB for each stream, so there
    # are no more.
    "retinaface": Buckets(_planes((640, 640), (480, 640), (640, 480), (320, 320))),
    # One for each shape of picture that the readout of looks takes; servers see few of them.
    "gaze": Buckets(
        _planes(
            *((196, side) for side in (84, 112, 126, 154)),
            *((side, 196) for side in (84, 112, 126, 196, 154)),
        ),
        at_load=False,
    ),
    # A tile, with what is looked at around it.
    **dict.fromkeys(
        ("waifu2x", "waifu2x-noise0", "waifu2x-noise2"),
        Buckets(_planes((78, 78))),
    ),
    # 350 MB each, and most servers are asked for the smaller one alone, which is compiled first.
    "isnet": Buckets(_planes((1024, 1024), (768, 768)), at_load=False),
}
"""By card. Networks whose input has fixed sides need no row: they take one picture at a time."""


def bucket_for(shapes: Iterable[Sequence[int]], height: int, width: int) -> tuple[int, int] | None:
    """Return the smallest height and width of (..., height, width) shapes that hold a picture.

    None when no shape does, or there are none: then the picture goes as it is.

    >>> bucket_for([(1, 3, 640, 640), (1, 3, 480, 640)], 427, 640)
    (480, 640)
    >>> bucket_for([], 427, 640) is bucket_for([(1, 3, 320, 320)], 427, 640) is None
    True
    """
    sides = [(shape[-2], shape[-1]) for shape in shapes]
    holding = [(high, wide) for high, wide in sides if high >= height and wide >= width]
    return min(holding, key=lambda side: side[0] * side[1], default=None)
