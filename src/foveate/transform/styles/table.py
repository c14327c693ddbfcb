"""Every style by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.options.styles import Style
from foveate.transform.styles.double_exposure import double_exposure
from foveate.transform.styles.duotone import duotone
from foveate.transform.styles.halftone import halftone
from foveate.transform.styles.ink_wash import ink_wash
from foveate.transform.styles.low_poly import low_poly
from foveate.transform.styles.neon import neon
from foveate.transform.styles.paper_cut import paper_cut
from foveate.transform.styles.poster import poster
from foveate.transform.styles.sketch import sketch
from foveate.transform.styles.stencil import stencil

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.transform.styles.painting import Painting
    from foveate.transform.styles.study import Study

STYLES: Final[Mapping[Style, Callable[[Study], Painting]]] = {
    Style.DOUBLE_EXPOSURE: double_exposure,
    Style.STENCIL: stencil,
    Style.POSTER: poster,
    Style.HALFTONE: halftone,
    Style.LOW_POLY: low_poly,
    Style.DUOTONE: duotone,
    Style.INK: ink_wash,
    Style.PAPER_CUT: paper_cut,
    Style.NEON: neon,
    Style.SKETCH: sketch,
}
