"""Stops of gradients for what mixes colours without regard to how much is seen through them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from foveate.design.scene.paint import Stop
from foveate.options.colours import Colour

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PIECES: Final = 8


def stepped(stops: Sequence[Stop]) -> list[Stop]:
    """Return stops between which mixing plainly comes to what CSS does, which weighs by alpha.

    >>> red, none = Colour(255, 0, 0), Colour(0, 0, 0, 0.0)
    >>> [stop.colour.red for stop in stepped([Stop(red, 0), Stop(none, 1)])]
    [255, 255, 255, 255, 255, 255, 255, 255, 255]
    """
    if not stops:
        return []
    found = [_seen(stops[0], stops[1:])]
    for before, after in pairwise(stops):
        found += _between(before, after)
    return found


def _between(before: Stop, after: Stop) -> Iterator[Stop]:
    one, other = before.colour, after.colour
    if one.alpha != other.alpha and one.rgb != other.rgb:
        for piece in range(1, _PIECES):
            share = piece / _PIECES
            at = before.at + (after.at - before.at) * share
            yield Stop(_mixed(one, other, share), at)
    yield _seen(after, [before])


def _seen(stop: Stop, beside: Sequence[Stop]) -> Stop:
    """Return a stop; one of no colour has that of its neighbour."""
    if stop.colour.alpha or not beside:
        return stop
    near = beside[0].colour
    return Stop(Colour(near.red, near.green, near.blue, 0.0), stop.at)


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    alpha = one.alpha * (1 - share) + other.alpha * share
    channels = [
        round((a * one.alpha * (1 - share) + b * other.alpha * share) / alpha)
        for a, b in zip(one.rgb, other.rgb, strict=True)
    ]
    red, green, blue = map(int, channels)
    return Colour(red, green, blue, alpha)
