"""What decides over the pixels of a rendition beside its options and its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.options.model import MatteLevel
from foveate.service import enlarging
from foveate.service.cutouts import looks_twice, matte_level
from foveate.service.parts import PARTS
from foveate.service.parts.matte import MATTE
from foveate.transform.layout import parts_of

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions
    from foveate.service.analysis import Analyses

PIXELS: Final = 12
"""To be raised when a release makes other pixels or other bytes of the same options."""


def generation(analyses: Analyses, options: TransformOptions) -> str:
    """Return what is the same as long as the same pixels are made, and look the same.

    It changes with `PIXELS`, and with exactly the networks that these options may look or enlarge
    with, and the settings that say what counts of what they see.
    """
    params, networks = looking(options), analyses.networks
    names = parts_of(options, spare_text=analyses.spares_text)
    prints = [
        f"{part.name}:{analyses.fingerprint(part, **params)}:{part.counts(networks.settings)}"
        for part in map(PARTS.__getitem__, sorted(names))
    ]
    if looks_twice(options):
        prints.append(f"again:{analyses.fingerprint(MATTE, level=MatteLevel.BALANCED)}")
    return f"{PIXELS} {' '.join(prints)}{enlarging.fingerprint(networks, options)}"


def looking(options: TransformOptions) -> dict[str, object]:
    """Return the params that options give to parts of the analysis."""
    if (segment := options.segment) is not None:
        return {"level": segment.quality, "classes": segment.keep or segment.drop, "person": None}
    return {"level": matte_level(options)}
