"""The table of views: of which attributes each is, and which it shows without letting them go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.scene.words import Matter

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One row: a part of a design that is edited alone."""

    name: str
    matters: frozenset[Matter]
    """What of it is seen, and may be changed."""
    shown: frozenset[str] = frozenset()
    """Attributes that are seen as well, and may not be changed."""
    letters: bool = False
    """Whether what texts say is seen."""
    whole: bool = False
    """Whether elements are seen of which nothing is said."""
    help: str


VIEWS: Final[tuple[View, ...]] = (
    View(
        name="layout",
        matters=frozenset({Matter.PLACE}),
        shown=frozenset({"role", "locked"}),
        help="Where everything stands, and how large it is.",
    ),
    View(
        name="texts",
        matters=frozenset({Matter.TEXT}),
        shown=frozenset({"role"}),
        letters=True,
        help="What texts say, and pictures show; a run is known by its number, `ref`.",
    ),
    View(
        name="colours",
        matters=frozenset({Matter.COLOUR}),
        shown=frozenset({"role"}),
        whole=True,
        help="What everything is painted with.",
    ),
    View(
        name="names",
        matters=frozenset({Matter.NAME}),
        whole=True,
        help="What everything is called, and what it is for.",
    ),
)
BY_NAME: Final[Mapping[str, View]] = {view.name: view for view in VIEWS}
LAYOUT, TEXTS, COLOURS, NAMES = VIEWS
