"""The table of checks, in the order in which they look and mend."""

from __future__ import annotations

from typing import Final

from foveate.design.checks import (
    contrast,
    covered,
    edges,
    faces,
    fits,
    fonts,
    ids,
    limits,
    locks,
    sources,
    upright,
)
from foveate.design.checks.model import Row, Severity

CHECKS: Final[tuple[Row, ...]] = (
    Row(
        "limits",
        Severity.ERROR,
        "The file, its elements, and what drawing it costs are no larger than they may be.",
        limits.check,
    ),
    Row(
        "ids",
        Severity.ERROR,
        "Ids are there once, and of the same kind of element as before; exchanged ones come back.",
        ids.check,
        ids.repair,
    ),
    Row(
        "locks",
        Severity.ERROR,
        "Locked blocks stay as they are; their changes are left out.",
        locks.check,
        locks.repair,
    ),
    Row(
        "sources",
        Severity.ERROR,
        "Pictures are there, may be used, and have options that are read; else those before stay.",
        sources.check,
        sources.repair,
    ),
    Row(
        "fonts",
        Severity.ERROR,
        "Families are there, else those before stay; a weight that is not is said.",
        fonts.check,
        fonts.repair,
    ),
    Row(
        "edges",
        Severity.ERROR,
        "Nothing is beyond its page; what is is moved in, or shrunk about its middle.",
        edges.check,
        edges.repair,
    ),
    Row(
        "faces",
        Severity.ERROR,
        "No title lies over a face, other letters are told; it moves to the nearest free place.",
        faces.check,
        faces.repair,
    ),
    Row(
        "fits",
        Severity.ERROR,
        "Texts fit into their boxes, in letters of 5 points at least, which shrink where they may.",
        fits.check,
        fits.repair,
    ),
    Row(
        "glyphs",
        Severity.WARNING,
        "Fonts have all letters of texts; those that none has are named.",
        fits.check_glyphs,
    ),
    Row(
        "contrast",
        Severity.ERROR,
        "Letters have a contrast of 4.5:1, large ones 3:1; they become lighter or darker.",
        contrast.check,
        contrast.repair,
    ),
    Row(
        "covered",
        Severity.ERROR,
        "What was read or seen, texts, logos, photos and locked blocks, is not hidden by others.",
        covered.check,
    ),
    Row(
        "upright",
        Severity.WARNING,
        "Texts do not stand on their heads.",
        upright.check,
    ),
)
LETTERING: Final = tuple(row for row in CHECKS if row.name in {"fonts", "fits", "contrast"})
"""Those that mend what becomes of letters where a design is changed as a whole."""
PLACED: Final = tuple(row for row in CHECKS if row.name == "faces" or row in LETTERING)
"""The same where blocks and pictures find other places."""
