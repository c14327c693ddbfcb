"""Make faces and things unrecognisable, for good."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from foveate.deadline import current
from foveate.geometry.box import Box
from foveate.imaging.colour import in_gamut
from foveate.options.colours import Colour
from foveate.options.model import Gamut, RedactMethod
from foveate.transform.patch import GRID, overlaps
from foveate.transform.placed import placed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.geometry.orientation import Orientation
    from foveate.options.model import Redact
    from foveate.transform.patch import RedactionPatch
    from foveate.transform.placed import Placed
    from foveate.transform.state import State

    Weights = Callable[[NDArray[np.float32], int], NDArray[np.float32]]

FEWEST: Final = 3
"""Colours across a patch at full strength."""
BAND_PIXELS: Final = 1 << 18
"""A patch is painted in bands of about this many pixels, so that memory stays bounded."""
BLACK: Final = Colour(0, 0, 0)
RGB, OPAQUE = 3, 255
FAINTEST: Final = np.float32(1e-3)
"""What is shown less than this has an alpha of 0; nothing is divided by zero."""


def redact(state: State) -> State:
    """Cover what is hidden with patches; nothing of its transparency is left under them.

    Raises TimedOut and ClientDisconnected, and ValueError when nobody looked for what is to be
    hidden, rather than show it.
    """
    asked, image = state.options.redact, state.image
    if asked is None or state.patches == ():
        return state
    if state.patches is None:
        raise ValueError("Expected patches for redact, got None: look for what is hidden first.")
    pixels = image.numpy()
    for patch in state.patches:
        _cover(pixels, placed(patch.core, state.plan), palette(patch, asked, state))
    size = image.width, image.height
    painted = type(image).new_from_memory(pixels.data, *size, image.bands, "uchar")
    # Laid over the whole of what it was made from, it inherits profile and copyright.
    return replace(state, image=image.insert(painted, 0, 0))


class Palette(NamedTuple):
    """What a patch is painted with."""

    colours: NDArray[np.float32]
    """(n, n, 3), as they lie in the answer."""
    weights: Weights
    """How much each of n colours counts at places 0..n."""


def palette(patch: RedactionPatch, asked: Redact, state: State) -> Palette:
    """Return the colours of a patch in the numbers of the answer, no more than are shown."""
    gamut, orientation = state.options.gamut, state.plan.orientation
    if asked.method is RedactMethod.SOLID:
        ink = in_gamut(asked.colour or BLACK, gamut)
        return Palette(np.array([[ink.rgb]], np.float32), blocks)
    fewer = reduced(patch.grid, kept_across(asked.strength))
    return Palette(oriented(_in_numbers_of(gamut, fewer), orientation), WEIGHTS[asked.method])


def kept_across(strength: float) -> int:
    """Return how many colours across a patch are shown at a strength of 0..1.

    >>> [kept_across(strength) for strength in (0.0, 0.5, 1.0)]
    [8, 5, 3]
    """
    return int(GRID - (GRID - FEWEST) * strength)


def reduced(grid: NDArray[np.uint8], count: int) -> NDArray[np.float32]:
    """Return the means of (GRID, GRID, 3) colours over `count` x `count` larger cells."""
    shares = _shares(count)
    means: NDArray[np.float32] = shares @ np.tensordot(shares, grid, 1)
    return means


@cache
def _shares(count: int) -> NDArray[np.float32]:
    edges = np.arange(count + 1) * (GRID / count)
    return overlaps(edges[:-1], edges[1:], GRID)


def oriented(colours: NDArray[np.float32], orientation: Orientation) -> NDArray[np.float32]:
    """Return (n, n, 3) colours mirrored and turned as their picture is."""
    return np.rot90(colours[:, ::-1] if orientation.mirrored else colours, -orientation.turns)


def _in_numbers_of(gamut: Gamut, colours: NDArray[np.float32]) -> NDArray[np.float32]:
    if gamut is Gamut.SRGB:
        return colours
    flat = colours.round().astype(int).reshape(-1, 3).tolist()
    inks = [in_gamut(Colour(*rgb), gamut).rgb for rgb in flat]
    return np.array(inks, np.float32).reshape(colours.shape)


def blocks(at: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return (places, count): 1 for the colour in whose square a place 0..count lies."""
    chosen = at.astype(int).clip(0, count - 1)
    weights: NDArray[np.float32] = np.eye(count, dtype=np.float32)[chosen]
    return weights


def smooth(at: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return (places, count): the weights of a cubic B-spline, which sum to 1.

    It passes no colour exactly and has no edges, so that nothing but a soft patch is seen.
    """
    knots = np.arange(-2, count + 2, dtype=np.float32) + np.float32(0.5)
    far = np.abs(at.clip(0, count)[:, None] - knots)
    outer = (2 - far).clip(0) ** 3
    weights: NDArray[np.float32] = (outer - 4 * (1 - far).clip(0) ** 3) / 6
    # Beyond the last colour the last one goes on.
    weights[:, 2] += weights[:, 0] + weights[:, 1]
    weights[:, -3] += weights[:, -2] + weights[:, -1]
    return weights[:, 2:-2]


WEIGHTS: Final[dict[RedactMethod, Weights]] = {
    RedactMethod.BLUR: smooth,
    RedactMethod.PIXELATE: blocks,
}


def _cover(pixels: NDArray[np.uint8], place: Placed, ink: Palette) -> None:
    """Lay a patch over (height, width, 3 or 4) pixels, in place, band by band.

    Letters can be written in alpha alone, so that the patch is opaque whatever it covers.
    """
    shared = Box(0, 0, pixels.shape[1], pixels.shape[0]).overlap(place.bounds)
    if shared is None:
        return
    left, right = int(shared.left), min(int(shared.right) + 1, pixels.shape[1])
    top, bottom = int(shared.top), min(int(shared.bottom) + 1, pixels.shape[0])
    step = max(1, BAND_PIXELS // (right - left))
    x = np.arange(left, right, dtype=np.float32) + np.float32(0.5)
    for start in range(top, bottom, step):
        current().check()
        y = np.arange(start, min(start + step, bottom), dtype=np.float32) + np.float32(0.5)
        part = pixels[start : start + len(y), left:right]
        share = place.share(x, y)[..., None]
        # In the core the share is 1, so that not a bit of the picture remains.
        left_over = 1 - share
        mixed = _painted(place, ink, x, y)
        mixed *= share
        if part.shape[2] > RGB:
            left_over = left_over * (part[..., RGB:] * np.float32(1 / OPAQUE))
            whole = share + left_over
            part[..., RGB:] = (whole * OPAQUE + np.float32(0.5)).astype(np.uint8)
            shown = np.maximum(whole, FAINTEST)
            mixed, left_over = mixed / shown, left_over / shown
        mixed += part[..., :RGB] * left_over + np.float32(0.5)
        part[..., :RGB] = mixed.clip(0, OPAQUE).astype(np.uint8)


def _painted(
    place: Placed, ink: Palette, x: NDArray[np.float32], y: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return (rows, columns, 3) colours of the patch at those pixels."""
    count, bounds = len(ink.colours), place.bounds
    across = ink.weights((x - np.float32(bounds.left)) * np.float32(count / bounds.width), count)
    down = ink.weights((y - np.float32(bounds.top)) * np.float32(count / bounds.height), count)
    rows = np.tensordot(down, ink.colours, 1)
    painted: NDArray[np.float32] = across @ rows
    return painted
