"""Paint the picture anew, around its subject."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.imaging.colour import to_srgb
from foveate.imaging.decode import to_memory
from foveate.imaging.matte import ALPHA, cut_out
from foveate.imaging.pixels import brought_to, from_array, to_array
from foveate.options.colours import Colour
from foveate.transform.drawn_mask import placed_matte
from foveate.transform.patch import ellipse_of
from foveate.transform.placed import placed
from foveate.transform.steps.segment import has_subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.options.styles import Styled
    from foveate.transform.plan import Plan
    from foveate.transform.state import State
    from foveate.transform.styles.study import Plane, Rgb, Spot, Study

BYTES: Final = 128 * 1024 * 1024
"""What painting takes beside the answer, measured with one of 3 megapixels: up to 119
MiB. It is the same for all sizes."""
_WHITE: Final = 255


def style(state: State) -> State:
    """Paint the picture in a style; its transparency stays. Raises TimedOut, ClientDisconnected.

    What the style takes for the subject is what a cut-out would take.
    """
    asked = state.options.style
    if asked is None:
        return state
    # Loaded by the first who asks: others pay nothing for it.
    from foveate.transform.styles.painting import painted  # noqa: PLC0415
    from foveate.transform.styles.table import STYLES  # noqa: PLC0415

    kept = to_memory(state.image)
    study = _study(replace(state, image=kept), asked)
    rgb = painted(STYLES[asked.style](study), study.size, study.shape[1])
    size = Size(kept.width, kept.height)
    made = to_srgb(brought_to(from_array(rgb), size), state.options.gamut)
    if kept.hasalpha():
        made = made.bandjoin(kept.extract_band(ALPHA))
    # Laid over the whole of what it was made from, it inherits profile and copyright.
    return replace(state, image=kept.insert(made.copy(interpretation="srgb"), 0, 0))


def _study(state: State, asked: Styled) -> Study:
    """Return what a style paints from."""
    from foveate.transform.styles.study import Study, side_of  # noqa: PLC0415

    out = Size(state.image.width, state.image.height)
    scale = side_of(out.long_side) / out.long_side
    size = Size(*(max(1, round(side * scale)) for side in (out.width, out.height)))
    small = to_array(brought_to(to_srgb(state.image), size))
    matte = _matte(state, small)
    return Study(
        rgb=_shares(small),
        matte=np.ones(small.shape[:2], np.float32) if matte is None else matte,
        found=matte is not None,
        size=size if scale >= 1 else out,
        seed=asked.seed,
        colour=_ink(asked.colour),
        background=_ink(asked.background),
        faces=tuple(_faces(state, size)),
        second=_second(state.exposure, size),
        cut_out=state.image.hasalpha() and state.options.segment is not None,
    )


def shows_subject(matte: NDArray[np.float32], plan: Plan) -> bool:
    """Return whether something of a subject is in the part of the source that is shown."""
    height, width = matte.shape
    box = plan.framing.box.scaled(width / plan.source.width, height / plan.source.height)
    rows = slice(int(box.top), max(int(box.bottom), int(box.top) + 1))
    columns = slice(int(box.left), max(int(box.right), int(box.left) + 1))
    return has_subject(matte[rows, columns])


def _matte(state: State, small: NDArray[np.uint8]) -> Plane | None:
    """Return the matte of what is shown, at the study's size; None where no subject is there."""
    if state.matte is None or not shows_subject(state.matte, state.plan):
        return None
    cut = cut_out(from_array(small), placed_matte(state.matte, state.plan))
    return _shares(cut.image.extract_band(ALPHA).numpy()).reshape(small.shape[:2])


def _faces(state: State, size: Size) -> Iterator[Spot]:
    """Yield where the faces are that are shown, in pixels of the study."""
    from foveate.transform.styles.study import Spot  # noqa: PLC0415

    across, down = state.image.width / size.width, state.image.height / size.height
    for face in state.faces:
        there = placed(ellipse_of(face, state.plan.source), state.plan)
        box = there.bounds.scaled(1 / across, 1 / down).overlap(Box.of(size))
        if box is None:
            continue
        rows, columns = (
            slice(int(first), math.ceil(first + length))
            for first, length in ((box.top, box.height), (box.left, box.width))
        )
        x, y = (
            ((np.arange(part.start, part.stop) + 0.5) * step).astype(np.float32)
            for part, step in ((columns, across), (rows, down))
        )
        yield Spot((rows, columns), there.share(x, y))


def _second(image: Image | None, size: Size) -> Rgb | None:
    return None if image is None else _shares(to_array(brought_to(to_srgb(image), size)))


def _ink(colour: Colour | str | None) -> Rgb | None:
    if not isinstance(colour, Colour):
        return None
    return np.array(colour.rgb, np.float32) / np.float32(_WHITE)


def _shares(pixels: NDArray[np.uint8]) -> Plane:
    shares: Plane = pixels.astype(np.float32) / np.float32(_WHITE)
    return shares
